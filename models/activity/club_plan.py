from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.windows import add_months
from ..approval.document_types import PLAN
from ..lock import opened
from ..rpc import for_one


class ClubPlan(models.Model):
    """The year's activities, signed by the presidium. Rule C2.

    A signed plan is fixed. What changes within the year is a supplement: a plan of its
    own, signed alike, that adds lines and drops lines of what was signed before.
    """

    _name = "club.plan"
    _description = "Annual Activity Plan"
    _inherit = ["club.approval.mixin", "club.scope.mixin"]
    _order = "year desc, number, id desc"
    _rec_names_search = ["year"]
    _check_company_auto = True

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
        default=lambda self: self.env["club.program"]._today().year + 1,
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
        plans_sudo = self.sudo()
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
        self.env.cr.execute(
            "UPDATE club_plan SET number = number WHERE id = %s", [base.id]
        )
        base.invalidate_recordset(["supplement_ids"])
        found = base.supplement_ids.filtered(lambda plan: not plan._is_in_effect())[:1]
        return (found or base._create_supplement())._get_form_action()

    def _create_supplement(self):
        numbers = self.sudo().supplement_ids.mapped("number")
        plans = opened(self.env["club.plan"].with_company(self.company_id))
        return plans.create(
            {
                "company_id": self.company_id.id,
                "year": self.year,
                "base_id": self.id,
                "number": max(numbers, default=0) + 1,
            }
        ).with_env(self.env)

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === Approval === #

    def _get_approval_type(self):
        return PLAN

    def _get_approval_subject(self):
        return self.env._(
            "%(count)s activities, budget %(budget)s",
            count=len(self.line_ids),
            budget=formatLang(
                self.env,
                sum(self.line_ids.mapped("budget")),
                currency_obj=self.currency_id,
            ),
        )

    def _approval_execute(self, request):
        """A signed plan takes effect by being signed; what it drops ends. Rule C2."""
        opened(self.dropped_ids).write({"dropped_by_id": self.id})
