from odoo import fields, models
from odoo.exceptions import UserError

from ..models.record.rpc import for_one


class ClubApprovalDecision(models.TransientModel):
    """The dialog in which one signs, rejects or withdraws a document.

    The document's own methods judge who may; this only collects the words.
    """

    _name = "club.approval.decision"
    _description = "Sign or Reject"
    _inherit = ["club.guard.mixin"]

    decision = fields.Selection(
        [("sign", "Sign"), ("reject", "Reject"), ("withdraw", "Withdraw")],
        required=True,
        default="sign",
    )
    res_model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    document = fields.Char(compute="_compute_document")
    banner = fields.Char(compute="_compute_document")
    amount_text = fields.Char("Amount", compute="_compute_document")
    subject = fields.Char("About", compute="_compute_document")
    seen = fields.Char(help="The digest of what was looked at, where it is known.")
    remark = fields.Char()

    def _get_document(self):
        """Return the document, if it is one that is signed."""
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None or not hasattr(model, "_approval_guarded"):
            raise UserError(
                self.env._("%s is not a document to sign.", self.res_model or "?")
            )
        return model.browse(self.res_id)

    def _compute_document(self):
        for wizard in self:
            document = wizard._get_document()
            document.check_access("read")
            request_sudo = document.approval_request_id.sudo()
            wizard.document = document.display_name
            wizard.banner = document.approval_banner
            wizard.amount_text = request_sudo and request_sudo.amount_text
            wizard.subject = request_sudo and request_sudo.subject

    @for_one
    def action_decide(self):
        """Carry out the decision and close the dialog."""
        document = self._get_document()
        if self.decision == "sign":
            document.action_sign(self.remark, self.seen)
        elif self.decision == "reject":
            document.action_reject(self.remark, self.seen)
        else:
            document.action_withdraw(self.remark)
        return {"type": "ir.actions.act_window_close"}
