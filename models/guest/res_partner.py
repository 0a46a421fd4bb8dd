from odoo import api, fields, models

from ...kernel.guest_states import ATTENDED
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_invited_count = fields.Integer(
        "Invited", compute="_compute_club_guest_counts", groups=READERS
    )
    club_came_count = fields.Integer(
        "Came", compute="_compute_club_guest_counts", groups=READERS
    )

    @api.depends_context("company", "uid")
    def _compute_club_guest_counts(self):
        """Count of an account all its guests, of a person himself. Record rules say
        which of them one sees.
        """
        found = self.env["club.invitation"]._read_group(
            [
                ("company_id", "=", self.env.company.id),
                ("invited_at", "!=", False),
                "|",
                ("account_id", "in", self._origin.ids),
                ("contact_id", "in", self._origin.ids),
            ],
            ["account_id", "contact_id", "state"],
            ["__count"],
        )
        invited, came = {}, {}
        for account, contact, state, count in found:
            for partner in account | contact:
                invited[partner] = invited.get(partner, 0) + count
                came[partner] = came.get(partner, 0) + count * (state == ATTENDED)
        for partner in self:
            partner.club_invited_count = invited.get(partner._origin, 0)
            partner.club_came_count = came.get(partner._origin, 0)

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
