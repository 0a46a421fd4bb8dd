"""What stands in a bulletin: its sections, and the figures of each. Rule E11."""

from collections import defaultdict

from odoo.fields import Domain

from ...kernel import bulletin
from ...kernel.targets import MONTH
from ...kernel.windows import month_end
from . import codes
from .club_target import UNIT
from .codes import MEANS, STOCKS

COUNT, MONEY, POINTS, SHARE, MEAN = "count", "money", "points", "share", "mean"
# How the figure of a code is shown; all others are plain numbers.
SHAPES = {
    **dict.fromkeys(codes.MONEY, MONEY),
    **dict.fromkeys(MEANS, MEAN),
    "retained": SHARE,
    "points_accrued": POINTS,
    "points_redeemed": POINTS,
    "points_expired": POINTS,
    "points_balance": POINTS,
    "contacts_on_time": SHARE,
    "verified_on_time": SHARE,
    "activities_held": SHARE,
    "attendance": SHARE,
    "vouchers": SHARE,
    "referrals": SHARE,
}

SECTIONS = [
    ("members", "Members"),
    ("revenue", "Points and Revenue"),
    ("targets", "Targets"),
    ("care", "Care and Verification"),
    ("activities", "Activities"),
    ("complaints", "Complaints and Retention"),
    ("worth", "Rewards and Costs"),
    ("promotions", "Notable Promotions"),
    ("remarks", "Remarks and What Is Next"),
]
ROWS = {
    "members": ("members", "joined", "left", "promoted", "demoted", "retained"),
    "revenue": (
        *("revenue", "points_accrued", "points_redeemed", "points_expired"),
        "points_balance",
    ),
    "care": ("contacts_on_time", "visits", "verified_on_time"),
    "activities": ("activities_held", "attendance", "satisfaction"),
    "complaints": ("complaints", "complaints_closed", "at_risk"),
    "worth": ("redemptions", "costs", "vouchers", "referrals"),
}
CODES = tuple(code for codes in ROWS.values() for code in codes)
# What nobody adds up over programs: each has a row of its own. Rule A9.
BY_PROGRAM = tuple(code for code in CODES if SHAPES.get(code) == POINTS)
# What is shown of each tier, and of each unit.
BY_TIER = ("members", "joined", "left", "promoted", "demoted", "retained")
BY_UNIT = ("contacts_on_time", "verified_on_time", "visits")
NOTABLE = 20  # accounts named at most

NONE = (0.0, 0.0)


def share(pair):
    """Return the figure as it is compared: a share in per cent, a mean, or itself."""
    value, base = pair
    return value / base if base else 0.0


