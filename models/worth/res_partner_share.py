"""What an account brought, and with whom its revenue is shared."""

from odoo import api, fields, models

from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import open_list
from ..record.rpc import for_one

# Which unit an account is of follows from these.
OF_A_UNIT = {"club_unit_id", "parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_referral_count = fields.Integer(
        "Leads It Brought", compute="_compute_club_figures", groups=READERS
    )
    club_share_count = fields.Integer(
        "Revenue Shares", compute="_compute_club_figures", groups=READERS
    )

    @api.model
    def _get_club_figures(self):
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_referral_count", "club.referral"),
                account="brought_by_account_id",
            ),
            Figure("club_share_count", "club.revenue.share"),
        ]

    @for_one
    def action_open_club_referrals(self):
        """Open what this account brought, and what came of it. Rule D13."""
        return open_list(self, "club_referral_action", "brought_by_account_id")

    @for_one
    def action_open_club_shares(self):
        """Open the shares of this account's revenue. Rule B11."""
        return open_list(self, "club_revenue_share_action", "account_id")

    # === Which unit it is of, over time === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(values.get("club_unit_id") for values in vals_list):
            self.env["club.account.unit"].sudo()._follow_units(partners)
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not OF_A_UNIT.isdisjoint(vals):
            self.env["club.account.unit"].sudo()._follow_units(self)
        return result
