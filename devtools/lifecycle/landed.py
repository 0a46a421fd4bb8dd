"""The versions that somebody may have installed, and what an upgrade may change."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple

from ..home import CHECKOUT, HOME, MODULE
from .content import Difference

# What the first versions stood on; later ones brought what the template has.
FIRST_BASE = ("crm", "account", "l10n_cn")
EXPECTED = Path(__file__).with_name("expected_changes.toml")


class Landed(NamedTuple):
    """A state of the main branch that was there for a while.

    :param modules: of Odoo's, that its database has; empty: what this version needs
    """

    version: str
    commit: str
    modules: tuple[str, ...] = ()


# The last state of each version, and what lacked round tables and a time zone.
LANDED = (
    Landed("19.0.1.0.0", "e9f06a5", FIRST_BASE),
    Landed("19.0.1.1.0", "832d4e0", FIRST_BASE),
    Landed("19.0.1.2.0", "236d7c0", FIRST_BASE),
    Landed("19.0.1.3.0", "485123b"),
    Landed("19.0.1.3.0", "4e0fecc"),
    Landed("19.0.1.4.0", "0ec22ee"),
    Landed("19.0.1.5.0", "322c8f3"),
    Landed("19.0.1.5.1", "6b46137"),
    Landed("19.0.1.6.0", "f0274aa"),
    Landed("19.0.1.7.0", "7fcc86f"),
    Landed("19.0.1.8.0", "be9859f"),
    Landed("19.0.1.9.0", "6426bc6"),
    Landed("19.0.1.10.0", "44ec864"),
)
# Vouchers of the example were over before they were issued where the club's day had
# begun and the server's hadn't: what landed with them is installed at any hour.
VOUCHERS = "demo/club_voucher_demo.xml"
TODAY = "eval=\"DateTime.today().strftime('%Y-%m-%d')\""
TOMORROW = "eval=\"(DateTime.today() + relativedelta(days=1)).strftime('%Y-%m-%d')\""


def check_out(landed: Landed) -> Path:
    """Return an add-ons folder with the add-on as it was."""
    folder = HOME / "lifecycle" / landed.commit
    addon = folder / MODULE
    if not (addon / "__manifest__.py").exists():
        addon.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(
            ["git", "archive", landed.commit],
            cwd=CHECKOUT,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        subprocess.run(["tar", "-x", "-C", addon], input=archive, check=True)
    if (vouchers := addon / VOUCHERS).exists():
        vouchers.write_text(vouchers.read_text().replace(TODAY, TOMORROW))
    return folder


class Expected:
    r"""What changes in rows that are there, each for a reason in a file.

    >>> entry = {"until": "19.0.1.5.0", "changes": r"a\.x", "reason": "renamed"}
    >>> expected = Expected("upgrade", [entry])
    >>> change = Difference("a", "x", 3, "")
    >>> expected.refuse("19.0.1.4.0", [change])
    []
    >>> [change.name for change in expected.refuse("19.0.1.5.0", [change])]
    ['a.x']
    """

    def __init__(self, by: str, entries: list[dict] | None = None) -> None:
        """Read what is expected by "upgrade", "twice" (a second one) or "uninstall"."""
        if entries is None:
            entries = tomllib.loads(EXPECTED.read_text()).get(by, [])
        missing = [entry["changes"] for entry in entries if not entry.get("reason")]
        if missing:
            raise ValueError(f"{EXPECTED.name}: no reason given for {missing}")
        self._entries = [
            (_number(entry.get("until")), re.compile(entry["changes"]))
            for entry in entries
        ]

    def refuse(self, version: str, changes: list[Difference]) -> list[Difference]:
        """Return the changes of an upgrade from a version that no entry expects."""
        return [change for change in changes if self.refuses(version, change.name)]

    def refuses(self, version: str, name: str) -> bool:
        """Tell whether a change isn't expected; `until` is the first that lacks it."""
        return not any(
            (until is None or _number(version) < until) and pattern.fullmatch(name)
            for until, pattern in self._entries
        )


def _number(version: str | None) -> tuple[int, ...] | None:
    return tuple(map(int, version.split("."))) if version else None
