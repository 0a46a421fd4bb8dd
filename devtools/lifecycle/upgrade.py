"""From every version that has landed, with data in place: nothing is lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from .. import databases
from ..build_step import key_of
from ..console import Problem, say
from ..home import MODULE
from ..postgres import run_sql
from . import content
from .landed import LANDED, Expected, Landed, check_out
from .rig import Database, Rig, demo_template, odoo_addons

# What the add-on itself brings anew, and what Odoo keeps for itself.
NOT_DATA = (
    r"^(ir_(?!attachment$|config_parameter$|default$|sequence)|res_groups|rule_group_rel"
    r"|orm_signaling_|bus_|base_registry|wizard_|res_device|res_users_log|report_layout)"
)
# Of Odoo's own bookkeeping: what each run of it leaves.
OF_ODOO = r"^(orm_signaling_|bus_|ir_logging|res_device|res_users_log|ir_cron_trigger)"
SEED_TEXT = Path(__file__).with_name("seed.py")
SEED = "module.seed(env)"
# A club that lives has no demo data: an upgrade doesn't load that anew.
NO_DEMO = "UPDATE ir_module_module SET demo = FALSE"
# What is there was there before the day of the upgrade.
AGE = r"""
DO $$
DECLARE made regclass;
BEGIN
    FOR made IN
        SELECT c.oid FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'create_date'
         WHERE c.relkind = 'r' AND c.relname LIKE 'club\_%'
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', made);
        EXECUTE format('UPDATE %s SET create_date = create_date - $1', made)
          USING interval '40 days';
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', made);
    END LOOP;
END $$
"""


def run(rig: Rig, only: str | None = None) -> None:
    """Upgrade from each version, or from one."""
    for landed in LANDED:
        if only in (None, landed.version, landed.commit):
            _upgrade_from(rig, landed)


def _upgrade_from(rig: Rig, landed: Landed) -> None:
    name = f"{landed.version} ({landed.commit})"
    say(f"upgrade from {name} …")
    with Database("upgrade", _ensure_lived_in(rig, landed)) as database:
        paths = ("--addons-path", f"{check_out(landed)},{odoo_addons()}")
        rig.script(database, "waiting", "module.submit(env)", *paths)
        run_sql(AGE, database=database)
        before = content.read(database, NOT_DATA)
        rig.odoo(database, "-u", MODULE, what=f"upgrade from {name}")
        after = content.read(database, NOT_DATA)
        _compare(rig, landed, before, after)
        rig.verify(database, f"after the upgrade from {name}")
        _again(rig, database, name)
        rows = sum(map(len, before.values()))
        rig.figures.setdefault("rows compared", {})[name] = rows


def _ensure_lived_in(rig: Rig, landed: Landed) -> str:
    """Return a database of a version, with its demo data and a month posted in it.

    What landed never changes: like the template that it comes from it is made once.
    """
    template = demo_template(landed.modules)
    key = key_of(template, landed.commit, SEED_TEXT.read_text())
    name = f"{databases.PREFIX}landed_{landed.commit}_{key[:8]}"
    if databases.exists(name):
        return name
    paths = ("--addons-path", f"{check_out(landed)},{odoo_addons()}")
    with Database("landing", template) as database:
        failures = len(rig.outcome.failures)
        what = f"install of {landed.version}"
        rig.odoo(database, "-i", MODULE, *paths, what=what, only_ours=True)
        rig.script(database, "seed", SEED, *paths)
        run_sql(NO_DEMO, database=database)
        if len(rig.outcome.failures) > failures:
            raise Problem(f"{landed.version} can't be had any more: see above")
        databases.rename(database, name)
    return name


def _compare(
    rig: Rig, landed: Landed, before: content.Content, after: content.Content
) -> None:
    """Everything that was there is there, and says what it said."""
    expected, version = Expected("upgrade"), landed.version
    changes = content.compare(before, after, only_losses=True)
    lost = [
        f"{name} is lost"
        for name in content.lost_columns(before, after)
        if expected.refuses(version, name)
    ]
    refused = [str(change) for change in expected.refuse(version, changes)]
    rig.check(f"nothing lost since {version} ({landed.commit})", lost + refused)
    # Where the club is it may be tomorrow already.
    today = datetime.now(UTC).date()
    days = {str(today + timedelta(number)) for number in (-1, 0, 1)}
    new = [
        f"{name} says the day of the upgrade"
        for name in content.find_new_days(before, after, days)
        if "club_" in name and expected.refuses(version, name)
    ]
    rig.check(f"nothing dated anew since {version} ({landed.commit})", new)


def _again(rig: Rig, database: str, name: str) -> None:
    """An upgrade of what is up to date changes nothing."""
    before = content.read(database, OF_ODOO)
    rig.odoo(database, "-u", MODULE, what=f"second upgrade from {name}")
    changes = content.compare(before, content.read(database, OF_ODOO))
    refused = Expected("twice").refuse(name.split()[0], changes)
    rig.check(f"nothing changed by a second upgrade from {name}", [*map(str, refused)])
