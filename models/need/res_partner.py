from odoo import api, fields, models

from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    """What a member offers others, and whom it was introduced to. Rule C1."""

    _inherit = "res.partner"

    club_match_count = fields.Integer(
        "Offers and Needs", compute="_compute_club_match_count", groups=READERS
    )
    club_introduction_count = fields.Integer(
        "Introductions", compute="_compute_club_match_count", groups=READERS
    )

    @api.depends_context("uid", "company")
    def _compute_club_match_count(self):
        """Count what the user may see."""
        here = [("company_id", "=", self.env.company.id)]
        ids = self._origin.ids
        matches = dict(
            self.env["club.match.offer"]._read_group(
                [*here, ("account_id", "in", ids)], ["account_id"], ["__count"]
            )
        )
        introductions = [
            dict(
                self.env["club.introduction"]._read_group(
                    [*here, (name, "in", ids)], [name], ["__count"]
                )
            )
            for name in ("account_id", "other_account_id")
        ]
        for partner in self:
            origin = partner._origin
            partner.club_match_count = matches.get(origin, 0)
            partner.club_introduction_count = sum(
                found.get(origin, 0) for found in introductions
            )

    @for_one
    def action_open_club_matches(self):
        """Show what the account offers and needs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_match_offer_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
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
                *("|", ("account_id", "=", self.id)),
                ("other_account_id", "=", self.id),
            ],
            "context": {"default_account_id": self.id},
        }
