"""A running Odoo, as a browser or a script sees it."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from . import databases
from .console import Problem, say
from .environment import odoo_command, odoo_environment
from .home import CONF, HOME, LOGS, PYTHON
from .odoo_process import free_port

START_SECONDS = 60


def screens_log(database: str) -> Path:
    """Return the log of a server that lived as long as we did."""
    return LOGS / f"{database}_screens.log"


@contextmanager
def served(
    name: str,
    port: int | None = None,
    options: Sequence[str] = (),
    python: Path = PYTHON,
) -> Iterator[int]:
    """Give the port of the running server, or of one that lives as long as we do.

    :param options: what it is started with besides
    :param python: another one than that of the tools
    """
    if port:
        yield port
        return
    port = free_port()
    database = databases.require(name)
    words = ["-c", str(CONF), "-d", database, "--http-port", str(port), *options]
    log = screens_log(database).open("w")
    env = odoo_environment()
    with (
        log,
        subprocess.Popen(
            odoo_command(*words, python=python),
            env=env,
            cwd=HOME,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/web/health", process, Path(log.name))
            yield port
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise Problem(f"Odoo did not start: see {log}")


class Session:
    """A user's session on the server, by Odoo's own JSON calls."""

    def __init__(self, site: str) -> None:
        self._site = site
        self.cookie = ""
        self._user_id = 0

    def call(self, path: str, **parameters: Any) -> Any:
        """Return what the server answers to a JSON call."""
        request = urllib.request.Request(
            f"{self._site}{path}",
            json.dumps({"jsonrpc": "2.0", "params": parameters}).encode(),
            {"Content-Type": "application/json", "Cookie": f"session_id={self.cookie}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
                cookies = SimpleCookie(response.headers.get("Set-Cookie", ""))
        except urllib.error.URLError as error:
            raise Problem(
                f"no server answers on {self._site}: {error.reason}"
            ) from error
        if "session_id" in cookies:
            self.cookie = cookies["session_id"].value
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise Problem(
                f"Odoo refused: {data.get('message') or answer['error']['message']}"
            )
        return answer["result"]

    def log_in(self, database: str, login: str) -> None:
        """Log in as a user whose password is the login."""
        say(f"logging in as {login}")
        answer = self.call(
            "/web/session/authenticate", db=database, login=login, password=login
        )
        self._user_id = answer["uid"]

    def switch_language(self, language: str) -> None:
        """Make it the user's language; it must be active on the database."""
        self.call(
            "/web/dataset/call_kw/res.users/write",
            model="res.users",
            method="write",
            args=[[self._user_id], {"lang": language}],
            kwargs={},
        )

    def enter(self, browser: Any) -> None:
        """Let the browser go on as the user who has logged in."""
        cookie = {"name": "session_id", "value": self.cookie, "url": self._site}
        browser.send("Network.setCookie", **cookie)
