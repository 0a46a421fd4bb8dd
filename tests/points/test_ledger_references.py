import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLedgerReferences(ClubCommon):
    """What entries name can't be deleted, though entries have no foreign keys. B6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)
        cls.posted = cls._post_run()

    def _get_named(self, column):
        self.env.cr.execute(
            f"SELECT array_agg({column}) FROM club_points_reference"
            f" WHERE {column} IS NOT NULL"
        )
        return set(self.env.cr.fetchone()[0] or ())

    @mute_logger("odoo.sql_db")
    def _refused_sql(self, query, *params):
        with self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(query, params)

    def test_a_row_for_each_record_that_entries_name(self):
        for column in ("account_id", "unit_id", "category_id"):
            self.assertLessEqual(
                set(self.posted.entry_ids[column].ids), self._get_named(column)
            )

    def test_posting_again_names_nothing_twice(self):
        self.env.cr.execute("SELECT count(*) FROM club_points_reference")
        before = self.env.cr.fetchone()
        self._add_revenue(self.account_a, 500)
        self._post_run()
        self.env.cr.execute("SELECT count(*) FROM club_points_reference")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_deleting_is_refused_with_a_sentence(self):
        for record in (self.account_a, self.unit, self.categ_parcels):
            with self.subTest(record._name), self.assertRaises(UserError) as refusal:
                record.unlink()
            self.assertIn(record.display_name, str(refusal.exception))

    def test_sql_refuses_deleting_as_well(self):
        entry = self.posted.entry_ids[0]
        for table, record in (
            ("res_partner", entry.account_id),
            ("crm_team", entry.unit_id),
            ("product_category", entry.category_id),
        ):
            with self.subTest(table):
                self._refused_sql(f"DELETE FROM {table} WHERE id = %s", record.id)

    def test_sql_refuses_to_let_go_of_what_entries_name(self):
        self._refused_sql("DELETE FROM club_points_reference")
        self._refused_sql(
            "UPDATE club_points_reference SET account_id = %s WHERE account_id = %s",
            self._create_account("Other").id,
            self.account_a.id,
        )
        self._refused_sql("TRUNCATE club_points_reference")

    def test_sql_refuses_entries_of_what_is_not_there(self):
        run = self._create_run("2026-02", kind="opening")
        self.env.flush_all()
        for column in ("account_id", "unit_id", "category_id"):
            values = {
                "account_id": self.account_a.id,
                "unit_id": self.unit.id,
                "category_id": self.categ_parcels.id,
                column: 2**31 - 1,
            }
            with self.subTest(column):
                self._refused_sql(
                    "INSERT INTO club_points_entry (run_id, account_id, unit_id,"
                    " category_id, origin_id, kind, points, date)"
                    " VALUES (%s, %s, %s, %s, 1, 'opening', 1, '2026-02-28')",
                    *(run.id, *values.values()),
                )

    def test_merging_drops_the_row_of_the_source(self):
        double = self._create_account("Anchor Mill")
        self._add_revenue(double, 20_000)
        self._post_run()
        gone = double.id
        self.assertIn(gone, self._get_named("account_id"))
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.account_a + double).ids, self.account_a)
        self.env.invalidate_all()
        self.assertNotIn(gone, self._get_named("account_id"))
        self.assertEqual(self._get_points(self.account_a), 80_000)

    def test_whoever_has_no_entries_is_deleted(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        other.unlink()
        self.assertFalse(other.exists())
