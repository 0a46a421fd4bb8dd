"""What a requalification's figures rest on, and what they may lack. Rule A6."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..approval.rpc_case import DOORS, RpcCase
from ..common import ClubFixture, month

LAST_DAY, DAY_AFTER = "2026-12-31", "2027-01-01"


class BasisCase(ClubFixture):
    """An account that was enrolled on points of January 2026, until February 2027."""

    @classmethod
    def _set_up_basis(cls):
        cls._set_up_club()
        cls._set_up_seats()
        cls.program.date_start = "2026-01-01"
        cls._add_revenue(cls.account_a, 60_000, "2026-01")

    @classmethod
    def _enrol(cls):
        with freeze_time("2026-02-10"):
            cls._post_run("2026-01")

    def _prepare(self):
        record = (
            self.env["club.requalification"]
            .with_user(self.officer)
            .create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-01-01",
                    "date_to": "2027-12-31",
                }
            )
        )
        record.action_prepare()
        return record

    def _park(self, in_month=None, company=None):
        """Leave a row of a statement parked."""
        line = self._add_revenue(self.account_a, 7, "2026-03")
        self.env.cr.execute(
            "UPDATE club_revenue_line SET state = 'parked', month = %s,"
            " company_id = %s, fault = 'Unknown', fault_code = 'account'"
            " WHERE id = %s",
            [
                in_month and month(in_month),
                (company or self.company).id,
                line.id,
            ],
        )
        self.env.invalidate_all()
        return line


@tagged("post_install", "-at_install")
class TestRequalificationBasis(BasisCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_basis()
        cls._enrol()

    # === The window === #

    @freeze_time("2026-11-29")
    def test_a_window_that_is_not_over_can_be_looked_at_but_not_submitted(self):
        record = self._prepare()
        self.assertTrue(record.line_ids)
        self.assertTrue(record.is_early)
        self.assertEqual(str(record.judged_to), LAST_DAY)
        self.assertFalse(record.approval_can_submit)
        self._give_reasons(record)
        with self.assertRaisesRegex(UserError, "runs until 12/31/2026"):
            record.action_submit()
        self.assertEqual(record.state, "draft")

    # === Months, rows, exceptions === #

    def test_a_year_that_is_posted_needs_none(self):
        """A month that was left out is in a later one's correction window. B9."""
        with freeze_time(DAY_AFTER):
            self._post_run("2026-12")
            record = self._prepare()
            self.assertFalse(record.unposted_months)
            record.action_submit()
        self.assertEqual(record.state, "submitted")

    # === Names === #

    def test_names_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "club.points.run"),
                ("field_id.name", "=", "kind"),
                ("value", "=", "revenue"),
            ]
        ).with_context(lang="zh_CN").name = "本月积分"
        record = self._prepare()
        run = self.env["club.points.run"].search(
            [("program_id", "=", self.program.id)], limit=1
        )
        for document in (record, run):
            with self.subTest(document._name):
                english = document.with_context(lang="en_US")
                chinese = document.with_context(lang="zh_CN")
                self.assertNotEqual(english.name, chinese.name)
                self.assertEqual(english.display_name, english.name)
                self.assertEqual(chinese.display_name, chinese.name)
                for reader in (english, chinese):
                    found = reader.search([("name", "=", reader.name)])
                    self.assertEqual(found, document)
                    found = reader.name_search(reader.name[2:])
                    self.assertEqual([key for key, _name in found], document.ids)
                self.assertFalse(chinese.search([("name", "=", english.name)]))
                self.assertFalse(english.search([("name", "ilike", "%")]))

    def test_a_run_is_found_by_its_number(self):
        with freeze_time("2026-02-20"):
            self._post_run("2026-01")
        runs = self.env["club.points.run"]
        domain = [("program_id", "=", self.program.id)]
        second = runs.search([*domain, ("name", "ilike", "2026-01 #2")])
        self.assertEqual((len(second), second.number), (1, 2))
        self.assertEqual(
            runs.search([*domain, ("name", "not ilike", "#2")]),
            runs.search(domain) - second,
        )
        self.program.name = "Renamed"
        self.assertNotIn("Renamed", second.name)


