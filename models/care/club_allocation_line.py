from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..record.by_company import ByCompany
from ..record.lock import is_open
from .following import keep_one_line


class ClubAllocationLine(models.Model):
    """An account of an allocation: who is drawn for it, and who gets it. Rule D9."""

    _name = "club.allocation.line"
    _description = "Account of an Allocation"
    _inherit = ["club.record.mixin"]
    _order = "allocation_id, user_id, value desc, id"
    _club_parent = "allocation_id"
    _club_keeps = "account_id"
    _club_accounts = ("account_id",)
    _rec_name = "account_id"

    allocation_id = fields.Many2one(
        "club.allocation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="allocation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    tier_id = ByCompany(related="account_id.club_tier_id", string="Tier")
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    value = fields.Monetary(
        "Value of 12 Months",
        readonly=True,
        help="Effective revenue when it was drawn.",
    )
    drawn_id = fields.Many2one("res.users", "Drawn by Lot", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "New Manager",
        domain=[("share", "=", False)],
        help="Who gets the account: who was drawn, unless a reason says otherwise.",
    )
    reason = fields.Char(help="Why somebody else than who was drawn.")

    _account_uniq = models.UniqueIndex(
        "(allocation_id, account_id)", "An account is allocated once."
    )

    @api.constrains("user_id", "drawn_id", "reason")
    def _check_reason_given(self):
        for line in self:
            is_drawn = line.allocation_id.state == "drawn"
            if is_drawn and line.user_id != line.drawn_id and not line.reason:
                raise ValidationError(
                    self.env._(
                        "%s goes to somebody else than who was drawn: say why.",
                        line.account_id.display_name,
                    )
                )

    # Once drawn, only who gets an account instead is open, with a reason.

    def _club_after_create(self):
        super()._club_after_create()
        self._check_draft()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if {*self._get_club_names(vals)} - {"user_id", "reason"}:
            self._check_draft()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_draft()

    def _check_draft(self):
        for allocation in self.allocation_id:
            if allocation.state != "draft" and not is_open(self.env):
                raise allocation._get_fixed_refusal(["line_ids"])

    @api.model
    def _settle_merge(self, sources, target):
        """An allocation names the merged account once."""
        keep_one_line(self, sources, target)
