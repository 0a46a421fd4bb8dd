"""A club that never was: companies and what they spend, drawn by a seed.

The same seed on the same day draws the same club, to the byte. Everything that is
drawn is in `World`; what Odoo makes of it, `living` says.

Sizes are log-normal, so that a fifth of the accounts brings four fifths of the revenue;
accounts come and go, grow and shrink, and each line of business has its seasons. Some
rows reach Finance a month or two later, and some are credited afterwards.
"""

import hashlib
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..home import write_if_changed
from .names import (
    CITIES,
    FUNCTIONS,
    STREETS,
    TRADES,
    Namer,
    Trade,
)
from .plan import Plan, add_months, read_sources
from .statements import CENT, Key

SEED = 2026
ACCOUNTS = 3_000
MONTHS = 36  # the last of which waits to be posted


class Line(NamedTuple):
    """A line of business: its rate, how many use it, its year month by month."""

    rate: str
    share: float
    seasons: tuple[float, ...] = (1.0,) * 12


LINES = {
    "Parcels": Line("0.30", 0.55, (0.9, 0.6, 1, 1, 1, 1.2, 0.9, 0.9, 1, 1.1, 1.6, 1.3)),
    "Express Mail": Line("0.35", 0.60, (1, 0.7, 1, 1, 1, 1, 1, 1, 1.1, 1, 1.2, 1.2)),
    "Letters": Line("0.40", 0.35, (1.1, 0.9, 1, 1, 1, 1, 0.9, 0.9, 1, 1, 1, 1.3)),
    "Direct Mail": Line(
        "0.50", 0.14, (1.4, 0.5, 1, 1, 1.1, 1, 0.8, 0.8, 1.2, 1, 1.1, 1.5)
    ),
    "Newspapers and Magazines": Line(
        "0.10", 0.12, (0.8, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 1.2, 2.6, 2.6)
    ),
    "Philately": Line(
        "0.20", 0.07, (2.6, 1.2, 0.7, 0.8, 0.9, 0.8, 0.7, 0.8, 0.9, 1, 0.8, 0.9)
    ),
    "Festival Goods": Line(
        "0.25", 0.16, (2.8, 0.6, 0.1, 0.2, 0.6, 1.8, 0.1, 0.8, 3.6, 0.4, 0.1, 0.6)
    ),
    "Logistics": Line("0.25", 0.10),
    "E-commerce": Line(
        "0.30", 0.16, (0.9, 0.6, 1, 1, 1, 1.5, 0.9, 0.9, 1, 1.1, 2, 1.2)
    ),
    "Agency Finance": Line("0", 0.08),
}
# What Finance booked under a name that nobody has given a rate yet. Rule B3.
UNRATED = "Cold-Chain Delivery"

# === The post office === #


class Unit(NamedTuple):
    """A unit: key, name in both languages, level, the one above it, its weight."""

    key: str
    name: str
    chinese: str
    level: str
    above: str
    weight: int


UNITS = (
    Unit("centre", "Key-Account Centre", "大客户中心", "centre", "", 6),
    Unit("parcel", "Parcel and Express Company", "寄递事业部", "line", "centre", 9),
    Unit("media", "Letters and Media Company", "函件传媒公司", "line", "centre", 5),
    Unit("siming", "Siming Branch Office", "思明支局", "branch", "parcel", 20),
    Unit("huli", "Huli Branch Office", "湖里支局", "branch", "parcel", 20),
    Unit("jimei", "Jimei Branch Office", "集美支局", "branch", "parcel", 14),
    Unit("haicang", "Haicang Branch Office", "海沧支局", "branch", "parcel", 11),
    Unit("tongan", "Tong'an Branch Office", "同安支局", "branch", "media", 9),
    Unit("xiangan", "Xiang'an Branch Office", "翔安支局", "branch", "media", 6),
)
MANAGERS = (
    # Login, unit, name. The first has a password.
    ("manager", "siming", "王芳 Wang Fang"),
    ("manager2", "siming", "孙丽 Sun Li"),
    ("manager3", "siming", "叶文博 Ye Wenbo"),
    ("manager4", "huli", "周敏 Zhou Min"),
    ("manager5", "huli", "吴刚 Wu Gang"),
    ("manager6", "huli", "蔡佳慧 Cai Jiahui"),
    ("manager7", "jimei", "郑志远 Zheng Zhiyuan"),
    ("manager8", "jimei", "许美玲 Xu Meiling"),
    ("manager9", "haicang", "谢俊杰 Xie Junjie"),
    ("manager10", "haicang", "宋雨桐 Song Yutong"),
    ("manager11", "tongan", "唐建华 Tang Jianhua"),
    ("manager12", "xiangan", "韩晓梅 Han Xiaomei"),
    ("manager13", "centre", "曹思远 Cao Siyuan"),
    ("manager14", "parcel", "彭宏伟 Peng Hongwei"),
    ("manager15", "media", "潘雅琴 Pan Yaqin"),
)
SECTOR_CLASSES = (
    ("party_county", 0.022),
    ("party_municipal", 0.006),
    ("strategic", 0.008),
)


