"""How many redemptions a second eight clients get through at the same time.

Clients are processes, forked from Odoo's shell, each with connections of its own: with
threads Python would run one at a time. A redemption is two calls of a club officer,
`action_reserve` and `action_debit`, each in a transaction object of its own with
nothing cached and through `retrying`, which commits, and starts a call anew that lost
a race; the drafts are laid beforehand. HTTP is left out.

`one_account`: all clients spend the points of one account; `many_accounts`: each
redemption is of the next account, so that two clients hardly ever meet on one, yet all
debits go into one chain of seals. Rates count what was done within SECONDS of the
start, by the wall clock; `retries` and `failures` (five tries lost) are beside them,
and where the clients' sessions were, looked up in pg_stat_activity every 20 ms.
"""

import json
import logging
import os
import random
import time
import traceback
from collections import Counter
from datetime import date, timedelta

from odoo import Command, fields, sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

CLIENTS = 8
SECONDS = 10
ACCOUNTS = 1_000
DRAFTS = 4_000  # for each client and scenario, more than it can use up
LOTS = 12  # of each account: a year of months
STEPS = {
    "reserve": ("action_reserve",),
    "redeem": ("action_reserve", "action_debit"),
}


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    user = create_officer(env)
    program = env.ref("crm_club.club_program_main")
    program.order_limit = 1e11  # none is signed
    accounts = lay_accounts(env, program)
    result = {"clients": CLIENTS, "seconds": SECONDS, "accounts": len(accounts)}
    details = {}
    for what in STEPS:
        for name, found in (
            ("one_account", accounts[:1]),
            ("many_accounts", accounts[1:]),
        ):
            drafts = _lay_drafts(env, program, user, found)
            figures = run_clients(env, user, STEPS[what], drafts)
            print(f"  {what} {name}: {figures}", flush=True)
            details[f"{what}_{name}"] = figures
            prefix = "" if what == "redeem" else "reserve_"
            result[f"{prefix}{name}_per_second"] = figures["per_second"]
    broken = program._find_broken_run()
    assert not broken, f"{broken.name} breaks the chain"
    env.cr.execute(
        "SELECT count(*) FROM (SELECT account_id FROM club_points_entry"
        " GROUP BY account_id HAVING sum(points) < 0) s"
    )
    assert env.cr.fetchone() == (0,), "an account is below zero"
    return {"redemption": result, "rounds": details}


def create_officer(env):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Bench redeemer",
                "login": "bench_redeemer",
                "group_ids": [
                    Command.set([env.ref("crm_club.crm_club_group_officer").id])
                ],
            }
        )
    )


def lay_accounts(env, program):
    """Return ids of accounts with a lot of points for each month of a year."""
    ids = (
        env["res.partner"]
        .with_context(tracking_disable=True)
        .create(
            [
                {"name": f"Bench member {number}", "is_company": True}
                for number in range(ACCOUNTS)
            ]
        )
        .ids
    )
    today = fields.Date.today()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for number in range(LOTS):
        run = env["club.points.run"]._create_guarded(
            [{"program_id": program.id, "kind": "opening", "month": month}]
        )
        env.flush_all()
        env.cr.execute(
            "INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,"
            " points, date, valid_until) SELECT %s, a, a, 'opening', 1000000, %s, %s"
            " FROM unnest(%s::int[]) a",
            [run.id, month, date(today.year + 1, number + 1, 1), ids],
        )
        run._post_ledger()
    env.cr.commit()
    env.invalidate_all()
    return ids


def _lay_drafts(env, program, user, accounts):
    """Return for each client the ids of its drafts."""
    env.cr.execute(
        """
        INSERT INTO club_redemption (name, program_id, company_id, account_id, points,
                                     reason, state, create_uid, create_date, write_uid,
                                     write_date)
        SELECT 'BENCH/' || g, %s, %s, (%s::int[])[1 + g %% %s], 1 + g %% 7, 'Tea set',
               'draft', %s, now(), %s, now()
          FROM generate_series(0, %s) g
        RETURNING id
        """,
        [
            *(program.id, program.company_id.id, accounts, len(accounts)),
            *(user.id, user.id, CLIENTS * DRAFTS - 1),
        ],
    )
    ids = [row[0] for row in env.cr.fetchall()]
    env.cr.commit()
    for table in ("club_redemption", "club_points_entry", "club_points_run"):
        env.cr._cnx.autocommit = True
        env.cr.execute(f"VACUUM ANALYZE {table}")
        env.cr._cnx.autocommit = False
    return [ids[number::CLIENTS] for number in range(CLIENTS)]


