from datetime import date

from odoo.tests import freeze_time, tagged

from ...models.record.number import next_of_series
from ..common import TODAY
from .rate_case import RateCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRateNotice(RateCase):
    """Rules B2, B9: a signed rate is a dated notice, and the ledger follows it."""

    # === Notice === #

    def test_a_signed_rate_is_a_numbered_notice(self):
        """Rule B2: old, new, from when, why; the old is empty where there was none."""
        first = self._put_in_force(0, "2026-05-01")
        second = self._put_in_force(0.4, "2026-06-01")
        corrected = self._put_in_force(0.5, "2026-06-01")
        self.assertRecordValues(
            first + second + corrected,
            [
                {
                    "notice_number": f"RN/2026/000{number}",
                    "notice_date": TODAY,
                    "previous_id": previous,
                    "old_value": old,
                }
                for number, previous, old in (
                    (1, False, 0),
                    (2, first.id, 0),
                    (3, second.id, 0.4),
                )
            ],
        )
        with freeze_time("2027-01-05"):
            later = self._put_in_force(0.6, "2027-02-01")
        self.assertEqual(later.notice_number, "RN/2027/0001")

    def test_another_companys_series_goes_with_the_add_on(self):
        """Of bulletins, too: what the club makes in Odoo's tables has an XML id."""
        company = self.env["res.company"].create({"name": "Second Bureau"})
        for code, numbers in (
            ("club.rate.notice", ["RN/2026/0001", "RN/2026/0002"]),
            ("club.bulletin", ["BUL/2026/001", "BUL/2026/002"]),
        ):
            taken = [next_of_series(company, code, TODAY) for _time in range(2)]
            self.assertEqual(taken, numbers)
            example = f"crm_club.{code.replace('.', '_')}_sequence"
            own = self.env.ref(f"{example}_{company.id}")
            self.assertRecordValues(own, [{"company_id": company.id}])
            self.assertNotEqual(own, self.env.ref(example))

    def test_the_old_value_is_of_this_very_target(self):
        """A parent's rate isn't the old value, nor the other factor's."""
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": self.categ_letters.id}
        )
        rate = self._put_in_force(0.7, category_id=child.id)
        self.assertFalse(rate.previous_id)
        factor = self._put_in_force(
            1.2, category_id=self.categ_letters.id, factor="coefficient"
        )
        self.assertFalse(factor.previous_id)
        rate = self._put_in_force(0.7, category_id=self.categ_letters.id)
        self.assertEqual(rate.old_value, 0.5)

    def test_the_notice_goes_to_leaders_and_clerks_in_force(self):
        leader = self._create_user("lead", "other_lead")
        former = self._create_user("clerk", "former_clerk")
        later = self._create_user("clerk", "later_clerk")
        gone = self._create_user("lead", "gone_lead")
        self.other_unit.user_id = leader
        self.env["crm.team"].create(
            {"name": "Left", "company_id": self.company.id, "user_id": gone.id}
        )
        gone.active = False
        self.env["club.unit.clerk"].create(
            [
                {
                    "unit_id": self.other_unit.id,
                    "user_id": user.id,
                    "date_from": start,
                    "date_to": end,
                }
                for user, start, end in (
                    (former, "2020-01-01", "2026-04-09"),
                    (later, "2026-04-11", False),
                )
            ]
        )
        before = self.env["mail.message"].search_count([])
        rate = self._put_in_force(0.4, user=self.officer)
        message = rate.message_ids.filtered(lambda m: m.subject)
        self.assertEqual(len(message), 1)
        self.assertGreater(self.env["mail.message"].search_count([]), before)
        self.assertEqual(
            message.partner_ids,
            (self.lead | leader | self.clerk | self.officer).partner_id,
        )
        self.assertEqual(message.subject, "Rate notice RN/2026/0001")
        for text in (
            "RN/2026/0001",
            "New Line",
            "none of its own",
            "0.4",
            "05/01/2026",
            "Costs went up",
            self.finance.name,
        ):
            self.assertIn(text, message.body)

    def test_an_opening_is_no_notice(self):
        """Installed or taken on: there from the beginning, nobody is told."""
        rate = self._create_rate(self.category, 0.4, "2026-05-01")
        self.assertRecordValues(
            rate,
            [{"approval_state": "done", "notice_number": False, "notice_date": False}],
        )
        self.assertFalse(rate.message_ids.filtered("subject"))

    # === Ledger === #

    def test_a_signed_correction_posts_its_difference(self):
        """Rule B9: in the open month, nothing rewritten; twice posts nothing."""
        self._add_revenue(self.account_a, 1000, "2026-02", self.categ_letters)
        first = self._post_run("2026-02")
        rate = self._propose(0.8, "2026-02-01", category_id=self.categ_letters.id)
        rate.action_submit()
        waiting = self._create_run("2026-03")
        waiting.action_compute()
        self.assertFalse(waiting.entry_count)
        waiting.action_reset()
        waiting.unlink()
        self._sign_all(rate)
        second = self._post_run("2026-03")
        self.assertEqual(first.entry_ids.points, 500)
        self.assertRecordValues(
            second.entry_ids,
            [
                {
                    "points": 300,
                    "revenue": 0,
                    "rate": 0.8,
                    "revenue_month": date(2026, 2, 1),
                    "date": date(2026, 3, 31),
                }
            ],
        )
        again = self._create_run("2026-03")
        again.action_compute()
        self.assertFalse(again.entry_count)

    def test_a_rate_counts_from_its_first_to_its_last_month(self):
        """Rule B2: the month before, the first, the last, the month after."""
        self._put_in_force(1, "2025-12-01")
        self._put_in_force(2, "2026-01-01", date_to="2026-02-28")
        self._put_in_force(3, "2026-03-01")
        for in_month in ("2025-12", "2026-01", "2026-02", "2026-03"):
            self._add_revenue(self.account_a, 100, in_month, self.category)
        run = self._post_run("2026-03")
        self.assertEqual(
            sorted((str(e.revenue_month), e.points) for e in run.entry_ids),
            [
                ("2025-12-01", 100),
                ("2026-01-01", 200),
                ("2026-02-01", 200),
                ("2026-03-01", 300),
            ],
        )
