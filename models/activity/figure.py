"""A type's year against the catalogue: owed, planned, held. Rules C1, C2."""

from dataclasses import dataclass

from odoo import models

from ...kernel import cadence
from .year_facts import YearFacts


@dataclass(frozen=True, slots=True)
class Figure:
    """A type's year; ``missing`` are the months that plans still lack.

    ``together`` and ``held_together`` count the types that count with it, too.
    """

    kind: models.BaseModel
    owed: int
    owed_now: int
    allowed: int | None
    planned: int
    missing: tuple[int, ...]
    missing_text: str
    facts: YearFacts
    together: int = 0
    held_together: int = 0

    @property
    def held(self):
        return self.facts.held

    @property
    def is_short(self):
        """Planned less often than owed, in the year or in one of its periods."""
        return bool(self.missing)

    @property
    def is_above(self):
        return cadence.judge(self.together, 0, self.allowed) == cadence.ABOVE

    @property
    def is_behind(self):
        """Held less often than the periods owe that are over."""
        return cadence.judge(self.held_together, self.owed_now) == cadence.BELOW
