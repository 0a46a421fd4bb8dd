"""A real Odoo server on the cluster, and those who call it over its JSON-2 API."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import databases
from ..console import Problem
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME
from ..odoo_process import free_port
from .cluster import PATIENCE, Cluster, wait_until

LIVES = 3  # connections that may have died unnoticed
SERVED = "^torture_trial$"  # the databases that the server knows


class Server:
    """An Odoo process that serves the databases of the trials."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._process: subprocess.Popen | None = None
        self.data = cluster.folder / "data"
        self.log = cluster.folder / "odoo.log"
        self.port = 0

    def options(self) -> list[str]:
        """Return what makes Odoo use the cluster instead of the tools' server."""
        options = ["-c", str(CONF), "--db_host", str(self._cluster.socket)]
        return [*options, "--db_port", "5432", "--data-dir", str(self.data)]

    def environment(self) -> dict[str, str]:
        return odoo_environment() | self._cluster.environment()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def ensure_running(self) -> None:
        """Start the server, unless it runs."""
        if self._process and self._process.poll() is None:
            return
        self.port = free_port()
        own = ("--http-port", str(self.port), "--db-filter", SERVED)
        command = odoo_command(*self.options(), *own)
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                command,
                env=self.environment(),
                cwd=HOME,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._is_ready, "Odoo to start")

    def _is_ready(self) -> bool:
        import requests

        if self._process.poll() is not None:
            raise Problem(f"Odoo ended by itself; log: {self.log}")
        try:
            url = f"http://127.0.0.1:{self.port}/web/health"
            return requests.get(url, timeout=10).ok
        except requests.RequestException:  # not yet, or not in time
            return False

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self._process and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()

    # === Databases === #

    def copy(self, source: str, target: str) -> None:
        """Copy a database with its attachments, which never change."""
        self._cluster.copy(source, target)
        shutil.copytree(
            self.filestore(source), self.filestore(target), copy_function=os.link
        )

    def drop(self, database: str) -> None:
        self._cluster.drop(database)
        shutil.rmtree(self.filestore(database), ignore_errors=True)

    def load(self, source: str, target: str) -> None:
        """Bring a database of the tools' server over here."""
        self._cluster.load(source, target)
        self.filestore(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(databases.filestore(source), self.filestore(target))

    def keep(self, source: str, folder: Path) -> None:
        """Write a database with its attachments to a folder."""
        self._cluster.dump(source, folder / "dump")
        shutil.copytree(self.filestore(source), folder / "filestore")

    def take(self, folder: Path, target: str) -> None:
        """Make a database of what was kept in a folder."""
        self._cluster.restore(folder / "dump", target)
        self._cluster.run("VACUUM ANALYZE", target)
        shutil.copytree(folder / "filestore", self.filestore(target))

    def filestore(self, database: str) -> Path:
        return self.data / "filestore" / database

    def run_script(self, database: str, script: str) -> None:
        """Run a script in Odoo's shell.

        :raise Problem: when it fails
        """
        command = odoo_command("shell", *self.options(), "-d", database, "--no-http")
        done = subprocess.run(
            [*command, "--log-level", "warn"],
            input=script,
            text=True,
            env=self.environment(),
            cwd=HOME,
            check=False,
            capture_output=True,
        )
        if done.returncode or "Traceback" in done.stderr:
            raise Problem(f"Odoo's shell failed:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True)
class Answer:
    """What a caller was told: a value, a refusal with a reason, or nothing at all."""

    value: Any = None
    refusal: str = ""
    silence: str = ""

    def __str__(self) -> str:
        if self.silence:
            return f"no answer: {self.silence}"
        return f"refused: {self.refusal}" if self.refusal else "done"


# What the club says no with; anything else is an accident.
REFUSALS = ("odoo.exceptions.UserError", "odoo.exceptions.ValidationError")
REFUSALS += ("odoo.exceptions.AccessError",)


class Caller:
    """Somebody at work in one database, each call a transaction."""

    def __init__(self, server: Server, database: str, keys: dict[str, str]) -> None:
        self._server = server
        self._database = database
        self._keys = keys

    def call(self, login: str, model: str, method: str, **arguments: Any) -> Answer:
        """Call a public method as a user; all arguments by name."""
        import requests

        url = f"http://127.0.0.1:{self._server.port}/json/2/{model}/{method}"
        headers = {
            "Authorization": f"Bearer {self._keys[login]}",
            "X-Odoo-Database": self._database,
        }
        try:
            response = requests.post(
                url, json=arguments, headers=headers, timeout=PATIENCE
            )
            told = response.json()
        except (requests.RequestException, ValueError) as error:
            return Answer(silence=type(error).__name__)
        if response.ok:
            return Answer(told)
        name, message = told.get("name", ""), told.get("message", "")
        first = (str(message).strip().splitlines() or [""])[0]
        if name in REFUSALS:
            return Answer(refusal=first)
        return Answer(silence=f"{name}: {first}")

    def get(self, login: str, model: str, method: str, **arguments: Any) -> Any:
        """Call what must be answered.

        :raise Problem: when it isn't
        """
        # Connections of the pool that died with PostgreSQL are found out by the first
        # call that takes one; a person would press the button again.
        for _try in range(LIVES):
            answer = self.call(login, model, method, **arguments)
            if not answer.silence:
                break
        if answer.refusal or answer.silence:
            raise Problem(f"{model}.{method} failed: {answer}")
        return answer.value
