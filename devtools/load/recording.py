"""What the web client asks for on each screen, as calls that can be sent. Inside Odoo.

`devtools.crawl.client` knows how views ask; here its calls are written down instead of
made, so that whoever sends them needs no Odoo.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from odoo.exceptions import UserError

from devtools.bench.timing import as_user
from devtools.crawl import client

from .mix import ANY_ID

APP = "crm_club.club_root_menu"
WINDOW, SERVER = "ir.actions.act_window", "ir.actions.server"
ASKED = {
    *("web_search_read", "search_read", "web_read_group", "web_read", "onchange"),
    *("formatted_read_group", "formatted_read_grouping_sets", "get_activity_data"),
}
FILTERS = 2  # of each kind, of a screen


class Call(NamedTuple):
    """A call of a model's method, as `call_kw` takes it."""

    model: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]


class Recorder:
    """An environment, or a model in it, that writes down what it is asked."""

    def __init__(self, env, calls: list[Call], model=None, ids: tuple[int, ...] = ()):
        self._env = env
        self._calls = calls
        self._model = model
        self._ids = ids

    def __getitem__(self, name):
        return Recorder(self._env, self._calls, self._env[name])

    def with_context(self, *args, **kwargs):
        model = self._model.with_context(*args, **kwargs)
        return Recorder(self._env, self._calls, model)

    def browse(self, number):
        return Recorder(self._env, self._calls, self._model, (number,))

    def __getattr__(self, name):
        if name not in ASKED or self._model is None:
            target = self._env if self._model is None else self._model
            return getattr(target, name)

        def note(*args, **kwargs):
            if name == "onchange" or self._ids:
                args = (list(self._ids), *args)
            kwargs["context"] = dict(self._model.env.context)
            self._calls.append(Call(self._model._name, name, list(args), kwargs))

        return note


def record(env, call) -> Call:
    """Return what a call of `devtools.crawl.client` would ask."""
    calls: list[Call] = []
    call(Recorder(env, calls))
    if len(calls) != 1:
        raise LookupError(f"{call.__qualname__}: {calls or 'none of'} {sorted(ASKED)}")
    return calls[0]


def record_screens(env, user) -> Iterator[dict[str, Any]]:
    """Yield the screens that the club's menus lead a user to."""
    with as_user(env, user.id) as own:
        for place, menu in _find_menus(own):
            try:
                action = _resolve(own, menu)
                screen = action and _record_screen(own, action)
            except UserError:
                continue
            if screen:
                yield {"place": place, "menu": menu["xmlid"].split(".")[-1], **screen}


def _find_menus(env):
    menus = env["ir.ui.menu"].load_menus(False)
    (root,) = (m for k, m in menus.items() if k != "root" and m.get("xmlid") == APP)
    todo = [(root, "")]
    while todo:
        menu, above = todo.pop(0)
        place = f"{above} / {menu['name']}" if above else menu["name"]
        if menu["action_id"] and menu is not root:
            yield place, menu
        todo = [(menus[child], place) for child in menu["children"]] + todo


def _resolve(env, menu):
    """Return the window action that a menu leads to, None for any other."""
    model, number = menu["action_model"], menu["action_id"]
    if model == WINDOW:
        return env[model].sudo().browse(number)._get_action_dict()
    if model != SERVER:
        return None
    found = env[model].browse(number).run()
    is_window = isinstance(found, dict) and found.get("res_model")
    return {**found, "id": number} if is_window else None


def _record_screen(env, action):
    views = action.get("views") or [
        (False, kind) for kind in (action.get("view_mode") or "list,form").split(",")
    ]
    action = {**action, "views": views}
    screen = client.Screen.read(env, action)
    kinds = client.get_kinds(action)
    asks = [
        (kind, record(env, call))
        for kind in kinds
        for _what, call in client.get_asks(env, screen, kind)
    ]
    if not asks:
        return None
    found = {
        "action": action.get("id"),
        "model": screen.model,
        "views": _get_views(env, screen, action),
        "opens": asks[:1],
        "others": asks[1:],
        "form": None,
        "new": None,
        "papers": [],
    }
    arch = screen.get_arch("list")
    if arch is not None:
        found["others"] += _record_filters(env, screen, arch)
    form = screen.get_arch("form")
    if form is not None and "form" in kinds:
        found["form"] = record(env, client.read_form(env, screen, ANY_ID))
        found["has_chatter"] = bool(form.xpath("//chatter"))
        may_create = form.get("create") not in ("0", "false", "False")
        if may_create and env[screen.model].has_access("create"):
            found["new"] = record(env, client.begin_form(env, screen))
        toolbar = screen.views["views"]["form"].get("toolbar", {})
        found["papers"] = _find_papers(env, toolbar)
    return found


def _get_views(env, screen, action):
    search_id = action.get("search_view_id") or False
    if isinstance(search_id, (list, tuple)):
        search_id = search_id[0]
    kinds = [(number, kind) for number, kind in action["views"] if kind]
    options = {"action_id": action.get("id"), "load_filters": True, "toolbar": True}
    return Call(
        screen.model,
        "get_views",
        [],
        {
            "views": [*kinds, (search_id, "search")],
            "options": options,
            "context": {**env.context, **screen.context},
        },
    )


def _record_filters(env, screen, arch):
    domains, groups = client.get_filters(env, screen)
    domain = client.get_default_domain(env, screen)
    found = [
        ("list", record(env, client.read_list(env, screen, [*screen.domain, *own])))
        for _name, own in domains[:FILTERS]
    ]
    return found + [
        ("group", record(env, client.read_group(screen, domain, group, arch)))
        for _name, group in groups[:FILTERS]
    ]


def _find_papers(env, toolbar):
    reports = env["ir.actions.report"].sudo()
    found = reports.browse([item["id"] for item in toolbar.get("print", ())])
    return [report.report_name for report in found if report.report_type == "qweb-pdf"]
