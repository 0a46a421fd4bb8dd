from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .test_partner_standing import StandingCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMembershipNotices(StandingCommon):
    """Letters to members: a tier was reached, a term ends. Rules A6, D3, E3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account_a.with_company(cls.company).club_manager_id = cls.manager
        cls._earn(cls.account_a, 60_000)
        cls.program._review(on=TODAY, effective=TODAY)
        cls.vip = cls._get_membership(cls.tier["vip"])
        cls.benefit = cls.env["club.benefit"].create(
            {
                "name": "Fast Track",
                "code": "fast",
                "company_id": cls.company.id,
                "quota_ids": [
                    (0, 0, {"tier_id": cls.tier["vip"].id, "times": 2}),
                    (0, 0, {"tier_id": cls.tier["gold"].id, "times": 6}),
                ],
            }
        )

    @classmethod
    def _get_membership(cls, tier):
        return cls.env["club.membership"].search(
            [
                ("account_id", "=", cls.account_a.id),
                ("tier_id", "=", tier.id),
                ("state", "=", "valid"),
            ]
        )

    def _rise(self):
        """Let the account rise to Gold a month later."""
        later = date(2026, 5, 10)
        with freeze_time(later):
            self._earn(self.account_a, 100_000, "2026-04")
            self.program._review(on=later, effective=later)
        return self._get_membership(self.tier["gold"])

    def _get_notices(self, memberships, report="promotion", user=None):
        collector = self.env[f"report.crm_club.club_{report}_notice"]
        values = collector.with_user(user or self.manager)._get_report_values(
            memberships.ids
        )
        return values["notices"]

    def _render(self, memberships, report="promotion", user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.manager)
        html, _type = reports._render_qweb_pdf(
            f"crm_club.club_{report}_notice", memberships.ids
        )
        return html.decode()

    # === Promotion === #

    def test_a_new_member_is_welcomed(self):
        [notice] = self._get_notices(self.vip)
        self.assertIn("welcome you to our club as", notice.opening)
        self.assertEqual(notice.tier_before, "")
        [points] = [f for f in notice.figures if f.label == "Qualifying points"]
        self.assertEqual((points.found, points.wanted), ("60,000", "50,000"))
        [benefit] = [b for b in notice.benefits if b.name == "Fast Track"]
        self.assertEqual((benefit.now, benefit.before), ("2 times a year", ""))

    def test_a_promotion_says_from_where_and_what_is_gained(self):
        gold = self._rise()
        with freeze_time("2026-05-10"):
            [notice] = self._get_notices(gold)
            html = self._render(gold)
        self.assertEqual(notice.tier_before, self.vip.tier_id.name)
        [benefit] = [b for b in notice.benefits if b.name == "Fast Track"]
        self.assertTrue(benefit.is_gained)
        self.assertEqual(benefit.before, "2 times a year")
        for text in (
            *("Promotion Notice", "Anchor Mills", "160,000", "6 times a year"),
            *(self.manager.name, gold.tier_id.name, "you have risen"),
        ):
            self.assertIn(text, html)

    def test_what_raised_nobody_has_no_promotion_notice(self):
        self.env.cr.execute(
            "UPDATE club_membership SET origin = 'opening' WHERE id = %s", [self.vip.id]
        )
        self.env.invalidate_all()
        # The letter would be in Chinese; who asked for it reads English.
        self.vip.account_id.lang = "zh_CN"
        with self.assertRaisesRegex(UserError, "is no promotion"):
            self._get_notices(self.vip)

    # === Expiry === #

    def test_an_expiry_says_what_the_tier_asks_for(self):
        [notice] = self._get_notices(self.vip, "expiry")
        self.assertIn("ends on", notice.opening)
        [points] = [f for f in notice.figures if f.label == "Qualifying points"]
        self.assertEqual(points.wanted, "50,000")
        html = self._render(self.vip, "expiry")
        for text in ("Expiry Notice", "Anchor Mills", "50,000", "As things stand"):
            self.assertIn(text, html)

    def test_below_at_and_above_the_threshold(self):
        window = self._get_notices(self.vip, "expiry")[0].window
        self.assertLessEqual(window[0], window[1])
        for points, missing, outlook in (
            (None, "", "you keep your tier"),
            (49_999, "1", "your membership ends"),
            (50_000, "", "you keep your tier"),
        ):
            if points:
                self.tier["vip"].points_from = 50_000 + 60_000 - points
            self.env.invalidate_all()
            [notice] = self._get_notices(self.vip, "expiry")
            [figure] = [f for f in notice.figures if f.label == "Qualifying points"]
            self.assertEqual(figure.missing, missing)
            self.assertIn(outlook, notice.outlook)

    def test_what_is_over_or_decided_has_no_expiry_notice(self):
        self._rise()
        with (
            freeze_time("2026-05-11"),
            self.assertRaisesRegex(UserError, "decided already"),
        ):
            self._get_notices(self.vip, "expiry")

    # === Both === #

    def test_letters_speak_the_accounts_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.account_a.lang = "zh_CN"
        self.tier["vip"].with_context(lang="zh_CN").name = "贵宾"
        for report in ("promotion", "expiry"):
            [notice] = self._get_notices(self.vip, report)
            self.assertEqual((notice.lang, notice.tier), ("zh_CN", "贵宾"))
            self.assertIn("贵宾", self._render(self.vip, report))

    def test_who_reads_the_membership_prints_and_nobody_else(self):
        stranger = self._create_users(notice_stranger="user")
        for report in ("promotion", "expiry"):
            for user in (self.manager, self.lead, self.officer, self.auditor):
                with self.subTest(report=report, user=user.login):
                    self.assertIn("Anchor Mills", self._render(self.vip, report, user))
            for user in (stranger, self.env.ref("base.public_user")):
                with self.subTest(report=report, user=user.login):
                    with self.assertRaises(AccessError):
                        self._get_notices(self.vip, report, user)

    def test_many_letters_take_the_same_queries(self):
        accounts = self._create_accounts([f"Many {number}" for number in range(8)])
        for account in accounts:
            self._add_revenue(account, 70_000, "2026-03")
        self._post_run("2026-03")
        found = self.env["club.membership"].search(
            [("account_id", "in", accounts.ids), ("tier_id", "=", self.tier["vip"].id)]
        )
        self.assertEqual(len(found), 8)
        for report in ("promotion", "expiry"):
            counts = []
            for number in (2, 2, 8):  # the first one warms up
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self._get_notices(found[:number], report, self.officer)
                counts.append(self.cr.sql_log_count - before)
            self.assertLessEqual(counts[2], counts[1] + 2, report)
