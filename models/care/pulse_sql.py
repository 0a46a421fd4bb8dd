"""The SQL of the accounts' pulse: one statement for one account or for all."""

from typing import NamedTuple

from odoo.tools import SQL

from ...kernel import windows
from ..points import facts

YEAR = 12
RECENT = 3
FIGURES = (
    *("month", "level", "active_months", "value", "value_before"),
    *("revenue", "revenue_before", "trend", "month_revenue", "month_revenue_before"),
    *("lines_used", "date_last", "gap_days", "rhythm_due"),
)


class Bounds(NamedTuple):
    """What a program says of levels and of the rhythm of purchases. Rules D5, D6."""

    active_months: int
    occasional_months: int
    purchases: int
    tolerance: int
    gap_from: int


def refresh_query(program, last, today, bounds, accounts=None):
    """Return the statement that writes the pulse of a company's accounts anew. Rule D6.

    It writes only what differs, takes away the rows of those who have left the club
    (neither revenue in 24 months, nor a membership, unit or manager), and returns the
    ids of the accounts whose next purchase is due on another day than before.

    Revenue is every booked line, as for the grades; ``value`` is effective revenue:
    revenue times the conversion rate, without the marketing coefficient (rule B2), and
    0 where there is no rate.

    :param last: the first day of the last month that counts
    :param bounds: see `Bounds`
    :param accounts: ids to keep, all when None
    """
    start = windows.add_months(last, 1 - 2 * YEAR)
    company_id = program.company_id.id
    return SQL(
        """
        WITH %(rates)s,
        line AS MATERIALIZED (%(business_lines)s),
        day AS MATERIALIZED (
            SELECT f.account_id, least(f.date_end, %(today)s) AS day,
                   sum(f.amount) AS amount, sum(f.amount * %(rate)s) AS effective,
                   bit_or(l.mask) FILTER (WHERE f.amount > 0) AS lines
              FROM (%(lines)s) f
         LEFT JOIN rate r ON r.category_id = f.category_id AND r.month = %(month)s
              %(own_rate)s
         LEFT JOIN line l ON l.category_id = f.category_id
             GROUP BY 1, 2),
        sums AS MATERIALIZED (
            SELECT account_id,
                   (sum(amount) FILTER (WHERE %(month_2)s) > 0)::int AS active_2,
                   (sum(amount) FILTER (WHERE %(month_1)s) > 0)::int AS active_1,
                   (sum(amount) FILTER (WHERE %(month_0)s) > 0)::int AS active_0,
                   sum(effective) FILTER (WHERE %(year)s) AS value,
                   sum(effective) FILTER (WHERE day < %(year_from)s) AS value_before,
                   sum(amount) FILTER (WHERE %(recent)s) AS revenue,
                   sum(amount) FILTER (WHERE %(recent_before)s) AS revenue_before,
                   sum(amount) FILTER (WHERE %(month_0)s) AS month_revenue,
                   sum(amount) FILTER (WHERE %(month_before)s) AS month_revenue_before,
                   bit_count(bit_or(lines) FILTER (WHERE %(year)s)) AS lines_used,
                   max(day) FILTER (WHERE amount > 0) AS date_last,
                   count(gap) FILTER (WHERE day > %(gaps_after)s) AS gaps,
                   percentile_cont(ARRAY[0.25, 0.5, 0.75])
                       WITHIN GROUP (ORDER BY gap)
                       FILTER (WHERE day > %(gaps_after)s) AS spread
              FROM (SELECT d.*, CASE WHEN amount > 0 THEN
                           day - max(CASE WHEN amount > 0 THEN day END) OVER (
                               PARTITION BY account_id ORDER BY day
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                           END AS gap
                      FROM day d) g
             GROUP BY account_id),
        who AS MATERIALIZED (
            SELECT account_id FROM sums
             UNION
            SELECT account_id FROM club_membership
             WHERE company_id = %(company)s AND state = 'valid'
               AND date_from <= %(today)s
               AND date_grace >= %(today)s %(only_members)s
             UNION
            SELECT p.id FROM res_partner p
             WHERE p.is_company AND (p.club_manager_id ->> %(key)s IS NOT NULL
                                     OR p.club_unit_id ->> %(key)s IS NOT NULL)
               %(only_partners)s),
        gone AS (
            DELETE FROM club_account_pulse p
             WHERE p.company_id = %(company)s %(only_pulses)s
               AND NOT EXISTS (SELECT FROM who w WHERE w.account_id = p.account_id)
         RETURNING account_id, rhythm_due),
        written AS (
        INSERT INTO club_account_pulse AS p
               (account_id, company_id, create_date, write_date, %(columns)s)
        SELECT w.account_id, %(company)s, %(now)s, %(now)s, %(last)s,
               CASE WHEN a.months >= %(active)s THEN 'active'
                    WHEN a.months >= %(occasional)s THEN 'occasional'
                    ELSE 'dormant' END,
               a.months,
               round(coalesce(s.value, 0), 2), round(coalesce(s.value_before, 0), 2),
               coalesce(s.revenue, 0), coalesce(s.revenue_before, 0),
               CASE WHEN s.revenue_before > 0
                    THEN round(100 * (coalesce(s.revenue, 0) - s.revenue_before)
                               / s.revenue_before, 2) END,
               coalesce(s.month_revenue, 0), coalesce(s.month_revenue_before, 0),
               coalesce(s.lines_used, 0), s.date_last, round(s.spread[2])::int,
               CASE WHEN s.gaps >= %(purchases)s - 1 AND s.spread[2] >= %(gap_from)s
                         AND s.spread[1] >= s.spread[2] * (1 - %(tolerance)s)
                         AND s.spread[3] <= s.spread[2] * (1 + %(tolerance)s)
                    THEN s.date_last + ceil(s.spread[2] * (1 + %(tolerance)s))::int END
          FROM who w
     LEFT JOIN sums s ON s.account_id = w.account_id
     CROSS JOIN LATERAL (
               SELECT coalesce(s.active_2, 0) + coalesce(s.active_1, 0)
                      + coalesce(s.active_0, 0) AS months) a
            ON CONFLICT (account_id, company_id) DO UPDATE
               SET write_date = excluded.write_date, %(setting)s
             WHERE (%(were)s) IS DISTINCT FROM (%(are)s)
         RETURNING account_id, rhythm_due)
        -- What the table says here is what it said before.
        SELECT w.account_id
          FROM written w
     LEFT JOIN club_account_pulse p
            ON p.account_id = w.account_id AND p.company_id = %(company)s
         WHERE w.rhythm_due IS DISTINCT FROM p.rhythm_due
     UNION ALL
        SELECT account_id FROM gone WHERE rhythm_due IS NOT NULL
        """,
        today=today,
        now=program.env.cr.now(),
        month=facts.month_of(SQL("f.date")),
        **_rate_of(program),
        lines=facts.fact_lines(company_id, start, today, accounts),
        rates=facts.rates(program.id, start, today),
        business_lines=_business_lines(company_id),
        last=last,
        month_0=_months(last, 0, 0),
        month_1=_months(last, 1, 1),
        month_2=_months(last, 2, 2),
        recent=_months(last, RECENT - 1, 0),
        month_before=_months(last, YEAR, YEAR),
        recent_before=_months(last, YEAR + RECENT - 1, YEAR),
        year=_months(last, YEAR - 1, 0),
        year_from=windows.add_months(last, 1 - YEAR),
        gaps_after=windows.add_months(today, -YEAR),
        company=company_id,
        key=str(company_id),
        only_members=_among("account_id", accounts),
        only_partners=_among("p.id", accounts),
        only_pulses=_among("p.account_id", accounts),
        active=bounds.active_months,
        occasional=bounds.occasional_months,
        purchases=bounds.purchases,
        gap_from=bounds.gap_from,
        tolerance=bounds.tolerance / 100,
        columns=_join("%s"),
        setting=_join("%s = excluded.%s"),
        were=_join("p.%s"),
        are=_join("excluded.%s"),
    )


