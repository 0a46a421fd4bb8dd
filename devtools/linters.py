"""The linters, and the folder they work in.

The checkout's root is the add-on, but linters take a module's name from its folder
and silently check nothing in one that isn't called like it. So they get a copy of
the files under the right name, below the folder with the node packages, where
prettier and eslint find their plugins.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from . import python_env
from .build_step import build_once, key_of
from .console import NETWORK_REMEDY, Problem, run_quietly
from .home import CHECKOUT, HOME, MODULE

PYTHON_TOOLS = HOME / "lint"
NODE_TOOLS = HOME / "node"
REQUIREMENTS = CHECKOUT / "devtools" / "requirements-lint.txt"
PACKAGE_JSON = CHECKOUT / "devtools" / "package.json"

PRETTIER_SUFFIXES = {".xml", ".js", ".mjs", ".json", ".yml", ".yaml", ".md", ".scss"}


class Linter(NamedTuple):
    """A linter: how it checks, how it mends, and which files it is for.

    Unless it wants them named, it takes the folder as a whole; one that can't be
    narrowed does so always.
    """

    name: str
    check: list[str]
    fix: list[str] | None = None
    wants: Callable[[Path], bool] = lambda path: True
    named: bool = True
    narrows: bool = True

    def get_targets(
        self, files: Iterable[Path], changed: Collection[Path] | None = None
    ) -> list[str]:
        """Return what it is to look at; nothing where nothing concerns it.

        :param files: all that there are
        :param changed: only these; None: all

        >>> xml, py = Path("a.xml"), Path("b.py")
        >>> LINTERS[0].get_targets([xml, py]), LINTERS[0].get_targets([xml, py], {xml})
        (['.'], [])
        >>> LINTERS[0].get_targets([xml, py], {py})
        ['b.py']
        """
        wanted = [
            path
            for path in files
            if self.wants(path) and (changed is None or path in changed)
        ]
        if wanted and not self.named and (changed is None or not self.narrows):
            return ["."]
        return [str(path) for path in wanted]


def _python(tool: str, *arguments: str) -> list[str]:
    return [str(PYTHON_TOOLS / "bin" / tool), *arguments]


def _node(tool: str, *arguments: str) -> list[str]:
    return [str(NODE_TOOLS / "node_modules" / ".bin" / tool), *arguments]


def _is_python(path: Path) -> bool:
    return path.suffix == ".py"


def _is_of_add_on(path: Path) -> bool:
    # What `.pylintrc` ignores it looks at all the same, once it is named.
    return _is_python(path) and path.parts[0] != "devtools"


def _is_of_module(path: Path) -> bool:
    return path.suffix in (".xml", ".csv", ".po") or path.name == "__manifest__.py"


def _is_script(path: Path) -> bool:
    return (
        path.parts[0] == "static" and path.suffix == ".js" and "lib" not in path.parts
    )


LINTERS = (
    Linter(
        "ruff",
        _python("ruff", "check", "--no-cache", "--quiet", "--output-format=concise"),
        _python("ruff", "check", "--no-cache", "--quiet", "--fix"),
        wants=_is_python,
        named=False,
    ),
    Linter(
        "ruff format",
        _python("ruff", "format", "--no-cache", "--check"),
        _python("ruff", "format", "--no-cache", "--quiet"),
        wants=_is_python,
        named=False,
    ),
    Linter(
        "pylint-odoo",
        _python("pylint", "--jobs=1"),
        wants=_is_of_add_on,
        named=False,
    ),
    Linter(
        "oca-checks-odoo-module",
        _python("oca-checks-odoo-module"),
        wants=_is_of_module,
        named=False,
        narrows=False,
    ),
    Linter(
        "oca-checks-po",
        _python("oca-checks-po"),
        wants=lambda path: path.suffix == ".po",
    ),
    Linter(
        "prettier",
        _node("prettier", "--list-different"),
        _node("prettier", "--write", "--list-different"),
        wants=lambda path: path.suffix in PRETTIER_SUFFIXES,
    ),
    Linter(
        "eslint",
        _node("eslint", "--max-warnings=0"),
        _node("eslint", "--max-warnings=0", "--fix"),
        wants=_is_script,
    ),
)


def build() -> None:
    """Install the linters: Python's with pip, the others with npm."""
    python_env.build_environment(PYTHON_TOOLS, REQUIREMENTS, "Python linters")
    if not shutil.which("npm"):
        raise Problem(
            "no npm on this machine: install Node.js, which prettier and eslint need"
        )
    wanted = PACKAGE_JSON.read_text()
    build_once(NODE_TOOLS, key_of(wanted), "JavaScript linters", _install_node_packages)


def _install_node_packages(folder: Path) -> None:
    shutil.copy(PACKAGE_JSON, folder)
    run_quietly(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"],
        f"install {', '.join(json.loads(PACKAGE_JSON.read_text())['dependencies'])}",
        cwd=folder,
        remedy=NETWORK_REMEDY,
    )


def source_files() -> list[Path]:
    """Return the checkout's files, tracked or new, but not the ignored ones."""
    listing = run_quietly(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        "list the checkout's files",
        cwd=CHECKOUT,
    )
    paths = {Path(name) for name in listing.split("\0") if name}
    return sorted(path for path in paths if (CHECKOUT / path).is_file())


def changed_files() -> set[Path]:
    """Return the files that differ from where the branch left ``main``, whether they
    are committed or not; without such a branch, from the last commit.
    """
    base = "HEAD"
    for branch in ("main", "origin/main"):
        try:
            base = _git("merge-base", "HEAD", branch).strip()
            break
        except Problem:  # there is no such branch
            continue
    names = _git("diff", "--name-only", "-z", base)
    names += _git("ls-files", "-z", "--others", "--exclude-standard")
    return {Path(name) for name in names.split("\0") if name}


def _git(*arguments: str) -> str:
    purpose = f"ask git for its {arguments[0]}"
    return run_quietly(["git", *arguments], purpose, cwd=CHECKOUT)


@contextmanager
def working_copy() -> Iterator[Path]:
    """Copy the checkout's files into a folder that is called like the module."""
    NODE_TOOLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lint-", dir=NODE_TOOLS) as folder:
        copy = Path(folder) / MODULE
        for path in source_files():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / path, copy / path)
        # pylint-odoo and the OCA checks look for the repository around the module.
        run_quietly(["git", "init", "-q", folder], "make a scratch repository")
        yield copy


def run_linter(
    linter: Linter,
    copy: Path,
    *,
    fix: bool = False,
    changed: Collection[Path] | None = None,
) -> str:
    """Run a linter on the copy and return what it complains about, or nothing.

    :param changed: look at these files only; None: at all
    """
    command = linter.fix if fix and linter.fix else linter.check
    targets = linter.get_targets(source_files(), changed)
    if not targets:
        return ""
    command = [*command, *targets]
    result = subprocess.run(
        command,
        cwd=copy,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not result.returncode:
        return ""
    return result.stdout.strip() or f"ended with {result.returncode}"
