"""Standing: what an account's tiers are, from a handful of numbers."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...kernel import tier_rules, windows
from ...kernel.written import get_written
from ..program.club_indicator import MEASURED
from ..program.club_points_kind import NEVER_QUALIFYING
from ..record.accounts import check_programs_account
from . import measures
from .heads import Groups
from .mirror_sql import mirror_query
from .underneath import Underneath

# What the facts say of an account that has none. Scores of the branch's own are
# unknown until somebody gives them.
NO_INDICATORS = {code: Decimal(0) for code, _label in MEASURED}
OVERDUE = "overdue_days"
NO_FLOOR = (None, None, None)


def _get_no_measures(account_id, indicators):
    """Return the measures of an account without points and revenue in the window."""
    return tier_rules.Measures(
        Decimal(0), Decimal(0), {**NO_INDICATORS, **indicators.get(account_id, {})}
    )


def _get_asked_indicators(rules):
    """Return the codes of the indicators that a bar of a tier asks for."""
    return {
        bar.indicator
        for group in rules.groups
        for tier in group.tiers
        for bar in tier.bars
    }


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
    """What an account comes to in a tier group: measures, tiers and why.

    ``together`` are the head and the accounts that are measured as one; the measures
    are their sum. ``floor_head`` is the head whose class gives the floor. Rule A12.
    """

    group: tier_rules.Group
    window: windows.Window
    measures: tier_rules.Measures
    earned: tier_rules.Tier | None
    floor: tier_rules.Tier | None
    floor_class: str | None
    floor_head: int | None
    result: tier_rules.Tier | None
    score: Decimal
    basis: Basis | None  # None: for a screen only
    together: tuple[int, tuple[int, ...]] | None = None

    def evidence(self, on: date) -> dict:
        """Return what the decision rested on, as it stays with the membership. A10."""
        return {**self._get_rules_then(on), **self._get_figures_then()}

    def without_floor(self) -> "Assessed":
        """Return what the account comes to by its figures alone."""
        result = tier_rules.lifted(self.group, self.earned, self.measures, None)
        return replace(
            self, floor=None, floor_class=None, floor_head=None, result=result
        )

    def evidence_parts(self, on: date, shared: dict, **more) -> dict:
        """Return the evidence in two parts, of which one is common to many accounts: it
        is made, sent and read once.

        :param shared: the common texts made so far, kept by the caller
        :param more: what else is kept with this decision
        :return: ``evidence``, a dict, and ``evidence_shared``, a JSON text, to be put
            together when stored
        """
        key = (self.group.id, on, self.window)
        if key not in shared:
            shared[key] = json.dumps(self._get_rules_then(on))
        return {
            "evidence": {**self._get_figures_then(), **more},
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
        group = {}
        if self.together:
            head, accounts = self.together
            group["together"] = {"head": head, "accounts": list(accounts)}
        if self.floor_head:
            group["floor_head"] = self.floor_head
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
            **group,
        }


class ClubProgram(models.Model):
    _inherit = "club.program"

    def _assess(
        self,
        accounts=None,
        on=None,
        rules=None,
        scope=None,
        grouped_on=None,
        *,
        members=None,
        floors=None,
        is_shown=False,
    ):
        """Return what each account comes to on the day ``on``. Rules A2–A7, A12.

        Used for enrolment and upgrade, requalification, the distance to the next tier
        and the what-if: the same call, other rules. Nothing is stored.

        :param accounts: partners to assess; None for all that have points, revenue, a
            class or a membership
        :param on: the day; today when None
        :param rules: `Rules` to try out; those in force when None
        :param scope: ``{account_id: Window}`` of a requalification; the program's
            qualification window when None
        :param grouped_on: the day whose heads and branches are measured together;
            ``on`` when None, nobody when ``ALONE``
        :param members: what `_get_live` says of the day, where it is known already
        :param floors: what `_get_floors` says of the day, where it is known already
        :param is_shown: whether it goes to a screen only: nothing is to say later what
            it rested on, there is no score, and indicators that no tier asks for are
            left out
        :return: ``{(account_id, group_id): Assessed}``
        """
        self.ensure_one()
        self.env.flush_all()
        on = on or self._today()
        rules = rules or (self._get_shown_rules() if is_shown else self._get_rules())
        ids = None if accounts is None else list(accounts.ids)
        weights = {} if is_shown else self._get_weights()
        if floors is None:
            floors = self._get_floors(rules, on, ids)
        if members is None:
            members = self._get_live(on, ids)
        groups = Groups(self, grouped_on or on, ids)
        asked = _get_asked_indicators(rules) if is_shown else None
        indicators = groups.share_overdue(
            self._get_indicators(on, groups.expand(ids), asked),
        )
        known = set(ids or ()) | {account for account, _group in floors}
        known |= {account for account, _group in members}
        result = {}
        basis = None if is_shown else self._get_basis()
        shared = None
        for group in rules.groups:
            if scope is None and self.window == "membership":
                found = self._measure_terms(
                    group, members, on, ids, rules, indicators, groups
                )
            else:
                if shared is None:
                    shared = self._measure_window(
                        on, ids, rules, scope, indicators, groups
                    )
                found = shared
            default = windows.qualification_window(self.window, on)
            for account in known | found.keys():
                window, figures = found.get(account, (default, None))
                if figures is None:
                    figures = _get_no_measures(account, indicators)
                    window = scope.get(account, window) if scope else window
                floor, floor_class, floor_head = floors.get(
                    (account, group.id), NO_FLOOR
                )
                earned = tier_rules.earned_tier(group, figures)
                result[account, group.id] = Assessed(
                    group=group,
                    window=window,
                    measures=figures,
                    earned=earned,
                    floor=floor,
                    floor_class=floor_class,
                    floor_head=floor_head,
                    result=tier_rules.lifted(group, earned, figures, floor),
                    score=tier_rules.score(weights, figures) if weights else Decimal(0),
                    basis=basis,
                    together=groups.get(account),
                )
        return result

    def _get_weights(self):
        return {
            indicator.code: (
                Decimal(str(indicator.weight)),
                Decimal(str(indicator.full_mark)),
            )
            for indicator in self.indicator_ids
        }

    def _get_basis(self):
        return Basis(
            kinds=tuple(self._get_qualifying_kinds()),
            after=self._get_last_posting(),
            term_months=self.term_months,
            grace_days=self.grace_days,
        )

    # === Measures === #

    def _measure_window(self, on, ids, rules, scope, indicators, groups):
        """Measure over the program's window, or over a window for each account."""
        if scope is not None:
            if not scope:
                return {}
            start = min(w.start for w in scope.values())
            end = max(w.end for w in scope.values())
            if all((w.start, w.end) == (start, end) for w in scope.values()):
                by = {"accounts": list(scope)}  # one window for all
            else:
                by = {"scope": scope}
            figures = self._fetch_measures(start, end, rules, indicators, groups, **by)
            return {account: (scope[account], m) for account, m in figures.items()}
        window = windows.qualification_window(self.window, on)
        figures = self._fetch_measures(
            window.start, window.end, rules, indicators, groups, accounts=ids
        )
        return {account: (window, m) for account, m in figures.items()}

    def _measure_terms(self, group, members, on, ids, rules, indicators, groups):
        """Measure members over their own term, others over the last 12 months."""
        found = self._measure_window(on, ids, rules, None, indicators, groups)
        scope = {
            account: windows.qualification_window(self.window, on, row["date_from"])
            for (account, group_id), row in members.items()
            if group_id == group.id
        }
        own = self._measure_window(on, ids, rules, scope, indicators, groups)
        for account, window in scope.items():
            found[account] = own.get(
                account,
                (window, _get_no_measures(account, indicators)),
            )
        return found

    def _fetch_measures(
        self, start, end, rules, indicators, groups, accounts=None, scope=None
    ):
        """Return ``{account_id: Measures}``; those of its group where it is in one."""
        windows_of = number_of = None
        if scope is not None:
            windows_of, number_of = groups.join(scope)
        self.env.cr.execute(
            measures.measures_query(
                self,
                start,
                end,
                accounts=groups.expand(accounts if scope is None else list(scope)),
                scope=windows_of,
                rates=rules.rates or None,
                heads=groups.get_pairs(),
                kinds=rules.kinds,
                table=rules.facts,
            )
        )
        rows = {account: figures for account, *figures in self.env.cr.fetchall()}
        if number_of is None:
            found = groups.spread(rows, accounts)
        else:
            found = {a: rows[key] for a, key in number_of.items() if key in rows}
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
            for account, (points, revenue, categories, months) in found.items()
        }

    def _get_floors(self, rules, on, ids):
        tiers = {
            group.id: {tier.id: tier for tier in group.tiers} for group in rules.groups
        }
        self.env.cr.execute(measures.floors_query(self, on, ids))
        return {
            (account, group): (tiers[group][tier], code, head)
            for account, group, tier, code, head in self.env.cr.fetchall()
            if tier in tiers.get(group, {})
        }

    def _get_indicators(self, on, ids, asked=None):
        """Return ``{account_id: {code: value}}`` of what the sums don't give.

        :param asked: the codes that are asked for; None: all
        """
        found = defaultdict(dict)
        codes = set(self.indicator_ids.mapped("code")) if asked is None else asked
        if codes - NO_INDICATORS.keys():
            self.env.cr.execute(measures.scores_query(self, on, ids))
            for account, code, value in self.env.cr.fetchall():
                found[account][code] = Decimal(str(value))
        if asked is None or OVERDUE in asked:
            self.env.cr.execute(measures.overdue_query(self, on, ids))
            for account, days in self.env.cr.fetchall():
                found[account][OVERDUE] = Decimal(days)
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

    # === A tier that an officer sets by hand, with a reason and an end === #

    def _set_override(self, account, tier, date_to, reason):
        """Give an account a tier from today to ``date_to``, whatever it measures.

        It takes nothing away: neither the tier nor the time that the account has. Its
        term ends like any other, with a requalification. Who may ask for it and who has
        signed is the business of `club.tier.override`. Rules A6, A10.

        :return: the membership that begins today
        """
        self.ensure_one()
        program = self.with_company(self.company_id)
        account = account.commercial_partner_id
        today = program._today()
        replaced = program._check_can_override(account, tier, date_to, reason)
        assessed = program._assess(account, today)[account.id, tier.group_id.id]
        memberships = self.env["club.membership"]
        memberships._end(
            [
                (membership.id, today - timedelta(days=1), "replaced")
                for membership in program._get_running(account, tier.group_id)
            ]
        )
        ids = memberships._insert(
            self,
            [
                {
                    "account_id": account.id,
                    "group_id": tier.group_id.id,
                    "tier_id": tier.id,
                    "date_from": today,
                    "date_to": date_to,
                    "origin": "override",
                    "evidence": {
                        **assessed.evidence(today),
                        "override": get_written(reason),
                        "replaces": replaced,
                    },
                    "score": assessed.score,
                    "reason": get_written(reason),
                }
            ],
        )
        program._refresh_mirrors(account)
        return memberships.browse(ids)

    def _get_override_limits(self, account, group):
        """Return the first and the last day on which a tier set today may end."""
        self.ensure_one()
        program = self.with_company(self.company_id)
        today = program._today()
        kept = [last for *_tier, last in program._get_replaced(account, group)]
        first = max([today.isoformat(), *kept])
        last = max(windows.term_end(today, self.term_months).isoformat(), first)
        return first, last

    def _get_running(self, account, group):
        """Return the memberships of today, of grace and of the time to come."""
        today = self._today()
        row = self._get_live(today, [account.id]).get((account.id, group.id))
        later = self._get_future(today, [account.id]).get((account.id, group.id), [])
        return self.env["club.membership"].browse(
            [found["id"] for found in [*([row] if row else []), *later]]
        )

    def _get_replaced(self, account, group):
        """Return what a tier set today replaces: ``[[tier code, first, last day]]``.

        A manual tier of the same day is corrected rather than replaced: what counts is
        what it replaced itself.
        """
        today = self._today()
        found = []
        for membership in self._get_running(account, group):
            if membership.origin == "override" and membership.date_from == today:
                found += (membership.evidence or {}).get("replaces") or []
            else:
                found.append(
                    [
                        membership.tier_id.code,
                        membership.date_from.isoformat(),
                        membership.date_to.isoformat(),
                    ]
                )
        return found

    def _check_can_override(self, account, tier, date_to, reason):
        """Raise when the tier can't begin today; return what it would replace."""
        self.ensure_one()
        program = self.with_company(self.company_id)
        program._check_override(account, tier, reason)
        replaced = program._get_replaced(account, tier.group_id)
        program._check_override_takes_nothing(account, tier, date_to, replaced)
        return replaced

    def _check_override(self, account, tier, reason):
        if tier.program_id != self or not tier.active:
            raise ValidationError(
                self.env._(
                    "%(tier)s is not a tier of %(program)s.",
                    tier=tier.name,
                    program=self.name,
                )
            )
        check_programs_account(account, self)
        if not get_written(reason):
            raise ValidationError(
                self.env._(
                    "Enter the reason why %(account)s becomes %(tier)s by hand.",
                    account=account.display_name,
                    tier=tier.name,
                )
            )

    def _check_override_takes_nothing(self, account, tier, date_to, replaced):
        """Rule A6: lower only at the term's end."""
        names = tier.group_id._get_tier_names()
        ranks = {
            t.code: t.sequence
            for t in tier.group_id.with_context(active_test=False).tier_ids
        }
        for code, _first, last in replaced:
            if tier.sequence < ranks[code]:
                raise UserError(
                    self.env._(
                        "%(account)s is %(current)s until %(date)s and can't become "
                        "%(tier)s: a tier is lowered at its term's end only, by "
                        "requalification.",
                        account=account.display_name,
                        current=names[code],
                        date=self._format_override_day(last),
                        tier=tier.name,
                    )
                )
        first, last = self._get_override_limits(account, tier.group_id)
        if not date_to or not first <= date_to.isoformat() <= last:
            raise UserError(
                self.env._(
                    "%(tier)s set today for %(account)s ends on %(first)s at the "
                    "earliest, so that nothing is taken away, and on %(last)s at the "
                    "latest, after a term.",
                    tier=tier.name,
                    account=account.display_name,
                    first=self._format_override_day(first),
                    last=self._format_override_day(last),
                )
            )

    def _format_override_day(self, day):
        return format_date(self.env, day)

    # === Enrolment and upgrade at once, and the mirrors of standing on partners === #

    def _review(self, on, effective, accounts=None, run=None):
        """Enrol and upgrade whoever reached a tier; nobody is lowered. Rules A4, A5.

        A membership whose term is over but undecided still counts as the account's
        tier here: only its requalification may lower it. What is reached under a tier
        set by hand, or granted by the class, is kept underneath. Rule A6.

        :param on: the day to assess, the end of a run's month
        :param effective: the day on which a new term starts
        :param accounts: partners to review, all when None
        :param run: the points run whose posting asks for it, if one does
        :return: number of memberships begun
        """
        self.ensure_one()
        self.env.flush_all()
        assessed = self._assess(accounts, on, grouped_on=effective)
        ids = None if accounts is None else accounts.ids
        live = self._get_live(effective, ids)
        future = self._get_future(effective, ids)
        underneath = Underneath(self, effective, live, future, ids)
        ends, rows, kept, shared = [], [], [], {}
        term_end = windows.term_end(effective, self.term_months)
        for (account, group_id), found in assessed.items():
            if found.result is None:
                continue
            tiers = {tier.id: tier for tier in found.group.tiers}
            current = live.get((account, group_id))
            tier = current and (
                tiers.get(current["tier_id"]) or self._get_archived(current["tier_id"])
            )
            if not tier_rules.is_upgrade(tier, found.result):
                reached = underneath.reach((account, group_id), found, shared)
                if reached:
                    kept.append(reached[0])
                    ends += reached[1]
                continue
            ends += underneath.leave((account, group_id))
            date_to = term_end
            later = future.get((account, group_id), [])
            outcome = False
            for row in later:
                planned = tiers.get(row["tier_id"])
                if planned and planned.rank > found.result.rank:
                    date_to = min(date_to, row["date_from"] - timedelta(days=1))
                    outcome = "upgraded"  # the planned term follows it
                else:
                    ends.append((row["id"], effective - timedelta(days=1), "replaced"))
            if current:
                ends.append((current["id"], effective - timedelta(days=1), "upgraded"))
            rows.append(
                {
                    "account_id": account,
                    "group_id": group_id,
                    "tier_id": found.result.id,
                    "date_from": effective,
                    "date_to": date_to,
                    "origin": "upgraded" if current else "enrolled",
                    "outcome": outcome,
                    **found.evidence_parts(on, shared),
                    "score": found.score,
                    "run_id": run and run.id,
                    "previous_tier_id": current and current["tier_id"],
                }
            )
        self.env["club.membership"]._end(ends)
        self.env["club.membership"]._insert(self, rows + kept)
        underneath.surface()
        self._refresh_mirrors(accounts)
        return len(rows)

    def _get_archived(self, tier_id):
        """Return the kernel's view of a tier that its group no longer uses."""
        return self.env["club.tier"].browse(tier_id)._get_rule()

    def _get_future(self, after, ids=None):
        """Return ``{(account_id, group_id): [row]}`` of terms starting after a day."""
        self.env.cr.execute(
            """
            SELECT id, account_id, group_id, tier_id, date_from
              FROM club_membership
             WHERE program_id = %s AND state = 'valid' AND date_from > %s
               AND (%s::int[] IS NULL OR account_id = ANY(%s::int[]))
             ORDER BY date_from
            """,
            [self.id, after, ids, ids],
        )
        found = {}
        for row in self.env.cr.dictfetchall():
            found.setdefault((row["account_id"], row["group_id"]), []).append(row)
        return found

    def _refresh_mirrors(self, accounts=None):
        """Write what is in force today onto partners, where it differs.

        The company's main program shows on the partner; contacts carry their company's
        standing, so that leads and mailings can filter by it.
        """
        main = self._get_main(self.company_id)
        if self != main:
            return
        self.env.flush_all()
        today = self.with_company(self.company_id)._today()
        self.env.cr.execute(mirror_query(self, today, accounts))
        self.env["res.partner"].invalidate_model(["club_tier_id", "club_grade_id"])

    # === Another one is the main one === #

    def _club_after_create(self):
        super()._club_after_create()
        self.filtered("is_main")._follow_main()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {"active", "sequence"}.isdisjoint(vals):
            self._follow_main()

    def _follow_main(self):
        """Let partners show the tiers of the program that is the main one now, where a
        company has several. Rule A9.
        """
        # sudo: partners follow, whoever puts the programs in order
        programs_sudo = self.sudo().with_context(active_test=False)
        rows = programs_sudo._read_group(
            [("company_id", "in", self.company_id.ids)],
            ["company_id"],
            having=[("__count", ">", 1)],
        )
        for (company,) in rows:
            for main in self.sudo()._get_main(company):
                main._refresh_mirrors()
