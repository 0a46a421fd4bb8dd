from odoo import api, fields, models

from ..record.day import check_day_has_come
from ..record.names import join

EXPECTED, PRESENT, ABSENT, EXCUSED = "expected", "present", "absent", "excused"
ATTENDANCE = [
    (EXPECTED, "Expected"),
    (PRESENT, "Present"),
    (ABSENT, "Absent"),
    (EXCUSED, "Excused"),
]


class ClubActivityBriefing(models.Model):
    """Who was at the briefing before an activity (活动预备会). Rule C4."""

    _name = "club.activity.briefing"
    _description = "Attendance of a Briefing"
    _inherit = ["club.record.mixin"]
    _club_parent = "activity_id"
    _order = "activity_id, id"
    _rec_name = "user_id"

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        check_company=True,
        domain=[("share", "=", False)],
    )
    duties = fields.Char(compute="_compute_duties")
    state = fields.Selection(ATTENDANCE, "Attendance", default=EXPECTED, required=True)
    note = fields.Char()

    _user_uniq = models.UniqueIndex(
        "(activity_id, user_id)", "This person is on the list already."
    )

    @api.constrains("state", "activity_id")
    def _check_day(self):
        """Who was there is noted from the day on: that of the briefing, and of the
        activity where none is in the calendar. Rule C4.
        """
        for row in self.filtered(lambda row: row.state in (PRESENT, ABSENT)):
            activity_sudo = row.activity_id.sudo()  # whoever may read the meeting
            check_day_has_come(
                activity_sudo.with_env(self.env),
                activity_sudo.briefing_at or activity_sudo.date_begin,
            )

    def _compute_duties(self):
        points = self.activity_id.programme_ids.grouped(
            lambda point: (point.activity_id, point.user_id)
        )
        for row in self:
            found = points.get((row.activity_id, row.user_id))
            names = found.mapped(lambda p: p.duty or p.name) if found else []
            row.duties = join(self.env, dict.fromkeys(names))
