"""The runs that post attendance points. Rule B10.

A run holds the difference between what the attendance of an activity calls for and what
is posted for it, so posting again posts nothing, and a corrected attendance the rest.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel import windows
from ..points.attendance import due_query
from ..program.club_points_kind import ATTENDANCE
from ..record.rpc import for_one


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    activity_id = fields.Many2one(
        "club.activity",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The activity whose attendance this run posts.",
    )
    activity_no = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many runs of the activity there are so far.",
    )

    # Idempotence: two who post an activity at once can't both have the next run.
    _activity_uniq = models.UniqueIndex(
        "(activity_id, activity_no) WHERE activity_id IS NOT NULL",
        "The attendance was posted at the same moment: reload the page.",
    )

    @api.model
    def _get_sealed_columns(self):
        return (*super()._get_sealed_columns(), "activity_id", "activity_no")

    @api.model
    def _get_documents(self):
        return {
            **super()._get_documents(),
            ATTENDANCE: (
                "club.activity",
                "attendance_run_ids",
                self.env._(
                    "Attendance is posted by its activity only: press Post Attendance "
                    "Points there."
                ),
            ),
        }

    @for_one
    def action_open_activity(self):
        """Open the activity that this run was posted for."""
        return self.action_open_document()

    @api.model
    def _post_attendance(self, activity, program):
        """Post what attendance calls for and isn't posted, as one sealed run.

        The caller holds the activity and the program, and has checked the user.

        :return: the run; none when there is nothing to post
        """
        earlier = self.search_count([("activity_id", "=", activity.id)])
        return self._post_document(
            ATTENDANCE,
            program,
            self._get_attendance_rows(activity, program),
            note=activity.display_name,
            activity_id=activity.id,
            activity_no=earlier + 1,
        )

    @api.model
    def _get_attendance_rows(self, activity, program):
        """Return the SELECT of an entry for each account of which something isn't
        posted.

        The points belong to the month in which the activity took place, corrections
        too: so they end on the same day as what they correct.
        """
        month = windows.month_start(activity.company_id._club_day(activity.date_end))
        return SQL(
            """
            SELECT account_id, round(due::numeric - posted::numeric, 2),
                   %(valid_until)s::date, %(reason)s, NULL
              FROM (%(due)s) d
             WHERE round(due::numeric, 2) <> round(posted::numeric, 2)
            """,
            valid_until=program._valid_until(month),
            reason=" ".join(activity.display_name.split()),
            due=due_query(program.id, SQL("x.id = %s", activity.id)),
        )
