"""Opens every menu, view, filter, group, record, smart button and paper as each user.

Runs inside Odoo's shell. Each ask is a request of its own: a transaction object with
nothing cached, rolled back at the end, so that a button that writes changes nothing.
What takes long is asked twice, and the faster time counts, since the first reads what a
server that has been up for a minute knows. Queries are those of the first time: two
crawls know the same by then. Nothing is waited for longer than LIMIT.
"""

import contextlib
import gc
import signal
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from psycopg2.errors import QueryCanceled

from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval

from devtools.bench.timing import as_user

from . import client

APP = "crm_club.club_root_menu"
AGAIN, SLOW = 500, 5000  # milliseconds
LIMIT = 30  # seconds
COLLECT = 20  # asks between looking for what is rubbish, which no ask is charged with
WINDOW, SERVER = "ir.actions.act_window", "ir.actions.server"


class Opening(NamedTuple):
    """What was asked for, by whom, and what it took."""

    login: str
    place: str  # the menu's path
    view: str
    what: str
    ms: float  # by the clock
    busy_ms: float  # of the processor, for Odoo and for its session of PostgreSQL
    queries: int
    rows: int
    refused: str  # one sentence of ours
    error: str  # anything else

    @property
    def key(self):
        """What tells it from others, in any database."""
        return self.login, self.place, self.view, self.what


class Overdue(Exception):
    """An ask that nobody waits for any longer."""


def crawl(env, logins, part="", minutes=None, share=1) -> Iterator[Opening]:
    """Yield all that was opened by the users of these logins.

    :param part: only menus with this in their path
    :param minutes: how long each of them looks; what he has not come to by then is left
        out, which is said
    :param share: one in so many filters, groups, smart buttons and papers is opened,
        others by each user
    """
    gc.collect()
    gc.freeze()  # what is there by now is looked through no more
    gc.disable()
    for login in logins:
        user = env["res.users"].search([("login", "=", login)])
        if not user:
            continue
        walker = Walker(env, user, part, share)
        started, count, cut = time.monotonic(), 0, ""
        for opening in walker.walk():
            yield opening
            count += 1
            if not count % COLLECT:
                gc.collect()
            if minutes and time.monotonic() - started > 60 * minutes:
                cut = f", cut at {opening.place}"
                break
        took = f"{time.monotonic() - started:.0f} s"
        print(f"  {login}: {count} opened in {took}{cut}", flush=True)


