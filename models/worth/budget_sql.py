"""What points of a year propose as budgets of the next, in one statement. Rule B8."""

from datetime import date

from odoo.tools import SQL

from ..membership.club_membership import VALID


def prepare_query(sheet, user_id):
    """Return the statement that gives a sheet a line for each account that lacks one.

    Members of today and whoever has points of the year before. Lines that nobody has
    decided otherwise follow their points; those that aren't due any more go. An account
    that another sheet of the year lists has its line there.
    """
    return SQL(
        """
        WITH due AS MATERIALIZED (%(due)s),
        refreshed AS (
            UPDATE club_marketing_budget l
               SET tier_id = due.tier_id, points = due.points, rate = due.rate,
                   proposed = due.proposed, granted = due.proposed,
                   write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
              FROM due
             WHERE l.budget_id = %(sheet)s AND l.account_id = due.account_id
               AND %(undecided)s AND l.is_prepared
               AND (l.tier_id, l.points, l.rate)
                   IS DISTINCT FROM (due.tier_id, due.points, due.rate)),
        dropped AS (
            DELETE FROM club_marketing_budget l
             WHERE l.budget_id = %(sheet)s AND %(undecided)s AND l.is_prepared
               AND NOT EXISTS (SELECT FROM due WHERE due.account_id = l.account_id))
        INSERT INTO club_marketing_budget
               (budget_id, company_id, year, account_id, tier_id, points, rate,
                proposed, granted, is_prepared, create_uid, write_uid, create_date,
                write_date)
        SELECT %(sheet)s, %(company)s, %(year)s, account_id, tier_id, points, rate,
               proposed, proposed, true, %(user)s, %(user)s,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM due
         WHERE NOT EXISTS (SELECT FROM (%(listed)s) o
                            WHERE o.account_id = due.account_id)
        """,
        due=_due(sheet),
        undecided=SQL("coalesce(l.reason, '') = '' AND l.granted = l.proposed"),
        listed=_listed(sheet),
        sheet=sheet.id,
        company=sheet.company_id.id,
        year=sheet.year,
        user=user_id,
    )


def figures_query(sheet, line_ids):
    """Return the statement that writes down for lines made by hand what their points
    propose: nothing, where another line of the year lists the account already.
    """
    return SQL(
        """
        WITH due AS MATERIALIZED (%(due)s)
        UPDATE club_marketing_budget l
           SET tier_id = due.tier_id, points = due.points, rate = due.rate,
               proposed = CASE WHEN EXISTS (
                               SELECT FROM (%(listed)s) o
                                WHERE o.account_id = l.account_id AND o.id < l.id)
                          THEN 0 ELSE due.proposed END
          FROM due
         WHERE l.id = ANY(%(ids)s) AND l.account_id = due.account_id
        """,
        due=_due(sheet, line_ids),
        listed=_listed(sheet),
        ids=line_ids,
    )


def _due(sheet, line_ids=None):
    """Return the SELECT of account_id, tier_id, points, rate, proposed."""
    program = sheet.program_id
    only = SQL()
    if line_ids is not None:
        only = SQL(
            "AND x.account_id IN (SELECT account_id FROM club_marketing_budget"
            " WHERE id = ANY(%s))",
            line_ids,
        )
    return SQL(
        """
        SELECT a.id AS account_id, t.tier_id, coalesce(p.points, 0) AS points,
               coalesce(t.rate, 0) AS rate,
               round(greatest(coalesce(p.points, 0), 0) * coalesce(t.rate, 0), 2)
               AS proposed
          FROM (SELECT DISTINCT ON (x.account_id) x.account_id, x.tier_id,
                       coalesce(w.budget_rate, 0) AS rate
                  FROM club_membership x
                  JOIN club_tier w ON w.id = x.tier_id
                  JOIN club_tier_group g ON g.id = x.group_id AND g.purpose <> 'grade'
                 WHERE x.program_id = %(program)s AND x.state = %(valid)s
                   AND x.date_from <= %(today)s AND x.date_grace >= %(today)s %(only)s
                 ORDER BY x.account_id, w.sequence DESC) t
          FULL JOIN (
                SELECT x.account_id, sum(x.points)::numeric(16, 2) AS points
                  FROM club_points_entry x
                  JOIN club_points_run r
                    ON r.id = x.run_id AND r.state = 'posted'
                   AND r.program_id = %(program)s
                 WHERE x.kind = ANY(%(kinds)s) AND x.date BETWEEN %(start)s AND %(end)s
                       %(only)s
                 GROUP BY x.account_id) p ON p.account_id = t.account_id
          JOIN res_partner a ON a.id = coalesce(t.account_id, p.account_id) AND a.active
         WHERE t.account_id IS NOT NULL OR p.points > 0
        """,
        program=program.id,
        valid=VALID,
        today=program.with_company(sheet.company_id)._today(),
        only=only,
        kinds=list(program._get_qualifying_kinds()),
        start=date(sheet.reference_year, 1, 1),
        end=date(sheet.reference_year, 12, 31),
    )


def _listed(sheet):
    """Return the lines of all sheets of the program's year."""
    return SQL(
        """
        SELECT y.id, y.account_id
          FROM club_marketing_budget y
          JOIN club_budget s ON s.id = y.budget_id
         WHERE s.program_id = %s AND s.year = %s
        """,
        sheet.program_id.id,
        sheet.year,
    )
