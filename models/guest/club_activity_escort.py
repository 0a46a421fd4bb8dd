from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel.guest_states import LIVE
from ..activity.change import Consequence
from ..activity.club_activity import HELD, INVITING, PREPARING
from ..activity.club_activity_briefing import ABSENT, ATTENDANCE, EXCUSED
from ..record.lock import opened
from ..record.rpc import for_one, for_records, without_client_context

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
    _check_company_auto = True

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
        activities_sudo = self.sudo().activity_id
        activities_sudo._check_guests_open((INVITING, HELD))
        activities_sudo._check_day_has_come()
        activities_sudo._hold_guests()
        for escort in self.filtered(lambda escort: escort.state != state):
            raise UserError(
                self.env._(
                    "%(manager)s isn't noted again at “%(activity)s”: who stays away "
                    "says himself that he comes along after all.",
                    manager=escort.user_id.name,
                    activity=escort.activity_id.theme,
                )
            )
        self.sudo().registration_id._write_guarded({"state": noted})
        return True

    # === What registers === #

    def _do_register(self):
        """Register for the event, or again after having stayed away."""
        escorts_sudo = self.sudo()
        escorts_sudo.registration_id._write_guarded({"state": "open"})
        for escort in escorts_sudo.filtered(lambda found: not found.registration_id):
            partner = escort.user_id.partner_id
            opened(escort).registration_id = escort.env[
                "club.invitation"
            ]._create_registrations(
                [
                    {
                        "event_id": escort.activity_id.event_id.id,
                        "partner_id": partner.id,
                        "name": partner.name,
                        "email": partner.email,
                        "phone": partner.phone,
                        "company_name": escort.company_id.name,
                        "club_escort_id": escort.id,
                        "state": "open",
                    }
                ]
            )

    def _do_stay_away(self):
        self.sudo().registration_id._write_guarded({"state": "cancel"})


class ClubActivity(models.Model):
    _inherit = "club.activity"

    escort_ids = fields.One2many(
        "club.activity.escort", "activity_id", "Account Managers Coming Along"
    )
    is_escorted_by_me = fields.Boolean(compute="_compute_is_escorted_by_me")

    def _compute_is_escorted_by_me(self):
        mine = self.env["club.activity.escort"].search(
            [
                ("activity_id", "in", self._origin.ids),
                ("user_id", "=", self.env.uid),
                ("state", "in", ("open", "done")),
            ]
        )
        for activity in self:
            activity.is_escorted_by_me = activity._origin in mine.activity_id

    @for_one
    def action_come_along(self):
        """Come along with one's guests. Rule C4.

        :raises UserError: when one has asked nobody
        """
        self = self._without_client_context()
        self.check_access("read")
        activity_sudo = self.sudo()
        activity_sudo._check_guests_open((PREPARING, INVITING))
        activity_sudo._check_has_event()
        guests = self.env["club.invitation"].search_count(
            [("activity_id", "=", self.id), ("state", "in", LIVE)], limit=1
        )
        if not guests:
            raise UserError(
                self.env._(
                    "Whoever comes along accompanies guests: none of your accounts is "
                    "invited to “%s”.",
                    self.theme,
                )
            )
        activity_sudo._hold_guests()
        escorts_sudo = activity_sudo.env["club.activity.escort"]
        escort = escorts_sudo.search(self._domain_of_my_escort())
        if not escort:
            escort = escorts_sudo._create_guarded(
                {"activity_id": self.id, "user_id": self.env.uid}
            )
        escort._do_register()
        return True

    @for_one
    def action_stay_away(self):
        """Don't come along after all."""
        self = self._without_client_context()
        self.check_access("read")
        self.sudo()._check_guests_open((PREPARING, INVITING))
        escorts_sudo = self.env["club.activity.escort"].sudo()
        escorts_sudo.search(self._domain_of_my_escort())._do_stay_away()
        return True

    def _domain_of_my_escort(self):
        return [("activity_id", "=", self.id), ("user_id", "=", self.env.uid)]

    def _get_consequences(self, change):
        """Whoever comes along hears of it; cancelled, he is registered no more."""
        found = super()._get_consequences(change)
        escorts_sudo = self.sudo().escort_ids.filtered(
            lambda escort: escort.state in ("open", "done")
        )
        if not escorts_sudo:
            return found
        people = escorts_sudo.user_id.filtered("active").partner_id
        if change.is_cancelled:
            text = self.env._("Account managers don't come along any more.")
            return [*found, Consequence(text, people, escorts_sudo._do_stay_away)]
        text = self.env._("Account managers come along at the new time.")
        return [*found, Consequence(text, people)]
