"""The simulated club, month by month, up to the day on which it is served.

Everybody does their own part, with their own rights and the product's own buttons:
what the ledger, its seals, memberships and their evidence say is genuine. Runs inside
Odoo.
"""

import logging
from argparse import Namespace
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..console import say
from . import figures, months, papers, settling
from .aiming import Targets
from .caring import Care
from .chance import simulated_chance
from .clock import SimulatedClock, Stopwatch, simulated_clock
from .club import QUIETLY, Club
from .inviting import Activities
from .plan import add_months
from .recount import Totals, differences, expected_arrivals
from .rewarding import Rewards
from .settling import get_title
from .statements import Key
from .telling import Reports
from .trading import Trade
from .world import MONTHS, Row, World

_logger = logging.getLogger(__name__)

CARED_MONTHS = 12  # how long contacts, duties and activities go back
INVOICED_MONTHS = 6  # the last ones, in which some accounts are invoiced in Odoo
NIGHTLY = timedelta(days=2)
RUN_DAY = timedelta(days=8)  # after the month: when units verify in time
FIRST_YEAR = "First months of the club: everybody keeps what he had on paper"
RAISED = "明年签订年度总包协议 Signs a framework agreement for the year to come"
# What the last month's file says of companies that nobody knows yet. Rule B15.
UNKNOWN = (
    ("XM99017", "Parcels", "4280.50"),
    ("鹭岛恒通电子商务", "Express Mail", "1960.00"),
)
# Units that have verified the last month already.
EAGER = ("siming", "jimei", "haicang", "tongan", "media")


def live(
    env: Any, args: Namespace, world: World, watch: Stopwatch
) -> tuple[Club, dict]:
    """Found the club, let the months pass; return it and what came of it."""
    with (
        simulated_clock(world.months[0]) as clock,
        simulated_chance(world.random("chance")),
    ):
        say(f"{len(world.accounts):,} companies are taken on …")
        with watch.stage("load"):
            club = settling.settle(env, world)
            env.cr.commit()
        say(f"{len(world.posted_months)} months are run …")
        requalified, life = _pass_months(club, world, clock, watch)
        with watch.stage("check"):
            posted = _recount(club, world)
            if (state := _check_integrity(club)) != "clean":
                raise months.YearFailed(f"the integrity check is {state}")
        say("the present: the month's run, care, activities …")
        with watch.stage("present"):
            _bring_up_to_today(club, world, clock, life)
            env.cr.commit()
        say("all is checked …")
        with watch.stage("check"):
            summary = _sum_up(club, world, posted, requalified)
            state = _check_integrity(club)
            say(f"integrity check: clean once all was posted, {state} with what waits")
        with watch.stage("output"):
            papers.write_roster(club, args.folder, world.day)
    return club, summary


# === What is over === #


def _pass_months(
    club: Club, world: World, clock: SimulatedClock, watch: Stopwatch
) -> tuple[list[Any], "Life"]:
    requalified = []
    life: Life | None = None
    for month in world.posted_months:
        last_day = months.month_end(month)
        clock.move_to(last_day)
        with watch.stage("load"):
            _book(club, world, month)
        if month >= add_months(world.months[-1], -CARED_MONTHS):
            with watch.stage("care"):
                life = life or Life(club, world)
                life.contact(last_day)
        months.run_month(club, month, watch)
        club.env.invalidate_all()
        if life:
            with watch.stage("care"):
                life.pass_month(month, last_day)
                club.env.cr.commit()
        if month.month == 12:
            day = months.requalification_day(month)
            clock.move_to(day)
            with watch.stage("requalification"):
                first = world.months[0]
                is_first = month < add_months(first, 11)
                # Those who joined on New Year's Day have terms that ended on its eve.
                eve = date(month.year, 12, 31)
                since = max(eve, first) if first.month == 1 else None
                record = months.requalify(
                    club,
                    day.year,
                    FIRST_YEAR if is_first else "",
                    since,
                    raised_because=RAISED,
                )
                if record and not is_first:
                    requalified.append(record)
                if life:
                    life.let_points_lapse(month)
                club.env.cr.commit()
        _logger.info("%s: seconds so far %s", month, watch.rounded())
    return requalified, life or Life(club, world)


