"""Standing: what an account's tiers are, from a handful of numbers."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from odoo import models

from ...kernel import tier_rules, windows
from ..program.club_indicator import MEASURED
from ..program.club_points_kind import NEVER_QUALIFYING
from . import measures

ZERO_MEASURES = tier_rules.Measures(points=Decimal(0), revenue=Decimal(0))
# What the facts say of an account that has none. Scores of the branch's own are
# unknown until somebody gives them.
NO_INDICATORS = {code: Decimal(0) for code, _label in MEASURED}


def _get_no_measures(account_id, indicators):
    """Return the measures of an account without points and revenue in the window."""
    return tier_rules.Measures(
        Decimal(0), Decimal(0), {**NO_INDICATORS, **indicators.get(account_id, {})}
    )


@dataclass(frozen=True, slots=True)
class Basis:
    """What an assessment counts, so that it can be worked out again: kinds of points,
    up to a place in the ledger's chain; and how long a term lasts that comes of it.
    """

    kinds: tuple[str, ...]
    after: int
    term_months: int
    grace_days: int


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an account comes to in a tier group: measures, tiers and why."""

    group: tier_rules.Group
    window: windows.Window
    measures: tier_rules.Measures
    earned: tier_rules.Tier | None
    floor: tier_rules.Tier | None
    floor_class: str | None
    result: tier_rules.Tier | None
    score: Decimal
    basis: Basis

    def evidence(self, on: date) -> dict:
        """Return what the decision rested on, as it stays with the membership. A10."""
        return {**self._get_rules_then(on), **self._get_figures_then()}

    def without_floor(self) -> "Assessed":
        """Return what the account comes to by its figures alone."""
        result = tier_rules.lifted(self.group, self.earned, self.measures, None)
        return replace(self, floor=None, floor_class=None, result=result)

    def evidence_texts(self, on: date, shared: dict, **more) -> dict:
        """Return the evidence as two JSON texts, of which one is common to many
        accounts: it is made, sent and read once.

        :param shared: the common texts made so far, kept by the caller
        :param more: what else is kept with this decision
        :return: ``evidence`` and ``evidence_shared``, to be put together when stored
        """
        key = (self.group.id, on, self.window)
        if key not in shared:
            shared[key] = json.dumps(self._get_rules_then(on))
        return {
            "evidence": json.dumps({**self._get_figures_then(), **more}),
            "evidence_shared": shared[key],
        }

    def _get_rules_then(self, on):
        return {
            "on": on.isoformat(),
            "window": [self.window.start.isoformat(), self.window.end.isoformat()],
            "measure": self.group.measure,
            "thresholds": [
                [tier.code, str(tier.points_from), str(tier.revenue_from)]
                for tier in self.group.tiers
            ],
            "bars": [
                [tier.code, bar.indicator, str(bar.bound), bar.at_most]
                for tier in self.group.tiers
                for bar in tier.bars
            ],
            "automatic_revenue": str(self.group.automatic_revenue or 0),
            **asdict(self.basis),
        }

    def _get_figures_then(self):
        return {
            "points": str(self.measures.points),
            "revenue": str(self.measures.revenue),
            "indicators": {
                code: str(value) for code, value in self.measures.indicators.items()
            },
            "earned": self.earned and self.earned.code,
            "floor": self.floor and self.floor.code,
            "floor_class": self.floor_class,
            "result": self.result and self.result.code,
            "score": str(self.score),
        }


