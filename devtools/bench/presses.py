"""How many steps a press of a button takes: SQL queries, and files of ours passed.

On a small club of its own, each press is one call over RPC: in a transaction object of
its own with nothing cached, up to and with the hooks before the commit. Each is pressed
three times, on a record of its own, and the third one counts: the ones before it read
what a server that has been up for a minute knows (the first one's queries stand beside
it). Queries are those of the cursor; a file of ours is passed when one of its functions
is called. Nothing is committed.
"""

import sys
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields

from odoo.addons import crm_club

from .timing import as_user

TIMES = 3
OURS = Path(crm_club.__file__).parent
TARGETS = {"submit": 25, "last_signature": 45, "compute_run": 50}
MONEY = 20_000.0  # two stages: the unit, then two bodies


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    club = Club(env)
    steps = {
        "submit": club.submit,
        "last_signature": club.sign_last,
        "compute_run": club.compute_run,
        "invite": club.invite,
        "confirm": club.confirm,
        "check_in": club.check_in,
    }
    figures = {}
    for name, press in steps.items():
        first, _second, warm = (press() for _time in range(TIMES))
        figures[name] = {**warm, "first_queries": first["queries"]}
        print(_format(name, figures[name]), flush=True)
    env.cr.rollback()
    return {"presses": figures}


def _format(name, found):
    target = f" (at most {TARGETS[name]})" if name in TARGETS else ""
    return (
        f"{name:<16}{found['queries']:>5} queries{target}, "
        f"{found['first_queries']} the first time, {found['files']} files"
    )


