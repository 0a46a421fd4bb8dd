"""Taking on a club that exists on paper, beside lean inserts of the same rows.

One sheet with an account a row: tax ID, code, unit, manager, agreement and card; one
person of each with job, phone, e-mail, role and birthday; its tier; opening points of
two kinds. An officer uploads it, which checks it; submitting checks it again, and so
does the button that applies it once it is signed. `apply_seconds` is the press of that
button, reading and checking included; `accounts_per_second` counts upload and press.

Lean: all rows that came of it inserted by one `INSERT … SELECT` a table, with the same
numbers, indexes, keys and triggers. It is told every value, and finds out nothing.
`ratio_to_sql` is the press of the button over that.
"""

import base64
import gc
import io
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import xlsxwriter

from odoo import Command

from odoo.addons.crm_club.kernel.take_on import SHEETS

from .invoices import vacuum_tables
from .timing import as_user, compare, log

UNITS, MANAGERS = 20, 200
RELATION = "club_contact_profile_club_contact_role_rel"
# What applying fills, in the order in which its rows name each other.
TABLES = (
    *("res_partner", "club_agreement", "club_contact_profile", RELATION),
    *("club_account_team", "club_account_unit", "club_membership", "club_card"),
    "club_take_on_account",
    *("club_points_entry", "club_account_pulse", "club_duty", "mail_message"),
)


def measure(env, accounts: int = 100_000, rounds: int = 3) -> dict:
    """Return the figures; the database is the bench's own."""
    officer, signer = _set_up(env)
    started = time.perf_counter()
    content = make_sheet(env, accounts)
    log(f"  a sheet of {accounts} accounts, {len(content) / 1e6:.1f} MB", started)
    upload, number = _upload(env, officer, content)
    submit = _press(env, officer, number, "action_submit")
    _press(env, signer, number, "action_sign")
    env.cr.commit()
    vacuum_tables(env, *TABLES)
    _lay_lean(env, officer, number)
    found = compare(
        env, _insert_lean, _apply, (officer, number), clean=_clean, rounds=rounds
    )
    applied = found.pop("ours_seconds")
    return {
        "takeon": {
            "accounts": accounts,
            "sheet_mb": round(len(content) / 1e6, 1),
            "upload_seconds": round(upload, 2),
            "submit_seconds": round(submit, 2),
            "apply_seconds": applied,
            "accounts_per_second": round(accounts / (upload + applied)),
            "ratio_to_sql": found.pop("ratio"),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            **found,
        }
    }


def _set_up(env):
    """Have whom and what the sheet names; return who draws up and who signs."""
    create = env["res.users"].with_context(no_reset_password=True).create
    officer, signer, *_managers = create(
        [
            {
                "name": login,
                "login": login,
                "group_ids": [Command.set([env.ref(group).id])],
            }
            for login, group in (
                ("takeon_officer", "crm_club.crm_club_group_officer"),
                ("takeon_signer", "crm_club.crm_club_group_auditor"),
                *(
                    (f"takeon_manager_{place}", "crm_club.crm_club_group_user")
                    for place in range(MANAGERS)
                ),
            )
        ]
    )
    env["crm.team"].create([{"name": f"Takeon unit {n}"} for n in range(UNITS)])
    env["club.contact.role"].create({"name": "Takeon role"})
    body = env["club.body"].create({"name": "Takeon body", "code": "takeon"})
    env["club.body.seat"].create(
        {
            "body_id": body.id,
            "user_id": signer.id,
            "office": "Head",
            "date_from": "2020-01-01",
        }
    )
    policy = env["club.approval.policy"]._get_for("take_on", env.company)
    stage = Command.create({"body_ids": [Command.set(body.ids)]})
    policy.band_ids.stage_ids = [Command.clear(), stage]
    env.cr.commit()
    return officer.id, signer.id


def make_sheet(env, accounts: int) -> bytes:
    """Return the workbook."""
    program = env.ref("crm_club.club_program_main")
    group = program.group_ids.filtered(lambda each: each.purpose != "grade")[:1]
    tiers = group.tier_ids.mapped("name")
    output = io.BytesIO()
    year = date.today().year
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        for key, kind in SHEETS.items():
            sheet = book.add_worksheet(kind.label)
            sheet.write_row(0, 0, [column.label for column in kind.columns])
            names = [column.key for column in kind.columns]
            row = 1
            for number in range(accounts):
                for cells in _get_rows(key, number, group.name, tiers, year):
                    for name, cell in cells.items():
                        sheet.write_string(row, names.index(name), cell)
                    row += 1
    return output.getvalue()


