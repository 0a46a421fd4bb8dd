"""A minute with so many people, or with so many whose workers die."""

import time
from dataclasses import dataclass, field
from typing import Any

from ..console import say
from . import mix, tally
from .people import Office, Person
from .server import Meter, Server
from .strike import Striker

TRIES_AGAIN = "tries left, try again"
GAVE_UP = "maximum number of tries reached"
WARM_UP = 45  # seconds
PATIENCE = 120  # seconds for what is under way when the time is over


@dataclass
class Phase:
    """So many people for so long, whether struck or not."""

    people: int
    seconds: int
    pause: float
    printers: int = 0  # people besides who print without a pause
    is_struck: bool = False

    @property
    def name(self) -> str:
        struck = ", workers and connections killed" if self.is_struck else ""
        return f"{self.people} people, {self.pause:g} s between two steps{struck}"


@dataclass
class Run:
    """All phases on one server."""

    server: Server
    office: Office
    connect: Any  # makes a connection to the database
    errors: list[str] = field(default_factory=list)
    _seed: int = 0

    def run(self, phase: Phase) -> dict[str, Any]:
        """Let the people of a phase work, and return its figures."""
        people = self._gather(phase)
        before = {words: self.server.count_lines(words) for words in _LINES}
        done = len(list(self.server.read_requests()))
        self.office.start_anew()
        meter = Meter(self.server, self.office.database, self.connect)
        striker = Striker(self.server, self.office.database, self.connect)
        meter.start()
        if phase.is_struck:
            striker.start()
        started = time.monotonic()
        for person in people:
            person.work_until(started + phase.seconds)
        time.sleep(max(0, started + phase.seconds - time.monotonic()))
        struck = striker.stop() if phase.is_struck else {}
        for person in people:
            person.join(max(0.1, started + phase.seconds + PATIENCE - time.monotonic()))
        took = time.monotonic() - started
        used = meter.stop()
        samples = self.office.start_anew()
        self.errors += [error for person in people for error in person.errors]
        within = list(self.server.read_requests())[done:]
        return {
            "phase": phase.name,
            "people": phase.people,
            "seconds": round(took, 1),
            "pause": phase.pause,
            "struck": struck,
            "processor_seconds": used,
            "processor_ms_per_call": _per_call(used, len(samples)),
            "queries_per_call": _mean([row[1] for row in within]),
            "server_ms_per_call": _mean([row[2] * 1000 for row in within]),
            **{
                key: self.server.count_lines(words) - before[words]
                for words, key in _LINES.items()
            },
            **tally.summarise(samples, took),
        }

    def warm_up(self, people: int) -> None:
        """Let people work until each worker knows its views, as after an hour."""
        say("warming up …")
        found = [
            self._hire(*one, 0) for one in mix.deal(people, self.office.ground["roles"])
        ]
        for person in found:
            person.enter()
        until = time.monotonic() + WARM_UP
        for person in found:
            person.work_until(until)
        for person in found:
            person.join(WARM_UP + PATIENCE)
        self.errors += [error for person in found for error in person.errors]

    def _gather(self, phase: Phase) -> list[Person]:
        """Return people who are logged in."""
        dealt = mix.deal(phase.people, self.office.ground["roles"])
        people = [self._hire(*one, phase.pause) for one in dealt]
        for role, login in dealt[: phase.printers]:
            person = self._hire(role, login, 0)
            person.only = mix.PRINT
            people.append(person)
        say(f"{phase.name}: logging in …")
        for person in people:
            person.enter()
        return people

    def _hire(self, role: str, login: str, pause: float) -> Person:
        self._seed += 1
        return Person(self.office, role, login, self._seed, pause)


_LINES = {TRIES_AGAIN: "tried_again", GAVE_UP: "gave_up", "Traceback": "tracebacks"}


def _per_call(used: dict[str, float], calls: int) -> dict[str, float]:
    names = ("odoo", "postgres", "people")
    return {n: round(1000 * used.get(n, 0) / max(calls, 1), 1) for n in names}


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 1) if values else 0.0
