"""What activities and their banquets cost, shared by the accounts that came. Rule B8.

A banquet's cost is part of its activity's: of what the activity really cost, those who
sat at its banquets bear what these were to cost, as far as it goes, and those who
attended it the rest. So the rows of an activity and its banquets add up to its cost.
"""

from odoo.tools import SQL

from ..activity.stages import PAST
from .club_hosting_mixin import HELD

# The accounts that sat at a held banquet which was to cost something.
_GUESTS = """
    SELECT array_agg(DISTINCT s.account_id ORDER BY s.account_id) AS ids
      FROM club_banquet_seat s
     WHERE s.banquet_id = %(banquet)s.id AND s.side = 'guest'
       AND s.account_id IS NOT NULL
"""
# What an activity's banquets bear of its cost, and of that those before one and it.
_BORNE = """
    SELECT CASE WHEN count(*) > 0
                THEN least(sum(o.budget), greatest(x.cost_actual, 0))
                ELSE 0 END AS amount,
           sum(o.budget) AS total,
           sum(o.budget) FILTER (WHERE %(until)s) AS upto
      FROM club_banquet o
     WHERE o.activity_id = x.id AND o.state = %(held)s AND o.budget > 0
       AND EXISTS (SELECT FROM club_banquet_seat s
                    WHERE s.banquet_id = o.id AND s.side = 'guest'
                      AND s.account_id IS NOT NULL)
"""


def banquet_query():
    """Return the rows of banquets, as `_get_cost_sql` says."""
    bears = SQL(
        "(round(borne.amount * borne.upto / borne.total, 2)"
        " - round(borne.amount * (borne.upto - b.budget) / borne.total, 2))"
    )
    return SQL(
        """
        SELECT b.id AS res_id, 'banquet'::varchar AS kind, d.account_id, b.company_id,
               %(day)s AS date, %(share)s AS amount,
               array_position(g.ids, d.account_id) AS part
          FROM (SELECT DISTINCT banquet_id, account_id FROM club_banquet_seat
                 WHERE side = 'guest' AND account_id IS NOT NULL) d
          JOIN club_banquet b
            ON b.id = d.banquet_id AND b.state = %(held)s AND b.budget > 0
          JOIN club_activity x ON x.id = b.activity_id AND x.stage IN %(past)s
          JOIN res_company c ON c.id = b.company_id
          JOIN LATERAL (%(guests)s) g ON true
          JOIN LATERAL (%(borne)s) borne ON borne.amount > 0
        """,
        day=_day_of(SQL("b.date_begin")),
        share=_share(bears),
        held=HELD,
        past=PAST,
        guests=SQL(_GUESTS, banquet=SQL("b")),
        borne=SQL(_BORNE, until=SQL("o.id <= b.id"), held=HELD),
    )


def activity_query():
    """Return the rows of activities, as `_get_cost_sql` says."""
    return SQL(
        """
        SELECT x.id AS res_id, 'activity'::varchar AS kind, d.account_id, x.company_id,
               %(day)s AS date, %(share)s AS amount,
               array_position(g.ids, d.account_id) AS part
          FROM (SELECT DISTINCT activity_id, account_id FROM club_invitation
                 WHERE state = 'attended' AND account_id IS NOT NULL) d
          JOIN club_activity x ON x.id = d.activity_id AND x.stage IN %(past)s
          JOIN res_company c ON c.id = x.company_id
          JOIN LATERAL (
               SELECT array_agg(DISTINCT i.account_id ORDER BY i.account_id) AS ids
                 FROM club_invitation i
                WHERE i.activity_id = x.id AND i.state = 'attended'
                  AND i.account_id IS NOT NULL) g ON true
          JOIN LATERAL (%(borne)s) borne ON true
         WHERE x.cost_actual <> borne.amount
        """,
        day=_day_of(SQL("x.date_begin")),
        share=_share(SQL("(x.cost_actual - borne.amount)")),
        past=PAST,
        borne=SQL(_BORNE, until=SQL("true"), held=HELD),
    )


def _day_of(moment):
    """Return the day of a moment where the company ``c`` is."""
    return SQL(
        "(%s AT TIME ZONE 'UTC' AT TIME ZONE coalesce(c.club_timezone, 'UTC'))::date",
        moment,
    )


def _share(amount):
    """Return an account's part of an amount, as `kernel.activity_costs.split` has it:
    equal but for the cents left over, which go to those that come first.
    """
    return SQL(
        """
        (trunc(%(amount)s / cardinality(g.ids), 2)
         + CASE WHEN array_position(g.ids, d.account_id)
                     <= 100 * abs(round(%(amount)s, 2)
                                  - trunc(%(amount)s / cardinality(g.ids), 2)
                                    * cardinality(g.ids))
                THEN sign(%(amount)s) * 0.01 ELSE 0 END)
        """,
        amount=amount,
    )
