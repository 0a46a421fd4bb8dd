from odoo import api, fields, models

from ...kernel import budgets
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    """What was granted for an account this year, and what of it is left. Rule B8."""

    _inherit = "res.partner"

    club_budget_granted = fields.Monetary(
        "Budget Granted",
        compute="_compute_club_budget",
        groups=READERS,
        help="For this year, by signed sheets.",
    )
    club_budget_spent = fields.Monetary(
        "Amount Spent",
        compute="_compute_club_budget",
        groups=READERS,
        help="On the account this year.",
    )
    club_budget_left = fields.Monetary(
        "Left of Budget", compute="_compute_club_budget", groups=READERS
    )
    club_is_over_budget = fields.Boolean(
        "Over Budget",
        compute="_compute_club_budget",
        groups=READERS,
        help="More was spent this year than signed sheets granted.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_budget(self):
        """Follow the record rules of costs: who can't read them sees none."""
        company = self.env.company
        year = company._club_today().year
        accounts = self.commercial_partner_id._origin
        costs = self.env["club.account.cost"]
        found = costs._get_sums(accounts, company, [year]) if accounts else {}
        for partner in self:
            account = partner.commercial_partner_id._origin
            granted, spent = found.get((account.id, company.id, year), (None, 0))
            partner.club_budget_granted = granted or 0
            partner.club_budget_spent = spent
            partner.club_budget_left = budgets.get_left(granted, spent)
            partner.club_is_over_budget = budgets.is_over(granted, spent)

    @for_one
    def action_open_club_budget(self):
        """Open what was granted for the account and spent on it this year."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_account_cost_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.commercial_partner_id.id)],
            "context": {"search_default_this_year": 1},
        }
