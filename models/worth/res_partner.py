from decimal import Decimal

from odoo import api, fields, models

from ...kernel import gift_limit
from ..approval.states import STATES
from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import open_list
from ..record.rpc import for_one
from .gift_limits import read_counted, read_limits
from .gift_states import GIVEN


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_club_figures(self):
        """Add this year's plan, the cards that are valid, and the last gift."""
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
                *("club_last_gift_on", "club.gift", [("state", "=", GIVEN)]),
                value="given_on:max",
                is_shared=True,
            ),
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

    # === Gifts. Rule D17 === #
    club_last_gift_on = fields.Date(
        "Last Gift On", compute="_compute_club_figures", groups=READERS
    )
    club_gift_is_limited = fields.Boolean(
        "Gifts Limited",
        compute="_compute_club_gift_limit",
        groups=READERS,
        help="Its class of today limits what it is given in a year.",
    )
    club_gift_limit = fields.Monetary(
        "Gifts a Year",
        compute="_compute_club_gift_limit",
        groups=READERS,
        help="What the account may be given this year, where that is limited; 0 may be "
        "a limit, too.",
    )
    club_gift_given = fields.Monetary(
        "Gifts of the Year",
        compute="_compute_club_gift_given",
        groups=READERS,
        help="Given to the account this year, or promised.",
    )
    club_gift_left = fields.Monetary(
        "Gifts Left",
        compute="_compute_club_gift_left",
        groups=READERS,
        help="What the account may still be given this year; 0 where nothing limits "
        "it.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_gift_limit(self):
        """Say it of whole accounts, in the company in use, to who may know it."""
        today = self.env.company._club_today()
        accounts = self.commercial_partner_id._origin._filter_club_readable()
        limits = read_limits(
            self.env, self.env.company, [(key, today) for key in accounts.ids]
        )
        for partner in self:
            limit = limits.get((partner.commercial_partner_id._origin.id, today))
            partner.club_gift_is_limited = limit is not None
            partner.club_gift_limit = float(limit.amount) if limit else 0

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_gift_given(self):
        """Count it of whole accounts, for who may know it."""
        year = self.env.company._club_today().year
        accounts = self.commercial_partner_id._origin._filter_club_readable()
        counted = read_counted(
            self.env, self.env.company, [(key, year) for key in accounts.ids]
        )
        for partner in self:
            key = (partner.commercial_partner_id._origin.id, year)
            partner.club_gift_given = float(counted.get(key, 0))

    @api.depends("club_gift_is_limited", "club_gift_limit", "club_gift_given")
    @api.depends_context("company", "uid")
    def _compute_club_gift_left(self):
        """Ask what was given where something limits it only."""
        limited = self.filtered("club_gift_is_limited")
        (self - limited).club_gift_left = 0
        for partner in limited:
            left = gift_limit.get_left(
                Decimal(str(partner.club_gift_limit)),
                Decimal(str(partner.club_gift_given)),
            )
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
