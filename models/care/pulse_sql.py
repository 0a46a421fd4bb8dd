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

    It writes only what differs, and takes away the rows of those who have left the
    club: neither revenue in 24 months, nor a membership, unit or manager.

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
        WITH fact AS MATERIALIZED (
            SELECT f.account_id, least(f.date_end, %(today)s) AS day,
                   %(month)s AS month, f.category_id, %(product)s AS product_id,
                   sum(f.amount) AS amount
              FROM (%(lines)s) f
             GROUP BY 1, 2, 3, 4, 5),
        %(rates)s,
        line AS MATERIALIZED (%(business_lines)s),
        paid AS MATERIALIZED (
            SELECT f.account_id, f.day, f.month, l.line_id, f.amount,
                   f.amount * coalesce(o.rate, r.rate, 0) AS effective
              FROM fact f
         LEFT JOIN rate r ON r.category_id = f.category_id AND r.month = f.month
         LEFT JOIN own_rate o ON o.product_id = f.product_id AND o.month = f.month
         LEFT JOIN line l ON l.category_id = f.category_id),
        monthly AS MATERIALIZED (
            SELECT account_id, month, sum(amount) AS amount, sum(effective) AS effective
              FROM paid WHERE month <= %(last)s
             GROUP BY 1, 2),
        sums AS MATERIALIZED (
            SELECT account_id,
                   count(*) FILTER (WHERE amount > 0 AND month >= %(recent)s)
                       AS active_months,
                   sum(effective) FILTER (WHERE month >= %(year)s) AS value,
                   sum(effective) FILTER (WHERE month < %(year)s) AS value_before,
                   sum(amount) FILTER (WHERE month >= %(recent)s) AS revenue,
                   sum(amount) FILTER (
                       WHERE month BETWEEN %(recent_before)s AND %(last_before)s)
                       AS revenue_before,
                   sum(amount) FILTER (WHERE month = %(last)s) AS month_revenue,
                   sum(amount) FILTER (WHERE month = %(last_before)s)
                       AS month_revenue_before
              FROM monthly
             GROUP BY account_id),
        used AS MATERIALIZED (
            SELECT account_id, count(*) AS lines_used
              FROM (SELECT account_id, line_id
                      FROM paid
                     WHERE line_id IS NOT NULL AND month BETWEEN %(year)s AND %(last)s
                     GROUP BY 1, 2 HAVING sum(amount) > 0) u
             GROUP BY account_id),
        gap AS (
            SELECT account_id, day,
                   day - lag(day) OVER (PARTITION BY account_id ORDER BY day) AS days
              FROM (SELECT account_id, day FROM paid
                     GROUP BY 1, 2 HAVING sum(amount) > 0) b),
        rhythm AS MATERIALIZED (
            SELECT account_id, date_last, gaps,
                   spread[1] AS low, spread[2] AS usual, spread[3] AS high
              FROM (SELECT account_id, max(day) AS date_last,
                           count(days) FILTER (WHERE day > %(gaps_after)s) AS gaps,
                           percentile_cont(ARRAY[0.25, 0.5, 0.75])
                               WITHIN GROUP (ORDER BY days)
                               FILTER (WHERE day > %(gaps_after)s) AS spread
                      FROM gap
                     GROUP BY account_id) g),
        who AS MATERIALIZED (
            SELECT account_id FROM fact
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
               AND NOT EXISTS (SELECT FROM who w WHERE w.account_id = p.account_id))
        INSERT INTO club_account_pulse AS p
               (account_id, company_id, create_date, write_date, %(columns)s)
        SELECT w.account_id, %(company)s, %(now)s, %(now)s, %(last)s,
               CASE WHEN s.active_months >= %(active)s THEN 'active'
                    WHEN s.active_months >= %(occasional)s THEN 'occasional'
                    ELSE 'dormant' END,
               coalesce(s.active_months, 0),
               round(coalesce(s.value, 0), 2), round(coalesce(s.value_before, 0), 2),
               coalesce(s.revenue, 0), coalesce(s.revenue_before, 0),
               CASE WHEN s.revenue_before > 0
                    THEN round(100 * (coalesce(s.revenue, 0) - s.revenue_before)
                               / s.revenue_before, 2) END,
               coalesce(s.month_revenue, 0), coalesce(s.month_revenue_before, 0),
               coalesce(u.lines_used, 0), r.date_last, round(r.usual)::int,
               CASE WHEN r.gaps >= %(purchases)s - 1 AND r.usual >= %(gap_from)s
                         AND r.low >= r.usual * (1 - %(tolerance)s)
                         AND r.high <= r.usual * (1 + %(tolerance)s)
                    THEN r.date_last + ceil(r.usual * (1 + %(tolerance)s))::int END
          FROM who w
     LEFT JOIN sums s ON s.account_id = w.account_id
     LEFT JOIN used u ON u.account_id = w.account_id
     LEFT JOIN rhythm r ON r.account_id = w.account_id
            ON CONFLICT (account_id, company_id) DO UPDATE
               SET write_date = excluded.write_date, %(setting)s
             WHERE (%(were)s) IS DISTINCT FROM (%(are)s)
        """,
        today=today,
        now=program.env.cr.now(),
        month=facts.month_of(SQL("f.date")),
        product=SQL("f.product_id")
        if program._has_product_rates()
        else SQL("NULL::int"),
        lines=facts.fact_lines(company_id, start, today, accounts),
        rates=facts.rates(program.id, start, today),
        business_lines=_business_lines(company_id),
        last=last,
        last_before=windows.add_months(last, -YEAR),
        recent=windows.add_months(last, 1 - RECENT),
        recent_before=windows.add_months(last, 1 - RECENT - YEAR),
        year=windows.add_months(last, 1 - YEAR),
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


def _among(column, accounts):
    return (
        SQL("AND %s = ANY(%s)", SQL(column), list(accounts))
        if accounts is not None
        else SQL()
    )


def _join(pattern):
    return SQL(", ").join(SQL(pattern.replace("%s", name)) for name in FIGURES)


def _business_lines(company_id):
    """Return the SELECT of (category_id, line_id): the nearest line at or above each
    category, the company's own before a shared one.
    """
    return SQL(
        """
        SELECT DISTINCT ON (c.id) c.id AS category_id, b.id AS line_id
          FROM club_business_line b
          JOIN product_category a ON a.id = b.category_id
          JOIN product_category c ON c.parent_path LIKE a.parent_path || '%%'
         WHERE b.active AND coalesce(b.company_id, %(company)s) = %(company)s
         ORDER BY c.id, length(a.parent_path) DESC, b.company_id NULLS LAST
        """,
        company=company_id,
    )
