"""What a run says is open, and what cures it."""

import itertools

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon, month

RATE = "club.points.rate"
STATES = ("files", "parked", "controls", "exceptions", "units", "facts", "post")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsRunChecklist(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unrated = cls.env["product.category"].create({"name": "Unrated"})
        cls._add_revenue(cls.account_a, 1000)

    def _get_states(self, run, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        run = run.with_user(user or self.officer)
        return {name: run[f"{name}_state"] for name in STATES}

    def _add_control(self, amount, **values):
        return (
            self.env["club.control.total"]
            .with_user(self.finance)
            .create(
                {
                    "month": month("2026-03"),
                    "category_id": self.categ_parcels.id,
                    "amount": amount,
                    **values,
                }
            )
        )

    def test_files_are_those_with_rows_of_the_month(self):
        """Parked rows count as brought, cancelled ones don't."""
        run = self._create_run()
        key = (run.company_id, run.month)
        [file] = run._find_files_sudo()[key]
        line = self.env["club.revenue.line"].search([("import_id", "=", file.id)])
        self.assertEqual(line.month, run.month)
        for state, is_found in (("parked", True), ("cancelled", False)):
            self.env.cr.execute(
                "UPDATE club_revenue_line SET state = %s WHERE id = %s",
                [state, line.id],
            )
            self.env.invalidate_all()
            with self.subTest(state):
                found = run._find_files_sudo().get(key, file.browse())
                self.assertEqual(file in found, is_found)
        self.assertEqual(run.browse()._find_files_sudo(), {})

    def test_each_point_goes_from_open_to_settled(self):
        """Rules B5, B9, B12."""
        run = self._create_run(no_controls_reason=False)
        self.assertEqual(
            self._get_states(run),
            {
                "files": "done",
                "parked": "done",
                "controls": "blocking",
                "exceptions": "open",
                "units": "open",
                "facts": "blocking",
                "post": "blocking",
            },
        )
        run.action_compute()
        states = self._get_states(run)
        self.assertEqual(
            (states["units"], states["facts"], states["post"]),
            ("blocking", "done", "blocking"),
        )
        self._verify_all(run)
        self._add_control(1000)
        self.assertEqual(
            self._get_states(run),
            {**dict.fromkeys(STATES, "done"), "post": "open"},
        )
        self.assertIn("1 entered: 1 equal, 0 explained, 0 differing", run.controls_text)
        run.action_post()
        self.assertEqual(self._get_states(run), dict.fromkeys(STATES, False))

    def test_control_totals_are_counted_by_how_they_stand(self):
        """Rule B12."""
        run = self._create_run()
        self._add_control(1000)
        self._add_control(1, unit_id=self.unit.id)
        explained = self._add_control(5, category_id=self.categ_letters.id)
        explained.explanation = "Booked in April"
        self._add_control(7, month=month("2026-02"))
        self.assertEqual(self._get_states(run)["controls"], "blocking")
        self.assertIn("3 entered: 1 equal, 1 explained, 1 differing", run.controls_text)
        action = run.action_open_controls()
        self.assertEqual(
            self.env["club.control.total"].search_count(action["domain"]), 3
        )

    def test_a_month_without_files_is_open(self):
        run = self._create_run("2026-02")
        self.assertEqual(self._get_states(run)["files"], "open")
        self.assertFalse(
            self.env["club.revenue.import"].search(run.action_open_files()["domain"])
        )
        found = self._create_run("2026-03").action_open_files()["domain"]
        self.assertEqual(
            self.env["club.revenue.import"].search(found), self._get_import()
        )

    def test_what_changed_since_is_open(self):
        """Rule B9."""
        run = self._create_run()
        run.action_compute()
        self._add_revenue(self.account_a, 1)
        self.assertEqual(self._get_states(run)["facts"], "open")

    def test_all_that_keeps_from_posting_is_said_at_once(self):
        """Rules B5, B12: the first thing is not the only one."""
        run = self._create_run(no_controls_reason=False)
        run.action_compute()
        with self.assertRaises(UserError) as raised:
            run.with_user(self.officer).action_post()
        sentences = str(raised.exception).splitlines()
        self.assertEqual(len(sentences), 2)
        self.assertIn("No unit of", sentences[0])
        self.assertIn("no control total", sentences[1])
        self._add_control(1)
        with self.assertRaisesRegex(UserError, "No unit.*\n.*differ from the facts"):
            run.with_user(self.officer).action_post()

    def test_the_dialog_lists_all_that_is_open(self):
        """Rules B3, B5, B9."""
        self._add_revenue(self.account_b, 700)
        self._add_revenue(self.account_a, 100, category=self.unrated)
        run = self._create_run().with_user(self.officer)
        run.action_compute()
        self._verify(
            run.unit_ids.filtered(lambda u: u.unit_id == self.unit), self.clerk
        )
        self._add_revenue(self.account_a, 1)
        self.env.invalidate_all()
        self.assertFalse(run.is_blocked)
        for text in ("To settle: 1 ", "waiting: Hill", "have changed since"):
            self.assertIn(text, run.open_points)
        # Once is enough.
        arch = run.get_views([(run.action_open_posting()["views"][0])])["views"]["form"]
        self.assertNotIn("exception_", arch["arch"])
        self.env["res.lang"]._activate_lang("zh_CN")
        told = run.with_context(lang="zh_CN").open_points
        self.assertIn("单位：", told)
        self.assertNotIn(": ", told)
        self._add_control(3)
        self.env.invalidate_all()
        self.assertTrue(run.is_blocked)
        self.assertIn("differ from the facts", run.open_points)

    def test_a_clerk_counts_her_own_unit(self):
        """Rule B5: she sees of units and exceptions what she may read."""
        self._add_revenue(self.account_b, 700)
        run = self._create_run()
        run.action_compute()
        own = run.with_user(self.clerk)
        self.assertIn("0 of 1 verified, waiting: Quay", own.units_text)
        self.assertEqual(
            self.env["club.points.run.unit"]
            .with_user(self.clerk)
            .search(own.action_open_units()["domain"])
            .unit_id,
            self.unit,
        )
        self.assertIn("of 2 verified", run.with_user(self.officer).units_text)
        with self.assertRaises(AccessError):
            own.action_compute()

    def test_who_reads_no_control_totals_hears_that_they_differ(self):
        """Rule B12: and not which."""
        self._add_control(5)
        run = self._create_run()
        run.action_compute()
        for user, is_told in (
            (self.clerk, False),
            (self.lead, False),
            (self.finance, True),
            (self.auditor, True),
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            (values,) = run.with_user(user).read(["post_text", "open_points"])
            self.assertIn("differ from the facts", values["open_points"])
            self.assertEqual("Test Parcels" in values["open_points"], is_told)

    def test_another_companys_month_is_none_of_ours(self):
        other = self._create_club_company("Far Post")
        run = self._create_run("2026-02")
        self._add_revenue(self.account_a, 5, "2026-02")
        self._add_control(1, month=month("2026-02"))
        program = self._create_program(other)
        far = self._create_run("2026-02", program, no_controls_reason=False)
        states = {name: far[f"{name}_state"] for name in STATES}
        self.assertEqual((states["files"], states["controls"]), ("open", "blocking"))
        self.assertEqual(far.controls_text, "None entered, and no reason.")
        self.assertEqual(self._get_states(run)["files"], "done")

    def test_the_check_list_asks_as_much_for_many_as_for_few(self):
        counts = []
        run = self._create_run()
        run.action_compute()
        numbers = itertools.count(1)
        for size in (1, 12):
            categories = self.env["product.category"].create(
                [{"name": f"Unrated {next(numbers)}"} for _each in range(size)]
            )
            teams = self.env["crm.team"].create(
                [
                    {"name": f"Unit {next(numbers)}", "company_id": self.company.id}
                    for _each in range(size)
                ]
            )
            for category, team in zip(categories, teams, strict=True):
                account = self._create_account(f"In {team.name}")
                account.club_unit_id = team
                self._add_revenue(account, 10)
                self._add_revenue(account, 10, category=category)
                self._add_control(20, category_id=category.id)
            run.action_compute()
            self.env.flush_all()
            for _time in range(2):  # the first one reads what is kept between calls
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                run.with_user(self.officer).read(
                    [f"{name}_text" for name in STATES] + ["open_points"]
                )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(set(counts)), 1, counts)

    # === Recomputing === #

    def test_recomputing_is_noted_with_what_it_changed(self):
        """Rule B9."""
        run = self._create_run().with_user(self.officer)
        run.action_compute()
        before = run.message_ids
        self._add_revenue(self.account_a, 250)
        self._add_revenue(self.account_a, 9, category=self.unrated)
        run.action_compute()
        note = run.message_ids - before
        self.assertEqual(note.author_id, self.officer.partner_id)
        for text in ("1,000.00 → 1,250.00", "0 → 1"):
            self.assertIn(text, note.body)
        before = run.message_ids
        run.action_compute()
        self.assertIn("the sums stay", (run.message_ids - before).body)

    # === Cures === #

    def _get_exception(self, run, reason):
        return run.exception_ids.filtered(lambda each: each.reason == reason)[:1]

    def test_a_lacking_rate_opens_a_new_one_from_the_first_month(self):
        """Rules B2, B3."""
        for in_month in ("2026-03", "2026-02"):
            self._add_revenue(self.account_a, 100, in_month, self.unrated)
        run = self._create_run()
        run.action_compute()
        exception = self._get_exception(run, "rate").with_user(self.officer)
        action = exception.action_cure()
        self.assertEqual((action["res_model"], action["res_id"]), (RATE, False))
        form = Form(
            self.env[RATE].with_user(self.officer).with_context(**action["context"])
        )
        self.assertEqual(form.category_id, self.unrated)
        self.assertEqual(str(form.date_from), "2026-02-01")
        self.assertEqual(form.program_id, self.program)
        form.value = 0.3
        rate = form.save()
        self.assertEqual(rate.factor, "conversion")
        self.assertEqual(exception.action_cure()["res_id"], rate.id)

    def test_a_lacking_agreement_opens_a_new_one(self):
        """Rule B4."""
        account = self._create_account("Far Mills", agreement=False)
        self._add_revenue(account, 100)
        run = self._create_run()
        run.action_compute()
        exception = self._get_exception(run, "agreement")
        action = exception.with_user(self.officer).action_cure()
        self.assertEqual(action["res_model"], "club.agreement")
        self.assertEqual(action["context"]["default_account_id"], account.id)
        self.assertEqual(action["context"]["default_date_from"], "2026-03-01")
        with self.assertRaises(AccessError):
            exception.with_user(self.finance).action_cure()

    # === After posting === #

    def test_a_posted_run_lists_whom_it_enrolled_and_promoted(self):
        """Rule A5: with the tier before and after."""
        tiers = self.membership.tier_ids.sorted("sequence")
        self._add_revenue(self.account_a, float(tiers[0].points_from))
        first = self._post_run()
        self.assertTrue(first.enrolled_count)
        begun = self.env["club.membership"].search(first.action_open_begun()["domain"])
        found = begun.filtered(lambda each: each.group_id == self.membership)
        self.assertRecordValues(
            found,
            [{"account_id": self.account_a.id, "previous_tier_name": "No tier"}],
        )
        self._add_revenue(self.account_a, float(tiers[1].points_from))
        second = self._post_run()
        begun = self.env["club.membership"].search(second.action_open_begun()["domain"])
        found = begun.filtered(lambda each: each.group_id == self.membership)
        self.assertRecordValues(
            found,
            [{"origin": "upgraded", "previous_tier_id": tiers[0].id}],
        )
        self.assertEqual(second.enrolled_count + second.upgraded_count, len(begun))
        # Whose accounts aren't hers she doesn't find there.
        self.account_a.club_unit_id = self.other_unit
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(second.with_user(self.lead).upgraded_count)
        with self.assertRaises(AccessError):
            found.with_user(self.officer).write({"run_id": first.id})


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestUnitVerification(ClubCommon):
    """What a unit's clerk sees, and what verifying asks of her. Rule B5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 1000)
        cls._add_revenue(cls.account_b, 500)
        cls.run_of_march = cls._create_run()
        cls.run_of_march.action_compute()
        by_unit = cls.run_of_march.unit_ids.grouped("unit_id")
        cls.quay, cls.hill = by_unit[cls.unit], by_unit[cls.other_unit]

    def _attach(self, unit):
        paper = self.env["ir.attachment"].with_user(self.clerk)
        paper = paper.create(
            {"name": "Sheet.pdf", "raw": b"x", "res_model": unit._name}
        )
        unit.with_user(self.clerk).attachment_ids = [Command.link(paper.id)]
        return paper

    def test_without_source_records_the_reason_is_asked_for(self):
        own = self.quay.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "no source records"):
            own.action_verify()
        for reason in (" ", "。", "\u200b"):
            with self.assertRaisesRegex(ValidationError, "says nothing"):
                own.no_records_reason = reason
        self.assertEqual(own.state, "waiting")
        own.no_records_reason = "Kept at the branch's safe"
        own.action_verify()
        self.assertEqual(own.state, "verified")

    def test_all_that_verifying_needs_is_asked_for_in_one_dialog(self):
        """Not first whether it is meant, and then for what is missing."""
        action = self.quay.with_user(self.clerk).action_open_verifying()
        self.assertEqual((action["res_id"], action["target"]), (self.quay.id, "new"))
        dialog = self.quay.with_user(self.clerk).get_views(action["views"])
        arch = etree.fromstring(dialog["views"]["form"]["arch"])
        names = {node.get("name") for node in arch.iter("field", "button")}
        self.assertLessEqual(
            {"attachment_ids", "no_records_reason", "run_is_stale", "action_verify"},
            names,
        )
        self.assertFalse(arch.xpath("//button[@confirm]"))
        with self.assertRaisesRegex(AccessError, "Only the points clerk"):
            self.quay.with_user(self.officer).action_open_verifying()
        self.quay.with_user(self.clerk).no_records_reason = "Kept at the branch"
        self.quay.with_user(self.clerk).action_verify()
        with self.assertRaisesRegex(AccessError, "verified already"):
            self.quay.with_user(self.clerk).action_open_verifying()

    def test_with_source_records_no_reason_is_asked_for(self):
        self._attach(self.quay)
        self.quay.with_user(self.clerk).action_verify()
        self.assertEqual(self.quay.state, "verified")

    def test_a_file_of_everybodys_does_not_become_the_clerks(self):
        """Who puts it to her unit's papers gets no right on it that she hadn't."""
        script = self.env["ir.attachment"].create(
            {"name": "bundle.js", "raw": b"safe", "public": True}
        )
        own = self.quay.with_user(self.clerk)
        own.attachment_ids = [Command.link(script.id)]
        self.env.invalidate_all()
        self.assertFalse(script.res_id or script.res_model)
        for attack in (
            lambda: script.with_user(self.clerk).write({"raw": b"evil"}),
            lambda: script.with_user(self.clerk).unlink(),
        ):
            with self.assertRaises(AccessError):
                attack()

    def test_the_reason_stays_with_the_verification(self):
        self._verify(self.quay, self.clerk)
        for user in (self.clerk, self.officer):
            with self.assertRaisesRegex(UserError, "stays as it was said"):
                self.quay.with_user(user).no_records_reason = "Another"
        self.assertEqual(self.quay.no_records_reason, "Test")
        self.assertTrue(self._attach(self.quay).exists())  # papers may still come

    def test_what_it_was_verified_by_is_not_taken_away(self):
        paper = self._attach(self.quay)
        own = self.quay.with_user(self.clerk)
        own.action_verify()
        with self.assertRaises(UserError):
            own.attachment_ids = [Command.clear()]
        with self.assertRaises(UserError):
            paper.with_user(self.clerk).unlink()
        self._attach(self.quay)
        self.assertEqual(len(self.quay.attachment_ids), 2)

    def test_a_withdrawn_verification_takes_its_reason_along(self):
        self._verify(self.quay, self.clerk)
        self._add_revenue(self.account_a, 1)
        self.run_of_march.action_compute()
        self.assertRecordValues(
            self.quay, [{"state": "waiting", "no_records_reason": False}]
        )
        # What was written and not verified yet waits.
        self.quay.with_user(self.clerk).no_records_reason = "Kept at the branch"
        self._add_revenue(self.account_a, 1)
        self.run_of_march.action_compute()
        self.assertEqual(self.quay.no_records_reason, "Kept at the branch")

    def test_a_clerk_compares_with_the_month_before(self):
        self._add_revenue(self.account_a, 400, "2026-02", self.categ_letters)
        self._add_revenue(self.account_b, 77, "2026-02")
        self._post_run("2026-02")
        self.run_of_march.action_compute()
        html = self.quay.with_user(self.clerk).changes_html
        for text in ("Anchor Mills", "1,000.00", "400.00", "600.00", "2026-02"):
            self.assertIn(text, html)
        self.assertNotIn("Beacon", html)
        self.assertNotIn("Earlier Months", html)
        domain = self.quay.with_user(self.clerk).action_open_comparison()["domain"]
        entries = self.env["club.points.entry"].with_user(self.clerk).search(domain)
        self.assertEqual(entries.account_id, self.account_a)
        self.assertEqual(sum(entries.mapped("revenue")), 1400)
        with self.assertRaises(AccessError):
            self.hill.with_user(self.clerk).read(["changes_html"])

    def test_the_largest_change_comes_first_and_corrections_are_told(self):
        self._post_run("2026-02")
        other = self._create_account("Cannery", club_unit_id=self.unit.id)
        self._add_revenue(other, 5000, "2026-02")
        self.run_of_march.action_compute()
        html = self.quay.changes_html
        self.assertLess(html.index("Cannery"), html.index("Anchor"))
        self.assertIn("Earlier Months", html)

    def test_smaller_changes_are_counted_and_summed(self):
        accounts = self._create_accounts(
            [f"Small {number}" for number in range(15)], club_unit_id=self.unit.id
        )
        self._add_revenue(accounts, 2)
        self.run_of_march.action_compute()
        html = self.quay.with_user(self.clerk).changes_html
        self.assertEqual(html.count("Small "), 11)
        self.assertIn("1,030.00", html)
        self.assertRegex(html, r"smaller changes:\s*4")

    def test_a_clerk_sees_the_exceptions_of_her_unit(self):
        """Rules B3, B4: rates that lack for another unit's lines are none of hers."""
        categories = self.env["product.category"].create(
            [{"name": "Ours"}, {"name": "Theirs"}]
        )
        self._add_revenue(self.account_a, 10, category=categories[0])
        self._add_revenue(self.account_b, 10, category=categories[1])
        strangers = [
            self._create_account(name, agreement=False, club_unit_id=unit.id)
            for name, unit in (("Near", self.unit), ("Afar", self.other_unit))
        ]
        for account in strangers:
            self._add_revenue(account, 30)
        self.run_of_march.action_compute()
        self.env.invalidate_all()
        found = self.quay.with_user(self.clerk).exception_ids
        self.assertEqual(found.account_id, strangers[0])
        self.assertIn(categories[0], found.category_id)
        self.assertNotIn(categories[1], found.category_id)
        theirs = self.hill.with_user(self.officer).exception_ids
        self.assertEqual(theirs.account_id, strangers[1])
        self.assertEqual(theirs.category_id, categories[1])
