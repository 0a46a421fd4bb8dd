from odoo import api, models

from ..record.lock import is_open
from ..record.rpc import for_records


class ClubApprovalLineMixin(models.AbstractModel):
    """Lines of a document that are fixed with it. PEERS 2."""

    _name = "club.approval.line.mixin"
    _description = "Line of a Document to Sign"
    _inherit = ["club.guard.mixin"]

    # The field that leads to the document.
    _approval_parent = ""
    # Fields that stay open to change.
    _approval_free = ()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_approval_parent()
        return lines

    @for_records
    def write(self, vals):
        fixed = set(vals) - set(self._approval_free)
        if fixed:
            self._check_approval_parent()
        result = super().write(vals)
        if self._approval_parent in fixed:
            self._check_approval_parent()
        return result

    @for_records
    def unlink(self):
        self._check_approval_parent()
        return super().unlink()

    def _check_approval_parent(self):
        if is_open(self.env):
            return
        for document in self[self._approval_parent]:
            document._check_approval_editable()
