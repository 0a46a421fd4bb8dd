"""Where the tools keep what they build: one folder outside the checkout."""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODULE = "crm_club"


def _default_home() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "crm_club"


HOME = Path(os.environ.get("CLUB_DEV_HOME") or _default_home()).absolute()

CACHE = HOME / "cache"  # downloads: may be deleted at any time
LOGS = HOME / "log"
DATA = HOME / "data"  # Odoo's data_dir, with the filestores
SCRATCH = HOME / "scratch"  # copies that linters and exports work on
REQUIREMENTS = CHECKOUT / "devtools" / "requirements.txt"
# One for each list of packages: checkouts that are ahead of or behind each other share
# this home, and neither builds it anew under the other's feet.
VENV = HOME / f"venv-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:8]}"
PYTHON = VENV / "bin" / "python"

# Odoo takes a module's name from its folder. Every checkout gets its own link, so
# that two of them can share one home.
_CHECKOUT_KEY = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
LINKS = HOME / "links" / f"{CHECKOUT.name}-{_CHECKOUT_KEY}"
CONF = LINKS / "odoo.conf"
ADDONS = LINKS / "addons"


def link_checkout() -> None:
    """Make the checkout visible to Odoo under the module's name."""
    ADDONS.mkdir(parents=True, exist_ok=True)
    link = ADDONS / MODULE
    if not link.is_symlink():
        link.symlink_to(CHECKOUT, target_is_directory=True)


def write_if_changed(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file in one step, so that a run at the same time never reads half."""
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text)
    part.chmod(mode)
    part.replace(path)
