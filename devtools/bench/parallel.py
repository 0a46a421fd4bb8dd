"""Posting in several Odoo processes at once, over one PostgreSQL.

COMPANIES companies, each with a program, accounts and imported revenue of its own, post
one month after the other in one process, and then another month all at once, a process
each: what several Odoo nodes would do. Their chains of seals don't touch, so neither
waits for the other. `speedup` is the one time over the other; two cores allow two.
"""

import json
import subprocess
import sys
import time
from datetime import date

from odoo import Command
from odoo.tools import config

from .invoices import vacuum_tables

COMPANIES = 4
ACCOUNTS = 4_000
CATEGORIES = 25
YEAR = 2017
ALONE, TOGETHER = 1, 2  # months


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    programs = [_lay(env, number) for number in range(COMPANIES)]
    env.cr.commit()
    vacuum_tables(env, "res_partner", "club_revenue_line", "club_points_entry")
    _post(env, programs[0].id, date(YEAR, ALONE, 1))  # warm the cache
    env.cr.rollback()
    env.invalidate_all(flush=False)
    started = time.perf_counter()
    for program in programs:
        _post(env, program.id, date(YEAR, ALONE, 1))
        env.cr.commit()
    alone = time.perf_counter() - started
    together = _post_together(env, [program.id for program in programs])
    env.cr.rollback()
    env.invalidate_all()
    for program in programs:
        assert not program._find_broken_run(), program.name
        runs = env["club.points.run"].search([("program_id", "=", program.id)])
        assert len(set(runs.mapped("entry_count"))) == 1, runs.mapped("entry_count")
    return {
        "parallel": {
            "processes": COMPANIES,
            "lines_each": ACCOUNTS * CATEGORIES,
            "one_process_seconds": round(alone, 3),
            "at_once_seconds": round(together, 3),
            "speedup": round(alone / together, 2),
        }
    }


def _post(env, program_id, month):
    program = env["club.program"].browse(program_id)
    env = env(
        context={**env.context, "allowed_company_ids": program.company_id.ids},
    )
    run = env["club.points.run"].create({"program_id": program_id, "month": month})
    run.no_controls_reason = "Bench"
    run.action_compute()
    run.unit_ids.no_records_reason = "Bench"
    run.unit_ids.action_verify()
    run._lock_run()
    run._check_can_post()
    run._post_ledger()
    env.flush_all()


def _post_together(env, program_ids):
    """Post in a process each, all let go at the same moment; return the seconds."""
    command = [sys.executable, "-P", "-m", "odoo", "shell", "-c", config["config"]]
    command += ["-d", env.cr.dbname, "--no-http", "--log-level", "warn"]
    workers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _program in program_ids
    ]
    gate = time.time() + 25  # by then each has loaded Odoo
    for worker, program_id in zip(workers, program_ids, strict=True):
        worker.stdin.write(
            _SCRIPT.format(path=sys.path[0], program=program_id, gate=gate)
        )
        worker.stdin.close()
    ends = []
    for worker in workers:
        output = worker.stdout.read()
        if worker.wait():
            raise RuntimeError(f"a process failed: {output}")
        started, ended = json.loads(output.strip().splitlines()[-1])
        assert started - gate < 1, "a process came late"
        ends.append(ended)
    return max(ends) - gate


_SCRIPT = """
import json, sys, time
sys.path.insert(0, {path!r})
from devtools.bench import parallel
from datetime import date
# Load what posting needs, then let go of it: the others begin at the same time.
parallel._post(env, {program}, date(parallel.YEAR, parallel.TOGETHER, 1))
env.cr.rollback()
env.invalidate_all(flush=False)
time.sleep(max(0, {gate} - time.time()))
started = time.time()
parallel._post(env, {program}, date(parallel.YEAR, parallel.TOGETHER, 1))
env.cr.commit()
print(json.dumps([started, time.time()]))
"""


def _lay(env, number):
    """Return a program of a company of its own, with two months of revenue to post."""
    company = env["res.company"].create({"name": f"Bench company {number}"})
    env.user.company_ids += company
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    program = env["club.program"].create(
        {
            "name": f"Bench {number}",
            "company_id": company.id,
            "agreement_required": False,
            "qualifying_kind_ids": [
                Command.set(env.ref("crm_club.club_points_kind_revenue").ids)
            ],
        }
    )
    categories = env["product.category"].create(
        [{"name": f"Bench {number} {place}"} for place in range(CATEGORIES)]
    )
    env["club.points.rate"].create(
        [
            {
                "program_id": program.id,
                "category_id": category.id,
                "value": 1,
                "date_from": date(YEAR, 1, 1),
            }
            for category in categories
        ]
    )._set_opening("Bench")
    accounts = env["res.partner"].create(
        [
            {"name": f"Bench {number} account {place}", "is_company": True}
            for place in range(ACCOUNTS)
        ]
    )
    env.flush_all()
    env.cr.execute(
        """
        WITH document AS (
            INSERT INTO club_revenue_import (company_id, name, digest, state)
            VALUES (%(company)s, 'Bench', 'bench', 'done') RETURNING id)
        INSERT INTO club_revenue_line (import_id, row, company_id, account_id,
                                       category_id, state, month, amount)
        SELECT document.id, row_number() OVER (), %(company)s, a, c, 'valid',
               make_date(%(year)s, m, 1), 100 + (a * 7 + c) %% 900
          FROM document, unnest(%(accounts)s) a, unnest(%(categories)s) c,
               generate_series(%(first)s, %(last)s) m
        """,
        {
            "company": company.id,
            "accounts": accounts.ids,
            "categories": categories.ids,
            "year": YEAR,
            "first": ALONE,
            "last": TOGETHER,
        },
    )
    return program
