"""An activity's guests: whom it may have, until when they are confirmed. Rule C4."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...kernel.guest_states import (
    ATTENDED,
    CANCELLED,
    INVITED,
    LIVE,
    PROPOSED,
    SEATED,
    WAITING,
)
from ..activity.club_activity import INVITING, PREPARING
from ..record.groups import OFFICER
from ..record.rpc import for_one


class ClubActivity(models.Model):
    _inherit = "club.activity"

    confirm_until = fields.Date(
        compute="_compute_confirm_until",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day on which account managers confirm their guests. They are "
        "reminded before it; after it their unit's lead is.",
    )
    guest_invited = fields.Integer("Invited", compute="_compute_guest_counts")
    guest_open = fields.Integer("To Confirm", compute="_compute_guest_counts")
    guest_waiting = fields.Integer(
        "On the Waiting List", compute="_compute_guest_counts"
    )
    guest_seated = fields.Integer("Seats Taken", compute="_compute_guest_counts")
    guest_came = fields.Integer("Came", compute="_compute_guest_counts")
    guest_exceptions = fields.Integer("By Exception", compute="_compute_guest_counts")
    exception_seats = fields.Integer(
        "Seats for Exceptions",
        compute="_compute_exception_seats",
        compute_sudo=True,
        help="The share of seats that the program says, rounded down.",
    )

    @api.depends("date_begin", "company_id")
    def _compute_confirm_until(self):
        for activity in self:
            activity.confirm_until = activity.date_begin and (
                activity._get_confirm_until(activity.date_begin)
            )

    def _get_confirm_until(self, date_begin):
        """Return the last day for confirming guests of what begins then."""
        program = self._get_guest_programs()[self.company_id]
        days = timedelta(days=program.guest_confirm_days)
        return self.company_id._club_day(date_begin) - days

    @api.constrains("confirm_until", "date_begin")
    def _check_confirm_until(self):
        """Guests are confirmed before they come. Rule C4."""
        for activity in self:
            deadline, begin = activity.confirm_until, activity.date_begin
            if deadline and begin and deadline > activity.company_id._club_day(begin):
                raise ValidationError(
                    self.env._(
                        "Guests of %(activity)s can't be confirmed until %(deadline)s: "
                        "it begins on %(day)s. Choose a day before.",
                        activity=activity.display_name,
                        deadline=format_date(self.env, deadline),
                        day=format_date(self.env, activity.company_id._club_day(begin)),
                    )
                )

    @api.depends("invitation_ids.state", "invitation_ids.exception_kind")
    def _compute_guest_counts(self):
        """Count all guests, also those that one may not see: a count names nobody."""
        counts = {}
        found = (
            self.env["club.invitation"]
            .sudo()
            ._read_group(
                [("activity_id", "in", self._origin.ids)],
                ["activity_id", "state", "exception_kind"],
                ["__count", "invited_at:count"],
            )
        )
        for activity, state, exception, count, invited in found:
            sums = counts.setdefault(activity, dict.fromkeys(self._guest_sums, 0))
            sums["guest_invited"] += invited
            sums["guest_open"] += count * (state == INVITED)
            sums["guest_waiting"] += count * (state == WAITING)
            sums["guest_seated"] += count * (state in SEATED)
            sums["guest_came"] += count * (state == ATTENDED)
            sums["guest_exceptions"] += count * (bool(exception) and state in SEATED)
        for activity in self:
            activity.update(
                counts.get(activity._origin, dict.fromkeys(self._guest_sums, 0))
            )

    @property
    def _guest_sums(self):
        return [
            name
            for name, field in self._fields.items()
            if field.compute == "_compute_guest_counts"
        ]

    @api.depends("headcount", "seats_per_account", "seat_ids.seats")
    def _compute_exception_seats(self):
        programs = self._get_guest_programs()
        for activity in self:
            seats = activity._get_seats(programs[activity.company_id])
            activity.exception_seats = seats.exceptions

    # === Actions === #

    @for_one
    def action_propose_guests(self):
        """List the member contacts whose tier entitles them, to choose from. C4."""
        self._check_guest_officer()
        self._check_guests_open((PREPARING, INVITING))
        self.env["club.guest.candidate"]._collect(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_guest_candidate_action"
        )
        return {
            **action,
            "domain": [("activity_id", "=", self.id)],
            "context": {"search_default_contacts": 1, "search_default_new": 1},
        }

    @for_one
    def action_invite_guests(self):
        """Invite all who are proposed. Rule C4."""
        self._check_guest_officer()
        proposed = self.env["club.invitation"].search(
            [
                ("activity_id", "=", self.id),
                ("state", "=", PROPOSED),
                "|",
                ("exception_kind", "=", False),
                ("consented_by_id", "!=", False),
            ]
        )
        if not proposed:
            raise UserError(
                self.env._("Nobody is proposed for “%s”: propose guests.", self.theme)
            )
        return proposed.action_invite()

    @for_one
    def action_open_guests(self):
        """Show the guests of the activity that the user may see."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_invitation_action"
        )
        return {
            **action,
            "domain": [("activity_id", "=", self.id)],
            "context": {"default_activity_id": self.id},
        }

    # === Checks === #

    @api.model
    def _is_guest_officer(self, user):
        return user.has_group(OFFICER)

    def _check_guest_officer(self):
        self.check_access("read")
        if not (self.env.su or self._is_guest_officer(self.env.user)):
            raise AccessError(
                self.env._("The guest list is fixed by the club officers only.")
            )

    def _check_guests_open(self, stages):
        for activity in self:
            if activity.stage not in stages:
                labels = dict(self._fields["stage"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(activity)s” is at “%(stage)s”: this is done while it is at "
                        "“%(wanted)s”.",
                        activity=activity.theme,
                        stage=labels[activity.stage],
                        wanted=labels[stages[-1]],
                    )
                )

    def _check_has_event(self):
        for activity in self:
            if not activity.event_id:
                raise UserError(
                    self.env._(
                        "“%s” has no event yet where guests are registered.",
                        activity.theme,
                    )
                )

    def _check_change(self, reason):
        """Refuse to put off or call off what guests have come to. Rule C4."""
        result = super()._check_change(reason)
        guests_sudo = self.env["club.invitation"].sudo()
        came = guests_sudo.search_count(
            [("activity_id", "in", self.ids), ("state", "=", ATTENDED)]
        )
        if came:
            raise UserError(
                self.env._(
                    "%(activity)s has begun: %(count)s guests have checked in. Say "
                    "that it was held, or of them that they weren't there.",
                    activity=self.display_name,
                    count=came,
                )
            )
        return result

    # === The activity's life === #

    def _on_held(self):
        """Who had a seat and didn't check in is absent."""
        result = super()._on_held()
        self._hold_guests()
        guests_sudo = self.env["club.invitation"].sudo()
        guests_sudo._search_guests(self, LIVE)._close_unanswered()
        self.sudo()._refresh_guest_todos()
        return result

    def _on_cancelled(self):
        """Take all guests off the list, and what was asked about them."""
        result = super()._on_cancelled()
        self._hold_guests()
        guests_sudo = self.env["club.invitation"].sudo()
        guests = guests_sudo._search_guests(self, LIVE)
        guests._set_state(CANCELLED)
        guests._cancel_registrations()
        guests._drop_todos()
        self.sudo()._refresh_guest_todos()
        return result

    # === Reading === #

    def _get_guest_program(self):
        """Return the main program of the activities' one company, past the rules."""
        return self.env["club.program"].sudo()._get_main(self.company_id)

    def _get_guest_programs(self):
        """Return the main program of each company of the activities."""
        programs_sudo = self.env["club.program"].sudo()
        found = {
            company: programs_sudo._get_main(company) for company in self.company_id
        }
        # An activity that is being typed may have no company yet.
        return {**found, self.env["res.company"]: programs_sudo}

    def _get_tier_group(self):
        """Return the tier group by which guests are entitled."""
        self.ensure_one()
        if self.tier_id:
            return self.tier_id.group_id
        groups = self._get_guest_program().group_ids
        return groups.filtered(lambda group: group.purpose != "grade")[:1]

    def _get_tiers(self, accounts, day):
        """Return ``{(activity, account): tier}`` on a day, for activities of a company.

        Past the record rules: entitlement doesn't depend on who asks.
        """
        groups = {activity: activity._get_tier_group() for activity in self}
        memberships_sudo = self.env["club.membership"].sudo()
        found = memberships_sudo.search_fetch(
            [
                ("account_id", "in", accounts.ids),
                ("group_id", "in", [group.id for group in groups.values()]),
                *memberships_sudo._domain_on(day),
            ],
            ["account_id", "group_id", "tier_id"],
        )
        tiers = {(m.group_id, m.account_id): m.tier_id for m in found}
        return {
            (activity, account): tiers[group, account]
            for activity, group in groups.items()
            for account in accounts
            if (group, account) in tiers
        }
