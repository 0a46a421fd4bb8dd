"""Taken off again: nothing of the add-on stays, and nothing of Odoo's is touched."""

import json
import re

from .. import databases, leftovers
from ..home import MODULE
from . import content, schema
from .landed import Expected
from .rig import SEED_NOW, Database, Rig, demo_template
from .upgrade import OF_ODOO

# Names that only the add-on gives: of models, tables, fields, XML ids.
_NAMES = re.compile(r'"club\.[a-z]|club_[a-z]|crm_club')
UPGRADED = "crm,account,event,survey,sms,digest,spreadsheet_dashboard"


def run(rig: Rig) -> None:
    """Off a database on which nothing happened, and off a club full of data."""
    _round_trip(rig, "a club full of data", demo_template(), with_data=True)
    _round_trip(rig, "an empty club", databases.ensure_template(), with_data=False)


def _round_trip(rig: Rig, what: str, template: str, *, with_data: bool) -> None:
    with Database("uninstall", template) as database:
        rig.odoo(database, what=f"languages for {what}", only_ours=True)
        shape, rows = schema.read(database), content.read(database, OF_ODOO)
        rig.odoo(database, "-i", MODULE, what=f"install of {what}")
        if with_data:
            rig.script(database, "seed", SEED_NOW)
            rig.script(database, "traces", "module.lay(env)")
        words = ("module", "uninstall")
        rig.odoo(database, MODULE, what=f"uninstall of {what}", subcommand=words)
        rig.check(f"nothing left of {what}", leftovers.find(database))
        left = schema.differences(shape, schema.read(database))
        expected = Expected("uninstall")
        unexpected = [line for line in left if expected.refuses("0", line)]
        rig.check(f"the same tables after {what}", unexpected)
        _compare(rig, what, rows, content.read(database, OF_ODOO), with_data)
        rig.odoo(database, "-u", UPGRADED, what=f"upgrade without {what}")


def _compare(
    rig: Rig, what: str, before: content.Content, after: content.Content, with_data
) -> None:
    """What was there says what it said, and nothing that is there names the club."""
    expected = Expected("uninstall")
    _forget_listing(after)
    # Of a club that lived, what it did with Odoo's own documents stays Odoo's.
    changes = content.compare(before, after, only_losses=with_data)
    refused = [str(change) for change in expected.refuse("0", changes)]
    rig.check(f"the same rows after {what}", refused)
    named = content.compare(_named(before), _named(after))
    named = [one for one in named if one.column == content.ADDED]
    refused = [str(change) for change in expected.refuse("0", named)]
    rig.check(f"nothing names the club after {what}", refused)


def _forget_listing(rows_of: content.Content) -> None:
    """Leave out that Odoo lists the add-on among what can be installed."""
    modules = rows_of["ir_module_module"]
    (own,) = [key for key, row in modules.items() if row["name"] == MODULE]
    del modules[own]
    for table, column, value in (
        ("ir_module_module_dependency", "module_id", int(own)),
        ("ir_model_data", "name", f"module_{MODULE}"),
    ):
        rows = rows_of[table]
        rows_of[table] = {key: row for key, row in rows.items() if row[column] != value}


def _named(rows_of: content.Content) -> content.Content:
    """Return the rows in which a name of the add-on stands."""
    return {
        f"naming.{table}": {
            key: row
            for key, row in rows.items()
            if _NAMES.search(json.dumps(row, ensure_ascii=False))
        }
        for table, rows in rows_of.items()
    }
