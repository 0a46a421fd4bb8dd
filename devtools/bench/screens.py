"""Server time and queries of four screens, at 1,000 and at 100,000 accounts.

Each is asked for as the web client does (its view's own fields, the filters that are on
when it opens, 80 rows, the count up to its limit), by a user who isn't an
administrator, in a transaction object of its own with nothing cached:

- `members`: the list of accounts, by a club officer;
- `partner_form`: an account, by its manager, who has 50 accounts at both sizes;
- `entries_pivot`: the posted ledger by category and month, by a club officer;
- `to_sign`: the list behind "To Sign" and its counter, by a signatory whose turn is in
  50 documents at both sizes, among as many pending documents as there are accounts.

An account has a membership in both groups, twelve months of posted points and of
imported revenue, and one pending document. Rows are laid by SQL. PostgreSQL is warm:
each screen is opened WARM_UP times before it is timed.

`<screen>`: `queries_1k`, `queries_100k`, `ms_1k`, `ms_100k` (medians of ROUNDS) and
`ratio` of the two times.
"""

import gc
import statistics
import time

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command, fields
from odoo.tests.form import Form
from odoo.tools.safe_eval import safe_eval

from .approvals import _as_user
from .invoices import _copy_rows, bare_tables

SIZES = {"1k": 1_000, "100k": 100_000}
OWN = 50  # accounts of the manager, and documents that wait for the signatory
MONTHS = 12
UNITS = 20
CATEGORIES = 32
WARM_UP, ROUNDS = 2, 7
LIMIT = 80
COUNT_LIMIT = 10_001  # what the client sends
TABLES = (
    *("res_partner", "club_membership", "club_points_entry"),
    *("club_revenue_line", "club_account_classification"),
    *("club_approval_request", "club_approval_signature"),
)


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    crew = Crew(env)
    found = {}
    laid = 0
    for size, count in SIZES.items():
        started = time.perf_counter()
        _lay(env, crew, laid, count)
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
        self.program = env.ref("crm_club.club_program_main")
        self.units = env["crm.team"].create(
            [{"name": f"Bench unit {number}"} for number in range(UNITS)]
        )
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
    return _get_list(env, "crm_club.club_account_action", "club_members")


def _get_to_sign(env):
    """Return what the list of documents to sign asks for, and its counter."""
    ask = _get_list(env, "crm_club.club_approval_request_action_to_sign")

    def ask_both(env):
        ask(env)
        return env["club.approval.request"].get_to_sign_count()

    return ask_both


def _get_list(env, xmlid, *filters):
    action = env["ir.actions.act_window"]._for_xml_id(xmlid)
    model = env[action["res_model"]]
    views = model.get_views([*action["views"], [action["search_view_id"][0], "search"]])
    form = Form.__new__(Form)  # for its reading of views, which is the client's
    object.__setattr__(form, "_record", model)
    object.__setattr__(form, "_env", env)
    object.__setattr__(form, "_models_info", views["models"])
    arch = views["views"]["list"]["arch"]
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
    """Return what the form of an account asks for."""
    account = env["res.partner"].search(
        [("club_manager_id", "=", env.uid), ("is_company", "=", True)], limit=1
    )
    spec = Form(account, "base.view_partner_form")._view["fields_spec"]
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


SCREENS = {
    "members": (_get_members, "officer"),
    "partner_form": (_get_partner_form, "manager"),
    "entries_pivot": (_get_entries_pivot, "officer"),
    "to_sign": (_get_to_sign, "signatory"),
}


def _measure_screen(env, crew, screen):
    """Return queries and milliseconds of a screen, and the rows it shows."""
    prepare, role = screen
    user_id = getattr(crew, role).id
    with _as_user(env, user_id) as user_env:
        ask = prepare(user_env)
    env.cr.commit()
    times, queries, rows = [], set(), 0
    for number in range(WARM_UP + ROUNDS):
        gc.collect()
        with _as_user(env, user_id) as user_env:
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


# === The rows === #


def _lay(env, crew, first, last):
    """Lay accounts from number ``first`` to before ``last``, and all they have."""
    with bare_tables(env.cr, *TABLES):
        _lay_accounts(env, crew, first, last)
        _lay_memberships(env, crew)
        _lay_entries(env, crew)
        _lay_revenue(env, crew)
        _lay_requests(env, crew)
    env.cr.execute("DROP TABLE bench_account")
    env.cr.commit()
    env.invalidate_all()
    connection = env.cr._cnx
    connection.autocommit = True
    for table in (*TABLES, "club_points_run", "club_points_summary"):
        env.cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


def _lay_accounts(env, crew, first, last):
    company = env.company.id
    groups = crew.program.group_ids
    crew.groups = [(group.id, group.tier_ids.ids) for group in groups if group.tier_ids]
    mirrors = {}
    for group in groups:
        names = {
            "membership": ["club_tier_id"],
            "grade": ["club_grade_id"],
            "both": ["club_tier_id", "club_grade_id"],
        }[group.purpose]
        for name in names:
            mirrors[name] = _of(group.tier_ids.ids)
    env.flush_all()
    env.cr.execute(
        "CREATE TEMP TABLE bench_account AS SELECT g,"
        " nextval('res_partner_id_seq')::int AS id FROM generate_series(%s, %s) g",
        [first, last - 1],
    )
    env.cr.execute("ANALYZE bench_account")

    def for_company(value):
        return f"jsonb_build_object('{company}', {value})"

    manager = f"CASE WHEN b.g < {OWN} THEN {crew.manager.id} ELSE {crew.other.id} END"
    _copy_rows(
        env.cr,
        "res_partner",
        crew.account.id,
        "bench_account b",
        {
            "id": "b.id",
            "name": "'Bench account ' || b.g",
            "complete_name": "'Bench account ' || b.g",
            "commercial_company_name": "'Bench account ' || b.g",
            "commercial_partner_id": "b.id",
            "club_unit_id": for_company(_of(crew.units.ids)),
            "club_manager_id": for_company(manager),
            **{name: for_company(value) for name, value in mirrors.items()},
        },
    )


