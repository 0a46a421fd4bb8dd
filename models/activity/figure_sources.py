"""What of activities is counted as figures of a month."""

from odoo.tools import SQL

from ..approval.states import DONE
from ..points.facts import month_of
from ..record.figure_source import FigureSource, local_day
from .stages import PAST


def get_held_sources():
    """Return what was held, beside what signed plans foresaw. Rule C2."""
    return [FigureSource("activities_held", rows=_select_held)]


def _select_held(span):
    """Return the activities that were held, in the plan or not, and the lines of plans
    as what they are out of; these have no id.
    """
    held_on = local_day(SQL("a.date_begin"), SQL("a.company_id"))
    return SQL(
        """
        SELECT h.id, h.company_id, NULL::int AS account_id, h.unit_id,
               %(month)s AS month, NULL::int AS tier_id, 1 AS value, 0 AS base
          FROM (SELECT a.id, a.company_id, a.unit_id, %(held_on)s AS day
                  FROM club_activity a
                 WHERE a.company_id = ANY(%(companies)s) AND a.stage IN %(past)s) h
         WHERE h.day BETWEEN %(start)s AND %(end)s
     UNION ALL
        SELECT NULL, l.company_id, NULL, l.unit_id, l.month, NULL, 0, 1
          FROM club_plan_line l
          JOIN club_plan p ON p.id = l.plan_id AND p.approval_state = %(done)s
         WHERE l.company_id = ANY(%(companies)s) AND l.dropped_by_id IS NULL
           AND l.month BETWEEN %(start)s AND %(end)s
        """,
        month=month_of(SQL("h.day")),
        held_on=held_on,
        companies=list(span.company_ids),
        past=PAST,
        start=span.start,
        end=span.end,
        done=DONE,
    )
