"""The points statement (积分对账单): an account's entries, balances and standing."""

from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import groupby

from ..kernel import points_lots, tier_rules, windows
from ..models.program.club_points_kind import EXPIRY, REDEMPTION, REVENUE
from ..models.record.names import get_labels, join_clauses


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its working; revenue, rate and coefficient only where they are."""

    month: str
    category: str
    kind: str
    revenue: float | None
    rate: float | None
    coefficient: float | None
    points: float
    valid_until: date | bool
    remark: str


@dataclass(frozen=True, slots=True)
class Month:
    """The entries that were posted for one month, and their sums."""

    label: str
    lines: tuple[Line, ...]
    revenue: float
    points: float


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line of business, or another kind of points, gave in each month, and what
    its revenue was multiplied by: "× 0.5 × 1.2", "× 0.5–0.6" where that has changed.
    """

    name: str
    factors: str
    cells: tuple[float, ...]
    total: float
    revenue: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Points earned in a month, and how high they stand beside the most of a month."""

    month: date
    points: float
    share: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The statement's page: what was earned by line and month of the period, and the
    twelve months up to its end as a chart.

    Of a longer period, what was earned before the twelve months is in the first cell.
    """

    months: tuple[date, ...]
    has_before: bool
    lines: tuple[Sums, ...]
    total: Sums
    chart: tuple[Bar, ...]
    # What its months are told in: thousands where a cell would be too narrow.
    unit: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The account in one tier group on the statement's last day."""

    group: str
    purpose: str
    tier: str
    valid_until: date | None
    next_tier: str
    missing_points: float
    missing_revenue: float
    missing_bars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one account; texts are in `lang`, amounts in company currency.

    Opening and closing are what is neither spent nor expired; between them lies what
    was earned, spent and has expired in the period. Rule B7.
    """

    account: models.BaseModel
    program: models.BaseModel
    lang: str
    date_from: date
    date_to: date
    standings: tuple[Standing, ...]
    agreements: tuple[str, ...]
    opening: float
    months: tuple[Month, ...]
    overview: Overview
    earned: float
    spent: float
    expired: float
    closing: float
    reserved: float
    available: float
    window: windows.Window
    qualifying: float
    together: str
    expiring: float
    expires_on: date | None


# Fetched for all at once: left to prefetching, they come a thousand at a time.
OF_ENTRY = (
    "account_id",
    "kind",
    "revenue_month",
    "category_id",
    "product_id",
    "revenue",
    "rate",
    "coefficient",
    "points",
    "date",
    "valid_until",
    "reason",
)

# As many months are shown beside each other, and as many lines under each other: a
# statement is one page. The smallest lines are summed.
MONTHS = 12
LINES = 8
WIDE = 1_000_000

# Differences of rounded figures may be this far from the rounded difference.
ROUNDING = 0.02


class ClubPointsStatement(models.AbstractModel):
    """Collects statements with a constant number of queries. Rules B1, B7, B10, E3."""

    _name = "club.points.statement"
    _description = "Points Statement"

    @api.model
    def _get_statement_data(self, accounts, program, date_from=None, date_to=None):
        """Return a `Statement` for each account, in order.

        The user's record rules apply: an account whose points he can't read in full is
        refused, never printed in part.

        :param accounts: commercial partners
        :param date_from: first day, by accounting date; see `_get_default_start`
        :param date_to: last day; today when None
        :raise UserError: when there is no program
        """
        if not program:
            raise UserError(self.env._("This company has no club program yet."))
        self = self.with_company(program.company_id)  # noqa: PLW0642
        accounts = accounts.with_env(self.env)
        program = program.with_env(self.env)
        self._check_may_read(accounts, program)
        date_to = date_to or program._today()
        date_from = date_from or self._get_default_start(program, date_to)
        entries = self._get_entries(accounts, program, date_from, date_to)
        overviews = self._get_overviews(accounts, program, date_from, date_to)
        before, after = self._get_balances(accounts, program, date_from, date_to)
        lots = self._get_lots(accounts, program, date_to)
        first_posted = self._get_first_posted(accounts, program, date_to)
        # What follows is read beyond the record rules: whoever may read an account's
        # points may know its standing and its agreement (Finance, the points clerk).
        agreements = self._get_agreements(accounts, program, date_from, date_to)
        standings, measured = self._get_standings(accounts, program, date_to)
        statements = []
        for account in accounts:
            months = self._prepare_months(entries[account], first_posted)
            expires_on, expiring = self._get_next_expiry(lots[account], date_to)
            opening, closing = before[account], after[account]
            window, qualifying, together = measured[account]
            statements.append(
                Statement(
                    account=account,
                    program=program,
                    lang=self.env.lang or "en_US",
                    date_from=date_from,
                    date_to=date_to,
                    standings=standings[account],
                    agreements=agreements[account],
                    opening=float(opening.unspent),
                    months=months,
                    overview=overviews[account],
                    earned=float(closing.earned - opening.earned),
                    spent=float(closing.spent - opening.spent),
                    expired=float(closing.expired - opening.expired),
                    closing=float(closing.unspent),
                    reserved=float(closing.reserved),
                    available=float(closing.available),
                    window=window,
                    qualifying=qualifying,
                    together=together,
                    expiring=expiring,
                    expires_on=expires_on,
                )
            )
        return statements

    # === Access === #

    def _check_may_read(self, accounts, program):
        """Raise AccessError for an account whose points the user may not read in full.

        The account is his by its manager or unit, or he verifies its unit's points; and
        no entry of it is hidden, as it may be after the account has changed its unit.
        """
        entries = self.env["club.points.entry"]
        entries.check_access("read")
        program.check_access("read")
        readable = accounts._filter_club_readable()
        domain = self._domain_posted(accounts, program)
        mine = dict(entries._read_group(domain, ["account_id"], ["__count"]))
        # Counted beyond the rules, to notice entries that they hide.
        all_sudo = dict(entries.sudo()._read_group(domain, ["account_id"], ["__count"]))
        for account in accounts:
            hidden = mine.get(account, 0) != all_sudo.get(account, 0)
            judged = account in readable or account.club_unit_id.club_is_verified
            if hidden or not judged:
                raise AccessError(
                    self.env._(
                        "The points of %(account)s aren't yours to see: ask its "
                        "account manager or a club officer for the statement.",
                        account=account.display_name,
                    )
                )

    # === Ledger === #

    @api.model
    def _get_default_start(self, program, date_to):
        """Return the first day of the window in which the last full month lies."""
        closed = windows.month_start(date_to + windows.ONE_DAY) - windows.ONE_DAY
        start = windows.qualification_window(program.window, closed).start
        return windows.month_start(start)

    def _domain_posted(self, accounts, program, *terms):
        return [
            ("account_id", "in", accounts.ids),
            ("program_id", "=", program.id),
            ("state", "=", "posted"),
            *terms,
        ]

    def _get_entries(self, accounts, program, date_from, date_to):
        terms = [("date", ">=", date_from), ("date", "<=", date_to)]
        entries = self.env["club.points.entry"].search_fetch(
            self._domain_posted(accounts, program, *terms),
            OF_ENTRY,
            order="date, revenue_month, id",
        )
        found = entries.grouped("account_id")
        return {account: found.get(account, entries.browse()) for account in accounts}

    def _get_balances(self, accounts, program, date_from, date_to):
        """Return ``{account: Balance}`` of the period's eve and of its last day."""
        entries = self.env["club.points.entry"]
        empty = points_lots.Balance()
        found = []
        for day in (date_from - windows.ONE_DAY, date_to):
            balances = entries._get_balances(program, accounts, day)
            found.append({a: balances.get(a.id, empty) for a in accounts})
        return found

    def _get_lots(self, accounts, program, date_to):
        """Return ``{account: [Lot]}`` of what is neither used nor reserved."""
        found = self.env["club.points.entry"]._get_lots(program, accounts, date_to)
        return {account: found.get(account.id, []) for account in accounts}

    def _get_first_posted(self, accounts, program, date_to):
        """Return ``{(account, revenue month): day}`` of the first points of a month."""
        terms = [("date", "<=", date_to), ("kind", "=", REVENUE)]
        return {
            (account, month): day
            for account, month, day in self.env["club.points.entry"]._read_group(
                self._domain_posted(accounts, program, *terms),
                ["account_id", "revenue_month:month"],
                ["date:min"],
            )
        }

    def _prepare_months(self, entries, first_posted):
        kinds = get_labels(entries, "kind")
        months = []
        for label, group in groupby(entries, lambda entry: f"{entry.date:%Y-%m}"):
            lines = tuple(
                self._prepare_line(entry, kinds, first_posted) for entry in group
            )
            months.append(
                Month(
                    label=label,
                    lines=lines,
                    revenue=round(sum(line.revenue or 0 for line in lines), 2),
                    points=round(sum(line.points for line in lines), 2),
                )
            )
        return tuple(months)

    def _prepare_line(self, entry, kinds, first_posted):
        worked = entry.kind == REVENUE
        return Line(
            month=f"{entry.revenue_month or entry.date:%Y-%m}",
            category=entry.product_id.display_name or entry.category_id.name or "",
            kind=kinds[entry.kind],
            revenue=entry.revenue if worked else None,
            rate=entry.rate if worked else None,
            coefficient=entry.coefficient if worked else None,
            points=entry.points,
            valid_until=entry.valid_until,
            remark=self._get_remark(entry, first_posted),
        )

    def _get_remark(self, entry, first_posted):
        """Say which month an entry corrects, and when its rate is another one now."""
        remarks = [entry.reason] if entry.reason else []
        if entry.kind == REDEMPTION and entry.points > 0:
            remarks.append(self.env._("returned, valid as before"))
        if entry.kind == REVENUE:
            month = f"{entry.revenue_month:%Y-%m}"
            if f"{entry.date:%Y-%m}" != month:
                first = first_posted.get((entry.account_id, entry.revenue_month))
                remarks.append(
                    self.env._("corrects %s", month)
                    if first and first < entry.date
                    else self.env._("for %s, verified late", month)
                )
            worked = entry.revenue * entry.rate * entry.coefficient
            if abs(worked - entry.points) > ROUNDING:
                remarks.append(self.env._("rate changed: the difference"))
        return join_clauses(self.env, remarks)

    def _get_next_expiry(self, lots, on):
        """Return the next day on which points end, and how many, oldest first. B7."""
        for lot in points_lots.spendable(lots, on):
            if lot.until:
                return lot.until, float(lot.points)
        return None, 0.0

    # === Overview: earned by line and month === #

    def _get_overviews(self, accounts, program, date_from, date_to):
        """Return ``{account: Overview}``: three sums in SQL for all. Rules B1, E3."""
        last = windows.month_start(date_to)
        first = windows.add_months(last, 1 - MONTHS)
        charts = {account: {} for account in accounts}
        for account, month, points in self._read_earned(
            accounts, program, first, date_to, ["account_id", "date:month"]
        ):
            charts[account][month] = points
        found = {account: {} for account in accounts}
        labels = get_labels(self.env["club.points.entry"], "kind")
        for account, kind, category, month, points, revenue in self._read_earned(
            accounts,
            program,
            date_from,
            date_to,
            ["account_id", "kind", "category_id", "date:month"],
            "revenue:sum",
        ):
            name = category.name if kind == REVENUE and category else labels[kind]
            cells = found[account].setdefault(name, {})
            before = max(month, windows.add_months(first, -1))
            sums = cells.get(before, (0.0, 0.0))
            cells[before] = (sums[0] + points, sums[1] + (revenue or 0.0))
        worked = {account: {} for account in accounts}
        for account, category, rate, coefficient, _points in self._read_earned(
            accounts,
            program,
            date_from,
            date_to,
            ["account_id", "category_id", "rate", "coefficient"],
            kinds=(REVENUE,),
        ):
            name = category.name or labels[REVENUE]
            worked[account].setdefault(name, set()).add((rate, coefficient))
        shown = max(first, windows.month_start(date_from))
        months = [
            windows.add_months(shown, number)
            for number in range(windows.months_between(shown, last) + 1)
        ]
        return {
            account: self._prepare_overview(
                months, found[account], worked[account], charts[account]
            )
            for account in accounts
        }

    def _read_earned(self, accounts, program, first, last, by, *more, kinds=None):
        terms = [
            ("date", ">=", first),
            ("date", "<=", last),
            ("kind", "in", kinds)
            if kinds
            else ("kind", "not in", (REDEMPTION, EXPIRY)),
        ]
        return self.env["club.points.entry"]._read_group(
            self._domain_posted(accounts, program, *terms), by, ["points:sum", *more]
        )

    def _prepare_overview(self, months, found, worked, chart):
        before = windows.add_months(months[0], -1)
        has_before = any(before in cells for cells in found.values())
        columns = [before, *months] if has_before else months
        lines = [
            self._prepare_sums(name, [cells], columns, worked.get(name, ()))
            for name, cells in found.items()
        ]
        lines.sort(key=lambda line: (-abs(line.total), line.name))
        if len(lines) > LINES:
            kept = {line.name for line in lines[: LINES - 1]}
            rest = [cells for name, cells in found.items() if name not in kept]
            others = self._prepare_sums(self.env._("Other categories"), rest, columns)
            lines = [*lines[: LINES - 1], others]
        chart_months = [
            windows.add_months(months[-1], n - MONTHS + 1) for n in range(MONTHS)
        ]
        most = max(chart.get(month, 0.0) for month in chart_months)
        total = self._prepare_sums(self.env._("Earned"), found.values(), columns)
        widest = max(map(abs, (*chart.values(), *total.cells, total.revenue)))
        return Overview(
            months=tuple(months),
            has_before=has_before,
            lines=tuple(lines),
            total=total,
            unit=1 if widest < WIDE else 1000,
            chart=tuple(
                Bar(
                    month,
                    points := chart.get(month, 0.0),
                    max(points, 0.0) / most if most > 0 else 0.0,
                )
                for month in chart_months
            ),
        )

    def _get_factors(self, worked):
        """Return by what revenue was multiplied, from ``{(rate, coefficient)}``."""
        if len(worked) == 1:
            [factors] = worked
            shown = [f"{each:g}" for each in factors if each != 1] or ["1"]
        else:
            products = [round(rate * coefficient, 4) for rate, coefficient in worked]
            shown = [f"{min(products):g}–{max(products):g}"] if products else []
        return " ".join(f"× {each}" for each in shown)

    def _prepare_sums(self, name, all_cells, columns, worked=()):
        """Return the sums of some lines' ``{month: (points, revenue)}`` by column."""
        all_cells = list(all_cells)
        none = (0.0, 0.0)
        cells = [
            round(sum(cells.get(column, none)[0] for cells in all_cells), 2)
            for column in columns
        ]
        revenue = sum(value[1] for cells in all_cells for value in cells.values())
        return Sums(
            name=name,
            factors=self._get_factors(worked),
            cells=tuple(cells),
            total=round(sum(cells), 2),
            revenue=round(revenue, 2),
        )

    # The head of a statement: tiers, what is missing to the next, agreements.

    def _get_agreements(self, accounts, program, date_from, date_to):
        agreements_sudo = (
            self.env["club.agreement"]
            .sudo()
            .search(
                [
                    ("account_id", "in", accounts.ids),
                    ("program_id", "=", program.id),
                    ("date_from", "<=", date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", date_from),
                ],
                order="date_from",
            )
        )
        found = agreements_sudo.grouped("account_id")
        return {
            account: tuple(
                found.get(account, agreements_sudo.browse()).mapped("number")
            )
            for account in accounts
        }

    def _get_standings(self, accounts, program, on):
        """Return ``{account: (Standing,)}`` and ``{account: (window, points, text)}``:
        whose they are, where a group is measured as one. Rule A12.
        """
        memberships_sudo = self.env["club.membership"].sudo()
        live = {}
        for membership in memberships_sudo.search(
            [
                ("account_id", "in", accounts.ids),
                ("program_id", "=", program.id),
                *memberships_sudo._domain_on(on),
            ]
        ):
            live.setdefault(
                (membership.account_id.id, membership.group_id.id), membership
            )
        assessed = program._assess(accounts, on)
        main = program.group_ids.filtered(lambda g: g.purpose != "grade")[:1]
        main = main or program.group_ids[:1]
        empty = windows.qualification_window(program.window, on)
        standings, measured = {}, {}
        for account in accounts:
            standings[account] = tuple(
                self._prepare_standing(
                    group,
                    live.get((account.id, group.id), memberships_sudo.browse()),
                    assessed[account.id, group.id],
                )
                for group in program.group_ids
            )
            found = assessed.get((account.id, main.id))
            measured[account] = (
                (found.window, float(found.measures.points), self._say_group(found))
                if found
                else (empty, 0.0, "")
            )
        return standings, measured

    @api.model
    def _say_group(self, assessed):
        """Say whose sum the figures are, "" for who is measured alone. Rule A12."""
        if not assessed.together:
            return ""
        # sudo: who is measured with a group may know its head
        head_sudo = self.env["res.partner"].sudo().browse(assessed.together[0])
        return self._say_head(head_sudo)

    def _say_head(self, head):
        return self.env._(
            "%s and its branches are measured as one: the figures are those of all of "
            "them.",
            head.name,
        )

    def _prepare_standing(self, group, membership, assessed):
        tier = membership.tier_id
        gap = tier_rules.missing_to_next(
            assessed.group, tier._get_rule() if tier else None, assessed.measures
        )
        tiers = {record.id: record for record in group.tier_ids}
        return Standing(
            group=group.name,
            purpose=group.purpose,
            tier=tier.with_env(self.env).name or "",
            valid_until=membership.date_to or None,
            next_tier=tiers[gap.tier.id].name if gap else "",
            missing_points=float(gap.points) if gap else 0.0,
            missing_revenue=float(gap.revenue) if gap else 0.0,
            missing_bars=self._get_bar_texts(group.program_id, gap.bars if gap else ()),
        )

    def _get_bar_texts(self, program, bars):
        names = {i.code: i.name for i in program.indicator_ids}
        texts = []
        for bar in bars:
            values = {"name": names[bar.indicator], "bound": f"{float(bar.bound):g}"}
            texts.append(
                self.env._("%(name)s: at most %(bound)s", **values)
                if bar.at_most
                else self.env._("%(name)s: at least %(bound)s", **values)
            )
        return tuple(texts)


class ReportPointsStatement(models.AbstractModel):
    _name = "report.crm_club.club_points_statement"
    _description = "Points Statement Report"
    _inherit = ["club.report.mixin"]

    _source = "res.partner"
    _papers = "statements"

    def _get_papers(self, partners, data):
        """Return the statements in each account's own language.

        :param data: may hold program_id, date_from and date_to
        """
        accounts = partners.exists().commercial_partner_id
        period = [fields.Date.to_date(data.get(k)) for k in ("date_from", "date_to")]
        programs = self._get_programs(data.get("program_id"))
        statements = {account: [] for account in accounts}
        by_language = accounts.grouped(lambda account: account.lang or self.env.lang)
        for lang, of_lang in by_language.items():
            collector = self.env["club.points.statement"].with_context(lang=lang)
            for program in programs:
                for statement in collector._get_statement_data(
                    of_lang, program, *period
                ):
                    statements[statement.account.with_env(self.env)].append(statement)
        return [
            statement
            for account in accounts
            for statement in self._get_used(statements[account])
        ]

    def _get_programs(self, program_id=None):
        """Return the program asked for, or those of the company one works in."""
        programs = self.env["club.program"]
        if program_id:
            return programs.browse(int(program_id))
        programs = programs.search([("company_id", "=", self.env.company.id)])
        if not programs:
            raise UserError(
                self.env._(
                    "%s has no club program to print statements of.",
                    self.env.company.name,
                )
            )
        return programs

    def _get_used(self, statements):
        """Leave out programs in which the account has nothing, but for the main one."""
        used = [
            found
            for found in statements
            if found.months or found.closing or found.reserved
        ]
        return used or statements[:1]


class ReportPointsStatementAnnex(models.AbstractModel):
    """The same statements, with every entry in an annex."""

    _name = "report.crm_club.club_points_statement_annex"
    _description = "Points Statement with Entries"
    _inherit = ["report.crm_club.club_points_statement"]
