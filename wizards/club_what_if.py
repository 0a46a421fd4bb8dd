from statistics import median

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..kernel import tier_rules, windows
from ..models.rpc import for_one
from .rounding import round_rising
from .what_if_facts import totals_query

# Points per unit of revenue at which the bounds of rules A2 and A3 agree.
PRESUMED_RATE = 0.3
RATE_DIGITS = 6


class ClubWhatIf(models.TransientModel):
    """Tries out thresholds and rates: who would move (试算). Nothing is stored.

    The same assessment as enrolment and requalification, called with other rules.
    """

    _name = "club.what.if"
    _description = "What-If"
    _inherit = ["club.guard.mixin"]

    program_id = fields.Many2one(
        "club.program",
        required=True,
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id")
    currency_id = fields.Many2one(related="program_id.currency_id")
    preset = fields.Selection(
        [("program", "The program's window"), ("complete", "Last complete year")],
        "Window",
        required=True,
        default="program",
        help="The last complete year is a calendar year, assessed on its 31 December.",
    )
    date = fields.Date(
        "On",
        required=True,
        default=lambda self: self.env["club.program"]._today(),
        help="The day on which accounts are assessed.",
    )
    window_from = fields.Date("Measured From", compute="_compute_window")
    window_to = fields.Date("Measured To", compute="_compute_window")
    tier_line_ids = fields.One2many(
        "club.what.if.tier",
        "what_if_id",
        "Thresholds",
        compute="_compute_tier_line_ids",
        store=True,
        readonly=False,
    )
    rate_line_ids = fields.One2many(
        "club.what.if.rate",
        "what_if_id",
        "Conversion Rates",
        compute="_compute_rate_line_ids",
        store=True,
        readonly=False,
        help="A tried rate counts for the whole window in place of those in force.",
    )

    # === Average rate === #
    average_rate = fields.Float(
        "Your Average Rate",
        digits=(12, 4),
        compute="_compute_average_rate",
        store=True,
        help="Points that the recognised revenue of the window earns at the rates in "
        "force, by unit of that revenue.",
    )
    covered_share = fields.Float(
        "Revenue under an Agreement",
        compute="_compute_average_rate",
        store=True,
        help="Only this share of the revenue earns points.",
    )
    presumed_rate = fields.Float(
        "Rate the Thresholds Presume",
        digits=(12, 4),
        compute="_compute_presumed_rate",
        store=True,
        readonly=False,
        help="Points per unit of revenue at which the thresholds in points and those "
        "in revenue agree: the median over the tiers, 0.3 by default (assumed).",
    )
    scale_factor = fields.Float(digits=(12, 4), compute="_compute_scale_factor")

    @api.depends("program_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._("What-If: %s", record.program_id.name)

    # === Inputs === #

    @api.depends("program_id", "preset", "date")
    def _compute_window(self):
        for record in self:
            window = record._get_window()
            record.window_from = window and window.start
            record.window_to = window and window.end

    def _get_window(self):
        """Return the window that is measured, for accounts without a term of theirs.

        Twelve months are whole ones: points are dated by the last day of a month.
        """
        kind, on = self.program_id.window, self.date
        if not (kind and on):
            return None
        if self.preset == "complete":
            return windows.requalification_window(
                windows.REQUALIFICATION_COMPLETE, on - windows.ONE_DAY
            )
        if kind != windows.WINDOW_CALENDAR:
            on = windows.month_start(on + windows.ONE_DAY) - windows.ONE_DAY
        return windows.qualification_window(kind, on)

    @api.depends("program_id")
    def _compute_tier_line_ids(self):
        for record in self:
            record.tier_line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "tier_id": tier.id,
                        "points_from": tier.points_from,
                        "revenue_from": tier.revenue_from,
                    }
                )
                for group in record.program_id.group_ids
                for tier in group.tier_ids
            ]

    @api.depends("program_id", "preset", "date")
    def _compute_rate_line_ids(self):
        lines = self.env["club.what.if.rate"]
        for record in self:
            rates = lines._get_in_force(record.program_id, record.window_to)
            record.rate_line_ids = [Command.clear()] + [
                Command.create({"category_id": category.id, "value": value})
                for category, value in rates.items()
            ]

    def _get_overrides(self):
        """Return ``{category_id: rate}`` of the rates that are tried."""
        return {
            line.category_id.id: line.value
            for line in self.rate_line_ids
            if not line.is_rated
            or float_compare(line.value, line.current_value, RATE_DIGITS)
        }

    # === Average rate === #

    @api.depends("program_id", "preset", "date")
    def _compute_average_rate(self):
        for record in self:
            points, covered, revenue = record._get_totals()
            record.average_rate = points / revenue if revenue else 0.0
            record.covered_share = covered / revenue if revenue else 0.0

    def _get_totals(self, rates=None):
        """Return points, revenue under an agreement and revenue of the window."""
        window = self._get_window()
        if not window:
            return 0.0, 0.0, 0.0
        program = self.program_id._origin
        program.check_access("read")
        for model in ("account.move.line", "club.revenue.line", "club.points.rate"):
            self.env[model].flush_model()
        self.env["club.agreement"].flush_model()
        self.env.cr.execute(totals_query(program, window, rates))
        return tuple(float(value) for value in self.env.cr.fetchone())

    @api.depends("program_id")
    def _compute_presumed_rate(self):
        for record in self:
            points, revenue = {}, {}
            for group in record.program_id.group_ids:
                for tier in group.tier_ids:
                    if group.measure in tier_rules.POINTS_MEASURES:
                        points[tier.code] = tier.points_from
                    if group.measure in tier_rules.REVENUE_MEASURES:
                        revenue[tier.code] = tier.revenue_from
            ratios = [
                points[code] / revenue[code]
                for code in points.keys() & revenue.keys()
                if points[code] and revenue[code]
            ]
            record.presumed_rate = median(ratios) if ratios else PRESUMED_RATE

    @api.depends("average_rate", "presumed_rate")
    def _compute_scale_factor(self):
        for record in self:
            presumed = record.presumed_rate
            record.scale_factor = record.average_rate / presumed if presumed else 0.0

    @for_one
    def action_scale(self):
        """Fill the tried thresholds in points: those in force × average ÷ presumed."""
        points, _covered, revenue = self._get_totals(self._get_overrides())
        if not (points and revenue and self.presumed_rate > 0):
            raise UserError(
                self.env._(
                    "No revenue earned points from %(start)s to %(end)s: choose a "
                    "window that did.",
                    start=self.window_from,
                    end=self.window_to,
                )
            )
        factor = points / revenue / self.presumed_rate
        for lines in self.tier_line_ids.grouped("group_id").values():
            lines = lines.filtered("uses_points").sorted("sequence")
            bounds = [bound * factor for bound in lines.mapped("current_points_from")]
            for line, bound in zip(lines, round_rising(bounds), strict=True):
                line.points_from = bound
        return True