def _get_rows(key, number, group, tiers, year):
    """Yield the rows of an account on a sheet."""
    account = {"account": f"K{number:06}"}
    if key == "accounts":
        yield {
            "name": f"江苏大客户有限公司 {number}",
            "tax": f"91320100{number:09}X",
            "ref": account["account"],
            "unit": f"Takeon unit {number % UNITS}",
            "manager": f"takeon_manager_{number % MANAGERS}",
            "agreement": f"A-{number}",
            "card": f"VIP-{number:06}",
        }
    elif key == "contacts":
        yield {
            **account,
            "name": f"王明 {number}",
            "roles": "Takeon role",
            "function": "办公室主任",
            "phone": f"138{number:08}",
            "email": f"member{number}@example.com",
            "calendar": ("阳历", "农历")[number % 2],
            "birthday": f"19{60 + number % 40}-{1 + number % 12:02}-{1 + number % 28}",
        }
    elif key == "tiers":
        yield {
            **account,
            "group": group,
            "tier": tiers[number % len(tiers)],
            "date_from": f"{year}-01-01",
            "date_to": f"{year + 1}-12-31",
        }
    else:
        for kind, points in (("revenue", 1_000 + number % 9_000), ("bonus", 50)):
            yield {
                **account,
                "kind": kind,
                "points": str(points),
                "valid_until": f"{year + 1}-12-31",
            }


def _upload(env, officer, content):
    """Return the seconds that uploading and checking take, and the document."""
    gc.collect()
    started = time.perf_counter()
    with as_user(env, officer) as user_env:
        program = user_env.ref("crm_club.club_program_main")
        document = user_env["club.take.on"].create(
            {"program_id": program.id, "file": base64.b64encode(content)}
        )
        user_env.cr.flush()
        faults = document.fault_ids[:3].mapped("problem")
        assert not document.fault_count, (document.fault_count, faults)
        return time.perf_counter() - started, document.id


def _press(env, user_id, number, method):
    """Return the seconds that a press of a button takes."""
    gc.collect()
    started = time.perf_counter()
    with as_user(env, user_id) as user_env:
        getattr(user_env["club.take.on"].browse(number), method)()
        user_env.cr.flush()
    return time.perf_counter() - started


def _apply(env, officer, number):
    _press(env, officer, number, "action_apply")


def _lay_lean(env, officer, number):
    """Apply, keep the rows that came of it apart, and take it all back."""
    cr = env.cr
    before = {table: _get_last_id(cr, table) for table in TABLES}
    started = time.perf_counter()
    _apply(env, officer, number)
    log("  applied for the first time", started)
    with tempfile.TemporaryDirectory() as folder:
        for table in TABLES:
            cr.execute(f"SELECT count(*) FROM {table} WHERE {before[table]}")
            print(f"  {table}: {cr.fetchone()[0]} rows", flush=True)
            with Path(folder, table).open("wb") as file:
                rows = f"SELECT * FROM {table} WHERE {before[table]}"
                cr.copy_expert(f"COPY ({rows}) TO STDOUT", file)
        cr.rollback()
        env.invalidate_all(flush=False)
        for table in TABLES:
            cr.execute(f"CREATE TABLE lean_{table} AS TABLE {table} WITH NO DATA")
            with Path(folder, table).open("rb") as file:
                cr.copy_expert(f"COPY lean_{table} FROM STDIN", file)
    program = env.ref("crm_club.club_program_main")
    month = date.today().replace(day=1)
    run = env["club.points.run"]._create_guarded(
        {"program_id": program.id, "kind": "opening", "month": month}
    )
    env.flush_all()
    cr.execute("UPDATE lean_club_points_entry SET run_id = %s", [run.id])
    cr.commit()
    env.invalidate_all()
    vacuum_tables(env, *TABLES, *(f"lean_{table}" for table in TABLES))


def _get_last_id(cr, table):
    """Return what the rows fulfil that are new from now on."""
    if table == RELATION:
        return f"club_contact_profile_id > {_get_max(cr, 'club_contact_profile')}"
    return f"id > {_get_max(cr, table)}"


def _get_max(cr, table):
    cr.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    return cr.fetchone()[0]


def _insert_lean(env, _officer, _number):
    for table in TABLES:
        env.cr.execute(f"INSERT INTO {table} SELECT * FROM lean_{table}")


def _clean(env):
    vacuum_tables(env, *TABLES)
