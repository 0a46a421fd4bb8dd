"""The parts of an activity's papers; PDF and sheet only walk them. Rules C4, C5, E3."""

from dataclasses import dataclass
from datetime import datetime

from odoo import models

from ..models.activity.cost_table import CostRow


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the programme, in local time."""

    time_from: datetime
    time_to: datetime | None
    what: str
    place: str
    who: str
    duty: str
    transport: str
    materials: str


@dataclass(frozen=True, slots=True)
class Programme:
    """The day of an activity, for those who run it."""

    activity: models.BaseModel
    company: models.BaseModel
    date_begin: datetime
    date_end: datetime
    responsible: str
    points: tuple[Point, ...]
    duties: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What a unit bears of the costs."""

    unit: str
    percent: float
    amount: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of an activity: guests, costs, satisfaction."""

    activity: models.BaseModel
    company: models.BaseModel
    date_begin: datetime
    date_end: datetime
    type_name: str
    unit: str
    organiser: str
    tier: str
    stage: str
    invited: int
    confirmed: int
    attended: int
    accounts: int
    briefed: int
    to_brief: int
    costs: tuple[CostRow, ...]
    shares: tuple[Share, ...]
    photos: models.BaseModel
