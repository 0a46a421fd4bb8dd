"""How long whoever presses a button waits, at 2,500 and at 100,000 accounts.

Each is one call as the web client makes it, by a user with the role for it, in a
transaction object of its own with nothing cached in Odoo, up to and with the hooks
before the commit. At 2,500 accounts there is a year of invoices, as many lines as the
real purchases of 2017, which come to some 140,000 entries; at 100,000 an imported line
and an entry an account and month, 1,200,000 of both.

- `compute`, `verify`, `post`: a month of points, by officer, the units' clerk, officer;
- `audit_draw`: 1 % of all entries drawn, recomputed, with what is behind them;
- `what_if`: the last complete year by other thresholds; `what_if_rate`: and by another
  rate; `what_if_period`: what the form asks when another period is chosen;
- `entitlements`: a page of 80 and the count up to the client's limit;
- `prepare`: the lines of all terms that end with the year;
- `submit`, `sign`: an activity of 20,000 submitted, and its last signature;
- `statement`: an account's year, as the page that is printed (the PDF is apart);
- `roster`: the spreadsheet of as many members as it takes;
- `import_3000`: a revenue file of 3,000 rows.

`<action>`: `seconds_2500`, `queries_2500`, `seconds_100k`, `queries_100k`: medians of
up to ROUNDS, each taken back; what takes longer than ENOUGH seconds is done once.
"""

import base64
import gc
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from odoo import Command, fields
from odoo.tests.form import Form
from odoo.tools import SQL

from . import accounts, invoices, posting, presses
from .assessment import _on
from .screens import get_list, owe_benefits
from .timing import as_user, log

SIZES = {"2500": 2_500, "100k": 100_000}
UNITS = 20
ROUNDS, ENOUGH = 3, 4.0
ROWS = 3_000


def measure(env, size: str) -> dict:
    """Return the figures of one size; the database is the bench's own."""
    started = time.perf_counter()
    world = World(env, size)
    log(f"{size}: laid", started)
    figures = {}
    for name, action in ACTIONS.items():
        seconds, queries = world.time(action)
        print(f"  {name} {size}: {seconds:.3f} s, {queries} queries", flush=True)
        figures[name] = {f"seconds_{size}": seconds, f"queries_{size}": queries}
    return figures


class Action(NamedTuple):
    """What is pressed, on what, and by whom.

    ``prepare`` gets the world and makes a record, on which ``press`` is timed in the
    environment of who has the role; without a press it returns seconds and queries.
    """

    prepare: Callable
    press: Callable | None = None
    role: str = ""
    is_kept: bool = False  # the next action builds on it


class Clock:
    """Seconds and queries of what is done within, hooks before the commit included."""

    def __init__(self, cr):
        self._cr = cr

    def __enter__(self):
        gc.collect()
        self._before, self._started = self._cr.sql_log_count, time.perf_counter()
        return self

    def __exit__(self, *_error):
        self._cr.flush()
        self.found = (
            time.perf_counter() - self._started,
            self._cr.sql_log_count - self._before,
        )


