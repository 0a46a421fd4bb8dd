from datetime import date

from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import RpcCase
from ..common import TODAY
from .card_case import LAST, CardMixin


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCardAttacks(CardMixin, RpcCase):
    """Rule A13: what the register's buttons don't do, RPC doesn't either."""

    _watched = ("club.card", "club.membership", "club.invitation", "event.registration")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        cls.program.grace_days = 0
        cls.employee = cls._create_employee("club_employee")
        cls.gold = cls._enrol(cls.account_a)
        cls.other_gold = cls._enrol(cls.account_b)
        cls.free = cls._enrol(
            cls._create_account("Free", club_manager_id=cls.manager.id)
        )
        cls.over = cls._enrol(
            cls._create_account("Over", club_manager_id=cls.manager.id),
            first=date(2025, 1, 1),
            last=date(2025, 12, 31),
        )
        cls.holder = cls._create_contacts(cls.account_a)
        cls.stranger = cls._create_contacts(cls.account_b)
        cls.card = cls._create_card(cls.gold, holder_id=cls.holder.id)
        cls.used = cls._hand_over(cls._create_card(cls.other_gold, number="8018"))
        cls.everybody = (
            *(cls.employee, cls.auditor, cls.finance, cls.manager, cls.lead),
            cls.officer,
        )

    def test_nobody_issues_a_card_past_its_rules(self):
        """Managers none at all; officers none for what is over, or as in use."""
        fields_of = {"membership_id": self.free.id}
        for users, values in (
            (self.everybody[:-1], fields_of),
            (self.everybody, {"membership_id": self.over.id}),
            (self.everybody, {**fields_of, "state": "handed_over"}),
            (self.everybody, {**fields_of, "code": "A" * 24}),
            (self.everybody, {**fields_of, "is_taken_on": True}),
            (self.everybody, {**fields_of, "received_by": "Me"}),
            (self.everybody, {**fields_of, "number": "8018"}),
            (self.everybody, {**fields_of, "number": "<script>"}),
            (self.everybody, {**fields_of, "holder_id": self.stranger.id}),
            (self.everybody, {"membership_id": self.gold.id}),
            (self.everybody, {"membership_id": self.other_gold.id}),
        ):
            with self.subTest(values=values):
                self._assert_refused(users, "club.card", "create", vals_list=[values])
                self._assert_refused(
                    users, "club.card", "web_save", [], vals=values, specification={}
                )
        self._assert_refused(self.everybody, "club.card", "name_create", name="VIP-9")
        self._assert_refused(self.everybody, "club.card", "copy", self.card.ids)
        for link in (self.gold, self.free):
            self._assert_refused(
                self.everybody,
                "club.membership",
                "write",
                link.ids,
                vals={"card_ids": [(0, 0, {"number": "N-1"})]},
            )
        self._assert_refused(
            self.everybody[:-1],
            "club.membership",
            "action_issue_cards",
            self.free.ids,
        )

    def test_nobody_writes_what_steps_write_or_deletes(self):
        for values in (
            {"state": "handed_over"},
            {"state": "to_print"},
            {"code": "A" * 24},
            {"account_id": self.account_b.id},
            {"company_id": self.env.company.id},
            {"replaced_by_id": self.used.id},
            {"handed_over_on": "2026-04-01"},
            {"ended_reason": "Because"},
            {"receipt_signature": "QQ=="},
            {"membership_id": self.free.id},
        ):
            for card in (self.card, self.used):
                self._assert_refused(
                    self.everybody, "club.card", "write", card.ids, vals=values
                )
        for values in ({"number": "N-1"}, {"holder_id": self.stranger.id}):
            self._assert_refused(
                self.everybody, "club.card", "write", self.used.ids, vals=values
            )
        self._assert_refused(self.everybody, "club.card", "unlink", self.card.ids)

    def test_steps_in_dialogs_are_for_those_who_may_write_the_card(self):
        outsiders = (self.manager, self.lead)  # the card is of another unit
        for kind in ("lost", "returned", "replace", "hand_over"):
            for user in outsiders:
                dialog = self.env["club.card.step"].with_user(user).sudo()
                dialog = dialog.create({"kind": kind, "card_ids": self.used.ids})
                self._assert_refused(
                    [user], "club.card.step", "action_apply", dialog.ids
                )
        replace = self.env["club.card.step"].with_user(self.manager).sudo()
        replace = replace.create({"kind": "replace", "card_ids": self.card.ids})
        self._assert_refused(
            [self.manager], "club.card.step", "action_apply", replace.ids
        )
        for method in ("action_print", "action_mark_printed"):
            self._assert_refused(
                self.everybody[:-1], "club.card", method, self.card.ids
            )
        self._assert_refused(self.everybody, "club.card", "action_print", self.used.ids)

    def test_what_is_ours_alone_is_called_by_nobody(self):
        for method in (
            *("_take_on", "_do_hand_over", "_do_end", "_do_replace", "_issue"),
            *("_find_by_code", "_settle_merge", "_forget_persons"),
        ):
            for door in ("call_kw", "json/2"):
                _result, error = self._call(
                    door, self.officer, "club.card", method, self.card.ids
                )
                self.assertTrue(error, method)

    def test_the_door_is_for_officers(self):
        activity = self._create_activity()
        self._seat(activity, self.stranger)
        with freeze_time("2026-05-08 06:30:00"):
            for code in ("8018", self.used.sudo().code, {"id": 1}, ["8018"], True, 0):
                self._assert_refused(
                    self.everybody[:-1],
                    "club.activity",
                    "action_scan_card",
                    activity.ids,
                    code=code,
                )
            for code in (["8018"], {"number": "8018"}, True, "8018%", "%", "_" * 4):
                self._assert_refused(
                    [self.officer],
                    "club.activity",
                    "action_scan_card",
                    activity.ids,
                    code=code,
                )
            told = self._call_ok(
                self.officer,
                "club.activity",
                "action_scan_card",
                activity.ids,
                code="8018",
            )
        self.assertEqual(told["guest"], self.stranger.name)

    def test_the_register_tells_each_one_his_own(self):
        found = self._call_ok(
            self.manager, "club.card", "search_read", domain=[], fields=["number"]
        )
        self.assertEqual([row["id"] for row in found], self.card.ids)
        _result, error = self._call(
            "call_kw", self.manager, "club.card", "read", self.used.ids, fields=[]
        )
        self.assertTrue(error)
        for fields_asked in (["code"], ["number", "code"]):
            _result, error = self._call(
                "call_kw",
                self.officer,
                "club.card",
                "read",
                self.card.ids,
                fields=fields_asked,
            )
            self.assertTrue(error)
        self.assertEqual(self.used.valid_to, LAST)
