"""Kills workers and ends connections of the database while they write."""

import os
import re
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

from .server import Server

PAUSE = 1.5  # seconds between two strikes
PATIENCE = 2.0  # seconds to wait for one who writes
WORKER, CONNECTION = "worker", "connection"
# Odoo names its connections by the process that has them.
_WRITING = """
    SELECT pid, application_name FROM pg_stat_activity
     WHERE datname = %s AND backend_xid IS NOT NULL AND application_name ~ '^odoo-'
       AND pid <> pg_backend_pid()
"""


class Striker(threading.Thread):
    """Strikes by turns a worker and a connection, until told to stop."""

    def __init__(self, server: Server, database: str, connect) -> None:
        super().__init__(daemon=True)
        self._server, self._database, self._connect = server, database, connect
        self._over = threading.Event()
        self.struck: Counter[str] = Counter()

    def run(self) -> None:
        connection = self._connect()
        victim = WORKER
        try:
            while not self._over.wait(PAUSE):
                if self._strike(connection, victim):
                    self.struck[victim] += 1
                    victim = CONNECTION if victim == WORKER else WORKER
        finally:
            connection.close()

    def stop(self) -> dict[str, int]:
        """Return how many of which were struck."""
        self._over.set()
        self.join(10)
        return dict(self.struck)

    def _strike(self, connection, victim: str) -> bool:
        found = self._find_writing(connection)
        if not found:
            return False
        backend, name = found
        if victim == CONNECTION:
            with connection.cursor() as cr:
                cr.execute("SELECT pg_terminate_backend(%s)", [backend])
            return True
        worker = int(re.sub(r"\D", "", name))
        if worker not in self._server.get_workers():
            return False
        with suppress(ProcessLookupError):  # it went by itself
            os.kill(worker, signal.SIGKILL)
        return True

    def _find_writing(self, connection) -> tuple[int, str] | None:
        """Return backend and name of one who has written and not committed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._over.is_set():
            with connection.cursor() as cr:
                cr.execute(_WRITING, [self._database])
                if found := cr.fetchone():
                    return found
            time.sleep(0.002)
        return None
