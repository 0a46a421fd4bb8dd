from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .account_move_line import stamp_statement

# What the month of a fact, its company, its sign and its amount follow from.
FACT_SOURCES = {
    *("date", "invoice_date", "move_type", "company_id", "journal_id"),
    *("partner_id", "line_ids", "invoice_line_ids"),
}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "club.derived.mixin"]

    # Posting is a state: whichever way it is reached, the lines are stamped.
    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._club_stamp_posted()
        return moves

    def write(self, vals):
        facts = {}
        if not self.env.su and FACT_SOURCES.intersection(vals):
            facts = self._get_club_facts()
        unposted = self.filtered(lambda move: move.state != "posted")
        result = super().write(vals)
        if facts:
            self._check_club_facts(facts)
        if "state" in vals:
            unposted._club_stamp_posted()
        return result

    def _get_club_facts(self):
        """Return month, company, type, account and lines of the posted moves that
        revenue counts of.
        """
        # sudo: lines that the user may not see count, too
        facts_sudo = self.sudo().line_ids.filtered(
            lambda line: line.club_account_id and line.move_id.state == "posted"
        )
        return {
            move.id: (
                move.date,
                move.company_id,
                move.move_type,
                move.commercial_partner_id,
                {
                    line.id: (
                        *(line.balance, line.product_id),
                        # What discount was given follows from these. Rule D18.
                        *(line.price_unit, line.quantity, line.discount),
                    )
                    for line in lines
                },
            )
            for move, lines in facts_sudo.grouped("move_id").items()
        }

    def _check_club_facts(self, before):
        """Refuse to change revenue, or to move it to another month, while it counts.
        Rules A3, B1.

        Odoo refuses it too, but for a key of the context that any client can send.

        :param before: what :meth:`_get_club_facts` said
        """
        for number, found in self._get_club_facts().items():
            if before.get(number, found) != found:
                raise self.browse(number)._get_fact_refusal()

    def _get_fact_refusal(self):
        return UserError(
            self.env._(
                "%s is posted, and its revenue counts in its month: reset it to draft "
                "before you change its date, type, company or amounts.",
                self.display_name,
            )
        )

    def _club_stamp_posted(self):
        self.filtered(lambda move: move.state == "posted")._club_stamp_lines()

    def _club_stamp_lines(self):
        """Stamp the revenue lines with account and category. Rules B1, A3."""
        if not self:
            return
        lines = self.line_ids
        self.flush_model(["move_type", "commercial_partner_id"])
        lines.flush_model(["move_id", "product_id", "display_type"])
        self.env["product.template"].flush_model(["categ_id"])
        self.env.cr.execute(stamp_statement(SQL("m.id IN %s", tuple(self.ids))))
        lines.invalidate_recordset(["club_account_id", "club_category_id"])
