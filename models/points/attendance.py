"""What the attendance of activities calls for, and what is posted, as SQL. Rule B10."""

from odoo.tools import SQL


def due_query(program_id, activities):
    """Return the SELECT of activity_id, account_id, due, posted: per guest who came.

    Members' guests earn, those below the tier, too; companions, prospects and partners'
    guests don't. No agreement is asked for: that is for revenue (rule B4). In the
    program whose tiers the activity goes by, the tier of the invitation tells who is a
    member; in further programs of the company the membership on the day.

    :param program_id: whose points are meant
    :param activities: condition on activities, as ``x``
    """
    return SQL(
        """
        SELECT activity_id, account_id, sum(due) AS due, sum(posted) AS posted
          FROM (SELECT x.id AS activity_id, i.account_id,
                       count(*) * x.attendance_points AS due, 0 AS posted
                  FROM club_invitation i JOIN club_activity x ON x.id = i.activity_id
                 WHERE %(activities)s AND i.state = 'attended'
                   AND CASE WHEN %(program)s = coalesce(
                                (SELECT t.program_id FROM club_tier t
                                  WHERE t.id = x.tier_id),
                                (SELECT p.id FROM club_program p
                                  WHERE p.company_id = x.company_id AND p.active
                                  ORDER BY p.sequence, p.id LIMIT 1))
                            THEN i.tier_id IS NOT NULL
                             AND coalesce(i.exception_kind, 'below_tier') = 'below_tier'
                            ELSE coalesce(i.exception_kind, 'below_tier')
                                 IN ('below_tier', 'prospect')
                             AND EXISTS (
                                 SELECT FROM club_membership m
                                   JOIN club_tier_group g ON g.id = m.group_id
                                    AND g.purpose <> 'grade'
                                   JOIN res_company c ON c.id = x.company_id
                                  WHERE m.account_id = i.account_id
                                    AND m.program_id = %(program)s
                                    AND m.state = 'valid'
                                    AND (x.date_begin AT TIME ZONE 'UTC' AT TIME ZONE
                                         coalesce(c.club_timezone, 'UTC'))::date
                                        BETWEEN m.date_from AND m.date_grace)
                       END
                 GROUP BY x.id, i.account_id
             UNION ALL
                SELECT x.id, e.account_id, 0, e.points
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                   AND r.program_id = %(program)s
                  JOIN club_activity x ON x.id = r.activity_id
                 WHERE %(activities)s AND e.kind = 'attendance') s
         GROUP BY activity_id, account_id
        """,
        activities=activities,
        program=program_id,
    )
