from odoo.tests import freeze_time, tagged

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
