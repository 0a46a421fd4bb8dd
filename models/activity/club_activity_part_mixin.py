from odoo import api, models

from ..record.lock import is_open
from ..record.rpc import for_records


class ClubActivityPartMixin(models.AbstractModel):
    """What belongs to an activity and may change until that is closed. Rules C4, C5."""

    _name = "club.activity.part.mixin"
    _description = "Part of an Activity"
    _inherit = ["club.scope.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_part()
        return parts

    @for_records
    def write(self, vals):
        self._check_part()
        result = super().write(vals)
        if "activity_id" in vals:
            self._check_part()
        return result

    @for_records
    def unlink(self):
        self._check_part()
        return super().unlink()

    @api.model
    def _check_files_open(self, files):
        """Refuse to change receipts of a closed activity by their files."""
        self.browse(files.mapped("res_id")).exists()._check_part()

    def _check_part(self):
        """Refuse to change what belongs to a closed activity."""
        if is_open(self.env):
            return
        for activity in self.activity_id:
            activity._check_not_closed()
