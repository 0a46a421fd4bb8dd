"""A club on the eve of its work: all operations are one call away from taking effect.

Runs inside Odoo's shell. Two months are posted: one whose points have just outlived
their time, one that made members this year. Last month waits to be posted with facts
of its own, and so do the expiry, a signed requalification and an adjustment that lacks
one signature.
"""

import json
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..bench.invoices import _copy_rows, _template_move, bare_tables, vacuum
from . import founding_care, founding_events, founding_office

ACCOUNTS = 2_000
# Lines an account and month: last month's are what is posted.
LINES_EARLIER, LINES_LAST = 3, 7
ADJUSTED = 800  # accounts on the adjustment
IMPORTED = 12_000  # rows of the file
RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)  # a category each
POINTS_LIVE = 15  # months, with those of redemption
SEED = 0.42

# Login, group.
PEOPLE = {
    "officer": "crm_club.crm_club_group_officer",
    "finance": "crm_club.crm_club_group_finance",
    "clerk": "crm_club.crm_club_group_clerk",
    "lead": "crm_club.crm_club_group_lead",
    "signatory": "base.group_user",
    "leader": "base.group_user",
    "system": "base.group_system",
    **{f"manager_{number}": "crm_club.crm_club_group_user" for number in range(5)},
}
# Who sits in which body; the leader signs last.
SEATS = {
    "executive": "signatory",
    "key_accounts": "signatory",
    "office": "signatory",
    "finance": "finance",
    "presidium": "leader",
    "leader": "leader",
}
QUIETLY = {"tracking_disable": True, "no_reset_password": True}


@dataclass
class Ground:
    """What the documents stand on."""

    env: Any
    program: Any
    users: dict[str, Any]
    unit: Any
    accounts: Any
    categories: Any
    months: tuple[date, date, date]

    def as_user(self, login: str, model: str) -> Any:
        return self.env[model].with_user(self.users[login])


def found(env, folder: str) -> None:
    """Lay the facts, draw up the documents, and leave in a folder what callers need:
    ``ids.json`` and the statement to import, ``statement.csv``.
    """
    ground = _prepare(env(context={**env.context, **QUIETLY}))
    expiring, this_year, last = ground.months
    _lay_facts(ground, {expiring: LINES_EARLIER, this_year: LINES_EARLIER})
    for month in (expiring, this_year):
        _compute(ground, month, "revenue").action_post()
        env.cr.commit()
    _lay_facts(ground, {last: LINES_LAST})
    vacuum(env)
    ids = {
        "program": ground.program.id,
        "month": last.isoformat(),
        "posting": _compute(ground, last, "revenue").id,
        "expiry": _compute(ground, last, "expiry").id,
        "requalification": _requalify(ground).id,
        "signing": _adjust(ground).id,
        **_lay_days_work(ground),
        "keys": _make_keys(ground),
    }
    env.cr.commit()
    vacuum(env)
    target = Path(folder)
    (target / "statement.csv").write_text(_statement(ground))
    (target / "ids.json").write_text(json.dumps(ids))


def _lay_days_work(ground: Ground) -> dict[str, Any]:
    """Draw up what is done between two months, and at night; return what callers need.

    After the ledger: those who are greeted and invited are its members.
    """
    persons = founding_care.create_persons(ground)
    ids = founding_events.hold_activities(ground, persons)
    settlement = founding_events.settle(ground)
    _sign(ground, settlement, but="signatory")
    take_on = founding_events.draw_up_take_on(ground)
    _sign(ground, take_on)
    budget, proposed = founding_events.draw_up_budgets(ground)
    _sign(ground, budget, but="leader")
    ids |= {
        "settlement": settlement.id,
        "take_on": take_on.id,
        "budget": budget.id,
        "proposing": proposed.id,
        "vouchers": founding_events.draw_up_vouchers(ground),
        "gifts": founding_events.draw_up_gifts(ground, persons),
        "cards": founding_events.find_cardless(ground),
        **founding_care.greet(ground),
        **founding_office.complain(ground),
        "ordering": founding_office.order(ground),
        "issuing": founding_office.tell(ground),
    }
    founding_care.owe(ground)
    return {**ids, "jobs": founding_care.find_jobs(ground.env)}


def _prepare(env) -> Ground:
    program = env.ref("crm_club.club_program_main")
    users = _create_users(env)
    start = date(2020, 1, 1)
    unit = env["crm.team"].create(
        {
            "name": "Harbour",
            "company_id": program.company_id.id,
            "club_level": "branch",
            "user_id": users["lead"].id,
        }
    )
    env["club.unit.clerk"].create(
        {"unit_id": unit.id, "user_id": users["clerk"].id, "date_from": start}
    )
    env["club.body.seat"].create(
        [
            {
                "body_id": env.ref(f"crm_club.club_body_{code}").id,
                "user_id": users[login].id,
                "office": "Head",
                "date_from": start,
            }
            for code, login in SEATS.items()
        ]
    )
    categories = env["product.category"].create(
        [{"name": f"Business {number}"} for number in range(len(RATES))]
    )
    rates = env["club.points.rate"].create(
        [
            {
                "program_id": program.id,
                "category_id": category.id,
                "value": value,
                "date_from": start,
            }
            for category, value in zip(categories, RATES, strict=True)
        ]
    )
    rates._set_opening("Torture")
    accounts = env["res.partner"].create(
        [
            {
                "name": f"Account {number}",
                "ref": f"T-{number:05}",
                "is_company": True,
                "club_unit_id": unit.id,
                "club_manager_id": users[f"manager_{number % 5}"].id,
            }
            for number in range(ACCOUNTS)
        ]
    )
    env.flush_all()
    env.cr.execute(
        "INSERT INTO club_agreement (number, account_id, program_id, company_id,"
        " date_from) SELECT 'T' || a, a, %s, %s, %s FROM unnest(%s::int[]) a",
        [program.id, program.company_id.id, start, accounts.ids],
    )
    last = _add_months(program._today().replace(day=1), -1)
    months = (_add_months(last, -POINTS_LIVE), _add_months(last, -1), last)
    return Ground(env, program, users, unit, accounts, categories, months)


