"""Server time and queries of screens, at 1,000 and at 100,000 accounts.

Each is asked for as the web client does (its view's own fields, the filters that are on
when it opens, 80 rows, the count up to its limit), by a user who isn't an
administrator, in a transaction object of its own with nothing cached:

- `members`: the list of accounts, by a club officer;
- `partner_form`: an account, by its manager, who has 50 accounts at both sizes;
- `entries`: the posted ledger, the latest first, by a club officer;
- `entries_pivot`: the posted ledger by category and month, by a club officer;
- `to_sign`: the list behind "To Sign" and its counter, by a signatory whose turn is in
  50 documents at both sizes, among as many pending documents as there are accounts.

Of those who see a part of the accounts, the screens whose record rules cost most:
`entries`, `entries_pivot`, `members` and `entitlements` by the `manager` of 50
accounts, the `clerk` of one of twenty units (but for the last) and the `lead` of five,
as `<screen>_<role>`. `entitlements` is an officer's; each tier is owed 13 benefits.

An account has a membership in both groups, twelve months of posted points and of
imported revenue, and one pending document. Rows are laid by SQL. PostgreSQL is warm:
each screen is opened WARM_UP times before it is timed.

`<screen>`: `queries_1k`, `queries_100k`, `ms_1k`, `ms_100k` (medians of ROUNDS) and
`ratio` of the two times.
"""

import gc
import statistics
import time

from lxml import etree

from odoo import Command
from odoo.tests.form import Form
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_club.tests.record.client_spec import get_form_spec

from .screen_rows import MONTHS, OWN, lay
from .timing import as_user

SIZES = {"1k": 1_000, "100k": 100_000}
UNITS, LED = 20, 5
BENEFITS = 13
CATEGORIES = 32
WARM_UP, ROUNDS = 2, 7
LIMIT = 80
COUNT_LIMIT = 10_001  # what the client sends


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    crew = Crew(env)
    found = {}
    laid = 0
    for size, count in SIZES.items():
        started = time.perf_counter()
        lay(env, crew, laid, count)
        laid = count
        print(f"  {count} accounts: {time.perf_counter() - started:.0f} s", flush=True)
        for name, screen in SCREENS.items():
            found[name, size] = _measure_screen(env, crew, screen)
            print(f"  {name} {size}: {found[name, size]}", flush=True)
    small, large = SIZES
    return {
        "screens": {
            name: {
                f"queries_{small}": found[name, small]["queries"],
                f"queries_{large}": found[name, large]["queries"],
                f"ms_{small}": found[name, small]["ms"],
                f"ms_{large}": found[name, large]["ms"],
                "ratio": round(found[name, large]["ms"] / found[name, small]["ms"], 2),
            }
            for name in SCREENS
        },
        "accounts": list(SIZES.values()),
        "months": MONTHS,
        "own": OWN,
    }


class Crew:
    """The users, units and bodies of the bench, and what its rows refer to."""

    def __init__(self, env):
        self.officer = _create_user(env, "officer", "crm_club.crm_club_group_officer")
        self.manager = _create_user(env, "manager", "crm_club.crm_club_group_user")
        self.other = _create_user(env, "other manager", "crm_club.crm_club_group_user")
        self.signatory = _create_user(env, "signatory", "base.group_user")
        self.clerk = _create_user(env, "clerk", "crm_club.crm_club_group_clerk")
        self.lead = _create_user(env, "lead", "crm_club.crm_club_group_lead")
        self.program = env.ref("crm_club.club_program_main")
        self.units = env["crm.team"].create(
            [{"name": f"Bench unit {number}"} for number in range(UNITS)]
        )
        self.units[0].user_id = self.lead
        self.units[1:LED].parent_id = self.units[0]
        env["club.unit.clerk"].create(
            {
                "unit_id": self.units[0].id,
                "user_id": self.clerk.id,
                "date_from": "2020-01-01",
            }
        )
        owe_benefits(env, self.program)
        self.categories = env["product.category"].create(
            [{"name": f"Bench screens {number}"} for number in range(CATEGORIES)]
        )
        self.own_body, self.other_body = env["club.body"].create(
            [
                {"name": f"Bench board {number}", "code": f"bench_screen_{number}"}
                for number in (1, 2)
            ]
        )
        for body, user in (
            (self.own_body, self.signatory),
            (self.other_body, self.officer),
        ):
            env["club.body.seat"].create(
                {
                    "body_id": body.id,
                    "user_id": user.id,
                    "office": "Head",
                    "date_from": "2020-01-01",
                }
            )
        self.account_class = env["club.account.class"].create(
            {"name": "Bench screens", "code": "bench_screens"}
        )
        self.account = env["res.partner"].create(
            {"name": "Bench account", "is_company": True}
        )
        env.cr.commit()


def owe_benefits(env, program):
    """Let each tier be owed each of the benefits."""
    benefits = env["club.benefit"].search([], limit=BENEFITS)
    tiers = program.group_ids.filtered(
        lambda group: group.purpose == "membership"
    ).tier_ids
    env["club.benefit.quota"].create(
        [
            {"benefit_id": benefit.id, "tier_id": tier.id, "times": 2}
            for benefit in benefits
            for tier in tiers - benefit.quota_ids.tier_id
        ]
    )


