"""The add-on as a company has it: from the zip, or from the wheel, and no checkout."""

import re
import subprocess
import urllib.request
import zipfile
from pathlib import Path
from typing import NamedTuple

from .. import chromium, odoo_source, package, python_env
from ..console import run_quietly
from ..home import MODULE, PYTHON
from ..python_env import BASE_PYTHON
from ..site import Session

FIRST_SCREEN = f"/odoo/action-{MODULE}.club_today_action"
BUNDLE = re.compile(r'(?:href|src)="(/web/assets/[^"]+\.(?:css|js))"')
# What Odoo puts into a style sheet that doesn't compile; of scripts its log tells.
BROKEN = "css_error_message"
ON_SCREEN = """(() => {
  const error = document.querySelector(".o_error_dialog, .modal .alert-danger");
  if (error) return error.textContent.trim();
  return document.querySelector(".o_action_manager .o_view_controller")
    ? "" : "no view is shown";
})()"""


class Installed(NamedTuple):
    """An Odoo with the add-on: its Python, its add-ons folders, where ours lies."""

    what: str
    python: Path
    addons: list[Path]
    place: Path

    @property
    def options(self) -> list[str]:
        """Return what Odoo is to be started with."""
        return ["--addons-path", ",".join(map(str, self.addons))]


def from_zip(folder: Path) -> Installed:
    """Unpack the zip into an add-ons folder of its own."""
    addons = folder / "addons"
    with zipfile.ZipFile(package.build_zip(folder)) as archive:
        archive.extractall(addons)
    paths = [*odoo_source.addons_paths(), addons]
    return Installed("the zip", PYTHON, paths, addons / MODULE)


def from_wheel(folder: Path) -> Installed:
    """Install the wheel with pip where Odoo's Python has its packages."""
    wheel = package.build_wheel(folder)
    environment = folder / "venv"
    run_quietly([BASE_PYTHON, "-m", "venv", environment], "make a virtual environment")
    python = environment / "bin" / "python"
    ours, theirs = (_site_packages(program) for program in (python, PYTHON))
    (ours / "what_odoo_needs.pth").write_text(f"{theirs}\n")
    # Odoo itself may be a checkout, of which pip knows nothing.
    python_env.install(python, "--no-index", "--no-deps", str(wheel))
    place = ours / "odoo" / "addons" / MODULE
    return Installed("the wheel", python, odoo_source.addons_paths(), place)


def _site_packages(python: Path) -> Path:
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    printed = subprocess.check_output([python, "-c", script], text=True)
    return Path(printed.strip())


def tell_place() -> None:
    """Print where Odoo, in whose shell this runs, has the add-on from."""
    from odoo.modules.module import Manifest

    print(f"PLACE {Manifest.for_addon(MODULE).path}")


def find_faults(site: str, database: str) -> list[str]:
    """Return what keeps an administrator from opening the app; nothing: it opens."""
    faults = []
    session = Session(site)
    session.log_in(database, "admin")
    if "Key Account Club" not in _read(session, f"{site}/web/webclient/load_menus"):
        faults.append("the app isn't among the menus")
    for page in ("/web/login", FIRST_SCREEN):
        bundles = BUNDLE.findall(_read(session, f"{site}{page}"))
        if not bundles:
            faults.append(f"{page} has no style sheet and no script")
        for bundle in bundles:
            content = _read(session, f"{site}{bundle}")
            if bundle.endswith(".css") and BROKEN in content:
                faults.append(f"{bundle} is broken")
    if chromium.find() and (wrong := _look(session, site)):
        faults.append(f"{FIRST_SCREEN}: {wrong}")
    return faults


def _read(session: Session, url: str) -> str:
    headers = {"Cookie": f"session_id={session.cookie}"}
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return answer.read().decode()


def _look(session: Session, site: str) -> str:
    from ..browser import Browser

    with Browser(1366, 900) as browser:
        session.enter(browser)
        browser.open(f"{site}{FIRST_SCREEN}")
        return browser.evaluate(ON_SCREEN)