class ClubProgram(models.Model):
    _inherit = "club.program"

    def _assess(self, accounts=None, on=None, rules=None, scope=None):
        """Return what each account comes to on the day ``on``. Rules A2–A7.

        Used for enrolment and upgrade, requalification, the distance to the next tier
        and the what-if: the same call, other rules. Nothing is stored.

        :param accounts: partners to assess; None for all that have points, revenue, a
            class or a membership
        :param on: the day; today when None
        :param rules: `Rules` to try out; those in force when None
        :param scope: ``{account_id: Window}`` of a requalification; the program's
            qualification window when None
        :return: ``{(account_id, group_id): Assessed}``
        """
        self.ensure_one()
        self.env.flush_all()
        on = on or self._today()
        rules = rules or self._get_rules()
        ids = None if accounts is None else list(accounts.ids)
        weights = {
            indicator.code: (
                Decimal(str(indicator.weight)),
                Decimal(str(indicator.full_mark)),
            )
            for indicator in self.indicator_ids
        }
        floors = self._get_floors(rules, on, ids)
        members = self._get_live(on, ids)
        indicators = self._get_indicators(on, ids)
        known = set(ids or ()) | {account for account, _group in floors}
        known |= {account for account, _group in members}
        result = {}
        basis = Basis(
            kinds=tuple(self._get_qualifying_kinds()),
            after=self._get_last_posting(),
            term_months=self.term_months,
            grace_days=self.grace_days,
        )
        shared = None
        for group in rules.groups:
            if scope is None and self.window == "membership":
                found = self._measure_terms(group, members, on, ids, rules, indicators)
            else:
                if shared is None:
                    shared = self._measure_window(on, ids, rules, scope, indicators)
                found = shared
            default = windows.qualification_window(self.window, on)
            for account in known | found.keys():
                window, figures = found.get(account, (default, None))
                if figures is None:
                    figures = _get_no_measures(account, indicators)
                    window = scope.get(account, window) if scope else window
                floor, floor_class = floors.get((account, group.id), (None, None))
                earned = tier_rules.earned_tier(group, figures)
                result[account, group.id] = Assessed(
                    group=group,
                    window=window,
                    measures=figures,
                    earned=earned,
                    floor=floor,
                    floor_class=floor_class,
                    result=tier_rules.lifted(group, earned, figures, floor),
                    score=tier_rules.score(weights, figures) if weights else Decimal(0),
                    basis=basis,
                )
        return result

    # === Measures === #

    def _measure_window(self, on, ids, rules, scope, indicators):
        """Measure over the program's window, or over a window for each account."""
        if scope is not None:
            if not scope:
                return {}
            start = min(w.start for w in scope.values())
            end = max(w.end for w in scope.values())
            if all((w.start, w.end) == (start, end) for w in scope.values()):
                by = {"accounts": list(scope)}  # one window for all
            else:
                by = {"scope": [(key, w.start, w.end) for key, w in scope.items()]}
            figures = self._fetch_measures(start, end, rules, indicators, **by)
            return {account: (scope[account], m) for account, m in figures.items()}
        window = windows.qualification_window(self.window, on)
        figures = self._fetch_measures(
            window.start, window.end, rules, indicators, accounts=ids
        )
        return {account: (window, m) for account, m in figures.items()}

    def _measure_terms(self, group, members, on, ids, rules, indicators):
        """Measure members over their own term, others over the last 12 months."""
        found = self._measure_window(on, ids, rules, None, indicators)
        scope = {
            account: windows.qualification_window(self.window, on, row["date_from"])
            for (account, group_id), row in members.items()
            if group_id == group.id
        }
        own = self._measure_window(on, ids, rules, scope, indicators)
        for account, window in scope.items():
            found[account] = own.get(
                account,
                (window, _get_no_measures(account, indicators)),
            )
        return found

    def _fetch_measures(self, start, end, rules, indicators, accounts=None, scope=None):
        self.env.cr.execute(
            measures.measures_query(
                self,
                start,
                end,
                accounts=accounts,
                scope=scope,
                rates=rules.rates or None,
            )
        )
        return {
            account: tier_rules.Measures(
                Decimal(points),
                Decimal(revenue),
                {
                    **NO_INDICATORS,
                    **indicators.get(account, {}),
                    "categories": Decimal(categories),
                    "active_months": Decimal(months),
                },
            )
            for account, points, revenue, categories, months in self.env.cr.fetchall()
        }

    def _get_floors(self, rules, on, ids):
        tiers = {
            group.id: {tier.id: tier for tier in group.tiers} for group in rules.groups
        }
        self.env.cr.execute(measures.floors_query(self, on, ids))
        return {
            (account, group): (tiers[group][tier], code)
            for account, group, tier, code in self.env.cr.fetchall()
            if tier in tiers.get(group, {})
        }

    def _get_indicators(self, on, ids):
        """Return ``{account_id: {code: value}}`` of what the sums don't give."""
        codes = set(self.indicator_ids.mapped("code"))
        found = defaultdict(dict)
        if codes - NO_INDICATORS.keys():
            self.env.cr.execute(measures.scores_query(self, on, ids))
            for account, code, value in self.env.cr.fetchall():
                found[account][code] = Decimal(str(value))
        self.env.cr.execute(measures.overdue_query(self, on, ids))
        for account, days in self.env.cr.fetchall():
            found[account]["overdue_days"] = Decimal(days)
        return found

    def _get_last_posting(self):
        """Return the place in the chain of the last points that count for the tier."""
        self.env.cr.execute(
            """
            SELECT coalesce(max(chain_no), 0) FROM club_points_run
             WHERE program_id = %s AND state = 'posted' AND kind <> ALL(%s)
            """,
            [self.id, list(NEVER_QUALIFYING)],
        )
        return self.env.cr.fetchone()[0]

    def _get_live(self, on, ids=None):
        """Return the memberships that count on the day, or end undecided before it.

        :return: ``{(account_id, group_id): {id, tier_id, date_from, date_to, origin}}``
        """
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (account_id, group_id) id, account_id, group_id, tier_id,
                   date_from, date_to, origin
              FROM club_membership
             WHERE program_id = %s AND state = 'valid' AND date_from <= %s
               AND (outcome IS NULL OR date_to >= %s)
               AND (%s::int[] IS NULL OR account_id = ANY(%s::int[]))
             ORDER BY account_id, group_id, date_from DESC, id DESC
            """,
            [self.id, on, on, ids, ids],
        )
        return {
            (row["account_id"], row["group_id"]): row
            for row in self.env.cr.dictfetchall()
        }
