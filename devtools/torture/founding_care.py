"""People of the accounts and what is owed to them: greetings, duties, nightly work.

Runs inside Odoo's shell.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from odoo import Command, fields

from .operations import JOBS

if TYPE_CHECKING:
    from .founding import Ground

PERSONS = 1_600  # accounts with somebody to greet: by turns by mail and by text message
TEXT = "Dear {name} of {account}: {manager}, {company}"
NEEDS = 60  # overdue, so that their owners are reminded
MONTHS_OWED = 6  # duties are owed since


def create_persons(ground: "Ground") -> Any:
    """Return a person each of members, who agreed to be written to, with a birthday."""
    env = ground.env
    terms = env["club.membership"].search(
        [("group_id.purpose", "=", "membership"), ("outcome", "=", False)]
    )
    accounts = terms.account_id.sorted("id")[:PERSONS]
    persons = env["res.partner"].create(
        [
            {
                "name": f"Person {place}",
                "parent_id": account.id,
                "email": f"person{place}@example.com",
                "phone": f"+86 138 0{place:07}",
            }
            for place, account in enumerate(accounts)
        ]
    )
    today = ground.program._today()
    env["club.contact.profile"].create(
        [
            {
                "contact_id": person.id,
                "birthday_calendar": "solar",
                "birthday_month": f"{(today + timedelta(days=place % 60)).month:02}",
                "birthday_day": 1 + place % 28,
                "consent_ids": [
                    Command.create(
                        {"channel": ("mail", "sms")[place % 2], "answer": "given"}
                    )
                ],
            }
            for place, person in enumerate(persons)
        ]
    )
    env.cr.commit()
    return persons


def greet(ground: "Ground") -> dict[str, int]:
    """Prepare greetings: one of everybody, whose first messages are sent, so that the
    job goes on with them; one of a manager's accounts, for its button.
    """
    ground.program.sms_by_odoo = True
    queued = _prepare_greeting(ground, "Harvest Feast", "head", "officer")
    prepared = _prepare_greeting(ground, "Winter Fair", "manager", "manager_0")
    queued.action_send()
    ground.env.flush_all()
    assert queued.queued_count, "nothing is left for the job"
    return {"sending": prepared.id}


def _prepare_greeting(ground: "Ground", name: str, level: str, login: str) -> Any:
    today = ground.program._today()
    occasion = ground.env["club.occasion"].create(
        {
            "name": name,
            "kind": "set",
            "owner_level": level,
            "company_id": ground.program.company_id.id,
            "text": TEXT,
            "day_ids": [Command.create({"date": today})],
        }
    )
    greeting = ground.as_user("officer", "club.greeting").create(
        {
            "occasion_id": occasion.id,
            "date": today,
            "user_id": ground.users[login].id,
        }
    )
    greeting.action_prepare()
    return greeting


def owe(ground: "Ground") -> None:
    """Let the night have something to do: duties, overdue needs, a manager who left."""
    env = ground.env
    today = ground.program._today()
    rules = env["club.duty.rule"].search([])
    rules.date_from = fields.Date.subtract(today, months=MONTHS_OWED).replace(day=1)
    env["club.need"].create(
        [
            {
                "name": f"Need {place}",
                "account_id": account.id,
                "owner_id": ground.users["manager_0"].id,
                "date_due": today - timedelta(days=3),
            }
            for place, account in enumerate(ground.accounts[:NEEDS])
        ]
    )
    env["club.scorecard"].create({"unit_id": ground.unit.id, "year": today.year})
    env["club.target"].create(
        {
            "unit_id": ground.unit.id,
            "amount": 1_000_000,
            "date_from": today.replace(day=1),
        }
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE club_contact_profile SET birthday_next = %s WHERE id %% 4 = 0",
        [today - timedelta(days=1)],
    )
    # Told to nobody, as after a gap in the personnel's data: the night finds it.
    env.cr.execute(
        "UPDATE res_users SET active = FALSE WHERE id = %s",
        [ground.users["manager_4"].id],
    )
    env.invalidate_all()


def find_jobs(env: Any) -> dict[str, list[int]]:
    """Return the ids of the jobs of each operation."""
    return {
        operation: [env.ref(f"crm_club.ir_cron_club_{job}").id for job in jobs]
        for operation, jobs in JOBS.items()
    }
