"""The parts of an annual plan and a work report; PDF and sheet only walk them. C2."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import models


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of a plan, in words."""

    month: date
    type: str
    theme: str
    tier: str
    organiser: str
    headcount: int
    budget: float
    dropped_by: str


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """A month's lines and what they come to; dropped ones don't count."""

    month: date
    label: str
    rows: tuple[PlanRow, ...]
    budget: float


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """An annual plan or a supplement, ready to print."""

    plan: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    months: tuple[PlanMonth, ...]
    dropped: tuple[PlanRow, ...]
    figures: tuple
    count: int
    headcount: int
    budget: float
    requests: models.BaseModel

    @property
    def rows(self):
        return tuple(row for month in self.months for row in month.rows)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A type's year in a work report, or the sum of all types."""

    type: str
    owed: int
    planned: int
    held: int
    cancelled: int
    unplanned: int
    invited: int
    attended: int
    attendance_rate: float
    answers: int
    response_rate: float
    satisfaction: float
    budget: float
    cost: float
    difference: float


@dataclass(frozen=True, slots=True)
class WorkReport:
    """The work report on a year, ready to print."""

    plan: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    year: int
    as_of: datetime | bool
    rows: tuple[ReportRow, ...]
    total: ReportRow
    unplanned: tuple[str, ...]
    requests: models.BaseModel

    @property
    def all_rows(self):
        """The types' rows and their sum, the last."""
        return (*self.rows, self.total)
