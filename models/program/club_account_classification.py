from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel import windows


class ClubAccountClassification(models.Model):
    """A class given to an account, from one day to another, and why. Rule A4."""

    _name = "club.account.classification"
    _description = "Class of an Account"
    _inherit = ["mail.thread", "club.guard.mixin", "club.scope.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "class_id"
    _check_company_auto = True

    _club_guarded = ("decider_id",)

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    class_id = fields.Many2one(
        "club.account.class",
        required=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self),
    )
    date_to = fields.Date(
        "To",
        tracking=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        help="The last day. Filled in when the class ends by itself.",
    )
    decider_id = fields.Many2one(
        "res.users",
        "Decided by",
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    reason = fields.Char(required=True, tracking=True)

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A class must not end before it begins.",
    )

    @api.depends("class_id", "date_from")
    def _compute_date_to(self):
        for record in self:
            months = record.class_id.duration_months
            if months and record.date_from and not record.date_to:
                record.date_to = windows.term_end(record.date_from, months)

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            if values.get("account_id"):
                account = self.env["res.partner"].browse(values["account_id"])
                values["account_id"] = account.commercial_partner_id.id
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        today = fields.Date.context_today(self)
        for record in self:
            if record.date_from <= today:
                raise UserError(
                    self.env._(
                        "The class %(class)s of %(account)s has begun and is part of "
                        "its history: set its end date instead of deleting it.",
                        **{
                            "class": record.class_id.name,
                            "account": record.account_id.display_name,
                        },
                    )
                )
