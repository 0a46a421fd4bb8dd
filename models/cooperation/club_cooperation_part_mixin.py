from odoo import api, models


class ClubCooperationPartMixin(models.AbstractModel):
    """What hangs on a contract, and is drawn up by who may read that contract.

    A link to it would else let anybody use up another unit's contract, or read its
    figures, by its id alone.
    """

    _name = "club.cooperation.part.mixin"
    _description = "Part of a Cooperation"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_linked(parts._fields)
        return parts

    def write(self, vals):
        result = super().write(vals)
        self._check_linked(vals)
        return result

    def _check_linked(self, names):
        """Ask whether the user may read the records that were linked."""
        if self.env.su:
            return
        for name in self._get_linking_fields():
            if name in names and self[name]:
                self[name].check_access("read")

    def _get_linking_fields(self):
        return ["cooperation_id"]
