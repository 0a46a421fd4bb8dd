"""Which tests there are, and how they are shared out among processes."""

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .home import CHECKOUT, HOME

# Seconds of each class in the last whole run here: only for sharing out evenly.
SECONDS = HOME / "test_seconds.json"
# The club and the ways to test it, on which a family's case builds.
EVERYBODYS = {
    *("SharedWorld", "ClubFixture", "ClubCommon", "RpcCase", "ExportCase"),
    *("BaseCase", "TransactionCase", "HttpCase", "AccountTestInvoicingCommon"),
}
# What a test is taken to last that no run has timed yet.
UNTIMED = 1.0
# Tests that are asked for by a tag of their own.
LEFT_OUT = "-standard"


@dataclass
class Chunk:
    """Test classes that one process runs, one after the other."""

    classes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def tags(self) -> str:
        """Return the tags that name them, as `./dev test --tags` takes them."""
        return ",".join(f":{name}" for name in sorted(self.classes))


def find_tests(root: Path = CHECKOUT / "tests") -> dict[str, list[str]]:
    """Return the tests of each class that a whole run must run, by the class's name.

    They are read from the files, so one that is imported nowhere is found as well.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("test_*.py")):
        if path.parent.name == "kernel":  # they run without Odoo
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not _is_left_out(node):
                tests = [
                    f"{path.stem}: {node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef)
                    and item.name.startswith("test")
                ]
                if tests:
                    found.setdefault(node.name, []).extend(tests)
    return found


def find_families(root: Path = CHECKOUT / "tests") -> dict[str, str]:
    """Return what each test class builds on first beside the club itself: classes of
    one family share what they set up when they run one after the other.
    """
    bases: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and path.parent.name != "kernel":
                bases[node.name] = [ast.unparse(base) for base in node.bases]
    return {name: _find_family(name, bases) for name in bases}


def _find_family(name: str, bases: dict[str, list[str]]) -> str:
    """Return the innermost case that isn't everybody's.

    >>> bases = {"TestA": ["Guests", "Rights"], "Rights": ["ClubCommon"]}
    >>> _find_family("TestA", bases | {"ClubCommon": ["ClubFixture"]})
    'Rights'
    """
    for base in reversed(bases.get(name, ())):
        if (found := _find_family(base, bases)) not in EVERYBODYS:
            return found
    return name


def _is_left_out(node: ast.ClassDef) -> bool:
    return any(
        isinstance(argument, ast.Constant) and argument.value == LEFT_OUT
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in decorator.args
    )


def share_out(
    tests: dict[str, list[str]],
    seconds: dict[str, float],
    count: int,
    families: dict[str, str],
) -> list[Chunk]:
    """Share the classes out among ``count`` chunks of about the same length.

    Those of one family stay together, up to a chunk. The longest come first, each
    goes to the chunk that has least.

    >>> tests = {"TestA": ["a"] * 3, "TestB": ["b"], "TestC": ["c"], "TestD": ["d"]}
    >>> seconds = {"TestA": 9.0, "TestD": 5.0}
    >>> for chunk in share_out(tests, seconds, 2, {"TestB": "Case", "TestD": "Case"}):
    ...     print(chunk.tags, chunk.seconds)
    :TestA 9.0
    :TestB,:TestC,:TestD 7.0
    """
    lengths = {
        name: seconds.get(name, UNTIMED * len(names)) for name, names in tests.items()
    }
    most = sum(lengths.values()) / count
    pieces: list[Chunk] = []
    latest: dict[str, Chunk] = {}
    for name, length in lengths.items():
        family = families.get(name, name)
        piece = latest.get(family)
        if not piece or piece.seconds + length > most:
            piece = latest[family] = Chunk()
            pieces.append(piece)
        piece.classes.append(name)
        piece.seconds += length
    chunks = [Chunk() for _ in range(max(1, min(count, len(tests))))]
    for piece in sorted(pieces, key=lambda piece: (-piece.seconds, piece.classes)):
        chunk = min(chunks, key=lambda chunk: chunk.seconds)
        chunk.classes += piece.classes
        chunk.seconds += piece.seconds
    return sorted(chunks, key=lambda chunk: -chunk.seconds)


def read_seconds() -> dict[str, float]:
    """Return how long each class took in the last whole run, if there was one."""
    try:
        return json.loads(SECONDS.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def never_ran(tests: dict[str, list[str]], started: Iterable[str]) -> list[str]:
    """Return the tests that no process began: a file that nobody imports, say.

    >>> never_ran({"TestA": ["test_a: TestA.test_x"]}, ["area.test_a: TestA.test_x"])
    []
    >>> never_ran({"TestA": ["test_a: TestA.test_x"]}, [])
    ['test_a: TestA.test_x']
    """
    ran = set()
    for name in started:
        file, _, test = name.partition(": ")
        ran.add(f"{file.rpartition('.')[2]}: {test}")
    return [name for names in tests.values() for name in names if name not in ran]
