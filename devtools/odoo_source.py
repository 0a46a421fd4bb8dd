"""Odoo 19.0 Community itself: the caller's own, or Debian's package."""

import os
from pathlib import Path

from .build_step import build_once, key_of
from .console import Problem
from .debian import PrivateApt
from .home import HOME

ROOT = HOME / "odoo"
PACKAGES = [
    "odoo-19/sid",
    # Static files that Debian's package links to in other packages. The two of
    # Debian 12 carry the file names that the links expect.
    "fonts-glyphicons-halflings/sid",
    "fonts-montserrat/sid",
    "fonts-ocr-b/sid",
    "fonts-roboto-unhinted/sid",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
]
# Left out of Debian's package for its licence (blurs the background of video
# calls). Without it every page logs an error, which fails every browser tour.
MISSING_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def source() -> Path:
    """Return the folder that holds the `odoo` package."""
    own = os.environ.get("ODOO_HOME")
    if not own:
        return ROOT / "usr/lib/python3/dist-packages"
    folder = Path(own).expanduser().absolute()
    if not (folder / "odoo" / "release.py").is_file():
        raise Problem(f"ODOO_HOME={own} holds no odoo/release.py: name Odoo's folder")
    return folder


def addons_paths() -> list[Path]:
    """Return the folders with Odoo's own add-ons."""
    own = source() / "odoo" / "addons"
    if (own / "account" / "__manifest__.py").is_file():
        return [own]  # a package: everything lies together
    return [source() / "addons", own]  # a checkout of the sources


def version() -> str:
    """Return Odoo's release, as it names itself."""
    scope: dict[str, object] = {}
    exec((source() / "odoo" / "release.py").read_text(), scope)  # noqa: S102
    found = scope["version"]
    if not str(found).startswith("19.0"):
        raise Problem(f"this add-on is for Odoo 19.0, but {source()} is {found}")
    return str(found)


def fingerprint() -> str:
    """Return what changes with another Odoo: its place, release and build."""
    built = (source() / "odoo" / "release.py").stat().st_mtime_ns
    return f"{source()} {version()} {built}"


def build() -> None:
    """Get Odoo, unless the caller has one."""
    if not os.environ.get("ODOO_HOME"):
        build_once(ROOT, key_of(*PACKAGES), "Odoo 19.0 (123 MB)", _unpack)
    version()


def _unpack(root: Path) -> None:
    PrivateApt("odoo", "sid", "bookworm").unpack(PACKAGES, root)
    script = root / "usr/lib/python3/dist-packages/odoo/addons" / MISSING_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    if not script.exists():
        script.write_text("// Left out of this Odoo: background blur in video calls.\n")
