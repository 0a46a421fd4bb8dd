"""Which kills are made, and what each hit. Nothing here needs a server."""

import random
from dataclasses import dataclass

ODOO, POSTGRES = "odoo", "postgres"
VICTIMS = (ODOO, POSTGRES)
# What of PostgreSQL dies: all its processes at once, the backend that does the work
# (PostgreSQL then throws out the others and recovers by itself), the postmaster alone.
SERVER, BACKEND, POSTMASTER = "server", "backend", "postmaster"
MODES = (SERVER, BACKEND, POSTMASTER)
# Of the operation's usual duration: some kills come when it is over.
LATEST = 1.3

# Where the operation was when the kill came.
BEFORE = "before"  # its transaction hadn't begun
READING = "reading"  # it had begun and hadn't written anything
WRITING = "writing"  # it had written and not committed
COMMITTED = "committed"  # committed, the caller not answered
ANSWERED = "answered"
PHASES = (BEFORE, READING, WRITING, COMMITTED, ANSWERED)
IN_THE_MIDDLE = (READING, WRITING, COMMITTED)

# What was left; of what commits by slices, a part of it may be.
NOTHING, ALL, PART, HALF = "nothing", "all", "part", "half"


@dataclass(frozen=True)
class Kill:
    """One kill: of whom, during what, how far into it."""

    number: int
    operation: str
    victim: str
    mode: str
    fraction: float  # of the operation's usual duration


def plan(
    kills: int, seed: int, operations: tuple[str, ...], victims: tuple[str, ...]
) -> list[Kill]:
    """Return the kills of a series, the same ones for the same seed.

    They are dealt out evenly over operations and victims. Within each the moments are
    random, one in each of as many equal parts of the duration: spread, not bunched.

    >>> [(k.operation, k.victim) for k in plan(2, 7, ("a", "b"), ("odoo",))]
    [('a', 'odoo'), ('b', 'odoo')]
    """
    chance = random.Random(seed)
    cells = [(operation, victim) for victim in victims for operation in operations]
    found = []
    for place, (operation, victim) in enumerate(cells):
        count = len(range(place, kills, len(cells)))
        modes = [MODES[part % len(MODES)] for part in range(count)]
        chance.shuffle(modes)
        for part, mode in enumerate(modes):
            fraction = LATEST * (part + chance.random()) / count
            mode = mode if victim == POSTGRES else SERVER
            found.append((part, place, operation, victim, mode, fraction))
    # Round by round: a series that is broken off has tried everything.
    parts = {part for part, *_rest in found}
    order = {part: chance.sample(range(len(cells)), len(cells)) for part in parts}
    found.sort(key=lambda row: (row[0], order[row[0]].index(row[1])))
    return [Kill(number, *row[2:]) for number, row in enumerate(found, start=1)]


def phase_of(*, answered: bool, is_open: bool, has_written: bool, state: str) -> str:
    """Tell where an operation was when it was killed.

    :param answered: the caller had the answer
    :param is_open: a transaction of the operation was open
    :param has_written: it had written something
    :param state: what was left: NOTHING, ALL, PART or HALF

    >>> phase_of(answered=False, is_open=False, has_written=False, state=ALL)
    'committed'
    """
    if answered:
        return ANSWERED
    if is_open:
        return WRITING if has_written else READING
    return BEFORE if state == NOTHING else COMMITTED
