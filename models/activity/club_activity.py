from odoo import api, fields, models
from odoo.exceptions import UserError

from ..approval.document_types import ACTIVITY
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from .club_plan_line import EXECUTIVE, ORGANISERS, UNIT

# The life of an activity: applied for, approved, guests are invited, held, closed.
APPLICATION, PREPARING, INVITING = "application", "preparing", "inviting"
HELD, CLOSED, CANCELLED = "held", "closed", "cancelled"
STAGES = [
    (APPLICATION, "Application"),
    (PREPARING, "Preparing"),
    (INVITING, "Inviting"),
    (HELD, "Held"),
    (CLOSED, "Closed and Reported"),
    (CANCELLED, "Cancelled"),
]
# Approved, and still to take place.
AHEAD = (PREPARING, INVITING)


class ClubActivity(models.Model):
    """An activity of the club: its application and its life. Rules C2, C3, C4.

    Its application is signed, or lies within a signed line of the plan. Then it has an
    Odoo event, where guests register and check in.
    """

    _name = "club.activity"
    _description = "Activity"
    _inherit = ["club.document.mixin", "club.membership.tier.mixin"]
    _order = "date_begin desc, id desc"
    _rec_name = "theme"
    _rec_names_search = ["theme", "name"]

    _approval_guarded = (
        *("company_id", "unit_id", "organiser", "type_id", "plan_line_id", "theme"),
        *("form", "reason", "tier_id", "date_begin", "date_end", "place"),
        *("headcount", "seats_per_account"),
    )
    # What stays as it was at a stage; all does once it is closed.
    _club_fixed_at = {
        HELD: {"confirm_until"},
        CANCELLED: {
            *("confirm_until", "user_id", "address_id", "emergency_contact"),
            "description",
        },
    }
    _approval_lines = {"cost_ids": ("kind", "name", "amount")}
    _club_title = "theme"
    _club_state = "stage"
    _club_closed = (CLOSED,)

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
    date_end = fields.Datetime("Ends", required=True)
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
    cost_ids = fields.One2many(
        "club.activity.cost", "activity_id", "Estimated Costs", copy=True
    )
    cost_estimate = fields.Monetary(
        "Estimated Cost", compute="_compute_cost_estimate", store=True
    )
    cost_actual = fields.Monetary("Actual Cost", readonly=True, copy=False)
    satisfaction_mean = fields.Float(
        digits=(3, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Mean mark of the guests from 1 to 5. 0: nobody answered.",
    )
    answer_count = fields.Integer("Answers", readonly=True, copy=False)
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
    description = fields.Html()

    _dates = models.Constraint(
        "CHECK(date_begin <= date_end)", "An activity can't end before it begins."
    )
    _headcount = models.Constraint(
        "CHECK(headcount > 0 AND seats_per_account >= 0)",
        "An activity has seats: enter how many people come.",
    )

    _event_uniq = models.UniqueIndex("(event_id)", "An event belongs to one activity.")

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

    @api.depends("cost_ids.amount")
    def _compute_cost_estimate(self):
        for activity in self:
            activity.cost_estimate = sum(activity.cost_ids.mapped("amount"))

    @api.depends("name", "theme")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for activity in self:
            theme = activity._origin not in untold and activity.theme
            activity.display_name = " ".join(filter(None, (activity.name, theme)))

    # === CRUD === #

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        self._sync_events(vals)

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
                        stage=activity._get_stage_label(),
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(fixed)
                        ),
                    )
                )

    # === Approval === #

    def _get_approval_type(self):
        return ACTIVITY

    def _get_approval_amount(self):
        return sum(line.amount for line in self.cost_ids), self.currency_id

    def _get_approval_subject(self):
        """Return the theme; what is outside the plan says so. Rule C3."""
        if self.plan_line_id:
            return self.theme
        return self.env._("%s (outside the plan)", self.theme)

    def _get_approval_key(self):
        return f"{ACTIVITY}:{self.unit_id.id}:{self.type_id.id}"

    def _approval_execute(self, request):
        """Begin preparing: from now on there is an event. Rules C3, C4."""
        self._set_stage(PREPARING)
        self._create_events()

    def _set_stage(self, stage):
        self._write_guarded({"stage": stage})

    def _is_executive(self):
        """Tell whether the executive group organises it. Rule C2."""
        self.ensure_one()
        return self.organiser == EXECUTIVE
