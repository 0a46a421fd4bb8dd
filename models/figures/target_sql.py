"""What became of targets: one statement a kind, for one target or all. Rule D10."""

from odoo.tools import SQL

from ..points.facts import month_of
from ..worth.share_sql import credited_sums

REVENUE, MEMBERS, VISITS, CAMPAIGN = "revenue", "members", "visits", "campaign"

# Whom an account was of, on a day: as revenue that isn't shared counts.
ON_THE_DAY = SQL(
    """
    LEFT JOIN LATERAL (
          SELECT u.unit_id
            FROM club_account_unit u
           WHERE u.account_id = s.account_id AND u.company_id = s.company_id
           ORDER BY u.date_from <= s.day DESC, abs(s.day - u.date_from)
           LIMIT 1) own ON TRUE
    LEFT JOIN LATERAL (
          SELECT CASE WHEN t.date_to < s.day THEN NULL ELSE t.user_id END AS user_id
            FROM club_account_team t
           WHERE t.account_id = s.account_id AND t.company_id = s.company_id
             AND t.role = 'lead'
           ORDER BY t.date_from <= s.day DESC, abs(s.day - t.date_from)
           LIMIT 1) manager ON TRUE
    """
)


def measured(env, kind, company_id, start, end):
    """Return a SELECT of what a company reached of a kind, by month and whom it counts
    to.

    Columns: month, unit_id, user_id, tier_id, category_id, product_id, value. Flush
    before.

    :param start: first day, inclusive
    :param end: last day, inclusive
    """
    if kind == MEMBERS:
        return _measure_members(company_id, start, end)
    if kind == VISITS:
        return _measure_visits(company_id, start, end)
    return SQL(
        """
        SELECT month, unit_id, user_id, NULL::int AS tier_id, category_id, product_id,
               amount AS value
          FROM (%s) c
        """,
        credited_sums(env, company_id, start, end, by_product=kind == CAMPAIGN),
    )


def new_members(company_id, start, end):
    """Return a SELECT of (account_id, company_id, tier_id, day) of new members.

    New is who has a membership of the club and was no member on the day before, in any
    of the company's programs; of those that he joins that day the highest tier counts,
    the main program's first. Who was taken on from a club on paper isn't new.
    """
    return SQL(
        """
        SELECT DISTINCT ON (m.account_id, m.date_from)
               m.account_id, m.company_id, m.tier_id, m.date_from AS day
          FROM club_membership m
          JOIN club_tier t ON t.id = m.tier_id
          JOIN club_program p ON p.id = m.program_id
          JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
         WHERE m.company_id = %(company)s AND m.state = 'valid'
           AND m.origin <> 'opening' AND m.date_from BETWEEN %(start)s AND %(end)s
           AND NOT EXISTS (
               SELECT FROM club_membership b
                 JOIN club_tier_group o ON o.id = b.group_id AND o.purpose <> 'grade'
                WHERE b.account_id = m.account_id AND b.company_id = m.company_id
                  AND b.state = 'valid' AND b.date_from < m.date_from
                  AND b.date_grace >= m.date_from - 1)
         ORDER BY m.account_id, m.date_from, t.sequence DESC, p.sequence, p.id
        """,
        company=company_id,
        start=start,
        end=end,
    )


def _measure_members(company_id, start, end):
    return SQL(
        """
        SELECT %s AS month, own.unit_id, manager.user_id, s.tier_id,
               NULL::int AS category_id, NULL::int AS product_id, count(*) AS value
          FROM (%s) s %s
         GROUP BY 1, 2, 3, 4
        """,
        month_of(SQL("s.day")),
        new_members(company_id, start, end),
        ON_THE_DAY,
    )


def _measure_visits(company_id, start, end):
    """Whoever recorded a visit made it, for the unit that looked after the account."""
    return SQL(
        """
        SELECT %(month)s AS month, l.unit_id, l.user_id, NULL::int AS tier_id,
               NULL::int AS category_id, NULL::int AS product_id, count(*) AS value
          FROM club_contact_log l
         WHERE l.company_id = %(company)s AND l.channel = 'visit'
           AND l.state <> 'returned' AND l.held_on BETWEEN %(start)s AND %(end)s
         GROUP BY 1, 2, 3
        """,
        month=month_of(SQL("l.held_on")),
        company=company_id,
        start=start,
        end=end,
    )


def actuals(env, target_ids, kind, company_id, start, end):
    """Return a SELECT of (id, actual) of targets of one kind and company.

    A person has what counts to him, wherever; from the month on in which he left the
    target's unit, what counts to him there. A unit has what counts to it and those
    below; a vacant post what counts to its unit and to nobody in it.

    :param start: the first day of the earliest period
    :param end: the last day of the latest
    """
    return SQL(
        """
        WITH measured AS MATERIALIZED (%(measured)s)
        SELECT t.id, coalesce(sum(m.value), 0) AS actual
          FROM club_target t
          JOIN crm_team unit ON unit.id = t.unit_id
     LEFT JOIN product_category wanted ON wanted.id = t.category_id
     LEFT JOIN (SELECT m.*, u.parent_path AS unit_path, c.parent_path AS category_path
                  FROM measured m
             LEFT JOIN crm_team u ON u.id = m.unit_id
             LEFT JOIN product_category c ON c.id = m.category_id) m
            ON m.month BETWEEN t.date_from AND t.date_to
           AND CASE t.holder
               WHEN 'person' THEN m.user_id = t.user_id AND (
                    t.left_on IS NULL OR m.month + interval '1 month' <= t.left_on
                    OR starts_with(m.unit_path, unit.parent_path))
               WHEN 'vacant' THEN m.unit_id = t.unit_id AND m.user_id IS NULL
               ELSE starts_with(m.unit_path, unit.parent_path) END
           AND (t.tier_id IS NULL OR m.tier_id = t.tier_id)
           AND (t.product_id IS NULL OR m.product_id = t.product_id)
           AND (t.category_id IS NULL
                OR starts_with(m.category_path, wanted.parent_path))
         WHERE t.id = ANY(%(ids)s)
         GROUP BY t.id
        """,
        measured=measured(env, kind, company_id, start, end),
        ids=list(target_ids),
    )


# What makes two targets be of the same thing: parts and whole are.
_SAME = SQL(
    "o.company_id = t.company_id AND o.kind = t.kind AND o.span = t.span"
    " AND o.date_from = t.date_from AND o.tier_id IS NOT DISTINCT FROM t.tier_id"
    " AND o.category_id IS NOT DISTINCT FROM t.category_id"
    " AND o.product_id IS NOT DISTINCT FROM t.product_id"
)


def parts(condition):
    """Return a SELECT of (id, amount, parts) of units' targets that are split up.

    The parts of a unit's target are those of its persons and vacant posts, and those of
    the units right below it.

    :param condition: which targets, as ``t``
    """
    return SQL(
        """
        SELECT t.id, t.amount, sum(o.amount) AS parts
          FROM club_target t
          JOIN club_target o ON %(same)s
          JOIN crm_team u ON u.id = o.unit_id
           AND CASE WHEN o.holder = 'unit' THEN u.parent_id = t.unit_id
                    ELSE u.id = t.unit_id END
         WHERE t.holder = 'unit' AND %(condition)s
         GROUP BY t.id, t.amount
        """,
        same=_SAME,
        condition=condition,
    )
