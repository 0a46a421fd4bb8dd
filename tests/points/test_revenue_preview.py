"""What a statement would do is told before any of it counts. Rule B15."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.points import club_revenue_import, revenue_preview
from .revenue_case import RevenueCase

DIALOG, DOCUMENT = "club.revenue.upload", "club.revenue.import"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenuePreview(RevenueCase):
    def file(self, *more):
        return self.statement(
            f"K001,{self.letters},2026-01,100",
            f"K001,{self.letters},2026-01,100",
            f"K002,{self.parcels},2026-02,50.5",
            f"Ghost,{self.letters},2026-01,400",
            f"Spook,{self.letters},2026-02,6",
            f"K001,{self.letters},2026-01,much",
            *more,
        )

    def look(self, content, **values):
        dialog = self.open_upload(content, **values)
        action = dialog.action_preview()
        self.assertEqual((action["res_model"], action["res_id"]), (DIALOG, dialog.id))
        return dialog

    def preview(self, content, **changes):
        """Return what is told of a file, as data."""
        reading = club_revenue_import.Reading(self.company, content, "yuan", **changes)
        return self.env[DOCUMENT].with_user(self.finance)._preview_file(reading)[-1]

    # === WHAT IS TOLD === #

    def test_rows_sums_and_reasons_are_told(self):
        told = self.preview(self.file())
        self.assertEqual(told.read, (6, 656.5))
        self.assertEqual(told.valid, (3, 250.5))
        self.assertEqual(told.parked, (3, 406))
        self.assertEqual(
            [f"{month:%Y-%m}" for month in told.months], ["2026-01", "2026-02"]
        )
        self.assertEqual(
            [(line.name, line.months, line.total) for line in told.lines],
            [
                (self.letters, ((2, 200), (0, 0)), (2, 200)),
                (self.parcels, ((0, 0), (1, 50.5)), (1, 50.5)),
            ],
        )
        self.assertEqual(told.month_sums, [200, 50.5])
        self.assertEqual(
            [(reason.text, reason.count, reason.names) for reason in told.reasons],
            [
                ("No account has the code or name “…”.", (2, 406), ("Ghost", "Spook")),
                ("“…” is not an amount.", (1, 0), ("much",)),
            ],
        )
        self.assertEqual((told.repeats, told.repeated), (((2, 3),), 1))
        self.assertFalse(told.beyond or told.overlaps)

    def test_lines_are_called_as_their_business_line(self):
        self.env["club.business.line"].create(
            {"name": "Mail", "code": "mail", "category_id": self.categ_letters.id}
        )
        told = self.preview(self.file())
        self.assertEqual(told.lines[0].name, "Mail")

    def test_months_beyond_the_window_are_told(self):
        """Rule B9."""
        window = self.program._get_correction_window()
        told = self.preview(
            self.statement(
                f"K001,{self.letters},2019-05,1",
                f"K001,{self.letters},{window.start:%Y-%m},2",
            )
        )
        self.assertEqual([f"{month:%Y-%m}" for month in told.beyond], ["2019-05"])

    def test_totals_of_the_file_are_held_against_the_rows(self):
        content = self.statement(
            f"K001,{self.letters},2026-01,100",
            f"K002,{self.letters},2026-01,50",
            "合计,,,150.00",
        )
        agreed = self.look(content)
        self.assertIn("Totals left out that agree with the rows: 1.", agreed.preview)
        other = self.look(content.replace(b"150.00", b"170.00"))
        self.assertRegex(other.preview, "says 170.00, the rows read come to 150.00")
        for dialog in (agreed, other):
            self.assertIn("150.00", dialog.preview)
            dialog.action_preview()  # the first one is in the books by now
            document = self.env[DOCUMENT].browse(
                dialog.action_import("add", "Test")["res_id"]
            )
            self.assertEqual((document.line_count, document.amount), (2, 150))
        self.assertIn("come to 150.00", document.reading_note)

    def test_names_in_the_file_are_text_on_the_screen(self):
        row = f"<b onclick=x>Ghost</b>,{self.letters},2026-01,1"
        html = self.look(self.statement(row)).preview
        self.assertIn("&lt;b onclick=x&gt;Ghost", html)
        self.assertNotIn("<b ", html)

    def test_what_is_shown_is_bounded(self):
        rows = [
            f"Who {n},Balloon {n % 60},20{n % 20:02}-0{n % 9 + 1},1" for n in range(900)
        ]
        rows += [f"K001,{self.letters},20{n:02}-05,{n}" for n in range(26)]
        rows += [f"Ghost {n},{self.letters},2026-01,{n}" for n in range(40)]
        told = self.preview(self.statement(*rows))
        self.assertEqual(len(told.months), 24)
        self.assertEqual(told.more_lines, (2, 1))
        self.assertEqual(sum(reason.count.rows for reason in told.reasons), 940)
        self.assertLessEqual(len(told.reasons[0].names), revenue_preview.NAMES_SHOWN)

    # === BEFORE THE DECISION NOTHING COUNTS === #

    def test_a_preview_leaves_nothing_behind(self):
        before = self._count_all()
        dialog = self.look(self.file())
        self.assertIn("Ghost", dialog.preview)
        self.assertEqual(self._count_all(), before)
        self.assertFalse(self.facts(self.account_a, self.account_b))
        # Left: the same file is looked at and taken in by somebody else.
        other = self.look(self.file(), user=self.officer)
        self.assertEqual(other.action_import()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_a, self.account_b), 250.5)
        with self.assertRaisesRegex(UserError, "imported before"):
            dialog.action_import()

    def _count_all(self):
        self.env.flush_all()
        return [
            self.env[model].sudo().search_count([])
            for model in (DOCUMENT, "club.revenue.line", "club.revenue", "club.alias")
        ] + [self.env["club.revenue.mapping"].sudo().search_count([])]

    def test_a_file_that_was_loaded_is_refused_before_the_preview(self):
        self.upload(self.file())
        with self.assertRaisesRegex(UserError, "imported before"):
            self.open_upload(self.file()).action_preview()

    def test_what_changed_since_the_preview_is_shown_again(self):
        dialog = self.look(self.file())
        told = dialog.told
        self.env["res.partner"].create({"name": "Ghost"})
        self.assertEqual(dialog.action_import()["res_model"], DIALOG)
        self.assertNotEqual(dialog.told, told)
        self.assertFalse(self.facts(self.account_a))
        self.assertEqual(dialog.action_import()["res_model"], DOCUMENT)

    def test_rows_that_came_in_meanwhile_are_told_first(self):
        dialog = self.look(self.file())
        self.assertFalse(dialog.overlap_note)
        self.upload(self.statement(f"K002,{self.parcels},2026-02,50.50"))
        self.assertEqual(dialog.action_import()["res_model"], DIALOG)
        self.assertIn("the same rows: 1;", dialog.overlap_note)
        self.assertIn("Rows", dialog.preview)
        self.assertEqual(dialog.action_replace()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_b), 50.5)

    def test_another_file_in_the_form_is_not_what_was_shown(self):
        dialog = self.look(self.file())
        form = Form(dialog)
        self.assertTrue(form.told)
        form.file = base64.b64encode(self.statement(f"K001,{self.letters},2026-01,7"))
        self.assertFalse(form.told or form.preview)
        self.assertEqual(form.save().action_import()["res_model"], DIALOG)
        self.assertEqual(dialog.action_import()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_a), 7)

    # === WHO === #

    def test_the_books_of_another_company_are_not_what_was_shown(self):
        """The same file comes to the same sums there."""
        far = self._create_club_company("Far Post")
        self.finance.company_ids += far
        dialog = self.look(self.statement("Ghost,Nothing,soon,1"))
        both = (self.company | far).ids
        dialog = dialog.with_context(allowed_company_ids=both)
        dialog.company_id = far
        action = dialog.action_import()
        self.assertEqual(action["res_model"], DIALOG)
        self.assertFalse(self.env[DOCUMENT].search([("company_id", "=", far.id)]))
        self.assertEqual(dialog.action_import()["res_model"], DOCUMENT)

    def test_another_file_with_the_same_sums_is_not_what_was_shown(self):
        """Whoever changes the dialog behind the form moves nobody's revenue."""
        dialog = self.look(self.statement(f"K001,{self.letters},2026-01,100"))
        swapped = self.statement(f"K002,{self.letters},2026-01,100")
        dialog.file = base64.b64encode(swapped)
        self.assertEqual(dialog.action_import()["res_model"], DIALOG)
        self.assertEqual(self.facts(self.account_a, self.account_b), 0)
        self.assertEqual(dialog.action_import()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_b), 100)

    def test_the_unit_that_the_file_names_is_proposed(self):
        """Instead of a refusal, which somebody would have to read and act on."""
        row = f"K001,{self.letters},2026-01,1.5"
        for heading, chosen, named in (
            ("金额（万元）", "yuan", "wan"),
            ("金额（元）", "wan", "yuan"),
        ):
            content = self.statement(row, header=f"account,category,month,{heading}")
            upload = self.open_upload(content, unit=chosen)
            with self.subTest(heading):
                upload.action_preview()
                self.assertEqual((upload.asks, upload.unit), ("unit", named))
                self.assertIn(heading, upload.question)
                self.assertFalse(upload.preview)
                upload.action_preview()
                self.assertFalse(upload.asks)
                self.assertTrue(upload.preview)
        self.assertFalse(self.env["club.revenue.import"].search([]))

    def test_a_file_with_two_units_is_refused_whichever_is_chosen(self):
        content = self.statement(
            "单位：万元,,,",
            "account,category,month,金额（元）",
            f"K001,{self.letters},2026-01,1.5",
            header=",,,",
        )
        for unit in ("yuan", "wan"):
            upload = self.open_upload(content, unit=unit)
            with self.subTest(unit), self.assertRaisesRegex(UserError, "another unit"):
                upload.action_preview()
            self.assertEqual(upload.unit, unit)

    def test_who_may_look(self):
        for user in (self.clerk, self.officer, self.finance):
            with self.subTest(user.login):
                self.assertTrue(self.look(self.file(), user=user).preview)
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.open_upload(self.file(), user=user)
        dialog = self.look(self.file())
        with self.assertRaises(AccessError):
            dialog.with_user(self.clerk).action_preview()
        other = self.env["res.company"].create({"name": "Other County"})
        self.finance.company_ids += other
        foreign = self.open_upload(self.file())
        foreign.sudo().company_id = other
        with self.assertRaisesRegex(AccessError, "work for"):
            foreign.action_preview()

    def test_nobody_forges_what_was_shown(self):
        dialog = self.look(self.file())
        for name in ("told", "preview", "overlap_note", "asks", "is_mapped"):
            with self.subTest(name), self.assertRaises(AccessError):
                dialog.write({name: "year" if name == "asks" else "x"})

    def test_a_clerk_is_not_offered_to_replace(self):
        self.assertTrue(self.open_upload(b"x").can_replace)
        self.assertFalse(self.open_upload(b"x", user=self.clerk).can_replace)

    def test_a_year_is_one_of_months(self):
        for year in (26, 99999, -1):
            with self.subTest(year), self.assertRaisesRegex(UserError, "Give a year"):
                self.open_upload(self.file(), year=year).action_preview()

    # === SIZE === #

    def test_the_statements_stay_the_same_with_many_rows(self):
        rows = [
            f"{('K001', 'Beta Trading', f'Who {n % 50}')[n % 3]},{self.letters},"
            f"2026-0{n % 3 + 1},{n}"
            for n in range(3000)
        ]
        self.look(self.statement(*rows[:30]))
        counts = []
        for part in (rows[:50], rows):
            dialog = self.open_upload(self.statement(*part))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dialog.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
