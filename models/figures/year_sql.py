"""The SQL of the figures of a year: by tier, industry and cause. Rule E10."""

from datetime import date, datetime, time, timedelta

from odoo.tools import SQL

from ..care.club_retention import LOST, SETTLED, WON_BACK
from ..points.facts import fact_lines

TOP_PERCENT = 20
DAY = timedelta(days=1)


def year_rows(env, company, year, today):
    """Return a SELECT of a year's figures: code, tier_id, industry_id, cause_id, value,
    base.

    :param env: of the superuser
    :param today: the company's day: a year that still runs is counted up to it
    """
    return SQL(
        "%s%s",
        _counted(env, company, year, today),
        SQL(
            _SUMS,
            company=company.id,
            **dict(zip(("start", "end"), get_span(year, today), strict=True)),
            settled=SETTLED,
            lost=LOST,
            won_back=WON_BACK,
        ),
    )


def counted_rows(env, company, year, today, code):
    """Return a SELECT of what a figure says how much of: account_id, tier_id, and
    record_id, the membership or referral. Of retention's cases none: they are their own
    records.

    As `year_rows`.
    """
    return SQL(
        "%s SELECT account_id, record_id, tier_id FROM counted"
        " WHERE code = %s AND value <> 0",
        _counted(env, company, year, today),
        code,
    )


def get_span(year, today):
    """Return the first and the last day of a year that are counted."""
    return date(year, 1, 1), min(date(year, 12, 31), today)


def _counted(env, company, year, today):
    """Return a WITH of ``counted``: what each account adds to which figure."""
    start, end = get_span(year, today)
    used_from = _add_years(end, -1) + DAY
    costs = env["club.account.cost"]._search(
        [
            ("kind", "!=", "budget"),
            ("company_id", "=", company.id),
            ("date", ">=", start),
            ("date", "<=", end),
        ]
    )
    return SQL(
        _COUNTED,
        company=company.id,
        start=start,
        eve=start - DAY,
        end=end,
        used_from=used_from,
        used_since=company._club_utc(datetime.combine(used_from, time())),
        used_before=company._club_utc(datetime.combine(end + DAY, time())),
        top=TOP_PERCENT,
        facts=fact_lines(company.id, start, end),
        costs=costs.subselect(
            SQL.identifier("club_account_cost", "account_id"),
            SQL.identifier("club_account_cost", "amount"),
        ),
        referrals=env["club.referral"]._table_query,
    )


