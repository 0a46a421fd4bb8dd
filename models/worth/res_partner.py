from odoo import api, fields, models

from ...kernel import gift_limit
from ..approval.states import STATES
from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import open_list
from ..record.rpc import for_one
from .gift_limits import NOTHING, read_standings

# Which unit an account is of follows from these.
OF_A_UNIT = {"club_unit_id", "parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_club_figures(self):
        """Add plans, cards, what it brought, and with whom its revenue is shared."""
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
            Figure(
                *("club_card_count", "club.card", [("is_valid", "=", True)]),
                contact="holder_id",
            ),
            Figure(
                *("club_referral_count", "club.referral"),
                account="brought_by_account_id",
            ),
            Figure("club_share_count", "club.revenue.share"),
        ]

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

    # === Referrals and revenue shares === #

    club_referral_count = fields.Integer(
        "Leads It Brought", compute="_compute_club_figures", groups=READERS
    )
    club_share_count = fields.Integer(
        "Revenue Shares", compute="_compute_club_figures", groups=READERS
    )

    # === Gifts. Rule D17 === #
    club_last_gift_on = fields.Date(
        "Last Gift On", compute="_compute_club_gifts", groups=READERS
    )
    club_gift_is_limited = fields.Boolean(
        "Gifts Limited",
        compute="_compute_club_gifts",
        groups=READERS,
        help="Its class of today limits what it is given in a year.",
    )
    club_gift_limit = fields.Monetary(
        "Gifts a Year",
        compute="_compute_club_gifts",
        groups=READERS,
        help="What the account may be given this year, where that is limited; 0 may be "
        "a limit, too.",
    )
    club_gift_given = fields.Monetary(
        "Gifts of the Year",
        compute="_compute_club_gifts",
        groups=READERS,
        help="Given to the account this year, or promised.",
    )
    club_gift_left = fields.Monetary(
        "Gifts Left",
        compute="_compute_club_gifts",
        groups=READERS,
        help="What the account may still be given this year; 0 where it isn't limited.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_gifts(self):
        """Say it of whole accounts, in the company in use, to who may know it."""
        company = self.env.company
        accounts = self.commercial_partner_id._origin._filter_club_readable()
        standings = read_standings(company, accounts, company._club_today())
        for partner in self:
            account = partner.commercial_partner_id._origin
            standing = standings.get(account.id, NOTHING)
            left = gift_limit.get_left(standing.limit, standing.counted)
            partner.club_last_gift_on = standing.last
            partner.club_gift_is_limited = standing.limit is not None
            partner.club_gift_limit = float(standing.limit or 0)
            partner.club_gift_given = float(standing.counted)
            partner.club_gift_left = float(left or 0)

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

    # === Referrals and revenue shares === #

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
            # sudo: it follows, whoever writes the account
            self.env["club.account.unit"].sudo()._follow_units(partners)
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not OF_A_UNIT.isdisjoint(vals):
            # sudo: it follows, whoever writes the account
            self.env["club.account.unit"].sudo()._follow_units(self)
        return result

    @for_one
    def action_open_club_redemptions(self):
        """Open what the account redeemed, and what it has reserved. Rule B13."""
        return self._get_club_action("club_redemption_action")

    @for_one
    def action_open_club_gifts(self):
        """Open the account's gifts. Rule D17."""
        self.check_access("read")
        account = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_gift_action"
        )
        return {
            **action,
            "domain": [
                ("account_id", "=", account.id),
                ("company_id", "=", self.env.company.id),
            ],
            "context": {"default_account_id": account.id},
        }

    # === Cards. Rule A13 === #

    club_card_count = fields.Integer(
        "Valid Cards",
        compute="_compute_club_figures",
        groups=READERS,
        help="Membership cards that are valid today.",
    )

    @for_one
    def action_open_club_cards(self):
        """List the account's cards, or those that the person holds."""
        is_account = self.commercial_partner_id == self
        link = "account_id" if is_account else "holder_id"
        action = open_list(self, "club_card_action", link)
        return {**action, "context": {}}
