"""Who sits where at a Chinese banquet of round tables. Rule D11.

The conventions, which the tests hold this module to:

* *Tables.* The main table comes first, then near before far, as seen from it; in a row
  the middle comes first, then right before left, by the main host's hand.
* *Seats.* Seat 1 faces the door and is the host's. Numbers rise towards his right hand
  and round the table, so that seat 2 is at his right, the last one at his left.
* *At a table* of n seats the host has seat 1, the principal guest the one at his right,
  the second guest the one at his left; opposite, in seat n // 2 + 1, is the vice host,
  with the third guest at his right and the fourth at his left. Then, away from the
  host, pairs of seats, right before left, are for hosts and for guests by turns. Who
  has no seat of his side left takes one of the other side's; the host's seat goes to a
  guest last of all.
* *The hostess and the principal guest's spouse.* She sits opposite the host, at the
  first table, and the spouse at her right. Both are seated before all others but those
  moved by hand, if the table has four seats or more. Is there no hostess, or no seat at
  her right, the spouse sits as the rank says.
* *Among tables.* As few tables as hold everybody, evenly filled. Each has a host, as
  ranks fall; then a second one, and so on. Guests fill the tables as their ranks fall.
  Among guests of one rank those of one account go to one table, if it has room, and
  near each other.
* *Moved by hand.* Whoever is pinned stays, and counts at his table as any other; the
  rest is proposed around him.
* *Too many.* A host for each table has a seat first, then guests, then other hosts;
  those of the lowest rank stay without one.

Rank 1 is the highest. Of equals, who comes first in the list comes first.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

Key = Hashable

HOST, GUEST = "host", "guest"
# Who has a seat by what they are, not by their rank.
HOSTESS, SPOUSE = "hostess", "spouse"
# Below, the seat opposite the host is the principal guest's.
LEAST_FOR_HOSTESS = 4
# A host this many ranks below his table's first guest doesn't match him.
RANKS_APART = 2
SPAN = 1000  # more than a hall has rows or columns


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its row counts from the main table, its column from the middle.

    Columns at the main host's right are positive, those at his left negative.
    """

    key: Key
    seats: int
    is_main: bool = False
    row: int = 1
    column: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to seat; guests of one account sit near each other."""

    key: Key
    side: str
    rank: int
    account: Key | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a table; the first is the host's."""

    table: Key
    seat: int


