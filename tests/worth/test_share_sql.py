"""To whom revenue counts, to the cent; points don't ask it. Rule B11."""

from datetime import date

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.worth.share_sql import credited_lines, credited_sums
from .share_case import ShareCase


@tagged("post_install", "-at_install")
class TestShareSql(ShareCase):
    def _get_credited(self, start="2026-01-01", end="2026-12-31", company=None):
        """Return {(unit, user): amount} and check that nothing is lost."""
        self.env.flush_all()
        company = company or self.company
        query = credited_lines(company.id, start, end)
        rows = self.env.execute_query(
            SQL("SELECT unit_id, user_id, sum(amount) FROM (%s) c GROUP BY 1, 2", query)
        )
        whole = self.env.execute_query(
            SQL(
                "SELECT c.id, r.amount, sum(c.amount) FROM (%s) c"
                " JOIN club_revenue_line r ON r.id = -c.id"
                " GROUP BY c.id, r.amount HAVING sum(c.amount) <> r.amount",
                query,
            )
        )
        self.assertFalse(whole)
        return {
            (
                self.env["crm.team"].browse(unit).name or None,
                self.env["res.users"].browse(user).login or None,
            ): float(amount)
            for unit, user, amount in rows
        }

    def test_without_a_share_it_counts_to_the_account_s_own(self):
        self._add_revenue(self.account_a, 1000)
        self._add_revenue(self.account_b, 10)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 1000, ("Hill", None): 10},
        )

    def test_shares_sum_to_the_line_to_the_cent(self):
        self._put_in_effect(33.33, 33.33, 33.34)
        for amount in (100, 0.01, 0.02, -0.05, 99.99, -1234.57):
            self._add_revenue(self.account_a, amount)
            self._get_credited()  # checks each line
        self._add_revenue(self.account_b, 5)
        credited = self._get_credited()
        self.assertEqual(credited["Hill", None] - 5, round(-1034.60 * 0.3334, 2))

    def test_the_holder_has_what_rounding_leaves(self):
        self._put_in_effect(33.33, 33.33, 33.34)
        self._add_revenue(self.account_a, 0.05)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 0.01, ("Key Accounts", None): 0.02}
            | {("Hill", None): 0.02},
        )

    def test_it_counts_from_its_first_to_its_last_day(self):
        self._put_in_effect(60, 40, date_from="2026-02-01", date_to="2026-03-01")
        for in_month in ("2026-01", "2026-02", "2026-03", "2026-04"):
            self._add_revenue(self.account_a, 100, in_month)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 320, ("Key Accounts", None): 80},
        )

    def test_a_category_shares_its_own_and_what_is_below(self):
        below = self.env["product.category"].create(
            {"name": "Small parcels", "parent_id": self.categ_parcels.id}
        )
        self._put_in_effect(60, 40, category_id=self.categ_parcels.id)
        self._add_revenue(self.account_a, 100, category=below)
        self._add_revenue(self.account_a, 100, category=self.categ_letters)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 160, ("Key Accounts", None): 40},
        )

    def test_categories_that_meet_later_count_once(self):
        """The nearest one counts, whichever took effect first."""
        self._put_in_effect(60, 40, category_id=self.categ_parcels.id)
        self._put_in_effect(90, 10, category_id=self.categ_letters.id)
        self.categ_letters.parent_id = self.categ_parcels
        self._add_revenue(self.account_a, 100, category=self.categ_letters)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 90, ("Key Accounts", None): 10},
        )

    def test_what_isn_t_signed_shares_nothing(self):
        self._draw_up(60, 40).action_submit()
        self._add_revenue(self.account_a, 100)
        self.assertEqual(self._get_credited(), {("Quay", "manager"): 100})

    def test_it_counts_to_who_had_the_account_on_that_day(self):
        """Rule B11: the unit and manager at the day of the revenue, not today's."""
        for in_month in ("2026-03", "2026-04", "2026-05"):
            self._add_revenue(self.account_a, 100, in_month)
        with freeze_time("2026-04-20"):
            self.account_a.write(
                {
                    "club_unit_id": self.centre.id,
                    "club_manager_id": self.centre_member.id,
                }
            )
            self.env.flush_all()
        with freeze_time("2026-04-25"):
            self.account_a.club_unit_id = self.other_unit
            self.account_a.club_unit_id = self.centre
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 200, ("Key Accounts", "centre_member"): 100},
        )
        lines = self.env["club.account.unit"].search(
            [
                ("account_id", "=", self.account_a.id),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertEqual(
            [(str(line.date_from), line.unit_id) for line in lines[:2]],
            [("2026-04-25", self.centre), ("2026-04-20", self.centre)],
        )

    def test_units_follow_whoever_assigns(self):
        """Also what is assigned by SQL; a merge keeps the past of the one kept."""
        with freeze_time("2026-04-20"):
            account = self.account_b.with_company(self.company)
            account._assign_club({account.id: self.centre_member.id}, self.centre)
        units = self.env["club.account.unit"].search(
            [
                ("account_id", "=", self.account_b.id),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertEqual(
            [(str(line.date_from), line.unit_id) for line in units][0],
            ("2026-04-20", self.centre),
        )
        self.assertEqual(units[-1].unit_id, self.other_unit)
        units._settle_merge(self.account_b, self.account_a)
        self.assertFalse(units.exists())

    def test_another_company_s_share_does_not_count(self):
        self._put_in_effect(60, 40)
        other = self._create_club_company("Elsewhere")
        self.assertEqual(self._get_credited(company=other), {})

    def test_points_stay_what_they_are(self):
        """Rule B11: shares count for targets, never for points."""
        self._add_revenue(self.account_a | self.account_b, 1000)
        self._post_run()
        before = [self._get_points(a) for a in (self.account_a, self.account_b)]
        self.assertEqual(before, [1000, 1000])
        self._put_in_effect(10, 90)
        run = self._create_run("2026-03")
        run.action_compute()
        self.assertFalse(run.entry_count)
        self._add_revenue(self.account_a, 500, "2026-04")
        with freeze_time("2026-05-10"):
            self._post_run("2026-04")
        self.assertEqual(self._get_points(self.account_a), 1500)
        self.assertEqual(
            self._get_credited(),
            {("Quay", "manager"): 150, ("Key Accounts", None): 1350}
            | {("Hill", None): 1000},
        )

    def test_the_share_shows_what_it_shared(self):
        share = self._put_in_effect(60, 40)
        self._add_revenue(self.account_a, 100)
        self._add_revenue(self.account_a, 100, "2025-12")
        self.assertEqual(share.line_ids.mapped("credited"), [60, 40])
        self.assertEqual(self._draw_up(60, 40).line_ids.mapped("credited"), [0, 0])
        self.assertEqual(share.date_from, date(2026, 1, 1))

    def test_sums_are_those_of_the_lines(self):
        """Of accounts that share, that changed hands, and of all others."""
        self._put_in_effect(33.33, 66.67, date_to=date(2026, 2, 28))
        moved = self._create_account("Moved", club_unit_id=self.unit.id)
        moved.club_manager_id = self.manager
        with freeze_time("2026-06-10 04:00:00"):
            moved.write(
                {
                    "club_unit_id": self.other_unit.id,
                    "club_manager_id": self.hill_lead.id,
                }
            )
        nobodys = self._create_account("Nobody's")
        for in_month, amount in (("2026-01", 10.01), ("2026-03", 7), ("2026-07", 5)):
            for account in (self.account_a, self.account_b, moved, nobodys):
                self._add_revenue(account, amount, in_month)
                self._add_revenue(account, -0.03, in_month, self.categ_letters)
        self.env.flush_all()
        period = (self.company.id, "2026-01-01", "2026-12-31")
        columns = SQL("unit_id, user_id, category_id, product_id")
        lines = self.env.execute_query(
            SQL(
                "SELECT date_trunc('month', date::timestamp)::date, %s, sum(amount)"
                " FROM (%s) c GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4",
                columns,
                credited_lines(*period),
            )
        )
        sums = self.env.execute_query(
            SQL(
                "SELECT month, %s, sum(amount) FROM (%s) c"
                " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4",
                columns,
                credited_sums(self.env, *period, by_product=True),
            )
        )
        self.assertEqual(sums, lines)
        self.assertGreater(len(lines), 20)
        [(total, categories)] = self.env.execute_query(
            SQL(
                "SELECT sum(amount), count(category_id) FROM (%s) c",
                credited_sums(self.env, *period),
            )
        )
        self.assertAlmostEqual(total, sum(line[-1] for line in lines))
        self.assertFalse(categories)