def _book(club: Club, world: World, month: date) -> None:
    """Let Finance book what arrived in a month: some by invoice, the rest by file."""
    invoiced = {account.code for account in world.accounts if account.is_invoiced}
    since = add_months(world.months[-1], 1 - INVOICED_MONTHS)
    rows, invoices = [], []
    for row in world.booked_in(month):
        by_invoice = row.account in invoiced and month >= since
        (invoices if by_invoice else rows).append(row)
    sums: dict[Key, Decimal] = {}
    for row in rows:
        key = row.key._replace(category=get_title(row.category))
        sums[key] = sums.get(key, Decimal(0)) + row.amount
    late = {key for key in sums if key.month != f"{month:%Y-%m}"}
    parts = [[(k, v) for k, v in sums.items() if k not in late]]
    parts.append([(k, v) for k, v in sums.items() if k in late])
    for part in parts:
        if part:
            months.import_rows(club, month, part)
    if invoices:
        _invoice(club, invoices)
    club.env.cr.commit()


def _invoice(club: Club, rows: list[Row]) -> None:
    """Post invoices and credit notes, one of an account and month."""
    env = club.env(context={**club.env.context, **QUIETLY})
    found: dict[tuple[str, date, bool], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.account, row.month, row.amount < 0].append(row)
    products = _get_products(env)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_refund" if is_credit else "out_invoice",
                "partner_id": club.account_ids[account],
                "invoice_date": months.month_end(month),
                "date": months.month_end(month),
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": products[row.category],
                            "quantity": 1,
                            "price_unit": float(abs(row.amount)),
                            "tax_ids": [(5, 0, 0)],
                        },
                    )
                    for row in of_account
                ],
            }
            for (account, month, is_credit), of_account in found.items()
        ]
    )
    moves._post(soft=False)


def _get_products(env: Any) -> dict[str, int]:
    """Return the product that stands for each line of business on invoices."""
    names = {get_title(name): name for name in settling.CATEGORIES}
    products = env["product.product"]
    found = products.search([("categ_id.name", "in", list(names))])
    if not found:
        categories = env["product.category"].search([("name", "in", list(names))])
        found = products.create(
            [
                {"name": category.name, "categ_id": category.id, "type": "service"}
                for category in categories
            ]
        )
    return {names[product.categ_id.name]: product.id for product in found}


# === What goes on === #


def _bring_up_to_today(
    club: Club, world: World, clock: SimulatedClock, life: "Life"
) -> None:
    """Let the last month end and this one begin; leave work in the middle."""
    month = world.months[-1]
    last_day = months.month_end(month)
    clock.move_to(last_day)
    _book(club, world, month)
    life.contact(last_day)
    life.pass_month(month, last_day)
    # Who reached a bound by the month's revenue alone is in once it is over.
    clock.move_to(min(last_day + NIGHTLY, world.day))
    club.program._cron_daily()
    clock.move_to(min(last_day + RUN_DAY, world.day))
    _leave_run_waiting(club, world)
    clock.move_to(world.day)
    life.contact(world.day)
    club.program._cron_daily()
    life.reach_today()
    club.env["club.today"]._cron_tell()


class Life:
    """What goes on besides the ledger: care, activities, rewards."""

    def __init__(self, club: Club, world: World) -> None:
        self._care = Care(club, world)
        self._activities = Activities(club, world)
        self._rewards = Rewards(club, world)
        self._trade = Trade(club, world, self._rewards)
        self._targets = Targets(club, world)
        self._reports = Reports(club, world)
        self._club = club
        self._today = world.day

    def contact(self, day: date) -> None:
        """Let managers contact their accounts: before a run judges what is owed."""
        self._care.contact(day)

    def pass_month(self, month: date, day: date) -> None:
        """Let the rest of a month pass, up to a day of it."""
        self._targets.pass_month(day)
        self._care.pass_month(day)
        self._activities.hold_month(month)
        self._rewards.pass_month(day)
        self._trade.pass_month(day)

    def let_points_lapse(self, month: date) -> None:
        """Let those lapse whose time is over with a year."""
        self._trade.expire(month)

    def reach_today(self) -> None:
        """Leave everything as it is in the middle of the work."""
        self._activities.hold_last()
        self._activities.plan_ahead()
        self._activities.plan_next_year()
        self._rewards.pass_month(self._today)
        self._rewards.bring_up_to_date()
        self._care.pass_month(self._today)
        self._targets.reach_today()
        self._count_figures()
        self._reports.draw_up()

    def _count_figures(self) -> None:
        """Work out the figures of the years that were lived, if there are any."""
        if "club.figure" in self._club.env:
            first = add_months(self._today.replace(day=1), -MONTHS)
            company = self._club.program.company_id
            self._club.env["club.figure"]._refresh(company, first, self._today)
            self._club.env["club.figure.year"]._refresh(company, first.year)


