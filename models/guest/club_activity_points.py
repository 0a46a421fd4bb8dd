"""Attendance points of an activity, posted through the ledger, once. Rule B10."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..activity.club_activity import CLOSED, HELD
from ..record.hold import hold
from ..record.rpc import for_one


class ClubActivity(models.Model):
    _inherit = "club.activity"

    attendance_points = fields.Float(
        "Points per Guest",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator=None,
        help="As the type of activity said when they were first posted.",
    )
    attendance_run_ids = fields.One2many(
        "club.points.run", "activity_id", "Attendance Runs", readonly=True
    )
    attendance_posted = fields.Float(
        "Attendance Points",
        digits=(16, 2),
        compute="_compute_attendance_posted",
        compute_sudo=True,
        help="Posted so far, to all accounts.",
    )

    def _compute_attendance_posted(self):
        sums = dict(
            self.env["club.points.run"]._read_group(
                [("activity_id", "in", self._origin.ids), ("state", "=", "posted")],
                ["activity_id"],
                ["points:sum"],
            )
        )
        for activity in self:
            activity.attendance_posted = sums.get(activity._origin, 0)

    @for_one
    def action_post_attendance(self):
        """Give the accounts the points for those of their guests who came. Rule B10.

        What is corrected afterwards posts the difference. Attendance asks for no points
        agreement, since no revenue is behind it (B4).

        :raises UserError: when the activity wasn't held, gives none, or all is posted
        """
        self = self._without_client_context()
        self._check_guest_officer()
        self._check_guests_open((CLOSED, HELD))
        activity_sudo = self.sudo().with_company(self.company_id)
        activity_sudo._hold_guests()
        activity_sudo.invalidate_recordset()
        activity_sudo._fix_attendance_points()
        program = activity_sudo._get_attendance_program()
        hold(program)
        # As superuser, in the user's name: runs are nobody's to make.
        runs_sudo = activity_sudo.env["club.points.run"]
        run = runs_sudo._post_attendance(activity_sudo, program)
        if not run:
            raise UserError(
                self.env._(
                    "The attendance points of “%s” are posted, and nothing has changed "
                    "since.",
                    self.theme,
                )
                if activity_sudo.attendance_run_ids
                else self.env._("Nobody came to “%s” who earns points.", self.theme)
            )
        return True

    @for_one
    def action_open_attendance_runs(self):
        """Show what was posted, to whoever may read it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_entry_action"
        )
        runs_sudo = self.sudo().attendance_run_ids
        # The kind lets PostgreSQL use the index of attendance.
        domain = [("run_id", "in", runs_sudo.ids), ("kind", "=", "attendance")]
        return {**action, "domain": domain, "context": {}}

    def _fix_attendance_points(self):
        """Keep the points per guest once some are posted: a later change of the type
        isn't a correction of the attendance.
        """
        if not self.attendance_run_ids:
            self._write_guarded({"attendance_points": self.type_id.attendance_points})
        if not self.attendance_points:
            raise UserError(
                self.env._(
                    "Activities of the type %s give no attendance points.",
                    self.type_id.name,
                )
            )

    def _get_attendance_program(self):
        """Return the program that the points go to, the same one for corrections."""
        program = self.attendance_run_ids[:1].program_id or self._get_guest_program()
        if not program:
            raise UserError(
                self.env._(
                    "%s has no club program to post points in.", self.company_id.name
                )
            )
        return program