class Walker:
    """One user's way through the club."""

    def __init__(self, env, user, part, share=1):
        companies = user.company_id.ids
        self._env = env(context={**env.context, "allowed_company_ids": companies})
        self._user_id = user.id
        self._login = user.login
        self._part = part
        self._share = share
        self._seen = set()
        self._session = env.cr._cnx.info.backend_pid

    def walk(self) -> Iterator[Opening]:
        """Yield what the user opens, menu by menu."""
        for place, action in self._find_menus():
            if self._part in place:
                yield from self._open_menu(place, action)

    # === Menus === #

    def _find_menus(self):
        with as_user(self._env, self._user_id) as env:
            menus = env["ir.ui.menu"].load_menus(False)
        self._forget()
        (root,) = (
            menu
            for key, menu in menus.items()
            if key != "root" and menu.get("xmlid") == APP
        )
        todo = [(root, "")]
        while todo:
            menu, above = todo.pop(0)
            place = f"{above} / {menu['name']}" if above else menu["name"]
            if menu["action_id"]:
                yield place, (menu["action_model"], menu["action_id"])
            todo = [(menus[child], place) for child in menu["children"]] + todo

    def _open_menu(self, place, reference):
        action, opening = self._resolve(place, reference)
        if opening:
            yield opening
        if action:
            yield from self._open_action(place, action)

    def _resolve(self, place, reference):
        """Return a menu's window action, and what it took where that is asked for."""
        model, number = reference
        if model == WINDOW:
            with as_user(self._env, self._user_id) as env:
                values = env[model].sudo().browse(number)._get_action_dict()
            self._forget()
            return values, None
        if model != SERVER:
            return None, None
        action, opening = self._ask(
            place, "menu", "", lambda env: env[model].browse(number).run()
        )
        is_window = isinstance(action, dict) and action.get("res_model")
        return (action if is_window else None), opening

    # === Actions === #

    def _open_action(self, place, action, *, is_deep=True):
        """Yield what an action opens: each view, and with ``is_deep`` each filter,
        group, the first record, its smart buttons and papers.
        """
        action = self._complete(action)
        key = (
            action.get("id"),
            action["res_model"],
            str(action.get("domain")),
            is_deep,
        )
        if is_deep and key in self._seen:
            return
        self._seen.add(key)
        screen, opening = self._ask(
            place, "views", "", lambda env: client.Screen.read(env, action)
        )
        yield opening
        if not screen:
            return
        first = None
        kinds = client.get_kinds(action)
        with as_user(self._env, self._user_id) as env:
            asks = {kind: client.get_asks(env, screen, kind) for kind in kinds}
            domains, groups = client.get_filters(env, screen)
            domain = client.get_default_domain(env, screen)
        self._forget()
        for kind in kinds if is_deep else kinds[:1]:
            for what, call in asks[kind]:
                rows, opening = self._ask(place, kind, what, call)
                yield opening
                first = first or _get_first(rows)
        if not is_deep:
            return
        arch = screen.get_arch("list")
        if arch is not None:
            with as_user(self._env, self._user_id) as env:
                calls = [
                    (name, client.read_list(env, screen, [*screen.domain, *own]))
                    for name, own in domains
                    if self._is_picked(place, name)
                ]
            for name, call in calls:
                rows, opening = self._ask(place, "list", f"filter {name}", call)
                yield opening
                first = first or _get_first(rows)
            for name, group in groups:
                if not self._is_picked(place, name):
                    continue
                call = client.read_group(screen, domain, group, arch)
                _rows, opening = self._ask(place, "list", f"group {name}", call)
                yield opening
        if "form" in kinds:
            yield from self._open_form(place, screen, first)

    def _open_form(self, place, screen, number):
        if self._may_create(screen, screen.get_arch("form")):
            with as_user(self._env, self._user_id) as env:
                call = client.begin_form(env, screen)
            _values, opening = self._ask(place, "form", "new", call)
            yield opening
        if not number:
            number = self._find_any(screen)
        if not number:
            return
        with as_user(self._env, self._user_id) as env:
            call = client.read_form(env, screen, number)
        values, opening = self._ask(place, "form", "", call)
        yield opening
        if not values:
            return
        with as_user(self._env, self._user_id) as env:
            buttons = client.get_buttons(env, screen, values[0])
            papers = self._find_papers(env, screen)
        self._forget()
        for label, kind, name, context in buttons:
            if self._is_picked(place, name):
                yield from self._press(
                    place, screen, number, label, kind, name, context
                )
        for report in papers:
            if not self._is_picked(place, report[1]):
                continue
            _page, opening = self._ask(
                place, "paper", report[1], _print(report[0], number)
            )
            yield opening

    def _press(self, place, screen, number, label, kind, name, context):
        def press(env):
            record = screen.get_model(env).browse(number)
            if context:
                names = client.get_names(env) | {"id": number, "active_id": number}
                with contextlib.suppress(ValueError):  # fields that aren't known here
                    record = record.with_context(safe_eval(context, names))
            if kind == "object":
                return getattr(record, name)()
            action = env["ir.actions.actions"].sudo().browse(int(name))
            real = env[action.type].sudo().browse(action.id)
            return {**real._get_action_dict(), "context": {"active_id": number}}

        action, opening = self._ask(place, "button", label, press)
        yield opening
        if isinstance(action, dict) and action.get("res_model"):
            if action.get("res_id") or not action.get("views"):
                return
            yield from self._open_action(f"{place} → {label}", action, is_deep=False)

    # === Asking === #

    def _ask(self, place, view, what, call):
        """Return what a call returns, and the opening."""
        result, opening = self._ask_once(place, view, what, call)
        if opening.refused or opening.error:
            return result, opening
        if AGAIN < opening.busy_ms < SLOW:
            _result, again = self._ask_once(place, view, what, call)
            opening = min(opening, again, key=lambda one: one.busy_ms)._replace(
                queries=opening.queries
            )
        return result, opening

    def _ask_once(self, place, view, what, call):
        result, refused, error = None, "", ""
        cr = self._env.cr
        cr.execute("SET LOCAL statement_timeout = %s", [LIMIT * 1000])
        before, started = cr.sql_log_count, time.perf_counter()
        busy = self._read_busy()
        try:
            with _bounded(), as_user(self._env, self._user_id) as env:
                result = call(env)
                env.flush_all()
        except (Overdue, QueryCanceled):
            error = f"longer than {LIMIT} seconds"
        except UserError as exception:
            refused = " ".join(str(exception).split())
        except Exception as exception:  # noqa: BLE001 (each is told)
            error = f"{type(exception).__name__}: {exception}"
        seconds = time.perf_counter() - started
        busy = self._read_busy() - busy
        queries = cr.sql_log_count - before
        self._forget()
        return result, Opening(
            login=self._login,
            place=place,
            view=view,
            what=what,
            ms=round(seconds * 1000, 1),
            busy_ms=round(busy * 1000, 1),
            queries=queries,
            rows=_count(result),
            refused=refused,
            error=error,
        )

    def _read_busy(self):
        """Return the processor's seconds so far: what others do on the machine, which
        makes all wait, isn't in it. Where PostgreSQL runs elsewhere, or the system
        tells nothing, its part is left out.
        """
        try:
            text = Path(f"/proc/{self._session}/schedstat").read_text()
        except OSError:
            text = "0"
        return time.process_time() + int(text.split()[0]) / 1e9

    def _forget(self):
        self._env.cr.rollback()
        self._env.invalidate_all(flush=False)

    # === What is there === #

    def _complete(self, action):
        """Return an action with its views as pairs of number and kind."""
        views = action.get("views")
        if not views:
            modes = (action.get("view_mode") or "list,form").split(",")
            views = [(False, mode) for mode in modes]
        return {**action, "views": views}

    def _is_picked(self, place, name):
        """Tell of the user's share of what there is: the same in each crawl."""
        return not zlib.crc32(f"{self._login}/{place}/{name}".encode()) % self._share

    def _may_create(self, screen, arch):
        if arch.get("create") in ("0", "false", "False"):
            return False
        with as_user(self._env, self._user_id) as env:
            found = env[screen.model].has_access("create")
        self._forget()
        return found

    def _find_any(self, screen):
        with as_user(self._env, self._user_id) as env:
            try:
                found = screen.get_model(env).search(screen.domain, limit=1).id
            except UserError:
                found = None
        self._forget()
        return found

    def _find_papers(self, env, screen):
        """Return id and name of the papers that are offered for the model."""
        toolbar = screen.views["views"]["form"].get("toolbar", {})
        return [(item["id"], item["name"]) for item in toolbar.get("print", ())]


@contextlib.contextmanager
def _bounded():
    """End what takes longer than the limit in Python."""

    def end(_signal, _frame):
        raise Overdue

    signal.signal(signal.SIGALRM, end)
    signal.alarm(LIMIT + 1)
    try:
        yield
    finally:
        signal.alarm(0)


def _print(report_id, number):
    def render(env):
        report = env["ir.actions.report"].sudo().browse(report_id)
        if report.report_type not in ("qweb-pdf", "qweb-html"):
            return None
        return env["ir.actions.report"]._render_qweb_html(report.report_name, [number])

    return render


def _get_first(rows):
    """Return the id of the first record of what a list or cards show."""
    if not isinstance(rows, dict):
        return None
    for record in rows.get("records") or ():
        return record["id"]
    for group in rows.get("groups") or ():
        for record in group.get("__records") or ():
            return record["id"]
    return None


def _count(result):
    if isinstance(result, dict):
        for name in ("records", "groups"):
            if name in result:
                return len(result[name])
        return 0
    return len(result) if isinstance(result, (list, tuple)) else 0
