"""The parts of a rate book and of a rate notice; PDF and sheet only walk them. B2."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import models

from ..models.program.club_points_rate import format_rate


@dataclass(frozen=True, slots=True)
class Step:
    """A rate in force; `notice` is empty where it was there from the beginning."""

    value: float
    date_from: date
    date_to: date | bool
    notice: str

    @property
    def text(self):
        return format_rate(self.value)


@dataclass(frozen=True, slots=True)
class Line:
    """What a category, or a single product of it, has of its own."""

    category: str
    product: str
    conversion: Step | None
    coefficient: Step | None


@dataclass(frozen=True, slots=True)
class Book:
    """All rates of a program that are in force on a day."""

    program: models.BaseModel
    on: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was given; `seal` is the image of the body's seal."""

    body: str
    instead_of: str
    signer: str
    on_behalf_of: str
    office: str
    signed_at: datetime
    seal: bytes | bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed change of a rate; `old` is empty where there was none before."""

    rate: models.BaseModel
    company: models.BaseModel
    number: str
    day: date
    factor: str
    category: str
    product: str
    old: str
    new: str
    date_from: date
    date_to: date | None
    replaced: tuple[Step, ...]
    reason: str
    proposer: str
    signatures: tuple[Signature, ...]
