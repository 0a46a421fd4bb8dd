"""What accounts are owed, in SQL: account by account, and summed.

A hundred thousand accounts are owed ten benefits each. Most have used none, and differ
in nothing but who they are: they are counted, by the tiers that they have today and by
what they are grouped by, and only what was booked is gone through one by one.
"""

from odoo.tools import SQL

# Within `sums`: what was booked, and what of it is owed this year.
_COUNTED = SQL("SELECT * FROM counted")
_OWED_OF_COUNTED = SQL(
    """
    SELECT c.account_id, o.benefit_id, o.year, o.company_id, o.is_discreet,
           o.is_unlimited, o.owed, 0 AS booked, 0 AS used, NULL::int AS first_booker,
           NULL::int AS last_booker
      FROM counted c
      JOIN held h ON h.account_id = c.account_id
      JOIN owed o ON o.tiers = h.tiers AND o.benefit_id = c.benefit_id
                 AND o.year = c.year
    """
)


def add_up(*parts):
    """Return what is owed put above what counts, both added up by account, benefit and
    year. Nothing is joined to it: what is asked of the benefits is asked below.

    :param parts: queries of the same columns
    """
    return SQL(
        """
        SELECT u.account_id, u.benefit_id, u.year, u.company_id, u.is_discreet,
               CASE WHEN u.first_booker = u.last_booker THEN u.first_booker END
                    AS booker_id,
               u.is_unlimited, u.owed, u.booked, u.used,
               CASE WHEN u.is_unlimited THEN 0
                    ELSE greatest(u.owed - u.booked - u.used, 0) END AS left
          FROM (SELECT account_id, benefit_id, year, company_id, is_discreet,
                       bool_or(is_unlimited) AS is_unlimited,
                       CASE WHEN bool_or(is_unlimited) THEN 0 ELSE max(owed) END
                            AS owed,
                       sum(booked)::int AS booked, sum(used)::int AS used,
                       min(first_booker) AS first_booker,
                       max(last_booker) AS last_booker
                  FROM (%s) p
                 GROUP BY account_id, benefit_id, year, company_id, is_discreet) u
        """,
        SQL(" UNION ALL ").join(parts),
    )


def owed(given, held):
    """Return what accounts are owed this year, by their tiers of today.

    :param given: what tiers are given this year, by tier
    :param held: condition of the membership ``m``: it holds today
    """
    return SQL(
        """
        SELECT m.account_id, g.benefit_id, g.year, g.company_id, g.is_discreet,
               g.is_unlimited, g.owed, 0 AS booked, 0 AS used,
               NULL::int AS first_booker, NULL::int AS last_booker
          FROM club_membership m
          JOIN (%(given)s) g ON g.tier_id = m.tier_id
         WHERE %(held)s
        """,
        given=given,
        held=held,
    )


def owed_of(counted, given, held, this_year):
    """Return what accounts are owed this year of what they booked.

    :param counted: what was booked
    :param this_year: condition of what was booked, ``c``: it was for this year
    """
    return SQL(
        """
        SELECT c.account_id, g.benefit_id, g.year, g.company_id, g.is_discreet,
               g.is_unlimited, g.owed, 0 AS booked, 0 AS used,
               NULL::int AS first_booker, NULL::int AS last_booker
          -- All memberships at once, then what they are given: else each is looked
          -- up by itself, once a tier.
          FROM (SELECT c.account_id, c.benefit_id, c.year, m.tier_id
                  FROM (%(counted)s) c
                  JOIN (SELECT * FROM club_membership m WHERE %(held)s OFFSET 0) m
                    ON m.account_id = c.account_id
                 WHERE %(this_year)s OFFSET 0) c
          JOIN (%(given)s) g
            ON g.tier_id = c.tier_id AND g.benefit_id = c.benefit_id AND g.year = c.year
        """,
        counted=counted,
        given=given,
        held=held,
        this_year=this_year,
    )


def accounts_of(counted, given, held):
    """Return which accounts are owed anything this year or booked something ever."""
    return SQL(
        """
        SELECT m.account_id, m.company_id FROM club_membership m
         WHERE %(held)s AND m.tier_id IN (SELECT g.tier_id FROM (%(given)s) g)
         UNION
        SELECT c.account_id, c.company_id FROM (%(counted)s) c
        """,
        held=held,
        given=given,
        counted=counted,
    )


def sums(counted, given, held, this_year, owed_then, alike):
    """Return the rows of what was booked, and one for all accounts that are owed a
    benefit alike and booked none of it this year: ``row_count`` says how many, and
    ``account_id`` which is the first of them.

    :param owed_then: what was or will be owed in the other years of bookings
    :param alike: what of an account ``p`` rows are grouped by, none of it NULL
    """
    names = [SQL.identifier(f"alike_{place}") for place in range(len(alike))]
    same = SQL(" AND ").join(SQL("k.%s = s.%s", name, name) for name in names)
    return SQL(
        """
        WITH counted AS MATERIALIZED (%(counted)s),
        held AS MATERIALIZED (
            SELECT t.account_id, t.tiers, %(alike)s
              FROM (SELECT m.account_id, array_agg(DISTINCT m.tier_id) AS tiers
                      FROM club_membership m
                     WHERE %(held)s
                     GROUP BY m.account_id) t
              JOIN res_partner p ON p.id = t.account_id),
        alike AS MATERIALIZED (
            SELECT tiers, %(names)s, count(*) AS row_count,
                   min(account_id) AS account_id
              FROM held GROUP BY tiers, %(names)s),
        owed AS MATERIALIZED (
            SELECT s.tiers, g.benefit_id, g.year, g.company_id, g.is_discreet,
                   bool_or(g.is_unlimited) AS is_unlimited,
                   CASE WHEN bool_or(g.is_unlimited) THEN 0 ELSE max(g.owed) END
                        AS owed
              FROM (SELECT DISTINCT tiers FROM alike) s
              JOIN (%(given)s) g ON g.tier_id = ANY(s.tiers)
             GROUP BY s.tiers, g.benefit_id, g.year, g.company_id, g.is_discreet),
        booked AS (
            SELECT h.tiers, %(names)s, c.benefit_id, c.year, count(*) AS row_count
              FROM counted c JOIN held h ON h.account_id = c.account_id
             WHERE %(this_year)s
             GROUP BY h.tiers, %(names)s, c.benefit_id, c.year)
        SELECT r.*, 1::bigint AS row_count FROM (%(one_by_one)s) r
     UNION ALL
        SELECT s.account_id, o.benefit_id, o.year, o.company_id, o.is_discreet,
               NULL::int, o.is_unlimited, o.owed, 0, 0, o.owed,
               s.row_count - coalesce(k.row_count, 0)
          FROM alike s
          JOIN owed o ON o.tiers = s.tiers
     LEFT JOIN booked k ON k.tiers = s.tiers AND %(same)s
                       AND k.benefit_id = o.benefit_id AND k.year = o.year
         WHERE s.row_count > coalesce(k.row_count, 0)
        """,
        counted=counted,
        held=held,
        given=given,
        this_year=this_year,
        alike=SQL(", ").join(
            SQL("%s AS %s", value, name)
            for value, name in zip(alike, names, strict=True)
        ),
        names=SQL(", ").join(names),
        same=same,
        one_by_one=add_up(_OWED_OF_COUNTED, owed_then, _COUNTED),
    )