@tagged("post_install", "-at_install")
class TestRequalificationOfAYear(BasisCase, TransactionCase):
    """The year is posted up to November."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_basis()
        cls._enrol()
        cls._post_year()

    @classmethod
    def _post_year(cls):
        for number in range(2, 12):
            with freeze_time(f"2026-{number + 1:02}-10"):
                cls._post_run(f"2026-{number:02}")

    def _post_december(self):
        with freeze_time(DAY_AFTER):
            self._post_run("2026-12")

    # === The window === #

    def test_it_is_submitted_the_day_after_the_window(self):
        self._add_revenue(self.account_a, 100, "2026-12")
        with freeze_time(LAST_DAY):
            record = self._prepare()
            self._give_reasons(record)
            with self.assertRaisesRegex(UserError, "runs until"):
                record.action_submit()
        with freeze_time(DAY_AFTER):
            with self.assertRaisesRegex(UserError, "before its window was over"):
                record.action_submit()
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
        self.assertEqual(record.state, "submitted")

    def test_twelve_months_before_the_terms_end(self):
        """Rule A6: the other window that a program may choose, day by day."""
        self.program.requalification_window = "rolling"
        self._post_december()
        ends = max(
            self.account_a.club_membership_ids.mapped("date_to")
        )  # 9 February 2027
        with freeze_time(ends):
            record = self._prepare()
            self.assertEqual((record.judged_to, record.is_early), (ends, True))
        with freeze_time("2027-02-10"):
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
        self.assertEqual(record.state, "submitted")

    def test_a_worksheet_judged_by_another_window_is_prepared_again(self):
        self._post_december()
        with freeze_time("2027-02-10"):
            record = self._prepare()
            self.program.requalification_window = "rolling"
            self._give_reasons(record)
            with self.assertRaisesRegex(UserError, "prepare it again"):
                record.action_submit()

    # === Months, rows, exceptions === #

    def test_a_month_that_is_not_posted_needs_a_reason(self):
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self.assertEqual(record.unposted_months, "2026-12")
            with self.assertRaisesRegex(UserError, "Months Not Posted, 2026-12"):
                record.action_submit()
            for reason in ("  ", "\u200b"):
                with (
                    self.subTest(reason),
                    self.assertRaisesRegex(ValidationError, "write it in words"),
                ):
                    record.unposted_reason = reason
            record.unposted_reason = "No business in December"
            record.action_submit()
        self.assertEqual(record.state, "submitted")

    def test_parked_rows_of_the_window_and_of_no_month_count(self):
        self._post_december()
        other = self._create_club_company("Hill Post")
        for in_month, company in (
            ("2025-12", None),
            ("2026-01", None),
            ("2026-12", None),
            ("2027-01", None),
            (None, None),
            ("2026-05", other),
        ):
            self._park(in_month, company)
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self.assertEqual(record.parked_count, 3)
            rows = self.env["club.revenue.line"].search(
                record.action_open_parked()["domain"]
            )
            self.assertEqual(len(rows), 3)
            with self.assertRaisesRegex(UserError, "Rows Parked, 3"):
                record.action_submit()
            record.parked_reason = "Under 10 CNY together"
            record.action_submit()

    def test_exceptions_of_the_last_run_count(self):
        unrated = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(self.account_a, 500, "2026-11", category=unrated)
        self._post_december()
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self.assertEqual(record.exception_count, 1)
            found = self.env["club.points.exception"].search(
                record.action_open_exceptions()["domain"]
            )
            self.assertEqual(found.category_id, unrated)
            with self.assertRaisesRegex(UserError, "Exceptions Open, 1"):
                record.action_submit()
            record.exception_reason = "Never earns"
            record.action_submit()

    def test_a_reason_falls_when_what_it_explains_changes(self):
        self._park("2026-06")
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self._give_reasons(record)
            record.action_prepare()
            self.assertTrue(record.parked_reason and record.unposted_reason)
            self._park("2026-07")
            record.action_prepare()
            self.assertFalse(record.parked_reason)
            self.assertTrue(record.unposted_reason)

    def test_points_posted_since_it_was_prepared(self):
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self._give_reasons(record)
            self._post_run("2026-12")
            with self.assertRaisesRegex(UserError, "prepare it again"):
                record.action_submit()
            record.action_prepare()
            record.action_submit()

    # === Signed, and applied === #

    def test_reasons_are_signed_and_fixed(self):
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            record.unposted_reason = "No business in December"
            record.action_submit()
            content = record.approval_request_id.sudo().content
            self.assertEqual(content["unposted_reason"], "No business in December")
            self.assertEqual(content["unposted_months"], "2026-12")
            with self.assertRaises(UserError):
                record.unposted_reason = "Another"
            self._sign_all(record)
            self.env.cr.execute(
                "UPDATE club_requalification SET unposted_reason = 'Another'"
                " WHERE id = %s",
                [record.id],
            )
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "doesn't say any more"):
                record.action_apply()

    def test_more_that_is_missing_since_it_was_signed_stops_it(self):
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            parked = self._park("2026-06")
            with self.assertRaisesRegex(UserError, "More is missing"):
                record.action_apply()
            self.assertFalse(record.applied_on)
            self.env.cr.execute(
                "DELETE FROM club_revenue_line WHERE id = %s", [parked.id]
            )
            self.env.invalidate_all()
            self._post_run("2026-12")  # less is missing than was signed
            record.action_apply()
            record.action_apply()
        self.assertEqual(record.state, "applied")
        self.assertEqual(set(record.line_ids.mapped("outcome")), {"renewed"})

    def test_the_printed_list_shows_what_is_missing_and_why(self):
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            record.unposted_reason = "No business in December"
            html, _type = (
                self.env["ir.actions.report"]
                .with_user(self.officer)
                ._render_qweb_pdf("crm_club.club_requalification_list", record.ids)
            )
        for text in ("Months Not Posted", "2026-12", "No business in December"):
            self.assertIn(text, html.decode())

    def test_whoever_prepares_needs_not_see_all_rows(self):
        """What decides is counted as superuser: another's rows count too."""
        self._post_december()
        self._park("2026-06")
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "club.revenue.line")]
        ).perm_read = False
        with freeze_time(DAY_AFTER):
            self.assertEqual(self._prepare().parked_count, 1)

    # === Names === #

    def test_a_request_names_its_document_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self._post_december()
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            record.action_submit()
        request = record.approval_request_id.sudo()
        for lang in ("en_US", "zh_CN"):
            reader = request.with_context(lang=lang)
            self.assertEqual(
                reader.display_name, record.with_context(lang=lang).display_name
            )
            self.assertEqual(reader.signature_ids[0].document_name, reader.display_name)
        self.assertEqual(request.name, record.with_context(lang="en_US").name)


