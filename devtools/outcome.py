"""What a run of checks came to."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counted checks. The failures are kept by name, to be listed at the end."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)

    def check(self, name: str, problem: str | None) -> None:
        """Count one check, which failed if there is a problem."""
        if problem:
            self.failures.append(f"{name}: {problem}")
        else:
            self.passed += 1

    def __iadd__(self, other: "Outcome") -> "Outcome":
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips
        return self

    def closing_line(self) -> str:
        """Return the line that ends the report.

        >>> Outcome(passed=3).closing_line()
        '3 passed, 0 failed'
        >>> Outcome(passed=3, failures=["a"], skips=["b", "c"]).closing_line()
        '3 passed, 1 failed, 2 skipped'
        """
        line = f"{self.passed} passed, {len(self.failures)} failed"
        return f"{line}, {len(self.skips)} skipped" if self.skips else line
