"""What an activity says and does of its guests. Rules B10, C4, C10."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ...kernel.guest_list import Seats
from ...kernel.guest_states import (
    ATTENDED,
    INVITED,
    LIVE,
    PROPOSED,
    SEATED,
    WAITING,
)
from ..activity.change import Consequence
from ..activity.club_activity import CLOSED, HELD, INVITING, PREPARING
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import get_labels
from ..record.rpc import for_one, without_client_context
from .door import Door, read_activity, search_doors
from .guest_list import GuestList
from .guest_todos import GuestTodos

BATCH = 100
_lt = LazyTranslate(__name__)


class ClubActivity(models.Model):
    _inherit = "club.activity"
    _club_zeros = {"seats_per_account": _lt("No limit"), "satisfaction_mean": ""}

    guests_from_id = fields.Many2one(
        "club.activity",
        "Guests as At",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The activity that is held again: its guests come first among whom to "
        "propose.",
    )
    seat_ids = fields.One2many(
        "club.activity.seat", "activity_id", "Seats per Tier", copy=True
    )
    exception_seats = fields.Integer(
        "Seats for Exceptions",
        compute="_compute_exception_seats",
        compute_sudo=True,
        help="The share of seats that the program says, rounded down.",
    )

    # === The deadline for confirming guests === #
    confirm_until = fields.Date(
        compute="_compute_confirm_until",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day on which account managers confirm their guests. They are "
        "reminded before it; after it their unit's lead is.",
    )
    # The deadlines for which it was done, so that another one is announced, too.
    reminded_for = fields.Date(readonly=True, copy=False)
    escalated_for = fields.Date(readonly=True, copy=False)
    # The deadline after which nobody was found to tell, so that it is said once.
    unescalated_for = fields.Date("Nobody Found For", readonly=True, copy=False)

    # === How many guests there are: all, whom one may see or not === #
    guest_invited = fields.Integer("Invited", compute="_compute_guest_counts")
    guest_open = fields.Integer("To Confirm", compute="_compute_guest_counts")
    guest_waiting = fields.Integer(
        "On the Waiting List", compute="_compute_guest_counts"
    )
    guest_seated = fields.Integer("Seats Taken", compute="_compute_guest_counts")
    guest_came = fields.Integer("Came", compute="_compute_guest_counts")
    guest_exceptions = fields.Integer("By Exception", compute="_compute_guest_counts")

    is_door_open = fields.Boolean(
        compute="_compute_is_door_open", help="It takes place today."
    )

    # === Account managers who come along === #
    escort_ids = fields.One2many(
        "club.activity.escort", "activity_id", "Account Managers Coming Along"
    )
    is_escorted_by_me = fields.Boolean(compute="_compute_is_escorted_by_me")

    # === Attendance points, rule B10 === #
    attendance_points = fields.Float(
        "Points per Guest",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator=None,
        help="As the type of activity said when they were first posted.",
    )
    attendance_run_ids = fields.One2many(
        "club.points.run", "activity_id", "Attendance Runs", readonly=True
    )
    attendance_posted = fields.Float(
        "Attendance Points",
        digits=(16, 2),
        compute="_compute_attendance_posted",
        compute_sudo=True,
        help="Posted so far, to all accounts.",
    )

    # === Computes, constraints === #

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
        none = dict.fromkeys(
            (
                name
                for name, field in self._fields.items()
                if field.compute == "_compute_guest_counts"
            ),
            0,
        )
        counts = {}
        guests_sudo = self.env["club.invitation"].sudo()
        found = guests_sudo._read_group(
            [("activity_id", "in", self._origin.ids)],
            ["activity_id", "state", "exception_kind"],
            ["__count", "invited_at:count"],
        )
        for activity, state, exception, count, invited in found:
            sums = counts.setdefault(activity, {**none})
            sums["guest_invited"] += invited
            sums["guest_open"] += count * (state == INVITED)
            sums["guest_waiting"] += count * (state == WAITING)
            sums["guest_seated"] += count * (state in SEATED)
            sums["guest_came"] += count * (state == ATTENDED)
            sums["guest_exceptions"] += count * (bool(exception) and state in SEATED)
        for activity in self:
            activity.update(counts.get(activity._origin, none))

    @api.depends("headcount", "seats_per_account", "seat_ids.seats")
    def _compute_exception_seats(self):
        programs = self._get_guest_programs()
        for activity in self:
            seats = activity._get_seats(programs[activity.company_id])
            activity.exception_seats = seats.exceptions

    @api.depends_context("uid")
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

    def _compute_attendance_posted(self):
        sums = dict(
            self.env["club.points.run"]._read_group(
                [("activity_id", "in", self._origin.ids), ("state", "=", "posted")],
                ["activity_id"],
                ["points:sum"],
            )
        )
        for activity in self:
            activity.attendance_posted = sums.get(activity._origin, 0)

    @api.constrains("headcount", "tier_id")
    def _check_tier_seats(self):
        """Refuse to set aside more seats than there are, or for who isn't entitled."""
        for activity in self.filtered("seat_ids"):
            aside = sum(activity.seat_ids.mapped("seats"))
            if aside > activity.headcount:
                raise ValidationError(
                    self.env._(
                        "“%(activity)s” has %(headcount)s seats, and %(aside)s are set "
                        "aside for tiers: set aside fewer.",
                        activity=activity.theme,
                        headcount=activity.headcount,
                        aside=aside,
                    )
                )
            groups = activity._get_tier_groups()
            for tier in activity.seat_ids.tier_id:
                if (
                    tier.group_id not in groups
                    or tier.sequence < activity.tier_id.sequence
                ):
                    raise ValidationError(
                        self.env._(
                            "%(tier)s isn't entitled to “%(activity)s”: no seats can "
                            "be set aside for it.",
                            tier=tier.name,
                            activity=activity.theme,
                        )
                    )

    # === Its guests === #

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
            "context": {
                "search_default_new": 1,
                "search_default_again"
                if self.guests_from_id
                else ("search_default_contacts"): 1,
            },
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
                labels = get_labels(self, "stage")
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

    # === Its door, on the day. Rule C4 === #

    @for_one
    def action_open_door(self):
        """Open the screen at the door, where guests are checked in."""
        return {
            "type": "ir.actions.client",
            "tag": "crm_club.door",
            "name": self.env._("Check-in Desk"),
            "params": {"activity_id": Door(self).id},
        }

    @api.model
    def get_doors(self):
        """Return today's activities that invite, to choose one: ``id``, ``theme``,
        ``time`` and ``place``.
        """
        self._check_guest_officer()
        return [read_activity(activity) for activity in search_doors(self)]

    @for_one
    def get_door(self):
        """Return what the screen at the door shows: its counts, its guests."""
        return Door(self).show()

    @for_one
    def action_enter(self, guest_id):
        """Check in a guest at the door; who has no seat yet gets one if there is one.

        :return: what to tell, and the door as it is then
        """
        door = Door(without_client_context(self))
        return {"told": door.enter(guest_id), "door": door.show()}

    @for_one
    def action_take_back(self, guest_id):
        """Take back at the door that a guest came."""
        door = Door(without_client_context(self))
        return {"told": door.take_back(guest_id), "door": door.show()}

    @for_one
    def action_scan_at_door(self, code):
        """Check in whoever a ticket or card names that was scanned at the door."""
        door = Door(without_client_context(self))
        return {"told": door.scan(code), "door": door.show()}

    def _scan_at_door(self, code):
        """Hook: check in whoever another code than a ticket's names, and return him."""
        return

    def _get_door_seats(self, guests):
        """Hook: return ``{guest's id: where he sits}``, in words."""
        return {}

    @api.depends("date_begin", "date_end", "stage")
    def _compute_is_door_open(self):
        todays = search_doors(self)
        for activity in self:
            activity.is_door_open = activity._origin in todays

    # === Its seats === #

    def _get_seats(self, program=None):
        """Return the kernel's view of the seats.

        :param program: the one that says how many are for exceptions, if it is known
        """
        self.ensure_one()
        program = self._get_guest_program() if program is None else program
        return Seats(
            self.headcount,
            {row.tier_id.id: row.seats for row in self.seat_ids},
            self.seats_per_account,
            Decimal(str(program.guest_exception_share)),
        )

    def _count_seated_by_tier(self):
        """Return ``{(activity, tier): guests who have a seat}``, without exceptions."""
        invitations_sudo = self.env["club.invitation"].sudo()
        found = invitations_sudo._read_group(
            [
                ("activity_id", "in", self._origin.ids),
                ("state", "in", SEATED),
                ("exception_kind", "=", False),
            ],
            ["activity_id", "tier_id"],
            ["__count"],
        )
        return {(activity, tier): count for activity, tier, count in found}

    # === Account managers who come along. Rule C4 === #

    @for_one
    def action_come_along(self):
        """Come along with one's guests. Rule C4.

        :raises UserError: when one has asked nobody
        """
        self = without_client_context(self)
        self.check_access("read")
        # sudo: whoever may see the activity comes along with guests of his own
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
        GuestList(self).hold()
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
        self = without_client_context(self)
        self.check_access("read")
        # sudo: his own registration, and nothing else
        activity_sudo = self.sudo()
        activity_sudo._check_guests_open((PREPARING, INVITING))
        escorts_sudo = activity_sudo.env["club.activity.escort"]
        escorts_sudo.search(self._domain_of_my_escort())._do_stay_away()
        return True

    def _domain_of_my_escort(self):
        return [("activity_id", "=", self.id), ("user_id", "=", self.env.uid)]

    # === The activity's life === #

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
                    "%(activity)s has begun; guests who have checked in: %(count)s. "
                    "Say that it was held, or of each that he wasn't there.",
                    activity=self.display_name,
                    count=came,
                )
            )
        return result

    def _get_consequences(self, change):
        """Who asked guests and who comes along hears of it; of what is cancelled, the
        latter is registered no more.
        """
        found = super()._get_consequences(change)
        if asked := GuestTodos(self).get_consequence(change):
            found = [*found, asked]
        # sudo: also those whose guests one doesn't see
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

    def _on_moved(self):
        result = super()._on_moved()
        GuestTodos(self).move()
        return result

    def _on_held(self):
        result = super()._on_held()
        GuestList(self).hold().close()
        return result

    def _on_cancelled(self):
        result = super()._on_cancelled()
        GuestList(self).hold().cancel()
        return result

    @api.model
    def _cron_remind_guests(self):
        """Remind managers before the deadline, tell their leads after it. Rule C4."""
        open_ones = self.search([("stage", "=", INVITING)], order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(open_ones))
        for start in range(0, len(open_ones), BATCH):
            batch = open_ones[start : start + BATCH].try_lock_for_update()
            batch = batch.filtered_domain([("stage", "=", INVITING)])
            GuestTodos(batch).remind()
            if not cron._commit_progress(BATCH):
                break

    # === Attendance points. Rule B10 === #

    @for_one
    def action_post_attendance(self):
        """Give the accounts the points for those of their guests who came, in each
        program of the company in which they are members. Rule B10.

        What is corrected afterwards posts the difference. Attendance asks for no points
        agreement, since no revenue is behind it (B4).

        :raises UserError: when the activity wasn't held, gives none, or all is posted
        """
        self = without_client_context(self)
        self._check_guest_officer()
        self._check_guests_open((CLOSED, HELD))
        # sudo, in the user's name: runs are nobody's to make
        activity_sudo = self.sudo().with_company(self.company_id)
        GuestList(activity_sudo).hold()
        activity_sudo._fix_attendance_points()
        programs = activity_sudo._get_attendance_programs()
        hold(programs)
        runs_sudo = activity_sudo.env["club.points.run"]
        posted = [
            runs_sudo._post_attendance(activity_sudo, program) for program in programs
        ]
        if not any(posted):
            raise UserError(
                self.env._(
                    "The attendance points of “%s” are posted, and nothing has changed "
                    "since.",
                    self.theme,
                )
                if activity_sudo.attendance_run_ids
                else self.env._("Nobody came to “%s” who earns points.", self.theme)
            )
        return True

    @for_one
    def action_open_attendance_runs(self):
        """Show what was posted, to whoever may read it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_entry_action"
        )
        runs_sudo = self.sudo().attendance_run_ids
        # The kind lets PostgreSQL use the index of attendance.
        domain = [("run_id", "in", runs_sudo.ids), ("kind", "=", "attendance")]
        return {**action, "domain": domain, "context": {}}

    def _fix_attendance_points(self):
        """Keep the points per guest once some are posted: a later change of the type
        isn't a correction of the attendance.
        """
        if not self.attendance_run_ids:
            self._write_guarded({"attendance_points": self.type_id.attendance_points})
        if not self.attendance_points:
            raise UserError(
                self.env._(
                    "Activities of the type %s give no attendance points.",
                    self.type_id.name,
                )
            )

    def _get_attendance_programs(self):
        """Return the programs that the points go to: those of the company, and any that
        corrections are for.
        """
        programs = self.env["club.program"].search(
            [("company_id", "=", self.company_id.id)]
        )
        programs |= self.attendance_run_ids.program_id
        if not programs:
            raise UserError(
                self.env._(
                    "%s has no club program to post points in.", self.company_id.name
                )
            )
        return programs

    # === Reading === #

    def _get_guest_program(self):
        """Return the main program of the activities' one company, past the rules."""
        # sudo: its settings hold for whoever may not read the program
        return self.env["club.program"].sudo()._get_main(self.company_id)

    def _get_guest_programs(self):
        """Return the main program of each company of the activities."""
        programs_sudo = self.env["club.program"].sudo()
        found = {
            company: programs_sudo._get_main(company) for company in self.company_id
        }
        # An activity that is being typed may have no company yet.
        return {**found, self.env["res.company"]: programs_sudo}

    def _get_tier_groups(self):
        """Return the tier groups by which guests are entitled.

        From a tier up, by its group. An activity for all tiers is for the members of
        each of the company's programs; the main one's group comes first.
        """
        self.ensure_one()
        if self.tier_id:
            return self.tier_id.group_id
        # sudo: entitlement doesn't depend on who asks
        programs_sudo = self.env["club.program"].sudo()
        programs_sudo = programs_sudo.search([("company_id", "=", self.company_id.id)])
        groups_sudo = self.env["club.tier.group"].sudo()
        for program in programs_sudo:
            of_members = program.group_ids.filtered(lambda g: g.purpose != "grade")
            groups_sudo |= of_members[:1]
        return groups_sudo

    def _get_tiers(self, accounts, day):
        """Return ``{(activity, account): tier}`` on a day, for activities of a company.

        Of tiers of several programs the highest counts, the main program's first.
        Past the record rules: entitlement doesn't depend on who asks.
        """
        groups = {activity: activity._get_tier_groups() for activity in self}
        memberships_sudo = self.env["club.membership"].sudo()
        found = memberships_sudo.search_fetch(
            [
                ("account_id", "in", accounts.ids),
                (
                    "group_id",
                    "in",
                    memberships_sudo.group_id.union(*groups.values()).ids,
                ),
                *memberships_sudo._domain_on(day),
            ],
            ["account_id", "group_id", "tier_id"],
        )
        tiers = {(m.group_id, m.account_id): m.tier_id for m in found}
        best = {}
        for activity, its_groups in groups.items():
            for account in accounts:
                held = [
                    tiers[group, account]
                    for group in its_groups
                    if (group, account) in tiers
                ]
                if held:
                    # The first of those that stand equally high.
                    best[activity, account] = max(held, key=lambda t: t.sequence)
        return best

    # === Persons === #

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Activities to which he was invited: what was said there may name him."""
        return Domain("invitation_ids.contact_id", "in", ids)
