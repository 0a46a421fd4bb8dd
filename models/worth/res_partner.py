from odoo import api, fields, models

from ..record.groups import READERS
from ..record.navigate import open_list
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

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
        accounts = self.filtered(lambda each: each.commercial_partner_id == each)
        for partners, link in ((accounts, "account_id"), (self - accounts, "holder_id")):
            counts = partners and dict(
                self.env["club.card"]._read_group(
                    [*domain, (link, "in", partners._origin.ids)], [link], ["__count"]
                )
            )
            for partner in partners:
                partner.club_card_count = counts.get(partner._origin, 0)

    @for_one
    def action_open_club_cards(self):
        """List the account's cards, or those that the person holds."""
        is_account = self.commercial_partner_id == self
        link = "account_id" if is_account else "holder_id"
        action = open_list(self, "club_card_action", link)
        return {**action, "context": {}}
