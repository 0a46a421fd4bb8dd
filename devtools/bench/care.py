"""Account care: a month's duties, a night, the pulse, and the list of what is owed.

`ACCOUNTS` members of all tiers, most of them looked after by `MANAGERS` users, each
with a team line, a year of revenue and as many old duties as make `DUTIES_EACH`.
Rows are laid by SQL.

- `generate_month`: making the duties of the first day of a quarter, when monthly,
  quarterly and half-yearly contacts begin at once, beside the leanest way to write
  these very rows: `INSERT … SELECT` of a table that has them;
- `night_seconds_over_month`: the four statements of a night on which nothing is new,
  over the seconds of the month;
- `pulse`: working out the pulse of all, beside one statement that sums the same facts
  into the same number of rows, without our rates, cross-line use and "only if changed";
- `activity_factor`: how many duties are made in the time of one `mail.activity`, made
  as Odoo's own modules make them, many accounts at once;
- `today_manager`, `today_officer`: opening the list (its rows, its count, its tiles) at
  1,000 and at 100,000 accounts: `queries_…`, `ms_…` and `ratio` of the two times. The
  manager has as many accounts at both sizes; the officer sees them all.
"""

import statistics
import time
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import fields

from odoo.addons.crm_club.models.care import duty_sql

from .invoices import vacuum_tables
from .screen_rows import lay
from .screens import Crew, _create_user, _measure_screen, get_list
from .timing import ROUNDS, compare, log, timed

SIZES = {"1k": 1_000, "100k": 100_000}
DUTIES_EACH = 19
MANAGERS = 333
ACTIVITIES = 200  # made in a go
TABLES = ("club_duty", "club_account_team", "club_account_pulse", "res_partner")


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    crew = Crew(env)
    # The one of the screens is asked to sign as many documents as there are accounts.
    crew.officer = _create_user(env, "care officer", "crm_club.crm_club_group_officer")
    managers = create_managers(env, crew)
    rules = begin_rules(env)
    found, laid = {}, 0
    for size, count in SIZES.items():
        started = time.perf_counter()
        lay(env, crew, laid, count)
        lay_teams(env, crew, managers, rules)
        laid = count
        env["club.duty"]._refresh()
        env.cr.commit()
        vacuum_tables(env, *TABLES)
        log(f"  {count} accounts laid", started)
        if count == max(SIZES.values()):
            lay_history(env, rules, count)
        for name, screen in SCREENS.items():
            found[name, size] = _measure_screen(env, crew, screen)
            print(f"  {name} {size}: {found[name, size]}", flush=True)
    month = _measure_month(env, rules)
    rows = month["rows"]
    activity = _measure_activity(env, crew)
    return {
        "generate_month": month,
        "night_seconds_over_month": _measure_night(env, month["ours_seconds"]),
        "pulse": _measure_pulse(env),
        "activity_factor": round(activity / (month["ours_seconds"] / rows), 1),
        "activity_ms": round(1000 * activity, 3),
        **{name: _compare_sizes(found, name) for name in SCREENS},
        "accounts": list(SIZES.values()),
        "duties": env["club.duty"].search_count([]),
    }


def _compare_sizes(found, name):
    small, large = SIZES
    few, many = found[name, small], found[name, large]
    return {
        f"queries_{small}": few["queries"],
        f"queries_{large}": many["queries"],
        f"ms_{small}": few["ms"],
        f"ms_{large}": many["ms"],
        "ratio": round(many["ms"] / few["ms"], 2),
    }


# === What is laid === #


def create_managers(env, crew):
    """Return the ids of the managers, the one of the screens' other accounts first."""
    group = env.ref("crm_club.crm_club_group_user")
    users = env["res.users"].with_context(no_reset_password=True)
    made = users.create(
        [
            {
                "name": f"Bench manager {number}",
                "login": f"bench_manager_{number}",
                "group_ids": [(6, 0, group.ids)],
            }
            for number in range(MANAGERS)
        ]
    )
    env.cr.commit()
    return [crew.other.id, *made.ids]


