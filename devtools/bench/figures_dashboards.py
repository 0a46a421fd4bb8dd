"""Opening the Overview and each dashboard, at 1,000 and at 100,000 accounts: queries
and time of what the web client asks for, by a club officer and by a unit's lead.

The rows are those of `screens`, with the figures of their months. Each dashboard's
pivots and charts are read as they open, without a filter.

`dashboards`: for each one `queries_1k`, `queries_100k` and `ms_1k`, `ms_100k`, each of
the reader who takes more of it.
"""

import json

from odoo.tools import SQL

from odoo.addons.crm_club.tests.figures.dashboard_sources import get_sources

from .screen_rows import lay
from .screens import Crew, _measure_screen, get_list

READERS = ("officer", "lead")
DASHBOARDS = ("members", "revenue", "care", "activities")


def measure(env, accounts=100_000) -> dict:
    """Return the figures; the database is the bench's own."""
    crew = Crew(env)
    screens = {"overview": _get_overview} | {
        name: _get_dashboard(env, name) for name in DASHBOARDS
    }
    found, laid = {}, 0
    for size, count in (("1k", 1_000), ("100k", accounts)):
        lay(env, crew, laid, count)
        laid = count
        _refresh_figures(env, crew.program)
        for name, screen in screens.items():
            rows = [_measure_screen(env, crew, (screen, role)) for role in READERS]
            print(f"  {count} accounts, {name}: {rows}", flush=True)
            kept = found.setdefault(name, {})
            kept[f"queries_{size}"] = max(row["queries"] for row in rows)
            kept[f"ms_{size}"] = max(row["ms"] for row in rows)
    return {"dashboards": found}


def _refresh_figures(env, program):
    """Write the figures of all months that have points."""
    [(first, last)] = env.execute_query(
        SQL("SELECT min(date), max(date) FROM club_points_entry")
    )
    env["club.figure"]._refresh(program.company_id, first, last)
    env.cr.commit()


def _get_overview(env):
    """Return what the Overview asks for when it opens."""
    return get_list(env, "crm_club.club_overview_action", kind="kanban")


def _get_dashboard(env, name):
    """Return the function that returns what a dashboard asks for when it opens."""
    book = json.loads(env.ref(f"crm_club.club_{name}_dashboard").spreadsheet_data)
    sources = [source[:4] for source in get_sources(book)]

    def ask(env):
        rows = 0
        for model, domain, groups, measures in sources:
            rows += len(env[model].formatted_read_group(domain, groups, measures))
        return rows

    return lambda _env: ask
