from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    club_tier_id = fields.Many2one(
        related="partner_id.club_tier_id", string="Membership Tier"
    )
    club_grade_id = fields.Many2one(
        related="partner_id.club_grade_id", string="Customer Grade"
    )
