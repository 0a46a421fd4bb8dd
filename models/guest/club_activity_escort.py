from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..activity.club_activity_briefing import ABSENT, ATTENDANCE, EXCUSED
from ..activity.stages import HELD, INVITING
from ..record.rpc import for_records, without_client_context
from .guest_list import GuestList, create_registrations

MISSED = (ABSENT, EXCUSED)


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
    briefing_state = fields.Selection(
        ATTENDANCE,
        "Briefing",
        compute="_compute_briefing_state",
        compute_sudo=True,
        help="Whether he was at the briefing; empty while nobody expects him there.",
    )
    has_missed_briefing = fields.Boolean(
        "Missed the Briefing",
        compute="_compute_briefing_state",
        compute_sudo=True,
        search="_search_has_missed_briefing",
    )
    can_note = fields.Boolean(
        compute="_compute_can_note",
        help="Whether the user notes who came along: whoever may change the activity.",
    )

    _user_uniq = models.UniqueIndex(
        "(activity_id, user_id)", "Everybody comes along once."
    )

    # === Computes === #

    @api.depends(
        "user_id",
        "activity_id.briefing_ids.state",
        "activity_id.briefing_ids.user_id",
    )
    def _compute_briefing_state(self):
        for escort in self:
            briefing = escort.activity_id.briefing_ids.filtered(
                lambda row, escort=escort: row.user_id == escort.user_id
            )
            escort.briefing_state = briefing.state
            escort.has_missed_briefing = briefing.state in MISSED

    def _search_has_missed_briefing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "EXISTS (SELECT FROM club_activity_briefing b"
                " WHERE b.activity_id = %s AND b.user_id = %s AND b.state = ANY(%s))",
                SQL.identifier(alias, "activity_id"),
                SQL.identifier(alias, "user_id"),
                list(MISSED),
            ),
            predicate=lambda escort: escort.has_missed_briefing,
        )

    @api.depends_context("uid")
    @api.depends("activity_id")
    def _compute_can_note(self):
        mine = self.activity_id._filtered_access("write")
        for escort in self:
            escort.can_note = escort.activity_id in mine

    # === Actions: for those who look after the activity === #

    @for_records
    def action_check_in(self):
        """Note that they came along. Rule C4.

        Odoo lets only the event's own officers check people in; whoever may change the
        activity notes who accompanied the guests.

        :raises UserError: of who stays away, and before the day
        """
        return self._do_note("open", "done")

    @for_records
    def action_undo_check_in(self):
        """Note that they didn't come along after all."""
        return self._do_note("done", "open")

    def _do_note(self, state, noted):
        self = without_client_context(self)
        self.activity_id.check_access("write")
        # sudo: the checks judge the activity, the right to it is asked above
        activities_sudo = self.sudo().activity_id
        activities_sudo._check_guests_open((INVITING, HELD))
        activities_sudo._check_day_has_come()
        GuestList(activities_sudo).hold()
        for escort in self.filtered(lambda escort: escort.state != state):
            raise UserError(
                self.env._(
                    "%(manager)s isn't noted again at “%(activity)s”: who stays away "
                    "says himself that he comes along after all.",
                    manager=escort.user_id.name,
                    activity=escort.activity_id.theme,
                )
            )
        # sudo: whoever notes it need not be one of Odoo's Events
        self.sudo().registration_id._write_guarded({"state": noted})
        return True

    # === What registers === #

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
