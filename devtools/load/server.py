"""Odoo with worker processes, and what they and PostgreSQL use of the processors."""

import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..commands.serve import get_command
from ..console import Problem
from ..environment import odoo_environment
from ..home import CONF, HOME, LOGS
from ..odoo_process import free_port

START_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
_REQUEST = re.compile(
    r'"(?:GET|POST) (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d+) - (?P<queries>\d+)'
    r" (?P<sql>[\d.]+) (?P<rest>[\d.]+)"
)


class Server:
    """A running Odoo: its workers, its log.

    :param process: the first one, which starts the others
    """

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self._process, self.port, self.log = process, port, log

    def get_workers(self) -> list[int]:
        """Return the processes that answer requests."""
        found = _children(self._process.pid)
        return [pid for pid in found if "gevent" not in _get_words(pid)]

    def is_running(self) -> bool:
        return self._process.poll() is None

    def count_lines(self, words: str) -> int:
        """Return how many lines of the log have these words."""
        return self.log.read_text(errors="replace").count(words)

    def read_requests(self) -> Iterator[tuple[str, int, float]]:
        """Yield path, queries and seconds within the worker of each request."""
        for found in _REQUEST.finditer(self.log.read_text(errors="replace")):
            seconds = float(found["sql"]) + float(found["rest"])
            yield found["path"], int(found["queries"]), seconds


@contextmanager
def served(database: str, workers: int) -> Iterator[Server]:
    """Serve a database with so many workers as long as we are in here."""
    port = free_port()
    log = LOGS / f"{database}.log"
    own = ["--http-port", str(port), "--db-filter", f"^{database}$"]
    command = [*get_command(workers), *own, "-c", str(CONF), "-d", database]
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            env=odoo_environment(),
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    server = Server(process, port, log)
    try:
        _wait_for(server)
        yield server
    finally:
        _end(process)


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.is_running():
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{server.port}/web/health", timeout=5
            ):
                return
        except OSError:
            time.sleep(0.2)
    raise Problem(f"Odoo did not start: see {server.log}")


def _end(process: subprocess.Popen) -> None:
    """End the first process with all that it started."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Meter(threading.Thread):
    """Adds up what workers, PostgreSQL's backends and we use of the processors.

    :param connect: makes a connection, to ask which backends there are
    """

    def __init__(self, server: Server, database: str, connect) -> None:
        super().__init__(daemon=True)
        self._server, self._database, self._connect = server, database, connect
        self._over = threading.Event()
        self._first: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, int], float] = {}
        self.load: list[float] = []

    def run(self) -> None:
        connection = self._connect()
        try:
            while not self._over.is_set():
                self._look(connection)
                self._over.wait(1)
            self._look(connection)
        finally:
            connection.close()

    def _look(self, connection) -> None:
        with connection.cursor() as cr:
            cr.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s",
                [self._database],
            )
            backends = [pid for (pid,) in cr.fetchall()]
        own = {"odoo": self._server.get_workers(), "postgres": backends}
        for name, processes in {**own, "people": [os.getpid()]}.items():
            for pid in processes:
                seconds = _processor_seconds(pid)
                if seconds is not None:
                    self._first.setdefault((name, pid), seconds)
                    self._last[name, pid] = seconds
        self.load.append(os.getloadavg()[0])

    def stop(self) -> dict[str, float]:
        """Return seconds of the processors by who used them, and the load."""
        self._over.set()
        self.join(10)
        used: dict[str, float] = {}
        for (name, pid), seconds in self._last.items():
            used[name] = used.get(name, 0) + seconds - self._first[name, pid]
        found = {name: round(seconds, 2) for name, seconds in used.items()}
        return {**found, "load": round(max(self.load, default=0), 2)}


def _processor_seconds(pid: int) -> float | None:
    """Return what a process and its buried children used, None when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    words = stat.rpartition(")")[2].split()
    return sum(int(word) for word in words[11:15]) / TICKS


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for word in text.split()]


def _get_words(pid: int) -> list[str]:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
