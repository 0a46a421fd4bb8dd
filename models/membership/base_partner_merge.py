import psycopg2.errors

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..record.hold import hold
from ..record.lock import opened


class Sources(tuple):
    """Ids of what is merged, as a context has them that no client has sent."""


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
        """Record the merge, which the ledger's guard asks for, and settle what is kept.

        Entries keep the account they were posted for (``origin_id``), so their seals
        still fit; only the account that they belong to moves.
        """
        self.env.flush_all()
        programs_sudo = self.env["club.program"].sudo()  # those of all companies
        programs_sudo = programs_sudo.with_context(active_test=False)
        # pylint: disable-next=no-search-all
        hold(programs_sudo.search([]))  # nobody computes or posts meanwhile
        self._check_entries_seen(src_partners)
        self.env.cr.execute_values(
            "INSERT INTO club_points_merge (src, dst, merged_by) VALUES %s",
            [(source.id, dst_partner.id, self.env.uid) for source in src_partners],
        )
        for model_sudo in self._get_settling_sudo():
            model_sudo._settle_merge(src_partners, dst_partner)
        # No foreign key leads Odoo to the entries.
        self.env.cr.execute(
            "UPDATE club_points_entry SET account_id = %s WHERE account_id = ANY(%s)",
            [dst_partner.id, src_partners.ids],
        )
        self.env["club.points.entry"].invalidate_model(["account_id"])
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for model_sudo in self._get_settling_sudo():
            model_sudo.invalidate_model()
        self._refresh_mirrors(dst_partner)
        return result

    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """Let Odoo change the columns that name the sources: it asks each of some 160
        by itself, and the catalogue for each what else its table has.
        """
        self.env.flush_all()
        merging = self.with_context(club_merged=Sources(src_records.ids))
        return super(MergePartnerAutomatic, merging)._update_foreign_keys_generic(
            model, src_records, dst_record
        )

    def _get_fk_on(self, table):
        relations = super()._get_fk_on(table)
        sources = self.env.context.get("club_merged")
        if not isinstance(sources, Sources):
            return relations
        named = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, %s WHERE EXISTS (SELECT FROM %s WHERE %s = ANY(%s))",
                    *(name, column, SQL.identifier(name), SQL.identifier(column)),
                    [*sources],
                )
                for name, column in relations
            )
        )
        return [relation for relation in relations if relation in {*named}]

    def _get_settling_sudo(self):
        """Return the models that say what becomes of records of one person or account,
        superuser: whoever merges need not read them.
        """
        return [
            self.env[name].sudo()
            for name, model in self.env.registry.items()
            if hasattr(model, "_settle_merge") and not model._abstract
        ]

    def _refresh_mirrors(self, partner):
        # sudo: heads of accounts of all companies
        self.env["club.account.head"].sudo()._refresh_heads(partner)
        programs_sudo = self.env["club.program"].sudo()  # those of all companies
        for program in programs_sudo.search([]):  # pylint: disable=no-search-all
            program._refresh_mirrors(partner.commercial_partner_id)

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
        """Let Odoo carry values over, ours too; the mirrors then say what is so.

        The lock is open for it: it is Odoo that writes.
        """
        result = super()._update_values(src_partners, opened(dst_partner))
        self._refresh_mirrors(dst_partner)
        return result
