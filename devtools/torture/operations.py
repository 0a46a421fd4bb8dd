"""The operations that are killed: what is called, and what it says the second time."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .server import Answer, Caller

REFUSED, ACCEPTED = "refused", "accepted"
# The scheduled jobs of each operation; at night in the order in which Odoo runs those
# that fall due at once. `ir_cron_club_` stands before their names.
JOBS = {
    "greetings": ("greeting_send",),
    "duties": ("duty",),
    "bulletins": ("bulletin",),
    "figures": ("figure",),
    "night": (
        *("contact_birthdays", "occasion_plan", "account_pulse", "handover", "daily"),
        *("remind", "need_remind", "guests", "activity_held", "target", "day"),
        *("integrity", "scorecard", "today_tell"),
    ),
}

WHOLE = ("duties", "bulletins")  # commit once: one company's


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
class Jobs(Request):
    """Scheduled jobs, one after another, each run as the scheduler runs it.

    Each commits by itself, and within one slices may.
    """

    ids: tuple[int, ...] = ()

    def send(self, caller: Caller) -> Answer:
        """Run them until one isn't answered, or fails."""
        for number in self.ids:
            answer = caller.call(self.login, self.model, self.method, ids=[number])
            if answer.refusal or answer.silence:
                return answer
            if isinstance(answer.value, dict):  # the error, for the user's screen
                told = answer.value["params"]["data"]["message"]
                return Answer(silence=f"job {number} failed: {told}")
        return Answer(True)


@dataclass(frozen=True)
class Operation:
    """Something that takes effect as a whole or not at all, or slice by slice."""

    name: str
    # Makes ready what comes before it and returns the call.
    prepare: Callable[[Caller, "Ground"], Request]
    # Making ready writes something; else everything begins with the same.
    draws_up: bool = False
    # What the call gets once it has taken effect: a refusal, or it does nothing; None
    # when it is meant to be done again.
    repeated: str | None = REFUSED
    # It commits by slices: some of it may be done, and the next run does the rest.
    is_sliced: bool = False
    # Done again it writes what it has written, so that moments change and no more.
    rewrites: bool = False
    # Says what is wrong when the work goes on after it.
    go_on: Callable[[Caller, "Ground"], str | None] = lambda caller, ground: None


@dataclass(frozen=True)
class Ground:
    """What `founding` left for the callers."""

    ids: dict[str, Any]
    statement: bytes

    FILES = ("ids.json", "statement.csv")

    @classmethod
    def read(cls, folder: Path) -> "Ground":
        import json

        return cls(
            json.loads((folder / cls.FILES[0]).read_text()),
            (folder / cls.FILES[1]).read_bytes(),
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
        found = ground.ids[key]
        ids = found if isinstance(found, list) else [found]
        # Read once: what the first call of a server loads isn't the operation's.
        caller.get(login, model, "read", ids=ids, fields=["display_name"])
        return Request(login, model, method, {"ids": ids})

    return prepare


def _run_jobs(key: str):
    """Return what prepares the scheduled jobs of an operation."""

    def prepare(caller: Caller, ground: Ground) -> Request:
        ids = ground.ids["jobs"][key]
        caller.get("system", "ir.cron", "read", ids=ids, fields=["display_name"])
        return Jobs("system", "ir.cron", "method_direct_trigger", ids=tuple(ids))

    return prepare


def _ask_guests(caller: Caller, ground: Ground) -> Request:
    """Open the dialog that asks those who came."""
    values = {"activity_id": ground.ids["survey"]}
    ids = caller.get("officer", "club.survey.send", "create", vals_list=[values])
    return Request("officer", "club.survey.send", "action_send", {"ids": ids})


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
        Operation("import", _upload, draws_up=True, go_on=_import_again),
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
        Operation(
            "take_on",
            _document("officer", "club.take.on", "action_apply", "take_on"),
        ),
        Operation(
            "sending",
            _document("officer", "club.greeting", "action_send", "sending"),
        ),
        Operation(
            "holding",
            _document("officer", "club.activity", "action_hold", "holding"),
        ),
        Operation(
            "attendance",
            _document(
                "officer", "club.activity", "action_post_attendance", "attendance"
            ),
        ),
        # Asking again reminds.
        Operation("survey", _ask_guests, draws_up=True, repeated=None),
        Operation(
            "closing",
            _document("officer", "club.activity", "action_close", "closing"),
        ),
        Operation(
            "settlement",
            _document("signatory", "club.settlement", "action_sign", "settlement"),
        ),
        Operation(
            "vouchers",
            _document("officer", "club.voucher.batch", "action_issue", "vouchers"),
        ),
        Operation(
            "gifts",
            _document("officer", "club.gift.list", "action_confirm", "gifts"),
        ),
        Operation(
            "cards",
            _document("officer", "club.membership", "action_issue_cards", "cards"),
        ),
        Operation(
            "proposing",
            _document("officer", "club.budget", "action_prepare", "proposing"),
            repeated=ACCEPTED,
            rewrites=True,
        ),
        Operation(
            "budget",
            _document("leader", "club.budget", "action_sign", "budget"),
        ),
        Operation(
            "ordering",
            _document(
                "officer", "club.cooperation.calloff", "action_confirm", "ordering"
            ),
        ),
        Operation(
            "solving",
            _document("officer", "club.need", "action_done", "solving"),
        ),
        Operation(
            "calling",
            _document("officer", "club.need", "action_close_call", "calling"),
        ),
        Operation(
            "issuing",
            _document("officer", "club.bulletin", "action_issue", "issuing"),
        ),
        *(
            Operation(
                name, _run_jobs(name), repeated=ACCEPTED, is_sliced=name not in WHOLE
            )
            for name in JOBS
        ),
    )
}
