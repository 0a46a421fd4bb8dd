"""Backup and restore, by Odoo's routines and by PostgreSQL's: seals and guards hold."""

import shutil
from pathlib import Path

from .. import databases, postgres
from ..console import run_quietly
from ..home import HOME, MODULE
from . import content, schema
from .rig import SEED_NOW, Database, Rig, demo_template, run_db

# What Odoo gives a database that is restored, so that it is told from its original.
GIVEN = frozenset({"ir_config_parameter.value"})


def run(rig: Rig) -> None:
    """Seed a club full of data; bring it back in three ways under other names."""
    with Database("backup", demo_template()) as database:
        rig.odoo(database, "-i", MODULE, what="install of what is backed up")
        rig.script(database, "seed", SEED_NOW)
        bring_back(rig, database)


def bring_back(rig: Rig, database: str) -> None:
    """Back a database up, restore it, and compare."""
    look = schema.read(database), content.read(database)
    for back_up_and_restore, how in (
        (_by_odoo, "Odoo's backup"),
        (_by_postgres, "pg_dump and a copied filestore"),
        (_by_duplicating, "a duplicate"),
    ):
        with Database("restored", None) as copy:
            back_up_and_restore(database, copy)
            _compare(rig, look, copy, how)
            rig.verify(copy, f"after restoring {how}")
    with Database("neutral", None) as copy:
        _by_odoo(database, copy, "--neutralize")
        rig.check("a neutralised copy is quiet", rig.ask(copy, "quiet"))
        rig.verify(copy, "after neutralising")


def _by_odoo(database: str, copy: str, *options: str) -> None:
    target = HOME / f"{database}.zip"
    try:
        run_db("dump", database, str(target))
        run_db("load", *options, copy, str(target))
    finally:
        target.unlink(missing_ok=True)


def _by_postgres(database: str, copy: str) -> None:
    target = HOME / f"{database}.dump"
    try:
        _run(["pg_dump", "-Fc", "-f", target, database])
        postgres.run_sql(f'CREATE DATABASE "{copy}" TEMPLATE template0')
        _run(["pg_restore", "--no-owner", "--exit-on-error", "-d", copy, target])
    finally:
        target.unlink(missing_ok=True)
    shutil.copytree(databases.filestore(database), databases.filestore(copy))


def _by_duplicating(database: str, copy: str) -> None:
    run_db("duplicate", database, copy)


def _run(words: list[str | Path]) -> None:
    program, *arguments = words
    run_quietly(
        [postgres.BIN / str(program), *arguments],
        f"run {program}",
        env=postgres.client_environment(),
    )


def _compare(rig: Rig, look: tuple, copy: str, how: str) -> None:
    """All tables, guards and rows are there, but for what tells databases apart."""
    shape, rows = look
    found = schema.differences(schema.plainly(shape), schema.plainly(schema.read(copy)))
    changes = content.compare(rows, content.read(copy))
    found += [str(change) for change in changes if change.name not in GIVEN]
    rig.check(f"the same by {how}", found)
