"""Which band an amount falls into. Rule C3.

A band reaches from above its lower to its upper bound; the first one takes 0 too.
Amounts are in the company's currency or in points; the sign doesn't matter.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

NO_BAND, START, ORDER, GAP, OVERLAP, END = (
    "no_band",
    "start",
    "order",
    "gap",
    "overlap",
    "end",
)


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts above ``above`` up to and including ``up_to`` (None: without limit)."""

    above: Decimal
    up_to: Decimal | None = None

    def holds(self, amount: Decimal) -> bool:
        """Tell whether an amount falls into the band.

        >>> band = Band(Decimal(10_000), Decimal(50_000))
        >>> [band.holds(Decimal(a)) for a in ("10000", "10000.01", "50000", "50000.01")]
        [False, True, True, False]
        >>> Band(Decimal(0), Decimal(5)).holds(Decimal(0))
        True
        """
        amount = abs(amount)
        if amount == 0:
            return self.above == 0
        return self.above < amount and (self.up_to is None or amount <= self.up_to)


def read_band(above: float, up_to: float) -> Band:
    """Return the band whose bounds stand in two fields, with 0 for without limit.

    >>> read_band(0.0, 10_000.0).up_to, read_band(10_000.0, 0.0).up_to
    (Decimal('10000.0'), None)
    """
    upper = Decimal(str(round(up_to, 2))) if up_to else None
    return Band(Decimal(str(round(above, 2))), upper)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why bands don't fit together, and at which amount."""

    code: str
    at: Decimal


def sort_bands(bands: list[Band]) -> list[Band]:
    """Return the bands, lowest first."""
    return sorted(bands, key=lambda band: (band.above, band.up_to or Decimal("inf")))


def find_fault(bands: list[Band]) -> Fault | None:
    """Return the first gap, overlap or open end of a set of bands; None when whole.

    >>> whole = [Band(Decimal(0), Decimal(10)), Band(Decimal(10))]
    >>> find_fault(whole)
    >>> find_fault([Band(Decimal(0), Decimal(10)), Band(Decimal(11))]).code
    'gap'
    >>> find_fault([Band(Decimal(0), Decimal(10)), Band(Decimal(9))]).code
    'overlap'
    >>> find_fault([Band(Decimal(0), Decimal(10))]).code
    'end'
    """
    if not bands:
        return Fault(NO_BAND, Decimal(0))
    ordered = sort_bands(bands)
    if ordered[0].above != 0:
        return Fault(START, ordered[0].above)
    for band in ordered:
        if band.up_to is not None and band.up_to <= band.above:
            return Fault(ORDER, band.above)
    for lower, upper in pairwise(ordered):
        if lower.up_to is None or upper.above < lower.up_to:
            return Fault(OVERLAP, upper.above)
        if upper.above > lower.up_to:
            return Fault(GAP, lower.up_to)
    if ordered[-1].up_to is not None:
        return Fault(END, ordered[-1].up_to)
    return None


def find_band(bands: list[Band], amount: Decimal) -> Band | None:
    """Return the band of an amount, or None when there is none.

    >>> bands = [Band(Decimal(0), Decimal(10)), Band(Decimal(10))]
    >>> find_band(bands, Decimal("10.01")).above
    Decimal('10')
    """
    return next((band for band in bands if band.holds(amount)), None)
