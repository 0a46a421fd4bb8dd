from odoo.tests import freeze_time, tagged

from .test_guests import GuestCase

FEW, MANY = 20, 200
# Odoo inserts and updates a hundred rows at a time, and looks up a thousand.
BATCHES = 14
LIST = {
    "activity_id": {"fields": {"display_name": {}}},
    "contact_id": {"fields": {"display_name": {}}},
    "account_id": {"fields": {"display_name": {}}},
    "tier_id": {"fields": {"display_name": {}}},
    "manager_id": {"fields": {"display_name": {}}},
    "confirm_until": {},
    "stage": {},
    "state": {},
    "waiting_place": {},
}


@tagged("post_install", "-at_install")
class TestGuestQueries(GuestCase):
    """What a screen or a button costs doesn't grow with the guests."""

    def _count(self, do):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        do()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _measure(self, number):
        """Return the queries of each step of an activity with so many guests."""
        activity = self._create_activity(headcount=number - 5)
        contacts = self._create_member_contacts(number)
        candidates = self.env["club.guest.candidate"].with_user(self.officer)
        mine = activity.with_user(self.officer)
        action = mine.action_propose_guests()
        guests = self.env["club.invitation"].with_user(self.manager)
        domain = [("activity_id", "=", activity.id)]
        costs = {
            "candidates": self._count(mine.action_propose_guests),
            "list of candidates": self._count(
                lambda: candidates.web_search_read(
                    action["domain"],
                    {
                        "contact_id": {"fields": {"display_name": {}}},
                        "function": {},
                        "account_id": {"fields": {"display_name": {}}},
                        "state": {},
                    },
                )
            ),
            "propose": self._count(
                lambda: candidates.search(
                    [("contact_id", "in", contacts.ids)]
                ).action_propose()
            ),
            "invite": self._count(mine.action_invite_guests),
            "list": self._count(lambda: guests.web_search_read(domain, LIST)),
            "confirm": self._count(lambda: guests.search(domain).action_confirm()),
            "list of waiting": self._count(
                lambda: guests.web_search_read(domain, LIST)
            ),
            "form": self._count(
                lambda: mine.web_read(
                    {
                        "guest_invited": {},
                        "guest_seated": {},
                        "exception_seats": {},
                        "seat_ids": {"fields": {"taken": {}}},
                        "invitation_ids": {"fields": LIST, "limit": 40},
                    }
                )
            ),
        }
        seated = guests.search([*domain, ("state", "=", "confirmed")])
        badges = seated[: number // 3].registration_id.ids
        registrations = self.env["event.registration"]
        with freeze_time(activity.date_begin):
            costs["check in"] = self._count(
                lambda: registrations.browse(badges).action_set_done()
            )
        activity._write_guarded({"stage": "held"})
        costs["hold"] = self._count(activity._on_held)
        costs["points"] = self._count(mine.action_post_attendance)
        costs["partners"] = self._count(
            lambda: contacts.with_user(self.manager).mapped("club_came_count")
        )
        return costs

    def test_query_counts_are_flat(self):
        self._measure(12)
        few, many = self._measure(FEW), self._measure(MANY)
        for step, count in many.items():
            with self.subTest(step=step, few=few[step], many=count):
                self.assertLessEqual(count - few[step], BATCHES)
