from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..approval.states import APPROVED, DONE, WAITING
from .club_cooperation_calloff import CANCELLED

SETTLED = (WAITING, APPROVED, DONE)


class ClubSettlementLine(models.Model):
    """A bill's line or a call-off that is settled, as it was when listed. Rule C6.

    Lines are collected; who may not read bills sees here what is settled of them.
    """

    _name = "club.settlement.line"
    _description = "Line of a Settlement"
    _inherit = ["club.record.mixin"]
    _order = "settlement_id, bill_date, id"
    _club_parent = "settlement_id"

    settlement_id = fields.Many2one(
        "club.settlement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        "Bill's Line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    calloff_id = fields.Many2one(
        "club.cooperation.calloff",
        "Call-Off",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Supplier", compute="_compute_source", store=True
    )
    bill_name = fields.Char("Invoice", compute="_compute_source", store=True)
    bill_date = fields.Date("Date", compute="_compute_source", store=True)
    name = fields.Char("Description", compute="_compute_source", store=True)
    amount = fields.Monetary(compute="_compute_source", store=True)
    is_settled = fields.Boolean(compute="_compute_is_settled", store=True)

    _source = models.Constraint(
        "CHECK((move_line_id IS NULL) <> (calloff_id IS NULL))",
        "A line of a settlement comes from a bill or from a call-off.",
    )
    _move_line_uniq = models.UniqueIndex(
        "(move_line_id) WHERE is_settled AND move_line_id IS NOT NULL",
        "This line of a bill is settled already.",
    )
    _calloff_uniq = models.UniqueIndex(
        "(calloff_id) WHERE is_settled AND calloff_id IS NOT NULL",
        "This call-off is settled already.",
    )

    # What is listed stays as it was listed: only the source's identity counts.
    @api.depends("move_line_id", "calloff_id")
    def _compute_source(self):
        amounts = self._get_source_amounts()
        for line in self:
            # sudo: bills aren't read by who settles them
            bill, calloff = line.move_line_id.sudo(), line.calloff_id.sudo()
            move = bill.move_id
            line.partner_id = move.commercial_partner_id or calloff.partner_id
            line.bill_name = move.ref or move.name or calloff.name
            line.bill_date = move.invoice_date or bill.date or calloff.date
            line.name = bill.name or calloff.description or move.name
            line.amount = amounts.get(line.id, 0)

    @api.depends("settlement_id.approval_state")
    def _compute_is_settled(self):
        for line in self:
            line.is_settled = line.settlement_id.approval_state in SETTLED

    def _get_source_amounts(self):
        """Return what the sources come to now, in company currency, with tax."""
        lines_sudo = self.sudo()
        result = {line.id: line.calloff_id.amount for line in lines_sudo}
        for line in lines_sudo:
            bill = line.move_line_id
            if not bill:
                continue
            rate = bill.price_total / bill.price_subtotal if bill.price_subtotal else 1
            result[line.id] = line.currency_id.round(bill.balance * rate)
        return result

    def _find_outdated(self):
        """Return the lines whose source isn't any more what they say it is."""
        if not self:
            return self
        billed = self.calloff_id._get_billed()
        now = self._get_source_amounts()
        return self.filtered(
            lambda line: line.calloff_id in billed
            # sudo: the call-off decides, whoever may read it
            or line.sudo().calloff_id.state == CANCELLED
            or line._is_bill_changed()
            or float_compare(now[line.id], line.amount, precision_digits=2)
        )

    def _is_bill_changed(self):
        """Tell whether the bill isn't posted any more, is another supplier's, or of
        another contract or activity than the sheet.
        """
        bill_sudo, sheet_sudo = self.move_line_id.sudo(), self.settlement_id.sudo()
        contract, activity = sheet_sudo.cooperation_id, sheet_sudo.activity_id
        return bool(bill_sudo) and (
            bill_sudo.parent_state != "posted"
            or bill_sudo.move_id.commercial_partner_id != self.partner_id
            or bool(contract and bill_sudo.club_cooperation_id != contract)
            or bool(activity and bill_sudo.club_calloff_id.activity_id != activity)
        )

    def _refuse_outdated(self):
        """Refuse what was just done to bills that are settled. Rule C6."""
        self._find_outdated()._refuse_settled()

    def _refuse_settled(self):
        """
        :raises UserError: naming the settlement that waits for signatures or is signed
        """
        for line in self:
            raise UserError(
                self.env._(
                    "%(bill)s is settled by %(settlement)s: it stays posted, with its "
                    "contract and amount; what is to change takes a credit note.",
                    bill=line.move_line_id.move_id.display_name,
                    settlement=line.settlement_id.name,
                )
            )