def run_clients(env, user, methods, drafts, refusable=False):
    """Run the clients for SECONDS; return the figures of all of them together.

    :param methods: what each calls of one draft after the other
    :param drafts: ids for each client
    :param refusable: whether a `UserError` counts as refused; all are tried then,
        however long it takes
    """
    env.cr.commit()
    start = time.monotonic() + 1
    company_ids = user.company_ids.ids
    env.cr.commit()
    pipes = []
    for own in drafts:
        reading, writing = os.pipe()
        if not os.fork():
            os.close(reading)
            job = (methods, own, start, refusable)
            _be_client(env.cr.dbname, user.id, company_ids, job, writing)
        os.close(writing)
        pipes.append(reading)
    time.sleep(start - time.monotonic())
    sessions = _watch(env, start + SECONDS)
    found = []
    for reading in pipes:
        with os.fdopen(reading) as file:
            found.append(json.load(file))
        os.wait()
    errors = [one["error"] for one in found if "error" in one]
    assert not errors, errors[0]
    done = sum(one["done"] for one in found)
    calls = sorted(seconds for one in found for seconds in one["calls"])
    total = sum(sessions.values()) or 1
    return {
        "per_second": round(done / SECONDS, 1),
        "retries": sum(one["retries"] for one in found),
        "failures": sum(one["failures"] for one in found),
        "refused": sum(one["refused"] for one in found),
        "call_ms_median": round(1000 * calls[len(calls) // 2], 1),
        "call_ms_95": round(1000 * calls[len(calls) * 95 // 100], 1),
        "sessions": {
            name: round(count / total, 2) for name, count in sessions.most_common()
        },
    }


def _watch(env, until):
    """Return how often the clients' sessions were seen in each state."""
    states = Counter()
    while time.monotonic() < until:
        env.cr.execute(
            "SELECT CASE state WHEN 'active' THEN coalesce(wait_event_type || ' '"
            " || wait_event, 'running') ELSE coalesce(state, 'starting') END"
            " FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        states.update(state for (state,) in env.cr.fetchall())
        env.cr.commit()
        time.sleep(0.02)
    return states


def _be_client(dbname, uid, company_ids, job, pipe):
    """Redeem one draft after the other until time is up; tell the parent; end."""
    try:
        # Not closed: the parent's sessions are not this process's to end.
        sql_db._Pool = sql_db._Pool_readonly = None
        # Races that are lost are counted, and no news.
        logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
        registry = Registry(dbname)
        registry._db = sql_db.db_connect(dbname)
        random.seed()
        context = {
            "lang": "en_US",
            "tz": "Asia/Shanghai",
            "uid": uid,
            "allowed_company_ids": company_ids,
        }
        found = _redeem(registry, uid, context, *job)
    except BaseException:  # noqa: BLE001 told to the parent
        found = {"error": traceback.format_exc()}
    with os.fdopen(pipe, "w") as file:
        json.dump(found, file)
    os._exit(0)


def _redeem(registry, uid, context, methods, drafts, start, refusable):
    with registry.cursor() as cr:  # connect before the start
        cr.execute("SELECT 1")
    time.sleep(max(0, start - time.monotonic()))
    found = {"done": 0, "retries": 0, "failures": 0, "refused": 0, "calls": []}
    for draft in drafts:
        try:
            for method in methods:
                began = time.monotonic()
                tries = _call(registry, uid, context, draft, method)
                found["calls"].append(time.monotonic() - began)
                found["retries"] += tries - 1
        except sql_db.psycopg2.OperationalError:
            found["failures"] += 1
            continue
        except UserError:
            if not refusable:
                raise
            found["refused"] += 1
            continue
        if time.monotonic() > start + SECONDS and not refusable:
            return found
        found["done"] += 1
    if refusable:
        return found
    raise AssertionError("too few drafts: raise DRAFTS")


def _call(registry, uid, context, record_id, method):
    """Call a method of a redemption as RPC does; return how often it was tried."""
    tries = []
    with registry.cursor() as cr:
        env = Environment(cr, uid, context)

        def attempt():
            tries.append(1)
            getattr(env["club.redemption"].browse(record_id), method)()

        retrying(attempt, env)
    return len(tries)
