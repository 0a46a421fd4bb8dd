from odoo import api, models
from odoo.exceptions import UserError


class ClubTier(models.Model):
    _inherit = "club.tier"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named_in_requalification(self):
        """PostgreSQL refuses it too; here it is said in a sentence. Rule A10."""
        self.env.cr.execute(
            "SELECT tier_id FROM club_tier_reference WHERE tier_id = ANY(%s) LIMIT 1",
            [self.ids],
        )
        for (tier_id,) in self.env.cr.fetchall():
            raise UserError(
                self.env._(
                    "%s is named in requalifications: archive it instead of deleting "
                    "it.",
                    self.browse(tier_id).display_name,
                )
            )
