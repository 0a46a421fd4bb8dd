"""Databases: the template with Odoo's own modules, and copies of it."""

import ast
import os
import secrets
import shutil
import time
from pathlib import Path

from . import odoo_source, postgres
from .build_step import key_of, one_at_a_time
from .console import Problem, run_quietly, say
from .environment import odoo_command, odoo_environment
from .home import CHECKOUT, CONF, DATA, HOME, MODULE
from .python_env import REQUIREMENTS

# What every template holds, besides what the manifest depends on. The Chinese
# chart of accounts is what the club's own books use.
BASE_MODULES = ("crm", "account", "event", "survey", "l10n_cn")
LANGUAGES = ("zh_CN",)  # which the add-on is translated to
LOAD_LANGUAGES = ("--load-language", ",".join(LANGUAGES))
PREFIX = "club_"
TEMPLATE_PREFIX = f"{PREFIX}base_"


def base_modules() -> list[str]:
    """Return the modules of the template, sorted."""
    manifest = CHECKOUT / "__manifest__.py"
    depends = (
        ast.literal_eval(manifest.read_text())["depends"] if manifest.exists() else []
    )
    return sorted({*BASE_MODULES, *depends})


def filestore(database: str) -> Path:
    """Return the folder with a database's attachments."""
    return DATA / "filestore" / database


def names() -> list[str]:
    """Return the databases that these tools made: on our own server, all."""
    statement = "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"
    found = [
        name for name in postgres.run_sql(statement).splitlines() if name != "postgres"
    ]
    if postgres.is_external():
        return [name for name in found if name.startswith(PREFIX)]
    return found


def ensure_template() -> str:
    """Return the name of the template, which is built when it is missing."""
    modules = base_modules()
    key = key_of(odoo_source.fingerprint(), REQUIREMENTS.read_text(), *modules)
    name = f"{TEMPLATE_PREFIX}{key[:8]}"
    with one_at_a_time("template database"):
        if name not in names():
            _make_template(name, modules)
    return name


def _make_template(name: str, modules: list[str]) -> None:
    say(f"template database with {', '.join(modules)} (about a minute) …")
    part = f"{PREFIX}part_{key_of(name)}"
    drop(part)
    paths = ",".join(map(str, odoo_source.addons_paths()))
    command = odoo_command("-c", str(CONF), "--addons-path", paths, "-d", part)
    run_quietly(
        [*command, "-i", ",".join(modules), "--stop-after-init", "--no-http"],
        "build the template database",
        env=odoo_environment(),
        cwd=HOME,
    )
    rename(part, name)
    # A database that someone is connected to can't be copied.
    postgres.run_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    say("template database: done")


def rename(source: str, target: str) -> None:
    """Rename a database; its attachments go first, so that none is ever missing."""
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).exists():
        filestore(source).rename(filestore(target))
    postgres.run_sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def copy(source: str, target: str) -> None:
    """Copy a database with its attachments, which are linked: they never change."""
    postgres.run_sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if filestore(source).exists():
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def drop(name: str) -> None:
    """Drop a database and its attachments, if they are there."""
    # Not WITH (FORCE): that asks for a right over autovacuum's worker, which plain
    # dropping sends away by itself.
    postgres.run_sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND usename = current_user"
    )
    postgres.run_sql(f'DROP DATABASE IF EXISTS "{name}"')
    shutil.rmtree(filestore(name), ignore_errors=True)


def unused_name(purpose: str) -> str:
    """Return a name that no run at the same time takes."""
    return f"{PREFIX}{purpose}_{time.strftime('%m%d_%H%M%S')}_{secrets.token_hex(2)}"


def require(name: str) -> str:
    """Return the name if there is such a database.

    :raise Problem: when there is none; it names those that exist
    """
    if not exists(name):
        raise Problem(
            f"no database {name!r}; there are: {', '.join(names()) or 'none'}"
        )
    return name


def exists(name: str) -> bool:
    """Tell whether there is such a database."""
    statement = "SELECT datname FROM pg_database"
    return name in postgres.run_sql(statement).splitlines()


def has_module(name: str) -> bool:
    """Tell whether the add-on is installed on a database."""
    statement = f"SELECT state FROM ir_module_module WHERE name = '{MODULE}'"
    return postgres.run_sql(statement, database=name) == "installed"


def ensure_installed(name: str) -> None:
    """Have a database with the add-on installed, in English and Chinese."""
    if exists(name):
        return
    copy(ensure_template(), name)
    say(f"installing {MODULE} on {name} …")
    command = odoo_command("-c", str(CONF), "-d", name, "-i", MODULE)
    try:
        run_quietly(
            [*command, *LOAD_LANGUAGES, "--stop-after-init", "--no-http"],
            f"install {MODULE} on {name}",
            env=odoo_environment(),
            cwd=HOME,
        )
    except BaseException:  # also an interruption: half an install is of no use
        drop(name)
        raise
