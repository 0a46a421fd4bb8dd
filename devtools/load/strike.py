"""Kills all workers, or ends a connection of the database, while somebody writes."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

from .server import Server

PAUSE = 1.5  # seconds between two strikes
PATIENCE = 2.0  # seconds to wait for one who writes
WORKERS, CONNECTION = "workers", "connection"
_WRITING = """
    SELECT pid FROM pg_stat_activity
     WHERE datname = %s AND backend_xid IS NOT NULL AND application_name ~ '^odoo-'
"""


class Striker(threading.Thread):
    """Strikes by turns the workers and a connection, until told to stop."""

    def __init__(self, server: Server, database: str, connect) -> None:
        super().__init__(daemon=True)
        self._server, self._database, self._connect = server, database, connect
        self._over = threading.Event()
        self.struck: Counter[str] = Counter()

    def run(self) -> None:
        connection = self._connect()
        victim = WORKERS
        try:
            while not self._over.wait(PAUSE):
                if self._strike(connection, victim):
                    self.struck[victim] += 1
                    victim = CONNECTION if victim == WORKERS else WORKERS
        finally:
            connection.close()

    def stop(self) -> dict[str, int]:
        """Return how many of which were struck."""
        self._over.set()
        self.join(10)
        return dict(self.struck)

    def _strike(self, connection, victim: str) -> bool:
        """Strike while somebody writes; which worker that is can't be told, as they
        all name their connections by the process that started them: so all of them.
        """
        backend = self._find_writing(connection)
        if not backend:
            return False
        if victim == CONNECTION:
            with connection.cursor() as cr:
                cr.execute("SELECT pg_terminate_backend(%s)", [backend])
            return True
        for worker in self._server.get_workers():
            with suppress(ProcessLookupError):  # it went by itself
                os.kill(worker, signal.SIGKILL)
        return True

    def _find_writing(self, connection) -> int | None:
        """Return the backend of one who has written and not committed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._over.is_set():
            with connection.cursor() as cr:
                cr.execute(_WRITING, [self._database])
                if found := cr.fetchone():
                    return found[0]
            time.sleep(0.002)
        return None
