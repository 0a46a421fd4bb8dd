from datetime import timedelta

from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import DIRECT, KEYS, RpcCase
from ..attempts import Attempts
from ..common import TODAY
from ..contact.care_case import CareFixture

LOG = "club.contact.log"
SAMPLE, EVALUATION = "club.contact.sample", "club.relationship.evaluation"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContactLogAttacks(CareFixture, RpcCase):
    """What the dialog doesn't let one do, RPC doesn't either. Rules D4, E2."""

    _watched = ("club.contact.log", SAMPLE, EVALUATION)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls.foreign = cls._create_club_company("Other Post")
        cls.stranger = cls._create_user("officer", "stranger", cls.foreign)
        cls.other_lead = cls._create_user("lead", "other_lead")
        cls.other_unit.user_id = cls.other_lead
        cls.employee = cls._create_employee("employee")
        logs = cls.env[LOG].with_user(cls.manager)
        cls.log, cls.confirmed = logs.create(
            [
                {"contact_id": cls.contact.id, "conversation": text}
                for text in ("Rates for parcels", "Rates for letters")
            ]
        )
        cls.confirmed.with_user(cls.lead).action_confirm()
        cls.sample = cls.env[SAMPLE].with_user(cls.lead)
        cls.sample = cls.sample.create({"unit_id": cls.unit.id, "month": TODAY})
        cls.sample.action_draw()
        cls.evaluation = (
            cls.env[EVALUATION]
            .with_user(cls.manager)
            .create({"account_id": cls.account_a.id, "grade": "b", "aims": "More"})
        )

    def setUp(self):
        super().setUp()
        self._attempts = self.enterContext(Attempts(self.env.cr))

    def _attempt(self, user, model, method, ids=None, **kwargs):
        result, error = self._call(DIRECT, user, model, method, ids, **kwargs)
        return error or result

    def _assert_refused(self, user, model, method, ids=None, **kwargs):
        with self.subTest(user=user.login, model=model, method=method, **kwargs):
            answer = self._attempt(user, model, method, ids, **kwargs)
            self.assertRegex(
                str(answer), r"\.(AccessError|UserError|ValidationError|MissingError)$"
            )

    def _new(self, **values):
        return {"contact_id": self.contact.id, "conversation": "x", **values}

    def test_nobody_writes_what_the_dialog_fixes(self):
        late = str(TODAY - timedelta(days=30))
        for values in (
            {"user_id": self.lead.id},
            {"state": "confirmed"},
            {"date_filled": late},
            {"is_backdated": False},
            {"checked_by_id": self.lead.id},
            {"contact_name": "Somebody"},
            {"contact_function": "Chair"},
            {"address": "Elsewhere"},
            {"unit_id": self.other_unit.id},
            {"company_id": self.foreign.id},
            {"name": "LOG/1"},
            {"account_id": self.account_b.id},
            {"contact_id": self.colleague.id},
            {"contact_id": self.account_a.id},
            {"held_on": str(TODAY + timedelta(days=1))},
            {"return_reason": "Mine"},
            {"conversation": " "},
            {"channel": "pigeon"},
        ):
            for context in ({}, KEYS):
                self._assert_refused(
                    *(self.manager, LOG, "write", self.log.ids),
                    vals=values,
                    context=context,
                )

    def test_nobody_creates_in_anothers_name_or_for_anothers_account(self):
        for user, values in (
            (self.manager, {"user_id": self.lead.id}),
            (self.manager, {"state": "confirmed"}),
            (self.manager, {"is_backdated": False, "held_on": "2026-01-01"}),
            (self.manager, {"account_id": self.account_b.id}),
            (self.manager, {"contact_id": self.colleague.id}),
            (self.manager, {"company_id": self.foreign.id}),
            (self.other_manager, {}),
            (self.other_lead, {}),
            (self.auditor, {}),
            (self.finance, {}),
            (self.employee, {}),
        ):
            self._assert_refused(
                user, LOG, "create", vals_list=[self._new(**values)], context=KEYS
            )
        created = self._attempt(
            self.manager,
            *(LOG, "create"),
            vals_list=[self._new()],
            context={"default_state": "confirmed", "default_user_id": self.lead.id},
        )
        self.assertRecordValues(
            self.env[LOG].browse(created),
            [{"state": "recorded", "user_id": self.manager.id}],
        )

    def test_a_later_date_is_marked_whatever_is_sent(self):
        early = str(TODAY - timedelta(days=30))
        self._attempt(self.manager, LOG, "write", self.log.ids, vals={"held_on": early})
        self.assertTrue(self.log.is_backdated)

    def test_what_is_confirmed_is_fixed(self):
        for user in (self.manager, self.lead, self.officer):
            for method, values in (
                ("write", {"vals": {"conversation": "x"}}),
                ("write", {"vals": {"return_reason": "x"}}),
                ("unlink", {}),
                ("action_return", {}),
                ("action_hand_in", {}),
                ("copy", {}),
            ):
                self._assert_refused(user, LOG, method, self.confirmed.ids, **values)

    def test_only_a_superior_judges(self):
        for user in (
            *(self.manager, self.other_manager, self.other_lead, self.auditor),
            *(self.finance, self.stranger, self.employee),
        ):
            for method in ("action_confirm", "action_return"):
                self._assert_refused(user, LOG, method, self.log.ids)
            self._assert_refused(
                *(user, LOG, "write", self.log.ids), vals={"return_reason": "x y"}
            )
        self._assert_refused(
            *(self.lead, LOG, "write", self.log.ids), vals={"conversation": "x"}
        )
        self.assertEqual(self.log.state, "recorded")

    def test_strangers_see_nothing(self):
        for user in (self.other_manager, self.other_lead, self.stranger, self.finance):
            for model, ids in (
                (LOG, self.log.ids),
                (EVALUATION, self.evaluation.ids),
                (SAMPLE, self.sample.ids),
            ):
                self._assert_refused(user, model, "read", ids)
            self.assertEqual(
                self._attempt(
                    user, LOG, "search", domain=[("conversation", "ilike", "Rates")]
                ),
                [],
            )

    def test_samples_and_evaluations_hold_as_well(self):
        for user, model, ids, values in (
            (self.lead, SAMPLE, self.sample.ids, {"seed": 1}),
            (self.lead, SAMPLE, self.sample.ids, {"size": 1}),
            (self.lead, SAMPLE, self.sample.ids, {"state": "done"}),
            (self.lead, SAMPLE, self.sample.ids, {"log_ids": [[5, 0, 0]]}),
            (self.manager, SAMPLE, self.sample.ids, {"conclusion": "x"}),
            (self.manager, EVALUATION, self.evaluation.ids, {"state": "confirmed"}),
            (self.manager, EVALUATION, self.evaluation.ids, {"user_id": 2}),
            (self.manager, EVALUATION, self.evaluation.ids, {"account_id": 1}),
            (self.lead, EVALUATION, self.evaluation.ids, {"grade": "d"}),
        ):
            self._assert_refused(user, model, "write", ids, vals=values, context=KEYS)
        self._assert_refused(
            *(self.manager, EVALUATION, "action_confirm", self.evaluation.ids)
        )
        for user in (self.lead, self.officer):
            self._assert_refused(user, SAMPLE, "unlink", self.sample.ids)
            self._assert_refused(user, EVALUATION, "unlink", self.evaluation.ids)
