from odoo import api, fields, models

from ...kernel.guest_states import ATTENDED
from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_invited_count = fields.Integer(
        "Invited", compute="_compute_club_figures", groups=READERS
    )
    club_came_count = fields.Integer(
        "Came", compute="_compute_club_figures", groups=READERS
    )

    @api.model
    def _get_club_figures(self):
        """Add of an account all its guests, of a person himself."""
        invited = [("invited_at", "!=", False)]
        return [
            *super()._get_club_figures(),
            *(
                Figure(name, "club.invitation", domain, contact="contact_id")
                for name, domain in (
                    ("club_invited_count", invited),
                    ("club_came_count", [*invited, ("state", "=", ATTENDED)]),
                )
            ),
        ]

    @for_one
    def action_open_club_invitations(self):
        """Show what the account or person was invited to."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_invitation_action"
        )
        return {
            **action,
            "domain": [
                ("company_id", "=", self.env.company.id),
                "|",
                ("account_id", "=", self.id),
                ("contact_id", "=", self.id),
            ],
            "context": {},
        }