def begin_rules(env):
    """Let duties be owed from this month on, and return their rules."""
    rules = env["club.duty.rule"].search([("company_id", "=", env.company.id)])
    rules.date_from = fields.Date.today().replace(day=1)
    env.cr.commit()
    return rules


def lay_teams(env, crew, managers, rules):
    """Deal the others' accounts out to the managers, and write down who has which."""
    company = env.company.id
    env.cr.execute(
        """
        UPDATE res_partner p
           SET club_manager_id = jsonb_build_object(
               %(company)s::text, (%(managers)s::int[])[1 + p.id %% %(count)s])
         WHERE p.club_manager_id ->> %(company)s::text = %(other)s::text
           AND NOT EXISTS (SELECT FROM club_account_team t WHERE t.account_id = p.id)
        """,
        {
            "company": company,
            "managers": managers,
            "count": len(managers),
            "other": crew.other.id,
        },
    )
    env.cr.execute(
        """
        INSERT INTO club_account_team (account_id, company_id, user_id, role, date_from)
        SELECT p.id, %(company)s, (p.club_manager_id ->> %(company)s::text)::int,
               'lead', %(day)s
          FROM res_partner p
         WHERE p.club_manager_id ->> %(company)s::text IS NOT NULL
           AND NOT EXISTS (SELECT FROM club_account_team t WHERE t.account_id = p.id)
        """,
        {"company": company, "day": fields.Date.today() - relativedelta(years=1)},
    )
    env.invalidate_all()
    vacuum_tables(env, "res_partner", "club_account_team")


