from odoo import api, fields, models

from ..approval.states import STATES
from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Account plans. Rule D15 === #
    club_account_plan_id = fields.Many2one(
        "club.account.plan",
        "Account Plan of the Year",
        compute="_compute_club_figures",
        groups=READERS,
    )
    club_account_plan_state = fields.Selection(
        STATES,
        "Account Plan",
        compute="_compute_club_figures",
        groups=READERS,
        help="Where this year's plan stands.",
    )
    club_needs_plan = fields.Boolean(
        "Needs an Account Plan", related="club_tier_id.has_plan", groups=READERS
    )

    @api.model
    def _get_club_figures(self):
        """Add this year's plan, as far as the user may read it."""
        this_year = [
            ("year", "=", self.env.company._club_today().year),
            ("number", "=", 0),
        ]
        return [
            *super()._get_club_figures(),
            *(
                Figure(name, "club.account.plan", this_year, value=value)
                for name, value in (
                    ("club_account_plan_id", "id:max"),
                    ("club_account_plan_state", "approval_state:max"),
                )
            ),
        ]

    @for_one
    def action_open_club_account_plan(self):
        """Open this year's plan, or the form in which it is drawn up. Rule D15."""
        self.check_access("read")
        account = self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account Plan"),
            "res_model": "club.account.plan",
            "res_id": account.club_account_plan_id.id,
            "views": [(False, "form")],
            "context": {"default_account_id": account.id},
        }

    # === Rewards. Rule B13 === #

    @for_one
    def action_open_club_rewards(self):
        """Open the catalogue for this account, with what it can afford. Rule B13."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_reward_action"
        )
        return {
            **action,
            "context": {
                "default_account_id": self.commercial_partner_id.id,
                "search_default_offered": 1,
                "search_default_can_afford": 1,
            },
        }
