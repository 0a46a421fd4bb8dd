from datetime import date, datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from ..contact.care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContactLog(CareFixture, TransactionCase):
    """Who met whom of an account, and what was said. Rules D3, D4, D16."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls.other_lead = cls._create_user("lead", "other_lead")
        cls.other_unit.user_id = cls.other_lead

    def _record(self, user=None, contact=None, **values):
        contact = self.contact if contact is None else contact
        logs = self.env["club.contact.log"].with_user(user or self.manager)
        return logs.create(
            {
                "contact_id": contact.id,
                "conversation": "Rates for parcels",
                "channel": "call",
                **values,
            }
        )

    # === What is kept === #

    def test_person_title_and_address_stay_as_they_were(self):
        self.account_a.write({"street": "1 Quay Road", "city": "Harbour"})
        log = self._record()
        self.contact.write({"name": "Li M.", "function": "Chair"})
        self.account_a.street = "2 Hill Road"
        self.account_a.club_unit_id = self.other_unit
        self.assertRecordValues(
            log,
            [
                {
                    "account_id": self.account_a.id,
                    "contact_name": "Li Ming",
                    "contact_function": "Director",
                    "address": log.address,
                    "unit_id": self.unit.id,
                    "user_id": self.manager.id,
                    "date_filled": TODAY,
                    "held_on": TODAY,
                    "state": "recorded",
                }
            ],
        )
        self.assertIn("1 Quay Road", log.address)
        self.assertRegex(log.name, "^LOG/")

    def test_the_dialog_asks_for_four_things(self):
        logs = self.env["club.contact.log"].with_user(self.manager)
        view = "crm_club.club_contact_log_view_form_record"
        form = Form(logs.with_context(default_account_id=self.account_a.id), view)
        form.contact_id = self.contact
        form.channel = "visit"
        form.conversation = "Wants two more pick-ups"
        form.date_next = TODAY + timedelta(days=30)
        log = form.save()
        self.assertEqual(log.account_id, self.account_a)
        self.assertEqual(log.contact_name, "Li Ming")

    def test_the_ordinal_counts_the_accounts_records_as_they_were_made(self):
        logs = sum(
            (self._record(held_on=TODAY - timedelta(days=n)) for n in range(3)),
            self.env["club.contact.log"],
        )
        other = self._record(self.other_manager, self.colleague)
        self.assertEqual(logs.mapped("ordinal"), [1, 2, 3])
        self.assertEqual(other.ordinal, 1)
        self._record(held_on=TODAY - timedelta(days=9))
        self.env.invalidate_all()
        self.assertEqual(logs.mapped("ordinal"), [1, 2, 3])

    def test_merged_accounts_count_on(self):
        other = self._record(self.other_manager, self.colleague)
        mine = self._record()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.account_a + self.account_b).ids, self.account_a)
        self.env.invalidate_all()
        self.assertEqual(other.account_id, self.account_a)
        both = (other + mine).with_env(self.env)
        self.assertEqual(both.mapped("ordinal"), [1, 2])

    def test_each_company_counts_its_own(self):
        foreign = self._create_club_company("Other Post")
        user = self._create_user("officer", "foreign_officer", foreign)
        self._record()
        logs = self.env["club.contact.log"].with_user(user)
        log = logs.with_context(allowed_company_ids=foreign.ids).create(
            {"contact_id": self.contact.id, "conversation": "Rates"}
        )
        self.assertEqual(log.company_id, foreign)
        self.assertEqual(log.ordinal, 1)
        mine = self.env["club.contact.log"].with_user(self.officer).search([])
        self.assertNotIn(log, mine)

    # === The day === #

    def test_what_is_recorded_late_is_marked(self):
        """Three working days: the 6th is a day off after the Qingming Festival."""
        for day, expected in ((8, False), (7, False), (6, True), (1, True)):
            with self.subTest(day):
                log = self._record(held_on=date(2026, 4, day))
                self.assertEqual(log.is_backdated, expected)

    def test_it_is_marked_by_the_day_on_which_the_date_was_stated(self):
        log = self._record(held_on=TODAY)
        with freeze_time(TODAY + timedelta(days=20)):
            log.conversation = "Rates for letters"
            self.assertFalse(log.is_backdated)
            log.held_on = TODAY - timedelta(days=1)
            self.assertTrue(log.is_backdated)

    def test_the_program_says_how_late_is_late(self):
        self.program.contact_log_days = 0
        self.assertTrue(self._record(held_on=date(2026, 4, 9)).is_backdated)
        self.assertFalse(self._record().is_backdated)

    def _refuse(self, constraint, **values):
        """Record what PostgreSQL refuses."""
        with (
            self.assertRaisesRegex(CheckViolation, constraint),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self._record(**values)

    def test_it_has_taken_place(self):
        self._refuse("held_on", held_on=TODAY + timedelta(days=1))
        self._refuse("date_next", date_next=TODAY - timedelta(days=1))
        self._record(date_next=TODAY)

    def test_an_answer_follows_what_was_received(self):
        """Rule D16."""
        received = datetime(2026, 4, 9, 1)
        log = self._record(direction="in", received_at=received)
        log.answered_at = received + timedelta(hours=2)
        early = received - timedelta(hours=1)
        self._refuse("received", received_at=received)
        self._refuse("answered", direction="in", answered_at=received)
        self._refuse(
            "answered", direction="in", received_at=received, answered_at=early
        )
        with self.assertRaisesRegex(ValidationError, "future"):
            self._record(direction="in", received_at=received + timedelta(days=9))

    # === By which channel === #

    def test_nobody_is_reached_where_he_had_said_no(self):
        """Rule A8; what he does himself is another matter."""
        with self.assertRaisesRegex(ValidationError, "refused"):
            self._record(channel="sms")
        self._record(channel="sms", direction="in")
        self._record(channel="call")
        self._record(channel="sms", held_on=TODAY - timedelta(days=1))
        self.profile.consent_ids = [
            Command.create({"channel": "sms", "answer": "given"})
        ]
        self._record(channel="sms")

    def test_something_was_said(self):
        for text in (" ", "…"):
            with self.subTest(text), self.assertRaises(ValidationError):
                self._record(conversation=text)
        log = self._record()
        with self.assertRaises(ValidationError):
            log.conversation = " "

    # === What is known of the person === #

    def test_the_checklist_is_read_from_the_member_contact(self):
        log = self._record()
        self.assertRecordValues(
            log,
            [
                {
                    "has_birthday": True,
                    "has_interests": True,
                    "has_phone_second": True,
                    "has_wechat": True,
                    "can_note_profile": True,
                }
            ],
        )
        self.assertEqual(log.action_open_profile()["res_id"], self.profile.id)
        seen = log.with_user(self.auditor)
        self.assertFalse(seen.can_note_profile or seen.has_wechat or seen.profile_id)
        new = self._create_contact("Zhao Yun", self.account_a)
        log = self._record(contact=new)
        self.assertFalse(log.has_wechat)
        action = log.action_open_profile()
        self.assertEqual(action["context"], {"default_contact_id": new.id})

    # === Who records, corrects, confirms === #

    def test_who_looks_after_the_account_records(self):
        for user in (self.manager, self.lead, self.officer):
            self.assertEqual(self._record(user).user_id, user)
        for user in (self.other_manager, self.other_lead, self.auditor, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._record(user)

    def test_who_looks_after_it_no_more_is_told_why(self):
        """Whoever has the page open when the account changes hands."""
        self._record()
        self.account_a.club_manager_id = self.other_manager
        with self.assertRaisesRegex(AccessError, "changed hands meanwhile. Nothing"):
            self._record()

    def test_whoever_recorded_it_corrects_it_until_it_is_confirmed(self):
        log = self._record()
        log.write({"conversation": "Rates for letters", "channel": "visit"})
        for user in (self.lead, self.officer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                log.with_user(user).conversation = "Something else"
        log.with_user(self.lead).action_confirm()
        self.assertRecordValues(
            log,
            [
                {
                    "state": "confirmed",
                    "checked_by_id": self.lead.id,
                    "checked_on": TODAY,
                }
            ],
        )
        for values in ({"conversation": "No"}, {"held_on": TODAY}, {"other": "x"}):
            with self.subTest(values), self.assertRaises(UserError):
                log.write(values)
        self._say(log, "Well done")

    def test_nobody_confirms_his_own(self):
        own = self._record(self.lead)
        with self.assertRaisesRegex(AccessError, "recorded by you"):
            own.action_confirm()
        self.assertFalse(own.can_check)
        with self.assertRaises(AccessError):
            self._record().action_confirm()
        own.with_user(self.officer).action_confirm()

    def test_a_lead_confirms_for_his_own_units(self):
        log = self._record()
        with self.assertRaises(AccessError):
            log.with_user(self.other_lead).action_confirm()
        self.assertTrue(log.with_user(self.lead).can_check)
        log.with_user(self.lead).action_confirm()

    def test_it_is_returned_with_a_reason_and_handed_in_again(self):
        log = self._record()
        superior = log.with_user(self.lead)
        with self.assertRaisesRegex(UserError, "Write first"):
            superior.action_return()
        with self.assertRaises(AccessError):
            log.return_reason = "Mine"
        superior.return_reason = "Whom did you speak with?"
        superior.action_return()
        self.assertEqual(log.state, "returned")
        with self.assertRaises(UserError):
            superior.action_confirm()
        with self.assertRaises(AccessError):
            superior.action_hand_in()
        log.conversation = "Rates for parcels, with Mr Li"
        log.action_hand_in()
        superior.action_confirm()

    def test_contacts_stay(self):
        log = self._record()
        for user in (self.manager, self.lead, self.officer, self.env.user):
            with self.subTest(user.login), self.assertRaises(UserError):
                log.with_user(user).unlink()
        with self.assertRaises(UserError):
            log.copy()

    def test_it_stays_with_its_account(self):
        log = self._record()
        with self.assertRaises(UserError):
            log.account_id = self.account_b
        with self.assertRaises(ValidationError):
            log.contact_id = self.colleague
        with self.assertRaises(ValidationError):
            log.contact_id = self.account_a
        with self.assertRaises(ValidationError):
            self._record(contact=self.colleague, account_id=self.account_a.id)

    # === Who asked to be forgotten === #

    def test_whoever_is_forgotten_is_forgotten_here(self):
        log = self._record(conversation="Li Ming wants two pick-ups")
        other = self._record(
            contact=self._create_contact("Zhao Yun", self.account_a),
            conversation="Li Ming is away",
        )
        self._anonymise(self.contact)
        self.assertFalse(log.contact_name or log.contact_function)
        self.assertNotIn("Li Ming", log.conversation + other.conversation)

    # === What is owed today === #

    def _get_owed(self):
        self.env.flush_all()
        self.env.cr.execute(self.env["club.contact.log"]._get_today_sql())
        return {row[0]: row[1:3] for row in self.env.cr.fetchall()}

    def test_what_waits_is_owed(self):
        received = datetime(2026, 4, 9, 20)
        asked = self._record(direction="in", received_at=received)
        returned, settled = self._record(), self._record()
        superior = returned.with_user(self.lead)
        superior.return_reason = "Whom?"
        superior.action_return()
        self.assertEqual(
            self._get_owed(),
            {
                asked.id: ("answer", self.manager.id),
                returned.id: ("log_returned", self.manager.id),
            },
        )
        texts = (asked + returned)._get_today_texts()
        self.assertIn("Li Ming", texts[asked.id])
        self.assertIn("Whom?", texts[returned.id])
        asked.answered_at = received + timedelta(minutes=1)
        returned.action_hand_in()
        self.assertFalse(self._get_owed())
        self.assertTrue(settled)

    # === On the account and its people === #

    def test_an_account_shows_its_last_contact(self):
        self._record(held_on=date(2026, 4, 8), channel="visit")
        self._record(self.lead, held_on=date(2026, 4, 9), channel="call")
        self._record(held_on=date(2026, 4, 7))
        expected = {
            "club_log_count": 3,
            "club_last_contact_on": date(2026, 4, 9),
            "club_last_contact_channel": "call",
            "club_last_contact_user_id": self.lead.id,
        }
        nothing = dict.fromkeys(expected, False) | {"club_log_count": 0}
        both = self.account_a + self.contact
        for user, shown in ((self.manager, expected), (self.other_manager, nothing)):
            partners = both.with_user(user)
            with self.subTest(user.login):
                self.assertRecordValues(partners, [shown, shown])
        action = self.contact.with_user(self.manager).action_open_club_contact_dialog()
        self.assertEqual(
            action["context"],
            {
                "default_account_id": self.account_a.id,
                "default_contact_id": self.contact.id,
            },
        )

    def test_a_list_of_accounts_asks_once(self):
        accounts = self._create_accounts(
            [f"Account {number}" for number in range(20)],
            club_manager_id=self.manager.id,
        )
        logs = self.env["club.contact.log"].with_user(self.manager)
        logs.create([{"account_id": a.id, "conversation": "Rates"} for a in accounts])
        counts = []
        # The first one warms the caches.
        for found in (accounts[:1], accounts[:5], accounts):
            self.env.flush_all()
            self.env.invalidate_all()
            found = found.with_user(self.manager)
            found.mapped("name")
            before = self.cr.sql_log_count
            found.mapped("club_last_contact_on")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_a_list_of_contacts_asks_once(self):
        counts = []
        logs = self.env["club.contact.log"].with_user(self.lead)
        for number in (1, 5, 15):
            for _each in range(number):
                self._record()
            self.env.flush_all()
            self.env.invalidate_all()
            found = logs.search([])
            found.mapped("account_id.name")
            before = self.cr.sql_log_count
            for name in ("ordinal", "can_check", "has_wechat"):
                found.mapped(name)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
