"""Revenue older than the correction window is never silent. Rule B9."""

import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY
from .adjustment_case import AdjustmentCase

OLD, OLDER, IN_WINDOW = "2024-12", "2024-11", "2025-06"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBeyondWindow(AdjustmentCase):
    """Three months are posted by `setUp`; the next run corrects twelve."""

    def _upload(self, *rows, user=None):
        content = "\n".join(("account,category,month,amount", *rows))
        action = (
            self.env["club.revenue.upload"]
            .with_user(user or self.finance)
            .create({"file": base64.b64encode(content.encode()), "filename": "s"})
            .action_import()
        )
        return self.env["club.revenue.import"].browse(action["res_id"])

    def _compute(self):
        run = self._create_run()
        run.action_compute()
        self.env.flush_all()
        return run

    def _get_listed(self, run=None):
        """Return what a run lists: account, month, revenue and points."""
        listed = (run or self._compute()).exception_ids
        return [
            (line.account_id, f"{line.month:%Y-%m}", line.revenue, line.points)
            for line in listed.filtered(lambda line: line.reason == "window")
        ]

    def _check(self):
        check = self.env["club.integrity.check"]._run(self.program)
        return check, check.line_ids.filtered(lambda line: line.kind == "window")

    def _adjust(self, account, points, month=OLD, sign=True, **values):
        values = {
            "account_id": account.id,
            "points": points,
            "revenue_month": f"{month}-01",
            **values,
        }
        adjustment = self._draw_up({}, line_ids=[Command.create(values)])
        if sign:
            adjustment.action_submit()
            self._sign(adjustment, "unit", "key_accounts")
            names = ("office", "leader")
            for name in names:
                if adjustment.approval_state != "done":
                    self._sign(adjustment, name)
            self.assertEqual(adjustment.approval_state, "done")
        return adjustment

    # === Told at import === #

    def test_the_import_names_months_and_sums(self):
        document = self._upload(
            f"C-A,Test Parcels,{IN_WINDOW},5000",
            f"C-A,Test Parcels,{OLD},40000",
            f"C-A,Test Letters,{OLD},1",
            f"C-B,Test Parcels,{OLDER},9000",
            f"Ghost,Test Parcels,{OLDER},7",
        )
        self.assertRecordValues(
            document, [{"beyond_count": 3, "beyond_amount": 49001, "valid_count": 4}]
        )
        note = document.beyond_note.replace("\xa0", " ")
        self.assertIn(
            "2024-11: ¥ 9,000.00 (rows: 1)\n2024-12: ¥ 40,001.00 (rows: 2)", note
        )
        body = document.sudo().message_ids[0].body
        self.assertIn("rows: 3", body)
        self.assertIn("2024-11 to 2024-12", body)
        inside = self._upload(f"C-B,Test Parcels,{IN_WINDOW},5000")
        self.assertFalse(inside.beyond_count)
        self.assertFalse(inside.sudo().message_ids)

    def test_settling_tells_it_too(self):
        document = self._upload("C-A,Test Parcels,soon,40000")
        self.assertFalse(document.beyond_count)
        settle = self.env["club.revenue.settle"].with_user(self.finance)
        values = {"line_ids": document.line_ids.ids, "month": f"{OLD}-15"}
        answer = settle.create(values).action_settle()
        self.assertIn("older than the correction window", answer["params"]["message"])
        self.assertEqual(document.beyond_amount, 40000)
        self.assertIn("rows: 1", document.sudo().message_ids[0].body)

    def test_what_a_later_month_leaves_behind_was_posted_and_is_not_told(self):
        document = self._upload(f"C-A,Test Parcels,{IN_WINDOW},5000")
        self._post_run()
        with freeze_time("2027-03-15"):
            self.assertFalse(document.beyond_count)

    # === Listed on the run === #

    def test_the_run_lists_what_it_would_add(self):
        self._upload(
            f"C-A,Test Parcels,{OLD},40000",
            f"C-A,Test Letters,{OLDER},100",
            f"C-B,Test Parcels,{IN_WINDOW},10",
        )
        run = self._compute()
        self.assertCountEqual(
            self._get_listed(run),
            [(self.account_a, OLD, 40000, 40000), (self.account_a, OLDER, 100, 50)],
        )
        self.assertEqual(
            run.exception_ids.sorted("month").category_id,
            self.categ_letters | self.categ_parcels,
        )
        self.assertEqual(run.entry_ids.mapped("revenue"), [10])

    def test_posted_months_that_grow_old_are_not_listed(self):
        self._add_revenue(self.account_a, 500, "2025-04")
        self._post_run()
        with freeze_time("2027-02-15"):
            self.assertFalse(self._get_listed(self._create_later_run()))
            self._add_revenue(self.account_a, 30, "2025-04")
            run = self._create_later_run()
            self.assertEqual(
                self._get_listed(run), [(self.account_a, "2025-04", 30, 30)]
            )

    def _create_later_run(self):
        run = self._create_run("2027-01")
        run.action_compute()
        return run

    def test_revenue_that_earns_nothing_is_not_listed(self):
        """Without agreement or rate, and before the program's first month."""
        stranger = self._create_account("Stranger", agreement=False, ref="C-S")
        other = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(stranger, 1000, OLD)
        self._add_revenue(self.account_a, 1000, OLD, other)
        self._add_revenue(self.account_b, 1000, OLD)
        self.program.date_start = "2024-12-01"
        self._add_revenue(self.account_b, 1000, OLDER)
        self.assertEqual(self._get_listed(), [(self.account_b, OLD, 1000, 1000)])

    def test_cancelled_revenue_is_not_listed(self):
        document = self._upload(f"C-A,Test Parcels,{OLD},40000")
        document.with_user(self.finance).action_cancel()
        self.assertFalse(self._get_listed())

    # === In the integrity check === #

    def test_the_integrity_check_waits_for_the_adjustment(self):
        self.assertEqual(self._check()[0].state, "clean")
        self._upload(f"C-A,Test Parcels,{OLD},40000")
        check, lines = self._check()
        self.assertEqual(check.state, "pending")
        self.assertRecordValues(
            lines,
            [
                {
                    "severity": "pending",
                    "cause": "window",
                    "account_id": self.account_a.id,
                    "expected": "40000.00",
                    "difference": -40000,
                }
            ],
        )
        self._adjust(self.account_a, 40000)
        self.assertEqual(self._check()[0].state, "clean")

    # === Settled by a signed adjustment === #

    def test_a_posted_adjustment_of_account_and_month_settles_it(self):
        self._upload(
            f"C-A,Test Parcels,{OLD},9000",
            f"C-A,Test Letters,{OLD},1000",
            f"C-A,Test Parcels,{OLDER},70",
        )
        adjustment = self._adjust(self.account_a, 9500, sign=False)
        self.assertRecordValues(
            adjustment.line_ids, [{"revenue": 10000, "revenue_points": 9500}]
        )
        adjustment.action_submit()
        self.assertEqual(len(self._get_listed()), 2)
        self._sign(adjustment, "unit", "key_accounts")
        self.assertEqual(adjustment.approval_state, "done")
        self.assertEqual(self._get_listed(), [(self.account_a, OLDER, 70, 70)])
        self.assertIn("(2024-12)", self._get_entries(self.account_a).reason)

    def test_the_signed_points_may_be_others_than_the_rates_say(self):
        self._upload(f"C-A,Test Parcels,{OLD},9000")
        self._adjust(self.account_a, 5)
        self.assertFalse(self._get_listed())

    def test_what_comes_after_the_adjustment_is_listed_anew(self):
        document = self._upload(f"C-A,Test Parcels,{OLD},9000")
        self._adjust(self.account_a, 9000)
        self._add_revenue(self.account_a, 200, OLD)
        self.assertEqual(self._get_listed(), [(self.account_a, OLD, 200, 200)])
        document.with_user(self.finance).action_cancel()
        self.assertEqual(self._get_listed(), [(self.account_a, OLD, -8800, -8800)])

    def test_an_adjustment_of_no_month_or_another_account_settles_nothing(self):
        self._upload(f"C-A,Test Parcels,{OLD},9000", f"C-B,Test Parcels,{OLD},8000")
        adjustment = self._submit({self.account_a: 9000})
        self._sign(adjustment, "unit", "key_accounts")
        self.assertEqual(len(self._get_listed()), 2)
        self._adjust(self.account_a, 9000)
        self.assertEqual(self._get_listed(), [(self.account_b, OLD, 8000, 8000)])

    def test_one_document_settles_several_months_of_an_account(self):
        self._upload(f"C-A,Test Parcels,{OLD},900", f"C-A,Test Parcels,{OLDER},80")
        exceptions = self._compute().exception_ids
        action = exceptions.with_user(self.clerk).action_draw_up_adjustment()
        form = Form(
            self.env["club.points.adjustment"]
            .with_user(self.clerk)
            .with_context(**action["context"])
        )
        form.reason = "Revenue that came late"
        form.unit_id = self.unit
        adjustment = form.save()
        self.assertEqual(adjustment.points_total, 980)
        self.assertEqual(sum(adjustment.line_ids.mapped("revenue")), 980)
        adjustment.action_submit()
        self._sign(adjustment, "unit", "key_accounts")
        self.assertFalse(self._get_listed())

    def test_what_is_open_is_listed_once_and_after_posting_too(self):
        """Rule B9: the menu lists the last run's, whether posted or not."""
        self._upload(f"C-A,Test Parcels,{OLD},900")
        self._add_revenue(self.account_b, 10)
        earlier = self._post_run()
        self.assertEqual(self._get_latest().run_id, earlier)
        self.assertTrue(self._get_latest().is_latest)
        later = self._compute()
        self.assertEqual(self._get_latest().run_id, later)
        # A draft has looked at nothing yet.
        self._create_run()
        self.assertEqual(self._get_latest().run_id, later)

    def _get_latest(self):
        return self.env["club.points.exception"].search([("is_latest", "=", True)])

    def test_only_old_revenue_is_drawn_up(self):
        other = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(self.account_a, 1000, category=other)
        exceptions = self._compute().exception_ids
        with self.assertRaisesRegex(UserError, "beyond the correction window"):
            exceptions.action_draw_up_adjustment()

    def test_a_month_that_a_run_corrects_is_refused(self):
        adjustment = self._adjust(self.account_a, 5, IN_WINDOW, sign=False)
        with self.assertRaisesRegex(ValidationError, "lies in the correction window"):
            adjustment.action_submit()

    def test_a_month_without_open_revenue_is_refused(self):
        adjustment = self._adjust(self.account_a, 5, sign=False)
        with self.assertRaisesRegex(UserError, "is open"):
            adjustment.action_submit()

    def test_two_documents_do_not_post_the_same_revenue(self):
        self._upload(f"C-A,Test Parcels,{OLD},900")
        first, second = (
            self._adjust(self.account_a, 900, sign=False) for _number in range(2)
        )
        (first + second).action_submit()
        self._sign(first, "unit", "key_accounts")
        self._sign(second, "unit")
        with self.assertRaisesRegex(UserError, "is open"):
            self._sign(second, "key_accounts")
        self.assertEqual(self._get_points(self.account_a, kind="adjustment"), 900)

    def test_what_an_adjustment_settles_is_written_by_nobody(self):
        self._upload(f"C-A,Test Parcels,{OLD},900")
        line = self._adjust(self.account_a, 900, sign=False).line_ids
        for values in ({"revenue": 5}, {"revenue_points": 5}):
            with self.assertRaises(AccessError):
                line.write(values)
        line.adjustment_id.action_submit()
        with self.assertRaisesRegex(UserError, "."):
            line.write({"revenue_month": False})

    def test_any_day_stands_for_its_month_and_no_other_value(self):
        line = self._adjust(self.account_a, 5, sign=False).line_ids
        line.revenue_month = f"{OLD}-31"
        self.assertEqual(f"{line.revenue_month}", f"{OLD}-01")
        for value in ("soon", "2024-13-01", 5):
            with self.subTest(value), self.assertRaises(ValidationError):
                line.write({"revenue_month": value})
