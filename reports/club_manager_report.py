"""The month of an account manager on a page. Rules D10, E3, E4."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..kernel.windows import add_months, month_end
from ..models.figures import manager_sql as codes
from ..models.figures.club_target import CAMPAIGN, PERSON, REVENUE
from ..models.record.names import format_month, get_labels, join

FULL = 100.0
SHOWN = 3  # names of units on a page
WIDEST = 100  # a bar ends where the target is reached
# Figures that come in pairs, and where each of them goes.
PAIRS = {
    codes.CONTACTS: ("visits", "contacts"),
    codes.ON_TIME: ("on_time", "owed"),
    codes.COMPLAINTS: ("settled", "complaints"),
    codes.ACTIVITIES: ("guests", "activities"),
}


@dataclass(slots=True)
class Numbers:
    """What a manager's month came to."""

    accounts: int = 0
    members: int = 0
    revenue: float = 0.0
    year: float = 0.0
    points: float = 0.0
    visits: int = 0
    contacts: int = 0
    on_time: int = 0
    owed: int = 0
    complaints: int = 0
    settled: int = 0
    activities: int = 0
    guests: int = 0
    tiers: dict = field(default_factory=dict)

    @property
    def rate(self):
        """What was kept of what was owed, in %, None where nothing was."""
        return FULL * self.on_time / self.owed if self.owed else None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target of his that the month is part of."""

    label: str
    period: str
    amount: float
    actual: float
    attained: float
    elapsed: float
    pace: str
    is_behind: bool
    is_money: bool
    bar: float


@dataclass(frozen=True, slots=True)
class ManagerMonth:
    """A manager's page: this month beside the one before."""

    company: models.BaseModel
    currency: models.BaseModel
    name: str
    units: str
    month: date
    period: str
    now: Numbers
    before: Numbers
    tiers: tuple[tuple[str, int], ...]
    targets: tuple[TargetLine, ...]


class ClubManagerMonths(models.AbstractModel):
    """Collects the months of managers; print and spreadsheet only walk them."""

    _name = "club.manager.months"
    _description = "Months of Account Managers"

    @api.model
    def _get_months(self, dialog):
        """Return the `ManagerMonth` of each manager that the user may read of.

        :param dialog: a `club.manager.report`
        :raises UserError: when there is nobody
        """
        dialog.check_access("read")
        scope = dialog._get_scope()
        company_sudo = dialog.company_id.sudo()  # its clock and its currency
        start = dialog.month.replace(day=1)
        now = self._read_numbers(company_sudo, start, scope)
        before = self._read_numbers(company_sudo, add_months(start, -1), scope)
        targets = self._read_targets(company_sudo, start, scope)
        users = {
            user for user, numbers in now.items() if numbers.accounts or numbers.year
        } | targets.keys()
        if not users:
            raise UserError(
                self.env._(
                    "Nobody looked after accounts in %s that you may read of.",
                    format_month(self.env, start),
                )
            )
        units = self._read_units(company_sudo, users)
        names = self._read_tier_names(now)
        # sudo: a paper names people
        users_sudo = self.env["res.users"].sudo().browse(users)
        return [
            ManagerMonth(
                company=company_sudo,
                currency=company_sudo.currency_id,
                name=user.name,
                units=units.get(user.id, ""),
                month=start,
                period=format_month(self.env, start),
                now=numbers,
                before=before.get(user.id, Numbers()),
                tiers=tuple(
                    (name, numbers.tiers[tier])
                    for tier, name in names.items()
                    if tier in numbers.tiers
                ),
                targets=tuple(targets.get(user.id, ())),
            )
            for user in users_sudo.sorted(lambda user: (user.name, user.id))
            for numbers in [now.get(user.id, Numbers())]
        ]

    def _read_numbers(self, company, start, scope):
        """Return ``{user id: Numbers}`` of a month, by one statement."""
        self.env.flush_all()
        day = max(start, min(month_end(start), company._club_today()))
        found = defaultdict(Numbers)
        for user, code, tier, value, base in self.env.execute_query(
            codes.month_figures(company, start, day, scope)
        ):
            numbers = found[user]
            if code == codes.ACCOUNTS:
                numbers.accounts += int(value)
                numbers.members += int(value) if tier else 0
                numbers.tiers[tier] = int(value)
            elif code in (codes.REVENUE, codes.YEAR, codes.POINTS):
                setattr(numbers, code, value)
            else:
                one, other = PAIRS[code]
                setattr(numbers, one, int(value))
                setattr(numbers, other, int(base))
        return found

    def _read_targets(self, company, start, scope):
        """Return ``{user id: [TargetLine]}`` of what the month is part of."""
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("holder", "=", PERSON),
                ("date_from", "<=", start),
                ("date_to", ">=", start),
            ]
        )
        if scope is not None:
            units, me = scope
            domain &= Domain("unit_id", "in", units) | Domain("user_id", "=", me)
        # sudo: they are of the people whose page is printed
        targets_sudo = self.env["club.target"].sudo().search(domain)
        kinds, paces = (get_labels(targets_sudo, name) for name in ("kind", "pace"))
        found = defaultdict(list)
        for target in targets_sudo.sorted("span", reverse=True):
            thing = target.tier_id or target.category_id or target.product_id
            label = kinds[target.kind]
            found[target.user_id.id].append(
                TargetLine(
                    label=join(self.env, [label, thing.display_name])
                    if thing
                    else label,
                    period=target._get_period_name(),
                    amount=target.amount,
                    actual=target.actual,
                    attained=target.attained,
                    elapsed=target.elapsed,
                    pace=paces[target.pace],
                    is_behind=target.pace in ("behind", "missed"),
                    is_money=target.kind in (REVENUE, CAMPAIGN),
                    bar=min(max(target.attained, 0), WIDEST),
                )
            )
        return found

    def _read_units(self, company, users):
        """Return ``{user id: the units whose accounts he looks after}``, in words."""
        # sudo: a paper names units
        loads_sudo = self.env["club.manager.load"].sudo()
        rows = loads_sudo._read_group(
            [("company_id", "=", company.id), ("user_id", "in", list(users))],
            ["user_id", "unit_id"],
            ["accounts:sum"],
        )
        found = defaultdict(list)
        for user, unit, _count in sorted(rows, key=lambda row: -row[2]):
            if unit:
                found[user.id].append(unit.name)
        return {
            user: join(self.env, [*names[:SHOWN], *("…" for _ in names[SHOWN:][:1])])
            for user, names in found.items()
        }

    def _read_tier_names(self, found):
        """Return ``{tier id: name}``, the highest first, None for no tier last."""
        ids = {tier for numbers in found.values() for tier in numbers.tiers if tier}
        # sudo: a paper names tiers
        tiers_sudo = self.env["club.tier"].sudo().browse(ids)
        ordered = tiers_sudo.sorted(lambda tier: (-tier.sequence, tier.id))
        names = {tier.id: tier.display_name for tier in ordered}
        return {**names, None: self.env._("No tier")}


class ClubManagerReportPaper(models.AbstractModel):
    _name = "report.crm_club.club_manager_report"
    _description = "Monthly Manager Report on Paper"
    _inherit = ["club.report.mixin", "club.manager.months"]
    _source = "club.manager.report"
    _papers = "months"

    @api.model
    def _get_papers(self, records, data):
        return [month for dialog in records for month in self._get_months(dialog)]
