"""Greetings, complaints and improvements from outside, as users of each role."""

from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import REFUSALS, RpcCase
from ..common import TODAY
from .greeting_case import GreetingFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestCareAttacks(GreetingFixture, RpcCase):
    """What a rule follows from is nobody's to write. Rules A8, D5, D7, D8, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env.ref("crm_club.club_complaint_cause_delay")

    def _assert_no(self, user, record, method, **kwargs):
        _result, error = self._call(
            "call_kw", user, record._name, method, record.ids, **kwargs
        )
        self.assertIn(error, REFUSALS, (user.login, record._name, method, kwargs))

    # === Greetings === #

    def test_who_was_handed_over_is_greeted_by_the_new_manager(self):
        """Between preparing and sending the account became another one's."""
        greeting = self._prepare(self.of_managers, self.manager)
        self.assertEqual(self._get_lines(greeting)["Chen Jie"][0], "to_send")
        self.account_a.club_manager_id = self.other_manager
        self._assert_no(self.manager, greeting, "action_send")
        mails = self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])
        self.assertFalse(mails)
        other = self._prepare(self.of_managers, self.other_manager)
        self._call_ok(self.other_manager, other._name, "action_send", other.ids)
        self.assertEqual(self._get_lines(other)["Chen Jie"], ("sent", "mail"))

    def test_who_is_greeted_by_hand_is_the_new_manager_s(self):
        """Head office's greeting: his successor has it in his list of today."""
        greeting = self._prepare()
        line = greeting.line_ids.filtered(lambda line: line.channel == "call")
        self.assertEqual(line.user_id, self.manager)
        self.account_a.club_manager_id = self.other_manager
        self.assertEqual(line.user_id, self.other_manager)
        self._assert_no(self.manager, line, "action_mark_sent")
        self._call_ok(self.other_manager, line._name, "action_mark_sent", line.ids)
        self.account_a.club_manager_id = self.manager
        self.assertEqual(line.user_id, self.other_manager)  # he has done it

    def test_a_unit_greets_whom_it_looks_after_still(self):
        greeting = self._prepare(self.of_units, self.lead, unit_id=self.unit.id)
        line = greeting.sudo().line_ids.filtered(
            lambda line: line.contact_id == self.mailed
        )
        self.assertEqual(line._filter_agreeing(), line)
        self.account_a.write(
            {"club_unit_id": self.other_unit.id, "club_manager_id": False}
        )
        self.assertFalse(line._filter_agreeing())

    def test_who_has_left_the_account_is_not_greeted_for_it(self):
        greeting = self._prepare()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET parent_id = %(to)s, commercial_partner_id = %(to)s"
            " WHERE id = %(id)s",
            {"to": self.account_b.id, "id": self.mailed.id},
        )
        self.env.invalidate_all()
        self._assert_no(self.officer, greeting, "action_send")
        self.assertFalse(
            self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])
        )

    def test_a_label_for_nobody_who_is_left_out_or_has_said_no(self):
        greeting = self._prepare()
        report = self.env["report.crm_club.club_greeting_labels"]

        def names():
            self.env.invalidate_all()
            labels = report._get_report_values(greeting.line_ids.ids)["labels"]
            return sorted(label.name for label in labels)

        self.assertEqual(names(), ["Chen Jie", "Li Ming", "Sun Hai"])
        self.mailed.club_profile_ids.consent_ids = self._agree("mail", answer="refused")
        self.assertEqual(names(), ["Li Ming", "Sun Hai"])
        line = greeting.line_ids.filtered(lambda line: line.contact_id == self.texted)
        line.action_leave_out()
        self.assertEqual(names(), ["Li Ming"])

    def test_a_label_for_nobody_who_refuses_everything_by_now(self):
        """A card by post is a contact, too, also after a greeting. Rule A8."""
        greeting = self._prepare()
        line = greeting.line_ids.filtered(lambda line: line.contact_id == self.mailed)
        greeting.action_send()
        self.assertEqual(line.state, "sent")
        report = self.env["report.crm_club.club_greeting_labels"]

        def names():
            self.env.invalidate_all()
            labels = report._get_report_values(line.ids)["labels"]
            return [label.name for label in labels]

        profile = self.mailed.club_profile_ids
        profile.consent_ids = self._agree("call")
        self.assertEqual(names(), ["Chen Jie"])
        profile.consent_ids = self._agree("mail", answer="refused")
        self.assertEqual(names(), ["Chen Jie"])  # he may be called still
        profile.consent_ids = self._agree("call", answer="refused")
        self.assertFalse(names())

    def test_a_name_on_two_lines_is_no_header(self):
        greeting = self._prepare()
        greeting.subject = "Dear {name}"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET name = %s WHERE id = %s",
            ["Chen\r\nBcc: all@example.com", self.mailed.id],
        )
        self.env.invalidate_all()
        greeting.action_send()
        mail = self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])
        self.assertEqual(mail.subject, "Dear Chen Bcc: all@example.com")

    def test_nobody_greets_in_another_ones_name(self):
        values = {
            "occasion_id": self.of_units.id,
            "date": str(TODAY),
            "unit_id": self.unit.id,
        }
        _result, error = self._call(
            "call_kw",
            self.lead,
            "club.greeting",
            "create",
            vals_list=[{**values, "user_id": self.officer.id}],
        )
        self.assertIn(error, REFUSALS)
        found = self._call_ok(self.lead, "club.greeting", "create", vals_list=[values])
        greeting = self.env["club.greeting"].browse(found)
        self.assertEqual(greeting.user_id, self.lead)
        self._assert_no(self.lead, greeting, "write", vals={"user_id": self.officer.id})
        self._call_ok(
            self.officer,
            "club.greeting",
            "write",
            greeting.ids,
            vals={"user_id": self.officer.id},
        )

    def test_translations_are_written_as_texts_are(self):
        """Odoo writes them past `write`: what is closed stays, and what can't be filled
        in is refused.
        """
        greeting = self._prepare()
        text = {"field_name": "text", "translations": {"en_US": "Dear {name}, hello"}}
        self._call_ok(
            self.officer,
            greeting._name,
            "update_field_translations",
            greeting.ids,
            **text,
        )
        self.assertEqual(greeting.text, "Dear {name}, hello")
        for record in (greeting, self.head):
            self._assert_no(
                self.officer,
                record,
                "update_field_translations",
                field_name="text",
                translations={"en_US": "Dear {password}"},
            )
        for translations in (None, ["en_US"], {"xx": "Dear"}):
            self._assert_no(
                self.officer,
                greeting,
                "update_field_translations",
                field_name="text",
                translations=translations,
            )
        for name in (["text"], "user_id", "nothing", None):
            self._assert_no(
                self.officer,
                greeting,
                "update_field_translations",
                field_name=name,
                translations={"en_US": False},
            )
        greeting.action_close()
        self._assert_no(self.officer, greeting, "update_field_translations", **text)
        self._assert_no(self.manager, self.head, "update_field_translations", **text)

    def test_nobody_is_greeted_again_on_a_day_that_was_moved(self):
        """Neither on a day set by hand, nor on one of the calendar."""
        self._prepare()
        days = self.head.day_ids
        greeted = days.filtered(lambda day: day.date == TODAY)
        for method, kwargs in (
            ("write", {"vals": {"date": "2026-04-11"}}),
            ("unlink", {}),
        ):
            self._assert_no(self.officer, greeted, method, **kwargs)
        self._call_ok(
            self.officer,
            greeted._name,
            "write",
            (days - greeted).ids,
            vals={"date": "2026-04-21"},
        )
        occasion = self.env["club.occasion"].create(
            {
                "name": "Spring",
                "kind": "solar",
                "month": "04",
                "day": 10,
                "owner_level": "head",
                "company_id": self.company.id,
                "text": "Dear {name}",
            }
        )
        self._prepare(occasion)
        self._call_ok(
            self.officer, occasion._name, "write", occasion.ids, vals={"day": 12}
        )
        again = self._prepare(occasion, date="2026-04-12")
        self.assertEqual(self._get_lines(again)["Chen Jie"], ("left_out", "greeted"))
        next_year = self._prepare(occasion, date="2027-04-12")
        self.assertEqual(self._get_lines(next_year)["Chen Jie"][0], "to_send")

    def test_a_branch_of_the_company_pays_no_foreign_provider(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.assertFalse(branch._club_sends_sms())
        self.program.with_user(self.officer).sms_by_odoo = True
        self.assertTrue(branch._club_sends_sms())

    # === Every night === #

    def test_a_second_night_changes_nothing(self):
        self._add_revenue(self.account_a, 100, "2026-01")
        self.env["club.day"]._ensure_years()
        self._complain()

        def run():
            self.env["club.account.pulse"]._cron_refresh()
            self.env["club.duty"]._cron_refresh()
            self.env["club.occasion"]._cron_plan()
            self.env["club.greeting.line"]._send_queued(500)
            return self._get_prints()

        self.tables = sorted(
            {*self.tables, "club_account_pulse", "club_retention", "club_improvement"}
            | {"club_duty", "club_greeting", "club_occasion_day", "club_need"}
        )
        self.assertEqual(run(), run())

    # === Complaints, improvements === #

    def _complain(self, **values):
        found = self._call_ok(
            self.manager,
            "club.need",
            "create",
            vals_list=[
                {
                    "name": "Three days late",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    **values,
                }
            ],
        )
        return self.env["club.need"].browse(found)

    def _solve(self, need):
        need.with_user(self.manager).write(
            {"cause_id": self.cause.id, "result": "Sent again"}
        )
        self._call_ok(self.manager, need._name, "action_done", need.ids)

    def test_what_came_of_it_stays_said(self):
        need = self._complain()
        self._solve(need)
        for values in ({"result": " "}, {"result": False}, {"cause_id": False}):
            self._assert_no(self.manager, need, "write", vals=values)
        self._call_ok(
            self.manager, need._name, "write", need.ids, vals={"result": "Sent twice"}
        )

    def test_what_is_settled_becomes_no_complaint(self):
        need = self._complain(is_complaint=False)
        need.with_user(self.manager).result = "Sent again"
        self._call_ok(self.manager, need._name, "action_done", need.ids)
        self._assert_no(self.manager, need, "write", vals={"is_complaint": True})
        self._call_ok(self.manager, need._name, "action_reopen", need.ids)
        self._call_ok(
            self.manager, need._name, "write", need.ids, vals={"is_complaint": True}
        )
        self.assertTrue(need.date_deadline)

    def test_no_deadline_is_prolonged(self):
        need = self._complain()
        deadline = need.date_deadline
        for values in (
            {"date_received": "2026-04-09"},
            {"deadline_from": "2026-12-01"},
            {"deadline_days": 99},
            {"date_due": "2027-01-01"},
            {"is_complaint": False},
            {"account_id": self.account_b.id},
            {"tier_id": self.membership.tier_ids[0].id},
        ):
            self._assert_no(self.manager, need, "write", vals=values)
        self.assertEqual(need.date_deadline, deadline)

    def test_no_complaint_is_put_into_a_month_that_is_over(self):
        """A need with an old day becomes a complaint of today, or of the day said."""
        need = self._complain(is_complaint=False, date_received="2026-01-15")
        self._call_ok(
            self.manager, need._name, "write", need.ids, vals={"is_complaint": True}
        )
        self.assertEqual(need.date_received, TODAY)
        other = self._complain(is_complaint=False)
        self._call_ok(
            self.manager,
            other._name,
            "write",
            other.ids,
            vals={"is_complaint": True, "date_received": "2026-04-09"},
        )
        self.assertEqual(
            (need.date_deadline - other.date_deadline).days, 1, "a day earlier"
        )

    def test_an_improvement_drawn_up_by_hand_is_counted_too(self):
        improvement = self.env["club.improvement"].with_user(self.lead)
        improvement = improvement.create(
            {"month": "2026-03-01", "cause_id": self.cause.id}
        )
        for _number in range(3):
            self._complain(date_received="2026-03-31", cause_id=self.cause.id)
        for _night in range(2):
            self.env["club.improvement"]._make_last_month()
            self.assertEqual(improvement.complaint_count, 3)

    def test_who_has_left_is_not_proposed_to_see_to_it(self):
        """The unit's lead is, for a need as for a case."""
        self.manager.sudo().active = False
        need = self.env["club.need"].create(
            {"name": "Late", "account_id": self.account_a.id, "is_complaint": True}
        )
        cases = self.env["club.retention"]
        case = cases.search([("account_id", "=", self.account_a.id)])
        by_hand = cases.create({"account_id": self.account_b.id, "reason": "Heard so"})
        self.assertEqual(need.owner_id, self.lead)
        self.assertEqual(case.user_id, self.lead)
        self.assertEqual(by_hand.user_id, self.other_manager)

    def test_who_has_asked_himself_whether_it_helped_is_told(self):
        """The owner may call, the lead may: reports tell the ones from the others."""
        for caller, is_own in ((self.manager, True), (self.lead, False)):
            need = self._complain()
            self._solve(need)
            for user in (self.manager, self.lead):
                self._assert_no(user, need, "write", vals={"is_own_call": False})
                self._assert_no(user, need, "write", vals={"solved_by_id": user.id})
            # Naming another owner first doesn't help.
            self._call_ok(
                caller,
                need._name,
                "write",
                need.ids,
                vals={"call_mark": "5", "owner_id": self.officer.id},
            )
            self._call_ok(caller, need._name, "action_close_call", need.ids)
            self.assertEqual((need.called_by_id, need.is_own_call), (caller, is_own))

    def test_a_late_solution_stays_late_however_it_goes_on(self):
        """Neither a poor mark nor reopening takes it out of the reports."""
        need = self._complain()
        with freeze_time("2026-04-20 04:00:00"):
            self._solve(need)
            self.assertTrue(need.is_late)
            need.with_user(self.manager).write(
                {"call_mark": "2", "call_note": "Late again"}
            )
            need.with_user(self.manager).action_close_call()
            self.assertEqual((need.state, need.reopened_count), ("taken", 1))
            self._solve(need)
            self.assertTrue(need.is_late)
            self._call_ok(self.manager, need._name, "action_reopen", need.ids)
        self.assertEqual((need.state, need.reopened_count), ("open", 2))
        self.assertTrue(need.is_late)

    def test_what_was_counted_stays_what_it_was_counted_of(self):
        improvement = self.env["club.improvement"].create(
            {"month": "2026-03-01", "cause_id": self.cause.id}
        )
        for values in (
            {"month": "2026-02-01"},
            {"cause_id": self.env.ref("crm_club.club_complaint_cause_loss").id},
            {"complaint_count": 9},
            {"state": "done"},
        ):
            self._assert_no(self.lead, improvement, "write", vals=values)
        self._call_ok(
            self.lead,
            improvement._name,
            "write",
            improvement.ids,
            vals={"month": "2026-03-15", "measure": "Two rounds a day"},
        )