def _add_years(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


_COUNTED = """
WITH term AS MATERIALIZED (
    SELECT m.id, m.account_id, m.tier_id, t.sequence, m.date_from, m.date_to,
           m.date_grace, m.outcome, p.sequence AS place, p.id AS program_id
      FROM club_membership m
      JOIN club_tier t ON t.id = m.tier_id
      JOIN club_program p ON p.id = m.program_id
      JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
     WHERE m.company_id = %(company)s AND m.state = 'valid'),
member AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, tier_id, id FROM term
     WHERE date_from <= %(end)s AND date_grace >= %(end)s
     ORDER BY account_id, sequence DESC, place, program_id),
before AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, tier_id, id FROM term
     WHERE date_from <= %(eve)s AND date_grace >= %(eve)s
     ORDER BY account_id, sequence DESC, place, program_id),
gone AS MATERIALIZED (
    SELECT b.account_id, b.tier_id, b.id
      FROM before b
     WHERE NOT EXISTS (SELECT FROM member m WHERE m.account_id = b.account_id)),
kept AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, tier_id FROM term
     WHERE date_to BETWEEN %(start)s AND %(end)s
       AND (outcome = 'renewed' OR outcome = 'upgraded' AND EXISTS (
            SELECT FROM club_requalification_line l
              JOIN club_membership b ON b.requalification_line_id = l.id
             WHERE l.membership_id = term.id))
     ORDER BY account_id, sequence DESC, place, program_id),
fresh AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, tier_id FROM term
     WHERE date_from BETWEEN %(start)s AND %(end)s AND NOT EXISTS (
           SELECT FROM term o
            WHERE o.account_id = term.account_id AND o.date_from < term.date_from)
     ORDER BY account_id, sequence DESC, place, program_id),
earned AS MATERIALIZED (
    SELECT account_id, amount,
           row_number() OVER (ORDER BY amount DESC, account_id)
               <= ceil(count(*) OVER () * %(top)s / 100.0) AS is_top
      FROM (SELECT account_id, sum(amount) AS amount FROM (%(facts)s) f
             GROUP BY account_id) s
     WHERE amount > 0),
spent AS MATERIALIZED (
    SELECT account_id, sum(amount) AS amount FROM %(costs)s c GROUP BY account_id),
used AS MATERIALIZED (
    SELECT account_id FROM club_benefit_booking
     WHERE company_id = %(company)s AND state = 'used' AND is_discreet IS NOT TRUE
       AND service_date BETWEEN %(used_from)s AND %(end)s
     UNION
    SELECT account_id FROM club_venue_booking
     WHERE company_id = %(company)s AND state = 'done'
       AND date_from >= %(used_since)s AND date_from < %(used_before)s
     UNION
    SELECT i.account_id FROM club_invitation i
      JOIN club_activity a ON a.id = i.activity_id
     WHERE i.company_id = %(company)s AND i.state = 'attended'
       AND a.date_begin >= %(used_since)s AND a.date_begin < %(used_before)s),
brought AS MATERIALIZED (
    SELECT id, brought_by_account_id AS account_id FROM (%(referrals)s) f
     WHERE company_id = %(company)s AND date BETWEEN %(start)s AND %(end)s),
counted AS (
    SELECT 'top_share' AS code, e.account_id, NULL::int AS record_id, m.tier_id,
           CASE WHEN e.is_top THEN e.amount ELSE 0 END AS value, e.amount AS base
      FROM earned e LEFT JOIN member m USING (account_id)
 UNION ALL
    SELECT 'churn', account_id, id, tier_id, 0, 1 FROM before
 UNION ALL
    SELECT 'churn', account_id, id, tier_id, 1, 0 FROM gone
 UNION ALL
    SELECT 'referrals', b.account_id, b.id, m.tier_id, 1, 0
      FROM brought b LEFT JOIN member m USING (account_id)
 UNION ALL
    SELECT 'referrals', account_id, id, tier_id, 0, 1 FROM member
 UNION ALL
    SELECT 'cost_retained', k.account_id, NULL, k.tier_id, coalesce(s.amount, 0), 1
      FROM kept k LEFT JOIN spent s USING (account_id)
 UNION ALL
    SELECT 'cost_new', n.account_id, NULL, n.tier_id, coalesce(s.amount, 0), 1
      FROM fresh n LEFT JOIN spent s USING (account_id)
 UNION ALL
    SELECT 'no_benefit', m.account_id, m.id, m.tier_id, (u.account_id IS NULL)::int, 1
      FROM member m LEFT JOIN used u USING (account_id))
"""

_SUMS = """
SELECT c.code::varchar, c.tier_id, p.industry_id, NULL::int AS cause_id,
       sum(c.value)::numeric(16, 2) AS value, sum(c.base)::numeric(16, 2) AS base
  FROM counted c LEFT JOIN res_partner p ON p.id = c.account_id
 GROUP BY 1, 2, 3
UNION ALL
SELECT e.code, r.tier_id, r.industry_id, r.cause_id, sum(e.value), sum(e.base)
  FROM club_retention r
 CROSS JOIN LATERAL (
       VALUES ('lost', (r.state = %(lost)s)::int, 1),
              ('won_back', (r.state = %(won_back)s)::int,
               (r.state IN (%(lost)s, %(won_back)s))::int)) e (code, value, base)
 WHERE r.company_id = %(company)s AND r.state IN %(settled)s
   AND r.date_closed BETWEEN %(start)s AND %(end)s AND e.base > 0
 GROUP BY 1, 2, 3, 4
"""


def refresh_year(env, company, year, today):
    """Make a year's figures those of its records; only what differs is written."""
    cr = env.cr
    rows = year_rows(env, company, year, today)
    cr.execute("DROP TABLE IF EXISTS club_year_found")
    cr.execute(SQL("CREATE TEMP TABLE club_year_found ON COMMIT DROP AS %s", rows))
    same = SQL(
        "f.code = n.code AND f.value = n.value AND f.base = n.base"
        " AND f.tier_id IS NOT DISTINCT FROM n.tier_id"
        " AND f.industry_id IS NOT DISTINCT FROM n.industry_id"
        " AND f.cause_id IS NOT DISTINCT FROM n.cause_id"
    )
    key = SQL("f.company_id = %s AND f.year = %s", company.id, year)
    cr.execute(
        SQL(
            "DELETE FROM club_figure_year f WHERE %s"
            " AND NOT EXISTS (SELECT FROM club_year_found n WHERE %s)",
            key,
            same,
        )
    )
    cr.execute(
        SQL(
            """
            INSERT INTO club_figure_year (company_id, year, code, tier_id, industry_id,
                                          cause_id, value, base, share)
            SELECT %(company)s, %(year)s, n.code, n.tier_id, n.industry_id, n.cause_id,
                   n.value, n.base,
                   coalesce(n.value / nullif(n.base, 0), 0)
                   * CASE WHEN n.code IN ('cost_retained', 'cost_new') THEN 1
                          ELSE 100 END
              FROM club_year_found n
             WHERE NOT EXISTS (
                   SELECT FROM club_figure_year f WHERE %(key)s AND %(same)s)
            """,
            company=company.id,
            year=year,
            key=key,
            same=same,
        )
    )
