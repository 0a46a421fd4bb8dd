"""Getting inside Odoo: a Python process that has a database's registry loaded."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..environment import odoo_environment
from ..home import CHECKOUT, CONF, PYTHON


def command(module: str, *arguments: str) -> list[str]:
    """Return the command line of a module of ours that runs inside Odoo."""
    return [str(PYTHON), "-P", "-m", f"{__package__}.{module}", *arguments]


def environment() -> dict[str, str]:
    """Return the process environment in which both Odoo and we are importable."""
    found = odoo_environment()
    found["PYTHONPATH"] = f"{found['PYTHONPATH']}{os.pathsep}{CHECKOUT}"
    return found


@contextmanager
def opened(database: str, log: Path | None = None) -> Iterator[Any]:
    """Give Odoo's environment of a database, as the superuser.

    What is still open at the end is committed, unless an exception ends it.
    """
    import odoo.init  # noqa: F401 (sets Odoo up and comes first)
    from odoo import SUPERUSER_ID, api
    from odoo.modules import initialize_sys_path
    from odoo.modules.registry import Registry
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    options = ["-c", str(CONF), "-d", database, "--db-filter", f"^{database}$"]
    if log:
        options += ["--logfile", str(log)]
    config.parse_config([*options, "--no-http"], setup_logging=True)
    initialize_sys_path()
    load_server_wide_modules()
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})
