from odoo import Command
from odoo.tests import tagged

from ...models.record.lock import closed, opened
from ..approval.rpc_case import KEYS, RpcCase
from .hosting_case import HostingFixture


@tagged("post_install", "-at_install")
class TestHostingAttacks(HostingFixture, RpcCase):
    """What a client must not do, through both doors. Rules C7, D11, E2."""

    _watched = ("club.banquet", "club.visit", "club.round.table", "club.need")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_hosting()
        cls.banquet = cls._create_banquet(
            user=cls.officer, unit_id=cls.other_unit.id, principal_id=cls.cid.id
        )
        cls.banquet.action_propose_seating()
        cls.mine = cls._create_banquet()
        cls.mine.action_propose_seating()
        cls.visit = cls._create_visit()
        cls.table = cls._create_round_table(
            invitee_ids=[Command.create({"contact_id": cls.ann.id})]
        )
        cls.need = cls.env["club.need"].create(
            {
                "name": "Cold storage",
                "contact_id": cls.ann.id,
                "round_table_id": cls.table.id,
            }
        )

    def test_nobody_forges_the_answer_of_a_unit(self):
        """Rule C7: not along with the need either, nor by a default."""
        values = {"name": "A depot", "contact_id": self.ann.id, "kind": "request"}
        for vals, context in (
            ({**values, "answer": "Yes"}, {}),
            (values, {"default_answer": "Yes"}),
        ):
            self._assert_refused(
                (self.manager,),
                "club.need",
                "create",
                vals_list=[vals],
                context=context,
            )

    def test_states_are_set_by_buttons(self):
        for record, state in (
            (self.mine, "confirmed"),
            (self.visit, "held"),
            (self.table, "held"),
            (self.table.invitee_ids, "attended"),
        ):
            for context in ({}, KEYS):
                self._assert_refused(
                    (self.manager, self.officer),
                    record._name,
                    "write",
                    record.ids,
                    vals={"state": state},
                    context=context,
                )

    def test_nothing_is_created_in_a_state(self):
        values = {
            "purpose": "x",
            "principal_id": self.ann.id,
            "date_begin": "2026-05-20 10:00:00",
            "unit_id": self.unit.id,
        }
        for extra in ({"state": "confirmed"}, {"name": "BAN/1"}, {"account_id": 1}):
            self._assert_refused(
                (self.manager,),
                "club.banquet",
                "create",
                vals_list=[{**values, **extra}],
            )

    def test_other_units_documents(self):
        strangers = (self.manager, self.lead, self.finance, self.auditor)
        self._assert_refused(
            strangers, "club.banquet", "write", self.banquet.ids, vals={"purpose": "x"}
        )
        for method in ("action_confirm", "action_cancel", "action_propose_seating"):
            self._assert_refused(strangers, "club.banquet", method, self.banquet.ids)
        seats = self.banquet.seat_ids
        self._assert_refused(
            strangers, seats._name, "move_to", seats[:1].ids, table_id=False
        )
        self._assert_refused(strangers, seats._name, "unlink", seats.ids)
        self._assert_refused(
            strangers,
            seats._name,
            "create",
            vals_list=[{"banquet_id": self.banquet.id, "name": "Mole"}],
        )

    def test_a_line_isn_t_carried_to_another_unit_s_document(self):
        for record, name in (
            (self.mine.seat_ids[:1], "banquet_id"),
            (self.mine.table_ids[:1], "banquet_id"),
        ):
            self._assert_refused(
                (self.manager,),
                record._name,
                "write",
                record.ids,
                vals={name: self.banquet.id},
            )

    def test_two_on_a_seat(self):
        first, second = self.mine.seat_ids.filtered("table_id")[:2]
        result, error = self._call(
            "call_kw",
            self.manager,
            first._name,
            "write",
            second.ids,
            vals={"table_id": first.table_id.id, "number": first.number},
        )
        self.assertFalse(result)
        self.assertIn("ValidationError", error)
        self.assertNotEqual(first.number, second.number)

    def test_a_budget_isn_t_raised_along_with_the_state(self):
        self.mine.action_confirm()
        for values in ({"budget": 1}, {"budget": 1, "state": "draft"}):
            self._assert_refused(
                (self.manager, self.officer),
                "club.banquet",
                "write",
                self.mine.ids,
                vals=values,
            )

    def test_an_answer_isn_t_typed_by_whoever_asked(self):
        opened(self.need).write({"kind": "request", "passed_unit_id": self.unit.id})
        closed(self.need)
        self._assert_refused(
            (self.manager, self.auditor, self.other_manager),
            "club.need",
            "write",
            self.need.ids,
            vals={"answer": "Yes"},
        )
        for name in ("answered_at", "passed_at", "reminded_for"):
            self._assert_refused(
                (self.manager, self.officer),
                "club.need",
                "write",
                self.need.ids,
                vals={name: "2026-04-10"},
            )

    def test_the_kitchen_list_of_others_isn_t_read(self):
        seats = self.banquet.seat_ids.filtered("contact_id")
        for user in (self.manager, self.finance):
            result, error = self._call(
                "call_kw", user, seats._name, "read", seats.ids, fields=["diet"]
            )
            self.assertFalse(result)
            self.assertIn("AccessError", error)
        result = self._call_ok(
            self.auditor, seats._name, "read", seats.ids, fields=["diet"]
        )
        self.assertFalse(any(line["diet"] for line in result))
        result = self._call_ok(
            self.officer, seats._name, "read", seats.ids, fields=["diet"]
        )
        self.assertTrue(any(line["diet"] for line in result))
