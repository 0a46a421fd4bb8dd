"""The buttons of a document to sign; each checks the user who really calls."""

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..record.rpc import (
    for_one,
    for_records,
    to_reason,
    to_text,
    without_client_context,
)
from .states import EDITABLE, WAITING


class ClubApprovalMixin(models.AbstractModel):
    _inherit = "club.approval.mixin"

    @for_records
    def action_submit(self):
        """Ask for the signatures that the policy of the company calls for. Rule C3.

        :raises UserError: when it is under way already, or says too little
        """
        self = self._without_client_context()
        self.check_access("write")
        for document in self:
            if document.approval_state not in EDITABLE:
                document._check_approval_editable()
            document._check_can_submit()
        requests = self._create_approval_requests()
        for document, request in zip(self, requests, strict=True):
            document.sudo()._write_guarded(
                {"approval_state": WAITING, "approval_request_id": request.id}
            )
        requests._refresh_activities()
        self.sudo()._message_log_batch(
            {
                document.id: self.env._(
                    "Submitted for signatures, round %s.", request.round
                )
                for document, request in zip(self, requests, strict=True)
            }
        )
        return True

    @for_records
    def action_sign(self, comment=None):
        """Sign as the body whose turn it is.

        :param comment: what the signatory adds, if anything
        :raises UserError, AccessError: when it isn't the user's to sign now
        """
        self = self._without_client_context()
        for document in self:
            request, holders = document._get_request_to_decide()
            request._do_sign(self.env.user, holders, self._clean_remark(comment))
        return True

    @for_records
    def action_reject(self, reason):
        """Refuse, with a reason, as the body whose turn it is."""
        self = self._without_client_context()
        reason = to_reason(reason)
        for document in self:
            request, holders = document._get_request_to_decide()
            if not reason:
                raise UserError(
                    self.env._("Say why you reject %s.", document.display_name)
                )
            request._do_reject(self.env.user, holders, reason)
        return True

    @for_records
    def action_withdraw(self, reason=None):
        """Take the document back, to change it; its signatures stay as history."""
        self = self._without_client_context()
        self.check_access("read")
        may_write = self.has_access("write")
        for document in self:
            request = document._get_approval_request()
            if not (
                self.env.uid in request._get_barred_users()
                or (may_write and document.has_access("write"))
            ):
                raise AccessError(
                    self.env._(
                        "%s can be withdrawn by its applicant or who looks after it.",
                        document.display_name,
                    )
                )
            request._do_withdraw(self.env.user, to_reason(reason))
        return True

    @for_one
    def action_open_decision(self):
        """Open the dialog in which one signs, rejects or withdraws."""
        titles = {
            "sign": self.env._("Sign"),
            "reject": self.env._("Reject"),
            "withdraw": self.env._("Withdraw"),
        }
        asked = self.env.context.get("club_decision")
        decision = asked if isinstance(asked, str) and asked in titles else "sign"
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": "club.approval.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_decision": decision,
                "default_res_model": self._name,
                "default_res_id": self.id,
            },
        }

    @for_records
    def action_print_signatures(self):
        """Print what was applied for and who signed it, with the seals. Rule E3."""
        self.check_access("read")
        report = self.env.ref("crm_club.club_signature_sheet_report")
        requests = self.approval_request_id.sudo()
        return report.report_action(requests.ids, config=False)

    def _without_client_context(self):
        return without_client_context(self)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Don't let a request to sign make followers: one reads what is one's turn."""
        if self.env.context.get("club_no_follow"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _clean_remark(self, text):
        return to_text(text)

    def _get_request_to_decide(self):
        """Return the request and who holds its seats, if the user may read them.

        Whose turn it is may, by the record rule: it need not be found out once more.
        """
        self.ensure_one()
        request = self.sudo().approval_request_id
        holders = request._get_holders_left() if request else {}
        if request and request._get_my_turns(self.env.user, holders):
            # Rules look at records as superuser.
            self._fields["approval_is_mine"]._update_cache(self.sudo(), True)
        self.check_access("read")
        self.invalidate_recordset(["approval_is_mine"], flush=False)
        return self._get_approval_request(), holders

    def _get_approval_request(self):
        """Return the request under way, as superuser: nobody has rights on it."""
        self.ensure_one()
        request = self.approval_request_id.sudo()
        if not request:
            raise UserError(
                self.env._("%s hasn't been submitted yet.", self.display_name)
            )
        return request

    def _get_approval_applicant(self):
        """Return who applied; before that, who is about to."""
        self.ensure_one()
        if self.approval_state in EDITABLE:
            return self.env.user
        return self.approval_request_id.sudo().applicant_id