class BulletinFigures:
    """Reads what a bulletin says of a period, the one before and the year before.

    Figures are pairs, value and base, as `club.figure` has them; what a period has no
    figures of is None. All is read as superuser: who writes a bulletin reads all
    figures of the company, and names the accounts that were promoted.
    """

    def __init__(self, bulletin_record):
        self.bulletin = bulletin_record
        self.company = bulletin_record.company_id
        self.unit = bulletin_record.unit_id
        self.kind = bulletin_record.kind
        start = bulletin_record.month
        self.periods = {
            "now": start,
            "before": bulletin.period_before(self.kind, start),
            "last": bulletin.year_before(start),
        }

    def collect(self):
        """Return ``{section: figures}`` to be kept as they are, or None where the
        period has no figures at all.

        Figures are ``rows`` (each with ``code``, ``now``, ``before``, ``last``; of
        points also ``program``, its name where the company has several), ``tiers`` and
        ``units`` (each with ``name`` and a pair by code, units with ``rank``),
        ``promoted`` (account, tiers, day) and how many there were.
        """
        facts = self._read()
        if not any(month in facts for month in self._get_months("now")):
            return None
        found = {
            section: {
                "rows": [row for code in codes for row in self._get_rows(code, facts)]
            }
            for section, codes in ROWS.items()
        }
        found["members"]["tiers"] = self._get_tiers(facts)
        found["care"]["units"] = self._get_units(facts)
        found["targets"] = self._get_targets()
        found["promotions"] = self._get_promotions()
        found["remarks"] = {}
        return found

    def _get_months(self, period):
        return bulletin.period_months(self.kind, self.periods[period])

    def _read(self):
        """Return ``{month: {code: {(unit, tier, program): pair}}}``, of the unit and
        those below it, or of the whole company.
        """
        months = {
            month for period in self.periods for month in self._get_months(period)
        }
        domain = Domain("company_id", "=", self.company.id)
        domain &= Domain("month", "in", sorted(months))
        domain &= Domain("code", "in", CODES)
        if self.unit:
            domain &= Domain("unit_id", "child_of", self.unit.id)
        # sudo: see the class
        figures_sudo = self.bulletin.env["club.figure"].sudo()
        facts = defaultdict(lambda: defaultdict(dict))
        for figure in figures_sudo.search_fetch(
            domain,
            ["month", "code", "unit_id", "tier_id", "program_id", "value", "base"],
        ):
            key = (figure.unit_id, figure.tier_id, figure.program_id)
            facts[figure.month][figure.code][key] = (figure.value, figure.base)
        return facts

    def _sum(self, facts, code, period="now", of=None):
        """Return the pair of a code in a period; None where it has no figure.

        :param of: what tells of unit, tier and program whether they count
        """
        found = []
        for month in self._get_months(period):
            pairs = facts[month][code] if month in facts else {}
            if not pairs:
                continue
            if code in STOCKS:
                found = []  # the last month that has any
            found += [pair for key, pair in pairs.items() if not of or of(*key)]
            found = found or [NONE]
        if not found:
            return None
        return [sum(value for value, _base in found), sum(base for _v, base in found)]

    def _get_rows(self, code, facts):
        """Return the row of a figure; of points one of each program, the main first."""
        if code not in BY_PROGRAM:
            return [self._get_row(code, facts)]
        programs_sudo = self.company.env["club.program"].sudo().browse()
        programs_sudo = programs_sudo.union(
            *(
                program
                for codes in facts.values()
                for each in BY_PROGRAM
                for (_unit, _tier, program) in codes.get(each, ())
            )
        ).sorted(lambda program: (not program.is_main, program.sequence, program.id))
        if not programs_sudo:
            return [self._get_row(code, facts)]
        several = len(programs_sudo) > 1
        names = programs_sudo._get_distinguishing_names()
        return [
            {
                **self._get_row(
                    code, facts, lambda _unit, _tier, found, of=program: found == of
                ),
                "program": program.name if several else names[program],
            }
            for program in programs_sudo
        ]

    def _get_row(self, code, facts, of=None):
        return {
            "code": code,
            **{period: self._sum(facts, code, period, of) for period in self.periods},
        }

    def _get_tiers(self, facts):
        """Return the figures of each tier, the highest first."""
        tiers = {
            tier
            for month in self._get_months("now")
            for code in BY_TIER
            for (_unit, tier, _program) in (
                facts[month][code] if month in facts else ()
            )
            if tier
        }
        ordered = sorted(
            tiers, key=lambda tier: (tier.group_id.id, -tier.sequence, tier.id)
        )
        return [
            {
                "name": tier.display_name,
                **{
                    code: self._sum(
                        facts, code, of=lambda _unit, found, _, tier=tier: found == tier
                    )
                    for code in BY_TIER
                },
            }
            for tier in ordered
        ]

    def _get_units(self, facts):
        """Return the units that owed contacts or a verification, each by itself, in
        the order of how much of it they did on time.
        """
        units = {
            unit
            for month in self._get_months("now")
            for code in BY_UNIT
            for (unit, _tier, _program) in (
                facts[month][code] if month in facts else ()
            )
            if unit
        }
        rows = [
            {
                "name": unit.name,
                **{
                    code: self._sum(
                        facts, code, of=lambda found, *_, unit=unit: found == unit
                    )
                    for code in BY_UNIT
                },
            }
            for unit in units
        ]
        owed = [
            row for row in rows if row["contacts_on_time"] or row["verified_on_time"]
        ]
        scores = [self._get_score(row) for row in owed]
        for row, place in zip(owed, bulletin.rank(scores), strict=True):
            row["rank"] = place
        return sorted(owed, key=lambda row: (row["rank"], row["name"]))

    @staticmethod
    def _get_score(row):
        """Return by what units are ranked: contacts and verification count alike."""
        pairs = [row[code] for code in ("contacts_on_time", "verified_on_time")]
        shares = [share(pair) for pair in pairs if pair and pair[1]]
        return sum(shares) / len(shares) if shares else 0.0

    def _get_targets(self):
        """Return the monthly targets of units in the period, and what was reached:
        unit, kind, what it is of, both sums. Rule D10.
        """
        domain = Domain(
            [
                ("company_id", "=", self.company.id),
                ("holder", "=", UNIT),
                ("span", "=", MONTH),
                ("date_from", "in", self._get_months("now")),
            ]
        )
        if self.unit:
            domain &= Domain("unit_id", "child_of", self.unit.id)
        # sudo: see the class
        targets_sudo = self.bulletin.env["club.target"].sudo()
        sums = {}
        for target in targets_sudo.search(domain, order="unit_id, kind, id"):
            of = target.tier_id or target.product_id or target.category_id
            row = sums.setdefault(
                (target.unit_id.name, target.kind, of.display_name or ""), [0.0, 0.0]
            )
            row[0] += target.amount
            row[1] += target.actual
        return {"targets": [[*key, *row] for key, row in sums.items()]} if sums else {}

    def _get_promotions(self):
        """Return who was promoted to a higher membership tier: the highest first. Who
        was so in two programs stands there twice, and is counted once.
        """
        first, last = self._get_months("now")[0], self._get_months("now")[-1]
        domain = Domain(
            [
                ("company_id", "=", self.company.id),
                ("group_id.purpose", "!=", "grade"),
                ("state", "=", "valid"),
                ("previous_tier_id", "!=", False),
                ("date_from", ">=", first),
                ("date_from", "<=", month_end(last)),
            ]
        )
        # sudo: see the class
        memberships_sudo = self.bulletin.env["club.membership"].sudo()
        memberships_sudo = memberships_sudo.with_company(self.company)
        if self.unit:
            below = Domain("account_id.club_unit_id", "child_of", self.unit.id)
            domain &= below
        raised = memberships_sudo.search(domain).filtered(
            lambda found: found.tier_id.sequence > found.previous_tier_id.sequence
        )
        ordered = raised.sorted(
            lambda found: (-found.tier_id.sequence, found.account_id.name or "")
        )
        return {
            "count": len(raised.account_id),
            "promoted": [
                [
                    found.account_id.name,
                    found.previous_tier_id.display_name,
                    found.tier_id.display_name,
                    found.date_from.isoformat(),
                ]
                for found in ordered[:NOTABLE]
            ],
        }
