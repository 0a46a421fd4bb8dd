from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueSettle(RevenueCase):
    def test_an_alias_settles_all_rows_with_the_name(self):
        first = self.upload(
            self.statement(
                f"Alfa Ltd,{self.letters},2026-01,1",
                f"ALFA  ltd,{self.letters},2026-02,2",
                "alfa ltd,Balloons,2026-02,4",
            )
        )
        second = self.upload(
            self.statement(f"Alfa Ltd,{self.letters},2026-02,8"), user=self.clerk
        )
        answer = self.settle(
            first.line_ids[0], user=self.clerk, account_id=self.account_a.id
        )
        self.assertIn("settled: 3", answer["params"]["message"])
        self.assertEqual(self.facts(self.account_a), 11)
        self.assertEqual(first.parked_line_ids.fault_code, "category")
        self.assertEqual(first.parked_line_ids.account_id, self.account_a)
        self.assertEqual(second.line_ids.settled_by_id, self.clerk)
        alias = self.env["club.alias"].search([("key", "=", "alfa ltd")])
        self.assertRecordValues(
            alias,
            [{"account_id": self.account_a.id, "origin_line_id": first.line_ids[0].id}],
        )
        third = self.upload(self.statement(f"Alfa Ltd,{self.letters},2026-03,16"))
        self.assertFalse(third.parked_count)

    def test_settling_without_remembering_settles_only_the_row(self):
        document = self.upload(
            self.statement(
                f"Alfa,{self.letters},2026-01,1", f"Alfa,{self.letters},2026-01,2"
            )
        )
        self.settle(document.line_ids[0], account_id=self.account_a.id, remember=False)
        self.assertEqual(document.line_ids.mapped("state"), ["valid", "parked"])
        self.assertFalse(self.env["club.alias"].search([]))

    def test_settling_fills_in_only_what_is_missing(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,lots"))
        self.settle(
            document.line_ids,
            account_id=self.account_b.id,
            category_id=self.categ_parcels.id,
            month="2026-02-20",
            amount=12.5,
        )
        self.assertRecordValues(
            document.line_ids,
            [
                {
                    "state": "valid",
                    "account_id": self.account_a.id,
                    "category_id": self.categ_letters.id,
                    "amount": 12.5,
                }
            ],
        )
        self.assertEqual(str(document.line_ids.month), "2026-02-01")
        self.assertFalse(self.env["club.alias"].search([]))

    def test_a_row_that_counts_is_not_settled_again(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,1"))
        self.settle(document.line_ids, month="2026-02-01")
        with self.assertRaisesRegex(UserError, "settled meanwhile"):
            self.settle(document.line_ids, month="2026-01-01")

    def test_a_month_ahead_is_not_chosen(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,1"))
        with self.assertRaisesRegex(UserError, "lie ahead"):
            self.settle(document.line_ids, month="2026-04-01")

    def test_an_account_of_another_company_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "Other County"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        document = self.upload(self.statement(f"Who,{self.letters},2026-01,1"))
        with self.assertRaisesRegex(UserError, "another company"):
            self.settle(document.line_ids, user=self.env.user, account_id=foreign.id)

    def test_rows_are_read_again_after_the_account_was_created(self):
        document = self.upload(
            self.statement(
                f"Newcomer,{self.letters},2026-01,1", f"Ghost,{self.letters},2026-01,2"
            ),
            user=self.clerk,
        )
        newcomer = self.env["res.partner"].create({"name": "Newcomer"})
        document.with_user(self.clerk).action_retry()
        self.assertEqual(self.facts(newcomer), 1)
        self.assertEqual(document.parked_count, 1)

    def test_a_month_ahead_counts_once_it_has_come(self):
        document = self.upload(self.statement(f"K001,{self.letters},2026-04,1"))
        with freeze_time("2026-04-01 10:00:00"):
            document.with_user(self.finance).action_retry()
        self.assertEqual(document.valid_count, 1)

    def test_parked_rows_are_discarded_with_a_reason(self):
        document = self.upload(
            self.statement("Nobody,,,1", f"K001,{self.letters},2026-01,1")
        )
        values = {"line_ids": document.parked_line_ids.ids}
        wizard = self.env["club.revenue.settle"].with_user(self.officer).create(values)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_discard()
        wizard.reason = "Nobody"
        wizard.action_discard()
        self.assertRecordValues(
            document.line_ids,
            [
                {"state": "cancelled", "discard_reason": "Nobody"},
                {"state": "valid", "discard_reason": False},
            ],
        )
        self.assertEqual(document.line_count, 2)
        with self.assertRaises(UserError):
            self.env["club.revenue.settle"].with_user(self.officer).create(
                {"line_ids": document.line_ids[1].ids, "reason": "No"}
            ).action_discard()

    def test_cancelling_an_import_takes_its_rows_out_and_deletes_nothing(self):
        document = self.upload(
            self.statement(f"K001,{self.letters},2026-01,1", "who,what,when,1")
        )
        document.with_user(self.officer).action_cancel()
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(set(document.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual(len(document.line_ids), 2)
        self.assertEqual(self.facts(self.account_a), 0)

    def test_the_form_asks_only_for_what_is_missing(self):
        document = self.upload(
            self.statement(f"Alfa,{self.letters},2026-01,1", "Alfa,Balloons,2026-01,x")
        )
        action = document.line_ids[0].with_user(self.clerk).action_open_settle()
        model = self.env["club.revenue.settle"].with_user(self.clerk)
        form = Form(model.with_context(**action["context"]), view=action["views"][0][0])
        self.assertTrue(form.needs_account)
        self.assertFalse(form.needs_category or form.needs_month or form.needs_amount)
        self.assertEqual(form.names, "Alfa")
        form.account_id = self.account_a
        form.save().action_settle()
        self.assertEqual(document.line_ids[0].state, "valid")
        action = document.line_ids[1].with_user(self.officer).action_open_settle()
        form = Form(
            model.with_user(self.officer).with_context(**action["context"]),
            view=action["views"][0][0],
        )
        self.assertFalse(form.needs_account)
        self.assertTrue(form.needs_category and form.needs_amount)
