from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon, month


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestControlPaste(ClubCommon):
    """A month's control totals at once, all or none. Rule B12."""

    def _paste(self, text, user=None, **values):
        wizard = self.env["club.control.paste"].with_user(user or self.finance)
        return wizard.create(
            {"month": "2026-03-17", "text": text, **values}
        ).action_save()

    def _get_controls(self):
        controls = self.env["club.control.total"].search(
            [("company_id", "=", self.company.id)]
        )
        return {
            (each.category_id.name, each.unit_id.name): each.amount for each in controls
        }

    def test_lines_come_from_a_spreadsheet_or_are_typed(self):
        self._paste(
            "业务\t金额\nTest Letters\t1,200.50\n\nQuay/Test Letters；￥700\n"
            "Hill;test  parcels;-3\n\tTest Parcels\t0\t\n"
        )
        self.assertEqual(
            self._get_controls(),
            {
                ("Test Letters", False): 1200.5,
                ("Test Letters", "Quay"): 700,
                ("Test Parcels", "Hill"): -3,
                ("Test Parcels", False): 0,
            },
        )
        found = self.env["club.control.total"].search([])
        self.assertEqual(set(found.mapped("month")), {month("2026-03")})

    def test_amounts_in_ten_thousands(self):
        self._paste("Test Letters;1.5", unit="wan")
        self.assertEqual(self._get_controls(), {("Test Letters", False): 15_000})

    def test_one_that_is_there_gets_the_new_amount(self):
        self._paste("Test Letters;5\nTest Parcels;6")
        action = self._paste("Test Letters;7")
        self.assertEqual(
            self._get_controls(),
            {("Test Letters", False): 7, ("Test Parcels", False): 6},
        )
        controls = self.env["club.control.total"].search(action["domain"])
        self.assertEqual(len(controls), 2)

    def test_one_bad_line_leaves_all_as_it_was(self):
        twin = self.categ_parcels.copy({"name": "Test Parcels"})
        twin.parent_id = self.categ_letters
        with self.assertRaises(UserError) as raised:
            self._paste(
                "Test Letters;5\nNobody;1\nTest Letters;6\nTest Letters;many\n"
                "Far/Test Letters;1\nTest Letters 7\nTest Letters;NaN\n"
                "Test Letters;10000000000000"
            )
        sentences = str(raised.exception).splitlines()
        self.assertEqual(sentences[0], "Nothing was saved.")
        self.assertEqual(
            [sentence.split(":")[0] for sentence in sentences[1:]],
            [f"Line {number}" for number in (2, 3, 4, 5, 6, 7, 8)],
        )
        self.assertIn("line 1 says the same", sentences[2])
        self.assertFalse(self._get_controls())

    def test_names_that_mean_two_things_are_refused(self):
        self.unit.copy({"name": "Quay"})
        with self.assertRaisesRegex(UserError, "2 units have the name"):
            self._paste("Quay/Test Letters;5")

    def test_nothing_and_too_much_are_refused(self):
        for text in ("\n \n", "业务;金额"):
            with self.assertRaisesRegex(UserError, "no line"):
                self._paste(text)
        for text in ("x;1\n" * 501, "x" * 100_001):
            with self.assertRaisesRegex(UserError, "at most 500"):
                self._paste(text)
        with self.assertRaises(UserError) as raised:
            self._paste("x;1\n" * 500)
        self.assertIn("480 more lines", str(raised.exception))

    def test_finance_alone_enters_figures(self):
        for user in (self.officer, self.clerk, self.lead, self.auditor):
            with self.assertRaises(AccessError):
                self._paste("Test Letters;5", user=user)
        self._paste("Test Letters;5")
        self.assertEqual(len(self._get_controls()), 1)

    def test_another_companys_units_and_months_are_none_of_ours(self):
        far = self._create_club_company("Far Post")
        self.env["crm.team"].create({"name": "Isle", "company_id": far.id})
        with self.assertRaisesRegex(UserError, "No unit has the name"):
            self._paste("Isle;Test Letters;5")
        with self.assertRaises(AccessError):
            self._paste("Test Letters;5", company_id=far.id)

    @freeze_time("2026-01-31")
    def test_last_month_is_proposed(self):
        form = Form(self.env["club.control.paste"].with_user(self.finance))
        self.assertEqual(form.month, month("2025-12"))

    def test_the_run_opens_it_for_its_month(self):
        run = self._create_run("2026-02")
        action = run.with_user(self.finance).action_paste_controls()
        wizard = self.env["club.control.paste"].with_user(self.finance)
        form = Form(wizard.with_context(**action["context"]))
        self.assertEqual(form.month, month("2026-02"))
