from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..activity.club_activity import APPLICATION, CLOSED
from ..activity.club_activity_cost import COST_KINDS

# What a fact's amount and the rate for it follow from, and whether it is one.
FACT_SOURCES = {
    *("price_unit", "quantity", "discount", "tax_ids", "currency_id"),
    *("balance", "debit", "credit", "amount_currency"),
    *("product_id", "display_type", "move_id"),
}


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
            CROSS JOIN LATERAL (
                       SELECT line.display_type = 'product' AND m.move_type IN
                              ('out_invoice', 'out_refund', 'out_receipt') AS is_sale
                       ) fact
                 WHERE %s) s
         WHERE s.id = l.id
           AND (l.club_account_id, l.club_category_id)
               IS DISTINCT FROM (s.account_id, s.category_id)
        """,
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

    # === A vendor bill's line that an activity of the club caused. Rules C5, B8 === #
    club_activity_id = fields.Many2one(
        "club.activity",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The activity of the club that this cost belongs to.",
    )
    club_cost_kind = fields.Selection(
        COST_KINDS,
        "Kind of Cost",
        copy=False,
        help="For the activity's budget against actual. Empty: other.",
    )

    # === A vendor bill's line that an activity of the club caused. Rules C5, B8 === #

    def _copy_data_extend_business_fields(self, values):
        """A credit note concerns the activity that its bill does."""
        result = super()._copy_data_extend_business_fields(values)
        values["club_activity_id"] = self.club_activity_id.id
        values["club_cost_kind"] = self.club_cost_kind
        return result

    @api.constrains("club_activity_id")
    def _check_club_activity(self):
        """Refuse what isn't a cost, and costs of what is closed or only applied for.

        A late credit note is taken: the books say what it cost in the end. It concerns
        the activity of its bill, whoever writes it; else one names what one may read.
        """
        lines = self.filtered("club_activity_id")
        named = lines.filtered(
            lambda line: (
                line.club_activity_id
                not in line.move_id.reversed_entry_id.line_ids.club_activity_id
            )
        )
        if named:
            # Constraints are checked as superuser.
            named.sudo(False).club_activity_id.check_access("read")
        for line in lines:
            activity, move = line.club_activity_id, line.move_id
            if not move.is_purchase_document(include_receipts=True) or (
                line.display_type != "product"
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s can't be a cost of %(activity)s: only the lines of "
                        "vendor bills, receipts and their credit notes can.",
                        line=line.display_name,
                        activity=activity.display_name,
                    )
                )
            stage = activity.stage
            if stage == APPLICATION or (stage == CLOSED and not move.reversed_entry_id):
                raise ValidationError(
                    self.env._(
                        "%(activity)s is at the stage “%(stage)s” and takes no costs: "
                        "they are entered once it is approved, until it is closed.",
                        activity=activity.display_name,
                        stage=activity._get_stage_label(),
                    )
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
