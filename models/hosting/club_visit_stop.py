from odoo import api, fields, models

from ..record.names import add_title


class ClubVisitStop(models.Model):
    """A place that visitors are shown, in order. Rule D11."""

    _name = "club.visit.stop"
    _description = "Stop of a Premises Visit"
    _inherit = ["club.record.mixin"]
    _order = "visit_id, sequence, time, id"
    _club_texts = ("name", "note")
    _club_parent = "visit_id"

    visit_id = fields.Many2one(
        "club.visit", "Premises Visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="visit_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    time = fields.Float(help="Hour of the day.")
    minutes = fields.Integer("Duration", default=15, help="In minutes.")
    name = fields.Char("Place", required=True)
    guide_id = fields.Many2one(
        "res.users",
        "Guided by",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Who explains it, if not the guide of the visit.",
    )
    is_no_photo = fields.Boolean(
        "No Photos", help="Nobody takes pictures here: it stands on the programme."
    )
    note = fields.Char()

    _numbers = models.Constraint(
        "CHECK(time >= 0 AND time < 24 AND minutes >= 0)",
        "A stop begins between 0:00 and 24:00 and doesn't take less than no time.",
    )

    @api.depends("name", "visit_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for stop in self:
            stop.display_name = add_title(self.env, stop.visit_id.name, stop.name or "")
