"""What the web client asks the server for when it opens a screen.

Each function returns `(what, call)` pairs: a name, and a function of an environment
that asks. Nothing is kept from one call to the next but what was read of the views.
"""

from datetime import timedelta
from typing import NamedTuple

from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

from odoo.addons.crm_club.tests.record.client_spec import ClientForm

LIMIT, KANBAN_LIMIT = 80, 40
COUNT_LIMIT = 10_001
CALENDAR_LIMIT = 1_001  # `static/src/calendar`
SUMS = ("sum", "avg", "max", "min", "count", "count_distinct", "bool_or", "bool_and")
NUMBERS = ("float", "integer", "monetary")
GRANULAR = ("date", "datetime")


class Screen(NamedTuple):
    """A window action as a user opens it: its views are read."""

    model: str
    domain: list
    context: dict
    views: dict  # as `get_views` returns them
    specs: dict  # what the client asks of each view's fields, once it is asked

    @classmethod
    def read(cls, env, action):
        """Read the views of a window action's values."""
        context = _evaluate(env, action.get("context"), {})
        domain = _evaluate(env, action.get("domain"), [])
        search_id = action.get("search_view_id") or False
        if isinstance(search_id, (list, tuple)):
            search_id = search_id[0]
        kinds = [(number, kind) for number, kind in action["views"] if kind]
        views = (
            env[action["res_model"]]
            .with_context(context)
            .get_views([*kinds, (search_id, "search")], {"toolbar": True})
        )
        return cls(action["res_model"], domain, context, views, {})

    def get_model(self, env):
        """Return the model with the action's context."""
        return env[self.model].with_context(self.context)

    def get_arch(self, kind):
        """Return a view as a tree, None where the action has no such view."""
        found = self.views["views"].get(kind)
        return None if found is None else etree.fromstring(found["arch"])

    def get_spec(self, env, kind):
        """Return the fields that the client asks for when it shows a view."""
        if kind not in self.specs:
            self.specs[kind] = _read_spec(env, self, self.get_arch(kind))
        return dict(self.specs[kind])


def get_kinds(action):
    """Return the kinds of views of a window action, in their order."""
    return [kind for _number, kind in action["views"]]


def get_asks(env, screen, kind):
    """Return what opening a view asks for: `[(what, call)]`."""
    make = {
        "list": _ask_list,
        "kanban": _ask_kanban,
        "pivot": _ask_pivot,
        "graph": _ask_graph,
        "calendar": _ask_calendar,
        "activity": _ask_activity,
    }.get(kind)
    return make(env, screen, screen.get_arch(kind)) if make else []


def get_filters(env, screen):
    """Return `[(name, domain)]` and `[(name, group)]` of the search view."""
    domains, groups = [], []
    arch = screen.get_arch("search")
    for node in [] if arch is None else arch.iter("filter"):
        if node.get("invisible") in ("1", "True"):
            continue
        name = node.get("string") or node.get("name")
        if node.get("domain"):
            domain = _evaluate(env, node.get("domain"), [])
            domains.append((name, domain))
        elif node.get("date"):
            domains.append((name, _get_period(env, node.get("date"))))
        else:
            group = _evaluate(env, node.get("context"), {}).get("group_by")
            if group and not _is_of_properties(env, screen, group):
                groups.append((name, group))
    return domains, groups


def get_default_domain(env, screen):
    """Return the domain of the filters that are on when the action opens."""
    arch = screen.get_arch("search")
    domain = list(screen.domain)
    for node in [] if arch is None else arch.xpath("//filter|//field"):
        name = node.get("name")
        value = screen.context.get(f"search_default_{name}")
        if not value:
            continue
        if node.tag == "field":
            domain.append((name, "=", value))
        elif node.get("domain"):
            domain += _evaluate(env, node.get("domain"), [])
        elif node.get("date"):
            domain += _get_period(env, node.get("date"))
    return domain


def read_group(screen, domain, group, arch):
    """Return the call of a list that is grouped."""
    groupby = [group] if isinstance(group, str) else list(group)

    def ask(env):
        model = screen.get_model(env)
        by = [_get_granular(model, name) for name in groupby[:1]]
        return model.web_read_group(
            domain, by, _get_aggregates(model, arch), limit=LIMIT, auto_unfold=False
        )

    return ask


