"""Carrying out what all have signed, if it still says what they signed."""

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from .states import APPROVED, DONE, REJECTED, WITHDRAWN


class ClubApprovalMixin(models.AbstractModel):
    _inherit = "club.approval.mixin"

    def _approval_follow(self, request):
        """Bring the document in step with its request, which was just decided."""
        self.ensure_one()
        self._write_guarded({"approval_state": request.state})
        texts = {
            APPROVED: self.env._("All have signed."),
            REJECTED: self.env._("Rejected: %s", request.closing_reason),
            WITHDRAWN: self.env._("Withdrawn. %s", request.closing_reason or ""),
        }
        if request.state == REJECTED:
            self.message_post(
                body=texts[REJECTED],
                partner_ids=request.applicant_id.partner_id.ids,
            )
        else:
            self._message_log(body=texts[request.state])
        if request.state == APPROVED and self._approval_auto:
            self._carry_out(request)

    def _approval_carry_out(self):
        """Let signed documents take effect, if they still say what was signed."""
        for document in self._without_client_context().sudo():
            request = document._get_approval_request()
            request._lock()
            if document.approval_state != APPROVED:
                raise UserError(
                    self.env._(
                        "%s isn't approved: all signatures come first.",
                        document.display_name,
                    )
                )
            document._carry_out(request)

    def _carry_out(self, request):
        """Let the document take effect; its request is locked and approved."""
        self.ensure_one()
        request._check_unchanged()
        self._check_approval_band(request)
        self._check_can_submit()
        self._approval_execute(request)
        request._set_done()
        self._write_guarded({"approval_state": DONE})

    def _check_approval_band(self, request):
        """Refuse what by now would need other signatures. PEERS 4."""
        amount, currency = self._count_approval_amount()
        day = request._get_submission_day()
        own = self._convert_approval_amount(amount, currency, day)
        others = Decimal(str(request.amount_total)) - Decimal(str(request.amount))
        total = round(own + others, 2)  # sums of floats leave dust
        above, upto = Decimal(str(request.band_above)), Decimal(str(request.band_to))
        inside = (above < total or not above) and (not upto or total <= upto)
        if not inside or self._get_approval_type() != request.document_type:
            raise UserError(
                self.env._(
                    "%s would need other signatures by now than it has: withdraw it "
                    "and submit it again.",
                    self.display_name,
                )
            )

    def _set_opening(self, reason):
        """Put documents into effect without signatures, saying why.

        For what is there before anybody can sign: installation data and take-on. Code
        calls it; RPC can't.
        """
        vals_list = []
        rounds = self._get_approval_rounds()
        contents, digests = self._get_approval_contents(), self._get_approval_digests()
        for document in self:
            past = rounds.get(document.id)
            vals_list.append(
                {
                    "name": document.display_name,
                    "res_model": self._name,
                    "res_id": document.id,
                    "document_type": document._get_approval_type(),
                    "round": (past[0].round if past else 0) + 1,
                    "state": APPROVED,
                    "company_id": document.company_id.id,
                    "applicant_id": self.env.uid,
                    "author_id": document.create_uid.id,
                    "submitted_at": fields.Datetime.now(),
                    "decided_at": fields.Datetime.now(),
                    "closing_reason": reason,
                    "content": contents[document.id],
                    "digest": digests[document.id],
                }
            )
        requests = self.env["club.approval.request"].sudo()._create_guarded(vals_list)
        for document, request in zip(self.sudo(), requests, strict=True):
            request = request.with_context(club_lock=None)
            document._approval_execute(request)
            request._set_done()
            document._write_guarded(
                {"approval_state": DONE, "approval_request_id": request.id}
            )
        return self
