"""Count each figure of each month anew, record by record in plain Python.

./dev recount club_demo

Works the figures out first, so that both are of this moment; nothing is kept. Fails
when one differs.
"""

import argparse

from .. import databases
from ..console import say
from ..odoo_process import run_script

SCRIPT = """
import sys
from datetime import timedelta
from odoo.addons.crm_club.kernel import windows
from odoo.addons.crm_club.tests.figures.recount import Recount, get_key

def clean(values):
    return {key: value for key, value in values.items() if value != (0, 0)}

figures = env["club.figure"].sudo()
companies = env["club.program"].search([]).company_id
today = companies[:1]._club_today()
months = [figures.search([], order="month", limit=1).month or today.replace(day=1)]
while windows.month_end(months[-1]) < today:
    months.append(windows.month_end(months[-1]) + timedelta(days=1))
if not figures._refresh(companies, months[0], today):
    sys.exit("another job is working them out")
found = clean({
    get_key(row): (round(row.value, 2), round(row.base, 2))
    for row in figures.search([("company_id", "in", companies.ids)])
})
wanted = clean(Recount(env, companies, months, today).count())
wrong = [
    key for key in found.keys() | wanted.keys()
    if any(
        abs(one - other) > 0.005
        for one, other in zip(found.get(key, (0, 0)), wanted.get(key, (0, 0)))
    )
]
env.cr.rollback()
for key in sorted(wrong, key=str):
    print(key, found.get(key), "by hand", wanted.get(key))
print(f"{len(wanted)} figures of {len(months)} months, {len(wrong)} differ")
sys.stdout.flush()
sys.exit(bool(wrong) or not wanted)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database."""
    parser.add_argument("database", metavar="DB")


def run(args: argparse.Namespace) -> int:
    """Return 1 when a figure differs."""
    database = databases.require(args.database)
    say(f"counting the figures of {database} by hand …")
    return int(bool(run_script(database, SCRIPT)))
