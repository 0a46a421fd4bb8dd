"""The parts of a points statement (积分对账单), which PDF and sheet only walk. E3."""

from dataclasses import dataclass
from datetime import date

from odoo import models

from ..kernel import windows


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
    earned: float
    spent: float
    expired: float
    closing: float
    reserved: float
    available: float
    window: windows.Window
    qualifying: float
    expiring: float
    expires_on: date | None
