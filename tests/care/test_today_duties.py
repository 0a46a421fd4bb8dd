"""Duties on the list of today: in words, one dialog a row, waived. D3, D4, D9."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .duty_case import DutyCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTodayDuties(DutyCase):
    """An account that has just become a member, and its manager's morning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.li = cls.env["res.partner"].create(
            {"name": "Mr Li", "parent_id": cls.account_a.id}
        )

    def setUp(self):
        super().setUp()
        self._join(self.account_a, "gold", TODAY)

    def _get_rows(self, user=None, **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.manager
        today = (
            self.env["club.today"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
        )
        return today.search([(name, "=", value) for name, value in domain.items()])

    def test_the_row_says_whom_to_call_and_when_he_was_called_last(self):
        [row] = self._get_rows(kind="first_contact")
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.name, "Anchor Mills: First contact, nothing recorded yet")
        self._record(self.account_a, TODAY, channel="visit", contact_id=self.li.id)
        self.assertFalse(self._get_rows(kind="first_contact"))
        [row] = self._get_rows(kind="coaching")
        self.assertEqual(
            row.name, "Anchor Mills: Explain the products, last on 04/10/2026"
        )

    def test_one_dialog_records_the_contact_and_the_row_is_gone(self):
        """Rule D4: done in one dialog, in the same transaction."""
        [row] = self._get_rows(kind="first_contact")
        self.assertTrue(row.is_contact)
        action = row.action_record_contact()
        self.assertEqual(action["target"], "new")
        self.assertEqual(action["context"]["default_account_id"], self.account_a.id)
        self.assertEqual(action["context"]["default_duty_id"], row.res_id)
        logs = self.env[action["res_model"]].with_user(self.manager)
        logs.with_context(
            **action["context"], allowed_company_ids=self.company.ids
        ).create({"conversation": "Talked", "channel": "call"})
        self.assertFalse(self._get_rows(kind="first_contact"))
        self.assertTrue(self._get_rows(kind="visit"), "a call is no visit")

    def test_only_a_lead_waives_what_another_owes(self):
        [row] = self._get_rows(kind="visit")
        self.assertFalse(row.can_waive)
        with self.assertRaises(AccessError):
            row.action_open_waiver()
        [row] = self._get_rows(self.lead, kind="visit")
        self.assertTrue(row.can_waive)
        action = row.action_open_waiver()
        waiver = self.env[action["res_model"]].with_user(self.lead)
        waiver.with_context(
            **action["context"], allowed_company_ids=self.company.ids
        ).create({"reason": "The shop is closed"}).action_waive()
        self.assertFalse(self._get_rows(kind="visit"))

    def test_a_duty_shows_from_its_day_and_late_until_it_is_missed(self):
        duty = self._get(self.account_a, "visit")
        self.env.cr.execute(
            "UPDATE club_duty SET date_from = %s WHERE id = %s",
            [TODAY + timedelta(days=1), duty.id],
        )
        self.assertFalse(self._get_rows(kind="visit"))
        with freeze_time(TODAY + timedelta(days=1)):
            self.assertTrue(self._get_rows(kind="visit"))
        with freeze_time(duty.date_due + timedelta(days=2)):
            [row] = self._get_rows(kind="visit")
            self.assertEqual(row.days_late, 2)
            self.assertTrue(row.is_late)
        with freeze_time(duty.date_grace + timedelta(days=1)):
            self.duties._refresh()
            self.assertFalse(self._get_rows(kind="visit"))

    def test_the_team_reads_what_is_owed_to_its_accounts(self):
        """Rule D1: a deputy sees the account's duties, whoever owes them."""
        deputy = self._create_user("user", "club_deputy")
        self.assertFalse(self._get_rows(deputy))
        self.env["club.account.team"].create(
            {
                "account_id": self.account_a.id,
                "company_id": self.company.id,
                "user_id": deputy.id,
                "role": "deputy",
                "date_from": date(2026, 1, 1),
            }
        )
        self.assertTrue(self._get_rows(deputy, kind="visit"))
        self.assertFalse(self._get_rows(deputy, user_id=deputy.id))