@dataclass(frozen=True, slots=True)
class Seating:
    """Where each one sits, and who has no seat."""

    places: dict[Key, Place]
    unseated: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A table whose first host is below its first guest, or that has no host."""

    table: Key
    guest: Key
    host: Key | None


class NoSuchSeat(ValueError):
    """Somebody is pinned where there is no seat, or where another one is."""

    def __init__(self, person: Key, place: Place):
        super().__init__(person, place)
        self.person = person
        self.place = place


# === Tables and seats === #


def order_tables(tables: Iterable[Table]) -> list[Table]:
    """Return the tables from the first to the last.

    >>> hall = [Table("left", 10, row=1, column=-1), Table("far", 10, row=2),
    ...         Table("right", 10, row=1, column=1), Table("main", 12, is_main=True)]
    >>> [table.key for table in order_tables(hall)]
    ['main', 'right', 'left', 'far']
    """
    return sorted(tables, key=lambda t: table_rank(t.is_main, t.row, t.column))


def table_rank(is_main: bool, row: int, column: int) -> int:
    """Return a number that is the lower, the earlier a table of the hall comes.

    >>> table_rank(False, 1, 1) < table_rank(False, 1, -1) < table_rank(False, 2, 0)
    True
    >>> table_rank(True, 9, 9) < table_rank(False, 1, 0)
    True
    """
    side = 2 * abs(column) + (column < 0)
    return (not is_main) * SPAN**2 + row * SPAN + side


def opposite(seats: int) -> int:
    """Return the seat opposite the host; of an odd table the one towards his right.

    >>> opposite(10), opposite(9), opposite(8)
    (6, 5, 5)
    """
    return seats // 2 + 1


def order_seats(seats: int) -> tuple[list[int], list[int]]:
    """Return the seats meant for hosts and those meant for guests, the first first.

    >>> order_seats(10)
    ([1, 6, 3, 9], [2, 10, 7, 5, 4, 8])
    >>> order_seats(8)
    ([1, 5, 3, 7], [2, 8, 6, 4])
    >>> order_seats(2), order_seats(1)
    (([1], [2]), ([1], []))
    """
    vice = opposite(seats)
    for_side: dict[str, list[int]] = {HOST: [], GUEST: []}
    taken: set[int] = set()

    def give(side: str, *numbers: int) -> None:
        for number in numbers:
            if 1 <= number <= seats and number not in taken:
                taken.add(number)
                for_side[side].append(number)

    give(HOST, 1)
    give(GUEST, 2, seats)
    give(HOST, vice)
    give(GUEST, vice + 1, vice - 1)
    for distance in range(2, vice):
        side = HOST if distance % 2 == 0 else GUEST
        give(side, 1 + distance, seats + 1 - distance)
    return for_side[HOST], for_side[GUEST]


def right_of(seat: int, seats: int) -> int:
    """Return the seat at the right hand of whoever sits on a seat.

    >>> right_of(1, 10), right_of(6, 10), right_of(10, 10)
    (2, 7, 1)
    """
    return seat % seats + 1


def seats_apart(one: int, other: int, seats: int) -> int:
    """Return how far apart two seats of a round table are.

    >>> seats_apart(1, 10, 10), seats_apart(2, 10, 10), seats_apart(1, 6, 10)
    (1, 2, 5)
    """
    way = abs(one - other)
    return min(way, seats - way)


def seat_position(seat: int, seats: int) -> tuple[float, float]:
    """Return where a seat is, seen from above with the door below: from -1 to 1,
    rightwards and downwards.

    >>> [tuple(map(round, seat_position(seat, 4))) for seat in (1, 2, 3, 4)]
    [(0, -1), (-1, 0), (0, 1), (1, 0)]
    """
    angle = 2 * pi * (seat - 1) / seats
    return -sin(angle), -cos(angle)


# === The proposal === #


def propose(
    tables: Iterable[Table],
    people: Sequence[Person],
    pinned: Mapping[Key, Place] | None = None,
) -> Seating:
    """Return who sits where.

    >>> people = [Person("Li", HOST, 1), Person("Wang", HOST, 2),
    ...           Person("Zhao", GUEST, 1, "A"), Person("Qian", GUEST, 2, "B"),
    ...           Person("Sun", GUEST, 3, "A"), Person("Zhou", GUEST, 3, "B")]
    >>> seating = propose([Table("main", 10, is_main=True)], people)
    >>> {key: place.seat for key, place in seating.places.items()}
    {'Li': 1, 'Wang': 6, 'Zhao': 2, 'Qian': 10, 'Zhou': 7, 'Sun': 5}

    The hostess sits opposite the host, the principal guest's spouse at her right:

    >>> people += [Person("Wu", HOST, 1, role=HOSTESS),
    ...            Person("Zheng", GUEST, 1, "A", role=SPOUSE)]
    >>> seating = propose([Table("main", 10, is_main=True)], people)
    >>> [seating.places[key].seat for key in ("Li", "Zhao", "Wu", "Zheng")]
    [1, 2, 6, 7]

    :param pinned: who was seated by hand, and where
    :raises NoSuchSeat: when somebody is pinned where nobody can sit
    """
    return _Proposal(order_tables(tables), people, dict(pinned or {})).make()


def order_people(people: Iterable[Person], side: str) -> list[Person]:
    """Return those of one side as they are placed.

    Guests of one rank follow each other by account, whoever's account comes first.

    >>> guests = [Person(1, GUEST, 2, "A"), Person(2, GUEST, 2, "B"),
    ...           Person(3, GUEST, 1, "B"), Person(4, GUEST, 2, "A")]
    >>> [person.key for person in order_people(guests, GUEST)]
    [3, 1, 4, 2]
    """
    ranked = sorted((p for p in people if p.side == side), key=lambda p: p.rank)
    if side == HOST:
        return ranked
    firsts: dict[tuple[int, Key], int] = {}
    for number, person in enumerate(ranked):
        firsts.setdefault((person.rank, _party(person)), number)
    return sorted(ranked, key=lambda p: (p.rank, firsts[p.rank, _party(p)]))


def _party(person: Person) -> Key:
    """Return what keeps people together; who has no account is by himself."""
    return ("person", person.key) if person.account is None else person.account


class _Proposal:
    """The state of one proposal: what is free at each table, who still stands."""

    def __init__(self, tables, people, pinned):
        self.tables = tables
        self.by_key = {table.key: table for table in tables}
        self.people = {person.key: person for person in people}
        self.places = {key: pinned[key] for key in self.people if key in pinned}
        self._check_pinned()
        self.hostess = self._find(HOSTESS, HOST)
        self._seat_hostess()
        self._seat_spouse()
        standing = [person for person in people if person.key not in self.places]
        self.hosts = order_people(standing, HOST)
        self.guests = order_people(standing, GUEST)

    def _check_pinned(self):
        taken = set()
        for key, place in self.places.items():
            table = self.by_key.get(place.table)
            if not table or not 1 <= place.seat <= table.seats or place in taken:
                raise NoSuchSeat(key, place)
            taken.add(place)

    def _find(self, role, side):
        """Return the first one of a role on a side, None if there is nobody."""
        found = (p for p in self.people.values() if (p.role, p.side) == (role, side))
        return next(found, None)

    def _seat_hostess(self):
        """Give the hostess the seat opposite the host, unless somebody has it."""
        if not self.hostess or self.hostess.key in self.places or not self.tables:
            return
        table = self.tables[0]
        place = Place(table.key, opposite(table.seats))
        if table.seats >= LEAST_FOR_HOSTESS and place not in self.places.values():
            self.places[self.hostess.key] = place

    def _seat_spouse(self):
        """Give the principal guest's spouse the seat at the hostess's right."""
        spouse = self._find(SPOUSE, GUEST)
        if not spouse or spouse.key in self.places:
            return
        of_hostess = self.hostess and self.places.get(self.hostess.key)
        if not of_hostess:
            return
        seats = self.by_key[of_hostess.table].seats
        place = Place(of_hostess.table, right_of(of_hostess.seat, seats))
        # The first seat is the host's whatever happens.
        if place.seat != 1 and place not in self.places.values():
            self.places[spouse.key] = place

    def make(self):
        room = self._share_room()
        hosts = self._share_hosts(room)
        guests = self._share_guests(room)
        for table in self.tables:
            self._seat(table, hosts[table.key], guests[table.key])
        unseated = (key for key in self.people if key not in self.places)
        return Seating(self.places, tuple(unseated))

    def _at(self, table, side=None):
        """Return those who sit at the table already."""
        return [
            self.people[key]
            for key, place in self.places.items()
            if place.table == table.key and side in (None, self.people[key].side)
        ]

    def _share_room(self):
        """Return how many are still to be placed at each table that is used."""
        standing = len(self.hosts) + len(self.guests)
        pinned = {table.key: len(self._at(table)) for table in self.tables}
        used = [table for table in self.tables if pinned[table.key]]
        for table in self.tables:
            if table not in used:
                used.append(table)
            if sum(t.seats - pinned[t.key] for t in used) >= standing:
                break
        used = [table for table in self.tables if table in used]
        count = dict(pinned)
        for _number in range(standing):
            open_tables = [t for t in used if count[t.key] < t.seats]
            if not open_tables:
                break
            emptiest = min(open_tables, key=lambda t: count[t.key])
            count[emptiest.key] += 1
        return {key: count[key] - pinned[key] for key in count}

    def _share_hosts(self, room):
        """Return the hosts of each table, and take their seats off its room.

        Each table has one first. Other hosts give way to guests.
        """
        result = {table.key: [] for table in self.tables}
        waiting = list(self.hosts)
        count = {
            table.key: len([p for p in self._at(table, HOST) if p is not self.hostess])
            for table in self.tables
        }

        def give(table):
            result[table.key].append(waiting.pop(0))
            count[table.key] += 1
            room[table.key] -= 1

        for table in self.tables:
            if waiting and room[table.key] and not count[table.key]:
                give(table)
        spare = sum(room.values()) - len(self.guests)
        while waiting and spare > 0:
            open_tables = [table for table in self.tables if room[table.key]]
            give(min(open_tables, key=lambda t: count[t.key]))
            spare -= 1
        return result

    def _share_guests(self, room):
        """Return the guests of each table as ranks fall, accounts kept together."""
        result = {}
        waiting = list(self.guests)
        for table in self.tables:
            parties = {_party(p) for p in self._at(table, GUEST)}
            chosen = []
            while waiting and len(chosen) < room[table.key]:
                person = self._next_guest(waiting, parties, room[table.key], chosen)
                waiting.remove(person)
                chosen.append(person)
                parties.add(_party(person))
            result[table.key] = chosen
        return result

    def _next_guest(self, waiting, parties, room, chosen):
        """Return whom to choose next for a table, among those of the highest rank.

        If not all of that rank have room: first those with a colleague here, then
        accounts that have room as a whole.
        """
        rank = waiting[0].rank
        equals = [person for person in waiting if person.rank == rank]
        left = room - len(chosen)
        if len(equals) <= left:
            return waiting[0]
        sizes: dict[Key, int] = {}
        for person in equals:
            sizes[_party(person)] = sizes.get(_party(person), 0) + 1
        return min(
            equals,
            key=lambda p: (_party(p) not in parties, sizes[_party(p)] > left),
        )

    def _seat(self, table, hosts, guests):
        """Give each one his seat at the table."""
        taken = {p.seat for p in self.places.values() if p.table == table.key}
        for_hosts, for_guests = (
            [number for number in numbers if number not in taken]
            for numbers in order_seats(table.seats)
        )
        host_seats, guest_seats = for_hosts[: len(hosts)], for_guests[: len(guests)]
        left_to_guests = [n for n in for_hosts[len(hosts) :] if n != 1]
        left_to_guests += [n for n in for_hosts[len(hosts) :] if n == 1]
        guest_seats += left_to_guests[: len(guests) - len(guest_seats)]
        left_to_hosts = [n for n in for_guests if n not in guest_seats]
        host_seats += left_to_hosts[: len(hosts) - len(host_seats)]
        for person, number in zip(hosts, host_seats, strict=True):
            self.places[person.key] = Place(table.key, number)
        waiting = list(guests)
        for number in guest_seats:
            person = self._nearest(table, number, waiting)
            waiting.remove(person)
            self.places[person.key] = Place(table.key, number)

    def _nearest(self, table, number, waiting):
        """Return who takes the seat: of the highest rank, whoever's colleague is
        nearest.
        """
        seated: dict[Key, list[int]] = {}
        for person in self._at(table, GUEST):
            seat = self.places[person.key].seat
            seated.setdefault(_party(person), []).append(seat)
        equals = [person for person in waiting if person.rank == waiting[0].rank]
        return min(
            equals,
            key=lambda p: min(
                (
                    seats_apart(number, seat, table.seats)
                    for seat in seated.get(_party(p), ())
                ),
                default=table.seats,
            ),
        )


def find_mismatches(
    people: Sequence[Person], places: Mapping[Key, Place]
) -> list[Mismatch]:
    """Return the tables whose first host doesn't match their first guest in rank.

    >>> people = [Person("Li", HOST, 3), Person("Zhao", GUEST, 1)]
    >>> find_mismatches(people, {"Li": Place("T", 1), "Zhao": Place("T", 2)})
    [Mismatch(table='T', guest='Zhao', host='Li')]
    """
    firsts: dict[tuple[Key, str], Person] = {}
    for person in sorted(people, key=lambda p: p.rank):
        if person.key in places:
            firsts.setdefault((places[person.key].table, person.side), person)
    found = []
    for (table, side), guest in firsts.items():
        if side != GUEST:
            continue
        host = firsts.get((table, HOST))
        if not host or host.rank - guest.rank >= RANKS_APART:
            found.append(Mismatch(table, guest.key, host.key if host else None))
    return found
