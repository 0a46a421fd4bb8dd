from datetime import date

from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestStandingWizard(ClubCommon):
    """What was this account on a day, and why? Rule A10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)  # VIP by points, no grade
        cls._post_run()

    def _ask(self, day=TODAY, user=None, account=None):
        wizard = (
            self.env["club.standing.wizard"]
            .with_user(user or self.officer)
            .create({"account_id": (account or self.account_a).id, "date": day})
        )
        return wizard._get_report_data()

    def _tiers(self, *args, **kwargs):
        return [
            standing["tier"] for standing in self._ask(*args, **kwargs)["standings"]
        ]

    def test_days_around_the_term(self):
        """The day before, the first, the last and the day after the days of grace."""
        table = {
            date(2026, 4, 9): False,
            TODAY: "Vip",
            date(2027, 4, 9): "Vip",
            date(2027, 5, 9): "Vip",
            date(2027, 5, 10): False,
        }
        for day, tier in table.items():
            with self.subTest(day):
                self.assertEqual(self._tiers(day), [False, tier])
        standing = self._ask(date(2027, 5, 9))["standings"][1]
        self.assertTrue(standing["is_grace"])

    def test_answer_says_why_and_by_whom(self):
        standing = self._ask()["standings"][1]
        rows = dict(standing["rows"])
        self.assertEqual(rows["Came About"], "Enrolled")
        self.assertEqual(rows["Term"], "04/10/2026 – 04/09/2027")
        self.assertEqual(rows["Decided by"], self.env.user.name)
        self.assertIn("60,000 points reach Vip.", standing["evidence"])

    def test_history_stays_after_an_upgrade(self):
        """Later figures change nothing about an earlier day."""
        with freeze_time("2026-05-10"):
            self._add_revenue(self.account_a, 100_000, "2026-04")
            self._post_run("2026-04")
        self.assertEqual(self._tiers(date(2026, 5, 9)), [False, "Vip"])
        self.assertEqual(self._tiers(date(2026, 5, 10)), ["Vip", "Gold"])
        grade, membership = self._ask(date(2026, 5, 9))["standings"]
        self.assertEqual(dict(membership["rows"])["Ended by"], "Upgraded")
        self.assertEqual(membership["around"], ["After, it was Gold from 05/10/2026."])
        self.assertEqual(grade["around"], ["After, it was Vip from 05/10/2026."])

    def test_class_is_named_as_the_reason(self):
        """Rule A4: the floor and what the figures alone reach."""
        account_class = self.env["club.account.class"].create(
            {"code": "city", "name": "City hall"}
        )
        platinum = self.membership.tier_ids.filtered(lambda t: t.code == "platinum")
        self.env["club.account.class.floor"].create(
            {
                "class_id": account_class.id,
                "group_id": self.membership.id,
                "tier_id": platinum.id,
            }
        )
        self.env["club.account.classification"].create(
            {
                "account_id": self.account_a.id,
                "class_id": account_class.id,
                "reason": "Decree 7",
            }
        )._set_opening("Test")
        self.program._review(on=TODAY, effective=TODAY)
        self.assertIn(
            "The class City hall grants Platinum; the figures alone reach Vip.",
            self._ask()["standings"][1]["evidence"],
        )

    def test_roles_see_what_they_may(self):
        """Rule E2: no answer, rather than "not a member", to who may not know."""
        table = {
            "manager": (True, False),
            "lead": (True, False),
            "clerk": (False, False),
            "officer": (True, True),
            "auditor": (True, True),
        }
        for role, expected in table.items():
            found = tuple(
                not self._ask(user=getattr(self, role), account=account)["notice"]
                for account in (self.account_a, self.account_b)
            )
            with self.subTest(role):
                self.assertEqual(found, expected)

    def test_screen_answers_as_the_date_changes(self):
        contact = self.env["res.partner"].create(
            {"name": "Liaison", "parent_id": self.account_a.id}
        )
        wizard = (
            self.env["club.standing.wizard"]
            .with_user(self.manager)
            .with_context(active_model="res.partner", active_id=contact.id)
        )
        form = Form(wizard)
        self.assertEqual(form.account_id, self.account_a)
        self.assertIn("60,000 points reach Vip.", form.report)
        form.date = date(2026, 4, 9)
        self.assertIn("Not a member", form.report)
        self.assertNotIn("60,000", form.report)
