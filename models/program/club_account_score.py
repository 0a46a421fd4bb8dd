from odoo import fields, models

from .club_indicator import ASSESSED


class ClubAccountScore(models.Model):
    """A branch's own assessment of an account, 0 to 100, from a day on. Rule A7."""

    _name = "club.account.score"
    _description = "Account Score"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "account_id, indicator_id, date_from desc, id desc"
    _rec_name = "indicator_id"
    _club_logged = ("account_id", "indicator_id", "date_from", "value", "note")

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    indicator_id = fields.Many2one(
        "club.indicator",
        required=True,
        ondelete="restrict",
        domain=[("code", "in", [code for code, _label in ASSESSED])],
    )
    company_id = fields.Many2one(related="indicator_id.company_id", store=True)
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._club_today()
    )
    value = fields.Float(
        "Score", required=True, digits=(6, 2), aggregator="avg", help="0 to 100."
    )
    note = fields.Char("Reason")
    create_uid = fields.Many2one("res.users", string="Assessed by", readonly=True)

    _value_range = models.Constraint(
        "CHECK(value BETWEEN 0 AND 100)", "A score lies between 0 and 100."
    )
