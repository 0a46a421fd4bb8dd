from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from odoo import api, models

from ...kernel import tier_rules
from ...models.record.names import add_title, get_labels
from .workbook import DATE, NUMBER, Column

IN_FORCE = ("current", "grace")
# Fetched for all at once: left to prefetching, they come a thousand at a time.
OF_MEMBERSHIP = (
    "account_id",
    "group_id",
    "tier_id",
    "program_id",
    "date_from",
    "date_to",
    "date_grace",
    "state",
    "origin",
    "outcome",
)
OF_ACCOUNT = ("name", "ref", "club_grade_id", "club_unit_id", "club_manager_id")


@dataclass(frozen=True, slots=True)
class Member:
    """A row of the roster; what an ended term no longer has is None."""

    account: str
    code: str
    tier: str
    grade: str
    unit: str
    manager: str
    head: str
    date_from: date
    date_to: date
    origin: str
    points: float
    revenue: float
    next_tier: str
    missing_points: float | None
    missing_revenue: float | None
    status: str


class ClubXlsxRoster(models.AbstractModel):
    """The roster (会员名册): a sheet per tier group, the best tier first. Rule A9.

    Where there are several, a sheet is named for its program and its company, too.
    """

    _name = "club.xlsx.roster"
    _description = "Roster"
    _inherit = ["club.xlsx"]

    _kind = "roster"
    _source = "club.membership"
    _limit = 50_000

    @api.model
    def _get_file_name(self, records):
        return self.env._("Roster %s", self.env["club.program"]._today())

    @api.model
    def _get_default_domain(self):
        return [("status", "in", IN_FORCE)]

    @api.model
    def _fill(self, book, records, **options):
        columns = self._get_columns()
        roster = self._get_roster_data(records)
        has_companies = len({group.company_id for group in roster}) > 1
        for group, members in roster.items():
            name = group.display_name
            if has_companies:
                name = add_title(self.env, group.company_id.name, name)
            sheet = book.sheet(name, landscape=True)
            sheet.table(columns.values(), map(attrgetter(*columns), members))

    @api.model
    def _get_roster_data(self, memberships):
        """Return ``{tier group: [Member]}`` with a constant number of queries.

        Points and revenue are those of the program's window as of today.
        """
        memberships.check_access("read")
        memberships.fetch(OF_MEMBERSHIP)
        labels = {name: get_labels(memberships, name) for name in ("origin", "status")}
        roster = {}
        for program, of_program in memberships.grouped("program_id").items():
            here = of_program.with_company(program.company_id)
            program = here.program_id
            here.account_id.fetch(OF_ACCOUNT)
            assessed = program._assess(here.account_id, program._today())
            # sudo: who is measured with a group may know its head
            heads_sudo = self.env["res.partner"].sudo()
            heads_sudo = heads_sudo.browse(
                {each.together[0] for each in assessed.values() if each.together}
            )
            heads = {head.id: head.name for head in heads_sudo}
            ranked = here.sorted(
                lambda m: (-m.tier_id.sequence, m.account_id.name or "")
            )
            for group, members in ranked.grouped("group_id").items():
                tiers = {tier.id: tier.name for tier in group.tier_ids}
                roster[group] = [
                    self._prepare_member(
                        member,
                        assessed[member.account_id.id, group.id],
                        heads,
                        tiers,
                        labels,
                    )
                    for member in members
                ]
        return dict(sorted(roster.items(), key=lambda item: self._rank(item[0])))

    def _rank(self, group):
        return (
            group.program_id.sequence,
            group.program_id.id,
            group.sequence,
            group.id,
        )

    def _prepare_member(self, membership, assessed, heads, tiers, labels):
        account, tier = membership.account_id, membership.tier_id
        gap = None
        if membership.status in IN_FORCE:
            gap = tier_rules.missing_to_next(
                assessed.group, tier._get_rule(), assessed.measures
            )
        return Member(
            account=account.name or "",
            code=account.ref or "",
            tier=tier.name,
            grade=account.club_grade_id.name or "",
            unit=account.club_unit_id.name or "",
            manager=account.club_manager_id.name or "",
            head=heads[assessed.together[0]] if assessed.together else "",
            date_from=membership.date_from,
            date_to=membership.date_to,
            origin=labels["origin"][membership.origin],
            points=float(assessed.measures.points),
            revenue=float(assessed.measures.revenue),
            next_tier=tiers.get(gap.tier.id, "") if gap else "",
            missing_points=float(gap.points) if gap else None,
            missing_revenue=float(gap.revenue) if gap else None,
            status=labels["status"][membership.status],
        )

    def _get_columns(self):
        """Return ``{attribute of a member: Column}`` in order."""
        return {
            "account": Column(self.env._("Account"), 32),
            "code": Column(self.env._("Code"), 12),
            "tier": Column(self.env._("Tier"), 12),
            "grade": Column(self.env._("Customer Grade"), 14),
            "unit": Column(self.env._("Unit")),
            "manager": Column(self.env._("Account Manager")),
            "head": Column(self.env._("Measured as One With")),
            "date_from": Column(self.env._("From"), 12, DATE),
            "date_to": Column(self.env._("To"), 12, DATE),
            "origin": Column(self.env._("Came About"), 14),
            "points": Column(self.env._("Points in the Window"), 16, NUMBER),
            "revenue": Column(self.env._("Revenue in the Window"), 16, NUMBER),
            "next_tier": Column(self.env._("Next Tier"), 12),
            "missing_points": Column(self.env._("Missing Points"), 16, NUMBER),
            "missing_revenue": Column(self.env._("Missing Revenue"), 16, NUMBER),
            "status": Column(self.env._("Status"), 14),
        }
