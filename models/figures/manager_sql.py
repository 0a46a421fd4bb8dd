"""A month of all account managers by one statement, never a loop. Rules D10, B11."""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from ..worth.share_sql import credited_sums

ACCOUNTS, REVENUE, YEAR, POINTS = "accounts", "revenue", "year", "points"
CONTACTS, ON_TIME, COMPLAINTS = "contacts", "on_time", "complaints"
ACTIVITIES = "activities"
ONE_DAY = timedelta(days=1)


def month_figures(company, start, day, scope=None):
    """Return a SELECT of (user_id, code, tier_id, value, base) of a month.

    Codes: accounts (by tier, value: number), revenue (value: of the month), year
    (value: revenue since January), points (value: net of the month, in the main
    program), contacts (value: visits, base: all contacts), on_time (value: kept, base:
    owed), complaints (value: settled, base: received), activities (value: guests who
    came, base: activities).
    Whose an account is goes by the last day; what was before the first line of its
    history goes by that line. Flush before.

    :param start: the first day of the month
    :param day: its last day, or today
    :param scope: (ids of units, id of a user): what is of these units, and what is this
        user's own; all of the company when None
    """
    units, me = scope or ((), 0)

    def seen(unit, user):
        if scope is None:
            return SQL("TRUE")
        return SQL("(%s = ANY(%s) OR %s = %s)", unit, list(units), user, me)

    midnights = (datetime.combine(each, time.min) for each in (start, day + ONE_DAY))
    begin, end = map(company._club_utc, midnights)
    return SQL(
        """
        WITH lead AS MATERIALIZED (
            SELECT DISTINCT ON (t.account_id) t.account_id,
                   CASE WHEN t.date_to < %(day)s THEN NULL ELSE t.user_id END AS user_id
              FROM club_account_team t
             WHERE t.company_id = %(company)s AND t.role = 'lead'
             ORDER BY t.account_id, t.date_from <= %(day)s DESC,
                      abs(%(day)s::date - t.date_from)),
        place AS MATERIALIZED (
            SELECT DISTINCT ON (u.account_id) u.account_id, u.unit_id
              FROM club_account_unit u
             WHERE u.company_id = %(company)s
             ORDER BY u.account_id, u.date_from <= %(day)s DESC,
                      abs(%(day)s::date - u.date_from)),
        mine AS MATERIALIZED (
            SELECT l.account_id, l.user_id, p.unit_id
              FROM lead l
              JOIN res_partner a ON a.id = l.account_id AND a.active
         LEFT JOIN place p ON p.account_id = l.account_id
             WHERE l.user_id IS NOT NULL AND %(seen_account)s),
        tier AS (
            SELECT DISTINCT ON (m.account_id) m.account_id, m.tier_id
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
              JOIN club_tier t ON t.id = m.tier_id
              JOIN club_program p ON p.id = m.program_id
             WHERE m.company_id = %(company)s AND m.state = 'valid'
               AND m.date_from <= %(day)s AND m.date_grace >= %(day)s
             ORDER BY m.account_id, t.sequence DESC, p.sequence, p.id),
        credited AS MATERIALIZED (
            SELECT c.user_id, c.month, sum(c.amount) AS amount
              FROM (%(credited)s) c
             WHERE c.user_id IS NOT NULL AND %(seen_revenue)s
             GROUP BY 1, 2)
        SELECT user_id, 'accounts' AS code, tier_id, count(*)::float8 AS value,
               0::float8 AS base
          FROM mine LEFT JOIN tier USING (account_id)
         GROUP BY user_id, tier_id
         UNION ALL
        SELECT user_id, 'revenue', NULL,
               coalesce(sum(amount) FILTER (WHERE month = %(start)s), 0)::float8, 0
          FROM credited
         GROUP BY user_id
         UNION ALL
        SELECT user_id, 'year', NULL, sum(amount)::float8, 0
          FROM credited
         GROUP BY user_id
         UNION ALL
        SELECT mine.user_id, 'points', NULL, sum(e.points)::float8, 0
          FROM club_points_entry e
          JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                                AND r.program_id = %(main)s
          JOIN mine ON mine.account_id = e.account_id
         WHERE e.date BETWEEN %(start)s AND %(day)s
           AND e.kind NOT IN ('redemption', 'expiry')
         GROUP BY mine.user_id
         UNION ALL
        SELECT l.user_id, 'contacts', NULL,
               (count(*) FILTER (WHERE l.channel = 'visit'))::float8, count(*)::float8
          FROM club_contact_log l
         WHERE l.company_id = %(company)s AND l.state <> 'returned'
           AND l.held_on BETWEEN %(start)s AND %(day)s AND %(seen_contact)s
         GROUP BY l.user_id
         UNION ALL
        SELECT d.user_id, 'on_time', NULL,
               (count(*) FILTER (WHERE d.state = 'done'
                                   AND d.done_on <= d.date_due))::float8,
               count(*)::float8
          FROM club_duty d
         WHERE d.company_id = %(company)s AND d.user_id IS NOT NULL
           AND d.state <> 'waived' AND d.date_due BETWEEN %(start)s AND %(day)s
           AND %(seen_duty)s
         GROUP BY d.user_id
         UNION ALL
        SELECT mine.user_id, 'complaints', NULL,
               (count(*) FILTER (WHERE n.state IN ('done', 'dropped')))::float8,
               count(*)::float8
          FROM club_need n
          JOIN mine ON mine.account_id = n.account_id
         WHERE n.company_id = %(company)s AND n.is_complaint
           AND n.date_received BETWEEN %(start)s AND %(day)s
         GROUP BY mine.user_id
         UNION ALL
        SELECT mine.user_id, 'activities', NULL, count(*)::float8,
               count(DISTINCT i.activity_id)::float8
          FROM club_invitation i
          JOIN club_activity a ON a.id = i.activity_id
                              AND a.company_id = %(company)s
          JOIN mine ON mine.account_id = i.account_id
         WHERE i.state = 'attended'
           AND a.date_begin >= %(begin)s AND a.date_begin < %(end)s
         GROUP BY mine.user_id
        """,
        company=company.id,
        # sudo: which one is the main one is no secret
        main=company.env["club.program"].sudo()._get_main(company).id or None,
        start=start,
        day=day,
        begin=begin,
        end=end,
        credited=credited_sums(company.env, company.id, start.replace(month=1), day),
        seen_account=seen(SQL("p.unit_id"), SQL("l.user_id")),
        seen_revenue=seen(SQL("c.unit_id"), SQL("c.user_id")),
        seen_contact=seen(SQL("l.unit_id"), SQL("l.user_id")),
        seen_duty=seen(SQL("d.unit_id"), SQL("d.user_id")),
    )
