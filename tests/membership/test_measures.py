"""All measures are worked out, whether a rule asks for them or not. Rules A7, A10."""

from datetime import date

from odoo.tests import TransactionCase, freeze_time, tagged

from ...models.membership.measures import measures_query
from ..common import TODAY, ClubFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMeasures(ClubFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_club()
        # No rule asks for revenue, and no indicator is used.
        cls.program.group_ids.write({"measure": "points", "automatic_revenue": 0})
        cls._add_revenue(cls.account_a, 40_000, "2026-02")
        cls._add_revenue(cls.account_a, 20_000, "2026-03", cls.categ_letters)
        cls._add_revenue(cls.account_a, 45_000, "2026-03")
        cls._post_run()
        cls.term = cls.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == cls.membership
        )

    def test_evidence_is_whole(self):
        self.assertEqual(self.term.tier_id.code, "vip")
        self.assertEqual(float(self.term.evidence["revenue"]), 105_000)
        self.assertEqual(
            self.term.evidence["indicators"],
            {"categories": "2", "active_months": "2", "overdue_days": "0"},
        )
        self.assertIn("105,000.00", self.term.evidence_html)
        self.assertIn("Months with revenue", self.term.evidence_html)

    def test_months_are_counted_over_any_window(self):
        """Each once, whatever its product lines, and only with revenue in it."""
        self._add_revenue(self.account_a, -500, "2025-12")
        self._add_revenue(self.account_a, 10, "2022-12")  # the 40th month back
        self._add_revenue(self.account_a, 10, "2022-11")  # before the window
        found = self._measure(
            date(2022, 12, 15),
            date(2026, 3, 31),
            accounts=(self.account_a | self.account_b).ids,
        )
        # December 2022 was booked on its first day.
        self.assertEqual(found, {self.account_a.id: (104_500, 2, 2)})
        found = self._measure(date(2022, 12, 1), date(2026, 3, 31))
        self.assertEqual(found[self.account_a.id], (104_510, 2, 3))

    def _measure(self, start, end, **arguments):
        """Return revenue, product lines and months by account."""
        self.env.flush_all()
        query = measures_query(self.program, start, end, **arguments)
        return {
            account: (float(revenue), categories, months)
            for account, _points, revenue, categories, months in self.env.execute_query(
                query
            )
        }

    def test_partner_and_wizard_show_it(self):
        self.assertEqual(self.account_a.with_user(self.officer).club_revenue, 105_000)
        wizard = self.env["club.standing.wizard"].create(
            {
                "account_id": self.account_a.id,
                "program_id": self.program.id,
                "date": TODAY,
            }
        )
        self.assertIn("105,000.00", wizard.report)

    def test_who_has_none_has_nought(self):
        found = self.program._assess(self.account_b, TODAY)
        figures = found[self.account_b.id, self.membership.id].measures
        self.assertEqual((figures.points, figures.revenue), (0, 0))
        self.assertEqual(set(figures.indicators.values()), {0})

    def test_old_evidence_that_did_not_measure_does_not_say_nought(self):
        old = {
            **{key: self.term.evidence[key] for key in ("measure", "thresholds")},
            "points": "60000.00",
            "revenue": "0.00",
            "indicators": {},
            "earned": "vip",
            "result": "vip",
        }
        html = self.membership._render_evidence(old, self.term.tier_id)
        self.assertNotIn("Recognised revenue", html)
        html = self.membership._render_evidence(
            {**old, "indicators": {"active_months": "0"}}, self.term.tier_id
        )
        self.assertIn("Recognised revenue", html)

    def test_a_worksheet_has_it_too(self):
        with freeze_time("2027-04-12"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": date(2027, 4, 1),
                    "date_to": date(2027, 4, 30),
                }
            )
            record.action_prepare()
        self.assertEqual(set(record.line_ids.mapped("revenue")), {105_000})
