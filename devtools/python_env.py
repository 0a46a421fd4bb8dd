"""The virtual environment with the Python packages that Odoo 19 needs, pinned."""

import sys
from pathlib import Path

from .build_step import build_once, key_of
from .console import Problem, run_quietly
from .home import CHECKOUT, LOGS, VENV

REQUIREMENTS = CHECKOUT / "devtools" / "requirements.txt"
OLDEST_PYTHON = (3, 11)
# The interpreter outside of any virtual environment.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)


def build() -> None:
    """Build Odoo's virtual environment."""
    build_environment(VENV, REQUIREMENTS, "Python packages")


def build_environment(folder: Path, requirements: Path, label: str) -> None:
    """Build a virtual environment from a file of pinned packages."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise Problem(
            f"{sys.executable} is Python {sys.version.split()[0]}: run ./dev with "
            f"Python {wanted} or newer"
        )

    def make(target: Path) -> None:
        run_quietly([BASE_PYTHON, "-m", "venv", target], "make a virtual environment")
        install(target / "bin" / "python", "--requirement", str(requirements))

    key = key_of(requirements.read_text(), sys.version_info[:2])
    build_once(folder, key, label, make)


def install(python: Path, *arguments: str) -> None:
    """Install packages with pip; its words are kept in the log folder."""
    run_quietly(
        [python, "-m", "pip", "install", "--no-input", "--retries", "3", *arguments],
        "install Python packages",
        log=LOGS / "pip.log",
    )
