"""Reading Odoo's log: how each test ended, and what should not stand there."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ALLOWED_LINES = Path(__file__).with_name("allowed_log_lines.toml")

_RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<message>.*)$"
)
# A test is named Class.method; what stands for a class is "setUpClass (its.path)".
_TEST = r"(?P<test>(?:setUpClass|tearDownClass) \(\S+\)|\S+)"
_STARTED = re.compile(rf"^Starting {_TEST} \.\.\.")
_ENDED_BADLY = re.compile(rf"^(?:FAIL|ERROR): (?:Subtest )?{_TEST}")
_SKIPPED = re.compile(rf"^skipped (?:Subtest )?{_TEST}(?: \(.*\))? : (?P<reason>.*)$")
_SUMMARY = re.compile(r"^\d+ failed, \d+ error\(s\) of (?P<run>\d+) tests when loading")
# What Odoo says of failed tests once more, at the end of a module and of the run.
_ECHO = re.compile(r"^Module \S+: .*\d+ (failures|errors)|^At least one test failed")
# What libraries print past the log: docutils about a description, for one.
_STRAY_COMPLAINT = re.compile(r"\((?:WARNING|ERROR|SEVERE)/\d\)")
_BAD_LEVELS = {"WARNING", "ERROR", "CRITICAL"}


@dataclass
class Record:
    """One entry of the log, with the lines (a traceback) that belong to it."""

    level: str
    logger: str
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_complaint(self) -> bool:
        """Tell whether a clean run must not have it."""
        if self.level in _BAD_LEVELS:
            return True
        return any(
            line.startswith("Traceback (most recent call last)")
            or _STRAY_COMPLAINT.search(line)
            for line in self.lines
        )


def records_of(lines: Iterable[str]) -> Iterable[Record]:
    """Put the lines of a log together to its records."""
    record = Record("", "", [])
    for line in lines:
        line = line.rstrip("\n")
        if match := _RECORD.match(line):
            yield record
            record = Record(match["level"], match["logger"], [match["message"]])
        else:
            record.lines.append(line)
    yield record


@dataclass
class TestLog:
    """How the tests in a log ended.

    >>> log = TestLog.read([
    ...     "2026-01-05 10:00:00,000 1 INFO db odoo.addons.x.tests.test_a: "
    ...     "Starting TestA.test_one ...",
    ...     "2026-01-05 10:00:00,001 1 ERROR db odoo.addons.x.tests.test_a: "
    ...     "FAIL: TestA.test_one",
    ...     "AssertionError: 1 != 2",
    ...     "2026-01-05 10:00:00,002 1 ERROR db odoo.tests.result: "
    ...     "1 failed, 0 error(s) of 1 tests when loading database 'db'",
    ... ])
    >>> log.passed, log.failed, len(log.skipped), log.complaints
    (0, 1, 0, [])
    """

    started: list[str] = field(default_factory=list)
    ended_badly: dict[str, list[Record]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    complaints: list[Record] = field(default_factory=list)
    summed_up: int | None = None  # tests run, as Odoo's own closing line says

    @classmethod
    def read(cls, lines: Iterable[str]) -> "TestLog":
        """Read a whole log."""
        log = cls()
        for record in records_of(lines):
            log._take(record)
        return log

    def _take(self, record: Record) -> None:
        message = record.lines[0] if record.lines else ""
        if match := _SUMMARY.match(message):
            self.summed_up = int(match["run"])
        elif match := _STARTED.match(message):
            self.started.append(self._name(record, match))
        elif match := _SKIPPED.match(message):
            self.skipped[self._name(record, match)] = match["reason"].strip()
        elif record.level == "ERROR" and (match := _ENDED_BADLY.match(message)):
            self.ended_badly.setdefault(self._name(record, match), []).append(record)
        elif record.is_complaint and not _ECHO.match(message):
            self.complaints.append(record)

    @staticmethod
    def _name(record: Record, match: re.Match[str]) -> str:
        """Name a test so that two classes called alike in two files stay apart."""
        file = record.logger.rpartition(".tests.")[2]
        return (
            match["test"] if match["test"].endswith(")") else f"{file}: {match['test']}"
        )

    def incomplete(self) -> str | None:
        """Return why this log can't be the whole story of a test run, if so."""
        if self.summed_up is None:
            return "the log lacks Odoo's closing count: the run broke off"
        shown = len(self.started)
        if self.summed_up != shown:
            return f"Odoo counted {self.summed_up} tests, its log shows {shown}"
        if not self.started and not self.skipped and not self.ended_badly:
            return "no test ran: is there one that these tags name?"
        return None

    @property
    def failed(self) -> int:
        """Tests that failed, and classes whose setting up did."""
        return len(self.ended_badly)

    @property
    def passed(self) -> int:
        """Tests that began and neither failed nor were skipped."""
        return sum(
            test not in self.ended_badly and test not in self.skipped
            for test in self.started
        )


class AllowedLines:
    """The complaints that may stand in the log, each for a reason in a file."""

    def __init__(self, path: Path = ALLOWED_LINES) -> None:
        entries = tomllib.loads(path.read_text()).get("allow", [])
        missing = [entry["pattern"] for entry in entries if not entry.get("reason")]
        if missing:
            raise ValueError(f"{path.name}: no reason given for {missing}")
        self._patterns = [re.compile(entry["pattern"]) for entry in entries]

    def refuse(self, complaints: Iterable[Record]) -> list[Record]:
        """Return the complaints that no entry allows."""
        return [
            record
            for record in complaints
            if not any(
                pattern.search(f"{record.level} {record.logger}: {record.text}")
                for pattern in self._patterns
            )
        ]
