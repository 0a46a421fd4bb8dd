"""OCA's base_tier_validation, for the bench of approvals only.

It comes from PyPI into a folder of its own, without what it depends on (Odoo itself),
and is on the add-ons path of the bench's Odoo alone: neither the environment nor any
other database ever sees it.
"""

import sys
from pathlib import Path

from .. import odoo_source, python_env
from ..build_step import build_once, key_of, one_at_a_time
from ..console import run_quietly, say
from ..environment import odoo_command, odoo_environment
from ..home import ADDONS, CHECKOUT, CONF, HOME, PYTHON

REQUIREMENT = "odoo-addon-base_tier_validation==19.0.*"
FOLDER = HOME / "peer"
# Declares a model that tiers validate; it is installed on the bench's database only.
OWN_ADDONS = CHECKOUT / "devtools" / "bench" / "addons"
MODULES = ("base_tier_validation", "bench_tier_documents")
# Odoo's own, and a model for a plain loop to write to.
LOYALTY_MODULES = ("sale_loyalty", "bench_points_loop")


def build() -> None:
    """Download the peer unless it is there."""

    def make(folder: Path) -> None:
        python_env.install(PYTHON, "--no-deps", "--target", str(folder), REQUIREMENT)

    with one_at_a_time("peer's setup"):
        key = key_of(REQUIREMENT, sys.version_info[:2])
        build_once(FOLDER, key, "the peer's add-on", make)


def odoo_options() -> list[str]:
    """Return the options that let Odoo see the peer."""
    paths = [
        *odoo_source.addons_paths(),
        ADDONS,
        *([FOLDER / "odoo" / "addons"] if FOLDER.exists() else []),
        OWN_ADDONS,
    ]
    return ["--addons-path", ",".join(map(str, paths))]


def install(database: str) -> None:
    """Install the peer on a database that has the club's add-on."""
    build()
    _install(database, MODULES)


def install_loyalty(database: str) -> None:
    """Install what `loyalty` is measured with; it slows down whatever confirms orders,
    and posting an invoice a little, so install it after all else was measured.
    """
    _install(database, LOYALTY_MODULES)


def _install(database, modules):
    say(f"installing {', '.join(modules)} on {database} …")
    command = odoo_command("-c", str(CONF), *odoo_options(), "-d", database)
    run_quietly(
        [*command, "-i", ",".join(modules), "--stop-after-init", "--no-http"],
        f"install {', '.join(modules)} on {database}",
        env=odoo_environment(),
        cwd=HOME,
    )
