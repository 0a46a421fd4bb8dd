from collections import Counter
from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, format_list
from odoo.tools.misc import formatLang

from ...kernel import cadence
from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.windows import add_months
from ...kernel.written import get_written
from ..approval.states import DONE, EDITABLE
from ..record.hold import hold
from ..record.rpc import for_one, for_records
from .club_activity_type import SERVICE
from .club_plan_line import UNIT
from .figure import Figure
from .year_facts import NOTHING, read_year


class ClubPlan(models.Model):
    """The year's activities, signed by the presidium. Rule C2.

    A signed plan is fixed. What changes within the year is a supplement: a plan of its
    own, signed alike, that adds lines and drops lines of what was signed before.
    """

    _name = "club.plan"
    _description = "Annual Activity Plan"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "year desc, number, id desc"
    _rec_names_search = ["year"]

    _approval_type = "plan"
    _approval_guarded = (
        *("company_id", "year", "number", "note", "shortfall", "dropped_ids"),
        *("report_achievements", "report_shortcomings", "report_outlook"),
    )
    _approval_lines = {
        "line_ids": (
            *("type_id", "name", "month", "tier_id", "organiser", "unit_id"),
            *("headcount", "budget"),
        ),
        "report_line_ids": (
            *("type_id", "owed", "planned", "held", "cancelled", "unplanned"),
            *("invited", "attended", "answers", "satisfaction"),
            *("budget", "cost", "unplanned_names"),
        ),
    }

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._club_today().year + 1,
    )
    number = fields.Integer(
        "Supplement",
        default=0,
        required=True,
        readonly=True,
        copy=False,
        aggregator=None,
        help="0: the annual plan; 1 and above: its supplements.",
    )
    base_id = fields.Many2one(
        "club.plan",
        "Annual Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The signed plan that this one supplements.",
    )
    supplement_ids = fields.One2many("club.plan", "base_id", "Plan Supplements")
    note = fields.Text("Aims")
    shortfall = fields.Text(
        "Why Fewer Than Owed",
        help="Needed when the plan has an activity less often than the catalogue says.",
    )
    line_ids = fields.One2many("club.plan.line", "plan_id", "Lines", copy=True)
    line_count = fields.Integer(compute="_compute_budget", store=True)
    budget = fields.Monetary(compute="_compute_budget", store=True)
    dropped_ids = fields.Many2many(
        "club.plan.line",
        string="Lines Dropped",
        copy=False,
        check_company=True,
        help="Lines of the signed plan that no longer apply once this one is signed. "
        "To change a line, drop it and add it anew.",
    )

    # Against the catalogue: owed, planned, held. Rules C1, C2
    figures = fields.Html(
        "Owed, Planned, Held",
        compute="_compute_figures",
        compute_sudo=True,
        sanitize=False,
        help="Per activity type: how often the catalogue owes it this year, how often "
        "signed plans and this one have it, how often it took place.",
    )
    is_short = fields.Boolean(
        "Fewer Than Owed",
        compute="_compute_figures",
        compute_sudo=True,
        help="Whether an activity is planned less often than the catalogue owes it.",
    )

    # Last year's work report, which is submitted along with the plan. Rule C2
    report_year = fields.Integer("Year Reported", compute="_compute_report_year")
    report_at = fields.Datetime(
        "As Of",
        readonly=True,
        copy=False,
        help="When the figures were last counted; submitting counts them anew.",
    )
    report_line_ids = fields.One2many(
        "club.work.report.line", "plan_id", "Last Year's Figures"
    )
    report_achievements = fields.Text("Achievements", copy=False)
    report_shortcomings = fields.Text("Shortcomings", copy=False)
    report_outlook = fields.Text("For Next Year", copy=False)

    # Serves: the plans of a year, and the next number of a supplement.
    _year_uniq = models.UniqueIndex(
        "(company_id, year, number)", "The company has a plan for this year already."
    )
    _year_sane = models.Constraint(
        f"CHECK(year BETWEEN {FIRST_YEAR} AND {LAST_YEAR})",
        "A plan is for a year of this century: enter four digits.",
    )
    _base = models.Constraint(
        "CHECK((number = 0) = (base_id IS NULL))",
        "A supplement belongs to an annual plan.",
    )

    # === Computes === #

    @api.depends("line_ids.budget")
    def _compute_budget(self):
        for plan in self:
            plan.line_count = len(plan.line_ids)
            plan.budget = sum(plan.line_ids.mapped("budget"))

    @api.depends("year", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = (
                self.env._(
                    "Activity Plan %(year)s, Supplement %(number)s",
                    year=plan.year,
                    number=plan.number,
                )
                if plan.number
                else self.env._("Activity Plan %s", plan.year)
            )

    # === CRUD === #

    def copy_data(self, default=None):
        """A copy is for the year after the last plan, its lines in the same months."""
        default = default or {}
        vals_list = super().copy_data(default)
        for plan, values in zip(self, vals_list, strict=True):
            values["year"] = default.get("year") or plan._get_last_year() + 1
            shift = 12 * (values["year"] - plan.year)
            for _command, _id, line in values.get("line_ids") or ():
                line["month"] = add_months(line["month"], shift)
        return vals_list

    def _get_last_year(self):
        """Return the latest year for which the company has a plan."""
        plans_sudo = self.sudo()  # whoever may read them
        ((year,),) = plans_sudo._read_group(
            [("company_id", "=", self.company_id.id)], [], ["year:max"]
        )
        return year or self.year

    # === Supplements === #

    @for_one
    def action_supplement(self):
        """Draw up a supplement of a signed plan, or open the one under way. C2.

        :raises UserError: before the plan is in effect
        """
        self = self._without_client_context()
        self.check_access("read")
        self.check_access("create")
        base = self.base_id or self
        if not base._is_in_effect():
            raise UserError(
                self.env._(
                    "%s isn't signed yet: change it itself, or withdraw it first.",
                    base.display_name,
                )
            )
        # The second of two at once begins anew, and finds the first one's.
        hold(base)
        found = base.supplement_ids.filtered(lambda plan: not plan._is_in_effect())[:1]
        return (found or base._create_supplement())._get_form_action()

    def _create_supplement(self):
        plan_sudo = self.sudo()  # whoever may read its supplements
        numbers = plan_sudo.supplement_ids.mapped("number")
        plans = self.with_company(self.company_id)._create_guarded(
            [
                {
                    "company_id": self.company_id.id,
                    "year": self.year,
                    "base_id": self.id,
                    "number": max(numbers, default=0) + 1,
                }
            ]
        )
        return plans.with_env(self.env)

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === Approval === #

    def _get_approval_subject(self):
        return self.env._(
            "Activities: %(count)s, budget %(budget)s",
            count=len(self.line_ids),
            budget=formatLang(
                self.env,
                sum(self.line_ids.mapped("budget")),
                currency_obj=self.currency_id,
            ),
        )

    def _approval_execute(self, request):
        """A signed plan takes effect by being signed; what it drops ends. Rule C2."""
        self.dropped_ids._write_guarded({"dropped_by_id": self.id})

    # === What a plan must be to be submitted. Rule C2 === #

    def _is_in_effect(self):
        self.ensure_one()
        return self.approval_state == DONE

    @api.constrains("year", "base_id")
    def _check_base(self):
        for plan in self:
            if plan.base_id and plan.base_id.year != plan.year:
                raise ValidationError(
                    self.env._(
                        "%(plan)s supplements the plan of %(year)s: it can't be for "
                        "another year.",
                        plan=plan.display_name,
                        year=plan.base_id.year,
                    )
                )

    @api.constrains("company_id")
    def _check_lines_company(self):
        """Lines follow their plan's company; their types and units don't."""
        self.line_ids._check_company()
        self.report_line_ids._check_company()

    @api.constrains("dropped_ids")
    def _check_dropped(self):
        for plan in self:
            plan._check_lines_dropped()

    def _check_can_submit(self):
        """What was owed is asked when it is submitted: the catalogue may change while
        others sign; what is dropped is asked again when the plan takes effect.
        """
        self.ensure_one()
        plan_sudo = self.sudo()  # judged whatever the user may read
        plan_sudo._check_has_lines()
        plan_sudo._check_lines()
        plan_sudo._check_lines_dropped()
        if self.approval_state in EDITABLE:
            plan_sudo._check_base_in_effect()
            plan_sudo._check_owed()
            plan_sudo._check_report()

    def _check_has_lines(self):
        if not self.line_ids and not self.dropped_ids:
            raise UserError(
                self.env._(
                    "%s has no line yet: propose them from the catalogue, or add them.",
                    self.display_name,
                )
            )

    def _check_lines(self):
        self.line_ids._check_month()
        for line in self.line_ids:
            if line.organiser == UNIT and not line.unit_id:
                raise UserError(
                    self.env._(
                        "%(line)s of %(plan)s is organised by a unit: choose which "
                        "one.",
                        line=line.name,
                        plan=self.display_name,
                    )
                )

    def _check_base_in_effect(self):
        if self.base_id and not self.base_id._is_in_effect():
            raise UserError(
                self.env._(
                    "%(supplement)s comes after %(plan)s, which isn't signed yet.",
                    supplement=self.display_name,
                    plan=self.base_id.display_name,
                )
            )

    def _check_lines_dropped(self):
        """Refuse to drop what isn't in force this year, or has its activity already."""
        plan_sudo = self.sudo()  # judged whatever the user may read
        for line in plan_sudo.dropped_ids:
            values = {"line": line.display_name, "plan": self.display_name}
            if not self.number:
                raise ValidationError(
                    self.env._(
                        "%(plan)s is no supplement: %(line)s can't be dropped by it.",
                        **values,
                    )
                )
            if line.dropped_by_id == self:
                continue
            if (
                not line.in_force
                or line.company_id != self.company_id
                or line.plan_id.year != self.year
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s isn't in force in the year of %(plan)s: only lines "
                        "that are can be dropped.",
                        **values,
                    )
                )
            if line._get_live_activities():
                raise ValidationError(
                    self.env._(
                        "%(line)s has an activity already: cancel that first, then "
                        "drop the line.",
                        **values,
                    )
                )

    def _check_owed(self):
        """Ask why, when it plans less than the catalogue owes. Rule C1."""
        if get_written(self.shortfall):
            return
        short = [figure for figure in self._get_figures() if figure.missing]
        if self.number:
            # The annual plan has said why of what it lacks.
            dropped = self.dropped_ids.type_id
            short = [figure for figure in short if figure.kind in dropped]
        if short:
            raise UserError(
                self.env._(
                    "%(plan)s plans less than the catalogue owes: %(types)s. Add what "
                    "is missing, or say why under “Why Fewer Than Owed”.",
                    plan=self.display_name,
                    types=format_list(
                        self.env,
                        [
                            self.env._(
                                "%(type)s (%(months)s)",
                                type=figure.kind.name,
                                months=figure.missing_text,
                            )
                            for figure in short
                        ],
                    ),
                )
            )

    def _check_report(self):
        """Ask for words on a last year of which there is something to tell."""
        told = get_written(self.report_achievements)
        if self.report_line_ids and not told:
            raise UserError(
                self.env._(
                    "%(plan)s comes with the work report on %(year)s: write what was "
                    "achieved.",
                    plan=self.display_name,
                    year=self.report_year,
                )
            )

    # === A plan against the catalogue: owed, planned, held. Rules C1, C2 === #

    @api.depends(
        *("company_id", "year", "approval_state", "dropped_ids"),
        *("line_ids.type_id", "line_ids.month"),
    )
    @api.depends_context("lang")
    def _compute_figures(self):
        years = {}
        catalogues = self._get_catalogues()
        for plan in self:
            key = plan.company_id, plan.year
            if key not in years:
                years[key] = read_year(*key)
            figures = plan._get_figures(years[key], catalogues.get(plan.company_id))
            plan.is_short = any(figure.is_short for figure in figures)
            plan.figures = (
                self.env["ir.qweb"]._render(
                    "crm_club.club_plan_figures", {"figures": figures}
                )
                if figures
                else Markup()
            )

    def _get_catalogues(self):
        """Return ``{company: types of activities}``, archived ones among them."""
        # sudo: whoever reads a plan may know what the catalogue owes
        kinds_sudo = self.env["club.activity.type"].sudo()
        found = kinds_sudo.with_context(active_test=False).search(
            [("company_id", "in", self.company_id.ids)]
        )
        return found.grouped("company_id")

    def _get_figures(self, facts=None, kinds=None):
        """Return a `Figure` per type that is owed, planned or held this year.

        :param facts: from `read_year`, when they are known
        :param kinds: the company's, from `_get_catalogues`, when they are known
        """
        self.ensure_one()
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            return []
        if facts is None:
            facts = read_year(self.company_id, self.year)
        planned = self._get_planned_months(facts)
        if kinds is None:
            kinds = self._get_catalogues().get(
                self.company_id, self.env["club.activity.type"]
            )
        today = self.company_id._club_today()
        figures = []
        for kind in kinds:
            found = facts.get(kind.id, NOTHING)
            rule = kind._get_cadence()
            months = planned.get(kind.id, [])
            together = kinds.browse(kind._get_together().ids)
            months_together = [m for k in together for m in planned.get(k.id, ())]
            owed = cadence.owed(rule) if kind.active else 0
            is_shared = kind.active and kind.counts_with_id
            if not (owed or months or found or is_shared):
                continue
            missing = tuple(cadence.missing(rule, months_together)) if owed else ()
            figures.append(
                Figure(
                    kind=kind.with_env(self.env),
                    owed=owed,
                    owed_now=cadence.owed_by(rule, self.year, today) if owed else 0,
                    allowed=cadence.allowed(rule) if not kind.counts_with_id else None,
                    planned=len(months),
                    missing=missing,
                    missing_text=self._get_months_text(missing),
                    facts=found,
                    together=len(months_together),
                    held_together=sum(facts.get(k.id, NOTHING).held for k in together),
                )
            )
        return figures

    def _get_planned_months(self, facts):
        """Return ``{type id: months}`` of lines in force and of this plan's own."""
        planned = {kind_id: list(found.months) for kind_id, found in facts.items()}
        if self.approval_state == DONE:
            return planned
        for line in self.line_ids:
            if line.month and line.type_id:
                planned.setdefault(line.type_id._origin.id, []).append(line.month.month)
        for line in self.dropped_ids:
            months = planned.get(line.type_id._origin.id, [])
            if line.month and line.month.month in months:
                months.remove(line.month.month)
        return planned

    def _get_months_text(self, months):
        """Return the names of the months in the user's language."""
        names = [
            format_date(self.env, date(self.year, month, 1), date_format="LLL")
            for month in sorted(set(months))
        ]
        return format_list(self.env, names) if names else ""

    # === Filling it in one click: from the catalogue, or last year's plan. C2 === #

    @for_one
    def action_propose(self):
        """Add what the catalogue owes this year and no plan has yet. Rule C2.

        Clicked again it adds nothing. Services are booked, never planned.
        """
        self = self._without_client_context()
        self._check_can_fill()
        return self._add_lines(self._prepare_proposal())

    @for_one
    def action_copy_last_year(self):
        """Add last year's lines, a year on, but for those that are there. Rule C2."""
        self = self._without_client_context()
        self._check_can_fill()
        return self._add_lines(self._prepare_last_year())

    def _check_can_fill(self):
        self.check_access("write")
        hold(self)
        self._check_approval_editable()

    def _add_lines(self, vals_list):
        self.env["club.plan.line"].create(
            [{**values, "plan_id": self.id} for values in vals_list]
        )
        message = (
            self.env._("Lines added: %s. Adapt them.", len(vals_list))
            if vals_list
            else self.env._("Nothing is missing: no line was added.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if vals_list else "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_proposal(self):
        """Return the values of the lines to add."""
        facts = read_year(self.company_id, self.year)
        last_year = read_year(self.company_id, self.year - 1)
        planned = self._get_planned_months(facts)
        kinds = self.env["club.activity.type"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "!=", SERVICE),
                ("times_min", ">", 0),
            ]
        )
        return [
            values
            for kind in kinds
            for values in self._prepare_lines_of(kind, planned, last_year)
        ]

    def _prepare_lines_of(self, leader, planned, last_year):
        """Return the lines that a type lacks; what counts with it has its turn. C1."""
        kinds = leader | leader.counted_ids.filtered("active")
        taken = [
            month
            for kind in leader._get_together()
            for month in planned.get(kind.id, ())
        ]
        counts = Counter({kind: len(planned.get(kind.id, ())) for kind in kinds})
        for month in cadence.missing(leader._get_cadence(), taken):
            kind = min(kinds, key=lambda kind: counts[kind])
            number = counts[kind]
            counts[kind] += 1
            forms = kind._get_forms()
            budget = self._get_usual_budget(last_year.get(kind.id, NOTHING))
            theme = kind.name
            if forms:
                theme = self.env._(
                    "%(type)s: %(form)s",
                    type=kind.name,
                    form=forms[number % len(forms)],
                )
            yield {
                "type_id": kind.id,
                "name": theme,
                "month": date(self.year, month, 1),
                "budget": budget,
            }

    def _get_usual_budget(self, last_year):
        """Return what one cost last year, else was planned for one, else 0."""
        if last_year.held and last_year.cost_held:
            return self.currency_id.round(last_year.cost_held / last_year.held)
        if last_year.planned:
            return self.currency_id.round(last_year.budget / last_year.planned)
        return 0

    def _prepare_last_year(self):
        there = Counter(map(self._get_line_key, self.line_ids))
        vals_list = []
        for line in self.env["club.plan.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("plan_id.year", "=", self.year - 1),
                ("in_force", "=", True),
                ("type_id.active", "=", True),
            ],
            order="month, id",
        ):
            month = add_months(line.month, 12)
            key = (line.type_id, month, line.name)
            if there[key]:
                there[key] -= 1
                continue
            (values,) = line.copy_data({"month": month})
            vals_list.append(values)
        return vals_list

    def _get_line_key(self, line):
        """Return what tells lines apart when last year's are copied."""
        return line.type_id, line.month, line.name

    # === Last year's work report, submitted along with the plan. Rule C2 === #

    @api.depends("year")
    def _compute_report_year(self):
        for plan in self:
            plan.report_year = plan.year - 1

    @for_records
    def action_submit(self):
        """Count last year's figures a last time: what is signed is what is so now."""
        self = self._without_client_context()
        self.check_access("write")
        hold(self)
        for plan in self.filtered(lambda plan: plan.approval_state in EDITABLE):
            plan._fill_report()
        return super().action_submit()

    @for_one
    def action_fill_report(self):
        """Count last year's figures from the facts. Rule C2."""
        self = self._without_client_context()
        self.check_access("write")
        hold(self)
        self._check_approval_editable()
        self._check_has_report()
        self._fill_report()
        return True

    def _check_has_report(self):
        """Refuse supplements: the work report comes with the annual plan. Rule C2."""
        for plan in self:
            if plan.number:
                raise UserError(
                    self.env._(
                        "The work report comes with the annual plan; %s has none.",
                        plan.display_name,
                    )
                )

    def _fill_report(self):
        """Put what is so now in the place of the report's figures."""
        self.ensure_one()
        if self.number:
            return
        figures = self._get_last_year_figures()
        if not any(figure.facts for figure in figures):
            figures = []  # the club's first year
        self.env["club.work.report.line"]._fill(self, figures)
        self._write_guarded({"report_at": fields.Datetime.now()})
        self.invalidate_recordset(["report_line_ids"])

    def _get_last_year_figures(self):
        """Return the `Figure`s of the year before, as signed plans have it."""
        plan_sudo = self.sudo()  # whoever reads the plan may know its figures
        last_year = plan_sudo.new(
            {"company_id": plan_sudo.company_id.id, "year": plan_sudo.year - 1}
        )
        return last_year._get_figures()
