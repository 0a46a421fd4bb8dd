"""People at work: each a thread with a browser, who looks, clicks and looks again."""

import copy
import random
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from . import judge, mix
from .browser import Browser, NotDone
from .judge import Deed
from .mix import ANY_ID
from .tally import DONE, LOST, Sample

CHATTER = 30  # messages


class Office:
    """What all have in common: the ground, what is left to do, what was done."""

    def __init__(self, ground: dict[str, Any], port: int, database: str) -> None:
        self.ground, self.port, self.database = ground, port, database
        self.samples: list[Sample] = []
        self.deeds: list[Deed] = []
        self._lock = threading.Lock()
        self._taken: set[tuple[str, int]] = set()

    def take(self, kind: str, found: list[int]) -> int | None:
        """Return the next one that nobody has taken, if there is any."""
        with self._lock:
            for number in found:
                if (kind, number) not in self._taken:
                    self._taken.add((kind, number))
                    return number
        return None

    def start_anew(self) -> list[Sample]:
        """Return the samples until now; those from here on are another phase's."""
        found, self.samples = self.samples, []
        return found


class Person(threading.Thread):
    """Somebody of a role who works until told to stop.

    :param pause: seconds between two steps, on average
    :param steps: what to do, in place of what the role does
    """

    def __init__(
        self, office: Office, role: str, login: str, seed: int, pause: float = 0
    ) -> None:
        super().__init__(daemon=True, name=f"{role} {seed}")
        self.office, self.role, self.login, self.pause = office, role, login, pause
        self.only = ""  # the one step that is done
        self._own = office.ground["users"][login]
        self._rng = random.Random(f"{seed}/{login}")
        self._browser = Browser(office.port, lambda s: office.samples.append(s))
        self._browser.context = self._own["context"]
        self._known: set[str] = set()
        self._rows: dict[str, list[int]] = {}
        self._until = 0.0
        self._tasks: dict[str, Callable[[], None]] = {
            mix.OPEN: self._open,
            mix.LOOK: self._look,
            mix.FILTER: self._filter,
            mix.NEW: self._begin,
            mix.SEARCH: self._search,
            mix.RELOAD: self.reload,
            mix.PRINT: self._print,
            mix.CONTACT: self._contact,
            mix.BOOK: self._book,
            mix.CONFIRM: self._confirm,
            mix.REDEEM: self._redeem,
            mix.SIGN: self._sign,
        }

    @property
    def errors(self) -> list[str]:
        return self._browser.errors

    def enter(self) -> None:
        """Log in and load the page."""
        ground = self.office.ground
        self._browser.log_in(self.office.database, self.login, ground["password"])
        self.reload()

    def work_until(self, moment: float) -> None:
        """Begin to work, until a moment of the monotonic clock."""
        self._until = moment
        self.start()

    def run(self) -> None:
        self._wait(self._rng.random() * self.pause)
        while time.monotonic() < self._until:
            step = self.only or mix.choose_step(self._rng, self.role)
            try:
                self._tasks[step]()
            except NotDone as problem:
                if problem.outcome == LOST:
                    self._wait(0.5)  # the page says so, and the next click goes through
            self._wait(mix.think(self._rng, self.pause))

    def _wait(self, seconds: float) -> None:
        time.sleep(max(0, min(seconds, self._until - time.monotonic())))

    # === Looking === #

    def reload(self) -> None:
        """Load the page: what the web client asks for before it shows anything."""
        browser = self._browser
        browser.get("page", "/odoo")
        browser.get("menus", "/web/webclient/load_menus")
        wanted = ["failures", "systray_get_activities", "init_messaging"]
        browser.post(
            "count", "/mail/data", fetch_params=wanted, context=browser.context
        )
        self._ask("count", ["club.approval.request", "get_to_sign_count", [], {}])

    def _ask(self, kind: str, call: list) -> Any:
        """Ask; where the connection breaks down, ask once more."""
        for attempt in range(2):
            try:
                return self._browser.call(kind, *call)
            except NotDone as problem:
                if problem.outcome != LOST or attempt:
                    raise
        return None

    def _choose(self) -> dict:
        return mix.choose_screen(self._rng, self.role, self._own["screens"])

    def _open(self) -> None:
        """Open a screen from the menu."""
        self._show(self._choose())

    def _show(self, screen: dict) -> list[int]:
        """Return the records that a screen shows."""
        menu = screen["menu"]
        if menu not in self._known:  # the browser keeps them from then on
            path = "/web/action/load"
            self._browser.post("views", path, action_id=screen["action"])
            self._ask("views", screen["views"])
            self._known.add(menu)
        for kind, call in screen["opens"]:
            found = self._ask(kind, call)
            if rows := _get_ids(found):
                self._rows[menu] = rows
        if screen["model"] == "club.today":
            self._ask("count", [screen["model"], "get_tiles", [], {}])
        return self._rows.get(menu, [])

    def _look(self) -> None:
        """Open a record of a list."""
        screen = self._choose()
        rows = self._rows.get(screen["menu"]) or self._show(screen)
        if screen["form"] and rows:
            self._read(screen, self._rng.choice(rows))

    def _read(self, screen: dict, number: int) -> None:
        call = copy.copy(screen["form"])
        call[2] = [
            [number if one == ANY_ID else one for one in call[2][0]],
            *call[2][1:],
        ]
        self._ask("form", call)
        if screen.get("has_chatter"):
            self._read_chatter(screen["model"], number)

    def _read_chatter(self, model: str, number: int) -> None:
        thread = {"thread_model": model, "thread_id": number}
        wanted = ["activities", "attachments", "followers", "scheduledMessages"]
        values = {**thread, "request_list": [*wanted, "suggestedRecipients"]}
        self._browser.post(
            "chatter",
            "/mail/data",
            fetch_params=[["mail.thread", values]],
            context=self._browser.context,
        )
        fetch = {"limit": CHATTER}
        self._browser.post(
            "chatter", "/mail/thread/messages", **thread, fetch_params=fetch
        )

    def _filter(self) -> None:
        """Filter or group a list, or switch to another view."""
        screen = self._choose()
        if screen["others"]:
            kind, call = self._rng.choice(screen["others"])
            self._ask(kind, call)

    def _begin(self) -> None:
        """Begin a record, and leave it again."""
        found = [screen for screen in self._own["screens"] if screen["new"]]
        own = [s for s in found if s["menu"] in mix.ROLES[self.role].menus]
        if own or found:
            self._ask("new", self._rng.choice(own or found)["new"])

    def _search(self) -> None:
        """Type part of an account's name into a field."""
        kwargs = {"name": self._rng.choice("aeio商司厦"), "domain": [], "limit": 8}
        call = ["res.partner", "web_name_search", [], kwargs]
        kwargs["specification"] = {"display_name": {}}
        self._ask("search", call)

    def _print(self) -> None:
        """Print a paper of a record."""
        found = [screen for screen in self._own["screens"] if screen["papers"]]
        if not found:
            return
        screen = self._rng.choice(found)
        rows = self._rows.get(screen["menu"]) or self._show(screen)
        if rows:
            paper, number = self._rng.choice(screen["papers"]), self._rng.choice(rows)
            self._browser.get("paper", f"/report/pdf/{paper}/{number}")

    # === Writing === #

    def _do(self, kind: str, key: Any, write: Callable[[], Any]) -> Any:
        """Write, and note how it was answered."""
        outcome = DONE
        try:
            return write()
        except NotDone as problem:
            outcome = problem.outcome
            raise
        finally:
            self.office.deeds.append(Deed(kind, str(key), outcome))

    def _create(self, kind: str, model: str, mark: str, values: dict) -> int:
        def save():
            spec = {"specification": {"display_name": {}}}
            return self._browser.call("save", model, "web_save", [[], values], spec)

        (record,) = self._do(kind, mark, save)
        return record["id"]

    def _press(self, kind: str, key: Any, model: str, method: str, number: int) -> None:
        self._do(
            kind, key, lambda: self._browser.press("button", model, method, number)
        )

    def _begin_at(self, menu: str) -> None:
        for screen in self._own["screens"]:
            if screen["menu"] == menu and screen["new"]:
                self._ask("new", screen["new"])

    def _contact(self) -> None:
        """Record a call with an account."""
        if not self._own["accounts"]:
            return
        self._begin_at("club_contact_log_menu")
        mark = _make_mark()
        account = self._rng.choice(self._own["accounts"])
        values = {"account_id": account, "channel": "call", "conversation": mark}
        self._create(judge.CONTACT, "club.contact.log", mark, values)

    def _book(self) -> None:
        """Book a coupon that an account of one's own is owed."""
        mine = set(self._own["accounts"])
        coupons = self.office.ground["coupons"]
        places = [n for n, coupon in enumerate(coupons) if coupon["account_id"] in mine]
        place = self.office.take("coupon", places)
        if place is None:
            return
        self._begin_at("club_benefit_booking_menu")
        mark = _make_mark()
        model = "club.benefit.booking"
        values = {**coupons[place], "coupon_code": mark}
        number = self._create(judge.COUPON, model, mark, values)
        self._press(judge.BOOKED, number, model, "action_book", number)

    def _confirm(self) -> None:
        """Confirm a guest, from the list."""
        number = self.office.take("guest", self._own["guests"])
        if number is None:
            return
        for screen in self._own["screens"]:
            if screen["menu"] == "club_invitation_menu":
                self._show(screen)
        model = "club.invitation"
        self._press(judge.CONFIRMED, number, model, "action_confirm", number)

    def _redeem(self) -> None:
        """Let an account spend some points, from drawing it up to taking them."""
        payers = self._own["payers"]
        if not payers:
            return
        self._begin_at("club_redemption_menu")
        mark = _make_mark()
        model = "club.redemption"
        values = {
            "program_id": self.office.ground["program"],
            "account_id": self._rng.choice(payers),
            "points": self._rng.randrange(1, 6),
            "reason": mark,
        }
        number = self._create(judge.REDEMPTION, model, mark, values)
        self._press(judge.RESERVED, number, model, "action_reserve", number)
        self._press(judge.DEBITED, number, model, "action_debit", number)

    def _sign(self) -> None:
        """Sign the next document, or one of the next."""
        for screen in self._own["screens"]:
            if screen["menu"] != "club_to_sign_menu":
                continue
            self._rows.pop(screen["menu"], None)
            if rows := self._show(screen):
                number = self._rng.choice(rows[:20])
                model = "club.approval.request"
                key = f"{number}/{self._own['uid']}"
                self._press(judge.SIGNED, key, model, "action_sign", number)
                self._ask("count", [model, "get_to_sign_count", [], {}])


def _make_mark() -> str:
    return f"{judge.MARK}{uuid.uuid4().hex}"


def _get_ids(found: Any) -> list[int]:
    """Return the ids of the records that a list or cards show."""
    if not isinstance(found, dict):
        return []
    records = list(found.get("records") or ())
    for group in found.get("groups") or ():
        records += group.get("__records") or ()
    return [record["id"] for record in records]
