"""What the tried rules come to: who moves, per tier and one by one."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..kernel import tier_rules, windows
from ..models.lock import opened
from ..models.program.club_program import Rules
from ..models.rpc import for_one

# No category: a rate for it makes an assessment count from facts, not the ledger.
NO_CATEGORY = -1


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many accounts of a tier group go from a row's tier to a column's."""

    group: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class ClubWhatIf(models.TransientModel):
    _inherit = "club.what.if"

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

    # === Actions === #

    @for_one
    def action_compute(self):
        """Assess by the present and by the tried rules and keep who moves."""
        self.check_access("write")
        program = self.program_id
        program.check_access("read")
        overrides = self._get_overrides()
        present = program._get_rules()
        tried = Rules(self._get_tried_groups(present.groups), overrides)
        if overrides:
            # Both sides count from facts, or revenue that isn't posted yet would move
            # accounts as well.
            present = Rules(present.groups, {NO_CATEGORY: 0})
        scope = self._get_scope(overrides)
        before = program._assess(on=self.window_to, rules=present, scope=scope)
        after = program._assess(on=self.window_to, rules=tried, scope=scope)
        moves = self._prepare_moves(before, after)
        self.env["club.what.if.move"]._replace(self, moves)
        points, _covered, revenue = self._get_totals(overrides)
        opened(self).write(
            {
                "computed_with": self._get_inputs(),
                "from_facts": bool(overrides),
                "tried_rate": points / revenue if revenue else 0.0,
                "result": self._count_moves(before, after),
                "move_count": len(moves),
            }
        )
        return True

    @for_one
    def action_open_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_what_if_move_action"
        )
        return {**action, "domain": [("what_if_id", "=", self.id)]}

    @for_one
    def action_export(self):
        return self.env["club.xlsx.what.if"]._get_download_action(self)

    # === Rules tried === #

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

    # === Moves === #

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

    # === Staleness === #

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
