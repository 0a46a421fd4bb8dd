from odoo import models

from ..lock import opened


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Record the merge, which the ledger's guard asks for, and settle memberships.

        Entries keep the account they were posted for (``origin_id``), so their seals
        still fit; only the account that they belong to moves.
        """
        self.env.flush_all()
        self.env.cr.execute_values(
            "INSERT INTO club_points_merge (src, dst, merged_by) VALUES %s",
            [(source.id, dst_partner.id, self.env.uid) for source in src_partners],
        )
        self.env["club.membership"].sudo()._settle_merge(src_partners, dst_partner)
        # No foreign key leads Odoo to the entries.
        self.env.cr.execute(
            "UPDATE club_points_entry SET account_id = %s WHERE account_id = ANY(%s)",
            [dst_partner.id, src_partners.ids],
        )
        self.env["club.points.entry"].invalidate_model(["account_id"])
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["club.membership"].invalidate_model()
        programs = self.env["club.program"].sudo()
        for program in programs.search([]):  # pylint: disable=no-search-all
            program._refresh_mirrors(dst_partner.commercial_partner_id)
        return result

    def _update_values(self, src_partners, dst_partner):
        """Let Odoo carry values over, ours too; the mirrors then say what is so."""
        result = super()._update_values(src_partners, opened(dst_partner))
        programs = self.env["club.program"].sudo()
        for program in programs.search([]):  # pylint: disable=no-search-all
            program._refresh_mirrors(dst_partner.commercial_partner_id)
        return result
