"""What the kernel's tests share; they find the kernel by its folder, without Odoo."""

import sys
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1]))  # for the package "hostile"

from hypothesis import settings
from hypothesis import strategies as st

from kernel.tier_rules import Bar, Measures, Tier, make_group

settings.register_profile("kernel", deadline=None, database=None)
settings.load_profile("kernel")

CODES = ("vip", "gold", "platinum", "diamond")
POINTS = (50_000, 150_000, 300_000, 1_500_000)  # Rule A2
REVENUES = (100_000, 500_000, 1_000_000, 5_000_000)  # Rule A3
CENT = Decimal("0.01")


def default_tiers(bars=()):
    """The club's four tiers; `bars` maps a code to the bars of that tier."""
    bars = dict(bars)
    return tuple(
        Tier(
            rank,
            code,
            rank,
            Decimal(points),
            Decimal(revenue),
            tuple(bars.get(code, ())),
        )
        for rank, (code, points, revenue) in enumerate(
            zip(CODES, POINTS, REVENUES, strict=True), start=1
        )
    )


def default_group(measure, bars=(), automatic_revenue=None):
    return make_group(1, "membership", measure, default_tiers(bars), automatic_revenue)


def reached(points=0, revenue=0, **indicators):
    return Measures(
        Decimal(str(points)),
        Decimal(str(revenue)),
        {code: Decimal(str(value)) for code, value in indicators.items()},
    )


def code_of(tier):
    return tier.code if tier else None


def rank_of(tier):
    return tier.rank if tier else 0


amounts = st.decimals(min_value=-10_000, max_value=6_000_000, places=2)
measures = st.builds(
    Measures,
    amounts,
    amounts,
    st.dictionaries(
        st.sampled_from(("categories", "overdue_days")), st.decimals(0, 100, places=0)
    ),
)
bars = st.dictionaries(
    st.sampled_from(CODES),
    st.lists(
        st.builds(Bar, st.just("categories"), st.decimals(0, 9, places=0))
        | st.builds(
            Bar, st.just("overdue_days"), st.decimals(0, 90, places=0), st.just(True)
        ),
        max_size=2,
    ),
)
groups = st.builds(
    default_group,
    st.sampled_from(("points", "revenue", "higher", "lower")),
    bars,
    st.none() | st.just(Decimal(100_000)),
)
tiers = st.sampled_from(default_tiers())


@contextmanager
def limits(module, **values):
    """Let limits of a module be others for a while."""
    was = {name: getattr(module, name) for name in values}
    vars(module).update(values)
    try:
        yield
    finally:
        vars(module).update(was)
