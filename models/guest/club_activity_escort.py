from odoo import fields, models

from .guest_list import create_registrations


class ClubActivityEscort(models.Model):
    """An account manager who comes along with his guests. Rule C4: managers accompany.

    He is registered for the event, and checks in there, but takes no guest's seat.
    """

    _name = "club.activity.escort"
    _description = "Account Manager Who Comes Along"
    _inherit = ["club.record.mixin"]
    _order = "activity_id, id"
    _rec_name = "user_id"

    activity_id = fields.Many2one(
        "club.activity", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Account Manager",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    registration_id = fields.Many2one(
        "event.registration", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(related="registration_id.state")

    _user_uniq = models.UniqueIndex(
        "(activity_id, user_id)", "Everybody comes along once."
    )

    def _do_register(self):
        """Register for the event, or again after having stayed away."""
        # sudo: whoever comes along need not be one of Odoo's Events
        escorts_sudo = self.sudo()
        escorts_sudo.registration_id._write_guarded({"state": "open"})
        new = escorts_sudo.filtered(lambda escort: not escort.registration_id)
        registrations_sudo = create_registrations(
            self.env, [escort._prepare_registration() for escort in new]
        )
        for escort, registration in zip(new, registrations_sudo, strict=True):
            escort._write_guarded({"registration_id": registration.id})

    def _prepare_registration(self):
        partner = self.user_id.partner_id
        return {
            "event_id": self.activity_id.event_id.id,
            "partner_id": partner.id,
            "name": partner.name,
            "email": partner.email,
            "phone": partner.phone,
            "company_name": self.company_id.name,
            "club_escort_id": self.id,
            "state": "open",
        }

    def _do_stay_away(self):
        # sudo: as above
        self.sudo().registration_id._write_guarded({"state": "cancel"})
