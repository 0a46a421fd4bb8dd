from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.record.rpc import for_one
from ..models.worth.card_states import LOST, RETURNED

HAND_OVER, REPLACE = "hand_over", "replace"


class ClubCardStep(models.TransientModel):
    """The dialog in which cards are handed over, reported lost, taken back or replaced.

    The cards' own methods judge who may; this only collects what they need. Rule A13.
    """

    _name = "club.card.step"
    _description = "Step of a Card"
    _inherit = ["club.guard.mixin"]

    kind = fields.Selection(
        [
            (HAND_OVER, "Hand Over Card"),
            (LOST, "Report Lost"),
            (RETURNED, "Take Back Card"),
            (REPLACE, "Replace Card"),
        ],
        required=True,
        default=HAND_OVER,
    )
    card_ids = fields.Many2many("club.card", string="Membership Cards", required=True)
    date = fields.Date(
        "Card Handed Over On",
        compute="_compute_date",
        store=True,
        readonly=False,
    )
    received_by = fields.Char(
        "Card Received by",
        compute="_compute_received_by",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="Empty: each card's holder.",
    )
    receipt_note = fields.Char(
        "Receipt of the Card", help="Number of the receipt, or how it was sent."
    )
    receipt_signature = fields.Image(
        "Signature for the Card", max_width=1024, max_height=1024
    )
    reason = fields.Char()

    @api.depends("card_ids")
    def _compute_date(self):
        """Propose today, where the cards' company is."""
        for step in self:
            company = step.card_ids.company_id[:1]
            step.date = step.date or company._club_today()

    @api.depends("card_ids")
    def _compute_received_by(self):
        """Propose the holder, where it is one card."""
        for step in self:
            step.received_by = len(step.card_ids) == 1 and step.card_ids.holder_id.name

    @for_one
    def action_apply(self):
        """Take the step, and close the dialog or show the new card."""
        cards = self.card_ids
        if not cards:
            raise UserError(self.env._("Choose the cards first."))
        cards.check_access("write")
        if self.kind == HAND_OVER:
            cards._do_hand_over(
                self.date, self.received_by, self.receipt_note, self.receipt_signature
            )
        elif self.kind == REPLACE:
            return self._open(cards._do_replace(self.reason))
        else:
            cards._do_end(self.kind, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _open(self, card):
        return {
            "type": "ir.actions.act_window",
            "res_model": card._name,
            "res_id": card.id,
            "views": [(False, "form")],
        }
