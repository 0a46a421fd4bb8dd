from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..record.groups import CLERK


class ClubUnitClerk(models.Model):
    """The person who verifies a unit's points. Rule B5."""

    _name = "club.unit.clerk"
    _description = "Points Clerk of a Unit"
    _inherit = ["club.record.mixin"]
    _order = "unit_id, date_from desc, id desc"

    unit_id = fields.Many2one("crm.team", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="unit_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Points Clerk",
        required=True,
        index=True,
        domain=[("share", "=", False)],
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._club_today()
    )
    date_to = fields.Date("To", help="Empty: until further notice.")

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A points clerk's time must not end before it begins.",
    )

    @api.constrains("user_id")
    def _check_user_id(self):
        group = CLERK
        for clerk in self:
            if not clerk.user_id.has_group(group):
                raise ValidationError(
                    self.env._(
                        "%(user)s needs the role Points Clerk before verifying "
                        "for %(unit)s: give it in the user's settings.",
                        user=clerk.user_id.name,
                        unit=clerk.unit_id.name,
                    )
                )

    @api.model
    def _domain_in_force(self, on):
        """Return the domain of the seats that are held on the day ``on``."""
        return [
            ("date_from", "<=", on),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", on),
        ]
