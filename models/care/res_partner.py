from odoo import fields, models

from ..record.groups import USER
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_founded_on = fields.Date(
        "Founded On", help="Of a company, for the greeting of its anniversary."
    )
    club_greeting_count = fields.Integer(
        "Greetings", compute="_compute_club_greeting_count", groups=USER
    )

    def _compute_club_greeting_count(self):
        """Count what was sent to the account's people, or to the person."""
        lines = self.env["club.greeting.line"]
        counts = {}
        for name in ("account_id", "contact_id"):
            counts |= dict(
                lines._read_group(
                    [(name, "in", self._origin.ids), ("state", "=", "sent")],
                    [name],
                    ["__count"],
                )
            )
        for partner in self:
            partner.club_greeting_count = counts.get(partner._origin, 0)

    @for_one
    def action_open_club_greetings(self):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_greeting_line_action"
        )
        is_account = self.commercial_partner_id == self
        name = "account_id" if is_account else "contact_id"
        return {**action, "domain": [(name, "=", self.id)], "context": {}}
