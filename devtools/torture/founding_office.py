"""Complaints, orders and bulletins, each one call away from its next step.

Runs inside Odoo's shell, after the ledger: it is the members who complain.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from odoo import Command, fields

from .founding_events import CALLOFFS, HALLS

if TYPE_CHECKING:
    from .founding import Ground

COMPLAINTS = 200  # to be solved, and as many whose complainant is to be called
UNITS = 8  # that want bulletins, besides the one with the accounts
MONTHS_TOLD = 3  # bulletins are drafted of
BODIES = ("executive", "presidium")  # whose holders read them
READERS = ("manager_0", "manager_1", "manager_2", "manager_3", "clerk", "lead")


def complain(ground: "Ground") -> dict[str, list[int]]:
    """Return the complaints: some to be solved, some whose complainant was called, who
    is not content by turns.
    """
    accounts = ground.accounts.sorted("id")[-2 * COMPLAINTS :]
    cause = ground.env.ref("crm_club.club_complaint_cause_delay")
    needs = ground.env["club.need"].create(
        [
            {
                "name": f"Complaint {place}",
                "account_id": account.id,
                "owner_id": ground.users["manager_0"].id,
                "is_complaint": True,
                "cause_id": cause.id,
                "result": "Carried anew, at our cost",
            }
            for place, account in enumerate(accounts)
        ]
    )
    called = needs[COMPLAINTS:]
    called.with_user(ground.users["officer"]).action_done()
    called.write({"call_mark": "5", "call_note": "Thanks"})
    called[::3].write({"call_mark": "1", "call_note": "Still late"})
    ground.env.cr.commit()
    return {"solving": needs[:COMPLAINTS].ids, "calling": called.ids}


def order(ground: "Ground") -> list[int]:
    """Return the ids of what is to be called off under the contract, in one go."""
    contract = ground.env["club.cooperation"].search([("subject", "=", HALLS)])
    calloffs = ground.as_user("officer", "club.cooperation.calloff").create(
        [
            {
                "cooperation_id": contract.id,
                "description": f"Morning {place}",
                "amount": 10 + place % 20,
                "date": ground.program._today(),
            }
            for place in range(CALLOFFS)
        ]
    )
    return calloffs.ids


def tell(ground: "Ground") -> int:
    """Let units and the company want bulletins of the last months, which have figures.

    :return: the id of the company's bulletin of last month, still to be issued
    """
    env = ground.env
    company = ground.program.company_id
    last = ground.months[-1]
    first = fields.Date.subtract(last, months=MONTHS_TOLD - 1)
    units = env["crm.team"].create(
        [
            {
                "name": f"Harbour {place}",
                "company_id": company.id,
                "club_level": "branch",
                "user_id": ground.users["lead"].id,
            }
            for place in range(UNITS)
        ]
    )
    # The job for figures still has those of all other months to work out.
    env["club.figure"].sudo()._refresh(company, first, last)
    (units | ground.unit).club_bulletin = "both"
    ground.program.bulletin = "both"
    company._write_guarded({"club_bulletins_until": first - timedelta(days=1)})
    bodies = [env.ref(f"crm_club.club_body_{code}") for code in BODIES]
    bulletin = ground.as_user("officer", "club.bulletin").create(
        {
            "company_id": company.id,
            "kind": "month",
            "month": last,
            "user_ids": [Command.set([ground.users[name].id for name in READERS])],
            "body_ids": [Command.set([body.id for body in bodies])],
        }
    )
    bulletin.action_generate()
    assert bulletin.figures_at, "nothing to tell"
    return bulletin.id
