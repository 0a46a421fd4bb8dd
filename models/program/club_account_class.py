from odoo import fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ClubAccountClass(models.Model):
    """A class of accounts that gives a floor in tier groups. Rule A4."""

    _name = "club.account.class"
    _description = "Account Class"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "sequence, id"
    _club_zeros = {"duration_months": _lt("No end")}
    _club_logged = ("name", "code", "active", "company_id", "duration_months")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    duration_months = fields.Integer(
        "Ends After (Months)",
        aggregator=None,
        help="A class given without an end date ends after so many months. 0: never.",
    )
    note = fields.Text(translate=True)
    floor_ids = fields.One2many("club.account.class.floor", "class_id", "Floors")

    _code_uniq = models.UniqueIndex(
        "(coalesce(company_id, 0), code)", "Each account class code exists once."
    )
    _duration = models.Constraint(
        "CHECK(duration_months >= 0)", "A class can't end before it begins."
    )
