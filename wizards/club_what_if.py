from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from statistics import median

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.identifiers import NewId
from odoo.tools import float_compare

from ..kernel import tier_rules, windows
from ..kernel.rounding import round_rising
from ..models.membership.measures import collect_facts
from ..models.points import facts
from ..models.program.club_program import Rules
from ..models.record.rpc import for_one

# Points per unit of revenue at which the bounds of rules A2 and A3 agree.
PRESUMED_RATE = 0.3

RATE_DIGITS = 6

# No category: a rate for it makes an assessment count from facts, not the ledger.
NO_CATEGORY = -1


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many accounts of a tier group go from a row's tier to a column's."""

    group: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def _decide_again(assessed, groups):
    """Return what was assessed as it comes out by other thresholds.

    :param assessed: of `club.program._assess`
    :param groups: the kernel's groups with the other thresholds
    """
    by_id = {group.id: group for group in groups}
    result = {}
    for key, was in assessed.items():
        group, figures = by_id[was.group.id], was.measures
        earned = tier_rules.earned_tier(group, figures)
        tier = tier_rules.lifted(group, earned, figures, was.floor)
        result[key] = replace(was, group=group, earned=earned, result=tier)
    return result


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
    has_average = fields.Boolean(compute="_compute_average_rate", store=True)

    # === What the tried rules come to: who moves, per tier and one by one === #
    computed_with = fields.Char(readonly=True, help="The inputs of the last result.")
    is_stale = fields.Boolean(compute="_compute_is_stale")
    tried_rate = fields.Float(
        "Average Rate Tried",
        digits=(12, 4),
        readonly=True,
        help="The average rate at the rates that were tried.",
    )
    from_facts = fields.Boolean(readonly=True)
    result = fields.Json(readonly=True)
    result_html = fields.Html("Moves per Tier", compute="_compute_result_html")
    move_ids = fields.One2many("club.what.if.move", "what_if_id", readonly=True)
    move_count = fields.Integer("Accounts That Move", readonly=True)

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
        """Sum the window's facts, for what is saved: who still chooses in the form
        would wait for each choice.
        """
        for record in self:
            record.has_average = not isinstance(record.id, NewId)
            if not record.has_average:
                record.average_rate = record.covered_share = 0.0
                continue
            points, covered, revenue = record._get_totals()
            record.average_rate = points / revenue if revenue else 0.0
            record.covered_share = covered / revenue if revenue else 0.0

    def _get_totals(self, rates=None, table=None):
        """Return points, revenue under an agreement and revenue of the window."""
        window = self._get_window()
        if not window:
            return 0.0, 0.0, 0.0
        program = self.program_id._origin
        program.check_access("read")
        for model in ("account.move.line", "club.revenue.line", "club.points.rate"):
            self.env[model].flush_model()
        self.env["club.agreement"].flush_model()
        self.env.cr.execute(facts.totals(program, window, rates, table))
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

    # === What the tried rules come to: who moves, per tier and one by one === #

    @for_one
    def action_compute(self):
        """Assess by the present and by the tried rules and keep who moves."""
        self.check_access("write")
        program = self.program_id
        program.check_access("read")
        overrides = self._get_overrides()
        present = program._get_rules()
        table = overrides and self._collect_facts()
        tried = Rules(self._get_tried_groups(present.groups), overrides, facts=table)
        if overrides:
            # Both sides count from facts, or revenue that isn't posted yet would move
            # accounts as well.
            present = Rules(present.groups, {NO_CATEGORY: 0}, facts=table)
        scope = self._get_scope(overrides)
        before = program._assess(on=self.window_to, rules=present, scope=scope)
        if overrides:
            after = program._assess(on=self.window_to, rules=tried, scope=scope)
        else:
            after = _decide_again(before, tried.groups)
        moves = self._prepare_moves(before, after)
        self.env["club.what.if.move"]._replace(self, moves)
        if overrides:
            points, _covered, revenue = self._get_totals(overrides, table)
            tried_rate = points / revenue if revenue else 0.0
        else:
            tried_rate = self.average_rate
        self._write_guarded(
            {
                "computed_with": self._get_inputs(),
                "from_facts": bool(overrides),
                "tried_rate": tried_rate,
                "result": self._count_moves(before, after),
                "move_count": len(moves),
            }
        )
        return True

    def _collect_facts(self):
        """Sum the facts of the window once for both sides; return the table's name.

        None where points begin within the window: its first months hold revenue only.
        """
        window, program = self._get_window(), self.program_id
        begins = program.date_start
        if not window or (begins and begins > window.start):
            return None
        self.env.flush_all()
        return collect_facts(program, window.start, window.end)

    @for_one
    def action_open_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_what_if_move_action"
        )
        return {**action, "domain": [("what_if_id", "=", self.id)]}

    @for_one
    def action_export(self):
        return self.env["club.xlsx.what.if"]._get_download_action(self)

    def _get_scope(self, overrides):
        """Return one window for all, where each would have a term of its own."""
        program = self.program_id
        if program.window != windows.WINDOW_MEMBERSHIP:
            return None
        if self.preset == "complete":
            known = program._assess(on=self.window_to)
            return {account: self._get_window() for account, _group in known}
        if overrides:
            raise UserError(
                self.env._(
                    "%s measures each member over a term of its own: try rates over "
                    "the last complete year.",
                    program.name,
                )
            )
        return None

    def _get_tried_groups(self, groups):
        """Return the kernel's groups with the thresholds that are tried."""
        lines = {line.tier_id.id: line for line in self.tier_line_ids}
        tried = []
        for group in groups:
            tiers = [
                replace(
                    tier,
                    points_from=Decimal(str(lines[tier.id].points_from)),
                    revenue_from=Decimal(str(lines[tier.id].revenue_from)),
                )
                if tier.id in lines
                else tier
                for tier in group.tiers
            ]
            self._check_rises(group, tiers)
            tried.append(replace(group, tiers=tuple(tiers)))
        return tuple(tried)

    def _check_rises(self, group, tiers):
        names = {tier.id: tier.name for tier in self.program_id.group_ids.tier_ids}
        measures = (
            (tier_rules.POINTS_MEASURES, "points_from"),
            (tier_rules.REVENUE_MEASURES, "revenue_from"),
        )
        for of_measure, name in measures:
            if group.measure not in of_measure:
                continue
            for low, high in pairwise(tiers):
                if getattr(high, name) <= getattr(low, name):
                    field = self.env["club.what.if.tier"]._fields[name]
                    raise ValidationError(
                        self.env._(
                            "%(label)s of %(high)s must be above those of %(low)s: "
                            "thresholds rise from tier to tier.",
                            label=field._description_string(self.env),
                            high=names[high.id],
                            low=names[low.id],
                        )
                    )

    def _prepare_moves(self, before, after):
        """Return a row for each account and tier group that comes out otherwise."""
        rows = []
        for key, was in before.items():
            now = after[key]
            if (was.result and was.result.id) == (now.result and now.result.id):
                continue
            rows.append(
                (
                    *key,
                    was.result and was.result.id,
                    now.result and now.result.id,
                    self._get_direction(was.result, now.result),
                    was.measures.points,
                    now.measures.points,
                    now.measures.revenue,
                )
            )
        return rows

    def _get_direction(self, was, now):
        if was is None:
            return "in"
        if now is None:
            return "out"
        return "up" if now.rank > was.rank else "down"

    def _count_moves(self, before, after):
        """Return the moves per tier group as JSON: tier ids and counts of each pair."""
        pairs = {}
        for key, was in before.items():
            now = after[key]
            pair = (was.result and was.result.id, now.result and now.result.id)
            pairs.setdefault(was.group, Counter())[pair] += 1
        result = []
        for group in self.program_id.group_ids:
            counts = next((c for g, c in pairs.items() if g.id == group.id), Counter())
            tiers = [None, *group.tier_ids.ids]
            result.append(
                {
                    "group": group.id,
                    "tiers": tiers,
                    "counts": [
                        [counts[row, column] for column in tiers] for row in tiers
                    ],
                }
            )
        return result

    def _get_matrices(self):
        """Return the `Matrix` of each tier group, in the user's language."""
        self.ensure_one()
        found = self.result or []
        ids = [tier for item in found for tier in item["tiers"] if tier]
        names = {tier.id: tier.name for tier in self.env["club.tier"].browse(ids)}
        names[None] = self.env._("No tier")
        groups = self.env["club.tier.group"].browse([item["group"] for item in found])
        return [
            Matrix(
                group=group.name,
                labels=tuple(names[tier] for tier in item["tiers"]),
                counts=tuple(tuple(row) for row in item["counts"]),
            )
            for group, item in zip(groups, found, strict=True)
        ]

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_result_html(self):
        for record in self:
            record.result_html = record.result and self.env["ir.qweb"]._render(
                "crm_club.club_what_if_result", {"matrices": record._get_matrices()}
            )

    @api.depends(
        "program_id",
        "window_to",
        "tier_line_ids.points_from",
        "tier_line_ids.revenue_from",
        "rate_line_ids.category_id",
        "rate_line_ids.value",
    )
    def _compute_is_stale(self):
        for record in self:
            known = record.computed_with
            record.is_stale = bool(known) and known != record._get_inputs()

    def _get_inputs(self):
        """Return what a result depends on, as text."""
        return repr(
            (
                self.program_id.id,
                str(self.window_to),
                sorted(
                    (line.tier_id.id, line.points_from, line.revenue_from)
                    for line in self.tier_line_ids
                ),
                sorted(self._get_overrides().items()),
            )
        )
