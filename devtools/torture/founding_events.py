"""Activities, each one call away from its next step; a settlement; a take-on; gifts,
cards, vouchers and the year's budget.

Runs inside Odoo's shell.
"""

import base64
import io
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from odoo import Command, fields

from odoo.addons.crm_club.kernel.take_on import SHEETS
from odoo.addons.crm_club.models.activity.event import create_events
from odoo.addons.crm_club.models.record.lock import closed, opened

if TYPE_CHECKING:
    from .founding import Ground

GUESTS = 240  # of an activity
TO_CLOSE = 60  # activities closed by one press
CALLOFFS = 200  # on the settlement
TAKEN_ON = 1_000  # accounts
VOUCHERS = 3_000
GIFTS, CARDS = 400, 800
HALLS = "Halls"  # the subject of the contract
FOR_EVER = date(2099, 12, 31)


def hold_activities(ground: "Ground", persons: Any) -> dict[str, Any]:
    """Return the activities: one to hold, one whose attendance gives points, one whose
    guests are to be asked, many to close.
    """
    kind = ground.env["club.activity.type"].create(
        {
            "name": "Lecture",
            "code": "torture",
            "attendance_points": 50,
            "survey_id": ground.env.ref("crm_club.club_survey").id,
        }
    )
    came = persons[:GUESTS]
    attendance = _hold(ground, kind, "Lecture with points", came)
    asked = _hold(ground, kind, "Lecture with a survey", came)
    to_close = ground.env["club.activity"]
    for place in range(TO_CLOSE):
        to_close |= _hold(ground, kind, f"Lecture {place}", came[:0])
    ground.env["club.activity.expense"].create(
        [
            {"activity_id": activity.id, "name": "Tea", "amount": 100 + place}
            for place, activity in enumerate(to_close)
        ]
    )
    to_close.summary = "<p>They came, and liked it</p>"
    return {
        "holding": _invite(ground, kind, came),
        "attendance": attendance.id,
        "survey": asked.id,
        "closing": to_close.ids,
    }


def _create(ground: "Ground", kind: Any, theme: str, begin: Any) -> Any:
    """Return an activity as one is that all have signed."""
    activity = ground.env["club.activity"].create(
        {
            "theme": theme,
            "type_id": kind.id,
            "unit_id": ground.unit.id,
            "reason": "They asked for it",
            "date_begin": begin,
            "date_end": begin + timedelta(hours=2),
            "headcount": GUESTS,
            "cost_ids": [Command.create({"kind": "catering", "amount": 1_000})],
        }
    )
    opened(activity).approval_state = "done"
    activity._write_guarded({"stage": "preparing"})
    create_events(activity)
    return closed(activity)


def _hold(ground: "Ground", kind: Any, theme: str, came: Any) -> Any:
    """Return an activity that was held, with who came."""
    begin = fields.Datetime.now() - timedelta(days=3)
    activity = _create(ground, kind, theme, begin)
    activity._write_guarded({"stage": "held"})
    guests = opened(ground.env["club.invitation"]).create(
        [
            {"activity_id": activity.id, "contact_id": person.id, "state": "attended"}
            for person in came
        ]
    )
    guests._judge()
    assert all(guest.tier_id for guest in guests), "a guest is no member"
    return activity


def _invite(ground: "Ground", kind: Any, persons: Any) -> int:
    """Return the id of an activity that is over; half of those who have a seat came."""
    env = ground.env
    begin = fields.Datetime.now() + timedelta(minutes=30)
    activity = _create(ground, kind, "Lecture today", begin)
    activity._write_guarded({"stage": "inviting"})
    guests = ground.as_user("officer", "club.invitation").create(
        [{"activity_id": activity.id, "contact_id": person.id} for person in persons]
    )
    guests.action_invite()
    guests.action_confirm()
    guests[::2].registration_id.sudo().action_set_done()
    env.flush_all()
    for table in ("club_activity", "event_event"):
        env.cr.execute(
            f"UPDATE {table} SET date_begin = date_begin - interval '1 day',"
            " date_end = date_end - interval '1 day' WHERE id = %s",
            [activity.id if table == "club_activity" else activity.event_id.id],
        )
    env.invalidate_all()
    return activity.id


def settle(ground: "Ground") -> Any:
    """Return a settlement of call-offs, submitted."""
    env = ground.env
    today = ground.program._today()
    activity = env["club.activity"].search([("stage", "=", "held")], limit=1)
    contract = env["club.cooperation"].create(
        {
            "company_id": ground.program.company_id.id,
            "unit_id": ground.unit.id,
            "partner_id": env["res.partner"].create({"name": "Hall"}).id,
            "purpose": "venue",
            "subject": HALLS,
            "date_from": today.replace(month=1, day=1),
            "date_to": FOR_EVER,
            "amount": 10_000,
        }
    )
    contract._set_opening("Torture")
    calloffs = env["club.cooperation.calloff"].create(
        [
            {
                "cooperation_id": contract.id,
                "activity_id": activity.id,
                "description": f"Evening {place}",
                "amount": 10 + place % 20,
                "date": today,
            }
            for place in range(CALLOFFS)
        ]
    )
    calloffs.action_confirm()
    record = ground.as_user("officer", "club.settlement").create(
        {
            "company_id": ground.program.company_id.id,
            "unit_id": ground.unit.id,
            "activity_id": activity.id,
            "subject": "Halls of the year",
        }
    )
    record.action_collect()
    record.action_submit()
    return record


