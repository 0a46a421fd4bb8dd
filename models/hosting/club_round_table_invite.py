"""Whom a round table asks: accounts by tier, industry and unit. Rule C7."""

from odoo import models
from odoo.tools import SQL

from ..activity.holds import hold_records
from ..rpc import for_records, without_client_context
from .club_round_table_invitee import PROPOSED


class ClubRoundTable(models.Model):
    _inherit = "club.round.table"

    @for_records
    def action_propose_invitees(self):
        """Put a contact of each entitled account on the list that isn't on it. C7."""
        tables = without_client_context(self)
        tables.check_access("write")
        tables._check_open()
        hold_records(tables)
        for table in tables:
            table._do_propose_invitees()
        return True

    def _do_propose_invitees(self):
        """Insert the invitees by one statement, however many there are.

        Of an account, who has one of the roles comes first, as far as the user may read
        who has; then its first contact; then the account itself.
        """
        self.ensure_one()
        invitees = self.env["club.round.table.invitee"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_round_table_invitee
                       (round_table_id, company_id, account_id, contact_id, state,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(table)s, %(company)s, a.id, coalesce(c.id, a.id), %(state)s,
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM res_partner a
                  LEFT JOIN LATERAL (
                           SELECT p.id FROM res_partner p
                            WHERE p.commercial_partner_id = a.id AND p.id <> a.id
                              AND p.active AND NOT coalesce(p.is_company, FALSE)
                              AND coalesce(p.type, 'contact') = 'contact'
                            ORDER BY p.id IN (%(by_role)s) DESC, p.id
                            LIMIT 1
                       ) c ON TRUE
                 WHERE a.id IN (%(accounts)s)
                   AND NOT EXISTS (SELECT FROM club_round_table_invitee i
                                    WHERE i.round_table_id = %(table)s
                                      AND i.account_id = a.id)
                 ORDER BY a.id
                ON CONFLICT (round_table_id, contact_id) DO NOTHING
                """,
                table=self.id,
                company=self.company_id.id,
                state=PROPOSED,
                user=self.env.uid,
                by_role=self._get_contacts_by_role(),
                accounts=self._get_entitled_accounts(),
            )
        )
        invitees.invalidate_model()
        self.invalidate_recordset()

    def _get_entitled_accounts(self):
        """Return the query of accounts that the filters name."""
        domain = [("parent_id", "=", False), ("is_company", "=", True)]
        if self.industry_ids:
            domain.append(("industry_id", "in", self.industry_ids.ids))
        if self.unit_ids:
            domain.append(("club_unit_id", "child_of", self.unit_ids.ids))
        # Members only: an account's tier is known to whoever may read the account.
        memberships_sudo = self.env["club.membership"].sudo()
        in_force = memberships_sudo._domain_on(self._get_day(self.date_begin))
        in_force.append(("company_id", "=", self.company_id.id))
        in_force.append(("group_id.purpose", "in", ("membership", "both")))
        if self.tier_ids:
            in_force.append(("tier_id", "in", self.tier_ids.ids))
        query = memberships_sudo._search(in_force)
        domain.append(("id", "in", query.subselect("account_id")))
        partners = self.env["res.partner"].with_company(self.company_id)
        return partners._search(domain).select()

    def _get_contacts_by_role(self):
        """Return the query of persons in one of the roles whom the user may know."""
        profiles = self.env["club.contact.profile"]
        if not self.role_ids or not profiles.has_access("read"):
            return SQL("NULL")
        query = profiles._search(
            [
                ("role_ids", "in", self.role_ids.ids),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return query.select(SQL.identifier(query.table, "contact_id"))
