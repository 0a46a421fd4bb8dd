"""Activities that invite, and members to invite."""

from contextlib import contextmanager
from datetime import date, datetime

from odoo import fields
from odoo.tests import freeze_time

from ...models.activity.event import create_events
from ...models.activity.stages import INVITING, PREPARING
from ...models.record.lock import closed, opened
from ..shared_world import shared


class GuestMixin:
    """For `ClubCommon` and for `SessionsCase`."""

    begin, end = datetime(2026, 5, 8, 6), datetime(2026, 5, 8, 9)

    @classmethod
    @shared
    def _set_up_guests(cls):
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.type = cls.env["club.activity.type"].create(
            {"name": "Lecture", "code": "test", "attendance_points": 50}
        )

    @classmethod
    def _make_member(cls, accounts, tier="gold", date_to=date(2099, 12, 31)):
        cls.env["club.membership"]._insert(
            cls.program,
            [
                {
                    "account_id": account.id,
                    "group_id": cls.membership.id,
                    "tier_id": cls.tiers[tier].id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date_to,
                    "origin": "opening",
                }
                for account in accounts
            ],
        )
        cls.program._refresh_mirrors(accounts)
        return accounts

    @classmethod
    def _create_contacts(cls, accounts, count=1, name=None):
        """Return so many persons of each account."""
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"{name or account.name} guest {number}",
                    "parent_id": account.id,
                    "email": f"guest{number}.{account.id}@example.com",
                }
                for account in accounts
                for number in range(count)
            ]
        )

    @classmethod
    def _create_member_contacts(cls, count, tier="gold", **values):
        """Return a person each of new member accounts that Quay's manager manages."""
        values = {
            "club_unit_id": cls.unit.id,
            "club_manager_id": cls.manager.id,
            **values,
        }
        accounts = cls.env["res.partner"].create(
            [
                {"name": f"{tier} {number}", "is_company": True, **values}
                for number in range(count)
            ]
        )
        return cls._create_contacts(cls._make_member(accounts, tier))

    @classmethod
    def _create_activity(cls, stage=INVITING, **values):
        """Return an approved activity, without its signatures."""
        activity = cls.env["club.activity"].create(
            {
                "theme": "Health lecture",
                "type_id": cls.type.id,
                "unit_id": cls.unit.id,
                "reason": "Because",
                "date_begin": cls.begin,
                "date_end": cls.end,
                "headcount": 10,
                **values,
            }
        )
        opened(activity).approval_state = "done"
        activity._write_guarded({"stage": PREPARING})
        create_events(activity)
        if stage == INVITING:
            activity._write_guarded({"stage": INVITING})
        return closed(activity)

    @classmethod
    def _invite(cls, activity, contacts):
        """Return the invitations of an officer."""
        guests = (
            cls.env["club.invitation"]
            .with_user(cls.officer)
            .create(
                [
                    {"activity_id": activity.id, "contact_id": contact.id}
                    for contact in contacts
                ]
            )
        )
        guests.action_invite()
        return guests.with_user(cls.env.user)

    @contextmanager
    def assertRefused(self, error, message):
        """Like `assertRaisesRegex`, and rolled back as a request would be."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), message)

    def _seat(self, activity, contacts):
        guests = self._invite(activity, contacts)
        guests.with_user(self.officer).action_confirm()
        self.assertEqual(set(guests.mapped("state")), {"confirmed"})
        return guests

    def _hold(self, activity):
        """Let the activity take place, in its time."""
        activity._write_guarded({"stage": "held"})
        activity._on_held()

    def _check_in(self, guests):
        """Scan the badges of guests on the day."""
        registrations = guests.registration_id
        with freeze_time(max(fields.Datetime.now(), guests.activity_id.date_begin)):
            registrations.sudo().action_set_done()

    def _request(self, user, activity, contact, kind="prospect", **values):
        """Request an exception in the dialog, and return the guest."""
        dialog = (
            self.env["club.guest.exception"]
            .with_user(user)
            .create(
                {
                    "activity_id": activity.id,
                    "contact_id": contact.id,
                    "kind": kind,
                    "reason": "Decides next year",
                    **values,
                }
            )
        )
        # Who is at the door is there on the day.
        begins = activity.date_begin if values.get("is_at_door") else datetime.min
        with freeze_time(max(fields.Datetime.now(), begins)):
            dialog.action_request()
        return self.env["club.invitation"].search(
            [("activity_id", "=", activity.id), ("contact_id", "=", contact.id)],
            order="id desc",
            limit=1,
        )

    def _get_todos(self, record, name):
        """Return the logins that have a to-do of a type on a record."""
        kind = self.env.ref(f"crm_club.{name}")
        todos = self.env["mail.activity"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
                ("activity_type_id", "=", kind.id),
            ]
        )
        return sorted(todos.user_id.mapped("login"))
