"""Who gets a seat at an activity, and in which order the others wait. Rules C4, C10.

An activity has a number of seats. Some of them may be set aside for tiers: guests of
such a tier have those and no others, and all other guests share the rest. An account
may bring so many guests. Who comes by exception needs a seat like everybody, but none
of his tier or account: what limits exceptions is their share of all seats.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

# Why there is no seat, the first that holds.
ALL_TAKEN, TIER_TAKEN, ACCOUNT_TAKEN = "all", "tier", "account"
EXCEPTIONS_TAKEN = "exceptions"


class Guest(NamedTuple):
    """Somebody who has a seat or asks for one.

    `rank` is that of his tier, the higher the better; `since`, when he asked.
    """

    id: int
    rank: int
    since: datetime
    account: Hashable
    tier: Hashable = None
    is_exception: bool = False


@dataclass(frozen=True)
class Seats:
    """How many seats there are, and who may have them.

    :param total: all seats
    :param tiers: the seats set aside, by tier
    :param per_account: how many guests an account may bring; 0: no limit
    :param exception_share: per cent of all seats
    """

    total: int
    tiers: Mapping[Hashable, int] = field(default_factory=dict)
    per_account: int = 0
    exception_share: Decimal = Decimal(0)

    @property
    def open(self) -> int:
        """The seats that no tier has for itself."""
        return max(0, self.total - sum(self.tiers.values()))

    @property
    def exceptions(self) -> int:
        """The seats that exceptions may take, rounded down.

        >>> Seats(19, exception_share=Decimal(10)).exceptions
        1
        """
        return int(self.total * self.exception_share / 100)


class Placement(NamedTuple):
    """Who is seated, and who waits for which reason; both in order."""

    seated: list[int]
    waiting: dict[int, str]


class Room:
    """The seats that are taken so far.

    >>> day = datetime(2026, 4, 10)
    >>> room = Room(Seats(3, {"gold": 1}, per_account=1))
    >>> room.take(Guest(1, 2, day, "A", "gold"))
    >>> room.get_obstacle(Guest(2, 2, day, "B", "gold"))
    'tier'
    >>> room.get_obstacle(Guest(3, 1, day, "A", "vip"))
    'account'
    >>> room.get_obstacle(Guest(4, 1, day, "C", "vip")) is None
    True
    """

    def __init__(self, seats: Seats, seated: Iterable[Guest] = ()):
        self._seats = seats
        self._taken = 0
        self._exceptions = 0
        self._pools: Counter[Hashable] = Counter()
        self._accounts: Counter[Hashable] = Counter()
        for guest in seated:
            self.take(guest)

    def _get_pool(self, guest: Guest) -> Hashable:
        """Return whose seats the guest has: those of his tier, or None, the rest."""
        return guest.tier if guest.tier in self._seats.tiers else None

    def get_obstacle(self, guest: Guest) -> str | None:
        """Return why there is no seat for the guest; None when there is one."""
        seats = self._seats
        if self._taken >= seats.total:
            return ALL_TAKEN
        if guest.is_exception:
            return EXCEPTIONS_TAKEN if self._exceptions >= seats.exceptions else None
        pool = self._get_pool(guest)
        if self._pools[pool] >= seats.tiers.get(pool, seats.open):
            return TIER_TAKEN
        if seats.per_account and self._accounts[guest.account] >= seats.per_account:
            return ACCOUNT_TAKEN
        return None

    def take(self, guest: Guest) -> None:
        """Count the guest's seat, whether or not there is one."""
        self._taken += 1
        if guest.is_exception:
            self._exceptions += 1
        else:
            self._pools[self._get_pool(guest)] += 1
            self._accounts[guest.account] += 1


def waiting_order(guests: Iterable[Guest]) -> list[Guest]:
    """Return guests in the order in which they get seats: by tier, then by time.

    >>> early, late = datetime(2026, 4, 9), datetime(2026, 4, 10)
    >>> guests = [Guest(1, 1, early, "A"), Guest(2, 4, late, "B"),
    ...           Guest(3, 1, early, "C"), Guest(4, 4, early, "D")]
    >>> [guest.id for guest in waiting_order(guests)]
    [4, 2, 1, 3]
    """
    return sorted(guests, key=lambda guest: (-guest.rank, guest.since, guest.id))


def place(seats: Seats, seated: Iterable[Guest], asking: Iterable[Guest]) -> Placement:
    """Give seats to those who ask, the highest tier first; the others wait.

    Nobody who has a seat loses it. Who finds his tier or account full doesn't keep
    those behind him from seats that are free for them.

    >>> day = datetime(2026, 4, 10)
    >>> guests = [Guest(1, 1, day, "A"), Guest(2, 4, day, "A"), Guest(3, 1, day, "B")]
    >>> place(Seats(2, per_account=1), [], guests)
    Placement(seated=[2, 3], waiting={1: 'account'})
    """
    room = Room(seats, seated)
    placed, waiting = [], {}
    # While nobody gives a seat back, an obstacle stays: one pass is enough.
    for guest in waiting_order(asking):
        if obstacle := room.get_obstacle(guest):
            waiting[guest.id] = obstacle
        else:
            room.take(guest)
            placed.append(guest.id)
    return Placement(placed, waiting)
