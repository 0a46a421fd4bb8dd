from odoo import api, fields, models

from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_cooperation_count = fields.Integer(
        "Cooperations",
        compute="_compute_club_figures",
        groups=READERS,
    )

    @api.model
    def _get_club_figures(self):
        """Add the contracts with the supplier, which his people show, too."""
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_cooperation_count", "club.cooperation"),
                account="partner_id",
                is_shared=True,
                is_of_company=False,
            ),
        ]

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
