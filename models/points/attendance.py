"""What the attendance of activities calls for, and what is posted, as SQL. Rule B10."""

from odoo.tools import SQL


def due_query(activities):
    """Return the SELECT of activity_id, account_id, due, posted: per guest who came.

    Members' guests earn, those below the tier, too; companions, prospects and partners'
    guests don't. No agreement is asked for: that is for revenue (rule B4).

    :param activities: condition on activities, as ``x``
    """
    return SQL(
        """
        SELECT activity_id, account_id, sum(due) AS due, sum(posted) AS posted
          FROM (SELECT x.id AS activity_id, i.account_id,
                       count(*) * x.attendance_points AS due, 0 AS posted
                  FROM club_invitation i JOIN club_activity x ON x.id = i.activity_id
                 WHERE %(activities)s AND i.state = 'attended'
                   AND i.tier_id IS NOT NULL
                   AND coalesce(i.exception_kind, 'below_tier') = 'below_tier'
                 GROUP BY x.id, i.account_id
             UNION ALL
                SELECT x.id, e.account_id, 0, e.points
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                  JOIN club_activity x ON x.id = r.activity_id
                 WHERE %(activities)s AND e.kind = 'attendance') s
         GROUP BY activity_id, account_id
        """,
        activities=activities,
    )
