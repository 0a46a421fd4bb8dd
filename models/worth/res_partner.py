from odoo import api, fields, models

from ...kernel import gift_limit
from ..record.groups import READERS
from ..record.navigate import open_list
from ..record.rpc import for_one
from .gift_limits import NOTHING, read_standings

# Which unit an account is of follows from these.
OF_A_UNIT = {"club_unit_id", "parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Referrals and revenue shares === #

    club_referral_count = fields.Integer(
        "Leads It Brought", compute="_compute_club_referral_count", groups=READERS
    )
    club_share_count = fields.Integer(
        "Revenue Shares", compute="_compute_club_share_count", groups=READERS
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

    @api.depends_context("company", "uid")
    def _compute_club_referral_count(self):
        self._count_club(
            "club.referral", "brought_by_account_id", "club_referral_count"
        )

    @api.depends_context("company", "uid")
    def _compute_club_share_count(self):
        self._count_club("club.revenue.share", "account_id", "club_share_count")

    def _count_club(self, model, link, name):
        """Count the records that the user may read, of the company in use."""
        found = dict(
            self.env[model]._read_group(
                [
                    (link, "in", self._origin.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                [link],
                ["__count"],
            )
        )
        for partner in self:
            partner[name] = found.get(partner._origin, 0)

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
        compute="_compute_club_card_count",
        groups=READERS,
        help="Membership cards that are valid today.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_card_count(self):
        """Count for accounts what they have, and for a person what he carries."""
        domain = [("company_id", "=", self.env.company.id), ("is_valid", "=", True)]
        of_accounts, of_persons = (
            dict(
                self.env["club.card"]._read_group(
                    [*domain, (link, "in", self._origin.ids)], [link], ["__count"]
                )
            )
            for link in ("account_id", "holder_id")
        )
        for partner in self:
            is_account = partner.commercial_partner_id == partner
            counts = of_accounts if is_account else of_persons
            partner.club_card_count = counts.get(partner._origin, 0)

    @for_one
    def action_open_club_cards(self):
        """List the account's cards, or those that the person holds."""
        is_account = self.commercial_partner_id == self
        link = "account_id" if is_account else "holder_id"
        action = open_list(self, "club_card_action", link)
        return {**action, "context": {}}
