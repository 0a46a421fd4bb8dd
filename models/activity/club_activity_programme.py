from odoo import api, fields, models


class ClubActivityProgramme(models.Model):
    """A point of the day's programme, and who sees to it. Rule C4."""

    _name = "club.activity.programme"
    _description = "Point of the Programme"
    _inherit = ["club.record.mixin"]
    _club_parent = "activity_id"
    _order = "time_from, id"

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
    stage = fields.Selection(related="activity_id.stage")
    time_from = fields.Datetime(
        "From",
        compute="_compute_time_from",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    time_to = fields.Datetime("To")
    name = fields.Char("What", required=True)
    place = fields.Char("Where")
    user_id = fields.Many2one(
        "res.users",
        "Who",
        index=True,
        check_company=True,
        domain=[("share", "=", False)],
        help="Who sees to it; it is one of his duties.",
    )
    helpers = fields.Char("Also", help="Others who help: drivers, hosts, speakers.")
    duty = fields.Char(help="What is to be done, in a few words.")
    transport = fields.Char()
    materials = fields.Char()

    _times = models.Constraint(
        "CHECK(time_to IS NULL OR time_to >= time_from)",
        "A point of the programme can't end before it begins.",
    )

    @api.depends("activity_id.date_begin")
    def _compute_time_from(self):
        for point in self:
            point.time_from = point.time_from or point.activity_id.date_begin
