"""A user's browser: the calls that Odoo's web client sends, each timed."""

import http.client
import json
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from .tally import DONE, FAILED, LOST, REFUSED, Sample

TIMEOUT = 90  # seconds
# What the club says no with; anything else is an accident.
REFUSING = (403, 404, 422)  # a page's answer to those
REFUSALS = ("UserError", "ValidationError", "AccessError", "MissingError")


class NotDone(Exception):
    """A call that came to nothing, or of which nobody knows."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Browser:
    """A session of a user's; each call has a connection of its own.

    :param note: takes the sample of each call
    """

    def __init__(self, port: int, note: Callable[[Sample], None]) -> None:
        self._port = port
        self._note = note
        self._cookie = ""
        self.context: dict[str, Any] = {}
        self.errors: list[str] = []

    def log_in(self, database: str, login: str, password: str) -> None:
        """Open a session; its cookie goes with each call from then on."""
        parameters = {"db": database, "login": login, "password": password}
        self.post("login", "/web/session/authenticate", **parameters)

    def post(self, kind: str, path: str, **parameters: Any) -> Any:
        """Return what the server answers to a JSON call.

        :raise NotDone: when it refuses, fails, or doesn't answer
        """
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters})
        headers = {"Content-Type": "application/json"}
        return self._time(
            kind, path, lambda: _read(self._send("POST", path, body, headers))
        )

    def get(self, kind: str, path: str) -> bytes:
        """Return a page or a file.

        :raise NotDone: when there is none
        """

        def ask():
            status, answer = self._send("GET", path)
            if status != http.client.OK:
                outcome = REFUSED if status in REFUSING else FAILED
                raise NotDone(outcome, f"{status}: {answer[:200]!r}")
            return answer

        return self._time(kind, path, ask)

    def call(self, kind: str, model: str, method: str, args: list, kwargs: dict) -> Any:
        """Call a model's method, with the user's own context under the call's."""
        kwargs = {**kwargs, "context": {**self.context, **kwargs.get("context", {})}}
        path = f"/web/dataset/call_kw/{model}/{method}"
        values = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(kind, path, **values)

    def press(self, kind: str, model: str, method: str, number: int) -> Any:
        """Press a button of a record."""
        path = f"/web/dataset/call_button/{model}/{method}"
        values = {"model": model, "method": method, "args": [[number]]}
        return self.post(kind, path, **values, kwargs={"context": self.context})

    def _time(self, kind, path, ask):
        started = time.perf_counter()
        outcome = DONE
        try:
            return ask()
        except NotDone as problem:
            outcome = problem.outcome
            self.errors.append(f"{outcome} {path}: {problem}")
            raise
        except (OSError, http.client.HTTPException) as error:
            outcome = LOST
            self.errors.append(f"{outcome} {path}: {error!r}")
            raise NotDone(LOST, repr(error)) from error
        finally:
            seconds = time.perf_counter() - started
            self._note(Sample(kind, path, seconds, outcome))

    def _send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=TIMEOUT
        )
        try:
            sent = {"Cookie": f"session_id={self._cookie}", "Connection": "close"}
            connection.request(method, path, body, {**sent, **(headers or {})})
            response = connection.getresponse()
            answer = response.read()
            cookies = SimpleCookie(response.headers.get("Set-Cookie", ""))
            if "session_id" in cookies:
                self._cookie = cookies["session_id"].value
            return response.status, answer
        finally:
            connection.close()


def _read(answered: tuple[int, bytes]) -> Any:
    """Return the result of a JSON answer."""
    status, answer = answered
    if status != http.client.OK:
        raise NotDone(FAILED, f"{status}: {answer[:200]!r}")
    found = json.loads(answer)
    if "error" not in found:
        return found.get("result")
    data = found["error"].get("data") or {}
    name = str(data.get("name", "")).rpartition(".")[2]
    message = data.get("message") or found["error"].get("message")
    raise NotDone(REFUSED if name in REFUSALS else FAILED, f"{name}: {message}")
