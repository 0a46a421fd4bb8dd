"""The SQL of what tells that an account may be lost, and of the cases it opens."""

from odoo.tools import SQL

from ..contact.looked_after import asked_for, unit_of
from ..need.club_need import UNSETTLED
from ..survey.club_answer import ANSWERED

# What a case is opened by, one column each.
SIGNALS = (
    *("is_below", "is_month_below", "is_dormant"),
    *("is_downgrade", "is_complaint", "is_dissatisfied"),
)
# What the signals were read from, kept on the case.
FIGURES = (
    *("value", "revenue", "revenue_before", "month_revenue", "month_revenue_before"),
    *("date_last", "complaint_count", "satisfaction"),
)


def open_query(program, today, due, downgrades, accounts=None):
    """Return the statement that opens the cases of a company's accounts and returns
    their ids. Rule D7.

    An open case takes up what is new, and its figures of today. Where a case was
    closed a short while ago, only what it wasn't opened for opens another one. The
    bounds belong to what is below.

    :param due: values: until which day a new case is to be seen to, by what
    :param downgrades: ids of the accounts that a downgrade lies ahead of
    :param accounts: ids to keep, all when None
    """
    company = SQL("%s::int", program.company_id.id)
    return SQL(
        """
        WITH poor AS MATERIALIZED (
            SELECT account_id, min(satisfaction) AS satisfaction
              FROM club_answer
             WHERE company_id = %(company)s AND state = %(answered)s
               AND satisfaction BETWEEN 1 AND %(satisfaction)s
               AND (answered_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                   > %(looked_back)s
             GROUP BY account_id),
        complaint AS MATERIALIZED (
            SELECT account_id, count(*) AS complaint_count
              FROM club_need
             WHERE company_id = %(company)s AND is_complaint AND state IN %(unsettled)s
             GROUP BY account_id),
        found AS MATERIALIZED (
            SELECT p.account_id, p.value, p.revenue, p.revenue_before,
                   p.month_revenue, p.month_revenue_before, p.date_last,
                   coalesce(c.complaint_count, 0) AS complaint_count,
                   coalesce(s.satisfaction, 0) AS satisfaction,
                   p.revenue_before > 0
                   AND p.revenue <= p.revenue_before * (1 - %(drop)s) AS is_below,
                   %(by_month)s AND p.month_revenue_before > 0
                   AND p.month_revenue <= p.month_revenue_before * (1 - %(month_drop)s)
                       AS is_month_below,
                   coalesce(p.level = 'dormant'
                            AND p.date_last < p.month + interval '1 month', FALSE)
                       AS is_dormant,
                   p.account_id = ANY(%(downgrades)s) AS is_downgrade,
                   c.account_id IS NOT NULL AS is_complaint,
                   s.account_id IS NOT NULL AS is_dissatisfied,
                   %(owner)s AS user_id, %(unit)s AS unit_id, a.industry_id,
                   (a.club_tier_id ->> %(company)s::text)::int AS tier_id
              FROM club_account_pulse p
              JOIN res_partner a ON a.id = p.account_id
         LEFT JOIN poor s ON s.account_id = p.account_id
         LEFT JOIN complaint c ON c.account_id = p.account_id
             WHERE p.company_id = %(company)s AND %(among)s
               AND (a.club_tier_id ->> %(company)s::text IS NOT NULL
                    OR a.club_manager_id ->> %(company)s::text IS NOT NULL
                    OR a.club_unit_id ->> %(company)s::text IS NOT NULL)),
        signal AS MATERIALIZED (SELECT * FROM found WHERE %(any)s),
        renewed AS (
            UPDATE club_retention c
               SET write_date = %(now)s, %(adding)s, %(refreshing)s
              FROM signal s
             WHERE c.account_id = s.account_id AND c.company_id = %(company)s
               AND c.state IN ('open', 'taken') AND (%(newly)s))
        INSERT INTO club_retention
               (account_id, company_id, user_id, unit_id, tier_id, industry_id,
                state, date_opened, date_due, due_days, create_date, write_date,
                %(signals)s, %(figures)s)
        SELECT s.account_id, %(company)s, s.user_id, s.unit_id, s.tier_id,
               s.industry_id, 'open', %(today)s, %(due)s, %(due_days)s,
               %(now)s, %(now)s, %(signals)s, %(figures)s
          FROM signal s
         WHERE NOT EXISTS (
               SELECT FROM club_retention c
                WHERE c.account_id = s.account_id AND c.company_id = %(company)s
                  AND c.date_closed > %(looked_back)s AND NOT (%(newly)s))
         ORDER BY s.account_id
            ON CONFLICT (account_id, company_id) WHERE state IN ('open', 'taken')
            DO NOTHING
     RETURNING id
        """,
        company=company,
        today=today,
        zone=program.company_id._club_zone(),
        due=due["date_due"],
        due_days=due["due_days"],
        now=program.env.cr.now(),
        answered=ANSWERED,
        unsettled=UNSETTLED,
        satisfaction=program.retention_satisfaction,
        looked_back=SQL("(%s::date - %s)", today, program.retention_pause_days),
        drop=SQL("%s::numeric", round(program.retention_drop / 100, 6)),
        month_drop=SQL("%s::numeric", round(program.retention_month_drop / 100, 6)),
        by_month=program.retention_by_month,
        downgrades=list(downgrades),
        owner=asked_for(SQL("a"), company, SQL("NULL")),
        unit=unit_of(SQL("a"), company),
        among=(
            SQL("p.account_id = ANY(%s)", list(accounts))
            if accounts is not None
            else SQL("TRUE")
        ),
        any=_join(" OR ", "%s", SIGNALS),
        adding=_join(", ", "%s = c.%s OR s.%s", SIGNALS),
        refreshing=_join(", ", "%s = s.%s", FIGURES),
        newly=_join(" OR ", "s.%s AND c.%s IS NOT TRUE", SIGNALS),
        signals=_join(", ", "%s", SIGNALS),
        figures=_join(", ", "%s", FIGURES),
    )


def _join(glue, pattern, names):
    return SQL(glue).join(SQL(pattern.replace("%s", name)) for name in names)