def read_list(env, screen, domain, kind="list", limit=LIMIT):
    """Return the call of a list or of cards."""
    order = screen.get_arch(kind).get("default_order") or ""
    spec = screen.get_spec(env, kind)

    def ask(env):
        model = screen.get_model(env)
        return model.web_search_read(
            domain,
            spec,
            limit=limit,
            order=order,
            count_limit=COUNT_LIMIT,
        )

    return ask


def read_form(env, screen, number):
    """Return the call of a form that shows a record."""
    spec = screen.get_spec(env, "form")
    if env[screen.model]._log_access:
        spec["write_date"] = {}

    def ask(env):
        model = screen.get_model(env)
        return model.browse(number).web_read({**spec, "display_name": {}})

    return ask


def begin_form(env, screen):
    """Return the call of a form that begins a new record."""
    spec = screen.get_spec(env, "form")

    def ask(env):
        return screen.get_model(env).onchange({}, [], spec)

    return ask


def get_buttons(env, screen, values):
    """Return the smart buttons that a form shows: `[(label, kind, name, context)]`."""
    arch = screen.get_arch("form")
    found = []
    for node in arch.xpath("//div[@name='button_box']//button[@name]"):
        if _is_hidden(env, node, values):
            continue
        label = node.get("string") or " ".join("".join(node.itertext()).split())
        if not label:
            label = ", ".join(field.get("name") for field in node.iter("field"))
        found.append(
            (
                label or node.get("name"),
                node.get("type"),
                node.get("name"),
                node.get("context"),
            )
        )
    return found


# === Views === #


def _ask_list(env, screen, arch):
    domain = get_default_domain(env, screen)
    group = _get_default_group(env, screen) or arch.get("default_group_by")
    if group:
        return [("grouped", read_group(screen, domain, group, arch))]
    return [("", read_list(env, screen, domain))]


def _ask_kanban(env, screen, arch):
    domain = get_default_domain(env, screen)
    group = _get_default_group(env, screen) or arch.get("default_group_by")
    if not group:
        return [("", read_list(env, screen, domain, "kanban", KANBAN_LIMIT))]
    spec = screen.get_spec(env, "kanban")

    def ask(env):
        model = screen.get_model(env)
        return model.web_read_group(
            domain,
            [_get_granular(model, group)],
            _get_aggregates(model, arch),
            limit=LIMIT,
            auto_unfold=True,
            unfold_read_specification=spec,
            unfold_read_default_limit=KANBAN_LIMIT,
        )

    return [("grouped", ask)]


def _ask_pivot(env, screen, arch):
    domain = get_default_domain(env, screen)
    rows = [_get_group(node) for node in arch.xpath("//field[@type='row']")][:1]
    columns = [_get_group(node) for node in arch.xpath("//field[@type='col']")][:1]
    if screen.context.get("pivot_row_groupby"):
        rows = screen.context["pivot_row_groupby"][:1]

    def ask(env):
        model = screen.get_model(env)
        by = [[_get_granular(model, name) for name in part] for part in (rows, columns)]
        sets = [[], by[0], by[1], [*by[0], *by[1]]]
        measures = [
            node.get("name")
            for node in arch.xpath("//field[@type='measure']")
            if node.get("name") != "__count"
        ]
        return model.formatted_read_grouping_sets(
            domain,
            [part for number, part in enumerate(sets) if part or not number],
            ["__count", *_aggregate(model, measures)],
        )

    return [("", ask)]


def _ask_graph(env, screen, arch):
    domain = get_default_domain(env, screen)
    groups = [
        _get_group(node)
        for node in arch.xpath("//field[not(@type='measure')]")
        if node.get("invisible") not in ("1", "True")
    ]
    measures = [node.get("name") for node in arch.xpath("//field[@type='measure']")]

    def ask(env):
        model = screen.get_model(env)
        return model.formatted_read_group(
            domain,
            [_get_granular(model, name) for name in groups],
            ["__count", *_aggregate(model, measures[:1])],
        )

    return [("", ask)]


def _ask_calendar(env, screen, arch):
    start = arch.get("date_start")
    today = fields.Date.today()
    domain = [
        *get_default_domain(env, screen),
        (start, "<=", today + timedelta(days=21)),
        (arch.get("date_stop") or start, ">=", today - timedelta(days=21)),
    ]

    names = (start, arch.get("date_stop"), arch.get("color"))
    shown = {*screen.get_spec(env, "calendar"), *filter(None, names)}

    def ask(env):
        model = screen.get_model(env)
        limit = CALENDAR_LIMIT if screen.model.startswith("club.") else None
        return model.search_read(domain, [*shown], limit=limit)

    return [("", ask)]


