from odoo import fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "club.guard.mixin"]

    club_tier_id = fields.Many2one(
        related="partner_id.club_tier_id", string="Membership Tier"
    )
    club_grade_id = fields.Many2one(
        related="partner_id.club_grade_id", string="Customer Grade"
    )
    club_tier_color = fields.Integer("Tier Color", related="club_tier_id.color")
    club_grade_color = fields.Integer("Grade Color", related="club_grade_id.color")
