from odoo.tests import freeze_time, tagged

from ...models.audit import integrity_queries
from ...models.record.club_summed_mixin import SUMMED
from ..common import TODAY, ClubCommon

ASKED = ["points:sum", "revenue:sum", "__count"]
POSTED = [("state", "=", "posted")]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsSummary(ClubCommon):
    """Pivots of the posted ledger read sums, and say what the entries say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 600_000, "2026-01")
        cls._add_revenue(cls.account_b, 300_000, "2026-01")
        cls._post_run("2026-01")
        cls._add_revenue(cls.account_a, 50_000, "2026-01")  # late
        cls._add_revenue(cls.account_a, 70_000, "2026-02")
        cls._post_run("2026-02")
        cls._add_revenue(cls.account_b, 80_000, "2026-03")
        cls._create_run("2026-03").action_compute()  # not posted
        redemption = cls.env["club.redemption"].create(
            {
                "program_id": cls.program.id,
                "account_id": cls.account_a.id,
                "points": 25,
                "reason": "Tea set",
            }
        )
        redemption.action_reserve()
        redemption.action_debit()
        cls.env.flush_all()

    def _entries(self, user=None):
        return self.env["club.points.entry"].with_user(user or self.officer)

    def _is_summed(self, domain, groupby, aggregates=ASKED, user=None, order=None):
        model = self._entries(user)._get_summed(domain, groupby, aggregates, order)
        return model.env.context.get("club_sums") is SUMMED

    def _without_sums(self, method, *args):
        """Return what the entries themselves say: `id` is in no sum."""
        domain, *others = args
        return getattr(self._entries(), method)([*domain, ("id", "!=", 0)], *others)

    def test_sums_say_what_the_entries_say(self):
        for groupby in (
            [],
            ["category_id"],
            ["revenue_month:month"],
            ["kind", "unit_id"],
            ["run_id"],
            ["state", "date:quarter"],
        ):
            with self.subTest(groupby=groupby):
                self.assertTrue(self._is_summed(POSTED, groupby))
                args = (POSTED, groupby, ASKED)
                found = self._entries()._read_group(*args)
                self.assertEqual(found, self._without_sums("_read_group", *args))
                self.assertTrue(found)

    def test_a_grouped_list_reads_the_sums(self):
        """The web client asks of which currencies money is, too."""
        asked = [*ASKED, "revenue:sum_currency", "currency_id:array_agg_distinct"]
        for by in (["category_id"], ["revenue_month:month"], ["kind"]):
            with self.subTest(by=by):
                self.assertTrue(self._is_summed(POSTED, by, asked))
                args = (POSTED, by, asked)
                found = self._entries()._read_group(*args)
                self.assertEqual(found, self._without_sums("_read_group", *args))

    def test_the_pivot_reads_the_sums(self):
        rows, columns = ["category_id"], ["revenue_month:month"]
        args = (POSTED, [[], rows, columns, rows + columns], ASKED)
        found = self._entries()._read_grouping_sets(*args)
        self.assertEqual(found, self._without_sums("_read_grouping_sets", *args))
        ((points, revenue, count),) = found[0]
        entries = self._entries().search(POSTED)
        self.assertEqual(count, len(entries))
        self.assertAlmostEqual(points, sum(entries.mapped("points")))
        self.assertAlmostEqual(revenue, sum(entries.mapped("revenue")))
        formatted = self._entries().formatted_read_grouping_sets(
            POSTED, [rows], ["points:sum", "__count"]
        )
        self.assertEqual(sum(group["__count"] for group in formatted[0]), count)

    def test_what_the_sums_lack_is_read_from_the_entries(self):
        refused = [
            (POSTED, ["account_id"], ASKED),
            (POSTED, ["tier_id"], ASKED),
            ([], ["category_id"], ASKED),
            ([("state", "!=", "posted")], ["category_id"], ASKED),
            (["|", *POSTED, ("kind", "=", "revenue")], ["category_id"], ASKED),
            (["!", *POSTED], ["category_id"], ASKED),
            ([*POSTED, ("account_id", "=", self.account_a.id)], [], ASKED),
            ([*POSTED, ("points", ">", 10)], [], ASKED),
            (POSTED, ["category_id"], ["points:avg"]),
        ]
        for args in refused:
            with self.subTest(args=args):
                self.assertFalse(self._is_summed(*args))
        ((points,),) = self._entries()._read_group([], [], ["points:sum"])
        ((posted,),) = self._entries()._read_group(POSTED, [], ["points:sum"])
        self.assertGreater(points, posted)

    def test_what_is_not_posted_is_looked_for_in_its_runs(self):
        """Not by going through the ledger: names of states don't reach it."""
        every = self._entries().search([])
        expected = every.filtered(lambda entry: entry.state != "posted")
        self.assertTrue(expected and every - expected)
        for domain in (
            [("state", "!=", "posted")],
            [("run_id.state", "not in", ["posted"])],
            [("state", "in", ["draft", "computed", "verified"])],
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self._entries().search(domain), expected)
                query = self._entries()._search(domain).select()
                self.assertNotIn("posted", (query.code, *query.params))
                self.assertNotIn('"state"', query.code)

    def test_record_rules_hold(self):
        """Who sees accounts of his own only never reads sums of all."""
        self.assertFalse(self._is_summed(POSTED, ["category_id"], user=self.manager))
        self.assertFalse(self._is_summed(POSTED, ["category_id"], user=self.lead))
        # Who keeps no unit isn't asked for one: the index by account would be lost.
        query = self._entries(self.manager)._search(POSTED).select()
        self.assertNotIn("club_unit_id", query.code)
        ((mine,),) = self._entries(self.manager)._read_group(POSTED, [], ["__count"])
        self.assertEqual(mine, self._entries(self.manager).search_count(POSTED))
        ((units,),) = self._entries(self.clerk)._read_group(POSTED, [], ["__count"])
        self.assertEqual(units, self._entries(self.clerk).search_count(POSTED))

    def test_no_context_of_a_client_reads_the_sums(self):
        entries = self._entries().with_context(club_sums="SUMMED")
        found = entries._read_group([], [], ["__count"])
        self.assertEqual(found, [(entries.search_count([]),)])

    def test_runs_from_before_are_summed_once(self):
        args = (POSTED, ["run_id", "category_id"], ASKED)
        before = self._entries()._read_group(*args)
        self.env.cr.execute("DROP TABLE club_points_summary")
        for _time in range(2):
            self.env["club.points.entry"].init()
        self.assertEqual(self._entries()._read_group(*args), before)

    def test_the_nightly_check_compares_sums_and_entries(self):
        run = self.env["club.points.run"].search(
            [("program_id", "=", self.program.id), ("month", "=", "2026-01-01")]
        )
        self.assertFalse(self._find_run_lines())
        self.env.cr.execute(
            "UPDATE club_points_summary SET points = points + 1 WHERE run_id = %s",
            [run.id],
        )
        self.assertEqual(self._find_run_lines(), run.ids)

    def _find_run_lines(self):
        self.env.cr.execute(integrity_queries.runs(self.program))
        return [row["res_id"] for row in self.env.cr.dictfetchall()]
