"""What managers do for their accounts, month by month. Runs inside Odoo.

Contacts come by the hundred each month, so they are inserted by lists, each like one
that `create` stored. Duties follow from them by the product's own statements: those
that no contact fulfils in time are missed.
"""

import random
from datetime import date, timedelta
from typing import Any

from . import story
from .club import QUIETLY, Club
from .world import World

# How many of a tier's accounts are contacted in a month.
CONTACTED = {"diamond": 0.97, "platinum": 0.66, "gold": 0.48, "vip": 0.24}
VISITED = 0.35
# Not everybody is as diligent: a share of what the others do.
DILIGENCE = {"manager3": 0.55, "manager8": 0.45, "manager12": 0.7}
JOINED = ("enrolled", "upgraded")
SINCE = timedelta(days=2)  # who joined on the last days of the month before
WELCOMED = 0.86
CONFIRMED = 0.62
COMPLAINTS = 4  # a month
# Of the cases that were opened before this month; of members' new ones.
SETTLED, SETTLED_NOW, TAKEN = 0.94, 0.5, 0.4
CALLED = 0.93  # of those whose complaint was solved, to ask whether it helped
CASES_SINCE = timedelta(days=190)
WISHED = 0.88  # of birthdays


class Care:
    """The care of one month after the other.

    :param club: whose care
    """

    def __init__(self, club: Club, world: World) -> None:
        from odoo.addons.crm_club.models.record.like import read_like, taken_back

        self._club = club
        self._world = world
        self._env = club.env
        self._leads = {
            unit: club.users[login].id
            for login, units in (
                ("lead", ("parcel", "siming", "huli", "jimei", "haicang")),
                ("lead2", ("media", "tongan", "xiangan")),
                ("officer", ("centre",)),
            )
            for unit in units
        }
        self._causes = [
            self._env.ref(f"crm_club.club_retention_cause_{code}").id
            for code in ("price", "speed", "competitor", "contact", "business")
        ]
        self._env["club.contact.profile"]._cron_move_birthdays()
        rules = self._env["club.duty.rule"].search([])
        rules.date_from = club.program._today().replace(day=1)
        account = self._env["res.partner"].browse(next(iter(club.account_ids.values())))
        with taken_back(self._env):
            log = club.as_user("manager", "club.contact.log").with_context(
                tracking_disable=True, mail_create_nosubscribe=True
            )
            own = account.search([("club_manager_id", "=", club.users["manager"].id)])
            made = log.create(
                {
                    "account_id": own[:1].id,
                    "channel": "call",
                    "conversation": story.MESSAGES[0],
                }
            )
            self._like = read_like(made.sudo())

    def pass_month(self, day: date) -> None:
        """Let a month pass, up to a day of it: complaints, cases, duties."""
        rng = self._world.random(f"care/{day:%Y-%m}")
        self._complain(rng, day)
        self._env["club.account.pulse"]._refresh()
        if day > self._world.day - CASES_SINCE:
            self._env["club.retention"]._open_cases()
            self._keep(rng, day)
        self._env["club.duty"]._refresh()

    # === Contacts. Rules D3, D4 === #

    def contact(self, day: date) -> None:
        """Record the contacts of a month, up to a day of it."""
        from odoo.addons.crm_club.models.record.like import insert_like

        rng = self._world.random(f"contacts/{day:%Y-%m}")
        members = self._read_members(day)
        rows = [
            row for member in members for row in self._draw_contacts(rng, member, day)
        ]
        rows += self._draw_wishes(rng, members, day)
        rows.sort(key=lambda row: row["held_on"])
        if not rows:
            return
        logs = self._env["club.contact.log"]
        rows = [
            {**row, "name": name}
            for row, name in zip(rows, self._number(len(rows), day), strict=True)
        ]
        insert_like(
            logs, self._like, {key: [row[key] for row in rows] for key in rows[0]}
        )

    def _read_members(self, day: date) -> list[dict]:
        self._env.flush_all()
        self._env.cr.execute(
            """
            SELECT p.id, p.ref, t.code AS tier, m.date_from, m.origin,
                   u.id AS user_id, u.login,
                   (p.club_unit_id ->> %(company)s)::int AS unit_id,
                   p.city || coalesce(' ' || p.street, '') AS address,
                   c.id AS contact_id, c.name AS person, c.function
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id AND g.purpose = 'membership'
              JOIN club_tier t ON t.id = m.tier_id
              JOIN res_partner p ON p.id = m.account_id
              JOIN res_users u ON u.id = (p.club_manager_id ->> %(company)s)::int
         LEFT JOIN LATERAL (
                   SELECT c.id, c.name, c.function FROM res_partner c
                    WHERE c.commercial_partner_id = p.id AND NOT c.is_company
                    ORDER BY c.id DESC LIMIT 1) c ON TRUE
             WHERE m.state = 'valid' AND m.date_from <= %(day)s
               AND m.date_grace >= %(day)s AND p.ref LIKE 'XM%%'
             ORDER BY p.ref
            """,
            {"company": str(self._club.program.company_id.id), "day": day},
        )
        return self._env.cr.dictfetchall()

    def _draw_contacts(self, rng: random.Random, member: dict, day: date) -> list[dict]:
        """Return the contacts of a month with an account."""
        diligence = DILIGENCE.get(member["login"], 1)
        joined = member["date_from"]
        found: list[tuple[str, date | None]] = []
        if member["origin"] in JOINED and joined >= day.replace(day=1) - SINCE:
            if rng.random() < WELCOMED * diligence:
                found.append(("message", joined + timedelta(days=rng.randrange(3))))
                found.append(("visit", joined + timedelta(days=rng.randrange(3, 20))))
        elif rng.random() < CONTACTED[member["tier"]] * diligence:
            channel = "visit" if rng.random() < VISITED else "call"
            found.append((channel, None))
        if rng.random() < 0.12 * diligence:
            found.append(("message", None))
        return [self._prepare(rng, member, day, *each) for each in found]

    def _draw_wishes(
        self, rng: random.Random, members: list[dict], day: date
    ) -> list[dict]:
        """Return a message on each birthday of the month, but for some. Rule D5."""
        by_account = {member["id"]: member for member in members}
        self._env.cr.execute(
            """
            SELECT c.account_id, c.contact_id, p.name AS person, p.function,
                   c.birthday_next
              FROM club_contact_profile c
              JOIN res_partner p ON p.id = c.contact_id
             WHERE c.account_id = ANY(%s) AND c.birthday_next BETWEEN %s AND %s
             ORDER BY c.id
            """,
            [list(by_account), day.replace(day=1), day],
        )
        return [
            {
                **self._prepare(rng, {**by_account[account], **person}, day, "message"),
                "held_on": held_on,
                "date_filled": held_on,
                "conversation": rng.choice(story.WISHES),
            }
            for account, held_on, person in (
                (row.pop("account_id"), row.pop("birthday_next"), row)
                for row in self._env.cr.dictfetchall()
            )
            if rng.random() < WISHED
        ]

    def _prepare(
        self,
        rng: random.Random,
        member: dict,
        day: date,
        kind: str,
        on: date | None = None,
    ) -> dict:
        """Return a contact of the month up to a day, or a first one on its day."""
        first = day.replace(day=1)
        held_on = first + timedelta(days=rng.randrange((day - first).days + 1))
        held_on = min(on, day) if on else max(held_on, min(member["date_from"], day))
        is_message = kind == "message"
        talk = rng.choice(story.TALKS)
        is_first = bool(on) and not is_message
        is_confirmed = rng.random() < CONFIRMED
        unit = self._club.env["crm.team"].browse(member["unit_id"])
        checker = self._get_checker(unit, member["user_id"])
        next_on = held_on + timedelta(days=rng.randrange(14, 80))
        return {
            "user_id": member["user_id"],
            "create_uid": member["user_id"],
            "account_id": member["id"],
            "contact_id": member["contact_id"],
            "contact_name": member["person"],
            "contact_function": member["function"],
            "address": member["address"],
            "unit_id": member["unit_id"],
            "channel": "wechat" if is_message else kind,
            "held_on": held_on,
            "date_filled": held_on,
            "situation": None if is_message else talk.situation,
            "conversation": rng.choice(story.MESSAGES)
            if is_message
            else talk.conversation,
            "concerns": None if is_message else talk.concerns or None,
            "solved": None if is_message else talk.solved or None,
            "date_next": next_on if kind == "visit" else None,
            "is_coaching": is_first,
            "is_rights_told": is_first,
            "is_number_given": is_first,
            "state": "confirmed" if is_confirmed and checker else "recorded",
            "checked_by_id": checker if is_confirmed else None,
            "checked_on": day if is_confirmed and checker else None,
        }

    def _get_checker(self, unit: Any, user_id: int) -> int | None:
        """Return who leads a unit, unless it is the one whose contact it is."""
        while unit and not unit.user_id:
            unit = unit.parent_id
        return unit.user_id.id if unit.user_id.id != user_id else None

    def _number(self, count: int, day: date) -> list[str]:
        """Return numbers of contacts, from their sequence."""
        sequence = self._env["ir.sequence"].search(
            [("code", "=", "club.contact.log")], limit=1
        )
        self._env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            [f"ir_sequence_{sequence.id:03d}", count],
        )
        return [
            f"LOG/{day.year}/{number:0{sequence.padding}d}"
            for (number,) in self._env.cr.fetchall()
        ]

    # === Complaints and cases. Rules D7, D8 === #

    def _complain(self, rng: random.Random, day: date) -> None:
        """Note complaints down and settle them, some of them late."""
        members = self._read_members(day)
        is_now = day == self._world.day
        first = day.replace(day=1)
        for _ in range(COMPLAINTS):
            member = rng.choice(members)
            what = rng.choice(story.COMPLAINTS)
            held = first + timedelta(days=rng.randrange((day - first).days + 1))
            user = self._env["res.users"].browse(member["user_id"])
            need = (
                self._env["club.need"]
                .with_user(user)
                .create(
                    {
                        "name": what.name,
                        "account_id": member["id"],
                        "contact_id": member["contact_id"],
                        "is_complaint": True,
                        "kind": "service",
                        "channel": rng.choice(("hotline", "wechat", "mail")),
                        "cause_id": self._env.ref(
                            f"crm_club.club_complaint_cause_{what.cause}"
                        ).id,
                        "owner_id": user.id,
                        "date_received": held,
                    }
                )
            )
            if not is_now or rng.random() < 0.3:
                need.result = what.result
                need.action_done()
            if not is_now and rng.random() < CALLED:
                need.write({"call_mark": "4", "call_note": "满意 Content"})
                need.action_close_call()

    def _keep(self, rng: random.Random, day: date) -> None:
        """Take up the cases of members; what was opened a month ago is settled."""
        cases = self._env["club.retention"].search(
            [("state", "in", ("open", "taken"))], order="id"
        )
        settled = SETTLED_NOW if day == self._world.day else SETTLED
        first = day.replace(day=1)
        groups: dict[tuple[Any, str], Any] = {}
        for case in cases:
            if case.date_opened < first and rng.random() < settled:
                if case.is_dormant:
                    outcome = "lost" if rng.random() < 0.8 else "won_back"
                else:
                    outcome = "kept" if rng.random() < 0.75 else "lost"
            elif case.state == "open" and case.tier_id and rng.random() < TAKEN:
                outcome = "taken"
            else:
                continue
            key = case.user_id, outcome
            groups[key] = groups.get(key, cases.browse()) | case
        for (user, outcome), found in groups.items():
            self._settle(rng, found.with_user(user).with_context(**QUIETLY), outcome)

    def _settle(self, rng: random.Random, cases: Any, outcome: str) -> None:
        values = {
            "cause_id": rng.choice(self._causes),
            "competitor": rng.choice(story.COMPETITORS),
            "plan": rng.choice(story.KEEP_PLANS),
        }
        if outcome != "taken":
            values["result"] = story.LOST if outcome == "lost" else story.KEPT
        cases.write(values)
        if outcome == "taken":
            cases.action_take()
        elif outcome == "lost":
            cases.action_lose()
        elif outcome == "won_back":
            cases.action_win_back()
        else:
            cases.action_keep()