def draw_up_take_on(ground: "Ground") -> Any:
    """Return a take-on of a thousand accounts, submitted."""
    record = ground.as_user("officer", "club.take.on").create(
        {
            "program_id": ground.program.id,
            "file": base64.b64encode(_make_sheet(ground)),
            "filename": "take-on.xlsx",
        }
    )
    faults = record.fault_ids[:3].mapped("problem")
    assert not record.fault_count, faults
    record.action_submit()
    return record


def _make_sheet(ground: "Ground") -> bytes:
    import xlsxwriter

    group = ground.program.group_ids.filtered(lambda each: each.purpose != "grade")[:1]
    role = ground.env["club.contact.role"].create({"name": "Torture role"})
    tiers = group.tier_ids.mapped("name")
    year = ground.program._today().year
    rows = {key: [] for key in SHEETS}
    chance = random.Random(TAKEN_ON)
    for place in range(TAKEN_ON):
        code = {"account": f"K-{place:05}"}
        rows["accounts"].append(
            {
                "name": f"Taken on {place}",
                "ref": code["account"],
                "unit": ground.unit.name,
                "manager": f"manager_{place % 4}",
                "agreement": f"KA-{place}",
                "card": f"KVIP-{place:05}",
            }
        )
        rows["contacts"].append(
            {
                **code,
                "name": f"Person taken on {place}",
                "roles": role.name,
                "phone": f"1390{place:07}",
                "email": f"taken{place}@example.com",
                "calendar": ("阳历", "农历")[place % 2],
                "birthday": f"19{60 + place % 40}-{1 + place % 12:02}-{1 + place % 28}",
            }
        )
        rows["tiers"].append(
            {
                **code,
                "group": group.name,
                "tier": tiers[place % len(tiers)],
                "date_from": f"{year}-01-01",
                "date_to": f"{year + 1}-12-31",
            }
        )
        rows["points"].append(
            {
                **code,
                "kind": "revenue",
                "points": str(1_000 + chance.randrange(9_000)),
                "valid_until": f"{year + 1}-12-31",
            }
        )
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        for key, kind in SHEETS.items():
            sheet = book.add_worksheet(kind.label)
            names = [column.key for column in kind.columns]
            sheet.write_row(0, 0, [column.label for column in kind.columns])
            for number, row in enumerate(rows[key], start=1):
                for name, cell in row.items():
                    sheet.write_string(number, names.index(name), cell)
    return output.getvalue()


def draw_up_vouchers(ground: "Ground") -> int:
    """Return the id of a batch of vouchers that is still to be issued."""
    bank = ground.env["res.partner"].create({"name": "Bank", "is_company": True})
    batch = ground.as_user("officer", "club.voucher.batch").create(
        {
            "company_id": ground.program.company_id.id,
            "partner_id": bank.id,
            "subject": "A month of city courier",
            "quantity": VOUCHERS,
            "value": 50,
            "date_from": ground.program._today(),
            "date_to": FOR_EVER,
        }
    )
    return batch.id


def draw_up_gifts(ground: "Ground", persons: Any) -> int:
    """Return the id of a list of gifts that is still to be confirmed."""
    gifts = ground.as_user("officer", "club.gift.list").create(
        {
            "purpose": "Harvest Feast",
            "company_id": ground.program.company_id.id,
            "gift_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "item": "Fruit basket",
                        "value": 50 + place % 20,
                        "value_source": "Invoice 7",
                    }
                )
                for place, account in enumerate(persons.parent_id[:GIFTS])
            ],
        }
    )
    return gifts.id


def find_cardless(ground: "Ground") -> list[int]:
    """Return the ids of terms whose cards are still to be issued."""
    terms = ground.env["club.membership"].search(
        [("group_id.purpose", "=", "membership"), ("outcome", "=", False)],
        order="id",
        limit=CARDS,
    )
    return terms.ids


def draw_up_budgets(ground: "Ground") -> tuple[Any, Any]:
    """Return this year's budget of all accounts, submitted, and next year's, which is
    still to be prepared.
    """
    year = ground.program._today().year
    budget, proposed = ground.as_user("officer", "club.budget").create(
        [
            {"program_id": ground.program.id, "year": year},
            {"program_id": ground.program.id, "year": year + 1},
        ]
    )
    budget.action_prepare()
    budget.action_submit()
    return budget, proposed
