from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.written import get_written
from ..record.hold import hold
from .club_reward import GIFT


class ClubRewardReceipt(models.Model):
    """Pieces of a gift that came in, or went missing, with the paper. Rule B13.

    It stays as it was entered: what was wrong is put right by another one, below zero
    and with a note.
    """

    _name = "club.reward.receipt"
    _description = "Receipt of a Reward"
    _inherit = ["club.record.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document"

    reward_id = fields.Many2one(
        "club.reward",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", GIFT)],
    )
    company_id = fields.Many2one(related="reward_id.company_id", store=True)
    date = fields.Date(
        required=True, default=lambda self: self.env.company._club_today()
    )
    quantity = fields.Integer(
        required=True, help="Pieces that came in; below zero: that went missing."
    )
    document = fields.Char(
        "Document No.", required=True, help="Delivery note, invoice or count."
    )
    document_file = fields.Binary("Document", attachment=True)
    document_file_name = fields.Char()
    note = fields.Char()

    _quantity = models.Constraint(
        "CHECK(quantity <> 0 AND abs(quantity) <= 1000000)",
        "A receipt is of at least one piece and of a million at most.",
    )

    @api.constrains("date", "quantity", "note", "reward_id", "document")
    def _check_receipt(self):
        for receipt in self:
            if receipt.reward_id.kind != GIFT:
                raise ValidationError(
                    self.env._(
                        "%s isn't a gift: pieces are counted of gifts only.",
                        receipt.reward_id.name,
                    )
                )
            if receipt.date > receipt.company_id._club_today():
                raise ValidationError(
                    self.env._(
                        "A receipt of %s can't be of a day to come.",
                        receipt.reward_id.name,
                    )
                )
            if not get_written(receipt.document):
                raise ValidationError(
                    self.env._(
                        "Enter the number of the paper that %s came with.",
                        receipt.reward_id.name,
                    )
                )
            if receipt.quantity < 0 and not get_written(receipt.note):
                raise ValidationError(
                    self.env._(
                        "Say in the note why pieces of %s are taken off.",
                        receipt.reward_id.name,
                    )
                )

    def _club_after_create(self):
        """Refuse to take off pieces that orders hold, or that were delivered."""
        super()._club_after_create()
        rewards = self.filtered(lambda receipt: receipt.quantity < 0).reward_id
        if not rewards:
            return
        hold(rewards)
        for reward in rewards:
            reward._check_stock(0)

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        raise self._get_stays_refusal()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        raise self._get_stays_refusal()

    def _get_stays_refusal(self):
        return UserError(
            self.env._(
                "A receipt stays as it was entered: enter another one, below zero, for "
                "what was wrong."
            )
        )
