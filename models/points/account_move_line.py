from odoo import api, fields, models
from odoo.tools import SQL

# What a fact's amount and the rate for it follow from, and whether it is one.
FACT_SOURCES = {
    *("price_unit", "quantity", "discount", "tax_ids", "currency_id"),
    *("balance", "debit", "credit", "amount_currency"),
    *("product_id", "display_type", "move_id"),
}
# Whether a line, of the journal entry ``m``, is one of revenue.
IS_SALE = SQL(
    "line.display_type = 'product'"
    " AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
)


def stamp_statement(condition):
    """Return the UPDATE that stamps the revenue lines of the moves in ``condition``.

    A line with an account stamp *is* a revenue fact: the product line of a customer
    invoice, credit note or receipt, with the commercial partner and the product's
    category as they are now. Other lines of these moves lose a stamp.

    :param condition: SQL on the journal entry ``m``
    """
    return SQL(
        """
        UPDATE account_move_line l
           SET club_account_id = s.account_id, club_category_id = s.category_id
          FROM (SELECT line.id,
                       CASE WHEN fact.is_sale THEN m.commercial_partner_id END
                           AS account_id,
                       CASE WHEN fact.is_sale THEN t.categ_id END AS category_id
                  FROM account_move m
                  JOIN account_move_line line ON line.move_id = m.id
             LEFT JOIN product_product p ON p.id = line.product_id
             LEFT JOIN product_template t ON t.id = p.product_tmpl_id
            CROSS JOIN LATERAL (SELECT %s AS is_sale) fact
                 WHERE %s) s
         WHERE s.id = l.id
           AND (l.club_account_id, l.club_category_id)
               IS DISTINCT FROM (s.account_id, s.category_id)
        """,
        IS_SALE,
        condition,
    )


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "club.derived.mixin", "club.guard.mixin"]

    _club_guard_trusts_su = True

    club_account_id = fields.Many2one(
        "res.partner",
        string="Key Account",
        readonly=True,
        copy=False,
        help="The commercial partner when the document was posted. "
        "Points and grades count this line for it.",
    )
    club_category_id = fields.Many2one(
        "product.category",
        string="Club Product Category",
        readonly=True,
        copy=False,
        help="The product's category when the document was posted. "
        "Moving the product later does not move past points.",
    )

    # The month's scan of a points run and of the revenue measure.
    _club_facts_idx = models.Index(
        "(date) INCLUDE (club_account_id, club_category_id, product_id, company_id,"
        " balance) WHERE parent_state = 'posted' AND club_account_id IS NOT NULL"
    )
    # The measures of a single account, and "merge partners".
    _club_account_idx = models.Index(
        "(club_account_id, date) WHERE club_account_id IS NOT NULL"
    )

    # === What is posted stays as it is. Rules A3, B1 === #

    def write(self, vals):
        """
        :raises UserError: when it would change posted revenue; see `account.move`
        """
        if self.env.su or FACT_SOURCES.isdisjoint(vals):
            return super().write(vals)
        moves = self.move_id
        facts = moves._get_club_facts()
        result = super().write(vals)
        if facts:
            moves._check_club_facts(facts)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fact(self):
        """Odoo deletes posted lines for a key that any client can send."""
        if self.env.su:
            return
        facts = self.move_id._get_club_facts()
        for line in self:
            if line.id in facts.get(line.move_id.id, ((),))[-1]:
                raise line.move_id._get_fact_refusal()