def _ask_activity(env, screen, arch):
    domain = get_default_domain(env, screen)

    def ask(env):
        env["mail.activity"].get_activity_data(
            screen.model, domain, limit=LIMIT, fetch_done=True
        )

    return [("", ask)]


# === Parts === #


def _read_spec(env, screen, arch):
    form = ClientForm.__new__(ClientForm)  # for its reading of views
    model = screen.get_model(env)
    object.__setattr__(form, "_record", model)
    object.__setattr__(form, "_env", model.env)
    object.__setattr__(form, "_models_info", screen.views["models"])
    tree = etree.fromstring(etree.tostring(arch))
    return form._process_view(tree, model)["fields_spec"]


def _get_default_group(env, screen):
    group = screen.context.get("group_by")
    if group:
        return group if isinstance(group, str) else group[0]
    arch = screen.get_arch("search")
    for node in [] if arch is None else arch.iter("filter"):
        if screen.context.get(f"search_default_{node.get('name')}"):
            found = _evaluate(env, node.get("context"), {}).get("group_by")
            if found:
                return found
    return None


def _get_group(node):
    interval = node.get("interval")
    return f"{node.get('name')}:{interval}" if interval else node.get("name")


def _get_granular(model, name):
    field = model._fields[name.split(":")[0].split(".")[0]]
    if field.type in GRANULAR and ":" not in name and "." not in name:
        return f"{name}:month"
    return name


def _is_of_properties(env, screen, group):
    """Tell of a group by properties, of which the client first chooses one."""
    name = group if isinstance(group, str) else group[0]
    field = env[screen.model]._fields.get(name.split(":")[0].split(".")[0])
    return bool(field) and field.type == "properties"


def _get_aggregates(model, arch):
    """Return what is asked of each group: of all numbers shown, and of which currencies
    money is.
    """
    names = [node.get("name") for node in arch.xpath("./field")]
    found = _aggregate(model, [n for n in names if model._fields[n].type in NUMBERS])
    money = [name for name, _colon, _f in (one.partition(":") for one in found)]
    for name in money:
        field = model._fields[name]
        if field.type == "monetary":
            currency = field.get_currency_field(model)
            found += [f"{currency}:array_agg_distinct", f"{name}:sum_currency"]
    return list(dict.fromkeys(found))


def _aggregate(model, names):
    found = []
    for name in names:
        field = model._fields.get(name)
        if field and field.aggregator in SUMS and (field.store or field.search):
            found.append(f"{name}:{field.aggregator}")
    return found


def _get_period(env, name):
    today = fields.Date.today()
    return [(name, ">=", today.replace(day=1)), (name, "<=", today)]


def _is_hidden(env, node, values):
    if node.get("groups") and not env.user.has_groups(node.get("groups")):
        return True
    expression = node.get("invisible")
    if not expression or expression in ("0", "False"):
        return False
    known = {
        name: value["id"] if isinstance(value, dict) and "id" in value else value
        for name, value in values.items()
    }
    try:
        return bool(safe_eval(expression, {**get_names(env), **known}))
    except ValueError:  # a field that isn't shown
        return False


def _evaluate(env, text, default):
    if not text:
        return default
    if not isinstance(text, str):
        return text
    return safe_eval(text.strip(), get_names(env))


def get_names(env):
    """Return what the client knows when it evaluates domains and contexts."""
    return {
        "uid": env.uid,
        "active_id": False,
        "active_ids": [],
        "active_model": False,
        "allowed_company_ids": env.companies.ids,
        "current_company_id": env.company.id,
        "context_today": lambda: fields.Date.context_today(env.user),
        "today": fields.Date.to_string(fields.Date.context_today(env.user)),
        "now": fields.Datetime.to_string(fields.Datetime.now()),
        "time": time,
        "datetime": datetime,
        "dateutil": dateutil,
        "relativedelta": dateutil.relativedelta.relativedelta,
        "to_utc": lambda moment: moment,
        "context": {},
        "True": True,
        "False": False,
        "None": None,
    }
