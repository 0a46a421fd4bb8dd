from odoo import api, fields, models

from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import domain_here
from ..record.rpc import for_one


class ResPartner(models.Model):
    """What a member offers others, and whom it was introduced to. Rule C1."""

    _inherit = "res.partner"

    club_match_count = fields.Integer(
        "Offers and Needs", compute="_compute_club_figures", groups=READERS
    )
    club_introduction_count = fields.Integer(
        "Introductions", compute="_compute_club_figures", groups=READERS
    )

    @api.model
    def _get_club_figures(self):
        """Add what it offers and needs, and with whom it was brought together."""
        return [
            *super()._get_club_figures(),
            Figure("club_match_count", "club.match.offer"),
            *(
                Figure("club_introduction_count", "club.introduction", account=name)
                for name in ("account_id", "other_account_id")
            ),
        ]

    @for_one
    def action_open_club_matches(self):
        """Show what the account offers and needs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_match_offer_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.id), *domain_here(self.env)],
            "context": {"default_account_id": self.id},
        }

    @for_one
    def action_open_club_introductions(self):
        """Show whom the account was introduced to, and who to it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_introduction_action"
        )
        return {
            **action,
            "domain": [
                *domain_here(self.env),
                *("|", ("account_id", "=", self.id)),
                ("other_account_id", "=", self.id),
            ],
            "context": {"default_account_id": self.id},
        }
