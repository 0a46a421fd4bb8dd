from odoo import fields, models


class ClubNeed(models.Model):
    _inherit = "club.need"

    answer_id = fields.Many2one(
        "club.answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _get_fixed(self):
        """What a guest wrote himself stays as he wrote it."""
        return (*super()._get_fixed(), *(["name"] if self.answer_id else []))
