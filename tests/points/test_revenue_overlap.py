"""Rows that are in the books already are told before they count. Rule B15."""

import random
from collections import Counter
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .revenue_case import RevenueCase

DIALOG, DOCUMENT = "club.revenue.upload", "club.revenue.import"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueOverlap(RevenueCase):
    def rows(self, *changed):
        """Return the rows of January; those in ``changed`` take the place of some."""
        rows = {
            1: f"K001,{self.letters},2026-01,100",
            2: f"K001,{self.parcels},2026-01,200",
            3: f"K002,{self.letters},2026-01,300",
            4: f"Ghost,{self.letters},2026-01,400",
        }
        return self.statement(*{**rows, **dict(changed)}.values())

    def told(self, content, **values):
        """Upload without a decision; return what the dialog tells, "" if it imports."""
        dialog = self.open_upload(content, **values)
        before = self.env[DOCUMENT].search_count([])
        action = dialog.action_import()
        if action["res_model"] == DOCUMENT:
            return ""
        self.assertEqual((action["res_model"], action["res_id"]), (DIALOG, dialog.id))
        self.assertEqual(self.env[DOCUMENT].search_count([]), before)
        return dialog.overlap_note

    def check_told(self, told, same, changed):
        self.assertIn(f"the same rows: {same};", told)
        self.assertIn(f"another amount: {changed}.", told)

    def book(self):
        """Return the same rows in a workbook, with codes, names and dates."""
        return self.workbook(
            ["客户名称", "专业", "收入(元)", "月份"],
            ["Alpha Post (Group)", self.letters, 100, date(2026, 1, 31)],
            ["K001", self.parcels, "200.00", 202601],
            ["ＢＥＴＡ trading", self.letters, 300, "2026年1月"],
            ["GHOST", self.letters, "400.0", "2026/1"],
        )

    # === TELLING === #

    def test_the_same_rows_from_another_file_are_told(self):
        first = self.upload(self.rows())
        for name, content in (
            ("workbook", self.book()),
            ("semicolons", self.rows().replace(b",", b";")),
            (
                "GB18030",
                (
                    "客户,专业,月份,金额\n" + self.rows().decode().partition("\n")[2]
                ).encode("gb18030"),
            ),
            ("blank line", self.rows() + b"\n"),
        ):
            with self.subTest(name):
                told = self.told(content)
                self.assertIn(first.name, told)
                self.check_told(told, same=4, changed=0)
        self.assertEqual(self.facts(self.account_a, self.account_b), 600)

    def test_a_row_that_was_corrected_is_told_apart(self):
        self.upload(self.rows())
        told = self.told(self.rows((1, f"K001,{self.letters},2026-01,101")))
        self.check_told(told, same=3, changed=1)

    def test_ten_thousands_are_compared_as_amounts(self):
        self.upload(self.statement(f"K001,{self.letters},2026-01,12345.6"))
        content = self.statement(f"K001,{self.letters},2026-01,1.23456")
        self.assertIn("the same rows: 1;", self.told(content, unit="wan"))

    def test_other_months_lines_and_accounts_are_not_told(self):
        self.upload(self.rows())
        for row in (
            f"K001,{self.letters},2026-02,100",
            f"K002,{self.parcels},2026-01,200",
            f"Another ghost,{self.letters},2026-01,400",
        ):
            with self.subTest(row):
                self.assertFalse(self.told(self.statement(row)))

    def test_rows_repeated_inside_a_file_are_valid(self):
        row = f"K001,{self.letters},2026-01,10"
        self.assertFalse(self.told(self.statement(row, row, row)))
        self.assertEqual(self.facts(self.account_a), 30)
        # Each row of the books counts once: the fourth one is more.
        told = self.told(self.statement(row, row, row, row))
        self.check_told(told, same=3, changed=1)

    def test_total_rows_without_account_or_line_are_no_overlap(self):
        self.upload(self.statement("合计,,2026-01,1", f",{self.letters},2026-01,2"))
        content = self.statement("合计,,2026-01,3", f",{self.letters},2026-01,2")
        self.assertFalse(self.told(content))

    def test_rows_settled_by_hand_are_told_by_their_text(self):
        """A name that wasn't remembered is as unknown as before."""
        first = self.upload(
            self.statement(
                f"Ghost,{self.letters},2026-01,1",
                "K001,Balloons,2026-01,2",
                f"K001,{self.letters},March,3",
            )
        )
        values = {"remember": False, "month": "2026-02-01"}
        self.settle(first.line_ids[0], account_id=self.account_a.id, **values)
        self.settle(first.line_ids[1], category_id=self.categ_letters.id, **values)
        self.settle(first.line_ids[2], **values)
        self.assertEqual(first.valid_count, 3)
        told = self.told(
            self.statement(
                f"ghost,{self.letters},202601,1",
                "Alpha post (group),balloons,2026/1,2",
                f"K001,{self.letters},march,4",
            )
        )
        self.check_told(told, same=2, changed=1)

    def test_parked_rows_that_could_be_read_today_are_told(self):
        self.upload(self.statement(f"Newcomer,{self.letters},2026-01,1"))
        self.env["res.partner"].create({"name": "Newcomer"})
        content = self.statement(f"NEWCOMER,{self.letters},2026-1,1")
        self.assertIn("the same rows: 1;", self.told(content))

    def test_cancelled_rows_and_those_of_other_companies_are_not_in_the_books(self):
        first = self.upload(self.rows())
        first.with_user(self.officer).action_cancel()
        self.assertFalse(self.told(self.rows() + b"\n"))
        other = self.env["res.company"].create({"name": "Other County"})
        self.finance.company_ids += other
        both = {"allowed_company_ids": (self.company | other).ids}
        dialog = self.open_upload(self.rows()).with_context(**both)
        dialog.company_id = other
        action = dialog.action_import()
        self.assertEqual(action["res_model"], DOCUMENT)

    def test_the_statements_that_were_sent_again(self):
        """The case: a statement as xlsx, then as csv, then with one row corrected."""
        self.account_b.name = "东海航运有限公司"
        self.categ_parcels.name = "Parcels of the case"
        table = [
            ["东海航运有限公司", "Parcels of the case", 12345.67, "202601"],
            ["K001", self.letters, 1000, "202601"],
            ["Household 2", "Express Mail", 880, "202601"],
        ]
        self.upload(self.workbook(["客户名称", "专业", "收入(元)", "月份"], *table))
        lines = ["客户名称,专业,收入(元),月份"]
        lines += [",".join(map(str, row)) for row in table]
        for codec in ("utf-8-sig", "gb18030", "utf-16"):
            told = self.told("\n".join(lines).encode(codec))
            self.check_told(told, same=3, changed=0)
        lines[2] = lines[2].replace("1000", "1001")
        told = self.told("\n".join(lines).encode())
        self.check_told(told, same=2, changed=1)

    def test_figures_are_those_of_two_bags_of_rows(self):
        """Counted anew in Python, over statements drawn by lot."""
        draw = random.Random(11)
        for _case in range(12):
            earlier, later = (
                [
                    (
                        draw.choice(("K001", "K002", "Ghost")),
                        draw.choice((self.letters, "Balloons")),
                        draw.choice(("2026-01", "2026-02", "March")),
                        draw.randint(1, 3),
                    )
                    for _row in range(draw.randint(1, 9))
                ]
                for _statement in range(2)
            )
            savepoint = self.env.cr.savepoint()
            self.upload(self.statement(*self._write(earlier)))
            told = self.told(self.statement(*self._write(later), ""))
            keys = {row[:3] for row in earlier}
            shared = [row for row in later if row[:3] in keys]
            same = (Counter(earlier) & Counter(later)).total()
            with self.subTest(earlier=earlier, later=later):
                if shared:
                    self.check_told(told, same, len(shared) - same)
                else:
                    self.assertFalse(told)
            savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def _write(self, rows):
        return [",".join(map(str, row)) for row in rows]

    # === DECIDING === #

    def test_adding_needs_a_reason_that_is_kept(self):
        self.upload(self.rows())
        content = self.rows() + b"\n"
        for reason in (None, "", False):
            dialog = self.open_upload(content, decision="add", reason=reason)
            with self.assertRaisesRegex(UserError, "Say why"):
                dialog.action_import()
        with self.assertRaisesRegex(ValidationError, "write it in words"):
            self.open_upload(content, decision="add", reason=" ")
        dialog = self.open_upload(content)
        action = dialog.action_import(decision="add", reason="A second delivery")
        self.assertRecordValues(
            self.env[DOCUMENT].browse(action["res_id"]),
            [{"overlap_decision": "add", "overlap_reason": "A second delivery"}],
        )
        self.assertEqual(self.facts(self.account_a), 600)

    def test_replacing_cancels_the_rows_with_those_keys_and_deletes_none(self):
        first = self.upload(self.rows())
        content = self.statement(
            f"K001,{self.letters},2026-01,101", f"Ghost,{self.letters},2026-01,400"
        )
        dialog = self.open_upload(content)
        dialog.action_import()
        dialog.decision = "replace"
        second = self.env[DOCUMENT].browse(dialog.action_import()["res_id"])
        self.assertEqual(
            first.line_ids.mapped("state"), ["cancelled", "valid", "valid", "cancelled"]
        )
        self.assertEqual(first.state, "done")
        self.assertIn(second.name, first.line_ids[0].discard_reason)
        self.assertEqual(first.line_ids[0].settled_by_id, self.finance)
        self.assertEqual(self.facts(self.account_a), 301)
        self.assertIn(second.name, first.message_ids[0].body)
        self.assertEqual(second.overlap_decision, "replace")

    def test_an_import_that_is_replaced_whole_is_cancelled_and_may_come_again(self):
        first = self.upload(self.rows())
        self.open_upload(self.book(), decision="replace").action_import()
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(self.facts(self.account_a, self.account_b), 600)
        self.open_upload(self.rows(), decision="replace").action_import()
        self.assertEqual(self.facts(self.account_a, self.account_b), 600)

    def test_replaced_rows_are_corrected_by_the_next_run(self):
        """Rule B9: differences settle themselves."""
        self.upload(self.statement(f"K001,{self.letters},2026-02,1000"))
        self._post_run("2026-02")
        content = self.statement(f"K001,{self.letters},2026-02,400")
        self.open_upload(content, decision="replace").action_import()
        run = self._post_run("2026-02")
        self.assertEqual(run.entry_ids.mapped("revenue"), [-600])

    def test_who_may_replace(self):
        self.upload(self.rows())
        content = self.rows() + b"\n"
        for method in (
            self.open_upload(
                content, user=self.clerk, decision="replace"
            ).action_import,
            lambda: self.open_upload(content, user=self.clerk).action_import("replace"),
        ):
            with self.assertRaisesRegex(AccessError, "replace"):
                method()
        self.assertEqual(self.facts(self.account_a), 300)
        self.assertTrue(self.told(content, user=self.clerk))
        dialog = self.open_upload(content, user=self.officer, decision="replace")
        self.assertEqual(dialog.action_import()["res_model"], DOCUMENT)

    def test_what_is_no_decision_is_refused(self):
        self.upload(self.rows())
        dialog = self.open_upload(self.rows() + b"\n")
        for decision in ("maybe", 5, ["add"], {"a": 1}):
            with self.subTest(decision), self.assertRaises(UserError):
                dialog.action_import(decision=decision, reason="x")
        for reason in (5, [1], "\0"):
            with self.subTest(reason), self.assertRaises(UserError):
                dialog.action_import(decision="add", reason=reason)

    def test_a_decision_is_for_what_was_told(self):
        """Another file, or another import meanwhile, is told anew."""
        self.upload(self.rows())
        dialog = self.open_upload(self.rows() + b"\n")
        dialog.action_import()
        told = dialog.overlap_note
        self.upload(self.statement(f"K001,{self.letters},2026-01,7"))
        dialog.decision = "replace"
        self.assertEqual(dialog.action_import()["res_model"], DIALOG)
        self.assertNotEqual(dialog.overlap_note, told)
        self.assertFalse(dialog.decision)
        self.assertEqual(self.facts(self.account_a), 307)

    def test_the_dialog_asks_for_a_decision(self):
        self.upload(self.rows())
        dialog = self.open_upload(self.rows() + b"\n")
        self.assertEqual(dialog.action_preview()["res_id"], dialog.id)
        self.assertEqual(dialog.action_import()["res_model"], DIALOG)
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_add()
        form = Form(dialog)
        form.reason = "Two deliveries"
        self.assertEqual(form.save().action_add()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_a), 600)

    # === SIZE === #

    def test_the_statements_stay_the_same_with_many_rows(self):
        rows = [
            f"{('K001', 'Beta Trading', f'Who {n % 50}')[n % 3]},{self.letters},"
            f"2026-0{n % 3 + 1},{n}"
            for n in range(4000)
        ]
        self.upload(self.statement(*rows[:40]))
        self.upload(self.statement(*rows))
        counts = []
        for part in (rows[:50], rows):
            dialog = self.open_upload(self.statement(*part, ""))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dialog.action_import()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertIn("the same rows: 4000;", dialog.overlap_note)
        self.assertLessEqual(counts[1], counts[0] + 1)
