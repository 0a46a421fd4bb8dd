from datetime import timedelta
from runpy import run_path

from odoo.tests import freeze_time, tagged
from odoo.tools.misc import file_path

from ...models.membership.base_partner_merge import Sources
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPartnerMerge(ClubCommon):
    """Merging duplicates keeps every entry and leaves a trace. PEERS."""

    def _merge(self, target, *sources):
        partners = target.concat(*sources)
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, target)
        self.env.invalidate_all()

    def test_entries_move_and_the_seal_fits(self):
        double = self._create_account("Anchor Mill")
        self._add_revenue(self.account_a, 60_000)
        self._add_revenue(double, 20_000)
        run = self._post_run()
        double_id = double.id
        self._merge(self.account_a, double)
        self.assertFalse(double.exists())
        self.assertEqual(self._get_points(self.account_a), 80_000)
        self.assertEqual(
            set(run.entry_ids.mapped("origin_id")), {self.account_a.id, double_id}
        )
        self.assertFalse(self.program._find_broken_run())
        self.env.cr.execute(
            "SELECT src, dst FROM club_points_merge WHERE dst = %s", [self.account_a.id]
        )
        self.assertEqual(self.env.cr.fetchall(), [(double_id, self.account_a.id)])

    def test_the_next_run_posts_no_more_than_a_cent(self):
        double = self._create_account("Anchor Mill")
        self._create_rate(self.categ_parcels, 0.333333, "2026-03-01")
        self._add_revenue(self.account_a, 100.01)
        self._add_revenue(double, 100.01)
        self._post_run()
        self._merge(self.account_a, double)
        run = self._create_run()
        run.action_compute()
        self.assertLessEqual(abs(run.points), 0.01)

    def test_overlapping_memberships_settle_and_nothing_is_deleted(self):
        double = self._create_account("Anchor Mill")
        self._add_revenue(self.account_a, 60_000)
        self._add_revenue(double, 160_000)
        self._post_run()
        memberships = (self.account_a + double).club_membership_ids
        self._merge(self.account_a, double)
        self.assertEqual(memberships.exists(), memberships)
        self.assertEqual(memberships.account_id, self.account_a)
        self.assertEqual(self.account_a.club_tier_id.code, "gold")
        own = memberships.filtered(lambda m: m.group_id == self.membership)
        self.assertEqual(sorted(own.mapped("state")), ["superseded", "valid"])

    def test_earlier_part_of_the_lower_membership_stays_as_history(self):
        double = self._create_account("Anchor Mill")
        self._add_revenue(self.account_a, 60_000, "2026-02")
        with freeze_time("2026-03-05"):
            self._post_run("2026-02")
        self._add_revenue(double, 160_000)
        self._post_run()
        lower = self.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )
        self._merge(self.account_a, double)
        self.assertEqual((lower.state, lower.outcome), ("valid", "replaced"))
        self.assertEqual((TODAY - lower.date_to).days, 1)

    def _enrol(self, account, first, last):
        ids = self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": account.id,
                    "group_id": self.membership.id,
                    "tier_id": self.membership.tier_ids[0].id,
                    "date_from": first,
                    "date_to": last,
                    "origin": "enrolled",
                }
            ],
        )
        return self.env["club.membership"].browse(ids)

    def _requalify(self, first, last):
        record = self.env["club.requalification"].create(
            {"program_id": self.program.id, "date_from": first, "date_to": last}
        )
        record.action_prepare()
        record._do_apply()
        return record

    def test_a_term_that_another_follows_is_decided(self):
        """Requalifying it would begin a term across the other's. Rule A6."""
        double = self._create_account("Anchor Mill")
        day = timedelta(days=1)
        ended, last = TODAY - 10 * day, TODAY + 300 * day
        earlier = self._enrol(self.account_a, ended - 364 * day, ended)
        later = self._enrol(double, TODAY - 3 * day, last)
        self._merge(self.account_a, double)
        self.assertRecordValues(
            earlier + later,
            [
                {
                    "state": "valid",
                    "outcome": "replaced",
                    "date_to": ended,
                    "date_grace": TODAY - 4 * day,
                },
                {
                    "state": "valid",
                    "outcome": False,
                    "date_to": last,
                    "date_grace": last + self.program.grace_days * day,
                },
            ],
        )
        record = self._requalify(ended - day, ended + day)
        self.assertFalse(record.line_ids)

    def test_a_single_undecided_term_is_still_requalified(self):
        double = self._create_account("Anchor Mill")
        day = timedelta(days=1)
        ended = TODAY - 10 * day
        term = self._enrol(double, ended - 364 * day, ended)
        self._merge(self.account_a, double)
        self.assertFalse(term.outcome)
        self.assertEqual(term.date_grace, ended + self.program.grace_days * day)
        record = self._requalify(ended - day, ended + day)
        self.assertEqual(record.line_ids.membership_id, term)

    def test_what_was_merged_before_is_settled_at_the_upgrade(self):
        double = self._create_account("Anchor Mill")
        day = timedelta(days=1)
        ended = TODAY - 10 * day
        earlier = self._enrol(self.account_a, ended - 364 * day, ended)
        later = self._enrol(self.account_a, TODAY - 3 * day, TODAY + 300 * day)
        single = self._enrol(double, ended - 364 * day, ended)
        script = file_path("crm_club/migrations/19.0.1.11.0/post-followed-terms.py")
        run_path(script)["migrate"](self.env.cr, "19.0.1.10.0")
        self.env.invalidate_all()
        self.assertEqual(
            (earlier.outcome, earlier.date_to, earlier.date_grace),
            ("replaced", ended, TODAY - 4 * day),
        )
        self.assertFalse(later.outcome or single.outcome)

    def test_agreements_aliases_and_imported_rows_follow(self):
        double = self._create_account("Anchor Mill")
        line = self._add_revenue(double, 20_000)
        agreements = (self.account_a + double).club_agreement_ids
        self._merge(self.account_a, double)
        self.assertEqual(agreements.exists().account_id, self.account_a)
        self.assertEqual(len(agreements.exists()), 2)
        self.assertEqual(line.exists().account_id, self.account_a)
        self._post_run()
        self.assertEqual(self._get_points(self.account_a), 20_000)

    def test_columns_that_name_no_source_are_passed_over(self):
        """By what our own method says they are, not by what a client sends."""
        double = self._create_account("Anchor Mill")
        self._add_revenue(double, 100)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        every = wizard._get_fk_on("res_partner")
        forged = wizard.with_context(club_merged=[double.id])
        self.assertEqual(sorted(forged._get_fk_on("res_partner")), sorted(every))
        merging = wizard.with_context(club_merged=Sources(double.ids))
        found = merging._get_fk_on("res_partner")
        for table in ("club_agreement", "club_revenue_line"):
            self.assertIn((table, "account_id"), found)
        self.assertLess(len(found), len(every) / 4)

    def test_a_real_user_merges_accounts_that_have_a_tier(self):
        """Not only superusers: the mirrors on partners are guarded."""
        double = self._create_account("Anchor Mill")
        self._add_revenue(self.account_a, 60_000)
        self._add_revenue(double, 160_000)
        self._post_run()
        self.assertEqual(double.club_tier_id.code, "gold")
        officer = self.officer
        officer.group_ids += self.env.ref("base.group_partner_manager")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(officer)
        target = self.account_a.with_user(officer)
        wizard._merge((self.account_a + double).ids, target)
        self.env.invalidate_all()
        self.assertFalse(double.exists())
        self.assertEqual(self.account_a.club_tier_id.code, "gold")
        self.assertEqual(self._get_points(self.account_a), 220_000)