class Contact(NamedTuple):
    """A member contact."""

    name: str
    role: str
    function: str
    phone: str
    email: str
    birthday: str
    calendar: str


@dataclass(frozen=True)
class Account:
    """A company: who looks after it, since when, what it is like."""

    code: str
    name: str
    tax: str
    unit: str
    manager: str
    industry: str
    city: str
    street: str
    size: float  # what it spends in its first year
    joined: date
    left: date | None
    account_class: str
    tier: str  # which it had on paper before the first month
    head: str  # code of the group's head
    is_invoiced: bool
    contacts: tuple[Contact, ...]


class Row(NamedTuple):
    """A sum that Finance booked: of which month, and in which it arrived."""

    account: str
    category: str
    month: date
    amount: Decimal
    booked: date

    @property
    def key(self) -> Key:
        """Return what amounts are added up by."""
        return Key(self.account, self.category, f"{self.month:%Y-%m}")


class World:
    """All that is drawn by a seed for a day."""

    def __init__(self, seed: int, day: date) -> None:
        self.seed = seed
        self.day = day
        last = add_months(day.replace(day=1), -1)
        self.months = [
            add_months(last, number - MONTHS + 1) for number in range(MONTHS)
        ]

    @property
    def source(self) -> str:
        """Return what this is, for people."""
        return (
            f"a simulated club of {ACCOUNTS:,} companies over {MONTHS} months, "
            f"seed {self.seed}"
        )

    @property
    def posted_months(self) -> list[date]:
        """Return the months that are over and done with."""
        return self.months[:-1]

    def random(self, part: str) -> random.Random:
        """Return a source of chance for a part, which others don't disturb."""
        return random.Random(f"{self.seed}/{part}")

    @cached_property
    def accounts(self) -> list[Account]:
        """Return the companies, those of a group after its head."""
        return _draw_accounts(self)

    @cached_property
    def rows(self) -> list[Row]:
        """Return what Finance has booked, in the order of its arrival."""
        rows = _draw_rows(self)
        return sorted(
            rows, key=lambda row: (row.booked, row.month, *row[:2], row.amount)
        )

    @cached_property
    def plan(self) -> Plan:
        """Return what is to be posted: the months that are done with."""
        posted: dict[Key, Decimal] = {}
        for row in self.rows:
            if row.booked < self.months[-1]:
                posted[row.key] = posted.get(row.key, Decimal(0)) + row.amount
        rates = {name: Decimal(line.rate) for name, line in LINES.items()}
        return Plan(posted, rates, None, self.source)

    def arrivals(self) -> dict[Key, list[Decimal]]:
        """Return what came of each key that is posted, one sum for each month."""
        found: dict[Key, dict[date, Decimal]] = defaultdict(dict)
        for row in self.rows:
            if row.booked < self.months[-1]:
                sums = found[row.key]
                sums[row.booked] = sums.get(row.booked, Decimal(0)) + row.amount
        return {key: list(sums.values()) for key, sums in found.items()}

    def booked_in(self, month: date) -> list[Row]:
        """Return what arrived in a month."""
        return self._by_month.get(month, [])

    @cached_property
    def _by_month(self) -> dict[date, list[Row]]:
        found: dict[date, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.booked].append(row)
        return found

    # === As a plan, to `./dev run` === #

    def fingerprint(self) -> str:
        """Return what changes when another club is to be expected: with the week."""
        year, week, _day = self.day.isocalendar()
        parts = [f"{self.seed} {year} {week} {self.months[-1]}", *read_sources()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def write(self, path: Path) -> None:
        """Write down by what the far side draws the same."""
        text = json.dumps({"seed": self.seed, "day": self.day.isoformat()})
        write_if_changed(path, text)

    @classmethod
    def read(cls, path: Path) -> "World | None":
        """Return the world of a file, None if it has a plan."""
        values = json.loads(path.read_text())
        if "seed" not in values:
            return None
        return cls(values["seed"], date.fromisoformat(values["day"]))

    def as_bytes(self) -> bytes:
        """Return all that is drawn, for comparison."""
        values = {
            "accounts": [asdict(account) for account in self.accounts],
            "rows": [list(row) for row in self.rows],
        }
        return json.dumps(values, default=str, ensure_ascii=False).encode()


# === Companies === #

MEDIAN = 34_000  # what the company in the middle spends in a year
SIGMA = 1.66
LARGEST = 9_000_000
GROUPS = 22
INVOICED = 24
EARLY = 0.64  # share of those who are there from the first month on
CHURN = 0.0085  # a month
TIERS = (
    (1_500_000, "diamond"),
    (300_000, "platinum"),
    (150_000, "gold"),
    (50_000, "vip"),
)
PAPER_RATE = 0.31  # what a yuan is worth in points, about


def _draw_accounts(world: World) -> list[Account]:
    rng = world.random("accounts")
    namer = Namer(rng)
    trades = [trade for trade in TRADES for _ in range(trade.share)]
    units = [unit for unit in UNITS for _ in range(unit.weight)]
    managers = defaultdict(list)
    for login, unit, _name in MANAGERS:
        managers[unit].append(login)
    sizes = sorted(
        (
            min(rng.lognormvariate(math.log(MEDIAN), SIGMA), LARGEST)
            for _ in range(ACCOUNTS)
        ),
        reverse=True,
    )
    groups = _draw_groups(rng)
    # Each place among the sizes, largest first: the groups' heads are large ones.
    found: list[Account] = []
    for place, size in enumerate(sizes):
        code = f"XM{place + 10001}"
        head = groups.get(place)
        trade = rng.choice(trades)
        account_class = ""
        if head is None:
            draw = rng.random()
            for code_of_class, share in SECTOR_CLASSES:
                if draw < share:
                    account_class = code_of_class
                    break
                draw -= share
        if head is not None and head != place:
            above = found[head]
            name, trade_industry = namer.branch(above.name), above.industry
        elif account_class.startswith("party"):
            name, trade_industry = namer.office(), "O"
        else:
            name, trade_industry = namer.company(trade), trade.industry
        # Large ones of several lines are the centre's. Rule D1.
        unit = (
            "centre"
            if size > 900_000 and rng.random() < 0.45
            else rng.choice(units).key
        )
        joined, left = _draw_times(rng, world, size)
        found.append(
            Account(
                code=code,
                name=name,
                tax=f"91350200MA{rng.randrange(10**7):07}{rng.choice('ABCDEFGHJK')}",
                unit=unit,
                manager=rng.choice(managers[unit]),
                industry=trade_industry,
                city=rng.choice(CITIES),
                street=f"{rng.choice(STREETS)}{rng.randrange(1, 400)}号",
                size=round(size, 2),
                joined=joined,
                left=left,
                account_class=account_class,
                tier=_get_paper_tier(size) if joined == world.months[0] else "",
                head="" if head is None or head == place else found[head].code,
                is_invoiced=place < INVOICED * 3 and place % 3 == 1,
                contacts=_draw_contacts(rng, namer, size, trade, place),
            )
        )
    return found


def _draw_groups(rng: random.Random) -> dict[int, int]:
    """Return the place of the head for each place that is in a group."""
    groups = {}
    heads = rng.sample(range(8, 140), GROUPS)
    taken = set(heads)
    for head in heads:
        groups[head] = head
        for _ in range(rng.randrange(2, 5)):
            place = rng.randrange(150, 1200)
            if place not in taken:
                taken.add(place)
                groups[place] = head
    return groups


def _draw_times(
    rng: random.Random, world: World, size: float
) -> tuple[date, date | None]:
    """Return since when it is a customer, and from when on it isn't any more."""
    first = 0 if rng.random() < EARLY else rng.randrange(1, MONTHS - 1)
    left = None
    for number in range(first + 6, MONTHS):
        # Large ones are looked after, and stay.
        if rng.random() < CHURN * (0.45 if size > 300_000 else 1):
            left = world.months[number]
            break
    return world.months[first], left


def _get_paper_tier(size: float) -> str:
    points = size * PAPER_RATE
    found = next((tier for bound, tier in TIERS if points >= bound), "")
    return found or ("vip" if size >= 100_000 else "")


def _draw_contacts(
    rng: random.Random, namer: Namer, size: float, trade: Trade, place: int
) -> tuple[Contact, ...]:
    roles = ["liaison"]
    if size > 60_000:
        roles.append("decision_maker")
    if size > 500_000:
        roles.append("executive")
    names: set[str] = set()
    found = []
    for role in roles:
        is_english = rng.random() < 0.12
        name = namer.person(english=is_english)
        while name in names:
            name = namer.person()
        names.add(name)
        birthday, calendar = "", ""
        if rng.random() < (0.35 if size < 60_000 else 0.8):
            year = rng.randrange(1958, 1998)
            birthday = f"{year}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
            calendar = "lunar" if rng.random() < 0.2 else "solar"
        functions = FUNCTIONS[role]
        found.append(
            Contact(
                name=name,
                role=role,
                function=rng.choice(functions),
                phone=f"+86 1{rng.choice('358')}{rng.randrange(10)} "
                f"{rng.randrange(10**4):04} {rng.randrange(10**4):04}",
                email=f"{role[:2]}{place + 10001}@{trade.english.split()[0].lower()}"
                ".example.com",
                birthday=birthday,
                calendar=calendar,
            )
        )
    return tuple(found)


# === Revenue === #

LATE, CREDITED = 0.012, 0.005
FADING = (0.75, 0.55, 0.35, 0.2)  # the months before an account is gone
LEAST = Decimal("18.00")


def _draw_rows(world: World) -> Iterator[Row]:
    last = world.months[-1]
    for account in world.accounts:
        rng = world.random(f"revenue/{account.code}")
        shares = _draw_shares(rng, account)
        growth = min(max(rng.lognormvariate(0.03, 0.2), 0.55), 1.5)  # a year
        regular = _get_regularity(account.size)
        months = _get_months(world, account)
        for number, (month, fade) in enumerate(months):
            level = account.size / 12 * growth ** (number / 12) * fade
            if rng.random() > regular:
                continue
            for category, share in shares.items():
                season = LINES[category].seasons[month.month - 1]
                noise = rng.lognormvariate(0, 0.16)
                amount = _to_cents(level / regular * share * season * noise)
                if amount < LEAST:
                    continue
                booked = month
                draw = rng.random()
                if draw < LATE:
                    booked = min(add_months(month, rng.choice((1, 1, 2))), last)
                yield Row(account.code, category, month, amount, booked)
                if draw > 1 - CREDITED:
                    later = add_months(month, rng.choice((1, 1, 2, 3)))
                    if later <= last:
                        credit = _to_cents(float(amount) * -rng.uniform(0.05, 0.6))
                        yield Row(account.code, category, month, credit, later)
    yield from _draw_exceptions(world)


def _get_regularity(size: float) -> float:
    """Return in what share of the months an account buys something at all."""
    if size < 8_000:
        return 0.88
    return 0.96 if size < 40_000 else 0.995


def _draw_shares(rng: random.Random, account: Account) -> dict[str, float]:
    """Return what share of its revenue each line has."""
    wanted = (
        1 + (account.size > 25_000) + (account.size > 150_000) * rng.randrange(1, 3)
    )
    used = [name for name, line in LINES.items() if rng.random() < line.share]
    rng.shuffle(used)
    used = [name for name in used if name != "Agency Finance"][:wanted] + [
        name for name in used if name == "Agency Finance" and account.size > 25_000
    ]
    used = used or ["Express Mail"]
    weights = [rng.uniform(0.4, 1.6) / (place + 1) for place in range(len(used))]
    total = sum(weights)
    return {name: weight / total for name, weight in zip(used, weights, strict=True)}


def _get_months(world: World, account: Account) -> Iterator[tuple[date, float]]:
    """Yield the months in which an account is a customer, and how much of one."""
    for month in world.months:
        if month < account.joined or (account.left and month >= account.left):
            continue
        fade = 1.0
        if account.left:
            ahead = _count_months(month, account.left)
            fade = FADING[-ahead] if ahead <= len(FADING) else 1.0
        yield month, fade


def _draw_exceptions(world: World) -> Iterator[Row]:
    """Yield what the last run stumbles over: revenue of a line without a rate."""
    rng = world.random("exceptions")
    last = world.months[-1]
    large = [account for account in world.accounts[30:200] if not account.left]
    for account in rng.sample(large, 3):
        amount = _to_cents(rng.uniform(2_000, 18_000))
        yield Row(account.code, UNRATED, last, amount, last)


def _count_months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _to_cents(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(CENT, ROUND_HALF_UP)