def _leave_run_waiting(club: Club, world: World) -> None:
    """Leave the last month's run as it is in the middle of the work. Rule B5."""
    month = world.months[-1]
    _upload_unknown(club, month)
    _enter_controls(club, world, month)
    run = club.as_user("officer", "club.points.run").create(
        {"program_id": club.program.id, "month": month}
    )
    run.action_compute()
    eager = {unit.name for unit in settling.UNITS if unit.key in EAGER}
    for unit in run.unit_ids:
        if unit.unit_id.name in eager:
            unit.no_records_reason = "Counter records are in the archive 原始单据已归档"
            unit.with_user(club.clerks[unit.unit_id.id]).action_verify()


def _upload_unknown(club: Club, month: date) -> None:
    """Upload a late file with two rows that nobody can match yet. Rule B15."""
    rows = [
        (Key(account, get_title(category), f"{month:%Y-%m}"), Decimal(amount))
        for account, category, amount in UNKNOWN
    ]
    months.upload(club, f"counter-{month:%Y-%m}.csv", rows)


def _enter_controls(club: Club, world: World, month: date) -> None:
    """Let Finance enter its control totals: one differs, one is explained. B12."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in world.rows:
        if row.month == month:
            sums[get_title(row.category)] += row.amount
    categories = {
        category.name: category.id
        for category in club.env["product.category"].search(
            [("name", "in", list(sums))], order="id"
        )
    }
    off = {get_title("Logistics"): Decimal(1280), get_title("Letters"): Decimal(-350)}
    controls = club.as_user("finance", "club.control.total").create(
        [
            {
                "month": month,
                "category_id": category_id,
                "amount": float(sums[name] + off.get(name, 0)),
            }
            for name, category_id in categories.items()
        ]
    )
    letters = controls.filtered(lambda c: c.category_id.name == get_title("Letters"))
    letters.explanation = "三份协议函件次月补开发票 Invoiced a month later"


# === What came of it === #


def _recount(club: Club, world: World) -> Totals:
    """Compare the ledger with a second count, without database or Odoo."""
    posted = figures.posted_totals(club)
    wrong = differences(expected_arrivals(world), posted)
    if wrong:
        raise months.YearFailed(f"the ledger is wrong: {'; '.join(wrong)}")
    return posted


def _sum_up(
    club: Club, world: World, posted: Totals, requalified: list[Any]
) -> dict[str, Any]:
    if figures.posted_totals(club) != posted:
        raise months.YearFailed("the present has changed what was posted")
    moves = [figures.moves(club, record) for record in requalified]
    posted_months = world.posted_months
    summary = {
        "accounts": len(club.account_ids),
        "revenue_total": str(posted.revenue),
        "points_total": str(posted.points),
        "entries": posted.entries,
        "members_by_tier": figures.by_tier(club, world.day, "membership"),
        "grade_by_tier": figures.by_tier(club, world.day, "grade"),
        "months": len(posted_months),
        "month_list": [f"{month:%Y-%m}" for month in posted_months],
        "requalification": moves[-1],
        "as_of": world.day.isoformat(),
        "ledger_verified": not club.program._find_broken_run(),
        "thresholds": figures.thresholds(club),
        "source": world.source,
        "requalifications": moves,
        "seed": world.seed,
    }
    if not summary["ledger_verified"]:
        raise months.YearFailed("the ledger does not fit its seals")
    return summary


def _check_integrity(club: Club) -> str:
    """Let the nightly check compare everything, and return what it says. Rule B6."""
    check = club.env["club.integrity.check"]._run(club.program)
    if check.error_count:
        kinds = [f"{line.kind}: {line.expected}" for line in check.line_ids[:5]]
        raise months.YearFailed(
            f"the integrity check found {check.error_count} differences: "
            f"{'; '.join(kinds)}"
        )
    return check.state