class Club:
    """A unit with its lead, a type of activity, members, and what is pressed next."""

    def __init__(self, env):
        self.env = env
        self.now = fields.Datetime.now()
        this_month = fields.Date.start_of(self.now.date(), "month")
        self.month = fields.Date.subtract(this_month, months=1)
        self.officer, self.desk, self.lead, self.clerk, *self.signers = (
            self._create_users(
                officer="officer",
                desk="officer",
                lead="lead",
                clerk="clerk",
                **{f"signer_{number}": None for number in (1, 2)},
            )
        )
        self.unit = env["crm.team"].create(
            {"name": "Bench unit", "user_id": self.lead.id, "club_level": "branch"}
        )
        env["club.unit.clerk"].create(
            {
                "unit_id": self.unit.id,
                "user_id": self.clerk.id,
                "date_from": "2020-01-01",
            }
        )
        bodies = env["club.body"].search(
            [
                ("company_id", "=", env.company.id),
                ("code", "in", ("key_accounts", "office")),
            ]
        )
        env["club.body.seat"].create(
            [
                {
                    "body_id": body.id,
                    "user_id": user.id,
                    "office": "Head",
                    "date_from": "2020-01-01",
                }
                for body, user in zip(bodies, self.signers, strict=True)
            ]
        )
        env.company.club_timezone = "Asia/Shanghai"
        # One for each activity, so that no amounts add up.
        self.types = list(
            env["club.activity.type"].create(
                [
                    {
                        "name": "Bench talk",
                        "code": f"bench_{number}",
                        "attendance_points": 50,
                    }
                    for number in range(2 * TIMES)
                ]
            )
        )
        self.waiting, self.invited = [], []
        self.desk.group_ids |= env.ref("event.group_event_registration_desk")
        env.flush_all()

    def _create_users(self, **roles):
        users = self.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            [
                {
                    "name": f"Bench {login}",
                    "login": f"bench_{login}",
                    "email": f"bench_{login}@example.com",
                    "group_ids": [
                        Command.set(
                            self.env.ref(
                                f"crm_club.crm_club_group_{role}"
                                if role
                                else "base.group_user"
                            ).ids
                        )
                    ],
                }
                for login, role in roles.items()
            ]
        )

    def _draw_up(self):
        begins = self.now + timedelta(days=20)
        return (
            self.env["club.activity"]
            .with_user(self.clerk)
            .create(
                {
                    "theme": "Bench",
                    "type_id": self.types.pop().id,
                    "unit_id": self.unit.id,
                    "reason": "Bench",
                    "place": "Hall",
                    "headcount": 10,
                    "date_begin": begins,
                    "date_end": begins + timedelta(hours=2),
                    "cost_ids": [
                        Command.create({"kind": "venue", "name": "H", "amount": MONEY})
                    ],
                }
            )
        )

    def press(self, user, record, method):
        """Call a method as RPC does; return the queries and the files it took."""
        self.env.flush_all()
        passed, cr = set(), self.env.cr

        def watch(frame, event, _argument):
            if event == "call":
                passed.add(frame.f_code.co_filename)

        with as_user(self.env, user.id) as user_env:
            pressed = user_env[record._name].browse(record.ids)
            before = cr.sql_log_count
            sys.setprofile(watch)
            try:
                getattr(pressed, method)()
                cr.flush()
            finally:
                sys.setprofile(None)
            queries = cr.sql_log_count - before
        self.env.invalidate_all(flush=False)
        files = sorted(
            str(path.relative_to(OURS))
            for path in map(Path, passed)
            if path.is_relative_to(OURS)
        )
        return {
            "queries": queries,
            "files": len(files),
            "passed": files,
        }

    def submit(self):
        """Submit an activity outside the plan; the members' unit applies."""
        activity = self._draw_up()
        found = self.press(self.clerk, activity, "action_submit")
        self.waiting.append(activity)
        return found

    def sign_last(self):
        """Give the last signature of an activity, which puts it into effect."""
        activity = self.waiting.pop()
        for user in (self.lead, *self.signers):
            found = self.press(user, activity, "action_sign")
        assert activity.sudo().approval_state == "done", activity.approval_state
        return found

    def compute_run(self):
        """Compute the points of last month, in which an account had revenue."""
        self._add_revenue()
        run = self.env["club.points.run"].create(
            {
                "program_id": self.env.ref("crm_club.club_program_main").id,
                "month": self.month,
            }
        )
        found = self.press(self.env.user, run, "action_compute")
        run.action_reset()
        run.unlink()
        return found

    def invite(self):
        """Invite a contact to an activity that invites."""
        activity = self._open_activity()
        contact = self._create_contact()
        guest = (
            self.env["club.invitation"]
            .with_user(self.officer)
            .create({"activity_id": activity.id, "contact_id": contact.id})
        )
        self.invited.append(guest)
        return self.press(self.officer, guest, "action_invite")

    def confirm(self):
        """Note that an invited guest will come."""
        found = self.press(self.officer, self.invited[0], "action_confirm")
        self.invited.append(self.invited.pop(0))
        return found

    def check_in(self):
        """Scan the badge of a guest on the day."""
        guest = self.invited.pop()
        self.env.flush_all()
        for table in ("club_activity", "event_event"):
            self.env.cr.execute(
                f"UPDATE {table} SET date_begin = now() AT TIME ZONE 'UTC'"  # noqa: S608
            )
        self.env.invalidate_all()
        registration = guest.sudo().registration_id
        found = self.press(self.desk, registration, "action_set_done")
        assert guest.sudo().state == "attended", guest.state
        return found

    def _add_revenue(self):
        account = self.env["res.partner"].create(
            {"name": "Bench payer", "is_company": True, "club_unit_id": self.unit.id}
        )
        imported = self.env["club.revenue.import"]._create_guarded(
            [
                {
                    "name": "Bench",
                    "company_id": self.env.company.id,
                    "digest": f"bench {account.id}",
                    "state": "done",
                    "unit": "yuan",
                }
            ]
        )
        rate = self.env["club.points.rate"].search([], limit=1)
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO club_revenue_line (import_id, company_id, account_id,"
            " category_id, month, amount, state, row)"
            " VALUES (%s, %s, %s, %s, %s, 1000, 'valid', 1)",
            [
                *(imported.id, imported.company_id.id, account.id),
                *(rate.category_id.id or None, self.month),
            ],
        )

    def _open_activity(self):
        activity = self._draw_up().with_user(self.env.user)
        activity._set_opening("Bench")
        activity.with_user(self.officer).action_start_inviting()
        return activity

    def _create_contact(self):
        account = self.env["res.partner"].create(
            {"name": "Bench member", "is_company": True, "club_unit_id": self.unit.id}
        )
        program = self.env.ref("crm_club.club_program_main")
        group = program.group_ids.filtered(lambda group: group.purpose == "membership")
        self.env["club.membership"]._insert(
            program,
            [
                {
                    "account_id": account.id,
                    "group_id": group.id,
                    "tier_id": group.tier_ids[-1].id,
                    "date_from": self.now.date() - timedelta(days=30),
                    "date_to": self.now.date() + timedelta(days=300),
                    "origin": "opening",
                }
            ],
        )
        program._refresh_mirrors(account)
        return self.env["res.partner"].create(
            {"name": "Bench guest", "parent_id": account.id, "email": "g@example.com"}
        )