def _create_users(env):
    users = env["res.users"].create(
        [
            {
                "login": login,
                "name": login.title(),
                "email": f"{login}@example.com",
                "group_ids": [(6, 0, env.ref(group).ids)],
                "notification_type": "inbox",
            }
            for login, group in PEOPLE.items()
        ]
    )
    return {user.login: user for user in users}


def _make_keys(ground):
    keys = ground.env["res.users.apikeys"]
    return {
        login: keys.with_user(user).sudo()._generate(None, "torture", None)
        for login, user in ground.users.items()
    }


def _lay_facts(ground: Ground, months: dict[date, int]) -> None:
    """Lay posted invoice lines of every account: so many in each month."""
    env, cr = ground.env, ground.env.cr
    move = _template_move(env, ground.accounts[0], ground.categories[0])
    env.flush_all()
    cr.execute("SELECT setseed(%s)", [SEED])
    with bare_tables(cr, "account_move_line"):
        for month, lines in months.items():
            _copy_rows(
                cr,
                "account_move_line",
                move.invoice_line_ids.id,
                f"unnest(ARRAY{ground.accounts.ids}) WITH ORDINALITY b(id, place)"
                f" CROSS JOIN generate_series(1, {lines}) k",
                {
                    "id": "nextval('account_move_line_id_seq')",
                    "date": f"DATE '{month}' + k",
                    "invoice_date": f"DATE '{month}' + k",
                    "partner_id": "b.id",
                    "club_account_id": "b.id",
                    "club_category_id": f"(ARRAY{ground.categories.ids})"
                    f"[1 + (b.place + k) % {len(RATES)}]",
                    # From some hundreds to half a million.
                    "balance": "round(-exp(6 + 7 * random())::numeric, 2)",
                },
            )
    cr.commit()


def _compute(ground: Ground, month: date, kind: str):
    """Return a run of a month, computed and verified."""
    run = ground.as_user("officer", "club.points.run").create(
        {"program_id": ground.program.id, "month": month, "kind": kind}
    )
    run.no_controls_reason = "Torture"
    run.action_compute()
    for unit in run.unit_ids:
        unit.no_records_reason = "Torture"
        unit.with_user(ground.users["clerk"]).action_verify()
    assert run.entry_count, f"nothing to post: {run.name}"
    return run


def _requalify(ground: Ground):
    """Return a requalification of everybody whom posting enrolled, signed by all.

    Their terms are put back by a year, so that the window they are judged on is over.
    """
    ground.env.flush_all()
    ground.env.cr.execute(
        """
        UPDATE club_membership
           SET date_from = date_from - interval '1 year',
               date_to = date_to - interval '1 year',
               date_grace = date_grace - interval '1 year',
               -- What was decided when isn't compared with days that were put back.
               evidence = evidence - 'after'
         WHERE outcome IS NULL
        """
    )
    ground.env.invalidate_all()
    ends = ground.env["club.membership"].search([("outcome", "=", False)])
    days = ends.mapped("date_to")
    record = ground.as_user("officer", "club.requalification").create(
        {
            "program_id": ground.program.id,
            "date_from": min(days),
            "date_to": max(days),
        }
    )
    record.action_prepare()
    for name in ("unposted_reason", "parked_reason", "exception_reason"):
        record[name] = "The months before are left out"
    record.action_submit()
    _sign(ground, record)
    return record


def _adjust(ground: Ground):
    """Return an adjustment that takes effect with the next signature."""
    record = ground.as_user("officer", "club.points.adjustment").create(
        {
            "program_id": ground.program.id,
            "unit_id": ground.unit.id,
            "reason": "Goodwill",
            "line_ids": [
                (0, 0, {"account_id": account_id, "points": 60 + place % 40})
                for place, account_id in enumerate(ground.accounts.ids[:ADJUSTED])
            ],
        }
    )
    record.action_submit()
    _sign(ground, record, but="leader")
    assert record.approval_state == "waiting"
    return record


def _sign(ground: Ground, document, but: str = "") -> None:
    """Let each sign whose turn it is, but for one who is to sign later."""
    from odoo.addons.crm_club.models.approval.turns import Turns

    by_id = {user.id: user for user in ground.users.values()}
    while document.approval_state == "waiting":
        request = document.sudo().approval_request_id
        holders = Turns(request).get_eligible()
        turns = {h.user_id for found in holders.values() for h in found}
        user = by_id[min(turns & by_id.keys())]
        if user.login == but:
            return
        document.with_user(user).action_sign()
        document.invalidate_recordset()


def _statement(ground: Ground) -> str:
    """Return a statement of last month's revenue, each row for another line."""
    chance = random.Random(SEED)
    month = ground.months[-1].strftime("%Y-%m")
    rows = ["account code,category,month,amount"]
    for place in range(IMPORTED):
        account = ground.accounts[place % ACCOUNTS].ref
        name = f"Business {place // ACCOUNTS % len(RATES)}"
        rows.append(f"{account},{name},{month},{chance.uniform(1, 9000):.2f}")
    return "\n".join(rows) + "\n"


def _add_months(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
