"""How long each test class takes: the log's own clock is frozen by the tests."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

# What `tests/common.py` says before it builds a class's world, and Odoo at each test.
_BEGINS = re.compile(r": (?:Setting up (\w+)|Starting (\w+)\.\w+ \.\.\.)$")
_QUERIES = re.compile(r": \d+ post-tests in \S+, (\d+) queries$")
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
    """The processor and wall time of each class, from a log as it is written."""

    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
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
