"""The list of accounts: one's own first, by term end, birthday, contact. D3, D4, A8."""

from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .duty_case import DutyCase

SPEC = {
    "complete_name": {},
    "club_tier_valid_until": {},
    "club_birthday_next": {},
    "club_last_contact_on": {},
    "club_duty_next": {},
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountList(DutyCase):
    def setUp(self):
        super().setUp()
        self.account_c = self._create_account(
            "Canal Silk",
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
        )
        self._join(self.account_a, "gold", date(2026, 1, 1), date(2026, 12, 31))
        self._join(self.account_c, "gold", date(2026, 1, 1), date(2026, 6, 30))

    def _add_birthday(self, account, day):
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": account.id}
        )
        return self.env["club.contact.profile"].create(
            {
                "contact_id": person.id,
                "birthday_month": f"{day.month:02}",
                "birthday_day": day.day,
            }
        )

    def _open(self, user, order):
        """Return the user's accounts in an order."""
        self.env.flush_all()
        self.env.invalidate_all()
        partners = (
            self.env["res.partner"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
        )
        found = partners.web_search_read(
            [("id", "in", (self.account_a + self.account_c).ids)], SPEC, order=order
        )
        return found["records"]

    def _names(self, user, order):
        return [row["complete_name"] for row in self._open(user, order)]

    def test_it_is_sorted_by_term_end_birthday_and_contact(self):
        self._add_birthday(self.account_a, TODAY + timedelta(days=1))
        self._add_birthday(self.account_a, TODAY + timedelta(days=9))
        self._add_birthday(self.account_c, TODAY + timedelta(days=5))
        self._record(self.account_a, TODAY - timedelta(days=1))
        self._record(self.account_c, TODAY)
        a_first, c_first = (
            ["Anchor Mills", "Canal Silk"],
            ["Canal Silk", "Anchor Mills"],
        )
        for order, names in (
            ("club_tier_valid_until", c_first),
            ("club_tier_valid_until desc", a_first),
            ("club_birthday_next", a_first),
            ("club_birthday_next desc", c_first),
            ("club_last_contact_on", a_first),
            ("club_last_contact_on desc", c_first),
        ):
            with self.subTest(order=order):
                self.assertEqual(self._names(self.manager, order), names)
        row = self._open(self.manager, "club_birthday_next")[0]
        self.assertEqual(row["club_birthday_next"], TODAY + timedelta(days=1))
        self.assertEqual(row["club_tier_valid_until"], date(2026, 12, 31))
        described = self.env["res.partner"].with_user(self.manager).fields_get([*SPEC])
        self.assertTrue(all(field["sortable"] for field in described.values()))

    def test_whose_birthdays_one_may_not_know_neither_shows_nor_sorts(self):
        """Rule A8."""
        self.account_a.club_manager_id = False
        self._add_birthday(self.account_a, TODAY + timedelta(days=1))
        self._add_birthday(self.account_c, TODAY + timedelta(days=5))
        rows = self._open(self.manager, "club_birthday_next")
        self.assertEqual(rows[0]["complete_name"], "Canal Silk")
        self.assertFalse(rows[1]["club_birthday_next"])
        self.assertEqual(
            self._names(self.lead, "club_birthday_next")[0], "Anchor Mills"
        )

    def test_whoever_has_accounts_of_his_own_begins_with_them(self):
        for user, is_mine in (
            *((self.manager, True), (self.finance, False)),
            *((self.officer, False), (self.auditor, False)),
        ):
            with self.subTest(user=user.login):
                partners = self.env["res.partner"].with_user(user)
                context = partners.with_context(
                    allowed_company_ids=self.company.ids
                ).action_open_club_accounts()["context"]
                self.assertEqual("search_default_club_mine" in context, is_mine)
