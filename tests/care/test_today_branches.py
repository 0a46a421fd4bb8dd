"""What other records owe, over RPC: services booked, documents to sign. C9, C3, E2."""

from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged

from ..approval.rpc_case import AttackCase
from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTodayServices(BenefitMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_benefits()

    def _list(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        today = self.env["club.today"].with_user(user)
        return today.with_context(allowed_company_ids=self.company.ids).search(
            [("kind", "=", "service")]
        )

    def test_a_service_booked_stands_there_until_it_was_used(self):
        booking = self._book(user=self.manager, day=TODAY + timedelta(days=2))
        [row] = self._list(self.manager)
        self.assertRecordValues(
            row,
            [
                {
                    "account_id": self.account_a.id,
                    "contact_id": self.person_a.id,
                    "date_due": TODAY + timedelta(days=2),
                    "user_id": self.manager.id,
                }
            ],
        )
        self.assertIn(booking.name, row.name)
        booking.action_cancel()
        self.assertFalse(self._list(self.manager))

    def test_a_discreet_ones_row_tells_its_number_and_no_more(self):
        """Rule C9: neither for whom, nor what."""
        booking = self._book(self.doctor, user=self.manager)
        self.assertFalse(self._list(self.lead))
        for user in (self.manager, self.officer, self.auditor):
            [row] = self._list(user)
            with self.subTest(user=user.login):
                self.assertFalse(row.account_id or row.contact_id or row.unit_id)
                self.assertIn(booking.name, row.name)
                self.assertNotIn(self.doctor.name, row.name)


@tagged("post_install", "-at_install")
class TestTodayRpc(AttackCase, HttpCase):
    """As each user calls it: who is to sign reads so, and nobody writes anything."""

    def _list(self, user, request):
        return self._call_ok(
            user,
            "club.today",
            "search_read",
            domain=[["kind", "=", "signature"], ["res_id", "=", request.id]],
            fields=["res_model", "res_id", "user_id", "name"],
        )

    def test_a_document_stands_on_its_signers_list_while_it_is_his_turn(self):
        document = self._submit("class", self.officer)
        logins = self._get_turns(document)
        signers = self.env["res.users"].search([("login", "in", logins)])
        group = self.env.ref("crm_club.crm_club_group_user")
        signers.group_ids = [Command.link(group.id)]
        request = document.approval_request_id
        for user in signers:
            [row] = self._list(user, request)
            self.assertEqual(
                (row["res_model"], row["res_id"], row["user_id"][0]),
                (request._name, request.id, user.id),
            )
        self.assertFalse(self._list(self.officer, request), "others' turns are theirs")
        self._sign_all(document)
        for user in signers:
            self.assertFalse(self._list(user, request))

    def test_nobody_writes_or_creates_a_row(self):
        need = self.env["club.need"].create(
            {"name": "Cold storage", "account_id": self.account_a.id}
        )
        need.flush_recordset()
        [row] = self._call_ok(
            self.officer,
            "club.today",
            "search_read",
            domain=[["kind", "=", "need"]],
            fields=["name"],
        )
        for method, values in (
            ("write", {"vals": {"date_due": "2026-01-01"}}),
            ("unlink", {}),
        ):
            self._assert_refused(
                [self.manager, self.lead, self.officer],
                "club.today",
                method,
                [row["id"]],
                **values,
            )
        self._assert_refused(
            [self.manager, self.lead, self.officer],
            "club.today",
            "create",
            vals_list=[{"date_due": "2026-01-01"}],
        )
