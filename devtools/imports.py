"""Which of the checkout's modules Odoo comes to load, and which it never sees."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .home import CHECKOUT


def find_unreached(
    starts: list[Path], folders: list[Path], root: Path = CHECKOUT
) -> list[str]:
    """Return the modules below ``folders`` that no chain of imports comes to.

    :param starts: the files that Odoo loads by itself, below ``root``
    """
    seen: set[Path] = set()
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        package = path.parent / "__init__.py"
        if package.exists() and path.parent != root:
            todo.append(package)
        todo += _find_imported(path)
    modules = {path for folder in folders for path in folder.rglob("*.py")}
    return sorted(str(path.relative_to(root)) for path in modules - seen)


def _find_imported(path: Path) -> Iterator[Path]:
    """Yield the files that the relative imports of a module name, if they exist."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        names = [folder, *(folder / alias.name for alias in node.names)]
        for name in names:
            for found in (name.with_suffix(".py"), name / "__init__.py"):
                if found.is_file():
                    yield found
