"""The operations that are killed: what is called, and what it says the second time."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .server import Answer, Caller

REFUSED, ACCEPTED = "refused", "accepted"


@dataclass(frozen=True)
class Request:
    """A call over RPC that is one transaction."""

    login: str
    model: str
    method: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def send(self, caller: Caller) -> Answer:
        return caller.call(self.login, self.model, self.method, **self.arguments)


@dataclass(frozen=True)
class Operation:
    """Something that takes effect as a whole or not at all."""

    name: str
    # Makes ready what comes before it and returns the call.
    prepare: Callable[[Caller, "Ground"], Request]
    # What the call gets once it has taken effect: a refusal, or it does nothing.
    repeated: str = REFUSED
    # Says what is wrong when the work goes on after it.
    go_on: Callable[[Caller, "Ground"], str | None] = lambda caller, ground: None


@dataclass(frozen=True)
class Ground:
    """What `founding` left for the callers."""

    ids: dict[str, Any]
    statement: bytes

    @classmethod
    def read(cls, folder: Path) -> "Ground":
        import json

        return cls(
            json.loads((folder / "ids.json").read_text()),
            (folder / "statement.csv").read_bytes(),
        )


def _upload(caller: Caller, ground: Ground) -> Request:
    values = {
        "file": base64.b64encode(ground.statement).decode(),
        "filename": "statement.csv",
    }
    ids = caller.get("finance", "club.revenue.upload", "create", vals_list=[values])
    return Request("finance", "club.revenue.upload", "action_import", {"ids": ids})


def _document(login: str, model: str, method: str, key: str):
    """Return what prepares a call on a document that is there already."""

    def prepare(caller: Caller, ground: Ground) -> Request:
        ids = [ground.ids[key]]
        # Read once: what the first call of a server loads isn't the operation's.
        caller.get(login, model, "read", ids=ids, fields=["display_name"])
        return Request(login, model, method, {"ids": ids})

    return prepare


def _run_again(kind: str):
    """Return what computes another run of the same month: there is nothing left."""

    def go_on(caller: Caller, ground: Ground) -> str | None:
        model = "club.points.run"
        values = {
            "program_id": ground.ids["program"],
            "month": ground.ids["month"],
            "kind": kind,
        }
        ids = caller.get("officer", model, "create", vals_list=[values])
        caller.get("officer", model, "action_compute", ids=ids)
        (run,) = caller.get("officer", model, "read", ids=ids, fields=["entry_count"])
        if run["entry_count"]:
            return f"another run of the month has {run['entry_count']} entries"
        return None

    return go_on


def _import_again(caller: Caller, ground: Ground) -> str | None:
    """Load the same file once more, from the beginning."""
    answer = _upload(caller, ground).send(caller)
    return None if answer.refusal else f"the file was taken twice: {answer}"


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("import", _upload, go_on=_import_again),
        Operation(
            "posting",
            _document("officer", "club.points.run", "action_post", "posting"),
            go_on=_run_again("revenue"),
        ),
        Operation(
            "expiry",
            _document("officer", "club.points.run", "action_post", "expiry"),
            go_on=_run_again("expiry"),
        ),
        Operation(
            "requalification",
            _document(
                *("officer", "club.requalification", "action_apply", "requalification")
            ),
            repeated=ACCEPTED,
        ),
        Operation(
            "signing",
            _document("leader", "club.points.adjustment", "action_sign", "signing"),
        ),
    )
}
