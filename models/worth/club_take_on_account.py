from odoo import fields, models


class ClubTakeOnAccount(models.Model):
    """An account that a take-on brought in: it is taken on once. Rule A14."""

    _name = "club.take.on.account"
    _description = "Account Taken On"
    _inherit = ["club.record.mixin"]
    _order = "take_on_id desc, id"
    _rec_name = "account_id"
    _club_by_code = True
    _club_parent = "take_on_id"
    _club_keeps = "account_id"

    take_on_id = fields.Many2one(
        "club.take.on", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="take_on_id.company_id", store=True)
    account_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    is_new = fields.Boolean(
        "Made by It", readonly=True, help="It wasn't known before: it was created."
    )
