"""How long each test class takes, and how many queries it asks.

The log's own clock is frozen by the tests.
"""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

# What `tests/common.py` says before it builds a class's world, and Odoo at each test.
_BEGINS = re.compile(r": (?:Setting up (\w+)|Starting (\w+)\.\w+ \.\.\.)$")
_QUERIES = re.compile(r": \d+ post-tests in \S+, (\d+) queries$")
# How Odoo sums up a class, with its setting up, in the report that COUNT_QUERIES wants.
_CLASS_QUERIES = re.compile(r"^\t\S+\.([A-Z]\w*): \S+s (\d+) queries$")
COUNT_QUERIES = ("--log-handler", "odoo.tests.stats:DEBUG")
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of its ended children."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended, or this isn't Linux
        return 0.0
    times = text.rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / _TICKS


@dataclass
class TestClock:
    """Processor time, wall time and queries of each class, from a log as it is written.

    >>> clock = TestClock()
    >>> clock.take("\\tcrm_club.points.test_a.TestA: 0.25s 40 queries", 1)
    >>> clock.take("\\tcrm_club.points.test_a.TestA.test_x: 0.25s 30 queries", 1)
    >>> clock.queries_by_class
    {'TestA': 40}
    """

    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    queries_by_class: dict[str, int] = field(default_factory=dict)
    queries: int = 0
    _current: str | None = None
    _since: tuple[float, float] = (0.0, 0.0)

    def take(self, line: str, pid: int) -> None:
        """Take note of a line that the process has just written."""
        line = line.rstrip()
        if match := _BEGINS.search(line):
            name = match[1] or match[2]
            if name != self._current:
                self._change(name, pid)
        elif match := _QUERIES.search(line):
            self.queries += int(match[1])
            self._change(None, pid)
        elif match := _CLASS_QUERIES.search(line):
            self.queries_by_class[match[1]] = int(match[2])

    def _change(self, name: str | None, pid: int) -> None:
        now = cpu_seconds(pid), time.monotonic()
        if self._current:
            for spent, at, since in zip(
                (self.cpu, self.wall), now, self._since, strict=True
            ):
                spent[self._current] = spent.get(self._current, 0.0) + at - since
        self._current, self._since = name, now

    def __iadd__(self, other: "TestClock") -> "TestClock":
        self.cpu |= other.cpu
        self.wall |= other.wall
        self.queries_by_class |= other.queries_by_class
        self.queries += other.queries
        return self

    def slowest(self, count: int) -> list[str]:
        """Return a line for each of the classes that took most processor time.

        >>> TestClock(cpu={"TestA": 1.5, "TestB": 20}, wall={"TestA": 2, "TestB": 30}
        ... ).slowest(1)
        ['  20.0 s CPU   30.0 s  TestB']
        """
        names = sorted(self.cpu, key=lambda name: -self.cpu[name])[:count]
        return [
            f"{self.cpu[name]:6.1f} s CPU {self.wall[name]:6.1f} s  {name}"
            for name in names
        ]

    def most_queries(self, count: int) -> list[str]:
        """Return a line for each of the classes that asked most queries.

        >>> TestClock(queries_by_class={"TestA": 900, "TestB": 12_000}).most_queries(1)
        ['  12000 queries  TestB']
        """
        found = self.queries_by_class
        names = sorted(found, key=lambda name: -found[name])[:count]
        return [f"{found[name]:7d} queries  {name}" for name in names]
