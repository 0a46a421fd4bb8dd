from odoo import api, models

from ..record.lock import is_open
from ..record.rpc import for_records


class ClubHostingLineMixin(models.AbstractModel):
    """Lines that change as long as their document may. Rules C7, D11."""

    _name = "club.hosting.line.mixin"
    _description = "Line of What the Club Receives Guests For"
    _inherit = ["club.scope.mixin"]

    # The field that leads to the document.
    _hosting_parent = ""
    # Fields that stay open to change.
    _hosting_free = ()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_parent_open()
        return lines

    @for_records
    def write(self, vals):
        fixed = set(vals) - set(self._hosting_free)
        if fixed:
            self._check_parent_open()
        result = super().write(vals)
        if self._hosting_parent in fixed:
            self._check_parent_open()
        return result

    @for_records
    def unlink(self):
        self._check_parent_open()
        return super().unlink()

    @api.model
    def _check_files_open(self, files):
        """Refuse to change files of lines whose document was held or called off."""
        self.browse(files.mapped("res_id")).exists()._check_parent_open()

    def _check_parent_open(self):
        if not is_open(self.env):
            self[self._hosting_parent]._check_open()
