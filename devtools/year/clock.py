"""Time: how long a stage really takes, and what day it is in the simulation."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any

# The afternoon in China, and the same day in UTC.
HOUR = time_of_day(8)


class Stopwatch:
    """Adds up the seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside for a stage."""
        began = _now()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + _now() - began

    def rounded(self) -> dict[str, float]:
        """Return the seconds of each stage for people to read."""
        return {name: round(seconds, 2) for name, seconds in self.seconds.items()}


def _now() -> float:
    # Not time.monotonic(): that stands still while the simulation's clock does.
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class SimulatedClock:
    """The day that Odoo takes for today."""

    def __init__(self, frozen: Any) -> None:
        self._frozen = frozen

    def move_to(self, day: date) -> None:
        """Make it another day."""
        self._frozen.move_to(datetime.combine(day, HOUR))


@contextmanager
def simulated_clock(day: date) -> Iterator[SimulatedClock]:
    """Let it be the given day inside."""
    from freezegun import freeze_time

    with freeze_time(datetime.combine(day, HOUR)) as frozen:
        yield SimulatedClock(frozen)
