"""The whole year on a fresh demonstration database. Runs inside Odoo.

Arguments: the database, the plan's file, the folder for the output, the log, and the
seconds that making the database took. With `--papers` the year is there already and
only the roster and the statement are written again.
"""

import argparse
import json
import logging
import sys
from datetime import date
from pathlib import Path
from typing import Any

from ..console import say
from . import club as founding
from . import database, far_side, figures, living, months, papers
from .clock import Stopwatch, simulated_clock
from .club import Club
from .plan import Plan
from .recount import differences, expected_totals
from .world import World

_logger = logging.getLogger(__spec__.name)  # it is run as a program

SUMMARY = "summary.json"
DEMO_ACCOUNTS = ("base.res_partner_2", "base.res_partner_5", "base.res_partner_12")


def main() -> int:
    """Run the year; 1 and one sentence when it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("plan", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("--setup-seconds", type=float, default=0)
    parser.add_argument("--papers", action="store_true")
    args = parser.parse_args()
    try:
        with far_side.opened(args.database, args.log) as env:
            if args.papers:
                _write_papers_again(env, args)
            else:
                _run(env, args)
    except months.YearFailed as failure:
        print(f"dev: {failure}", file=sys.stderr)
        return 1
    except Exception as error:
        _logger.exception("The year failed")
        reason = str(error).strip().splitlines() or [""]
        print(
            f"dev: the year failed: {type(error).__name__}: {reason[0]} "
            f"(log: {args.log})",
            file=sys.stderr,
        )
        return 1
    return 0


def _run(env: Any, args: argparse.Namespace) -> None:
    watch = Stopwatch()
    watch.seconds["setup"] = args.setup_seconds
    if world := World.read(args.plan):
        club, summary = living.live(env, args, world, watch)
        fingerprint, last_day = world.fingerprint(), world.day
    else:
        plan = Plan.read(args.plan)
        club, summary = _live_by_plan(env, args, plan, watch)
        fingerprint, last_day = plan.fingerprint(), months.month_end(plan.months[-1])
    with watch.stage("output"):
        papers.write_statement(club, args.folder, last_day)
    watch.seconds["total"] = sum(watch.seconds.values())
    summary["seconds"] = watch.rounded()
    text = json.dumps(summary, indent=2)
    (args.folder / SUMMARY).write_text(text + "\n")
    parameters = env["ir.config_parameter"]
    parameters.set_param(database.MODULE_MARKER, database.module_digest())
    marker = {
        "fingerprint": fingerprint,
        "account_ids": list(club.account_ids.values()),
        "last_day": last_day.isoformat(),
        "summary": summary,
    }
    parameters.set_param(database.MARKER, json.dumps(marker))
    env.cr.commit()


def _live_by_plan(
    env: Any, args: argparse.Namespace, plan: Plan, watch: Stopwatch
) -> tuple[Club, dict]:
    """Run the months of a plan; return the club and what came of it."""
    first_month, last_month = plan.months[0], plan.months[-1]
    end = months.requalification_day(last_month)
    with simulated_clock(first_month) as clock:
        say(f"{len(plan.accounts):,} accounts join …")
        with watch.stage("load"):
            club = founding.found(env, plan)
            env.cr.commit()
        say(f"{len(plan.months)} months are run …")
        requalified = months.live_through(club, plan, clock, watch)
        say("the year is over: counting …")
        with watch.stage("output"):
            summary = _sum_up(club, plan, requalified, end)
            clock.move_to(months.month_end(last_month))
            papers.write_roster(club, args.folder, end)
    with watch.stage("output"):
        _look_after_today(club, last_month)
        env.cr.commit()
    return club, summary


def _sum_up(club: Club, plan: Plan, requalified: list[Any], end: date) -> dict:
    """Return the figures of the plan's accounts, compared with a second count."""
    posted = figures.posted_totals(club)
    wrong = differences(expected_totals(plan), posted)
    if wrong:
        raise months.YearFailed(f"the ledger is wrong: {'; '.join(wrong)}")
    moves = [figures.moves(club, record) for record in requalified]
    summary = {
        "accounts": len(club.account_ids),
        "revenue_total": str(posted.revenue),
        "points_total": str(posted.points),
        "entries": posted.entries,
        "members_by_tier": figures.by_tier(club, end, "membership"),
        "grade_by_tier": figures.by_tier(club, end, "grade"),
        "months": len(plan.months),
        "month_list": [f"{month:%Y-%m}" for month in plan.months],
        "requalification": moves[-1],
        "as_of": end.isoformat(),
        "ledger_verified": not club.program._find_broken_run(),
        "thresholds": figures.thresholds(club),
        "source": plan.source,
    }
    if len(moves) > 1:  # one for each January
        summary["requalifications"] = moves
    if plan.input_year:
        summary["input_year"] = plan.input_year
        summary["entered_as_year"] = plan.entered_as_year
    if not summary["ledger_verified"]:
        raise months.YearFailed("the ledger does not fit its seals")
    return summary


def _look_after_today(club: Club, last_month: date) -> None:
    """Bring standings to the real today, and leave the clerks last month's run.

    Odoo's demo customers have invoices of these days; they are the demo's, not the
    plan's, and the run isn't posted, so no figure changes.
    """
    program = club.program
    today = program._today()
    demo = club.env["res.partner"].browse(
        [club.env.ref(xmlid).id for xmlid in DEMO_ACCOUNTS]
    )
    program._review(on=today, effective=today, accounts=demo)
    program._refresh_mirrors()
    last_over = months.month_before(today)
    if last_over > last_month:
        run = club.as_user("officer", "club.points.run").create(
            {"program_id": program.id, "month": last_over}
        )
        run.action_compute()


def _write_papers_again(env: Any, args: argparse.Namespace) -> None:
    marker = json.loads(env["ir.config_parameter"].get_param(database.MARKER))
    summary = marker["summary"]
    users = {user.login: user for user in env["res.users"].search([])}
    club = Club(
        env,
        env.ref("crm_club.club_program_main"),
        users,
        {},
        {str(account_id): account_id for account_id in marker["account_ids"]},
    )
    last_day = date.fromisoformat(marker["last_day"])
    with simulated_clock(last_day):
        papers.write_roster(club, args.folder, date.fromisoformat(summary["as_of"]))
    papers.write_statement(club, args.folder, last_day)


if __name__ == "__main__":
    sys.exit(main())