def lay_history(env, rules, accounts):
    """Lay duties that were done, month by month, until each account has enough."""
    started = time.perf_counter()
    rule = rules.filtered(lambda rule: rule.kind == "contact")[:1]
    count = env["club.duty"].search_count([])
    months = -(-max(DUTIES_EACH * accounts - count, 0) // accounts)
    first = fields.Date.today().replace(day=1)
    for number in range(1, months + 1):
        month = first - relativedelta(months=number)
        env.cr.execute(
            """
            INSERT INTO club_duty (account_id, origin_id, rule_id, kind, user_id,
                company_id, period, date_from, date_due, date_grace, state, done_on)
            SELECT t.account_id, t.account_id, %(rule)s, 'contact', t.user_id,
                   t.company_id, to_char(%(month)s, 'YYYY-MM'), %(month)s, %(end)s,
                   %(end)s, 'done', %(end)s
              FROM club_account_team t
            """,
            {
                "rule": rule.id,
                "month": month,
                "end": month + relativedelta(day=31),
            },
        )
    env.cr.commit()
    vacuum_tables(env, *TABLES)
    log("  history laid", started)


# === Duties === #


def _measure_month(env, rules):
    """Compare making a quarter's duties with writing the rows that come of it."""
    scope = duty_sql.Scope(
        rules.sudo(), env.company.id, _get_quarter(fields.Date.today()), None
    )
    columns = _get_columns(env, "club_duty")
    env.cr.execute("SELECT max(id) FROM club_duty")
    (last,) = env.cr.fetchone()
    env.cr.execute(duty_sql.generate(scope))
    env.cr.execute(
        f"CREATE TEMP TABLE bench_row AS SELECT {columns} FROM club_duty WHERE id > %s",
        [last],
    )
    env.cr.execute(
        "DELETE FROM club_duty WHERE id > %s", [last]
    )  # what was taken back or moved is little, and stays so
    env.cr.commit()
    env.cr.execute("SELECT count(*) FROM bench_row")
    (rows,) = env.cr.fetchone()
    assert rows, "no duties are made"
    vacuum_tables(env, "club_duty", "bench_row")

    def make(env):
        env.cr.execute(duty_sql.generate(scope))

    def write(env):
        env.cr.execute(f"INSERT INTO club_duty ({columns}) SELECT * FROM bench_row")

    found = compare(env, write, make, (), clean=_clean)
    return {
        "rows": rows,
        "ratio_to_sql": found.pop("ratio"),
        **found,
    }


def _measure_night(env, month):
    """Return how long a night takes that has nothing to do, over a month's seconds."""

    def pass_night(env):
        env["club.duty"]._refresh()

    pass_night(env)
    env.cr.commit()
    _clean(env)
    times = [timed(env, pass_night) for _round in range(ROUNDS)]
    return round(statistics.median(times) / month, 3)


def _measure_activity(env, crew):
    """Return the seconds of one `mail.activity` that the ORM makes on an account."""
    accounts = env["res.partner"].search(
        [("name", "like", "Bench account %")], limit=ACTIVITIES
    )

    def make(env):
        env["res.partner"].browse(accounts.ids).activity_schedule(
            "mail.mail_activity_data_call",
            summary="Quarterly contact",
            user_id=crew.other.id,
        )

    timed(env, make)
    return statistics.median(timed(env, make) for _ in range(ROUNDS)) / len(accounts)


def _get_quarter(day):
    """Return the first day of the next quarter."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first + relativedelta(months=3)


def _get_columns(env, table):
    env.cr.execute(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position)"
        " FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id'",
        [table],
    )
    return env.cr.fetchone()[0]


def _clean(env):
    """Take away what a run that was rolled back has left behind."""
    vacuum_tables(env, "club_duty")


# === Pulse === #


def _measure_pulse(env):
    """Compare feeling all pulses with one plain statement over the same facts."""
    env.cr.execute("DELETE FROM club_account_pulse")
    env.cr.commit()
    vacuum_tables(env, "club_account_pulse", "club_revenue_line")
    today = fields.Date.today()

    def feel(env):
        env["club.account.pulse"]._refresh()

    def add_up(env):
        env.cr.execute(
            PLAIN_PULSE,
            {
                "company": env.company.id,
                "today": today,
                "year": today.replace(day=1) - relativedelta(months=12),
                "recent": today.replace(day=1) - relativedelta(months=3),
            },
        )

    def clean(env):
        vacuum_tables(env, "club_account_pulse")

    found = compare(env, add_up, feel, (), clean=clean)
    return {"ratio_to_sql": found.pop("ratio"), **found}


PLAIN_PULSE = """
    WITH paid AS (
        SELECT account_id, category_id, month, sum(amount) AS amount
          FROM club_revenue_line
         WHERE company_id = %(company)s AND state = 'valid'
         GROUP BY 1, 2, 3),
    sums AS (
        SELECT account_id,
               count(DISTINCT month) FILTER (WHERE amount > 0 AND month >= %(recent)s)
                   AS active_months,
               sum(amount) FILTER (WHERE month >= %(year)s) AS value,
               sum(amount) FILTER (WHERE month < %(year)s) AS value_before,
               sum(amount) FILTER (WHERE month >= %(recent)s) AS revenue,
               max(month) AS date_last
          FROM paid GROUP BY account_id),
    rhythm AS (
        SELECT account_id,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS usual
          FROM (SELECT account_id,
                       month - lag(month) OVER (PARTITION BY account_id ORDER BY month)
                           AS days
                  FROM (SELECT DISTINCT account_id, month FROM paid) m) g
         GROUP BY account_id)
    INSERT INTO club_account_pulse (account_id, company_id, month, level, active_months,
                                    value, value_before, revenue, date_last, gap_days)
    SELECT p.id, %(company)s, %(today)s,
           CASE WHEN s.active_months >= 3 THEN 'active' ELSE 'dormant' END,
           coalesce(s.active_months, 0), coalesce(s.value, 0),
           coalesce(s.value_before, 0), coalesce(s.revenue, 0), s.date_last,
           round(r.usual)::int
      FROM res_partner p
 LEFT JOIN sums s ON s.account_id = p.id
 LEFT JOIN rhythm r ON r.account_id = p.id
     WHERE p.is_company AND p.club_manager_id ->> %(company)s::text IS NOT NULL
"""


# === The list of today === #


def _get_today(scope, *filters):
    """Return what opening the list asks for: its rows, their count, the tiles."""

    def prepare(env):
        ask = get_list(env, "crm_club.club_today_action", *filters)

        def ask_both(env):
            env["club.today"].get_tiles(scope)
            return ask(env)

        return ask_both

    return prepare


SCREENS = {
    "today_manager": (_get_today("mine", "mine"), "manager"),
    "today_officer": (_get_today("all"), "officer"),
}
