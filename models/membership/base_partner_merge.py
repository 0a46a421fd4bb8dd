import psycopg2.errors

from odoo import models
from odoo.exceptions import ConcurrencyError

from ..record.hold import hold
from ..record.lock import opened

# Lists on which nobody is twice, also not as two contacts who become one.
GUEST_LISTS = ("club.invitation", "club.round.table.invitee", "club.banquet.seat")


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Start anew when somebody else has just written papers of these partners.

        Odoo moves the papers that the transaction sees; the others keep the partner
        from being deleted, and are seen the next time.

        :raises AccessError: for partners that the club knows, unless an officer asks
        """
        self.env["res.partner"].browse(partner_ids).exists()._check_club_may_merge()
        try:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        except (
            psycopg2.errors.ForeignKeyViolation,
            psycopg2.errors.RestrictViolation,
        ) as error:
            raise ConcurrencyError("papers of a merged partner came late") from error

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Record the merge, which the ledger's guard asks for, and settle memberships.

        Entries keep the account they were posted for (``origin_id``), so their seals
        still fit; only the account that they belong to moves.
        """
        self.env.flush_all()
        programs = self.env["club.program"].sudo().with_context(active_test=False)
        # pylint: disable-next=no-search-all
        hold(programs.search([]))  # nobody computes or posts meanwhile
        self._check_entries_seen(src_partners)
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
        self.env["club.contact.profile"].sudo()._settle_merge(src_partners, dst_partner)
        for name in GUEST_LISTS:
            self.env[name].sudo()._settle_merge(src_partners | dst_partner)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["club.membership"].invalidate_model()
        self.env["club.contact.profile"].invalidate_model()
        for name in GUEST_LISTS:
            self.env[name].invalidate_model()
        programs = self.env["club.program"].sudo()
        for program in programs.search([]):  # pylint: disable=no-search-all
            program._refresh_mirrors(dst_partner.commercial_partner_id)
        return result

    def _check_entries_seen(self, sources):
        """Start anew when entries were written after this transaction began.

        Whoever wrote them held the program, so by now they are there for a session
        that begins: the merge would leave them with an account that is gone.
        """
        if not self.env.registry.ready:
            return
        seen = self._get_entry_ids(self.env.cr, sources)
        with self.env.registry.cursor() as cr:
            if self._get_entry_ids(cr, sources) - seen:
                raise ConcurrencyError("entries of a merged partner came late")

    def _get_entry_ids(self, cr, accounts):
        cr.execute(
            "SELECT id FROM club_points_entry WHERE account_id = ANY(%s)",
            [accounts.ids],
        )
        return {entry_id for (entry_id,) in cr.fetchall()}

    def _update_values(self, src_partners, dst_partner):
        """Let Odoo carry values over, ours too; the mirrors then say what is so."""
        result = super()._update_values(src_partners, opened(dst_partner))
        programs = self.env["club.program"].sudo()
        for program in programs.search([]):  # pylint: disable=no-search-all
            program._refresh_mirrors(dst_partner.commercial_partner_id)
        return result
