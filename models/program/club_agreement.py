from odoo import api, fields, models
from odoo.exceptions import UserError


class ClubAgreement(models.Model):
    """The registered agreement that lets an account earn points. Rule B4."""

    _name = "club.agreement"
    _description = "Points Agreement"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _order = "date_from desc, id desc"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _rec_name = "number"
    _club_accounts = ("account_id",)

    number = fields.Char(required=True, tracking=True, copy=False)
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    date_from = fields.Date(
        "From",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._club_today(),
        help="Revenue of this day and later earns points.",
    )
    date_to = fields.Date("To", tracking=True, help="Empty: until further notice.")
    note = fields.Text()

    _number_uniq = models.UniqueIndex(
        "(program_id, number)", "This agreement number is registered already."
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "An agreement must not end before it begins.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for agreement in self:
            if agreement.date_from <= agreement.company_id._club_today():
                raise UserError(
                    self.env._(
                        "Agreement %s has begun and may have earned points: "
                        "set its end date instead of deleting it.",
                        agreement.number,
                    )
                )