class World:
    """Accounts with a year of revenue, points, terms and benefits; who works there."""

    def __init__(self, env, size):
        self.env = env
        self.year = fields.Date.today().year - 1
        self.program = env.ref("crm_club.club_program_main")
        self.users = {
            role: self._create_user(role)
            for role in ("officer", "auditor", "finance", "clerk")
        }
        getattr(self, f"_lay_{size}")()
        self._deal_units()
        self._enrol()
        owe_benefits(env, self.program)
        self.club = TimedClub(env)
        env.cr.commit()
        invoices.vacuum_tables(env, *accounts.TABLES, "club_agreement")
        env.invalidate_all()

    def _create_user(self, role):
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": f"Bench {role} of actions",
                    "login": f"bench_actions_{role}",
                    "group_ids": [
                        Command.set(self.env.ref(f"crm_club.crm_club_group_{role}").ids)
                    ],
                }
            )
        )

    def _lay_2500(self):
        """A year of invoices; all months but the last one are posted."""
        invoices.lay(self.env, self.year)
        self.month = date(self.year, 12, 1)
        for number in range(1, 12):
            posting.post(self.env, date(self.year, number, 1))
            self.env.cr.commit()

    def _lay_100k(self):
        """A year of imported lines, all posted; the month after it isn't yet."""
        ids = accounts.lay(self.env, SIZES["100k"], self.year)
        self.month = date(self.year + 1, 1, 1)
        cr, program = self.env.cr, self.program
        cr.execute(
            """
            INSERT INTO club_revenue_line (import_id, row, company_id, account_id,
                                           category_id, state, month, amount)
            SELECT import_id, row + 100000000, company_id, account_id, category_id,
                   state, %s, amount
              FROM club_revenue_line WHERE month = %s
            """,
            [self.month, date(self.year, 12, 1)],
        )
        cr.execute(
            "INSERT INTO club_agreement (number, account_id, program_id, company_id,"
            " date_from) SELECT 'B' || a, a, %s, %s, %s FROM unnest(%s::int[]) a",
            [program.id, program.company_id.id, date(self.year, 1, 1), ids],
        )
        category = self.env["product.category"].search(
            [("name", "=", "Bench imported")]
        )
        self.env["club.points.rate"].create(
            {
                "program_id": program.id,
                "category_id": category.id,
                "value": 1,
                "date_from": date(self.year, 1, 1),
            }
        )._set_opening("Bench")

    def _deal_units(self):
        """Give each account one of the units, whose points one clerk verifies."""
        units = self.env["crm.team"].create(
            [{"name": f"Bench unit {number}"} for number in range(UNITS)]
        )
        self.env["club.unit.clerk"].create(
            [
                {
                    "unit_id": unit.id,
                    "user_id": self.users["clerk"].id,
                    "date_from": "2010-01-01",
                }
                for unit in units
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE res_partner
               SET club_unit_id = jsonb_build_object(
                       %s::text, (%s::int[])[1 + id %% %s])
             WHERE name LIKE 'Bench account %%' OR name LIKE 'Bench member %%'
            """,
            [str(self.env.company.id), units.ids, UNITS],
        )
        self.env.cr.commit()
        self.env.invalidate_all()

    def _enrol(self):
        """Put everybody into the tier of his year; the terms end a year later."""
        day = date(self.year, 12, 31)
        self.last = date(self.year + 1, 12, 30)
        with _on(self.env, day):
            self.program._review(on=day, effective=day)
        self.env.cr.commit()

    def time(self, action):
        """Return seconds and queries of an action, medians of what is taken back."""
        seconds, queries = [], []
        while len(seconds) < ROUNDS and sum(seconds) < ENOUGH:
            found = self._time_once(action)
            seconds.append(found[0])
            queries.append(found[1])
            if action.is_kept:
                break
        return round(statistics.median(seconds), 3), round(statistics.median(queries))

    def _time_once(self, action):
        env, cr = self.env, self.env.cr
        env.invalidate_all()
        found = given = action.prepare(self)
        if action.press:
            env.flush_all()
            with self.as_user(action.role) as user_env, Clock(cr) as clock:
                action.press(user_env, given)
            found = clock.found
        env.invalidate_all(flush=False)
        if action.is_kept:
            cr.commit()
        else:
            cr.rollback()
        env.invalidate_all(flush=False)
        return found

    def as_user(self, role):
        """Give the environment of a request of who has the role."""
        return as_user(self.env, self.users[role].id)


class TimedClub(presses.Club):
    """The same presses, with the seconds that they take."""

    def press(self, user, record, method):
        """Press as RPC does; return seconds and queries."""
        self.env.flush_all()
        with as_user(self.env, user.id) as user_env, Clock(self.env.cr) as clock:
            getattr(user_env[record._name].browse(record.ids), method)()
        self.env.invalidate_all(flush=False)
        return clock.found


# === What is pressed === #


def _press(method):
    """Return a press of a button on the records that were prepared."""

    def press(env, records):
        getattr(env[records._name].browse(records.ids), method)()

    return press


def _make_run(world):
    return world.env["club.points.run"].create(
        {
            "program_id": world.program.id,
            "month": world.month,
            "no_controls_reason": "Bench",
        }
    )


def _find_run(world):
    return world.env["club.points.run"].search([("month", "=", world.month)], limit=1)


def _find_units(world):
    units = _find_run(world).unit_ids
    units.no_records_reason = "Bench"
    return units


def _make_sample(world):
    return (
        world.env["club.audit.sample"]
        .with_user(world.users["auditor"])
        .create({"program_id": world.program.id, "percentage": 1, "seed": 7})
    )


def _make_what_if(world):
    """Thresholds a fifth higher, over the last complete year."""
    what_if = (
        world.env["club.what.if"]
        .with_user(world.users["officer"])
        .create({"program_id": world.program.id, "preset": "complete"})
    )
    for line in what_if.tier_line_ids:
        line.points_from *= 1.2
        line.revenue_from *= 1.2
    return what_if


def _make_what_if_rate(world):
    what_if = _make_what_if(world)
    what_if.rate_line_ids[:1].value += 0.2
    return what_if


def _change_period(world):
    """Choose another period in a new form, as the client asks."""
    with world.as_user("officer") as user_env:
        form = Form(user_env["club.what.if"])
        with Clock(user_env.cr) as clock:
            form.preset = "complete"
    return clock.found


def _list_entitlements(world):
    """Open the list: what the client asks for once it knows the view."""
    with world.as_user("officer") as user_env:
        ask = get_list(user_env, "crm_club.club_entitlement_action")
    with world.as_user("officer") as user_env, Clock(user_env.cr) as clock:
        ask(user_env)
    return clock.found


def _make_requalification(world):
    return world.env["club.requalification"].create(
        {
            "program_id": world.program.id,
            "date_from": world.last,
            "date_to": world.last,
        }
    )


def _prepare_terms(env, records):
    with _on(env, fields.Date.add(records.date_to, days=1)):
        _press("action_prepare")(env, records)


def _submit(world):
    return world.club.submit()


def _sign(world):
    world.club.submit()
    return world.club.sign_last()


def _find_account(world):
    """Return an account with a full year."""
    ((account_id,),) = world.env.execute_query(
        SQL("SELECT account_id FROM club_points_entry ORDER BY id DESC LIMIT 1")
    )
    return world.env["res.partner"].browse(account_id)


def _render_statement(env, account):
    env["ir.actions.report"]._render_qweb_html(
        "crm_club.club_points_statement", account.ids
    )


def _find_members(world):
    builder = world.env["club.xlsx.roster"]
    return world.env["club.membership"].search(
        builder._get_default_domain(), limit=builder._limit
    )


def _build_roster(env, memberships):
    env["club.xlsx.roster"]._build(env["club.membership"].browse(memberships.ids))


def _make_file(world):
    """Return an upload of the month's revenue, by name."""
    rows = world.env.execute_query(
        SQL(
            """
            SELECT p.name, c.complete_name
              FROM club_points_entry e
              JOIN res_partner p ON p.id = e.account_id
              JOIN product_category c ON c.id = e.category_id
             GROUP BY p.id, c.id ORDER BY p.id, c.id LIMIT %s
            """,
            ROWS,
        )
    )
    month = fields.Date.today().strftime("%Y-%m")
    lines = ["客户名称,业务种类,月份,金额"]
    lines += [f"{name},{category},{month},100.50" for name, category in rows]
    assert len(rows) == ROWS, f"{len(rows)} rows"
    return (
        world.env["club.revenue.upload"]
        .with_user(world.users["finance"])
        .create(
            {
                "filename": "bench.csv",
                "file": base64.b64encode("\n".join(lines).encode()),
            }
        )
    )


def _take_file(env, upload):
    action = _press_upload(env, upload)
    document = env["club.revenue.import"].browse(action["res_id"])
    assert document._name == action["res_model"], action
    assert not document.parked_count, "rows are parked"


def _press_upload(env, upload):
    return env["club.revenue.upload"].browse(upload.ids).action_import()


ACTIONS = {
    "audit_draw": Action(_make_sample, _press("action_draw"), "auditor"),
    "what_if": Action(_make_what_if, _press("action_compute"), "officer"),
    "what_if_rate": Action(_make_what_if_rate, _press("action_compute"), "officer"),
    "what_if_period": Action(_change_period),
    "entitlements": Action(_list_entitlements),
    "prepare": Action(_make_requalification, _prepare_terms, "officer"),
    "submit": Action(_submit),
    "sign": Action(_sign),
    "statement": Action(_find_account, _render_statement, "officer"),
    "roster": Action(_find_members, _build_roster, "officer"),
    "import_3000": Action(_make_file, _take_file, "finance"),
    "compute": Action(_make_run, _press("action_compute"), "officer", is_kept=True),
    "verify": Action(_find_units, _press("action_verify"), "clerk", is_kept=True),
    "post": Action(_find_run, _press("action_post"), "officer", is_kept=True),
}
