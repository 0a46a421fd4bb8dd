"""Which accounts are at risk, and what comes of their cases."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .pulse_case import PulseCase


@tagged("post_install", "-at_install")
class TestRetention(PulseCase):
    """Row D7."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["club.day"]._ensure_years()
        cls.cause = cls.env.ref("crm_club.club_retention_cause_price")

    def _open(self):
        self._refresh()
        return self.env["club.retention"]._open_cases()

    def _get_cases(self, account):
        return self.env["club.retention"].search([("account_id", "=", account.id)])

    def _fall(self, account, percent, per_month=1000.0):
        """Book three months last year, and so much less this year."""
        self._book(
            account, **dict.fromkeys(("m2025_01", "m2025_02", "m2025_03"), per_month)
        )
        self._book(
            account,
            **dict.fromkeys(
                ("m2026_01", "m2026_02", "m2026_03"),
                round(per_month * (1 - percent / 100), 4),
            ),
        )

    def _settle(self, case, outcome="action_keep"):
        case.write({"cause_id": self.cause.id, "result": "Rate agreed"})
        getattr(case, outcome)()

    # === Opening === #

    def test_the_bound_belongs_to_what_is_at_risk(self):
        """30 % below opens a case, 29.99 % doesn't."""
        self._fall(self.account_a, 30)
        self._fall(self.account_b, 29.99)
        cases = self._open()
        self.assertEqual(cases.account_id, self.account_a)
        self.assertRecordValues(
            cases,
            [
                {
                    "is_below": True,
                    "is_dormant": False,
                    "revenue": 2100,
                    "revenue_before": 3000,
                    "user_id": self.manager.id,
                    "unit_id": self.unit.id,
                    "state": "open",
                    "date_opened": TODAY,
                    # Ten working days after Friday, 10 April.
                    "date_due": date(2026, 4, 24),
                }
            ],
        )
        self.assertIn("30.00", cases.reasons)

    def test_the_bound_is_the_program_s(self):
        self.program.retention_drop = 29.99
        self._fall(self.account_b, 29.99)
        self.assertEqual(self._open().account_id, self.account_b)

    def test_single_months_are_watched_where_the_program_says_so(self):
        self._book(self.account_a, m2025_03=1000, m2025_02=100, m2026_02=100)
        self._book(self.account_a, m2026_03=900, m2025_01=100, m2026_01=300)
        self.assertFalse(self._open())
        self.program.retention_by_month = True
        case = self._open()
        self.assertTrue(case.is_month_below)
        self.assertIn("10.00", case.reasons)

    def test_one_month_less_than_a_tenth_below_is_not(self):
        self.program.retention_by_month = True
        self._book(self.account_a, m2025_03=1000, m2026_03=900.01)
        self.assertFalse(self._open())

    def test_who_buys_no_more_is_at_risk_and_who_never_bought_is_not(self):
        self._book(self.account_a, m2025_09=100)
        case = self._open()
        self.assertEqual(case.account_id, self.account_a)
        self.assertTrue(case.is_dormant)

    def test_who_buys_again_in_the_month_that_runs_is_not_dormant(self):
        self._book(self.account_a, m2025_09=100, m2026_04=5)
        self.assertFalse(self._open())

    def test_a_complaint_and_a_poor_mark_open_one(self):
        self._book(self.account_a, m2026_01=1, m2026_02=1, m2026_03=1)
        self.assertFalse(self._open())
        self.env["club.need"].create(
            {"name": "Late", "account_id": self.account_a.id, "is_complaint": True}
        )
        self.assertFalse(self._open())  # the complaint has opened it already
        case = self._get_cases(self.account_a)
        self.assertRecordValues(case, [{"is_complaint": True, "complaint_count": 1}])

    def test_a_downgrade_ahead_opens_one_once_a_month_is_posted(self):
        self.program.requalification_window = "rolling"
        self._book(self.account_a, m2025_12=900000)
        self._post_run("2025-12")
        self.assertEqual(self.account_a.club_tier_id.code, "platinum")
        self._book(self.account_a, m2026_01=1000, m2026_02=1000, m2026_03=1000)
        for in_month in ("2026-01", "2026-02", "2026-03"):
            self._post_run(in_month)
        warned = self.account_a.club_is_at_risk
        case = self._open()
        self.assertTrue(warned)
        self.assertEqual(case.is_downgrade, warned)
        self.assertEqual(case.tier_id, self.account_a.club_tier_id)

    def test_twice_opens_nothing_twice(self):
        self._fall(self.account_a, 50)
        self.assertTrue(self._open())
        self.assertFalse(self._open())
        self.assertEqual(len(self._get_cases(self.account_a)), 1)

    def test_an_open_case_takes_up_what_is_new(self):
        self._fall(self.account_a, 50)
        case = self._open()
        self.env["club.need"].create(
            {"name": "Late", "account_id": self.account_a.id, "is_complaint": True}
        )
        self.assertFalse(self._open())
        self.assertRecordValues(case, [{"is_below": True, "is_complaint": True}])

    def test_the_same_opens_none_for_a_while(self):
        self._fall(self.account_a, 50)
        self._settle(self._open())
        self.assertFalse(self._open())
        with freeze_time("2026-07-08"):  # the 89th day after
            self.assertFalse(self.env["club.retention"]._open_cases())
        with freeze_time("2026-07-09"):
            self.assertTrue(self.env["club.retention"]._open_cases())

    def test_what_is_new_opens_another_at_once(self):
        self._fall(self.account_a, 50)
        self._settle(self._open())
        self.env["club.need"].create(
            {"name": "Late", "account_id": self.account_a.id, "is_complaint": True}
        )
        self.assertFalse(self._open())  # the complaint has opened it already
        cases = self._get_cases(self.account_a)
        self.assertEqual(len(cases), 2)
        case = cases.filtered(lambda case: case.state == "open")
        self.assertTrue(case.is_complaint)

    def test_who_is_nobody_s_account_has_no_case(self):
        stranger = self._create_account("Stranger", agreement=False)
        self._fall(stranger, 50)
        self.assertFalse(self._open())

    def test_one_account_alone(self):
        self._fall(self.account_a | self.account_b, 50)
        self._refresh()
        found = self.env["club.retention"]._open_cases(self.account_b)
        self.assertEqual(found.account_id, self.account_b)

    def test_a_case_by_hand_says_why(self):
        self._fall(self.account_a, 5)
        self._refresh()
        cases = self.env["club.retention"].with_user(self.manager)
        values = {"account_id": self.account_a.id}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            cases.create(values)
        case = cases.create({**values, "reason": "Their purchaser left"})
        self.assertEqual(case.reasons, "Their purchaser left")
        self.assertEqual(case.user_id, self.manager)
        self.assertEqual(case.revenue_before, 3000)

    # === What comes of it === #

    def test_an_outcome_needs_cause_and_words(self):
        self._fall(self.account_a, 50)
        case = self._open().with_user(self.manager)
        case.action_take()
        self.assertEqual(case.state, "taken")
        with self.assertRaises(UserError):
            case.action_lose()
        case.cause_id = self.cause
        case.result = "–"
        with self.assertRaises(UserError):
            case.action_lose()
        case.result = "Went to another carrier"
        case.action_lose()
        self.assertRecordValues(
            case, [{"state": "lost", "date_closed": TODAY, "saved_share": 0}]
        )
        with self.assertRaises(UserError):
            case.plan = "Too late"
        case.action_reopen()
        self._settle(case, "action_win_back")
        self.assertRecordValues(case, [{"state": "won_back", "saved_share": 100}])

    def test_reopening_beside_an_open_one_is_refused(self):
        self._fall(self.account_a, 50)
        first = self._open()
        self._settle(first)
        self.env.flush_all()
        self.env["club.retention"].create(
            {"account_id": self.account_a.id, "reason": "New rumour"}
        )
        with self.assertRaises(UserError):
            first.action_reopen()

    def test_saved_by_cause(self):
        """Row E10: the share kept or won back, and the value at stake."""
        self._fall(self.account_a | self.account_b, 50)
        lost, kept = self._open()
        self._settle(lost, "action_lose")
        self._settle(kept, "action_win_back")
        ((cause, share, value),) = self.env["club.retention"]._read_group(
            [], ["cause_id"], ["saved_share:avg", "value:sum"]
        )
        self.assertEqual((cause, share), (self.cause, 50))
        self.assertEqual(value, lost.value + kept.value)

    # === Who may === #

    def test_what_it_was_opened_by_is_nobody_s_to_write(self):
        self._fall(self.account_a, 50)
        case = self._open()
        for user in (self.manager, self.officer):
            for values in (
                {"state": "kept"},
                {"is_below": False},
                {"value": 1},
                {"account_id": self.account_b.id},
                {"date_closed": "2026-04-10"},
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    case.with_user(user).write(values)
            with self.assertRaises(UserError):
                case.with_user(user).unlink()

    def test_each_sees_the_cases_of_his_accounts(self):
        self._fall(self.account_a | self.account_b, 50)
        self._open()
        model = self.env["club.retention"]
        read = {
            user: model.with_user(user).search([]).account_id
            for user in (self.manager, self.lead, self.officer, self.auditor)
        }
        self.assertEqual(read[self.manager], self.account_a)
        self.assertEqual(read[self.lead], self.account_a)
        self.assertEqual(read[self.officer], self.account_a | self.account_b)
        self.assertEqual(read[self.auditor], self.account_a | self.account_b)
        case = self._get_cases(self.account_b)
        with self.assertRaises(AccessError):
            case.with_user(self.manager).action_take()
        case.user_id = self.manager  # whoever is to see to it does
        case.with_user(self.manager).action_take()
        with self.assertRaises(AccessError):
            case.with_user(self.auditor).action_keep()

    def test_each_company_has_its_own(self):
        other = self._create_club_company("Inland Post")
        self.env.user.company_ids |= other
        self._create_program(other)
        self._fall(self.account_a, 50)
        self.account_a.with_company(other).club_unit_id = self.env["crm.team"].create(
            {"name": "Inland", "company_id": other.id, "club_level": "branch"}
        )
        self.assertEqual(self._open().company_id, self.company)
        case = self.env["club.retention"].create(
            {
                "account_id": self.account_a.id,
                "company_id": other.id,
                "reason": "Their purchaser left",
            }
        )
        self.assertFalse(case.user_id)
        self.assertEqual(case.unit_id.name, "Inland")
        self.assertFalse(case.with_user(self.manager).search([("id", "=", case.id)]))

    def test_what_is_due_follows_the_calendar_unless_somebody_has_set_it(self):
        self._fall(self.account_a | self.account_b, 50)
        self._open()
        case, by_hand = map(self._get_cases, (self.account_a, self.account_b))
        by_hand.date_due = date(2026, 4, 23)
        self.env["club.day"].search([("date", "=", "2026-04-14")]).is_working = False
        self.env.invalidate_all()
        self.assertEqual(case.date_due, date(2026, 4, 27))
        self.assertEqual(by_hand.date_due, date(2026, 4, 23))

    # === Merging, today === #

    def test_merged_accounts_have_one_open_case(self):
        self._fall(self.account_a | self.account_b, 50)
        self._open()
        taken = self._get_cases(self.account_b)
        taken.action_take()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.account_a | self.account_b).ids, self.account_a)
        self.env.invalidate_all()
        cases = self._get_cases(self.account_a)
        self.assertEqual(len(cases), 2)
        self.assertEqual(cases.filtered(lambda c: c.state == "taken"), taken)
        self._refresh()
        self.assertEqual(self._get_pulse(self.account_a).revenue_before, 6000)

    def test_today_says_what_is_owed(self):
        self._fall(self.account_a, 50)
        case = self._open()
        rows = self.env.execute_query_dict(case._get_today_sql())
        self.assertEqual([row["res_id"] for row in rows], case.ids)
        self.assertEqual(rows[0]["user_id"], self.manager.id)
        self.assertIn("50.00", case._get_today_texts()[case.id])
        self._settle(case)
        self.env.flush_all()
        self.assertFalse(self.env.execute_query_dict(case._get_today_sql()))
