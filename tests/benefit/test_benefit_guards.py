from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..approval.rpc_case import KEYS, RpcCase
from .benefit_case import BenefitMixin


@tagged("post_install", "-at_install")
class TestBenefitGuards(BenefitMixin, RpcCase):
    """What the form forbids fails over RPC, through both doors. PEERS 1, 4, 5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_benefits()
        cls.stranger = cls._create_user("user", "stranger")

    def _refused(self, user, model, method, ids=None, **kwargs):
        for door in ("call_kw", "json/2"):
            _result, error = self._call(door, user, model, method, ids, **kwargs)
            self.assertIn(
                (error or "").rpartition(".")[2],
                ("AccessError", "UserError", "ValidationError"),
                (door, user.login, method, kwargs),
            )

    def _prepare(self, **values):
        return {
            "benefit_id": self.fast_track.id,
            "contact_id": self.person_a.id,
            "date_begin": "2026-04-01 10:00:00",
            **values,
        }

    def test_nobody_creates_one_that_is_booked(self):
        for values in (
            {"state": "booked"},
            {"is_counted": True},
            {"booked_by_id": self.officer.id},
            {"tier_id": self.tiers["diamond"].id},
            {"year": 2031},
            {"service_date": "2031-01-01"},
            {"is_discreet": True},
        ):
            self._refused(
                self.manager,
                "club.benefit.booking",
                "create",
                vals_list=[self._prepare(**values)],
                context=KEYS,
            )

    def test_defaults_of_the_client_do_not_book(self):
        result = self._call_ok(
            self.manager,
            "club.benefit.booking",
            "create",
            vals_list=[self._prepare()],
            context={"default_state": "used", "default_is_counted": True},
        )
        booking = self.env["club.benefit.booking"].browse(result)
        self.assertEqual((booking.state, booking.is_counted), ("draft", False))
        self.assertEqual(booking.booked_by_id, self.manager)

    def test_what_was_booked_stays_as_it_is(self):
        booking = self._draw_up(user=self.manager)
        booking.action_book()
        for values in (
            {"state": "draft"},
            {"is_counted": False},
            {"year": 2031},
            {"account_id": self.account_b.id},
            {"contact_id": False},
            {"benefit_id": self.doctor.id},
            {"date_begin": "2027-04-01 10:00:00"},
            {"consent_on": "2026-01-01"},
        ):
            for user in (self.manager, self.officer):
                self._refused(
                    user, booking._name, "write", booking.ids, vals=values, context=KEYS
                )
        self._refused(self.manager, booking._name, "unlink", booking.ids, context=KEYS)
        self._call_ok(
            self.manager, booking._name, "write", booking.ids, vals={"place": "Gate 3"}
        )

    def test_who_does_not_look_after_an_account_books_nothing_for_it(self):
        booking = self._draw_up(user=self.manager)
        for user in (self.stranger, self.clerk, self.finance, self.auditor):
            self._refused(user, booking._name, "create", vals_list=[self._prepare()])
            for method in ("action_book", "action_use", "action_cancel"):
                self._refused(user, booking._name, method, booking.ids)

    def test_a_discreet_draft_is_not_taken_to_another_account(self):
        draft = self._draw_up(self.doctor, user=self.manager)
        self._give_tier(self._create_account("Cove"), "platinum")
        draft.with_user(self.manager).write(
            {"contact_id": self.person_b.id, "account_id": self.account_b.id}
        )
        with self.assertRaises(AccessError):
            draft.with_user(self.manager).action_book()

    def test_the_catalogue_is_the_officers(self):
        for user in (self.manager, self.lead, self.finance, self.auditor):
            for record in (self.fast_track, self.fast_track.quota_ids[0]):
                self._refused(user, record._name, "write", record.ids, vals={})
                self._refused(user, record._name, "unlink", record.ids)

    def test_an_attachment_is_refused(self):
        """Rule C9: findings have no place."""
        booking = self._draw_up(self.doctor, user=self.manager)
        values = {
            "name": "findings.pdf",
            "raw": "eA==",
            "res_model": booking._name,
            "res_id": booking.id,
        }
        for user in (self.manager, self.officer):
            self._refused(user, "ir.attachment", "create", vals_list=[values])
        loose = self.env["ir.attachment"].with_user(self.manager).create({"name": "x"})
        with self.assertRaises(UserError):
            loose.write({"res_model": booking._name, "res_id": booking.id})
