"""What of the ledger, and of its runs, is counted as figures of a month.

Points go by the day of the entry and the unit that it was posted for, as in the
ledger's own pivot: a posted entry never changes, so neither do a month's points. They
are summed from what posting sums up already (`club_points_summary`); redemptions alone,
which it leaves out, from their entries.
"""

from functools import partial

from odoo.tools import SQL

from ..program.club_points_kind import EXPIRY, REDEMPTION, REVENUE
from ..record.figure_source import FigureSource, local_day
from .facts import month_of
from .run_states import POSTED, VERIFIED

_POSTED = ("state", "=", POSTED)


def get_ledger_sources():
    """Return the figures of the ledger's entries."""
    taken = [REDEMPTION, EXPIRY]
    flows = [
        ("points_accrued", 1, ("kind", "not in", taken)),
        ("points_redeemed", -1, ("kind", "=", REDEMPTION)),
        ("points_expired", -1, ("kind", "=", EXPIRY)),
    ]
    sources = [
        FigureSource(
            code,
            (_POSTED, leaf),
            "date",
            unit="unit_id",
            program="run_id.program_id",
            value="points",
            sign=sign,
            sums=None if REDEMPTION in leaf else partial(_sum_flow, sign, leaf[1]),
        )
        for code, sign, leaf in flows
    ]
    return [
        *sources,
        FigureSource(
            "points_balance",
            (_POSTED,),
            "date",
            is_stock=True,
            unit="unit_id",
            program="run_id.program_id",
            value="points",
            sums=_sum_balance,
        ),
    ]


def _sum_flow(sign, operator, span):
    kinds = SQL("s.kind <> %s" if operator == "not in" else "s.kind = %s", EXPIRY)
    return SQL(
        """
        SELECT r.company_id, NULL::int AS account_id, s.unit_id, %(month)s AS month,
               NULL::int AS tier_id, r.program_id, s.points * %(sign)s AS value,
               0 AS base
          FROM club_points_summary s
          JOIN club_points_run r ON r.id = s.run_id AND r.state = %(posted)s
         WHERE r.company_id = ANY(%(companies)s) AND %(kinds)s
           AND s.date BETWEEN %(start)s AND %(end)s
        """,
        month=month_of(SQL("s.date")),
        sign=sign,
        posted=POSTED,
        companies=list(span.company_ids),
        kinds=kinds,
        start=span.start,
        end=span.end,
    )


def _sum_balance(span):
    """Return what is left at each month's end of all that was ever posted."""
    return SQL(
        """
        SELECT x.company_id, NULL::int AS account_id, x.unit_id, e.month,
               NULL::int AS tier_id, x.program_id, x.points AS value, 0 AS base
          FROM (SELECT r.company_id, r.program_id, s.unit_id, s.date,
                       sum(s.points) AS points
                  FROM (SELECT run_id, unit_id, date, points FROM club_points_summary
                     UNION ALL
                        SELECT run_id, unit_id, date, points FROM club_points_entry
                         WHERE kind = %(redemption)s) s
                  JOIN club_points_run r ON r.id = s.run_id AND r.state = %(posted)s
                 WHERE r.company_id = ANY(%(companies)s)
                 GROUP BY 1, 2, 3, 4) x
          JOIN (%(ends)s) e ON x.date <= e.day
        """,
        redemption=REDEMPTION,
        posted=POSTED,
        companies=list(span.company_ids),
        ends=span.get_ends(),
    )


def get_verified_sources():
    """Return the figures of the units' parts of runs. Rule B5."""
    return [FigureSource("verified_on_time", rows=_select_verified)]


def _select_verified(span):
    """Return for each unit and month the part of a run that decides whether the month
    was verified by the deadline: in all programs of the company, in each by one of its
    runs. A part that may still be verified in time isn't due yet.

    A unit's month counts once, however many programs and runs it has a part of.
    """
    return SQL(
        """
        SELECT DISTINCT ON (p.company_id, p.unit_id, p.month)
               p.id, p.company_id, NULL::int AS account_id, p.unit_id, p.month,
               NULL::int AS tier_id, p.value, 1 AS base
          FROM (SELECT DISTINCT ON (d.program_id, d.unit_id, d.month) d.*
                  FROM (SELECT u.id, u.company_id, u.unit_id, u.month, r.program_id,
                               (u.state = %(verified)s
                                AND %(day)s <= r.date_deadline)::int AS value
                          FROM club_points_run_unit u
                          JOIN club_points_run r
                            ON r.id = u.run_id AND r.kind = %(revenue)s
                         WHERE u.company_id = ANY(%(companies)s)
                           AND u.month BETWEEN %(start)s AND %(end)s
                           AND (u.state = %(verified)s OR r.date_deadline < %(today)s)
                       ) d
                 ORDER BY d.program_id, d.unit_id, d.month, d.value DESC, d.id) p
          JOIN club_program g ON g.id = p.program_id
         ORDER BY p.company_id, p.unit_id, p.month, p.value, g.sequence, g.id
        """,
        verified=VERIFIED,
        day=local_day(SQL("u.verified_at"), SQL("u.company_id")),
        revenue=REVENUE,
        companies=list(span.company_ids),
        start=span.start,
        end=span.end,
        today=span.today,
    )
