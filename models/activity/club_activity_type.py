from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...kernel import cadence
from ...kernel.cadence import DEMAND, HALF, MONTH, QUARTER, YEAR, Cadence
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.copies import copy_each
from ..record.derived import differs
from ..record.navigate import open_list
from ..record.rpc import for_one
from .year_facts import NOTHING, read_year

_lt = LazyTranslate(__name__)

VALUE_ADDED, SIGNATURE, SERVICE = "value_added", "signature", "service"

KINDS = [
    (VALUE_ADDED, "Value-Added Activity"),
    (SIGNATURE, "Signature Activity"),
    (SERVICE, "Service Booked per Person"),
]

PERIODS = [
    (MONTH, "Month"),
    (QUARTER, "Quarter"),
    (HALF, "Half-Year"),
    (YEAR, "Year"),
    (DEMAND, "On Demand"),
]

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class ClubActivityType(models.Model):
    """What the club offers, how often, and from which tier on. Rule C1."""

    _name = "club.activity.type"
    _description = "Activity Type"
    _inherit = ["club.record.mixin", "club.membership.tier.mixin"]
    _order = "sequence, id"
    _club_zeros = {
        "seats_per_account": _lt("No limit"),
        "times_max": _lt("No limit"),
        "times_min": "",
        "attendance_points": "",
    }

    # === What === #
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Fixed once the type is used; the name may change.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(
        KINDS,
        required=True,
        default=VALUE_ADDED,
        help="Services are booked per person and aren't planned for a month.",
    )
    is_signature = fields.Boolean(
        "Signature Service",
        compute="_compute_is_signature",
        store=True,
        readonly=False,
        precompute=True,
        help="Signature activities and services are what the club stands out by. A "
        "service is one or the other.",
    )
    forms = fields.Text(
        translate=True,
        help="What it may be, one a line: the proposal for a plan takes turns.",
    )
    description = fields.Text(translate=True)

    # === For whom === #
    tier_id = fields.Many2one(
        "club.tier",
        "Lowest Tier",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
        help="Who is in this membership tier or a higher one is entitled. Empty: all.",
    )
    headcount = fields.Integer("Usual Headcount", aggregator="avg")
    seats_per_account = fields.Integer(
        aggregator="avg",
        help="How many guests one account may bring. 0: no limit.",
    )
    usual_hours = fields.Float(
        default=2,
        aggregator="avg",
        help="How long it takes: an activity's end is proposed by it.",
    )
    attendance_points = fields.Float(
        digits=(16, 2),
        aggregator="avg",
        help="Points that an account gets for each of its guests who came, kind "
        "Attendance. Rule B10.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        "Default Survey",
        ondelete="set null",
        default=lambda self: self.env.ref(
            "crm_club.club_survey", raise_if_not_found=False
        ),
        help="What guests are asked afterwards.",
    )

    # === How often === #
    period = fields.Selection(PERIODS, required=True, default=YEAR)
    times_min = fields.Integer("At Least", help="How often in the period, at least.")
    times_max = fields.Integer(
        "At Most", help="How often in the period, at most. 0: no limit."
    )
    counts_with_id = fields.Many2one(
        "club.activity.type",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('counts_with_id', '=', False), ('id', '!=', id),"
        " ('kind', '!=', 'service')]",
        help="The type whose numbers hold for both together: so many of the one and "
        "of the other, all in all. A plan's proposal takes turns.",
    )
    counted_ids = fields.One2many(
        "club.activity.type", "counts_with_id", "Types That Count With It"
    )
    usual_month = fields.Selection(
        MONTHS,
        help="Where in the period a plan puts it: December for what is yearly or "
        "half-yearly, March for the last month of each quarter. Empty: the middle.",
    )

    # === This year === #
    activity_count = fields.Integer("Activities", compute="_compute_activity_count")
    plan_line_count = fields.Integer("Planned Lines", compute="_compute_activity_count")
    owed_count = fields.Integer(
        "Owed This Year",
        compute="_compute_year_figures",
        help="How often the catalogue says that it takes place this year, at least. "
        "What counts with it is counted here, too.",
    )
    owed_now_count = fields.Integer(
        "Owed by Today",
        compute="_compute_year_figures",
        help="Of what this year owes: for periods that are over.",
    )
    planned_count = fields.Integer(
        "Planned This Year",
        compute="_compute_year_figures",
        help="Lines of this year's signed plan and its supplements.",
    )
    held_count = fields.Integer("Held This Year", compute="_compute_year_figures")

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "The company has an activity type with this code already."
    )
    _times = models.Constraint(
        "CHECK(times_min >= 0 AND times_max >= 0"
        " AND (times_max = 0 OR times_min <= times_max))",
        "An activity type takes place at least as often as its lower number says and "
        "at most as often as its higher one.",
    )
    _demand = models.Constraint(
        "CHECK(period <> 'demand' OR (times_min = 0 AND times_max = 0))",
        "What takes place on demand is owed no number of times: leave both numbers "
        "at 0, or choose a period.",
    )
    _shared = models.Constraint(
        "CHECK(counts_with_id IS NULL OR (times_min = 0 AND times_max = 0"
        " AND kind <> 'service'))",
        "What counts with another type has no numbers of its own, and is no service: "
        "leave both numbers at 0.",
    )
    _numbers = models.Constraint(
        "CHECK(headcount >= 0 AND seats_per_account >= 0 AND attendance_points >= 0)",
        "Headcount, seats per account and points can't be negative.",
    )
    _hours = models.Constraint(
        "CHECK(usual_hours >= 0 AND usual_hours <= 720)",
        "An activity takes no less than nothing, and no more than 30 days.",
    )

    # === Computes === #

    @api.depends("kind")
    def _compute_is_signature(self):
        for kind in self:
            if kind.kind != SERVICE:
                kind.is_signature = kind.kind == SIGNATURE

    @api.constrains("counts_with_id")
    def _check_counts_with_id(self):
        """One type has the numbers, the others count with it: no chains. Rule C1."""
        # sudo: types that the user may not read count with it, too
        for kind in self:
            leader = kind.counts_with_id
            if leader and (leader.counts_with_id or kind.sudo().counted_ids):
                raise ValidationError(
                    self.env._(
                        "%(type)s can't count with %(other)s: the type that has the "
                        "numbers counts with no other itself.",
                        type=kind.name,
                        other=leader.name,
                    )
                )

    def _compute_activity_count(self):
        counts = [
            dict(
                self.env[model]._read_group(
                    [("type_id", "in", self.ids)], ["type_id"], ["__count"]
                )
            )
            for model in ("club.activity", "club.plan.line")
        ]
        for kind in self:
            kind.activity_count = counts[0].get(kind, 0)
            kind.plan_line_count = counts[1].get(kind, 0)

    @api.depends("period", "times_min", "company_id", "counted_ids")
    def _compute_year_figures(self):
        for company, kinds in self.grouped("company_id").items():
            today = company._club_today()
            facts = read_year(company, today.year)
            for kind in kinds:
                rule = kind._get_cadence_or_none()
                found = [facts.get(k.id, NOTHING) for k in kind._origin._get_together()]
                kind.owed_count = cadence.owed(rule) if rule else 0
                kind.owed_now_count = (
                    cadence.owed_by(rule, today.year, today) if rule else 0
                )
                kind.planned_count = sum(each.planned for each in found)
                kind.held_count = sum(each.held for each in found)

    def _get_cadence_or_none(self):
        """Return the cadence, None while somebody is still typing it in."""
        try:
            return self._get_cadence()
        except ValueError:
            return None

    @api.constrains("survey_id")
    def _check_survey_id(self):
        self.survey_id._check_club_use()

    # === CRUD === #

    def copy_data(self, default=None):
        """A copy in the same company is a type of its own, with a code of its own."""
        default = default or {}
        vals_list = super().copy_data(default)
        for kind, values in zip(self, vals_list, strict=True):
            values.setdefault("code", kind._get_free_code())
            if values["company_id"] == kind.company_id.id and "name" not in default:
                values["name"] = self.env._("%s (copy)", kind.name)
        return vals_list

    def _check_club_fixed(self, vals):
        """Refuse another code or company for what documents refer to."""
        super()._check_club_fixed(vals)
        names = {"code", "company_id"}.intersection(vals)
        changed = self.filtered(
            lambda kind: any(differs(kind, name, vals[name]) for name in names)
        )
        used = changed._filter_used()
        if used:
            raise UserError(
                self.env._(
                    "The code and company of %s are fixed, since plans or activities "
                    "refer to it: change the name instead.",
                    used[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self._filter_used()
        if used:
            raise UserError(
                self.env._(
                    "Plans or activities refer to %s: archive it instead of deleting "
                    "it.",
                    used[0].name,
                )
            )

    # === Actions === #

    @for_one
    def action_open_activities(self):
        """Show the activities of this type, those that the user may read."""
        return open_list(self, "club_activity_action", "type_id")

    @for_one
    def action_open_plan_lines(self):
        """Show the lines of plans for this type, those that the user may read."""
        return open_list(self, "club_plan_line_action", "type_id")

    # === Reading === #

    def _filter_used(self):
        """Return the types that documents refer to; whose they are has no say."""
        used = self.browse()
        for model in self._get_users() if self else ():
            # sudo: whose documents they are has no say
            records_sudo = self.env[model].sudo().with_context(active_test=False)
            rows = records_sudo._read_group([("type_id", "in", self.ids)], ["type_id"])
            used |= self.browse(kind.id for (kind,) in rows)
        return used

    def _get_users(self):
        """Return the models whose ``type_id`` refers to the catalogue."""
        return ["club.plan.line", "club.activity", "club.work.report.line"]

    def _get_free_code(self):
        types_sudo = self.sudo().with_context(active_test=False)  # all of them
        found_sudo = types_sudo.search([("company_id", "=", self.company_id.id)])
        codes = set(found_sudo.mapped("code"))
        number = 2
        while f"{self.code}_{number}" in codes:
            number += 1
        return f"{self.code}_{number}"

    def _get_cadence(self):
        """Return the kernel's view of how often it takes place. Rule C1."""
        self.ensure_one()
        return Cadence(
            self.period or DEMAND,
            self.times_min,
            self.times_max,
            int(self.usual_month or 0),
        )

    def _get_together(self):
        """Return the types and those that count with them, archived ones too. C1."""
        return self | self.with_context(active_test=False).counted_ids

    def _get_forms(self):
        """Return the forms that it may have, in turn."""
        self.ensure_one()
        return [
            line.strip() for line in (self.forms or "").splitlines() if line.strip()
        ]

    # === A further company starts with a copy of the catalogue. Rules A9, C1 === #

    @api.model
    def _ensure_defaults(self, companies, tier_codes=None, since=None):
        """Give companies the types of the first company's catalogue that they lack.

        A type that begins with a tier comes once the company has that tier, by code:
        without it, everybody would be entitled. Each company then edits its own.

        :param tier_codes: only types that begin with one of these; None: all types
        :param since: only types that came at this moment or later: what was there
            before, a company may have given up
        """
        # sudo: a company starts with them, whoever makes its program
        types_sudo = self.sudo().with_context(active_test=False)
        # Theirs is the model who had a catalogue first.
        model = types_sudo.search([], order="id", limit=1).company_id
        catalogue = types_sudo.search(
            [("company_id", "=", model.id), ("active", "=", True)]
        )
        if tier_codes is not None:
            catalogue = catalogue.filtered(lambda kind: kind.tier_id.code in tier_codes)
        if since is not None:
            catalogue = catalogue.filtered(lambda kind: kind.create_date >= since)
        if not catalogue:
            return
        for company in companies - model:
            taken = types_sudo.search([("company_id", "=", company.id)]).mapped("code")
            tiers = self._get_membership_tiers(company)
            missing = catalogue.filtered(
                lambda kind, taken=taken, tiers=tiers: (
                    kind.code not in taken
                    and (not kind.tier_id or kind.tier_id.code in tiers)
                )
            )
            missing._copy_to(company, tiers)

    def _copy_to(self, company, tiers):
        """Copy types to a company, whose membership tiers are given by code."""
        copies = copy_each(
            self.with_company(company),
            [
                {
                    "company_id": company.id,
                    "code": kind.code,
                    "tier_id": kind.tier_id and tiers[kind.tier_id.code].id,
                }
                for kind in self
            ],
        )
        self._copy_counts_with(copies)
        return copies

    def _copy_counts_with(self, copies):
        """Let copies count with their own company's type of the same code. C1."""
        # sudo: whoever makes a program gets the catalogue, officer or not
        pairs = [
            pair for pair in zip(self, copies, strict=True) if pair[0].counts_with_id
        ]
        if not pairs:
            return
        theirs = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "in", copies.company_id.ids),
                    ("code", "in", self.counts_with_id.mapped("code")),
                ]
            )
        )
        for kind, copy in pairs:
            copy.counts_with_id = theirs.filtered(
                lambda found, kind=kind, copy=copy: (
                    found.code == kind.counts_with_id.code
                    and found.company_id == copy.company_id
                    and not found.counts_with_id
                )
            )

    def _get_membership_tiers(self, company):
        """Return ``{code: tier}`` of the company's main program's membership group."""
        # sudo: whoever makes a program or a tier gets the catalogue, officer or not
        program_sudo = self.env["club.program"].sudo()._get_main(company)
        groups_sudo = program_sudo.group_ids.filtered(
            lambda group: group.purpose in ("membership", "both")
        )
        return {tier.code: tier for tier in groups_sudo[:1].tier_ids}
