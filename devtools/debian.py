"""Debian packages, unpacked into a folder of ours without touching the system."""

import re
import shutil
from pathlib import Path

from .console import NETWORK_REMEDY, Problem, run_quietly
from .home import CACHE

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def _mirror() -> str:
    """Return the mirror that this machine itself is set up to use."""
    listing = run_quietly(
        ["apt-get", "update", "--print-uris"], "ask apt for this machine's mirror"
    )
    for uri in re.findall(r"'(\S+)/dists/[^/]+/InRelease'", listing):
        if "security" not in uri and uri.rstrip("/").endswith("debian"):
            return uri
    raise Problem(
        "no Debian mirror is set up on this machine: add one to apt's sources, or "
        "name an Odoo 19 of your own with ODOO_HOME"
    )


class PrivateApt:
    """apt-get with lists and sources of its own; works as a plain user too."""

    def __init__(self, name: str, *suites: str) -> None:
        if not shutil.which("apt-get") or not KEYRING.exists():
            raise Problem(
                "this machine has no apt-get with Debian's keyring: name an Odoo 19 "
                "of your own with ODOO_HOME"
            )
        self._folder = CACHE / f"apt-{name}"
        (self._folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (self._folder / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        mirror = _mirror()
        (self._folder / "sources.list").write_text(
            "".join(
                f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in suites
            )
        )
        self._apt("update")

    def _apt(self, *arguments: str, cwd: Path | None = None) -> str:
        options = {
            "Dir::Etc::sourcelist": self._folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::Lists": self._folder / "lists",
            "Dir::Cache": self._folder,
            "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",
            "Acquire::Retries": 3,
        }
        flags = [
            flag for key, value in options.items() for flag in ("-o", f"{key}={value}")
        ]
        return run_quietly(
            ["apt-get", "-q", *flags, *arguments],
            f"{arguments[0]} Debian's packages",
            remedy=NETWORK_REMEDY,
            cwd=cwd,
        )

    def unpack(self, packages: list[str], root: Path) -> None:
        """Download packages (`name` or `name/suite`) and unpack them into `root`."""
        downloads = self._folder / "debs"
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir(parents=True)
        self._apt("download", *packages, cwd=downloads)
        for deb in sorted(downloads.glob("*.deb")):
            run_quietly(["dpkg", "-x", deb, root], f"unpack {deb.name}")
        shutil.rmtree(downloads)
