from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CONVERSION = "conversion"
COEFFICIENT = "coefficient"


class ClubPointsRate(models.Model):
    """One step of a dated factor for a product category or a product. Rule B2.

    Points of a month = recognised revenue (company currency) × conversion rate ×
    marketing coefficient. A product's own rate wins over its category's, the nearest
    category over its parents. Without a coefficient it is 1; without a conversion
    rate the fact is an exception on the run (Rule B3).
    """

    _name = "club.points.rate"
    _description = "Points Rate"
    _inherit = ["mail.thread", "club.scope.mixin"]
    _order = "factor desc, category_id, product_id, date_from desc, id desc"

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
        "Finance's; the coefficient is set by the marketing department.",
    )
    category_id = fields.Many2one(
        "product.category", index=True, ondelete="restrict", string="Product Category"
    )
    product_id = fields.Many2one("product.product", index=True, ondelete="restrict")
    value = fields.Float(
        required=True,
        digits=(12, 6),
        tracking=True,
        aggregator=None,
        help="0 excludes the line.",
    )
    date_from = fields.Date(
        "From", required=True, tracking=True, help="The first of a month."
    )
    date_to = fields.Date(
        "To",
        tracking=True,
        help="The last of a month. Empty: until a later rate begins.",
    )
    note = fields.Char("Reason")

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
        " daterange(date_from, date_to, '[]') WITH &&)",
        "Two rates of one product line are in force in the same month: "
        "end the earlier one before the later one begins.",
    )

    @api.depends("factor", "category_id", "product_id", "value", "date_from")
    def _compute_display_name(self):
        for rate in self:
            target = rate.category_id.display_name or rate.product_id.display_name
            rate.display_name = f"{target or ''} × {rate.value:g}"

    def _check_factor_right(self):
        """Finance sets conversion rates, the club officer coefficients. Rule B2."""
        if self.env.su:
            return
        rights = {
            CONVERSION: "crm_club.crm_club_group_finance",
            COEFFICIENT: "crm_club.crm_club_group_officer",
        }
        for rate in self:
            if not self.env.user.has_group(rights[rate.factor]):
                raise AccessError(
                    self.env._(
                        "The rate of %(target)s can't be set by you: conversion rates "
                        "are Finance's, marketing coefficients the club officer's.",
                        target=rate.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """End the rate that was in force until further notice the day before."""
        for values in vals_list:
            self._end_open_predecessor(values)
        rates = super().create(vals_list)
        rates._check_factor_right()
        return rates

    def write(self, vals):
        self._check_factor_right()
        result = super().write(vals)
        self._check_factor_right()
        return result

    def unlink(self):
        self._check_factor_right()
        return super().unlink()

    @api.model
    def _end_open_predecessor(self, values):
        date_from = fields.Date.to_date(values.get("date_from"))
        program_id = values.get("program_id") or self.default_get(["program_id"]).get(
            "program_id"
        )
        if not date_from:
            return
        open_rate = self.search(
            [
                ("program_id", "=", program_id),
                ("factor", "=", values.get("factor", CONVERSION)),
                ("category_id", "=", values.get("category_id", False)),
                ("product_id", "=", values.get("product_id", False)),
                ("date_to", "=", False),
                ("date_from", "<", date_from),
            ]
        )
        if open_rate:
            open_rate.date_to = date_from - timedelta(days=1)
            open_rate.flush_recordset()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for rate in self:
            used = (
                self.env["club.points.run"]
                .sudo()
                .search_count(
                    [
                        ("program_id", "=", rate.program_id.id),
                        ("state", "=", "posted"),
                        ("month", ">=", rate.date_from),
                    ],
                    limit=1,
                )
            )
            if used:
                raise UserError(
                    self.env._(
                        "Points were posted while the rate %s was in force: "
                        "end it, or correct its value, instead of deleting it.",
                        rate.display_name,
                    )
                )
