from odoo import fields, models

from ..rpc import for_one


class ClubMembership(models.Model):
    _inherit = "club.membership"

    override_id = fields.Many2one(
        "club.tier.override",
        "Signed Document",
        compute="_compute_override_id",
        groups="crm_club.crm_club_group_lead,crm_club.crm_club_group_auditor",
        help="The document by which this tier was set by hand.",
    )

    def _compute_override_id(self):
        """Follow the record rules of the documents."""
        overrides = self.env["club.tier.override"].search(
            [("membership_id", "in", self.ids)]
        )
        found = {override.membership_id.id: override for override in overrides}
        for membership in self:
            membership.override_id = found.get(membership.id)

    @for_one
    def action_open_override(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self.override_id._name,
            "res_id": self.override_id.id,
            "views": [(False, "form")],
        }
