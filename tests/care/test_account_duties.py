"""What is owed, to whom, by when; what closes it. Rules D2, D3, D4, D5, D9."""

import re
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ...models.care import duty_sql
from ...models.care.club_duty_rule import CADENCE, KINDS, TRIGGERS
from ..common import TODAY
from .duty_case import DutyCase

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountDuties(DutyCase):
    """From the day that an account joins to the night after the last day of grace."""

    def _get_dates(self, account):
        return {
            duty.kind: (duty.date_from, duty.date_due) for duty in self._get(account)
        }

    def _on_day(self, day):
        """Let the night before a day pass."""
        with freeze_time(day):
            self.duties._cron_refresh()

    # === What arises === #

    def test_who_joins_is_owed_a_manager_a_call_a_visit_and_coaching(self):
        """Rule D3: 3 working days, 3 weeks, 1 month, 3 months; the notice 3 working
        days ahead of the first call's last day."""
        self._join(self.account_a, "gold", TODAY)
        dates = self._get_dates(self.account_a)
        # Friday 10 April; 1 May is a holiday, and 9 May is worked for it.
        self.assertEqual(dates["bind"], (TODAY, date(2026, 4, 15)))
        self.assertEqual(dates["first_contact"], (TODAY, date(2026, 5, 1)))
        self.assertEqual(dates["announce"], (TODAY, date(2026, 4, 28)))
        self.assertEqual(dates["visit"], (TODAY, date(2026, 5, 10)))
        self.assertEqual(dates["coaching"], (TODAY, date(2026, 7, 10)))
        self.assertNotIn("contact", dates)  # of this quarter: it had no tier on 1 April

    def test_a_promotion_owes_anew_and_a_renewal_does_not(self):
        """Rule D3."""
        self._join(self.account_a, "gold", date(2026, 1, 5))
        raised = self._join(self.account_a, "platinum", TODAY, origin="override")
        self.assertIn(f"m{raised.id}", self._get(self.account_a).mapped("period"))
        renewed = self._join(self.account_a, "platinum", TODAY + timedelta(days=1))
        self._on_day(TODAY + timedelta(days=2))
        self.assertNotIn(f"m{renewed.id}", self._get(self.account_a).mapped("period"))

    def test_what_was_taken_on_was_no_enrolment(self):
        """Rule D3: members from before the club are owed their contacts only."""
        self._join(self.account_a, "gold", date(2026, 1, 1), origin="opening")
        self.assertEqual(set(self._get(self.account_a).mapped("kind")), {"contact"})

    def test_contacts_come_as_often_as_the_tier_has_it(self):
        """Rule D4: monthly, every 2 months, quarterly, half-yearly; of two tiers the
        more frequent one."""
        for code, first, last in (
            ("vip", date(2026, 1, 1), date(2026, 6, 30)),
            ("gold", APRIL, date(2026, 6, 30)),
            ("platinum", date(2026, 3, 1), date(2026, 4, 30)),
            ("diamond", APRIL, date(2026, 4, 30)),
        ):
            account = self._create_account(code)
            self._join(account, code, date(2026, 1, 1))
            grade = self.grade.tier_ids.filtered(lambda tier: tier.code == "vip")
            self._join(account, grade, date(2026, 1, 1))
            duty = self._get(account, "contact", state="open")[-1:]
            with self.subTest(code):
                self.assertEqual((duty.date_from, duty.date_due), (first, last))
                self.assertEqual(duty.tier_id.code, code)

    def test_what_happened_before_the_rule_owes_nothing(self):
        self.rules.date_from = TODAY
        self._join(self.account_a, "gold", TODAY - timedelta(days=1))
        self.assertEqual(self._get(self.account_a).mapped("kind"), ["contact"])
        self.assertEqual(self._get(self.account_a).date_from, TODAY)

    def test_a_membership_that_never_counted_takes_its_duties_back(self):
        membership = self._join(self.account_a, "gold", TODAY)
        self.assertTrue(self._get(self.account_a, state="open"))
        membership._end([(membership.id, TODAY - timedelta(days=1), "replaced")])
        self.program._refresh_mirrors(self.account_a)
        self.assertFalse(self._get(self.account_a, state="open"))

    def test_an_archived_account_is_owed_nothing(self):
        self._join(self.account_a, "gold", TODAY)
        self.account_a.active = False
        self.assertFalse(self._get(self.account_a, state="open"))

    def test_a_deadline_in_a_year_without_notice_is_provisional(self):
        """Rule D3, working days by the Chinese calendar."""
        self._join(self.account_a, "gold", TODAY)
        self.assertFalse(any(self._get(self.account_a).mapped("is_provisional")))
        self.env.cr.execute("UPDATE club_day SET is_provisional = TRUE")
        self.env["club.day"]._after_change(TODAY)
        found = self._get(self.account_a, state="open")
        self.assertEqual(
            set(found.filtered("is_provisional").mapped("kind")), {"announce"}
        )

    def test_loading_a_year_moves_what_is_open(self):
        """Rule D3: the calendar says otherwise, and open deadlines follow."""
        self._join(self.account_b, "gold", TODAY)
        bind = self._get(self.account_b, "bind")
        self.assertEqual(bind.date_due, date(2026, 4, 15))
        days = self.env["club.day"].search([("date", "=", date(2026, 4, 13))])
        days.is_working = False
        self.assertEqual(bind.date_due, date(2026, 4, 16))

    # === What closes it === #

    def test_a_manager_who_is_there_or_comes_in_time_closes_it(self):
        """Rule D3: bound within 3 working days."""
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_b, "gold", TODAY)
        there = self._get(self.account_a, "bind")
        self.assertEqual((there.state, there.done_on), ("done", TODAY))
        later = self._get(self.account_b, "bind")
        self.assertEqual(later.state, "open")
        with freeze_time(TODAY + timedelta(days=3)):
            self.account_b.club_manager_id = self.manager
        self.assertEqual(
            (later.state, later.done_on), ("done", TODAY + timedelta(days=3))
        )

    def test_only_a_channel_of_the_rule_closes_it(self):
        """Rule D4: a call doesn't make a visit, nor a message a call."""
        self._join(self.account_a, "gold", TODAY)
        self._record(self.account_a, TODAY, "wechat")
        self.assertEqual(self._get(self.account_a, "announce").state, "done")
        self.assertEqual(self._get(self.account_a, "first_contact").state, "open")
        log = self._record(self.account_a, TODAY, "call")
        first = self._get(self.account_a, "first_contact")
        self.assertEqual((first.state, first.log_id), ("done", log))
        self.assertEqual(self._get(self.account_a, "visit").state, "open")
        self.assertEqual(self._get(self.account_a, "coaching").state, "open")
        self._record(self.account_a, TODAY, "visit", is_coaching=True)
        self.assertEqual(self._get(self.account_a, "visit").state, "done")
        self.assertEqual(self._get(self.account_a, "coaching").state, "done")

    def test_a_contact_that_the_account_began_closes_nothing(self):
        self._join(self.account_a, "gold", TODAY)
        self._record(self.account_a, TODAY, "call", direction="in")
        self.assertEqual(self._get(self.account_a, "first_contact").state, "open")

    def test_a_contact_before_the_day_closes_nothing(self):
        self._join(self.account_a, "gold", TODAY)
        self._record(self.account_a, TODAY - timedelta(days=1), "call")
        self.assertEqual(self._get(self.account_a, "first_contact").state, "open")

    def test_the_days_before_on_and_after_deadline_and_grace(self):
        """Rule D9: late stays open, in its grace it can be done, then it is missed."""
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        april = self._get(self.account_a, "contact", period="2026-04")
        self.assertEqual(april.date_due, date(2026, 4, 30))
        # May begins with five days off; 9 May is worked for them.
        self.assertEqual(april.date_grace, date(2026, 5, 11))
        for day, state, is_late in (
            (date(2026, 4, 29), "open", False),
            (date(2026, 4, 30), "open", False),
            (date(2026, 5, 1), "open", True),
            (april.date_grace, "open", True),
            (april.date_grace + timedelta(days=1), "missed", False),
        ):
            self._on_day(day)
            with self.subTest(day=day), freeze_time(day):
                april.invalidate_recordset()
                self.assertEqual((april.state, april.is_late), (state, is_late))
                found = self.duties.search([("is_late", "=", True)])
                self.assertEqual(april in found, is_late)

    def test_done_on_the_last_day_of_grace_is_done_late(self):
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        april = self._get(self.account_a, "contact", period="2026-04")
        with freeze_time(april.date_grace):
            self._record(self.account_a, april.date_grace, "call")
        self.assertEqual((april.state, april.is_late), ("done", True))

    def test_missed_stays_missed(self):
        """A contact that is recorded afterwards doesn't edit it away."""
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        april = self._get(self.account_a, "contact", period="2026-04")
        self._on_day(date(2026, 5, 20))
        with freeze_time(date(2026, 5, 20)):
            self._record(self.account_a, date(2026, 4, 20), "call")
        self._on_day(date(2026, 5, 21))
        self.assertEqual(april.state, "missed")
        with self.assertRaises(UserError):
            april.with_user(self.officer).action_waive("Too late")

    def test_a_night_that_didnt_come_is_made_up_for(self):
        """Months later the same is owed, and what was recorded meanwhile counts."""
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        with freeze_time(date(2026, 5, 5)):
            self.env["club.contact.log"].create(
                {
                    "account_id": self.account_a.id,
                    "conversation": "Talked",
                    "held_on": date(2026, 5, 5),
                }
            )
        self._on_day(date(2026, 7, 15))
        states = {
            duty.period: duty.state
            for duty in self._get(self.account_a, "contact")
            if duty.period >= "2026-04"
        }
        self.assertEqual(
            states,
            {
                **{"2026-04": "done", "2026-05": "done", "2026-06": "missed"},
                "2026-07": "open",
            },
        )

    def test_a_second_run_changes_nothing(self):
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        self.duties._cron_refresh()
        query = SQL("SELECT md5(string_agg(d::text, '|' ORDER BY id)) FROM club_duty d")
        before = self.env.execute_query(query)
        self.duties._cron_refresh()
        self.duties._refresh(self.account_a)
        self.env.flush_all()
        self.assertEqual(self.env.execute_query(query), before)

    # === Who owes it === #

    def test_it_follows_the_manager_and_history_stays(self):
        """Rule D9: without one, the lead of the unit."""
        self._join(self.account_a, "gold", TODAY)
        self._record(self.account_a, TODAY, "call")
        done = self._get(self.account_a, "first_contact")
        visit = self._get(self.account_a, "visit")
        self.assertEqual(visit.user_id, self.manager)
        other = self._create_user("user", "second_manager")
        self.account_a.club_manager_id = other
        self.assertEqual((visit.user_id, done.user_id), (other, self.manager))
        self.account_a.club_manager_id = False
        self.assertEqual(visit.user_id, self.lead)

    def test_a_deputy_owes_what_a_rule_gives_to_the_deputy(self):
        """Rule D14; without one the manager."""
        self._get_rule("visit").who = "deputy"
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        self.assertEqual(visit.user_id, self.manager)
        deputy = self._create_user("user", "deputy")
        self.env["club.account.team"].create(
            {
                "account_id": self.account_a.id,
                "user_id": deputy.id,
                "role": "deputy",
                "date_from": TODAY,
            }
        )
        self.duties._refresh(self.account_a)
        self.assertEqual(visit.user_id, deputy)

    def test_the_day_that_a_contact_names_is_planned(self):
        """Rule D4: the next date becomes the next contact's planned day."""
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        self._record(self.account_a, TODAY, date_next=date(2026, 5, 6))
        self._on_day(date(2026, 5, 1))
        may = self._get(self.account_a, "contact", period="2026-05")
        self.assertEqual(may.date_planned, date(2026, 5, 6))

    def test_another_company_has_its_own(self):
        """Rule A9: rules are copied, by the tiers' codes, and duties kept apart."""
        other = self._create_club_company("Hill Post")
        program = self._create_program(other)
        rules = self.env["club.duty.rule"].search([("company_id", "=", other.id)])
        self.assertEqual(len(rules), len(self.rules))
        self.assertEqual(rules.tier_ids.program_id, program)
        self.assertEqual(len(rules.before_id), 1)
        self.assertEqual(rules.before_id.company_id, other)
        self._join(self.account_a, "gold", TODAY)
        self._on_day(TODAY)
        self.assertEqual(self._get(self.account_a).company_id, self.company)
        extra = self._create_program(other)
        self.assertEqual(rules.tier_ids.program_id, program | extra)

    # === Birthdays and purchases === #

    def _create_person(self, name, account, **values):
        person = self.env["res.partner"].create({"name": name, "parent_id": account.id})
        self.env["club.contact.profile"].create(
            {
                "contact_id": person.id,
                "birthday_month": "04",
                "birthday_day": 12,
                **values,
            }
        )
        return person

    def test_a_birthday_shows_three_days_ahead(self):
        """Rule D5; only a contact with that person closes it."""
        self._join(self.account_a, "gold", TODAY)
        person = self._create_person("Near", self.account_a)
        self._create_person("Far", self.account_a, birthday_day=14)
        duty = self._get(self.account_a, "birthday")
        self.assertEqual(duty.contact_id, person)
        self.assertEqual(
            (duty.date_from, duty.date_due), (date(2026, 4, 9), date(2026, 4, 12))
        )
        self._record(self.account_a, TODAY, "call")
        self.assertEqual(duty.state, "open")
        self._record(self.account_a, TODAY, "call", contact_id=person.id)
        self.assertEqual(duty.state, "done")

    def test_a_birthday_that_was_wrong_moves(self):
        """Rule D5."""
        self._join(self.account_a, "gold", TODAY)
        person = self._create_person("Near", self.account_a)
        profile = self.env["club.contact.profile"].search(
            [("contact_id", "=", person.id)]
        )
        profile.birthday_day = 13
        duty = self._get(self.account_a, "birthday")
        self.assertEqual(duty.date_due, date(2026, 4, 13))
        profile.birthday_month = "09"
        self.assertFalse(self._get(self.account_a, "birthday"))

    def test_merged_persons_are_congratulated_once(self):
        self._join(self.account_a, "gold", TODAY)
        one = self._create_person("Li", self.account_a)
        two = self._create_person("Li Ming", self.account_a)
        self._record(self.account_a, TODAY, "call", contact_id=one.id)
        self.assertEqual(len(self._get(self.account_a, "birthday")), 2)
        self._merge(two, one)
        self.duties._refresh(self.account_a)
        found = self._get(self.account_a, "birthday")
        self.assertEqual(found.mapped("state"), ["done"])
        self.assertEqual(found.contact_id, two)

    def test_an_overdue_purchase_is_asked_about(self):
        """Rule D5; a purchase takes it back, a call closes it."""
        self._join(self.account_a, "gold", date(2026, 1, 1))
        pulse = self.env["club.account.pulse"].search(
            [("account_id", "=", self.account_a.id)]
        )
        self.env.cr.execute(
            "INSERT INTO club_account_pulse (account_id, company_id, level, rhythm_due)"
            " VALUES (%s, %s, 'active', %s)"
            " ON CONFLICT (account_id, company_id) DO UPDATE"
            " SET rhythm_due = excluded.rhythm_due",
            [self.account_a.id, self.company.id, TODAY],
        )
        self.duties._refresh(self.account_a)
        duty = self._get(self.account_a, "rhythm")
        self.assertEqual((duty.date_from, duty.date_due), (TODAY, date(2026, 4, 17)))
        pulse.invalidate_model()
        self.env.cr.execute(
            "UPDATE club_account_pulse SET rhythm_due = %s WHERE account_id = %s",
            [TODAY + timedelta(days=30), self.account_a.id],
        )
        self.duties._refresh(self.account_a)
        self.assertFalse(self._get(self.account_a, "rhythm"))

    def test_the_pulse_says_so_at_once(self):
        """Whoever's next purchase moves, his duty follows in the same transaction."""
        self._join(self.account_a, "gold", date(2026, 1, 1))
        self.env.cr.execute(
            "INSERT INTO club_account_pulse (account_id, company_id, level, rhythm_due)"
            " VALUES (%s, %s, 'active', %s)"
            " ON CONFLICT (account_id, company_id) DO UPDATE"
            " SET rhythm_due = excluded.rhythm_due",
            [self.account_a.id, self.company.id, TODAY],
        )
        self.duties._refresh(self.account_a)
        self.assertTrue(self._get(self.account_a, "rhythm"))
        pulses = self.env["club.account.pulse"]
        pulses._refresh()  # it has bought nothing: there is no rhythm
        self.env.invalidate_all()
        self.assertFalse(self._get(self.account_a, "rhythm"))
        for month in ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01"):
            self._add_revenue(self.account_a, 100, month)
        pulses._refresh()
        self.env.invalidate_all()
        due = pulses.search([("account_id", "=", self.account_a.id)]).rhythm_due
        self.assertLess(due, TODAY)
        self.assertEqual(self._get(self.account_a, "rhythm").date_from, due)

    # === Merged accounts === #

    def _merge(self, target, source):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [target.id, source.id], target
        )
        self.env.invalidate_all()

    def test_merged_accounts_owe_once_and_lose_nothing(self):
        """What one has done counts, and what both owe stays once."""
        double = self._create_account("Anchor Mill")
        for account in self.account_a + double:
            self._join(account, "diamond", date(2026, 1, 1))
        self._record(double, TODAY, "call")
        done = self._get(double, state="done")
        self._merge(self.account_a, double)
        found = self._get(self.account_a, "contact", period="2026-04")
        self.assertEqual(found.mapped("state"), ["done"])
        self.assertEqual(done.exists(), done)
        self.assertEqual(done.account_id, self.account_a)
        self._on_day(date(2026, 5, 1))
        may = self._get(self.account_a, "contact", period="2026-05")
        self.assertEqual(may.mapped("state"), ["open"])

    # === Waived === #

    def test_the_lead_waives_with_a_reason(self):
        """Rule D9."""
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        for reason in ("", "  ", None, False, 7):
            with self.assertRaises(UserError):
                visit.with_user(self.lead).action_waive(reason)
        self.assertTrue(visit.with_user(self.lead).can_waive)
        visit.with_user(self.lead).action_waive("Moved abroad")
        self.assertEqual(
            (visit.state, visit.waived_by_id, visit.reason),
            ("waived", self.lead, "Moved abroad"),
        )
        self._record(self.account_a, TODAY, "visit")
        self._on_day(TODAY + timedelta(days=90))
        self.assertEqual(visit.state, "waived")
        with self.assertRaises(UserError):
            visit.with_user(self.lead).action_waive("Again")

    def test_who_may_not_waive(self):
        """Rule D9: nobody what is his own to do, and no lead another unit's."""
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_b, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        self.assertFalse(visit.with_user(self.manager).can_waive)
        for user in (self.manager, self.auditor, self.finance, self.clerk):
            with self.assertRaises(AccessError):
                visit.with_user(user).action_waive("Mine")
        with self.assertRaises(AccessError):
            self._get(self.account_b, "visit").with_user(self.lead).action_waive("No")
        self._get(self.account_b, "visit").with_user(self.officer).action_waive("Yes")
        self.account_a.club_manager_id = self.lead
        with self.assertRaises(AccessError):
            visit.with_user(self.lead).action_waive("My own")

    def test_the_dialog_waives_as_the_button(self):
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        action = visit.with_user(self.lead).action_open_waiver()
        waiver = self.env[action["res_model"]].with_user(self.lead)
        waiver.with_context(**action["context"]).create(
            {"reason": "Moved"}
        ).action_waive()
        self.assertEqual(visit.state, "waived")

    # === Nobody types one === #

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_writes_a_duty(self):
        """Not even an administrator: the buttons do, and the statements."""
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        admin = self._create_user("admin")
        values = visit.copy_data()[0]
        for user in (
            *(self.manager, self.lead, self.officer, self.finance, self.clerk),
            *(self.auditor, admin),
        ):
            mine = visit.with_user(user)
            for change in (
                {"state": "done"},
                {"state": "waived", "reason": "x"},
                {"date_due": date(2030, 1, 1)},
                {"user_id": user.id},
                {"done_on": TODAY},
            ):
                with self.subTest(user.login, **change):
                    with self.assertRaises(UserError):
                        mine.write(change)
            with self.assertRaises(UserError):
                mine.unlink()
            with self.assertRaises(UserError):
                self.duties.with_user(user).create(values)
        self.assertEqual(visit.state, "open")

    def test_who_reads_a_duty(self):
        """Rule E2: own, unit, all."""
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_b, "gold", TODAY)
        a, b = self._get(self.account_a), self._get(self.account_b)
        for user, seen in (
            *((self.manager, a), (self.lead, a), (self.officer, a + b)),
            *((self.auditor, a + b), (self.clerk, self.duties)),
        ):
            found = self.duties.with_user(user).search([("id", "in", (a + b).ids)])
            self.assertEqual(set(found.ids), set(seen.ids), user.login)

    # === Rules === #

    def test_a_rule_that_cannot_be_is_refused(self):
        first = self._get_rule("first_contact")
        for values in (
            {"kind": "birthday"},
            {"trigger": "rhythm"},
            {"before_id": self._get_rule("contact").id, "unit": "work"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                first.write(values)

    def test_each_kind_has_a_rule_and_each_trigger_a_fact(self):
        """What the club brings is owed, and what a rule may choose makes something."""
        self.assertEqual({*self.rules.mapped("kind")}, {*dict(KINDS)})
        [scope] = self.duties._get_scopes(None, self.company)
        facts = self.env.cr.mogrify(duty_sql._facts(scope)).decode()
        named = " ".join(re.findall(r"r\.trigger (?:= |IN )([^\n]*)", facts))
        self.assertEqual(
            {*re.findall(r"'(\w+)'", named)}, {*dict(TRIGGERS)} - {CADENCE}
        )

    def test_a_rule_that_changes_moves_what_is_open(self):
        self._join(self.account_a, "gold", TODAY)
        self._get_rule("visit").count = 2
        self._on_day(TODAY)
        self.assertEqual(self._get(self.account_a, "visit").date_due, date(2026, 6, 10))
        self._get_rule("visit").active = False
        self._on_day(TODAY)
        self.assertFalse(self._get(self.account_a, "visit"))

    # === Load === #

    def test_a_manager_can_do_what_the_ratios_ask(self):
        """Rules D2, D4: accounts per manager times contacts a year, by working day."""
        ratios = {"diamond": 200, "platinum": 200, "gold": 500, "vip": 1000}
        for tier in self.grade.tier_ids:
            tier.accounts_per_manager = ratios[tier.code]
        found = {
            tier.code: round(tier.contacts_a_day, 1)
            for tier in self.program.load_tier_ids
        }
        self.assertEqual(
            found, {"diamond": 9.7, "platinum": 4.8, "gold": 8.1, "vip": 8.1}
        )

    def test_a_rule_says_of_which_group_its_tiers_are(self):
        """Grade and membership have tiers of the same names."""
        for tier in self.env.ref("crm_club.club_duty_rule_contact_diamond").tier_ids:
            group = tier.group_id.name
            self.assertEqual(tier.display_name, "Diamond")
            named = tier.with_context(with_tier_group=True).display_name
            self.assertEqual(named, f"Diamond ({group})")

    def test_the_account_says_what_is_owed(self):
        self._join(self.account_a, "gold", TODAY)
        with freeze_time(TODAY + timedelta(days=25)):
            account = self.account_a.with_user(self.manager)
            account.invalidate_recordset()
            self.assertEqual(account.club_duty_count, 4)
            self.assertEqual(account.club_duty_late_count, 2)
            self.assertEqual(account.club_duty_next, date(2026, 5, 10))