def _months(last, first_back, last_back):
    """Return the condition that a day lies in the months so far before ``last``."""
    return SQL(
        "day BETWEEN %s AND %s",
        windows.add_months(last, -first_back),
        windows.month_end(windows.add_months(last, -last_back)),
    )


def _rate_of(program):
    """Return the conversion rate of a fact, and the join that a product's own needs."""
    if not program._has_product_rates():
        return {"rate": SQL("coalesce(r.rate, 0)"), "own_rate": SQL()}
    return {
        "rate": SQL("coalesce(o.rate, r.rate, 0)"),
        "own_rate": SQL(
            "LEFT JOIN own_rate o ON o.product_id = f.product_id AND o.month = %s",
            facts.month_of(SQL("f.date")),
        ),
    }


def _among(column, accounts):
    return (
        SQL("AND %s = ANY(%s)", SQL(column), list(accounts))
        if accounts is not None
        else SQL()
    )


def _join(pattern):
    return SQL(", ").join(SQL(pattern.replace("%s", name)) for name in FIGURES)


def _business_lines(company_id):
    """Return the SELECT of (category_id, mask): the nearest line at or above each
    category, the company's own before a shared one, as one bit among all lines.
    """
    return SQL(
        """
        SELECT category_id,
               set_bit(repeat('0', count(*) OVER ()::int)::varbit,
                       rank_no::int - 1, 1) AS mask
          FROM (SELECT category_id, dense_rank() OVER (ORDER BY line_id) AS rank_no
                  FROM (SELECT DISTINCT ON (c.id) c.id AS category_id, b.id AS line_id
                          FROM club_business_line b
                          JOIN product_category a ON a.id = b.category_id
                          JOIN product_category c
                            ON c.parent_path LIKE a.parent_path || '%%'
                         WHERE b.active
                           AND coalesce(b.company_id, %(company)s) = %(company)s
                         ORDER BY c.id, length(a.parent_path) DESC,
                                  b.company_id NULLS LAST) nearest) ranked
        """,
        company=company_id,
    )
