from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ...kernel.activity_change import Change
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.day import check_day_has_come
from ..record.reader import as_reader
from ..record.rpc import for_one, for_records
from .briefing import Briefing
from .change import Rearrangement
from .checks import check_can_close, check_can_move, check_can_submit
from .club_plan_line import ORGANISERS, UNIT
from .event import create_events, get_reminder_consequences, sync_events
from .figure_sources import get_held_sources
from .held import CHECK_HELD, suggest_held
from .stages import (
    AHEAD,
    APPLICATION,
    CANCELLED,
    CLOSED,
    HELD,
    INVITING,
    PREPARING,
    STAGES,
)
from .within_plan import find_unsigned_reason, is_foreseen, take_from_plan

BILL_GROUPS = "account.group_account_readonly,account.group_account_invoice"


class ClubActivity(models.Model):
    """An activity of the club: its application and its life. Rules C2 to C6.

    Its application is signed, or lies within a signed line of the plan. Then it has an
    Odoo event, where guests register and check in.
    """

    _name = "club.activity"
    _description = "Activity"
    _inherit = [
        "club.activity.costs",
        "club.document.mixin",
        "club.membership.tier.mixin",
    ]
    _order = "date_begin desc, id desc"
    _rec_name = "theme"
    _rec_names_search = ["theme", "name"]

    _club_sequence = "ACT"
    _club_state = "stage"
    _club_closed = (CLOSED,)
    # What stays as it was at a stage; all does once it is closed.
    _club_fixed_at = {
        HELD: {"confirm_until"},
        CANCELLED: {
            *("confirm_until", "user_id", "address_id", "emergency_contact"),
            "description",
        },
    }
    _approval_type = "activity"
    _approval_guarded = (
        *("company_id", "unit_id", "organiser", "type_id", "plan_line_id", "theme"),
        *("form", "reason", "tier_id", "date_begin", "date_end", "place"),
        *("headcount", "seats_per_account"),
    )
    _approval_lines = {"cost_ids": ("kind", "name", "amount")}
    _club_title = "theme"

    # Who applies, and within what
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        check_company=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="Prepares it and may change what isn't signed.",
    )
    organiser = fields.Selection(
        ORGANISERS,
        "Organised by",
        compute="_compute_from_plan_line",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    type_id = fields.Many2one(
        "club.activity.type",
        compute="_compute_from_plan_line",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    plan_line_id = fields.Many2one(
        "club.plan.line",
        "Line of the Plan",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: outside the plan.",
    )
    is_planned = fields.Boolean(
        "In the Plan", compute="_compute_is_planned", store=True
    )
    plan_left = fields.Monetary(
        "Left on the Line",
        compute="_compute_plan_left",
        help="Of the line's budget, beside what its other activities take.",
    )

    # What, when, where and for whom
    theme = fields.Char(
        compute="_compute_from_plan_line",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    form = fields.Char(help="Lecture, match, outing, visit, dinner…")
    reason = fields.Text(required=True)
    tier_id = fields.Many2one(
        "club.tier",
        "Lowest Tier",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
        help="Who is in this membership tier or a higher one is entitled. Empty: all.",
    )
    date_begin = fields.Datetime("Begins", required=True, index=True)
    date_end = fields.Datetime(
        "Ends",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    is_over = fields.Boolean(
        "Over", compute="_compute_is_over", search="_search_is_over"
    )
    place = fields.Char()
    address_id = fields.Many2one(
        "res.partner",
        check_company=True,
        help="Of the place, as the event and its reminders show it.",
    )
    headcount = fields.Integer(
        "Guest Seats",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    seats_per_account = fields.Integer(
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        help="How many guests one account may bring. 0: no limit.",
    )
    description = fields.Html()

    # Its life
    stage = fields.Selection(
        STAGES,
        default=APPLICATION,
        group_expand=True,  # in their order, also those that none has
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    event_id = fields.Many2one(
        "event.event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    invitation_ids = fields.One2many("club.invitation", "activity_id", "Guests")

    # The day, and the briefing before it
    programme_ids = fields.One2many(
        "club.activity.programme", "activity_id", copy=False
    )
    emergency_contact = fields.Char(
        help="Whom to call if something happens on the day: name and number."
    )
    has_my_duty = fields.Boolean(
        "With a Duty of Mine",
        compute="_compute_has_my_duty",
        search="_search_has_my_duty",
    )
    briefing_id = fields.Many2one(
        "calendar.event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    briefing_at = fields.Datetime(related="briefing_id.start", string="Briefed on")
    briefing_ids = fields.One2many(
        "club.activity.briefing", "activity_id", "Briefed", copy=False
    )

    # What it costs, and which unit bears how much
    cost_ids = fields.One2many(
        "club.activity.cost", "activity_id", "Estimated Costs", copy=True
    )
    bill_line_ids = fields.One2many(
        "account.move.line",
        "club_activity_id",
        "Lines of Vendor Bills",
        readonly=True,
        copy=False,
        groups=BILL_GROUPS,
    )
    expense_ids = fields.One2many(
        "club.activity.expense", "activity_id", "Costs without a Bill", copy=False
    )
    share_ids = fields.One2many(
        "club.activity.share", "activity_id", "Split over Units", copy=False
    )

    # What it costs beyond the estimate
    overspend_ids = fields.One2many(
        "club.activity.overspend", "activity_id", readonly=True
    )
    # How it went; the satisfaction survey fills its figures
    summary = fields.Html(copy=False, help="How it went, and what came of it.")
    photo_ids = fields.Many2many(
        "ir.attachment",
        "club_activity_photo_rel",
        "activity_id",
        "attachment_id",
        "Photos",
        copy=False,
    )
    satisfaction_mean = fields.Float(
        "Satisfaction",
        digits=(3, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Mean mark of the guests from 1 to 5. 0: nobody answered.",
    )
    answer_count = fields.Integer("Answers", readonly=True, copy=False)

    # As it was when it was closed; what it had cost stands with its costs
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", "Closed by", readonly=True, copy=False, ondelete="restrict"
    )

    _dates = models.Constraint(
        "CHECK(date_begin <= date_end)", "An activity can't end before it begins."
    )
    _headcount = models.Constraint(
        "CHECK(headcount > 0 AND seats_per_account >= 0)",
        "An activity has seats: enter how many people come.",
    )
    _event_uniq = models.UniqueIndex("(event_id)", "An event belongs to one activity.")

    # === Computes === #

    @api.depends("plan_line_id")
    def _compute_from_plan_line(self):
        """What the line of the plan says is a proposal: the applicant changes it."""
        for activity in self:
            line = activity.plan_line_id
            activity.organiser = line.organiser or activity.organiser or UNIT
            activity.type_id = line.type_id or activity.type_id
            activity.theme = line.name or activity.theme

    @api.depends("type_id", "plan_line_id")
    def _compute_from_type(self):
        for activity in self:
            kind, line = activity.type_id, activity.plan_line_id
            activity.tier_id = line.tier_id or kind.tier_id
            activity.headcount = line.headcount or kind.headcount or activity.headcount
            activity.seats_per_account = kind.seats_per_account

    @api.depends("date_begin", "type_id")
    def _compute_date_end(self):
        """Propose the usual length, where there is no end that could be meant."""
        for activity in self:
            begin, end = activity.date_begin, activity.date_end
            if begin and (not end or end <= begin):
                hours = activity.type_id.usual_hours
                end = begin + timedelta(hours=hours)
            activity.date_end = end

    @api.depends("plan_line_id")
    def _compute_is_planned(self):
        for activity in self:
            activity.is_planned = bool(activity.plan_line_id)

    @api.depends("plan_line_id", "plan_line_id.budget")
    def _compute_plan_left(self):
        taken = self.plan_line_id._get_taken()
        for activity in self:
            line = activity.plan_line_id
            others = dict(taken.get(line.id, {}))
            others.pop(activity._origin.id, None)
            activity.plan_left = line.budget - float(sum(others.values()))

    @api.depends("date_end")
    def _compute_is_over(self):
        now = fields.Datetime.now()
        for activity in self:
            activity.is_over = bool(activity.date_end) and activity.date_end <= now

    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("date_end", "<=", fields.Datetime.now())]

    def _compute_has_my_duty(self):
        mine = self.programme_ids.filtered_domain([("user_id", "=", self.env.uid)])
        for activity in self:
            activity.has_my_duty = activity in mine.activity_id

    def _search_has_my_duty(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("programme_ids", "any", [("user_id", "=", self.env.uid)])]

    @api.depends("name", "theme")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for activity in self:
            theme = activity._origin not in untold and activity.theme
            activity.display_name = " ".join(filter(None, (activity.name, theme)))

    # === What is written, and what is fixed === #

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        sync_events(self, vals)

    def _check_club_fixed(self, vals):
        """Refuse to change what is closed: all but its chatter and to-dos. Rule C5.

        Of what was held or cancelled, some things stay before.
        """
        super()._check_club_fixed(vals)
        ours = set(self._get_club_names(vals))
        for activity in self:
            fixed = ours & self._club_fixed_at.get(activity.stage, set())
            if fixed:
                raise UserError(
                    self.env._(
                        "%(activity)s is at the stage “%(stage)s”, since when this "
                        "stays as it was: %(fields)s.",
                        activity=activity.display_name,
                        stage=self._get_club_labels()[activity.stage],
                        fields=[
                            self._fields[name]._description_string(self.env)
                            for name in sorted(fixed)
                        ],
                    )
                )

    @api.model
    def _check_files_open(self, files):
        """Also what a closed activity has; bills come later, its files don't."""
        result = super()._check_files_open(files)
        self.browse(files.mapped("res_id")).exists()._check_shown_files_open()
        return result

    def _check_shown_files_open(self):
        """Refuse to change files of a closed activity, and the photos that it shows."""
        self._check_club_open()

    # === Buttons that navigate === #

    @for_one
    def action_open_event(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "event.event",
            "res_id": self.event_id.id,
            "views": [(False, "form")],
        }

    # === Applying and signing. Rules C2, C3 === #

    @for_records
    def action_submit(self):
        """Submit; what lies within a signed line of the plan takes effect. Rule C2.

        That is what the executive group organises itself, is submitted by one of it or
        a club officer, and costs no more, together with the line's other activities,
        than its budget. Anything else goes by the amount bands. Rule C3.
        """
        self = self._without_client_context()
        self.check_access("write")
        foreseen = self.filtered(is_foreseen)
        for activity in foreseen:
            activity._check_can_submit()
        taken = take_from_plan(foreseen) if foreseen else foreseen
        others = self - taken
        return super(ClubActivity, others).action_submit() if others else True

    def _check_can_submit(self):
        super()._check_can_submit()
        check_can_submit(self)

    @api.model
    def _get_approval_types(self):
        return {self._approval_type: self.env._("Activity outside the plan")}

    def _get_approval_amount(self):
        return sum(line.amount for line in self.cost_ids), self.currency_id

    def _get_approval_subject(self):
        """Return the theme; what is outside the plan says so. Rule C3."""
        if self.plan_line_id:
            return self.theme
        return self.env._("%s (outside the plan)", self.theme)

    def _get_approval_key(self):
        return f"{self._approval_type}:{self.unit_id.id}:{self.type_id.id}"

    def _get_unsigned_text(self):
        reason = find_unsigned_reason(self)
        return reason and self.env._(
            "It takes effect when it is submitted, without signatures. %s", reason
        )

    def _approval_execute(self, request):
        """Begin preparing: from now on there is an event. Rules C3, C4."""
        self._set_state((APPLICATION,), PREPARING)
        create_events(self)

    # === Until it was held. Rule C4 === #

    @for_records
    def action_start_inviting(self):
        """Let account managers invite: the preparations have come so far. Rule C4."""
        self = self._without_client_context()
        self.check_access("write")
        for activity in self:
            if activity.stage != PREPARING or activity.is_over:
                raise UserError(
                    self.env._(
                        "Invitations to %s can't be opened: it has to be approved, and "
                        "still ahead.",
                        activity.display_name,
                    )
                )
        self._set_state((PREPARING,), INVITING)
        return True

    @for_one
    def action_schedule_briefing(self):
        """Make the briefing, or bring its people up to date; then open it. Rule C4.

        Whoever has a duty in the programme, and who is responsible, comes.
        """
        self = self._without_client_context()
        self.check_access("write")
        self._check_state(*AHEAD)
        briefing = Briefing(self)
        people = briefing.get_people()
        if not people:
            raise UserError(
                self.env._(
                    "Nobody has a duty in %s yet: enter the programme first, and who "
                    "sees to what.",
                    self.display_name,
                )
            )
        briefing.schedule(people)
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.briefing_id.id,
            "views": [(False, "form")],
        }

    @for_records
    def action_hold(self):
        """Record that it took place. Rule C4."""
        self = self._without_client_context()
        self.check_access("write")
        self._check_state(*AHEAD)
        for activity in self:
            if not activity.is_over:
                raise UserError(
                    self.env._(
                        "%s isn't over yet: it was held once its end has passed.",
                        activity.display_name,
                    )
                )
        self._set_state(AHEAD, HELD)
        # sudo: whoever was asked, it is answered
        self.sudo().activity_feedback([CHECK_HELD])
        self._on_held()
        return True

    def _on_held(self):
        """Hook: the activity took place."""

    def _check_day_has_come(self):
        """Nobody is checked in before the day. Rule C4."""
        for activity in self.filtered(lambda activity: activity.stage in AHEAD):
            check_day_has_come(activity, activity.date_begin)

    def _are_doors_closed(self):
        """Tell whether nobody comes any more: from then on who came is a fact."""
        self.ensure_one()
        return self.stage == HELD or self.date_end <= fields.Datetime.now()

    @api.model
    def _cron_suggest_held(self, batch=100):
        """Ask whoever is responsible whether what is over was held, once."""
        suggest_held(self, batch)

    # === Moving and cancelling. Rule C4 === #

    @for_one
    def action_move(self):
        """Ask for the new time, and why."""
        self.check_access("write")
        self._check_state(*AHEAD)
        return self._open_change("move", self.env._("Reschedule"))

    @for_one
    def action_cancel(self):
        """Ask why."""
        self.check_access("write")
        self._check_state(*AHEAD)
        return self._open_change("cancel", self.env._("Cancel Activity"))

    def _open_change(self, kind, title):
        """Return the dialog in which one says what is changed, and why."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "club.activity.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_kind": kind, "default_activity_id": self.id},
        }

    def _do_move(self, date_begin, date_end, place, reason):
        """Give an approved activity another time; what hangs on it follows. C4.

        :raises UserError, ValidationError: when it isn't to be held any more, or the
            new time is past, ends before it begins or is in another year than the plan
        """
        self.ensure_one()
        self._check_change(reason)
        check_can_move(self, date_begin, date_end)
        change = self._prepare_change(date_begin, date_end, place)
        Rearrangement(self, change, reason).carry_out()

    def _do_cancel(self, reason):
        """Call an approved activity off, with what hangs on it. C4.

        :raises UserError: when it was held already, or without a reason
        """
        self.ensure_one()
        self._check_change(reason)
        Rearrangement(self, self._prepare_change(), reason).carry_out()

    def _prepare_change(self, date_begin=None, date_end=None, place=None):
        """Return the change to another time and place; without one, cancelling."""
        self.ensure_one()
        return Change(
            self.date_begin, self.date_end, self.place, date_begin, date_end, place
        )

    def _check_change(self, reason):
        self.check_access("write")
        self._check_state(*AHEAD)
        if not reason:
            raise ValidationError(
                self.env._("Say why %s is changed.", self.display_name)
            )

    def _get_consequences(self, change):
        """Return what becomes of what hangs on the activity, in the user's language.

        Nothing is changed: the dialog shows it first. Whoever extends this adds what
        his capability hangs on activities, whoever may read it: it is asked as
        superuser. What can't follow stays, and its text says why.

        :param Change change: what is about to happen
        :return: a list of `Consequence`
        """
        self.ensure_one()
        return [
            *get_reminder_consequences(self, change),
            *Briefing(self).get_consequences(change),
        ]

    def _on_moved(self):
        """Hook: the activity was moved, with what hangs on it."""

    def _on_cancelled(self):
        """Hook: the activity was cancelled, with what hangs on it."""

    # === Closing. Rules C5, C6 === #

    @for_records
    def action_close(self):
        """Close what was held: its report is complete, and stays. Rule C5.

        :raises UserError: saying what is missing
        """
        self = self._without_client_context()
        self.check_access("write")
        for activity in self:
            check_can_close(activity)
        for activity in self:
            activity._set_state(
                (HELD,),
                CLOSED,
                cost_closed=activity.cost_actual,
                closed_on=fields.Datetime.now(),
                closed_by_id=self.env.uid,
            )
        return True

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        return get_held_sources()

    # === Reading === #

    def _get_time_text(self, moment=None):
        """Return a moment in words, by local time; when it begins if None."""
        moment = moment or self.date_begin
        return format_datetime(
            self.env, moment, tz=self.company_id._club_zone(), dt_format="short"
        )

    def _in_its_language(self):
        """Return the activity in the language in which its papers are kept."""
        activity_sudo = self.sudo()  # whoever may read the company
        return as_reader(self, activity_sudo.company_id.partner_id)
