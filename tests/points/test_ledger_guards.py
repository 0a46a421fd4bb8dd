import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.record.lock import LOCK
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLedgerGuards(ClubCommon):
    """Posted points stay, whoever tries, through the ORM and through SQL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)
        cls._add_revenue(cls.account_b, 70_000)

    def _refused_sql(self, query, *params):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(query, params)

    def test_orm_refuses_everybody(self):
        """PEERS 12: no one writes the history."""
        run = self._post_run()
        entry = run.entry_ids[0]
        for env in (self.env, self.env(user=self.officer), self.env(su=True)):
            record = entry.with_env(env)
            with self.assertRaises(AccessError):
                record.write({"points": 1})
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.create({"run_id": run.id, "points": 5})

    def test_sql_refuses_update_delete_insert_truncate(self):
        run = self._post_run()
        one = run.entry_ids.filtered(lambda e: e.account_id == self.account_a).id
        self._refused_sql("UPDATE club_points_entry SET points = 1 WHERE id = %s", one)
        self._refused_sql("DELETE FROM club_points_entry WHERE id = %s", one)
        self._refused_sql(
            "INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,"
            " points, date) SELECT run_id, account_id, origin_id, 'bonus', 1, date"
            " FROM club_points_entry WHERE id = %s",
            one,
        )
        self._refused_sql("TRUNCATE club_points_entry")
        self._refused_sql(
            "UPDATE club_points_entry SET account_id = %s WHERE id = %s",
            self.account_b.id,
            one,
        )

    def test_an_entry_always_has_its_run(self):
        """The link that no foreign key keeps."""
        run = self._create_run()
        run.action_compute()
        entry = run.entry_ids[0]
        self._refused_sql(
            "INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,"
            " points, date) VALUES (0, %s, %s, 'bonus', 1, '2026-03-31')",
            self.account_a.id,
            self.account_a.id,
        )
        self._refused_sql(
            "UPDATE club_points_entry SET run_id = 0 WHERE id = %s", entry.id
        )
        self._refused_sql("DELETE FROM club_points_run WHERE id = %s", run.id)

    def test_posted_run_can_not_go_back(self):
        run = self._post_run()
        self._refused_sql(
            "UPDATE club_points_run SET state = 'draft' WHERE id = %s", run.id
        )
        self._refused_sql("DELETE FROM club_points_run WHERE id = %s", run.id)
        for act in (run.action_reset, run.action_compute, run.action_post, run.unlink):
            with self.assertRaises(UserError):
                act()

    def test_state_is_not_the_clients_to_write(self):
        """PEERS 3, 5: neither on create nor on write, nor by a context."""
        runs = self.env["club.points.run"].with_user(self.officer)
        values = {"program_id": self.program.id, "month": "2026-02-01"}
        with self.assertRaises(AccessError):
            runs.create({**values, "state": "posted"})
        for fake in (True, "LOCK", repr(LOCK), 1, {}, []):
            with self.assertRaises(AccessError):
                runs.with_context(club_lock=fake).create({**values, "state": "posted"})
        run = runs.with_context(default_state="posted", default_chain_no=7).create(
            values
        )
        self.assertEqual((run.state, run.chain_no), ("draft", 0))
        with self.assertRaises(AccessError):
            run.write({"state": "verified"})
        with self.assertRaises(AccessError):
            run.write({"unit_ids": [(0, 0, {"state": "verified"})]})
        self.assertEqual(run.copy({"month": "2026-01-01"}).state, "draft")

    def test_posting_twice_posts_once(self):
        run = self._post_run()
        with self.assertRaises(UserError):
            run.action_post()
        self.assertEqual(self._get_points(self.account_a), 60_000)

    def test_only_the_units_clerk_verifies(self):
        """Rule B5."""
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        for user in (self.lead, self.officer, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                unit.with_user(user).action_verify()
        with self.assertRaises(AccessError):
            unit.with_user(self.clerk).write({"state": "verified"})
        self._verify(unit, self.clerk)
        self.assertEqual(unit.user_id, self.clerk)

    def test_clerk_whose_time_is_over_verifies_no_more(self):
        self.unit.clerk_ids.date_to = "2026-04-09"
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        with self.assertRaises(AccessError):
            unit.with_user(self.clerk).action_verify()

    def test_new_facts_ask_for_a_new_verification(self):
        run = self._create_run()
        run.action_compute()
        self._verify_all(run)
        self.assertEqual(run.state, "verified")
        self._add_revenue(self.account_a, 5)
        run.action_compute()
        states = {unit.unit_id: unit.state for unit in run.unit_ids}
        self.assertEqual(states, {self.unit: "waiting", self.other_unit: "verified"})

    def test_nothing_is_posted_before_any_unit_is_verified(self):
        run = self._create_run()
        with self.assertRaises(UserError):
            run.action_post()
        run.action_compute()
        with self.assertRaises(UserError):
            run.action_post()

    def test_only_the_officer_computes_and_posts(self):
        run = self._create_run()
        for user in (self.finance, self.clerk, self.lead, self.auditor, self.manager):
            with self.assertRaises(AccessError):
                run.with_user(user).action_compute()
        run.with_user(self.officer).action_compute()

    def test_control_totals_hold_posting_back(self):
        """Rule B12: zero or explained."""
        self.env["club.control.total"].create(
            {
                "company_id": self.company.id,
                "month": "2026-03-01",
                "category_id": self.categ_parcels.id,
                "amount": 130_001,
            }
        )
        run = self._create_run()
        run.action_compute()
        self._verify_all(run)
        self.assertEqual(run.control_count, 1)
        with self.assertRaises(UserError):
            run.action_post()
        self.env["club.control.total"].search([]).explanation = "One yuan of stamps"
        run.invalidate_recordset()
        run.action_post()
        self.assertEqual(run.state, "posted")

    def test_papers_of_a_posted_run_stay(self):
        """Rules B5, E2: the source records of posted points can't be taken away."""
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        paper = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create({"name": "Sheet.pdf", "raw": b"x", "res_model": unit._name})
        )
        unit.with_user(self.clerk).attachment_ids = paper
        unit.with_user(self.clerk).action_verify()
        run.action_post()
        with self.assertRaises(AccessError):
            paper.with_user(self.clerk).unlink()
        with self.assertRaises(AccessError):
            unit.with_user(self.clerk).write({"attachment_ids": [(5, 0, 0)]})
        self.assertEqual(unit.attachment_ids, paper)

    def test_a_unit_lead_opens_a_run(self):
        run = self._create_run()
        run.action_compute()
        shown = run.with_user(self.lead).read(["parked_count", "verified_share"])
        self.assertEqual(shown[0]["verified_share"], 0)

    def test_reset_withdraws_verifications_and_says_so(self):
        """Nothing is lost: who had verified stays in the chatter, the papers too."""
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        unit.with_user(self.clerk).note = "Sheets 1 to 4"
        self._verify(unit, self.clerk)
        with self.assertRaises(UserError):
            run.unlink()
        run.action_reset()
        self.assertRecordValues(
            unit, [{"state": "waiting", "note": "Sheets 1 to 4", "entry_count": 0}]
        )
        self.assertIn(self.clerk.name, run.message_ids[0].body)
        self.assertEqual((run.state, run.entry_count, run.points), ("draft", 0, 0))
        run.action_compute()
        self.assertEqual(unit.entry_count, 1)
