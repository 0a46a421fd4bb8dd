"""A PostgreSQL cluster of our own, which may be killed at any moment.

Its programs and settings are those of the tools' server: stock ones, so that what is
committed is synchronised to the disk as in production. Only what recovery begins with,
synchronising the whole folder, is one call instead of one for each file; and copies of
a database are made and dropped without waiting for the disk.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from .. import postgres
from ..console import Problem, run_quietly
from .plan import BACKEND, SERVER

PATIENCE = 120  # seconds
START_ATTEMPTS = 10
STARTED = "database system is ready to accept connections"
RECOVERED = "automatic recovery in progress"  # of the whole server or after a backend
_AT_WORK = """
SELECT pid, xact_start IS NOT NULL, backend_xid IS NOT NULL, query
  FROM pg_stat_activity
 WHERE datname = %s AND backend_type = 'client backend'
 ORDER BY xact_start DESC NULLS LAST, state_change DESC
"""


class Cluster:
    """A server with its data in a temporary folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="club_torture_"))
        self._data = self.folder / "cluster" / "data"
        self._log = self.folder / "cluster" / "server.log"
        self.socket = self.folder / "socket"
        self._watch: Any = None  # a connection that is open before the kill

    def __enter__(self) -> "Cluster":
        # PostgreSQL's own user must be able to pass through.
        self.folder.chmod(0o711)
        for folder in (self.folder / "cluster", self.socket):
            postgres._give_to_server(folder)
        flags = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        flags += ["-U", postgres.SUPERUSER, "-D", str(self._data)]
        postgres._run_as_server([postgres.BIN / "initdb", *flags], "run initdb")
        self.start()
        self.run(f"CREATE ROLE {postgres.ROLE} LOGIN CREATEDB")
        return self

    def __exit__(self, *_error: object) -> None:
        self._forget_watch()
        if _is_alive(self._postmaster()):  # also while it recovers
            stop = [*self._pg_ctl(), "-m", "immediate", "stop"]
            postgres._run_as_server(stop, "stop PostgreSQL")
        shutil.rmtree(self.folder, ignore_errors=True)

    # === Databases === #

    def connect(self, database: str = "postgres", user: str = postgres.SUPERUSER):
        """Return a connection that commits each statement."""
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.socket), port=5432, dbname=database, user=user
        )
        connection.autocommit = True
        return connection

    def run(self, statement: str, database: str = "postgres", parameters=None) -> list:
        """Run a statement as the superuser and return its rows."""
        with closing(self.connect(database)) as connection:
            with connection.cursor() as cr:
                cr.execute(statement, parameters)
                return cr.fetchall() if cr.description else []

    def load(self, source: str, target: str) -> None:
        """Bring a database of the tools' server over here."""
        dump = self.folder / f"{source}.dump"
        _dump(source, dump, postgres.client_environment())
        self.restore(dump, target)
        dump.unlink()

    def dump(self, source: str, path: Path) -> None:
        """Write a database to a file."""
        # What was noted is the superuser's.
        own = {"PGUSER": postgres.SUPERUSER}
        _dump(source, path, self.environment() | own)

    def restore(self, dump: Path, target: str) -> None:
        """Make a database of a file that was written so."""
        self.run(f'CREATE DATABASE "{target}" OWNER {postgres.ROLE}')
        restore = ["pg_restore", "--no-owner", "-d", target, dump]
        run_quietly(
            [postgres.BIN / restore[0], *restore[1:]],
            f"restore {target}",
            env=self.environment(),
        )

    def copy(self, source: str, target: str) -> None:
        """Copy a database that nobody is connected to."""
        with self._unsynchronised():
            self.run(
                f'CREATE DATABASE "{target}" TEMPLATE "{source}" OWNER {postgres.ROLE}'
                " STRATEGY FILE_COPY"
            )

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        with self._unsynchronised():
            self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @contextmanager
    def _unsynchronised(self) -> Iterator[None]:
        """Let files be written without waiting for the disk, between trials only: a
        copy is synchronised file by file, which takes ten times as long.
        """
        self._set_fsync("off")
        try:
            yield
        finally:
            self._set_fsync("on")

    def _set_fsync(self, value: str) -> None:
        self.run(f"ALTER SYSTEM SET fsync = {value}")
        self.run("SELECT pg_reload_conf()")
        wait_until(lambda: self.run("SHOW fsync") == [(value,)], f"fsync {value}")

    def environment(self) -> dict[str, str]:
        """Return the environment in which programs find this server."""
        own = {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": postgres.ROLE}
        return postgres.client_environment() | own

    # === Watching === #

    def watch(self) -> None:
        """Be ready to look: connecting takes longer than the moment allows."""
        self._forget_watch()
        self._watch = self.connect()

    def look(self, database: str) -> list[tuple[int, bool, bool, str]]:
        """Return who is at work: process, whether in a transaction, whether it has
        written, its statement. Who began last comes first: a scheduled job begins after
        the transaction that keeps others from it.
        """
        with self._watch.cursor() as cr:
            cr.execute(_AT_WORK, [database])
            return cr.fetchall()

    def wait_until_left(self, database: str) -> None:
        """Wait until nobody is connected: a statement outlives its dead client."""
        statement = "SELECT FROM pg_stat_activity WHERE datname = %s"
        wait_until(
            lambda: not self.run(statement, parameters=[database]),
            f"the backends of {database} to go",
        )

    def _forget_watch(self) -> None:
        if self._watch:
            self._watch.close()
        self._watch = None

    # === Dying and coming back === #

    def kill(self, mode: str, backend: int | None) -> Callable[[], None]:
        """Kill with SIGKILL and return what brings the server back.

        :param mode: SERVER, BACKEND or POSTMASTER
        :param backend: the process to kill in the mode BACKEND
        """
        starts, recoveries = self._count(STARTED), self._count(RECOVERED)
        postmaster = self._postmaster()
        family = _children(postmaster)
        if mode == BACKEND:
            _kill(backend)
        else:
            _kill(postmaster)
            for process in family if mode == SERVER else ():
                _kill(process)
        self._forget_watch()

        def revive() -> None:
            if mode != BACKEND:
                wait_until(
                    lambda: not any(_is_alive(process) for process in family),
                    "PostgreSQL's processes to go",
                )
                self.start()
            wait_until(
                lambda: self._count(STARTED) > starts and self.is_ready(),
                "PostgreSQL to come back",
            )
            if self._count(RECOVERED) == recoveries:
                raise Problem("PostgreSQL came back without recovering: was it killed?")

        return revive

    def start(self) -> None:
        """Start the server, whatever state its data are in.

        :raise Problem: when it doesn't start; with the end of its log
        """
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket}'"
        # Else recovery would first synchronise thousands of files one by one.
        options += " -c recovery_init_sync_method=syncfs"
        start = [*self._pg_ctl(), "-l", str(self._log), "-o", options, "start"]
        for attempts_left in reversed(range(START_ATTEMPTS)):
            try:
                return postgres._run_as_server(start, "start PostgreSQL")
            except Problem as problem:
                # The memory that the dead ones shared goes a moment after them.
                if not attempts_left:
                    lines = self._log.read_text(errors="replace").splitlines()
                    text = "\n".join(lines[-20:])
                    raise Problem(f"{problem}\n{text}") from problem
                time.sleep(1)
        return None

    def is_ready(self) -> bool:
        """Tell whether the server takes connections."""
        import psycopg2

        try:
            self.run("SELECT")
        except psycopg2.OperationalError:
            return False
        return True

    def _pg_ctl(self) -> list[str]:
        program = str(postgres.BIN / "pg_ctl")
        return [program, "-D", str(self._data), "-w", "-t", str(PATIENCE)]

    def _postmaster(self) -> int:
        path = self._data / "postmaster.pid"
        return int(path.read_text().split()[0]) if path.exists() else 0

    def _count(self, words: str) -> int:
        return self._log.read_text(errors="replace").count(words)


def _dump(source: str, path: Path, environment: dict[str, str]) -> None:
    options = ["-Fc", "-Z1", "--no-owner", "-f", path]
    command = [postgres.BIN / "pg_dump", *options, source]
    run_quietly(command, f"dump {source}", env=environment)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that must come.

    :raise Problem: when it doesn't
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise Problem(f"waited {PATIENCE} s in vain for {what}")
        time.sleep(0.1)


def _children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(word) for word in path.read_text().split()]


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):  # it went by itself
        os.kill(process, signal.SIGKILL)


def _is_alive(process: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet buried doesn't."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
