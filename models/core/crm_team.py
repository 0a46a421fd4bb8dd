from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmTeam(models.Model):
    _inherit = "crm.team"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.team",
        string="Parent Unit",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Units Below")
    club_level = fields.Selection(
        [
            ("centre", "Key-Account Centre"),
            ("line", "Business-Line Company"),
            ("branch", "Branch Office"),
        ],
        string="Club Level",
        help="Who looks after accounts on which level.",
    )
    clerk_ids = fields.One2many("club.unit.clerk", "unit_id", string="Points Clerks")

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A unit can't stand above itself: choose another parent for %s.",
                    ", ".join(self.mapped("name")),
                )
            )
