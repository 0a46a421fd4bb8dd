from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.windows import add_months
from ...kernel.written import get_written
from ..approval.states import DONE, EDITABLE
from ..points import facts
from ..record.accounts import active_account, check_contact
from ..record.by_company import ByCompany
from ..record.derived import differs
from ..record.hold import hold
from ..record.lock import is_open
from ..record.names import join
from ..record.rpc import for_one, for_records

FIRST_YEAR, LAST_YEAR = 2000, 2999
# Until it is closed this is written on a plan in effect.
RESULT = ("result",)
ABOUT = ("account_id", "company_id", "year")


class ClubAccountPlan(models.Model):
    """What is aimed at with an account in a year, on one page. Rule D15.

    Signed by the lead of the account's unit, then fixed: what comes on top is a
    supplement, a plan of its own that is signed alike. Closed at the end of the year
    with what came of it.
    """

    _name = "club.account.plan"
    _description = "Account Plan"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "year desc, account_id, number, id"
    _rec_names_search = ("account_id.name",)
    _club_accounts = ("account_id",)
    _club_keeps = "account_id"
    _club_texts = ("aim", "result")
    _approval_type = "account_plan"
    _approval_guarded = (
        *("account_id", "company_id", "year", "number", "base_id", "tier_id"),
        *("aim", "revenue_goal"),
    )
    _approval_lines = {
        "goal_ids": ("category_id", "revenue_goal"),
        "step_ids": ("kind", "name", "contact_id", "date_planned", "amount"),
    }

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: active_account(self.env),
        domain="[('is_company', '=', True), ('parent_id', '=', False),"
        " ('company_id', 'in', (company_id, False))]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._club_today().year,
    )
    number = fields.Integer(
        "Supplement",
        default=0,
        required=True,
        readonly=True,
        copy=False,
        aggregator=None,
        help="0: the plan of the year; 1 and above: its supplements.",
    )
    base_id = fields.Many2one(
        "club.account.plan",
        "Plan of the Year",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The signed plan that this one supplements.",
    )
    supplement_ids = fields.One2many(
        "club.account.plan", "base_id", "Plan Supplements", readonly=True
    )
    tier_id = fields.Many2one(
        "club.tier",
        "Tier Then",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The account's membership tier when the plan was drawn up.",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )

    # === What is aimed at === #
    aim = fields.Text(help="Where the relationship is to be at the end of the year.")
    revenue_goal = fields.Monetary(help="Revenue of the year, company currency, net.")
    revenue = fields.Monetary(
        compute="_compute_revenue",
        compute_sudo=True,
        help="Booked in the year until now, credit notes taken off; once the plan is "
        "closed, what it was then.",
    )
    revenue_before = fields.Monetary(
        "Revenue of the Year Before", compute="_compute_revenue", compute_sudo=True
    )
    goal_rate = fields.Float(
        "Reached (%)", compute="_compute_revenue", compute_sudo=True, digits=(16, 1)
    )
    goal_ids = fields.One2many(
        "club.account.plan.goal", "plan_id", "Product Goals", copy=True
    )
    step_ids = fields.One2many(
        "club.account.plan.step", "plan_id", "What Is Planned", copy=True
    )
    amount = fields.Monetary(
        "Planned Costs", compute="_compute_amount", store=True, help="Of all steps."
    )
    budget_granted = fields.Monetary(
        compute="_compute_budget",
        help="For the account and the year, by signed sheets; as far as the user may "
        "read it.",
    )
    budget_spent = fields.Monetary("Amount Spent", compute="_compute_budget")
    done_count = fields.Integer("Steps Done", compute="_compute_amount", store=True)
    step_count = fields.Integer("Steps", compute="_compute_amount", store=True)

    # === What came of it === #
    signed_on = fields.Date("In Effect Since", readonly=True, copy=False)
    evaluation_id = fields.Many2one(
        "club.relationship.evaluation",
        "Evaluation of the Relationship",
        compute="_compute_evaluation_id",
        help="What whoever looks after the account wrote of the year.",
    )
    result = fields.Text(
        "Result of the Year", copy=False, help="What came of the year, against the aim."
    )
    revenue_result = fields.Monetary("Revenue When Closed", readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    can_close = fields.Boolean(compute="_compute_can_close")

    # Also serves: whose plan of a year there is.
    _year_uniq = models.UniqueIndex(
        "(account_id, company_id, year, number)",
        "The account has a plan for this year already: open that one.",
    )
    _year_sane = models.Constraint(
        f"CHECK(year BETWEEN {FIRST_YEAR} AND {LAST_YEAR})",
        "The year of an account plan has four digits and begins with 2.",
    )
    _goal = models.Constraint(
        "CHECK(coalesce(revenue_goal, 0) >= 0 AND coalesce(revenue_goal, 0) < 1e15)",
        "A revenue goal is 0 or more.",
    )
    _base = models.Constraint(
        "CHECK((number = 0) = (base_id IS NULL))",
        "A supplement belongs to the plan of a year.",
    )

    # === Computes === #

    @api.depends("account_id", "year", "number")
    def _compute_display_name(self):
        for plan in self:
            # sudo: who reads the plan may know of whom it is
            parts = [plan.account_id.sudo().name, str(plan.year or "")]
            name = " ".join(filter(None, parts))
            plan.display_name = f"{name} +{plan.number}" if plan.number else name

    @api.depends("step_ids.amount", "step_ids.done_on")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.step_ids.mapped("amount"))
            plan.step_count = len(plan.step_ids)
            plan.done_count = len(plan.step_ids.filtered("done_on"))

    @api.depends(
        *("account_id", "company_id", "year", "revenue_goal"),
        *("revenue_result", "closed_on"),
    )
    @api.depends_context("uid")
    def _compute_revenue(self):
        """Read what was booked, for whoever may read the plan; of all with one query.

        Superuser: a signatory reads it, and not the account's revenue elsewhere.
        """
        found = self._read_revenue()
        for plan in self:
            key = (plan.account_id._origin.id, plan.company_id._origin.id)
            booked = sum(found.get((*key, plan.year), {}).values())
            plan.revenue = plan.revenue_result if plan.closed_on else float(booked)
            before = found.get((*key, plan.year - 1), {})
            plan.revenue_before = float(sum(before.values()))
            plan.goal_rate = (
                100 * plan.revenue / plan.revenue_goal if plan.revenue_goal else 0
            )

    def _filter_told(self):
        """Return the plans whose revenue the user may know: those that are there, and
        of what stands in a form, which may name any account, those of his accounts.
        """
        kept = self.filtered(
            lambda plan: all(
                plan[name]._origin == plan._origin[name]
                for name in ("account_id", "company_id")
            )
            and plan.year == plan._origin.year
        )
        told = set()
        for company, plans in (self - kept).grouped("company_id").items():
            asked = plans.account_id._origin.with_company(company).sudo(False)
            readable = asked._filter_club_readable() if asked else asked
            told.update((company.id, key) for key in readable.ids)
        return self.filtered(
            lambda plan: plan in kept
            or (plan.company_id.id, plan.account_id._origin.id) in told
        )

    def _read_revenue(self):
        """Return what was booked in the plans' years and the ones before:
        ``{(account id, company id, year): {category's path: amount}}``.

        A plan that isn't there yet, in a form or in a call that poses as one, is of any
        account: it shows its reader no more than the account does.
        """
        accounts = self._filter_told().account_id._origin
        years = [plan.year for plan in self if plan.year]
        found = {}
        if not accounts or not years:
            return found
        first, last = max(min(years) - 1, 1), min(max(years), LAST_YEAR)
        self.env["account.move.line"].flush_model(
            [
                *("club_account_id", "club_category_id", "balance", "date"),
                *("parent_state", "company_id"),
            ]
        )
        self.env["club.revenue.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.account_id, f.company_id, extract(year FROM f.date)::int,
                       coalesce(c.parent_path, ''), coalesce(sum(f.amount), 0)
                  FROM (%s) f
             LEFT JOIN product_category c ON c.id = f.category_id
                 GROUP BY 1, 2, 3, 4
                """,
                facts.fact_lines(
                    None, date(first, 1, 1), date(last, 12, 31), accounts.ids
                ),
            )
        )
        for account_id, company_id, year, path, amount in rows:
            booked = found.setdefault((account_id, company_id, year), {})
            booked[path] = booked.get(path, Decimal(0)) + Decimal(amount)
        return found

    @api.depends("account_id", "company_id", "year")
    @api.depends_context("uid")
    def _compute_budget(self):
        """Follow the record rules of costs: who can't read them sees none. Rule B8."""
        costs = self.env["club.account.cost"]
        found = {}
        if costs.has_access("read") and self.account_id._origin:
            found = costs._get_sums(
                self.account_id._origin, self.company_id, self.mapped("year")
            )
        for plan in self:
            key = plan.account_id._origin.id, plan.company_id.id, plan.year
            granted, spent = found.get(key, (None, 0))
            plan.budget_granted = granted or 0
            plan.budget_spent = spent

    @api.depends("account_id", "company_id", "year")
    @api.depends_context("uid")
    def _compute_evaluation_id(self):
        """Follow the record rules of evaluations: who can't read it sees none."""
        evaluations = self.env["club.relationship.evaluation"]
        found = evaluations.browse()
        if evaluations.has_access("read"):
            found = evaluations.search_fetch(
                [
                    ("account_id", "in", self.account_id._origin.ids),
                    ("company_id", "in", self.company_id._origin.ids),
                    ("year", "in", self.mapped("year")),
                ],
                ["account_id", "company_id", "year"],
            )
        by_key = {(e.account_id, e.company_id, e.year): e for e in found}
        for plan in self:
            key = (plan.account_id._origin, plan.company_id._origin, plan.year)
            plan.evaluation_id = by_key.get(key)

    @api.depends("approval_state", "closed_on", "year", "number")
    @api.depends_context("uid")
    def _compute_can_close(self):
        writable = (
            self._filtered_access("write") if self._may_write() else self.browse()
        )
        for plan in self:
            plan.can_close = plan in writable and not plan._get_close_refusal()

    def _may_write(self):
        return self.browse().has_access("write")

    # === Constraints === #

    @api.constrains("account_id")
    def _check_account_id(self):
        for plan in self:
            check_contact(None, plan.account_id)

    # === Created, written === #

    def _club_after_create(self):
        super()._club_after_create()
        for plan in self:
            # sudo: who may draw up a plan may know the account's tier
            account = plan.account_id.with_company(plan.company_id).sudo()
            tier = account.club_tier_id
            if not plan.number and not tier.has_plan and not is_open(self.env):
                raise ValidationError(
                    self.env._(
                        "%(account)s is %(tier)s: account plans are for %(tiers)s.",
                        account=account.name,
                        tier=tier.name or self.env._("not a member"),
                        tiers=plan._get_tier_names() or self.env._("no tier"),
                    )
                )
            plan._write_guarded({"tier_id": tier.id})

    def _get_tier_names(self):
        """Return the names of the tiers that ask for a plan, for a refusal."""
        # sudo: which tiers there are is no secret
        tiers_sudo = self.env["club.tier"].sudo()
        found = tiers_sudo.search(
            [("has_plan", "=", True), ("company_id", "=", self.company_id.id)]
        )
        return join(self.env, dict.fromkeys(found.mapped("name")))

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        for plan in self:
            if any(name in vals and differs(plan, name, vals[name]) for name in ABOUT):
                raise UserError(
                    self.env._(
                        "%s stays with its account and its year: draw up another one.",
                        plan.display_name,
                    )
                )
            if plan.closed_on and self._get_club_names(vals):
                raise plan._get_closed_refusal()
            if "result" in vals and plan.approval_state != DONE:
                raise UserError(
                    self.env._(
                        "%s isn't in effect: its result is written once it is signed.",
                        plan.display_name,
                    )
                )

    def _check_lines_open(self, lines):
        for plan in self.filtered("closed_on"):
            raise plan._get_closed_refusal()
        super()._check_lines_open(lines)

    def _get_closed_refusal(self):
        return UserError(
            self.env._(
                "%(plan)s was closed on %(day)s and stays as it was.",
                plan=self.display_name,
                day=format_date(self.env, self.closed_on),
            )
        )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those of his account, which may speak of him."""
        return Domain("account_id", "in", [*ids, account_id])

    @api.model
    def _settle_merge(self, sources, target):
        """Keep one plan of each year, the target's; the others supplement it."""
        merged = sources | target
        plans = self.search([("account_id", "in", merged.ids)])
        for found in plans.grouped(lambda plan: (plan.company_id, plan.year)).values():
            bases = found.filtered(lambda plan: not plan.number)
            kept, *others = bases.sorted(
                lambda plan: (plan.approval_state != DONE, plan.account_id != target)
            )
            number = max(found.mapped("number"))
            for other in others:
                for plan in other | other.supplement_ids:
                    number += 1
                    plan._write_guarded({"number": number, "base_id": kept.id})

    # === Signed === #

    def _get_approval_subject(self):
        return self.display_name

    def _get_approval_unit(self):
        # sudo: whoever draws it up, the account's unit signs it
        return self.account_id.with_company(self.company_id).sudo().club_unit_id

    def _check_can_submit(self):
        super()._check_can_submit()
        self.ensure_one()
        if self.closed_on:
            raise self._get_closed_refusal()
        missing = None
        if not self._get_approval_unit():
            missing = self.env._(
                "%s has no unit whose lead could sign: give the account one."
            )
        elif self.year < self.company_id._club_today().year:
            missing = self.env._("The year of %s is over: plan the one to come.")
        elif not get_written(self.aim):
            missing = self.env._("Say in %s what you aim at.")
        elif not self.number and not self.revenue_goal:
            missing = self.env._("Give %s a revenue goal.")
        elif not self.step_ids and not (self.number and self.goal_ids):
            missing = self.env._("%s has no steps: say what is planned.")
        if missing:
            raise UserError(missing % self.display_name)

    def _approval_execute(self, request):
        self._write_guarded({"signed_on": self.company_id._club_today()})

    # === Closed === #

    def _get_close_refusal(self):
        """Return why the plan can't be closed now, None when it can."""
        self.ensure_one()
        if self.number:
            return self.env._("%s is closed along with the plan of the year.")
        if self.closed_on:
            return self.env._("%s was closed already.")
        if self.approval_state != DONE:
            return self.env._("%s isn't in effect: it has to be signed first.")
        if self.company_id._club_today() < date(self.year, 12, 1):
            return self.env._("%s is closed from December on, when the year is known.")
        return None

    @for_records
    def action_close(self):
        """Close plans of a year that ends, with their results. Rule D15.

        What was booked until now stays with them, goal by goal.

        :raises UserError: before December, without a result, while a supplement waits
        """
        self.check_access("write")
        hold(self)
        for plan in self:
            refusal = plan._get_close_refusal()
            if not refusal and not get_written(plan.result):
                refusal = self.env._("Write the result of %s before you close it.")
            # sudo: all supplements count
            waiting = plan.sudo().supplement_ids.filtered(
                lambda supplement: supplement.approval_state not in (*EDITABLE, DONE)
            )
            if not refusal and waiting:
                refusal = self.env._(
                    "A supplement of %s waits for signatures: let it be signed or "
                    "withdraw it."
                )
            if refusal:
                raise UserError(refusal % plan.display_name)
        for plan in self:
            closed = {
                "closed_on": plan.company_id._club_today(),
                "closed_by_id": self.env.uid,
            }
            # sudo: the supplements' goals are closed with it
            for part in plan.sudo() | plan.sudo().supplement_ids:
                for goal in part.goal_ids:
                    goal._write_guarded({"revenue_result": goal.revenue})
                part._write_guarded({**closed, "revenue_result": part.revenue})
        return True

    # === Drawn up === #

    @for_one
    def action_copy_last_year(self):
        """Take over goals and steps of the year before. Rule D15.

        :raises UserError: when it has steps or goals already, or there is nothing
        """
        self.check_access("write")
        hold(self)
        self._check_approval_editable()
        before = self.search(
            [
                *(("account_id", "=", self.account_id.id), ("number", "=", 0)),
                ("company_id", "=", self.company_id.id),
                ("year", "=", self.year - 1),
            ]
        )
        if not before:
            raise UserError(
                self.env._(
                    "There is no plan of %(year)s for %(account)s to copy.",
                    year=self.year - 1,
                    account=self.account_id.name,
                )
            )
        if self.step_ids or self.goal_ids:
            raise UserError(
                self.env._(
                    "%s has steps or goals already: delete them to copy others.",
                    self.display_name,
                )
            )
        (values,) = before.copy_data({"year": self.year})
        for _command, _id, step in values["step_ids"]:
            if step.get("date_planned"):
                step["date_planned"] = add_months(
                    fields.Date.to_date(step["date_planned"]), 12
                )
        self.write(
            {
                "goal_ids": values["goal_ids"],
                "step_ids": values["step_ids"],
                "aim": self.aim or before.aim,
                "revenue_goal": self.revenue_goal or before.revenue_goal,
            }
        )
        return True

    @for_one
    def action_supplement(self):
        """Draw up a supplement of a signed plan, or open the one under way. Rule D15.

        :raises UserError: before the plan is in effect, or once it is closed
        """
        self.check_access("write")
        base = self.base_id or self
        if base.closed_on:
            raise base._get_closed_refusal()
        if base.approval_state != DONE:
            raise UserError(
                self.env._(
                    "%s isn't signed yet: change it itself, or withdraw it first.",
                    base.display_name,
                )
            )
        hold(base)  # the second of two at once begins anew, and finds the first one's
        parts_sudo = base.sudo().supplement_ids  # whoever may read them
        found = parts_sudo.filtered(lambda plan: plan.approval_state != DONE)[:1]
        if not found:
            found = self._create_guarded(
                [
                    {
                        "account_id": base.account_id.id,
                        "company_id": base.company_id.id,
                        "year": base.year,
                        "base_id": base.id,
                        "number": max(parts_sudo.mapped("number"), default=0) + 1,
                    }
                ]
            )
        return found._get_form_action()

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_open_evaluation(self):
        """Open the evaluation of the year, or begin it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_relationship_evaluation_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.account_id.id)],
            "context": {
                "default_account_id": self.account_id.id,
                "default_year": self.year,
            },
        }