@tagged("post_install", "-at_install")
class TestRequalificationBasisRpc(BasisCase, RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_basis()

    def test_nothing_of_it_is_the_clients_to_write(self):
        """Rule A6: neither what is missing nor the window can be talked away."""
        self._enrol()
        with freeze_time(DAY_AFTER):
            record = self._prepare()
            for door in DOORS:
                for values in (
                    {"unposted_months": False},
                    {"parked_count": 0},
                    {"exception_count": 0},
                    {"judged_to": "2020-12-31"},
                    {"prepared_on": "2030-01-01"},
                    {"prepared_after": 0},
                    {"requalification_window": "rolling"},
                ):
                    _result, error = self._call(
                        door,
                        self.officer,
                        record._name,
                        "write",
                        record.ids,
                        vals=values,
                    )
                    with self.subTest(door=door, values=values):
                        self.assertEqual(error, "odoo.exceptions.AccessError")
                _result, error = self._call(
                    door, self.officer, record._name, "action_submit", record.ids
                )
                self.assertEqual(error, "odoo.exceptions.UserError")
            _result, error = self._call(
                "call_kw",
                self.lead,
                record._name,
                "write",
                record.ids,
                vals={"unposted_reason": "Mine"},
            )
            self.assertEqual(error, "odoo.exceptions.AccessError")
            self._call_ok(
                self.officer,
                record._name,
                "write",
                record.ids,
                vals={"unposted_reason": "No business"},
            )
            self._call_ok(self.officer, record._name, "action_submit", record.ids)
        self.assertEqual(record.state, "submitted")
