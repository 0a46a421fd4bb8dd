"""What a series of kills came to, as a table and as figures for a file."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from .plan import ALL, IN_THE_MIDDLE, NOTHING, PART, WRITING, Kill

HEADER = ("operation", "victim", "kills", "in the middle", "writing")
HEADER += ("nothing", "part", "all", "faults")
# Below this share of kills that hit, a series proves too little.
LEAST_SHARE = 2 / 3


@dataclass
class Trial:
    """A kill, what it hit, what it left and what was wrong afterwards."""

    kill: Kill
    delay: float  # seconds from the request to the kill
    phase: str
    state: str
    doing: str  # the statement that ran, its beginning
    outcome: str  # what the caller was told
    recovery: float  # seconds until the dead one served again
    faults: list[str] = field(default_factory=list)

    @property
    def is_hit(self) -> bool:
        return self.phase in IN_THE_MIDDLE


def line(trial: Trial, kills: int) -> str:
    """Return a line of progress."""
    kill = trial.kill
    return (
        f"kill {kill.number} of {kills}: {kill.operation}, {kill.victim} {kill.mode}"
        f" after {trial.delay:.2f} s: {trial.phase}, left {trial.state}"
        + "".join(f"; FAULT {fault}" for fault in trial.faults)
    )


def table(trials: list[Trial]) -> str:
    """Return a line for each operation and victim, and one for all."""
    cells: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        cells.setdefault((trial.kill.operation, trial.kill.victim), []).append(trial)
    rows = [HEADER]
    rows += [(*cell, *_counts(cells[cell])) for cell in sorted(cells)]
    rows.append(("all", "", *_counts(trials)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = []
    for row in rows:
        words = [
            word.ljust(width) if column < 2 else word.rjust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(words).rstrip())
    return "\n".join(lines)


def _counts(trials: list[Trial]) -> tuple[str, ...]:
    states = Counter(trial.state for trial in trials)
    return tuple(
        map(
            str,
            (
                len(trials),
                sum(trial.is_hit for trial in trials),
                sum(trial.phase == WRITING for trial in trials),
                states[NOTHING],
                states[PART],
                states[ALL],
                sum(bool(trial.faults) for trial in trials),
            ),
        )
    )


def faults(trials: list[Trial]) -> list[str]:
    """Return the faults, each with the kill that it was found after."""
    return [
        f"kill {trial.kill.number} ({trial.kill.operation}, {trial.kill.victim}"
        f" {trial.kill.mode}, {trial.phase} after {trial.delay:.2f} s): {fault}"
        for trial in trials
        for fault in trial.faults
    ]


def is_convincing(trials: list[Trial]) -> bool:
    """Tell whether enough kills hit in the middle."""
    return sum(trial.is_hit for trial in trials) >= LEAST_SHARE * len(trials)


def figures(trials: list[Trial], seed: int, usual: dict[str, float]) -> dict:
    """Return everything for a file."""
    return {
        "seed": seed,
        "kills": len(trials),
        "in_the_middle": sum(trial.is_hit for trial in trials),
        "phases": dict(Counter(trial.phase for trial in trials)),
        "left": dict(Counter(trial.state for trial in trials)),
        "faults": faults(trials),
        "usual_seconds": {name: round(value, 2) for name, value in usual.items()},
        "longest_recovery_seconds": round(
            max((trial.recovery for trial in trials), default=0), 2
        ),
        "trials": [_row(trial) for trial in trials],
    }


def _row(trial: Trial) -> dict:
    row = asdict(trial)
    kill = row.pop("kill")
    row["delay"], row["recovery"] = round(trial.delay, 3), round(trial.recovery, 2)
    kill["fraction"] = round(trial.kill.fraction, 3)
    return {**kill, **row}