def _of(ids, more=0):
    """Return SQL that deals these ids out to the accounts."""
    return f"(ARRAY{list(ids)})[1 + mod(b.g + {more}, {len(ids)})]"


def _lay_memberships(env, crew):
    today = fields.Date.today()
    for group_id, tier_ids in crew.groups:
        env.cr.execute(
            f"""
            INSERT INTO club_membership (account_id, origin_id, group_id, tier_id,
                program_id, company_id, state, origin, date_from, date_to, date_grace)
            SELECT b.id, b.id, %s, {_of(tier_ids)}, %s, %s, 'valid', 'enrolled', %s, %s,
                   %s
              FROM bench_account b
            """,
            [
                *(group_id, crew.program.id, env.company.id),
                *(today - relativedelta(months=6), today + relativedelta(months=6)),
                today + relativedelta(months=7),
            ],
        )


def _get_months():
    first = fields.Date.today().replace(day=1)
    return [first - relativedelta(months=number) for number in range(1, MONTHS + 1)]


def _lay_entries(env, crew):
    """Post a run for each month, with an entry for each account."""
    for number, month in enumerate(reversed(_get_months())):
        run = env["club.points.run"].create(
            {"program_id": crew.program.id, "kind": "revenue", "month": month}
        )
        env.flush_all()
        env.cr.execute(
            f"""
            INSERT INTO club_points_entry (run_id, account_id, origin_id, unit_id, kind,
                revenue_month, category_id, revenue, rate, coefficient, points, date,
                valid_until)
            SELECT %(run)s, b.id, b.id, {_of(crew.units.ids)}, 'revenue', %(month)s,
                   {_of(crew.categories.ids, number)}, 100 + b.g %% 900, 1, 1,
                   100 + b.g %% 900, %(end)s, %(until)s
              FROM bench_account b
            """,
            {
                "run": run.id,
                "month": month,
                "end": month + relativedelta(day=31),
                "until": crew.program._valid_until(month),
            },
        )
        run._post_ledger()


def _lay_revenue(env, crew):
    """Lay imported revenue of the same months."""
    env.cr.execute(
        "INSERT INTO club_revenue_import (name, digest, company_id, state)"
        " SELECT 'Bench', 'bench ' || min(id), %s, 'done' FROM bench_account"
        " RETURNING id",
        [env.company.id],
    )
    (import_id,) = env.cr.fetchone()
    for number, month in enumerate(_get_months()):
        env.cr.execute(
            f"""
            INSERT INTO club_revenue_line (import_id, row, company_id, state,
                account_id, category_id, month, amount)
            SELECT %s, b.g * {MONTHS} + %s, %s, 'valid', b.id,
                   {_of(crew.categories.ids, number)}, %s, 100 + b.g %% 900
              FROM bench_account b
            """,
            [import_id, number, env.company.id, month],
        )


def _lay_requests(env, crew):
    """Lay a pending classification for each account, as two stages would ask for it:
    most wait for the other body, and for the signatory's only later.
    """
    cr = env.cr
    cr.execute(
        """
        INSERT INTO club_account_classification (account_id, class_id, company_id,
            approval_state, reason, date_from, create_uid)
        SELECT b.id, %s, %s, 'waiting', 'Bench', current_date, %s FROM bench_account b
        """,
        [crew.account_class.id, env.company.id, crew.other.id],
    )
    cr.execute(
        """
        INSERT INTO club_approval_request (name, subject, res_model, res_id, round,
            document_type, state, company_id, unit_id, applicant_id, author_id, amount,
            amount_total, double_seat, submitted_at, waiting_since)
        SELECT 'Bench ' || b.g, 'Bench account ' || b.g, 'club.account.classification',
               c.id, 1, 'classification', 'waiting', c.company_id, %s, %s, %s, 0, 0,
               'each', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM club_account_classification c JOIN bench_account b ON b.id = c.account_id
        """,
        [crew.units[0].id, crew.other.id, crew.other.id],
    )
    cr.execute(
        """
        UPDATE club_account_classification c SET approval_request_id = r.id
          FROM club_approval_request r, bench_account b
         WHERE r.res_model = 'club.account.classification' AND r.res_id = c.id
           AND b.id = c.account_id
        """
    )
    cr.execute(
        """
        INSERT INTO club_approval_signature (request_id, company_id, stage, body_id,
            state, asked_since)
        SELECT c.approval_request_id, c.company_id, s.stage, s.body,
               CASE WHEN (b.g < %(own)s) = (s.body = %(own_body)s) THEN 'open'
                    ELSE 'later' END, now() AT TIME ZONE 'UTC'
          FROM club_account_classification c
          JOIN bench_account b ON b.id = c.account_id
    CROSS JOIN (VALUES (1, %(other_body)s), (2, %(own_body)s)) s(stage, body)
        """,
        {
            "own": OWN,
            "own_body": crew.own_body.id,
            "other_body": crew.other_body.id,
        },
    )
