from odoo import fields, models

from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_cooperation_count = fields.Integer(
        "Cooperations",
        compute="_compute_club_cooperation_count",
        groups=READERS,
    )

    def _compute_club_cooperation_count(self):
        """Count the contracts with the supplier that the user may read."""
        found = dict(
            self.env["club.cooperation"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.club_cooperation_count = found.get(partner.commercial_partner_id, 0)

    @for_one
    def action_open_club_cooperations(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_cooperation_action"
        )
        supplier = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", supplier.id)],
            "context": {"default_partner_id": supplier.id},
        }
