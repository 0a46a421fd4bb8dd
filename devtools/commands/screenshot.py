"""Take a picture of a screen: of a running server, or of one started for it.

./dev screenshot demo /odoo/action-crm_club.club_tier_action var/tiers.png \\
    --login clerk --lang zh_CN --size 1440x900 --click ".nav-link:nth-child(2)"
"""

import argparse
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from .. import databases
from ..console import Problem, say
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME, LOGS
from ..odoo_process import free_port

START_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the screen, who looks at it, and the picture."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("path", metavar="URL-PATH", help="for example /odoo/crm")
    parser.add_argument("picture", metavar="OUT.png", type=Path)
    parser.add_argument("--login", default="admin", help="whose password is the login")
    parser.add_argument(
        "--lang", help="switch the user to a language, for example zh_CN"
    )
    parser.add_argument("--size", default="1366x900", metavar="WxH")
    parser.add_argument(
        "--port", type=int, help="of a running server; else one is started"
    )
    parser.add_argument(
        "--click", action="append", default=[], metavar="CSS", help="click there first"
    )


def run(args: argparse.Namespace) -> int:
    """Log in, open the screen and write its picture."""
    from ..browser import (
        Browser,  # needs the environment's Python, which --help doesn't
    )

    try:
        width, height = map(int, args.size.split("x"))
    except ValueError:
        raise Problem(f"--size {args.size}: write it as 1366x900") from None
    with _server(args) as port:
        site = f"http://127.0.0.1:{port}"
        session = _Session(site)
        session.log_in(args.database, args.login)
        if args.lang:
            session.switch_language(args.lang)
        with Browser(width, height) as browser:
            cookie = {"name": "session_id", "value": session.cookie, "url": site}
            browser.send("Network.setCookie", **cookie)
            browser.open(f"{site}/{args.path.lstrip('/')}")
            for selector in args.click:
                browser.evaluate(
                    f"document.querySelector({json.dumps(selector)}).click()"
                )
                browser.wait_until_calm()
            browser.screenshot(args.picture)
    print(args.picture)
    return 0


@contextmanager
def _server(args: argparse.Namespace) -> Iterator[int]:
    """Give the port of the running server, or of one that lives as long as we do."""
    if args.port:
        yield args.port
        return
    port = free_port()
    database = databases.require(args.database)
    options = ["-c", str(CONF), "-d", database, "--http-port", str(port)]
    log = (LOGS / f"{database}_screenshot.log").open("w")
    env = odoo_environment()
    with (
        log,
        subprocess.Popen(
            odoo_command(*options), env=env, cwd=HOME, stdout=log, stderr=log
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


class _Session:
    """A user's session on the server, by Odoo's own JSON calls."""

    def __init__(self, site: str) -> None:
        self._site = site
        self.cookie = ""
        self._user_id = 0

    def _call(self, path: str, **parameters: Any) -> Any:
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
        answer = self._call(
            "/web/session/authenticate", db=database, login=login, password=login
        )
        self._user_id = answer["uid"]

    def switch_language(self, language: str) -> None:
        """Make it the user's language; it must be active on the database."""
        self._call(
            "/web/dataset/call_kw/res.users/write",
            model="res.users",
            method="write",
            args=[[self._user_id], {"lang": language}],
            kwargs={},
        )
