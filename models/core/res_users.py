from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    club_led_unit_ids = fields.Many2many(
        "crm.team",
        string="Units Led",
        compute="_compute_club_led_unit_ids",
        help="Units of which the user is the team leader; rules add those below.",
    )
    club_clerk_unit_ids = fields.Many2many(
        "crm.team",
        string="Units Verified",
        compute="_compute_club_clerk_unit_ids",
        help="Units whose points clerk the user is today. Rule B5.",
    )

    def _compute_club_led_unit_ids(self):
        led = dict(
            self.env["crm.team"]
            .sudo()
            ._read_group([("user_id", "in", self.ids)], ["user_id"], ["id:recordset"])
        )
        for user in self:
            user.club_led_unit_ids = led.get(user, self.env["crm.team"])

    @api.depends_context("uid")
    def _compute_club_clerk_unit_ids(self):
        clerks = self.env["club.unit.clerk"].sudo()
        today = fields.Date.context_today(self)
        seats = dict(
            clerks._read_group(
                [("user_id", "in", self.ids), *clerks._domain_in_force(today)],
                ["user_id"],
                ["unit_id:recordset"],
            )
        )
        for user in self:
            user.club_clerk_unit_ids = seats.get(user, self.env["crm.team"])
