from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from ..contact.care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRelationshipEvaluation(CareFixture, TransactionCase):
    """Once a year somebody says what an account is like. Rule D4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()

    def _evaluate(self, user=None, account=None, **values):
        evaluations = self.env["club.relationship.evaluation"]
        return evaluations.with_user(user or self.manager).create(
            {
                "account_id": (account or self.account_a).id,
                "grade": "b",
                "strengths": "Li Ming trusts us",
                **values,
            }
        )

    def test_it_is_this_years_and_whose_hand_it_is(self):
        self.assertRecordValues(
            self._evaluate(),
            [
                {
                    "year": 2026,
                    "user_id": self.manager.id,
                    "date": TODAY,
                    "state": "written",
                    "display_name": "Anchor Mills 2026",
                }
            ],
        )

    @mute_logger("odoo.sql_db")
    def test_there_is_one_a_year(self):
        self._evaluate()
        self._evaluate(year=2025)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._evaluate()
        with self.assertRaises(ValidationError):
            self._evaluate(year=2027)

    def test_something_is_said(self):
        with self.assertRaises(ValidationError):
            self._evaluate(strengths=" ")

    def test_who_looks_after_the_account_evaluates(self):
        self._evaluate(self.lead)
        self._evaluate(self.officer, year=2025)
        for user in (self.other_manager, self.auditor, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._evaluate(user, year=2024)

    def test_a_superior_confirms_and_fixes_it(self):
        evaluation = self._evaluate()
        with self.assertRaises(AccessError):
            evaluation.action_confirm()
        with self.assertRaises(AccessError):
            evaluation.with_user(self.lead).grade = "d"
        with self.assertRaises(UserError):
            evaluation.account_id = self.account_b
        evaluation.grade = "a"
        evaluation.with_user(self.lead).action_confirm()
        self.assertEqual(evaluation.confirmed_by_id, self.lead)
        with self.assertRaises(UserError):
            evaluation.grade = "c"
        own = self._evaluate(self.lead, year=2025)
        with self.assertRaises(AccessError):
            own.action_confirm()
        own.with_user(self.officer).action_confirm()

    def test_it_stays(self):
        evaluation = self._evaluate()
        for user in (self.manager, self.lead, self.officer, self.env.user):
            with self.subTest(user.login), self.assertRaises(UserError):
                evaluation.with_user(user).unlink()

    def test_who_is_missing(self):
        self._evaluate()
        both = self.account_a + self.account_b
        missing = self.env["res.partner"].with_user(self.officer)
        for year, expected in ((2026, self.account_b), (2025, both)):
            found = missing.search(
                [
                    ("id", "in", both.ids),
                    ("club_evaluation_ids", "not any", [("year", "=", year)]),
                ]
            )
            self.assertEqual(found.ids, expected.ids)

    def test_merged_accounts_keep_what_both_say(self):
        kept = self._evaluate()
        kept.with_user(self.lead).action_confirm()
        self._evaluate(self.officer, self.account_b, strengths="Old friends")
        self._evaluate(self.officer, self.account_b, year=2025)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.account_a + self.account_b).ids, self.account_b)
        self.env.invalidate_all()
        found = self.env["club.relationship.evaluation"].search(
            [("account_id", "=", self.account_b.id)]
        )
        self.assertEqual(found.mapped("year"), [2026, 2025])
        self.assertEqual(found[0].state, "confirmed")
        self.assertEqual(found[0].strengths, "Li Ming trusts us\nOld friends")

    def test_whoever_is_forgotten_is_forgotten_here(self):
        evaluation = self._evaluate()
        self._anonymise(self.contact)
        self.assertNotIn("Li Ming", evaluation.strengths)
