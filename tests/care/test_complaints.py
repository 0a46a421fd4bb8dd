"""Complaints: settled in time by tier, called back, learned from."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon


@tagged("post_install", "-at_install")
class TestComplaints(ClubCommon):
    """Rows D8, D16."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["club.day"]._ensure_years()
        cls.cause = cls.env.ref("crm_club.club_complaint_cause_delay")

    def _complain(self, user=None, **values):
        return (
            self.env["club.need"]
            .with_user(user or self.manager)
            .create(
                {
                    "name": "Three days late",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    "kind": "service",
                    **values,
                }
            )
        )

    def _solve(self, need):
        need.write({"cause_id": self.cause.id, "result": "Sent again"})
        need.action_done()

    def _get_kinds(self):
        self.env.flush_all()
        rows = self.env.execute_query_dict(self.env["club.need"]._get_today_sql())
        return {row["res_id"]: row["kind"] for row in rows}

    def test_deadline_by_tier_in_working_days(self):
        """1, 2, 3 and 5 working days; TODAY is a Friday."""
        expected = {
            "diamond": date(2026, 4, 13),
            "platinum": date(2026, 4, 14),
            "gold": date(2026, 4, 15),
            "vip": date(2026, 4, 17),
        }
        for tier in self.membership.tier_ids:
            account = self._create_account(
                f"Of {tier.code}", club_manager_id=self.manager.id
            )
            account._write_guarded({"club_tier_id": tier.id})
            need = self._complain(account_id=account.id)
            self.assertRecordValues(
                need,
                [
                    {
                        "date_deadline": expected[tier.code],
                        "date_due": expected[tier.code],
                        "tier_id": tier.id,
                    }
                ],
            )
        self.assertEqual(self._complain().date_deadline, date(2026, 4, 17))

    def test_service_by_tier_is_the_program_s(self):
        found = {
            tier.code: (tier.answer_hours, tier.complaint_days)
            for tier in self.membership.tier_ids
        }
        self.assertEqual(
            found,
            {"diamond": (1, 1), "platinum": (2, 2), "gold": (4, 3), "vip": (8, 5)},
        )
        vip = self.membership.tier_ids.filtered(lambda t: t.code == "vip")
        vip.complaint_days = 4
        self.account_a._write_guarded({"club_tier_id": vip.id})
        self.assertEqual(self._complain().date_deadline, date(2026, 4, 16))

    def test_it_is_never_due_later_but_may_be_sooner(self):
        need = self._complain()
        need.date_due = date(2026, 4, 17)
        need.date_due = date(2026, 4, 13)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            need.date_due = date(2026, 4, 18)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            need.date_deadline = date(2026, 5, 1)

    def test_it_is_counted_from_the_day_on_which_it_came_in(self):
        need = self._complain(date_received="2026-04-09")
        self.assertEqual(need.date_deadline, date(2026, 4, 16))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            need.date_received = "2026-04-10"
        with self.assertRaises(ValidationError):
            self._complain(date_received="2026-04-11")

    def test_deadlines_follow_the_calendar(self):
        """A day off moves what is counted over it; what is due sooner stays so."""
        first, sooner, settled = self._complain(), self._complain(), self._complain()
        sooner.date_due = date(2026, 4, 13)
        self._solve(settled)
        self.env["club.day"].search([("date", "=", "2026-04-14")]).is_working = False
        self.env.invalidate_all()
        for need, deadline, due in (
            (first, date(2026, 4, 20), date(2026, 4, 20)),
            (sooner, date(2026, 4, 20), date(2026, 4, 13)),
            (settled, date(2026, 4, 17), date(2026, 4, 17)),
        ):
            self.assertEqual((need.date_deadline, need.date_due), (deadline, due))
        self.env["club.day"].search([("date", "=", "2026-04-11")]).is_working = True
        self.env.invalidate_all()
        self.assertEqual(first.date_deadline, date(2026, 4, 17))
        self.assertEqual(sooner.date_due, date(2026, 4, 13))

    def test_its_account_has_a_case_at_once(self):
        """Row D7, whoever notes it down; one case however many complaints."""
        self._complain(is_complaint=False)
        cases = self.env["club.retention"]
        domain = [("account_id", "=", self.account_a.id)]
        self.assertFalse(cases.search(domain))
        self._complain()
        self.assertRecordValues(
            cases.search(domain),
            [{"is_complaint": True, "complaint_count": 1, "state": "open"}],
        )
        self._complain().is_complaint = True
        self.assertEqual(len(cases.search(domain)), 1)

    def test_a_need_can_become_a_complaint_and_stays_one(self):
        need = self._complain(is_complaint=False)
        self.assertFalse(need.date_deadline)
        need.is_complaint = True
        self.assertEqual(need.date_due, date(2026, 4, 17))
        with self.assertRaises(UserError):
            need.is_complaint = False

    def test_it_is_settled_with_its_cause(self):
        need = self._complain()
        need.result = "Sent again"
        with self.assertRaises(UserError):
            need.action_done()
        self._solve(need)
        self.assertRecordValues(
            need, [{"state": "done", "is_late": False, "call_due": date(2026, 4, 15)}]
        )

    def test_settled_after_its_deadline_is_late(self):
        need = self._complain()
        with freeze_time("2026-04-20 04:00:00"):
            self._solve(need)
        self.assertTrue(need.is_late)

    def test_who_is_content_is_called_once(self):
        need = self._complain()
        with self.assertRaises(UserError):
            need.call_mark = "5"  # there is no solution yet
        self._solve(need)
        with self.assertRaises(UserError):
            need.action_close_call()
        need.call_mark = "3"
        need.action_close_call()
        self.assertRecordValues(
            need,
            [{"state": "done", "called_on": TODAY, "called_by_id": self.manager.id}],
        )
        with self.assertRaises(UserError):
            need.action_close_call()
        with self.assertRaises(UserError):
            need.call_mark = "5"

    def test_who_is_not_content_has_it_reopened(self):
        need = self._complain()
        self._solve(need)
        need.call_mark = "2"
        with self.assertRaises(UserError):
            need.action_close_call()
        need.call_note = "Came late again"
        with freeze_time("2026-04-13 04:00:00"):
            need.action_close_call()
        self.assertRecordValues(
            need,
            [
                {
                    "state": "taken",
                    "reopened_count": 1,
                    "date_deadline": date(2026, 4, 20),
                    "date_due": date(2026, 4, 20),
                }
            ],
        )
        self._solve(need)
        self.assertFalse(need.called_on)
        self.assertFalse(need.call_mark)

    def test_of_a_late_one_the_lead_hears_too(self):
        need = self._complain()
        with freeze_time("2026-04-20 04:00:00"):
            for _night in range(2):
                with self.enter_registry_test_mode():
                    self.env.ref(
                        "crm_club.ir_cron_club_need_remind"
                    ).method_direct_trigger()
        self.assertEqual(need.sudo().activity_ids.user_id, self.manager | self.lead)
        self.assertEqual(len(need.sudo().activity_ids), 2)

    def test_today_tells_complaints_calls_and_needs_apart(self):
        need, complaint = self._complain(is_complaint=False), self._complain()
        self.assertEqual(
            self._get_kinds(), {need.id: "need", complaint.id: "complaint"}
        )
        self._solve(complaint)
        self.assertEqual(
            self._get_kinds(), {need.id: "need", complaint.id: "complaint_call"}
        )
        texts = (need | complaint)._get_today_texts()
        self.assertIn("solved", texts[complaint.id])
        complaint.call_mark = "5"
        complaint.action_close_call()
        self.assertEqual(self._get_kinds(), {need.id: "need"})

    def test_others_neither_see_nor_settle_it(self):
        need = self._complain(self.officer, account_id=self.account_b.id)
        self.assertFalse(
            self.env["club.need"].with_user(self.manager).search([("id", "=", need.id)])
        )
        with self.assertRaises(AccessError):
            need.with_user(self.manager).action_close_call()
        with self.assertRaises(AccessError):
            need.with_user(self.auditor).write({"cause_id": self.cause.id})

    # === Improvements === #

    def _complain_last_month(self, count, cause, day="2026-03-31"):
        for _number in range(count):
            self._complain(date_received=day, cause_id=cause.id)

    def test_a_month_s_frequent_causes_ask_for_improvements(self):
        """Three of a cause, none for two."""
        improvements = self.env["club.improvement"]
        other = self.env.ref("crm_club.club_complaint_cause_loss")
        self._complain_last_month(2, self.cause)
        self._complain_last_month(3, other)
        self._complain_last_month(1, self.cause, "2026-04-01")
        improvements._make_last_month()
        improvements._make_last_month()
        found = improvements.search([])
        self.assertRecordValues(
            found,
            [
                {
                    "cause_id": other.id,
                    "month": date(2026, 3, 1),
                    "complaint_count": 3,
                    "company_id": self.company.id,
                }
            ],
        )
        self._complain_last_month(1, other)
        improvements._make_last_month()
        self.assertEqual(found.complaint_count, 4)
        lead = found.with_user(self.lead)
        with self.assertRaises(UserError):
            lead.action_done()
        lead.write({"measure": "Two rounds a day", "result": "None in April"})
        lead.action_done()
        self._complain_last_month(1, other)
        improvements._make_last_month()
        self.assertEqual(found.complaint_count, 4)
        with self.assertRaises(AccessError):
            found.with_user(self.manager).action_reopen()
