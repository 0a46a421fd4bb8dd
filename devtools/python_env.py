"""The virtual environment with the Python packages that Odoo 19 needs, pinned."""

import sys
from pathlib import Path

from .build_step import build_once, key_of
from .console import NETWORK_REMEDY, run_quietly
from .home import REQUIREMENTS, VENV

# The interpreter outside of any virtual environment.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)


def build() -> None:
    """Build Odoo's virtual environment."""
    build_environment(VENV, REQUIREMENTS, "Python packages")


def build_environment(folder: Path, requirements: Path, label: str) -> None:
    """Build a virtual environment from a file of pinned packages."""

    def make(target: Path) -> None:
        run_quietly([BASE_PYTHON, "-m", "venv", target], "make a virtual environment")
        install(target / "bin" / "python", "--requirement", str(requirements))

    key = key_of(requirements.read_text(), sys.version_info[:2])
    build_once(folder, key, label, make)


def install(python: Path, *arguments: str) -> None:
    """Install packages with pip."""
    run_quietly(
        [python, "-m", "pip", "install", "--no-input", "--retries", "3", *arguments],
        "install Python packages",
        remedy=NETWORK_REMEDY,
    )
