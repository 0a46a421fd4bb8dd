"""The club's work: a month's revenue and points, a year's requalification.

Everybody does their own part, with their own rights. Runs inside Odoo.
"""

import base64
import csv
import io
import logging
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .clock import SimulatedClock, Stopwatch
from .club import Club
from .plan import Plan
from .statements import REVENUE_COLUMNS, Key

_logger = logging.getLogger(__name__)

ROWS_PER_FILE = 100_000  # the import takes 250,000, and 20 MB
REQUALIFICATION_DAY = (1, 10)  # of the year after
RAISED_EVERY = 40  # of the members who keep their tier, one is raised by hand


class YearFailed(Exception):
    """The year didn't come out as it must: one sentence."""


def live_through(
    club: Club, plan: Plan, clock: SimulatedClock, watch: Stopwatch
) -> list[Any]:
    """Run every month, requalify in each January; return the requalifications."""
    requalified = []
    for month in plan.months:
        last_day = month_end(month)
        clock.move_to(last_day)
        with watch.stage("load"):
            import_rows(club, month, plan.rows_of(month))
        run_month(club, month, watch)
        _logger.info("%s: seconds so far %s", month, watch.rounded())
        if month.month == 12 or month == plan.months[-1]:
            day = requalification_day(month)
            clock.move_to(day)
            with watch.stage("requalification"):
                requalified.append(requalify(club, day.year))
                club.env.cr.commit()
    return requalified


def month_end(month: date) -> date:
    """Return a month's last day."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(
        days=1
    )


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def requalification_day(month: date) -> date:
    """Return the day on which the terms after a month's year are decided on."""
    return date(month.year + 1, *REQUALIFICATION_DAY)


def import_rows(club: Club, month: date, rows: list[tuple[Key, Decimal]]) -> None:
    """Let Finance upload the month's revenue, all of whose rows must be good."""
    for first in range(0, len(rows), ROWS_PER_FILE):
        part = rows[first : first + ROWS_PER_FILE]
        name = f"revenue-{month:%Y-%m}-{first // ROWS_PER_FILE + 1}.csv"
        document = upload(club, name, part)
        if document.parked_count or document.valid_count != len(part):
            fault = document.parked_line_ids[:1].fault or "rows are missing"
            raise YearFailed(
                f"{document.parked_count} of {len(part)} rows of {month:%Y-%m} were "
                f"parked: {fault}"
            )
    club.env.cr.commit()


def upload(club: Club, name: str, rows: list[tuple[Key, Decimal]]) -> Any:
    """Let Finance upload a file; return what it became."""
    wizard = club.as_user("finance", "club.revenue.upload").create(
        {
            "file": base64.b64encode(_statement(rows)),
            "filename": name,
            "unit": "yuan",
            # Late rows and corrections are of months that came before.
            "decision": "add",
            "reason": "Rows that came later",
        }
    )
    opened = wizard.action_import()
    return club.env[opened["res_model"]].browse(opened["res_id"])


def _statement(rows: list[tuple[Key, Decimal]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(REVENUE_COLUMNS)
    writer.writerows((*key, amount) for key, amount in rows)
    return text.getvalue().encode()


def run_month(club: Club, month: date, watch: Stopwatch) -> None:
    """Compute the month, let each unit's clerk verify, post."""
    runs = club.as_user("officer", "club.points.run")
    with watch.stage("compute"):
        run = runs.create(
            {
                "program_id": club.program.id,
                "month": month,
                "no_controls_reason": "The year has none",
            }
        )
        run.action_compute()
        run.flush_recordset()
    with watch.stage("verify"):
        for unit in run.unit_ids:
            unit.no_records_reason = "Simulated"
            unit.with_user(club.clerks[unit.unit_id.id]).action_verify()
    with watch.stage("post"):
        run.action_post()
        club.env.cr.commit()
    if run.state != "posted":
        raise YearFailed(f"{run.name} is {run.state} instead of posted")


def requalify(
    club: Club,
    year: int,
    kept_because: str = "",
    since: date | None = None,
    raised_because: str = "",
) -> Any:
    """Decide on the memberships that end in a year.

    :param kept_because: why all keep what they have; else it is as proposed
    :param since: the first day, where it isn't the year's
    :param raised_because: why the club raises some by hand who keep their tier else
    """
    record = club.as_user("officer", "club.requalification").create(
        {
            "program_id": club.program.id,
            "date_from": since or date(year, 1, 1),
            "date_to": date(year, 12, 31),
        }
    )
    record.action_prepare()
    if not record.line_ids:  # no members at all
        record.unlink()
        return record.browse()
    if kept_because:
        for line in record.line_ids:
            if line.proposed_tier_id != line.current_tier_id:
                line.write(
                    {
                        "decided_tier_id": line.current_tier_id.id,
                        "override_reason": kept_because,
                    }
                )
    elif raised_because:
        _raise_some(record, raised_because)
    if record.unposted_months:  # a plan may end before the year does
        record.unposted_reason = "The plan ends before these months"
    if record.exception_count:
        record.exception_reason = "As the plan has it"
    record.action_submit()
    sign(club, record)
    record.action_apply()
    return record


def _raise_some(record: Any, reason: str) -> None:
    """Raise a few by hand: who reaches a tier by points rises when it is posted."""
    kept = record.line_ids.filtered(
        lambda line: line.group_id.purpose == "membership"
        and line.proposed_tier_id == line.current_tier_id
    ).sorted("id")
    for line in kept[::RAISED_EVERY]:
        tiers = line.group_id.tier_ids.sorted("sequence")
        higher = tiers.filtered(
            lambda tier, now=line.current_tier_id: tier.sequence > now.sequence
        )
        if higher:
            line.write({"decided_tier_id": higher[0].id, "override_reason": reason})


def sign(club: Club, document: Any) -> None:
    """Let each sign whose turn it is, with their own rights."""
    from odoo.addons.crm_club.models.approval.turns import Turns

    own = {user.id for user in club.users.values()}
    while document.approval_state == "waiting":
        request = document.sudo().approval_request_id
        holders = Turns(request).get_eligible()
        turns = {h.user_id for found in holders.values() for h in found} & own
        if not turns:
            raise YearFailed(f"{document.name} waits for {request.waiting_for}")
        document.with_user(min(turns)).action_sign()
        document.invalidate_recordset()
