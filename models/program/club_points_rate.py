from odoo import api, fields, models
from odoo.fields import Domain

from ..approval.document_types import COEFFICIENT, CONVERSION
from ..approval.states import DONE
from ..rpc import for_one, for_records

PLACES = 6


def format_rate(value):
    """Return a rate with the decimals that it has.

    >>> format_rate(0.4), format_rate(2.0), format_rate(12.345678), format_rate(0)
    ('0.4', '2', '12.345678', '0')
    """
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


class ClubPointsRate(models.Model):
    """One step of a dated factor for a product category or a product. Rule B2.

    Points of a month = recognised revenue (company currency) × conversion rate ×
    marketing coefficient. A product's own rate wins over its category's, the nearest
    category over its parents. Without a coefficient it is 1; without a conversion
    rate the fact is an exception on the run (Rule B3).

    A rate counts once it is signed, unless a later one replaced it. It never changes
    after that: a change is a new rate, which ends or replaces what it overlaps.
    """

    _name = "club.points.rate"
    _description = "Points Rate"
    _inherit = ["club.approval.mixin", "club.scope.mixin"]
    _order = "factor desc, category_id, product_id, date_from desc, id desc"

    _approval_guarded = (
        "program_id",
        "factor",
        "category_id",
        "product_id",
        "value",
        "date_from",
        "date_to",
        "note",
    )

    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    factor = fields.Selection(
        [(CONVERSION, "Conversion rate"), (COEFFICIENT, "Marketing coefficient")],
        required=True,
        default=CONVERSION,
        help="The conversion rate turns recognised into effective revenue and is "
        "signed by Finance; the coefficient is signed by the marketing department.",
    )
    category_id = fields.Many2one(
        "product.category", index=True, ondelete="restrict", string="Product Category"
    )
    product_id = fields.Many2one("product.product", index=True, ondelete="restrict")
    value = fields.Float(
        required=True,
        digits=(12, PLACES),
        tracking=True,
        aggregator=None,
        help="0 excludes the line.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self._get_next_month(self.env.company),
        tracking=True,
        help="The first of a month.",
    )
    date_to = fields.Date(
        "To",
        tracking=True,
        help="The last of a month. Empty: until a later rate begins.",
    )
    note = fields.Char("Reason")

    # === What it changes, and the notice of it === #
    impact = fields.Text(
        "What It Changes",
        compute="_compute_impact",
        compute_sudo=True,
        help="What becomes of the rates in force once this one is signed.",
    )
    replaced_by_id = fields.Many2one(
        "club.points.rate",
        "Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The rate that took its place before it ended; it counts no longer.",
    )
    replaced_ids = fields.One2many(
        "club.points.rate", "replaced_by_id", "Replaces", readonly=True, copy=False
    )
    previous_id = fields.Many2one(
        "club.points.rate",
        "Rate Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What was in force on the first day when this rate was signed.",
    )
    old_value = fields.Float(
        "Value Before",
        readonly=True,
        copy=False,
        digits=(12, PLACES),
        aggregator=None,
        help="Of the rate before; without one there was none.",
    )
    notice_number = fields.Char("Notice No.", readonly=True, copy=False)
    notice_date = fields.Date(readonly=True, copy=False)

    _target = models.Constraint(
        "CHECK((category_id IS NULL) <> (product_id IS NULL))",
        "A rate is for a product category or for a product: choose one of them.",
    )
    _first_of_month = models.Constraint(
        "CHECK(extract(day FROM date_from) = 1)",
        "A rate begins on the first of a month.",
    )
    _last_of_month = models.Constraint(
        "CHECK(date_to IS NULL OR (date_to > date_from"
        " AND extract(day FROM date_to + 1) = 1))",
        "A rate ends on the last of a month, after it began.",
    )
    _positive = models.Constraint("CHECK(value >= 0)", "A rate can't be negative.")
    # int4range(id, id, '[]') lets GiST compare plain integers without an extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(program_id, program_id, '[]') WITH =,"
        " int4range(coalesce(category_id, 0), coalesce(category_id, 0), '[]') WITH =,"
        " int4range(coalesce(product_id, 0), coalesce(product_id, 0), '[]') WITH =,"
        " int4range(CASE factor WHEN 'conversion' THEN 1 ELSE 2 END,"
        "           CASE factor WHEN 'conversion' THEN 1 ELSE 2 END, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (approval_state = 'done' AND replaced_by_id IS NULL)",
        "Two rates of one product line would be in force in the same month: another "
        "one was signed at the same moment. Reload the page.",
    )
    _notice_uniq = models.UniqueIndex(
        "(company_id, notice_number) WHERE notice_number IS NOT NULL",
        "The company has another rate notice of this number.",
    )

    # === Computes === #

    @api.depends("factor", "category_id", "product_id", "value", "date_from")
    def _compute_display_name(self):
        for rate in self:
            target = rate.category_id.display_name or rate.product_id.display_name
            rate.display_name = f"{target or ''} × {format_rate(rate.value)}"

    @api.depends(
        "program_id",
        "factor",
        "category_id",
        "product_id",
        "value",
        "date_from",
        "date_to",
        "approval_state",
    )
    @api.depends_context("lang")
    def _compute_impact(self):
        for rate in self:
            rate.impact = rate._get_impact()

    # === Reading === #

    @api.model
    def _domain_in_force(self, on=None):
        """Return the domain of the rates that count: signed and not replaced.

        :param on: a day; without it those of any time
        """
        domain = Domain("approval_state", "=", DONE)
        domain &= Domain("replaced_by_id", "=", False)
        if on:
            domain &= Domain("date_from", "<=", on)
            domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", on)
        return domain

    # === Actions === #

    @for_one
    def action_propose_change(self):
        """Open a proposal for the same product line, from the next month on."""
        self.check_access("read")
        self.browse().check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed Rate"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_program_id": self.program_id.id,
                "default_factor": self.factor,
                "default_category_id": self.category_id.id,
                "default_product_id": self.product_id.id,
                "default_value": self.value,
                "default_date_from": self._get_next_month(self.company_id),
            },
        }

    @api.model
    def _get_next_month(self, company):
        """Return the first day of the month after today's."""
        today = self.env["club.program"].with_company(company)._today()
        return fields.Date.add(today, months=1).replace(day=1)

    @for_records
    def action_print_rate_book(self):
        """Print the rate book of the selected rates' programs, or of the main one."""
        programs = self.program_id or self.env["club.program"]._get_main()
        return self.env.ref("crm_club.club_rate_book_report").report_action(programs)
