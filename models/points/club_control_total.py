from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.date_utils import end_of, start_of

from ...kernel.revenue_rows import AMOUNT_LIMIT
from ...kernel.written import get_written
from ..record.groups import FINANCE
from ..record.rpc import for_records
from .facts import fact_lines, month_of

# What a role that doesn't own the figures may write.
EXPLAINER_FIELDS = {"explanation"}


class ClubControlTotal(models.Model):
    """What Finance says a business line brought in a month. Rule B12.

    A points run is posted only when the facts agree with every control total of its
    month, or the difference is explained. An explanation holds for the difference
    that it was given for: when the facts move on, it has to be given again.
    """

    _name = "club.control.total"
    _description = "Control Total"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "month desc, category_id, unit_id, id"
    _mail_post_access = "read"
    _club_months = ("month",)

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True, tracking=True)
    month = fields.Date(
        required=True, tracking=True, help="Any day of the month; the first is kept."
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        ondelete="restrict",
        tracking=True,
        help="The categories below it are included.",
    )
    unit_id = fields.Many2one(
        "crm.team",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Only accounts of this unit and the units below it. Empty: all accounts.",
    )
    amount = fields.Monetary(
        "Control Total", required=True, tracking=True, help="As Finance has booked it."
    )
    revenue = fields.Monetary(
        compute="_compute_revenue",
        compute_sudo=True,
        help="What the invoices and the imported rows say.",
    )
    difference = fields.Monetary(
        compute="_compute_revenue",
        compute_sudo=True,
        help="Revenue minus control total.",
    )
    explanation = fields.Text(
        tracking=True, help="Why the difference may stand. Holds for this difference."
    )
    explained_difference = fields.Monetary(
        readonly=True,
        copy=False,
        tracking=True,
        help="The difference when the explanation was given.",
    )
    is_settled = fields.Boolean(
        "Settled",
        compute="_compute_is_settled",
        search="_search_is_settled",
        help="The difference is zero, or it is the one that was explained.",
    )

    _month_first = models.Constraint(
        "CHECK(extract(day FROM month) = 1)", "A month is its first day."
    )
    # Nor is it NaN, which PostgreSQL takes for greater than all numbers.
    _amount_bounded = models.Constraint(
        "CHECK(abs(amount) < 10000000000000)",
        "A control total is a number below 10,000,000,000,000.",
    )
    _line_uniq = models.UniqueIndex(
        "(company_id, month, category_id, coalesce(unit_id, 0)) WHERE active",
        "There is a control total for this month, product category and unit already.",
    )

    @api.depends("month", "category_id", "unit_id", "company_id", "amount")
    def _compute_revenue(self):
        revenues = self._get_revenues()
        for number, control in enumerate(self):
            revenue = revenues.get(number, 0)
            control.revenue = revenue
            control.difference = revenue - control.amount

    @api.depends("difference", "explanation", "explained_difference")
    def _compute_is_settled(self):
        for control in self:
            currency = control.currency_id or self.env.company.currency_id
            explained = currency.is_zero(
                control.difference - control.explained_difference
            )
            control.is_settled = currency.is_zero(control.difference) or (
                explained and bool(get_written(control.explanation))
            )

    def _search_is_settled(self, operator, value):
        if operator != "in":
            return NotImplemented
        controls = self.search([("company_id", "in", self.env.companies.ids)])
        settled = controls.filtered("is_settled")
        return [("id", "in", settled.ids)]

    @api.depends("month", "category_id", "unit_id")
    def _compute_display_name(self):
        for control in self:
            names = (control.category_id.name, control.unit_id.name)
            month = control.month and f"{control.month:%Y-%m}"
            control.display_name = " ".join(filter(None, (month, *names)))

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        # Said here, too, for the currency's rounding would stumble before PostgreSQL.
        amount = values.get("amount")
        if isinstance(amount, float) and not abs(amount) < float(AMOUNT_LIMIT):
            raise ValidationError(
                self.env._("A control total is a number below 10,000,000,000,000.")
            )
        return super()._club_prepare(values, is_new=is_new)

    def _club_after_create(self):
        super()._club_after_create()
        self.filtered("explanation")._do_explain()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "explanation" in vals:
            self._do_explain()

    def _has_field_access(self, field, operation):
        """Finance writes figures, an officer only explains."""
        return super()._has_field_access(field, operation) and (
            operation != "write"
            or self.env.su
            or field.name in EXPLAINER_FIELDS
            or self.env.user.has_group(FINANCE)
        )

    # === ACTIONS === #

    @for_records
    def action_explain_again(self):
        """Let the explanation hold for today's difference."""
        self.check_access("write")
        self._do_explain()

    # === BUSINESS METHODS === #

    def _do_explain(self):
        self.invalidate_recordset(["revenue", "difference", "is_settled"])
        for control in self:
            explained = control.difference if get_written(control.explanation) else 0
            # sudo: nobody writes this figure by hand; who explains was checked before
            control.sudo()._write_guarded({"explained_difference": explained})

    @api.model
    def _get_open(self, program, month):
        """Return the control totals that keep a month from being posted. Rule B12."""
        # sudo: those that the user may not see keep it from being posted, too
        controls_sudo = self.sudo().search(
            [("company_id", "=", program.company_id.id), ("month", "=", month)]
        )
        controls_sudo.invalidate_recordset(["revenue", "difference", "is_settled"])
        open_sudo = controls_sudo.filtered(lambda control: not control.is_settled)
        return open_sudo.with_env(self.env)

    @api.model
    def _get_months(self, companies, months):
        """Return pairs of company id and month for which there is any. Rule B12."""
        # sudo: a month has control totals whether or not the user reads them
        found = self.sudo()._read_group(
            [("company_id", "in", companies.ids), ("month", "in", months)],
            ["company_id", "month:month"],
        )
        return {(company.id, month) for company, month in found}

    def _get_revenues(self):
        """Return ``{position in self: revenue}``, one statement for all of ``self``."""
        wanted = [
            (
                number,
                control.company_id._origin.id,
                start_of(control.month, "month"),
                control.category_id._origin.parent_path,
                control.unit_id._origin.parent_path or None,
            )
            for number, control in enumerate(self)
            if control.company_id and control.month and control.category_id
        ]
        if not wanted:
            return {}
        self._flush_facts()
        companies = self.company_id._origin
        months = [month for _number, _company, month, *_paths in wanted]
        columns = zip(
            zip(*wanted, strict=True),
            ("int", "int", "date", "text", "text"),
            strict=True,
        )
        # The facts are summed once, then compared with each control total.
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH facts AS MATERIALIZED (
                        SELECT f.company_id, %(month)s AS month, f.category_id,
                               (p.club_unit_id->>f.company_id::text)::int AS unit_id,
                               sum(f.amount) AS amount
                          FROM (%(lines)s) f
                          JOIN res_partner p ON p.id = f.account_id
                         GROUP BY 1, 2, 3, 4)
                    SELECT w.number, sum(f.amount)
                      FROM unnest(%(wanted)s) w(number, company_id, month,
                                                category_path, unit_path)
                      JOIN facts f ON f.company_id = w.company_id AND f.month = w.month
                      JOIN product_category c ON c.id = f.category_id
                       AND c.parent_path LIKE w.category_path || '%%'
                 LEFT JOIN crm_team t ON t.id = f.unit_id
                     WHERE w.unit_path IS NULL OR t.parent_path LIKE w.unit_path || '%%'
                     GROUP BY w.number
                    """,
                    month=month_of(SQL("f.date")),
                    lines=fact_lines(
                        company_id=companies.id if len(companies) == 1 else None,
                        start=min(months),
                        end=end_of(max(months), "month"),
                    ),
                    wanted=SQL(", ").join(
                        SQL("%s::%s[]", list(values), SQL(kind))
                        for values, kind in columns
                    ),
                )
            )
        )

    def _flush_facts(self):
        self.env["account.move.line"].flush_model(
            [
                *("balance", "club_account_id", "club_category_id", "company_id"),
                *("date", "parent_state", "product_id"),
            ]
        )
        self.env["club.revenue.line"].flush_model()
        self.env["res.partner"].flush_model(["club_unit_id"])
        self.env["product.category"].flush_model(["parent_path"])
        self.env["crm.team"].flush_model(["parent_path"])
