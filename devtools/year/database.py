"""The demonstration database: made from a template with Odoo's own demo data."""

import hashlib
import json
from pathlib import Path

from .. import databases, odoo_source, postgres
from ..build_step import key_of, one_at_a_time
from ..console import Problem, run_quietly, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME, MODULE
from ..python_env import REQUIREMENTS
from . import far_side

NAME = f"{databases.PREFIX}demo"
TEMPLATE_PREFIX = f"{NAME}_base_"
COUNTRY = "cn"
CHART = Path(__file__).with_name("chart.py")
# Where the database says what it was made from: written last, so that it is whole.
MARKER = "crm_club.demo_year"
MODULE_MARKER = "crm_club.demo_module"  # the code and data that it has
# Whatever an upgrade would bring into a database that is kept.
UPGRADED_BY = {".py", ".xml", ".csv", ".po"}
NOT_THE_MODULE = {"devtools", "tests", "demo", "var", "out"}


def read_marker() -> dict:
    """Return what the database says of itself; nothing when it isn't whole."""
    if not databases.exists(NAME):
        return {}
    try:
        return json.loads(_read_parameter(MARKER) or "{}")
    except (Problem, ValueError):  # half a database
        return {}


def _read_parameter(key: str) -> str:
    statement = f"SELECT value FROM ir_config_parameter WHERE key = '{key}'"
    return postgres.run_sql(statement, database=NAME)


def module_digest() -> str:
    """Return what changes with the add-on's code and data."""
    digest = hashlib.sha256()
    for path in sorted(CHECKOUT.rglob("*")):
        within = path.relative_to(CHECKOUT)
        if path.suffix in UPGRADED_BY and not _is_foreign(within) and path.is_file():
            digest.update(str(within).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _is_foreign(path: Path) -> bool:
    return path.parts[0] in NOT_THE_MODULE or any(
        part.startswith(".") or part == "node_modules" for part in path.parts
    )


def make(*, with_demo: bool) -> None:
    """Make the database anew with the add-on, and Odoo's demo data or not."""
    databases.drop(NAME)
    if with_demo:
        _install(NAME)
    else:
        databases.ensure_installed(NAME)


def ensure_demo(name: str) -> None:
    """Have a database with the add-on and demo data, Odoo's and ours.

    :raise Problem: when there is one of that name without any
    """
    if not databases.exists(name):
        try:
            _install(name)
        except BaseException:  # also an interruption: half an install is of no use
            databases.drop(name)
            raise
        return
    statement = f"SELECT demo FROM ir_module_module WHERE name = '{MODULE}'"
    if postgres.run_sql(statement, database=name).strip() != "t":
        raise Problem(f"{name} was made without demo data: choose another name")


def _install(name: str) -> None:
    databases.copy(ensure_template(), name)
    say(f"installing {MODULE} on {name} …")
    _run_odoo(name, "-i", MODULE, purpose=f"install {MODULE} on {name}")
    if not databases.has_module(name):
        raise Problem(f"{MODULE} wasn't installed on {name}: make it anew")
    _check_demo(name)


def ensure_upgraded() -> None:
    """Bring the add-on's code and data into the database, if it has others."""
    digest = module_digest()
    if _read_parameter(MODULE_MARKER) == digest:
        return
    say(f"upgrading {MODULE} on {NAME} …")
    _run_odoo(NAME, "-u", MODULE, purpose=f"upgrade {MODULE} on {NAME}")
    postgres.run_sql(
        f"UPDATE ir_config_parameter SET value = '{digest}'"
        f" WHERE key = '{MODULE_MARKER}'",
        database=NAME,
    )


def _check_demo(name: str) -> None:
    """Odoo only notes that demo data failed, and goes on without any of it.

    :raise Problem: with what it noted
    """
    statement = "SELECT right(error, 2000) FROM ir_demo_failure"
    if failure := postgres.run_sql(statement, database=name).strip():
        raise Problem(f"the demo data of {MODULE} can't be loaded:\n{failure}")


def ensure_template(only: tuple[str, ...] = ()) -> str:
    """Return the name of the template, which is built when it is missing.

    :param only: of Odoo's modules; without, what the add-on needs
    """
    modules = list(only) or databases.base_modules()
    key = key_of(
        odoo_source.fingerprint(), REQUIREMENTS.read_text(), CHART.read_text(), *modules
    )
    name = f"{TEMPLATE_PREFIX}{key[:8]}"
    with one_at_a_time("demo template"):
        if name not in databases.names():
            _make_template(name, modules)
    return name


def _make_template(name: str, modules: list[str]) -> None:
    say(f"template database with demo data of {', '.join(modules)} (two minutes) …")
    part = f"{NAME}_part_{key_of(name)}"
    databases.drop(part)
    paths = ("--addons-path", ",".join(map(str, odoo_source.addons_paths())))
    run_quietly(
        odoo_command(
            *("db", "-c", str(CONF), *paths, "init", part),
            *("--with-demo", "--country", COUNTRY),
        ),
        "make a database with demo data",
        env=odoo_environment(),
        cwd=HOME,
    )
    purpose = "build the template database with demo data"
    _run_odoo(
        part,
        *paths,
        "-i",
        ",".join(modules),
        *databases.LOAD_LANGUAGES,
        purpose=purpose,
    )
    run_quietly(
        far_side.command("chart", part),
        "load the Chinese chart of accounts",
        env=far_side.environment(),
        cwd=HOME,
    )
    databases.rename(part, name)
    # A database that someone is connected to can't be copied.
    postgres.run_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    say("template database with demo data: done")


def _run_odoo(database: str, *arguments: str, purpose: str) -> None:
    command = odoo_command("-c", str(CONF), "-d", database, *arguments)
    run_quietly(
        [*command, "--stop-after-init", "--no-http"],
        purpose,
        env=odoo_environment(),
        cwd=HOME,
    )
