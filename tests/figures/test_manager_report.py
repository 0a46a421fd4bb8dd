"""The month of all account managers: figures, scope, paper and sheet. Rule D10."""

import io
from datetime import date

import openpyxl
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import month
from ..worth.share_case import ShareCase

MARCH = month("2026-03")


@tagged("post_install", "-at_install")
class TestManagerReport(ShareCase):
    """The manager looks after Anchor of Quay; Hill's lead after Beacon of Hill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account_b.club_manager_id = cls.hill_lead

    def _get_months(self, user=None, **values):
        """Return {login: ManagerMonth} that a user may read."""
        dialogs = self.env["club.manager.report"].with_user(user or self.officer)
        dialog = dialogs.create({"month": MARCH, **values})
        months = dialog.env["club.manager.months"]._get_months(dialog)
        return {each.name.split(" ")[0]: each for each in months}

    def _record(self, account, user, day, channel="visit"):
        return (
            self.env["club.contact.log"]
            .with_user(user)
            .create(
                {
                    "account_id": account.id,
                    "channel": channel,
                    "held_on": day,
                    "conversation": "Parcels",
                }
            )
        )

    def test_figures_of_the_month_beside_the_month_before(self):
        self._put_in_effect(60, 40)  # from January; the centre's part is nobody's
        for in_month, amount in (
            ("2026-01", 10),
            ("2026-02", 100),
            ("2026-03", 1000),
            ("2026-04", 7),
            ("2025-12", 5000),
        ):
            self._add_revenue(self.account_a, amount, in_month)
        self._add_revenue(self.account_b, 50, "2026-03")
        for day, channel in (
            ("2026-03-01", "visit"),
            ("2026-03-31", "call"),
            ("2026-02-28", "visit"),
            ("2026-04-01", "visit"),
        ):
            self._record(self.account_a, self.manager, day, channel)
        found = self._get_months()
        self.assertEqual(set(found), {"manager", "hill_lead"})
        mine = found["manager"]
        for numbers, expected in (
            (mine.now, (1, 600, 666, 1, 2)),
            (mine.before, (1, 60, 66, 1, 1)),
            (found["hill_lead"].now, (1, 50, 50, 0, 0)),
        ):
            self.assertEqual(
                (
                    numbers.accounts,
                    numbers.revenue,
                    numbers.year,
                    numbers.visits,
                    numbers.contacts,
                ),
                expected,
            )
        self.assertEqual(mine.units, "Quay")

    def test_points_are_those_posted_in_the_month(self):
        """The run posts on the day that its month ends, or later."""
        self._add_revenue(self.account_a, 1000, "2026-03")
        self._post_run("2026-03")
        by_month = {
            in_month: self._get_months(month=month(in_month))["manager"].now.points
            for in_month in ("2026-02", "2026-03", "2026-04")
        }
        self.assertEqual(sum(by_month.values()), self._get_points(self.account_a))

    def test_complaints_count_to_who_looks_after_the_account(self):
        needs = self.env["club.need"].create(
            [
                {
                    "name": "Late parcels",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    "date_received": day,
                    "date_due": "2026-04-30",
                }
                for day in ("2026-03-01", "2026-03-31", "2026-04-01")
            ]
        )
        needs[0].sudo()._write_guarded({"state": "done"})
        mine = self._get_months()["manager"].now
        self.assertEqual((mine.complaints, mine.settled), (2, 1))

    def test_members_are_those_of_the_month_s_last_day(self):
        vip = self.membership.tier_ids.sorted("sequence")[:1]
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": self.membership.id,
                    "tier_id": vip.id,
                    "date_from": date(2026, 3, 31),
                    "date_to": date(2027, 3, 30),
                    "origin": "enrolled",
                }
            ],
        )
        mine = self._get_months()["manager"]
        self.assertEqual((mine.now.members, mine.before.members), (1, 0))
        self.assertEqual(mine.tiers, (("Vip", 1),))

    @freeze_time("2026-03-20 04:00:00")
    def test_targets_of_the_month_and_of_its_half_year(self):
        self._add_revenue(self.account_a, 300, "2026-03")
        targets = self.env["club.target"].create(
            [
                {
                    "unit_id": self.unit.id,
                    "holder": "person",
                    "user_id": self.manager.id,
                    "span": span,
                    "date_from": month(start),
                    "amount": amount,
                }
                for span, start, amount in (
                    ("month", "2026-03", 200),
                    ("month", "2026-04", 200),
                    ("half", "2026-01", 6000),
                )
            ]
        )
        lines = self._get_months()["manager"].targets
        self.assertEqual([line.attained for line in lines], [150, 5])
        self.assertEqual([line.is_behind for line in lines], [False, True])
        self.assertEqual([line.bar for line in lines], [100, 5])
        self.assertEqual(targets[0].pace, "reached")

    # === Who reads whose === #

    def test_each_reads_what_is_his(self):
        for user, expected in (
            (self.manager, {"manager"}),
            (self.lead, {"manager"}),
            (self.hill_lead, {"hill_lead"}),
            (self.finance, {"manager", "hill_lead"}),
            (self.auditor, {"manager", "hill_lead"}),
            (self.officer, {"manager", "hill_lead"}),
        ):
            with self.subTest(user.name):
                self.assertEqual(set(self._get_months(user)), expected)
        with self.assertRaises(UserError):
            self._get_months(self.centre_member)

    def test_a_unit_is_chosen_only_among_those_that_one_leads(self):
        found = self._get_months(unit_id=self.other_unit.id)
        self.assertEqual(set(found), {"hill_lead"})
        for user in (self.lead, self.manager):
            with self.assertRaises(UserError):
                self._get_months(user, unit_id=self.other_unit.id)

    def test_a_lead_reads_what_is_done_for_his_unit(self):
        """Not what his manager does for an account of another unit."""
        self.account_b.club_manager_id = self.manager
        self._add_revenue(self.account_a, 1000, "2026-03")
        self._add_revenue(self.account_b, 50, "2026-03")
        for user, accounts, revenue in (
            (self.lead, 1, 1000),
            (self.manager, 2, 1050),
            (self.officer, 2, 1050),
        ):
            numbers = self._get_months(user)["manager"].now
            self.assertEqual((numbers.accounts, numbers.revenue), (accounts, revenue))

    def test_a_dialog_is_its_own_user_s(self):
        dialog = self.env["club.manager.report"].with_user(self.officer).create({})
        for user in (self.manager, self.lead):
            theirs = dialog.with_user(user)
            with self.assertRaises(AccessError):
                theirs.action_print()
            with self.assertRaises(AccessError):
                theirs.env["report.crm_club.club_manager_report"]._get_report_values(
                    theirs.ids
                )
            own = self.env["club.manager.report"].with_user(user)
            with self.assertRaises(AccessError):
                own.create({"company_id": self.env.ref("base.main_company").id})

    # === Paper and sheet === #

    def test_a_page_and_a_row_for_each_manager(self):
        self._add_revenue(self.account_a, 1000, "2026-03")
        dialog = self.env["club.manager.report"].with_user(self.officer)
        dialog = dialog.create({"month": MARCH})
        report = "crm_club.club_manager_report_report"
        html = self.env["ir.actions.report"].with_user(self.officer)
        html = html._render_qweb_html(report, dialog.ids)[0].decode()
        self.assertEqual(html.count("month before"), 2)
        self.assertIn("1,000.00", html)
        self.assertEqual(dialog.action_print()["context"]["active_ids"], dialog.ids)
        self.assertIn("managers", dialog.action_export()["url"])
        content = dialog.env["club.xlsx.managers"]._build(dialog)
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
        self.assertEqual([row[4] for row in rows], [0, 1000])

    def test_targets_of_money_are_in_the_companys_currency(self):
        self.env["club.target"].create(
            [
                {
                    "unit_id": self.unit.id,
                    "holder": "person",
                    "user_id": self.manager.id,
                    "kind": kind,
                    "date_from": MARCH,
                    "amount": amount,
                }
                for kind, amount in (("revenue", 7000), ("visits", 8000))
            ]
        )
        dialog = self.env["club.manager.report"].with_user(self.manager)
        dialog = dialog.create({"month": MARCH})
        reports = self.env["ir.actions.report"].with_user(self.manager)
        html = reports._render_qweb_html(
            "crm_club.club_manager_report_report", dialog.ids
        )[0].decode()
        self.assertIn("7,000.00", html)
        self.assertIn("8,000", html)
        self.assertNotIn("8,000.00", html)

    def test_the_companys_name_has_half_of_the_head(self):
        dialog = self.env["club.manager.report"].with_user(self.officer)
        dialog = dialog.create({"month": MARCH})
        reports = self.env["ir.actions.report"].with_user(self.officer)
        page = etree.HTML(
            reports._render_qweb_html(
                "crm_club.club_manager_report_report", dialog.ids
            )[0]
        )
        [name, *_others] = page.xpath(
            "//div[@class='header']//span[normalize-space()=$name]/..",
            name=self.company.name,
        )
        self.assertIn("col-6", name.get("class"))

    def test_queries_do_not_grow_with_the_managers(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_months()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        users = self._create_users(**{f"more_{n}": "user" for n in range(6)})
        accounts = self._create_accounts([f"More {user.id}" for user in users])
        for account, user in zip(accounts, users, strict=True):
            account.write({"club_manager_id": user.id, "club_unit_id": self.unit.id})
        count()  # what new users have emptied is cached again
        self.assertLessEqual(count(), few)
