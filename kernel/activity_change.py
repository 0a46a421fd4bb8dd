"""Another time and place of an activity, and what keeps its distance to it. Rule C4."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Beyond it, clocks run out of dates.
LAST_YEAR = 2999


@dataclass(frozen=True)
class Change:
    """Another time and place of an activity, or none: then it is cancelled.

    Moments are in UTC.
    """

    was_begin: datetime
    was_end: datetime
    was_place: str
    date_begin: datetime | None = None
    date_end: datetime | None = None
    place: str = ""

    @property
    def is_cancelled(self) -> bool:
        return self.date_begin is None

    @property
    def is_elsewhere(self) -> bool:
        return not self.is_cancelled and (self.place or "") != (self.was_place or "")

    @property
    def distance(self) -> timedelta:
        """By how much it begins later; below 0: earlier."""
        return (self.date_begin or self.was_begin) - self.was_begin

    def get_place(self, place: str) -> str:
        """Return the place of what was where the activity was, or elsewhere.

        >>> day = datetime(2026, 5, 8, 14)
        >>> change = Change(day, day, "Hall", day, day, "Park")
        >>> change.get_place("Hall"), change.get_place("Bus stop")
        ('Park', 'Bus stop')
        """
        follows = self.is_elsewhere and place and place == self.was_place
        return self.place if follows else place

    def shift(self, begin: datetime, end: datetime) -> tuple[datetime, datetime]:
        """Return a span that keeps its distance to the activity's begin and end.

        Where that would turn it round, it keeps its length.

        >>> day = datetime(2026, 5, 8, 14)
        >>> hour = timedelta(hours=1)
        >>> longer = Change(day, day + hour, "", day + hour, day + 4 * hour)
        >>> longer.shift(day - hour, day + 2 * hour) == (day, day + 5 * hour)
        True
        >>> shorter = Change(day, day + 4 * hour, "", day, day + hour)
        >>> shorter.shift(day, day + hour) == (day, day + hour)
        True
        """
        first, last = begin + self.distance, end + (self.date_end - self.was_end)
        return (first, last) if first < last else (first, end + self.distance)
