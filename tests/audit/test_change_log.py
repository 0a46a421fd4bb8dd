from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.record.lock import LOCK
from ..common import TODAY
from ..points.revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChangeLog(RevenueCase):
    """Nobody moves revenue or tiers without a trace. Rules B6, E2."""

    def _get_log(self, record):
        self.env.flush_all()
        found = self.env["club.change"].search(
            [("res_model", "=", record._name), ("res_id", "in", record.ids)], order="id"
        )
        return [
            (c.create_uid, c.kind, c.field_name, c.old_value or "", c.new_value or "")
            for c in found
        ]

    def _create_alias(self, user, account):
        return (
            self.env["club.alias"]
            .with_user(user)
            .create({"name": "Alfa", "kind": "account", "account_id": account.id})
        )

    def test_an_alias_keeps_who_made_moved_and_deleted_it(self):
        alias = self._create_alias(self.clerk, self.account_a)
        # What a client sends to keep Odoo's chatter quiet.
        quiet = {"tracking_disable": True, "mail_notrack": True, "install_mode": True}
        officer = alias.with_user(self.officer).with_context(**quiet)
        officer.account_id = self.account_b
        key = alias.ids
        officer.unlink()
        log = self._get_log(self.env["club.alias"].browse(key))
        names = self.account_a.display_name, self.account_b.display_name
        self.assertIn((self.clerk, "created", "account_id", "", names[0]), log)
        self.assertIn((self.officer, "changed", "account_id", *names), log)
        self.assertIn((self.officer, "deleted", "account_id", names[1], ""), log)

    def test_what_rates_and_rewards_follow_from_is_logged(self):
        """Rules B2, B10: who proposes a line's rates, and what a tier gives."""
        lines = self.env["club.business.line"].with_user(self.officer)
        quiet = lines.with_context(tracking_disable=True, mail_notrack=True)
        line = quiet.create(
            {
                "name": "Test Line",
                "code": "test_line",
                "company_id": self.company.id,
                "category_id": self.categ_letters.id,
            }
        )
        line.unit_id = self.unit
        log = self._get_log(line)
        self.assertIn(
            (self.officer, "changed", "unit_id", "", self.unit.display_name), log
        )
        tier = self.membership.tier_ids[0].with_user(self.officer)
        tier.anniversary_points = 77
        last = self._get_log(tier)[-1]
        self.assertEqual(last[:3], (self.officer, "changed", "anniversary_points"))

    def test_a_clerk_moves_no_alias_by_hand(self):
        alias = self._create_alias(self.officer, self.account_a).with_user(self.clerk)
        for attempt in (
            lambda: alias.write({"account_id": self.account_b.id}),
            lambda: alias.unlink(),
            lambda: alias.load([".id", "account_id/.id"], [[str(alias.id), "1"]]),
        ):
            with self.subTest(attempt), self.env.cr.savepoint():
                try:
                    attempt()
                except AccessError:
                    continue
                self.assertEqual(alias.sudo().account_id, self.account_a)

    def test_settling_moves_an_alias_and_says_who_did(self):
        document = self.upload(self.statement(f"Alfa,{self.letters},2026-01,1"))
        alias = self._create_alias(self.officer, self.account_a)
        self.settle(document.line_ids[0], user=self.clerk, account_id=self.account_b.id)
        self.assertEqual(alias.account_id, self.account_b)
        self.assertIn(
            (
                self.clerk,
                "changed",
                "account_id",
                self.account_a.display_name,
                self.account_b.display_name,
            ),
            self._get_log(alias),
        )

    def test_a_score_keeps_its_values(self):
        indicator = self.env["club.indicator"].create(
            {"name": "Growth", "code": "growth", "program_id": self.program.id}
        )
        score = (
            self.env["club.account.score"]
            .with_user(self.lead)
            .create(
                {
                    "account_id": self.account_a.id,
                    "indicator_id": indicator.id,
                    "value": 40,
                }
            )
        )
        score.with_context(tracking_disable=True).value = 0
        self.assertIn(
            (self.lead, "changed", "value", "40.0", "0.0"), self._get_log(score)
        )
        score.value = 0
        changed = [row for row in self._get_log(score) if row[1] == "changed"]
        self.assertEqual(len(changed), 1, "what stays the same is no change")
        indicator.with_user(self.officer).weight = 30
        self.assertIn(
            (self.officer, "changed", "weight", "0.0", "30.0"), self._get_log(indicator)
        )

    def test_thresholds_keep_their_values(self):
        tier = self.membership.tier_ids[-1]
        before = tier.points_from
        tier.with_user(self.officer).points_from = before + 1
        self.assertIn(
            (self.officer, "changed", "points_from", str(before), str(before + 1)),
            self._get_log(tier),
        )

    def test_nobody_writes_the_log(self):
        self._create_alias(self.clerk, self.account_a)
        change = self.env["club.change"].search([], limit=1)
        values = {"kind": "deleted", "res_model": "club.alias", "res_id": 1}
        admin = self._create_user("admin")
        for user in (self.officer, self.auditor, admin, self.env.user):
            entry = change.with_user(user).with_context(_force_unlink=True)
            for attempt in (
                lambda entry=entry: entry.write({"new_value": "x"}),
                lambda entry=entry: entry.unlink(),
                lambda entry=entry: entry.create(values),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    attempt()
        opened = change.sudo().with_context(club_lock=LOCK)
        with self.assertRaises(AccessError):
            opened.write({"new_value": "x"})

    def test_labels_are_in_words(self):
        self._create_alias(self.clerk, self.account_a)
        change = self.env["club.change"].search([("field_name", "=", "account_id")])[0]
        self.assertEqual(change.record_kind, "Revenue Alias")
        self.assertEqual(change.field_label, "Account")
        self.assertEqual(change.with_user(self.auditor).new_value, change.new_value)
