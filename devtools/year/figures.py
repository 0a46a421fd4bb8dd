"""What the year came to, as the database has it. Runs inside Odoo."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from .club import Club
from .recount import Totals

OUTCOMES = ("renewed", "upgraded", "downgraded", "lapsed")


def posted_totals(club: Club) -> Totals:
    """Return the accounts' posted entries of the kinds that count for the tier."""
    club.env.cr.execute(
        """
        SELECT count(*), coalesce(sum(e.revenue), 0), coalesce(sum(e.points), 0)
          FROM club_points_entry e
          JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
         WHERE r.program_id = %s AND e.account_id = ANY(%s) AND e.kind = ANY(%s)
        """,
        [
            club.program.id,
            list(club.account_ids.values()),
            club.program._get_qualifying_kinds(),
        ],
    )
    entries, revenue, points = club.env.cr.fetchone()
    return Totals(entries, _cents(revenue), _cents(points))


def _cents(amount: Any) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def members(club: Club, day: date) -> Any:
    """Return the accounts' memberships that are in force on a day."""
    memberships = club.env["club.membership"]
    return memberships.search(
        [
            ("program_id", "=", club.program.id),
            ("account_id", "in", list(club.account_ids.values())),
            *memberships._domain_on(day),
        ]
    )


def by_tier(club: Club, day: date, purpose: str) -> dict[str, int]:
    """Return how many accounts are in each tier of a group on a day, and in none."""
    group = club.program.group_ids.filtered(lambda g: g.purpose == purpose)
    here = members(club, day).filtered(lambda m: m.group_id == group)
    counts = Counter(membership.tier_id.code for membership in here)
    found = {tier.code: counts[tier.code] for tier in group.tier_ids.sorted("sequence")}
    return {**found, "none": len(club.account_ids) - sum(found.values())}


def thresholds(club: Club) -> dict[str, str]:
    """Return the points from which each membership tier is reached."""
    tiers = club.env.ref("crm_club.club_tier_group_membership").tier_ids
    return {tier.code: f"{tier.points_from:.2f}" for tier in tiers.sorted("sequence")}


def moves(club: Club, requalification: Any) -> dict[str, int]:
    """Return what became of the accounts' membership tiers."""
    lines = requalification.sudo().line_ids.filtered(
        lambda line: line.group_id.purpose == "membership"
        and line.account_id.id in set(club.account_ids.values())
    )
    counts = Counter(lines.mapped("outcome"))
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def best_account(club: Club) -> int:
    """Return the account with most points."""
    club.env.cr.execute(
        """
        SELECT e.account_id
          FROM club_points_entry e
          JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
         WHERE r.program_id = %s AND e.account_id = ANY(%s)
         GROUP BY e.account_id
         ORDER BY sum(e.points) DESC, e.account_id
         LIMIT 1
        """,
        [club.program.id, list(club.account_ids.values())],
    )
    row = club.env.cr.fetchone()
    return row[0] if row else next(iter(club.account_ids.values()))
