from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..record.names import add_title


class ClubAccountClassFloor(models.Model):
    """The lowest tier that a class grants in a tier group. Rule A4."""

    _name = "club.account.class.floor"
    _description = "Floor of an Account Class"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "class_id, group_id, id"
    _club_logged = ("class_id", "group_id", "tier_id")

    class_id = fields.Many2one(
        "club.account.class",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    group_id = fields.Many2one(
        "club.tier.group", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="group_id.company_id", store=True)
    tier_id = fields.Many2one(
        "club.tier",
        "At Least",
        required=True,
        ondelete="restrict",
        domain="[('group_id', '=', group_id)]",
    )

    _group_uniq = models.UniqueIndex(
        "(class_id, group_id)", "A class has one floor per tier group."
    )

    @api.depends("group_id", "tier_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for floor in self:
            floor.display_name = add_title(
                self.env, floor.group_id.display_name, floor.tier_id.name
            )

    @api.constrains("group_id", "tier_id")
    def _check_tier_id(self):
        for floor in self:
            if floor.tier_id.group_id != floor.group_id:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is not a tier of %(group)s.",
                        tier=floor.tier_id.name,
                        group=floor.group_id.name,
                    )
                )