def _create_user(env, name, group):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": f"Bench {name}",
                "login": f"bench_{name.replace(' ', '_')}",
                "group_ids": [Command.set([env.ref(group).id])],
            }
        )
    )


# === The screens === #


def _get_members(env):
    """Return what the list of accounts asks for."""
    return get_list(env, "crm_club.club_account_action", "club_members")


def _get_to_sign(env):
    """Return what the list of documents to sign asks for, and its counter."""
    ask = get_list(env, "crm_club.club_approval_request_action_to_sign")

    def ask_both(env):
        ask(env)
        return env["club.approval.request"].get_to_sign_count()

    return ask_both


def _get_entries(env):
    """Return what the list of the ledger asks for when it opens."""
    return get_list(env, "crm_club.club_points_entry_action", "posted")


def get_list(env, xmlid, *filters, kind="list"):
    """Return what a list or another multi-record view of an action asks for."""
    action = env["ir.actions.act_window"]._for_xml_id(xmlid)
    model = env[action["res_model"]]
    search_id = action["search_view_id"] and action["search_view_id"][0]
    views = model.get_views([*action["views"], [search_id, "search"]])
    form = Form.__new__(Form)  # for its reading of views, which is the client's
    object.__setattr__(form, "_record", model)
    object.__setattr__(form, "_env", env)
    object.__setattr__(form, "_models_info", views["models"])
    arch = views["views"][kind]["arch"]
    spec = form._process_view(etree.fromstring(arch), model)["fields_spec"]
    domain = safe_eval(action["domain"] or "[]", {"uid": env.uid})
    search = etree.fromstring(views["views"]["search"]["arch"])
    for name in filters:
        (node,) = search.xpath(f"//filter[@name='{name}']")
        domain += safe_eval(node.get("domain"), {"uid": env.uid})
    order = etree.fromstring(arch).get("default_order") or ""

    def ask(env):
        rows = env[model._name].web_search_read(
            domain, spec, limit=LIMIT, order=order, count_limit=COUNT_LIMIT
        )
        assert rows["records"], "nothing is listed"
        return len(rows["records"])

    return ask


def _get_partner_form(env):
    """Return what the form of an account asks for, by its manager."""
    return _get_form(env, [("club_manager_id", "=", env.uid)])


def get_officer_form(env):
    """Return what the form of an account asks for, by a club officer."""
    return _get_form(env, [("club_is_member", "=", True)])


def _get_form(env, domain):
    account = env["res.partner"].search([*domain, ("is_company", "=", True)], limit=1)
    spec = get_form_spec(account, "base.view_partner_form")
    number = account.id

    def ask(env):
        (values,) = env["res.partner"].browse(number).web_read(spec)
        assert values["club_points"], "the account's figures aren't shown"
        return 1

    return ask


def _get_entries_pivot(env):
    """Return what the pivot of the ledger asks for when it opens."""
    rows, columns = ["category_id"], ["revenue_month:month"]
    sets = [[], rows, columns, rows + columns]

    def ask(env):
        found = env["club.points.entry"].formatted_read_grouping_sets(
            [("state", "=", "posted")], sets, ["points:sum", "__count"]
        )
        assert len(found[3]) > len(found[1]), "the pivot is empty"
        return len(found[3])

    return ask


def _get_entitlements(env):
    """Return what the list of entitlements asks for when it opens."""
    return get_list(env, "crm_club.club_entitlement_action")


SCREENS = {
    "members": (_get_members, "officer"),
    "partner_form": (_get_partner_form, "manager"),
    "entries": (_get_entries, "officer"),
    "entries_pivot": (_get_entries_pivot, "officer"),
    "to_sign": (_get_to_sign, "signatory"),
    "entitlements": (_get_entitlements, "officer"),
    **{
        f"{name}_{role}": (screen, role)
        for role in ("manager", "clerk", "lead")
        for name, screen in (
            ("entries", _get_entries),
            ("entries_pivot", _get_entries_pivot),
            ("members", _get_members),
            ("entitlements", _get_entitlements),
        )
        if (role, name) != ("clerk", "entitlements")  # not his business
    },
}


def _measure_screen(env, crew, screen):
    """Return queries and milliseconds of a screen, and the rows it shows."""
    prepare, role = screen
    user_id = getattr(crew, role).id
    with as_user(env, user_id) as user_env:
        ask = prepare(user_env)
    env.cr.commit()
    times, queries, rows = [], set(), 0
    for number in range(WARM_UP + ROUNDS):
        gc.collect()
        with as_user(env, user_id) as user_env:
            before, started = env.cr.sql_log_count, time.perf_counter()
            rows = ask(user_env)
            seconds = time.perf_counter() - started
            count = env.cr.sql_log_count - before
        env.cr.rollback()
        if number >= WARM_UP:
            times.append(seconds)
            queries.add(count)
    assert len(queries) == 1, f"queries differ from call to call: {queries}"
    return {
        "queries": queries.pop(),
        "ms": round(1000 * statistics.median(times), 1),
        "rows": rows,
    }
