from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tools.sms_api import SmsApi, SmsApiBase

from ..common import TODAY
from .greeting_case import GreetingFixture


class Gateway(SmsApiBase):
    """A gateway of the bureau's own."""

    sent = []

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        numbers = [number for message in messages for number in message["numbers"]]
        self.sent.extend(number["number"] for number in numbers)
        return [{"uuid": number["uuid"], "state": "success"} for number in numbers]


class GreetingCase(GreetingFixture, TransactionCase):
    def _set_tier(self, account, tier):
        last = self.program._get_override_limits(account, self.membership)[1]
        date_to = fields.Date.to_date(last)
        self.program._set_override(account, tier, date_to, "Test")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestOccasions(GreetingCase):
    """What is greeted for, and when. Rule D5."""

    def _create(self, **values):
        return self.env["club.occasion"].create(
            {"name": "Day", "text": "Dear {name}", **values}
        )

    def test_days_follow_from_the_calendar(self):
        for values, days in (
            ({"kind": "lunar", "month": "08", "day": 15}, [date(2026, 9, 25)]),
            ({"kind": "solar", "month": "10", "day": 1}, [date(2026, 10, 1)]),
            ({"kind": "term", "term": "dashu"}, [date(2026, 7, 23)]),
            ({"kind": "set"}, []),
        ):
            occasion = self._create(**values)
            found = occasion.day_ids.filtered(lambda day: day.date.year == 2026)
            self.assertEqual(found.mapped("date"), days, values)

    def test_days_move_with_the_occasion(self):
        occasion = self._create(kind="lunar", month="08", day=15)
        self._prepare(occasion, self.manager, date=date(2026, 9, 25))
        occasion.day = 16
        days = occasion.day_ids.mapped("date")
        self.assertIn(date(2026, 9, 26), days)
        self.assertIn(date(2026, 9, 25), days, "it was drawn up for already")

    def test_no_day_that_there_is_not(self):
        for values in (
            {"kind": "solar", "month": "02", "day": 30},
            {"kind": "lunar", "month": "01", "day": 31},
            {"kind": "solar", "day": 1},
            {"kind": "term"},
        ):
            with self.assertRaises(ValidationError, msg=values):
                self._create(**values)
        self._create(kind="lunar", month="12", day=30)

    def test_only_days_without_a_calendar_are_set_by_hand(self):
        occasion = self._create(kind="solar", month="10", day=1)
        with self.assertRaises(ValidationError):
            occasion.day_ids = [Command.create({"date": TODAY})]
        self.head.with_user(self.officer).day_ids = [
            Command.create({"date": date(2026, 5, 5)})
        ]

    def test_what_cannot_be_filled_in_is_refused(self):
        for text in ("Dear {nmae}", "{name.__class__}", "{0}", "{name!r}"):
            with self.assertRaises(ValidationError, msg=text):
                self._create(kind="set", text=text)
        greeting = self._create_greeting()
        with self.assertRaises(ValidationError):
            greeting.text = "Dear {object}"

    def test_an_occasion_that_was_greeted_for_stays(self):
        self._create_greeting()
        with self.assertRaises(ValidationError):
            self.head.with_user(self.officer).unlink()

    def test_what_is_due_is_drawn_up_once_for_each_owner(self):
        """At the lead days and not before; a second night draws up nothing."""
        self.account_b.club_manager_id = False
        occasions = self.head | self.of_units | self.of_managers
        occasions.lead_days = 0
        occasions.day_ids.filtered(lambda d: d.date == TODAY).unlink()
        greetings = self.env["club.greeting"]
        domain = [("occasion_id", "in", occasions.ids)]
        for lead, count in ((9, 0), (10, 3)):
            occasions.lead_days = lead
            for _night in range(2):
                self.env["club.occasion"]._cron_plan()
                self.assertEqual(greetings.search_count(domain), count)
        found = greetings.search(domain).grouped("owner_level")
        self.assertEqual(found["head"].user_id, self.officer)
        # Nobody leads the other unit: nobody is asked.
        self.assertEqual(found["unit"].unit_id, self.unit)
        self.assertEqual(found["manager"].user_id, self.manager)
        self.assertEqual(found["head"].text, self.head.text)

    def test_nobody_is_asked_to_greet_nobody(self):
        """Birthdays of a month in which an account manager has none."""
        birthday = self._create(
            kind="birthday", company_id=self.company.id, lead_days=21
        )
        self.profile.write({"birthday_month": "05", "birthday_day": 1})
        self.env["club.occasion"]._cron_plan()
        greetings = self.env["club.greeting"].search(
            [("occasion_id", "=", birthday.id)]
        )
        self.assertRecordValues(
            greetings, [{"user_id": self.manager.id, "date": date(2026, 5, 1)}]
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGreetings(GreetingCase):
    """Whom a greeting concerns, who is left out and why, nobody twice. Rule D5."""

    def test_everybody_is_put_down_with_a_channel_or_a_reason(self):
        greeting = self._prepare()
        self.assertEqual(
            self._get_lines(greeting),
            {
                "Li Ming": ("to_send", "call"),
                "Chen Jie": ("to_send", "mail"),
                "Zhao Lei": ("left_out", "no_consent"),
                "Sun Hai": ("to_send", "sms"),
                # He agreed to WeChat, and nobody knows his name there.
                "Wang Fang": ("left_out", "no_address"),
            },
        )
        self.assertRecordValues(
            greeting,
            [
                {
                    "to_send_count": 3,
                    "hand_count": 1,
                    "left_out_count": 2,
                    "state": "prepared",
                }
            ],
        )
        by_hand = greeting.line_ids.filtered(lambda line: line.channel == "call")
        self.assertEqual(by_hand.user_id, self.manager, "the account's manager calls")

    def test_the_preferred_channel_comes_first(self):
        profile = self.texted.club_profile_ids
        self.texted.email = "sun.hai@beacon.example.com"
        profile.consent_ids = self._agree("mail", "call")
        self.assertEqual(self._get_lines(self._prepare())["Sun Hai"][1], "sms")
        profile.channel = "mail"
        other = self._prepare(date=date(2026, 4, 20))
        self.assertEqual(self._get_lines(other)["Sun Hai"][1], "mail")
        # Not if the occasion doesn't take it.
        other.occasion_id.by_mail = False
        other.action_prepare()
        self.assertEqual(self._get_lines(other)["Sun Hai"][1], "sms")

    def test_no_text_message_to_a_landline_or_to_who_opted_out(self):
        for phone in ("+86 571 8700 1234", False):
            self.texted.phone = phone
            greeting = (
                self.env["club.greeting"].search([("occasion_id", "=", self.head.id)])
                or self._create_greeting()
            )
            greeting.action_prepare()
            self.assertEqual(
                self._get_lines(greeting)["Sun Hai"], ("left_out", "no_address"), phone
            )
        self.texted.phone = "+86 138 0013 8000"
        self.env["phone.blacklist"].add(self.texted.phone_sanitized)
        greeting.action_prepare()
        self.assertEqual(
            self._get_lines(greeting)["Sun Hai"], ("left_out", "no_address")
        )

    def test_a_no_elsewhere_holds(self):
        """Whomever he acts for, he is one person. Rule A8."""
        self._act_for(self.texted, self.account_a, self._agree("sms", answer="refused"))
        lines = self._prepare().sudo().line_ids
        found = lines.filtered(lambda line: line.contact_id == self.texted)
        self.assertEqual(set(found.mapped("state")), {"left_out"})

    def _act_for(self, contact, account, consents):
        """Let a person be known at a further account, as one who moved is."""
        profile = self._create_profile(
            self._create_contact("Nobody", account), consent_ids=consents
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_contact_profile SET contact_id = %s WHERE id = %s",
            [contact.id, profile.id],
        )
        self.env.invalidate_all()

    def test_of_another_tier(self):
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        self.head.tier_ids = gold
        greeting = self._prepare()
        self.assertEqual(
            set(self._get_lines(greeting).values()),
            {("left_out", "tier")},
        )
        self._set_tier(self.account_a, gold)
        greeting.action_prepare()
        lines = self._get_lines(greeting)
        self.assertEqual(lines["Chen Jie"], ("to_send", "mail"))
        self.assertEqual(lines["Sun Hai"], ("left_out", "tier"))

    def test_a_member_without_contacts_is_listed(self):
        account = self._create_account("Cape Ltd", club_unit_id=self.unit.id)
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        self._set_tier(account, gold)
        lines = self._get_lines(self._prepare())
        self.assertEqual(lines["Cape Ltd"], ("left_out", "no_contact"))

    def test_who_moved_or_was_archived(self):
        self.mailed.parent_id = self.account_b
        self.texted.active = False
        lines = self._get_lines(self._prepare())
        self.assertEqual(lines["Chen Jie"], ("left_out", "moved"))
        self.assertNotIn("Sun Hai", lines)

    def test_each_level_greets_its_accounts(self):
        unit = self._prepare(self.of_units, self.lead, unit_id=self.unit.id)
        own = self._prepare(self.of_managers, self.manager)
        for greeting in (unit, own):
            self.assertEqual(
                set(self._get_lines(greeting)), {"Li Ming", "Chen Jie", "Zhao Lei"}
            )

    def test_preparing_again_keeps_what_was_sent_and_left_out_by_hand(self):
        greeting = self._prepare()
        lines = greeting.line_ids.grouped("display_name")
        lines["Li Ming"].action_mark_sent()
        lines["Chen Jie"].action_leave_out()
        self.silent.email = "zhao.lei@anchor.example.com"
        self.silent.club_profile_ids.consent_ids = self._agree("mail")
        for _time in range(2):
            greeting.action_prepare()
            found = self._get_lines(greeting)
            self.assertEqual(len(greeting.line_ids), 5)
            self.assertEqual(found["Li Ming"], ("sent", "call"))
            self.assertEqual(found["Chen Jie"][0], "left_out")
            self.assertEqual(found["Zhao Lei"], ("to_send", "mail"))
        lines["Chen Jie"].exists().action_take_in()
        self.assertEqual(self._get_lines(greeting)["Chen Jie"], ("to_send", "mail"))

    # === Of a month === #

    def _create_monthly(self, kind):
        return self.env["club.occasion"].create(
            {
                "name": kind,
                "kind": kind,
                "owner_level": "manager",
                "company_id": self.company.id,
                "text": "Dear {name}",
            }
        )

    def _get_days(self, greeting):
        """Return ``{name: day}`` of whom the greeting concerns."""
        self.env.invalidate_all()
        return {line.display_name: line.date for line in greeting.sudo().line_ids}

    def test_birthdays_of_the_month_each_on_his_day(self):
        """By the solar and the lunar calendar; the month's bounds count."""
        birthday = self._create_monthly("birthday")
        people = (
            (self.mailed, {"birthday_month": "05", "birthday_day": 1}),
            (self.silent, {"birthday_month": "05", "birthday_day": 31}),
            # The 15th of the third month: 1 May 2026.
            (self.contact, {"birthday_calendar": "lunar", "birthday_month": "03"}),
        )
        for contact, values in people:
            contact.club_profile_ids.write({"birthday_day": 15, **values})
        greeting = self._prepare(birthday, self.manager, date=date(2026, 5, 1))
        self.assertEqual(
            self._get_days(greeting),
            {
                "Chen Jie": date(2026, 5, 1),
                "Zhao Lei": date(2026, 5, 31),
                "Li Ming": date(2026, 5, 1),
            },
        )
        self.silent.club_profile_ids.write({"birthday_month": "06", "birthday_day": 1})
        greeting.action_prepare()
        self.assertNotIn("Zhao Lei", self._get_days(greeting))

    def test_a_birthday_that_is_over_stays_in_its_month(self):
        """Prepared again, it isn't forgotten who wasn't greeted on his day."""
        birthday = self._create_monthly("birthday")
        for contact, day in ((self.mailed, 5), (self.silent, 6)):
            contact.club_profile_ids.write(
                {"birthday_month": "05", "birthday_day": day}
            )
        with freeze_time("2026-05-01 04:00:00"):
            greeting = self._prepare(birthday, self.manager, date=date(2026, 5, 1))
        before = self._get_lines(greeting)
        self.assertEqual(before["Chen Jie"], ("to_send", "mail"))
        with freeze_time("2026-05-10 04:00:00"):
            self.env["club.contact.profile"]._cron_move_birthdays()
            self.silent.club_profile_ids.write({"birthday_day": 20})
            greeting.action_prepare()
        self.assertEqual(self._get_lines(greeting), before)
        self.assertEqual(
            self._get_days(greeting),
            {"Chen Jie": date(2026, 5, 5), "Zhao Lei": date(2026, 5, 20)},
        )

    def test_a_birthday_greeting_does_the_duty(self):
        birthday = self._create_monthly("birthday")
        self.mailed.club_profile_ids.write(
            {"birthday_month": "04", "birthday_day": TODAY.day}
        )
        greeting = self._prepare(birthday, self.manager, date=date(2026, 4, 1))
        refresh = patch.object(type(self.env["club.duty"]), "_refresh")
        with refresh as refreshed:
            greeting.action_send()
        refreshed.assert_called_once_with(self.account_a)

    def test_anniversaries_of_the_month(self):
        """From the first year after on; 29 February is kept on the 28th."""
        founding = self._create_monthly("founding")
        self.account_a.club_founded_on = date(1996, 4, 30)
        greeting = self._prepare(founding, self.manager, date=date(2026, 4, 1))
        self.assertEqual(set(self._get_days(greeting).values()), {date(2026, 4, 30)})
        for founded in (date(2026, 4, 5), date(1996, 5, 1), date(1996, 3, 31)):
            self.account_a.club_founded_on = founded
            greeting.action_prepare()
            self.assertFalse(greeting.line_ids, founded)
        self.account_a.club_founded_on = date(1996, 2, 29)
        with freeze_time("2027-02-01"):
            founding._update_days()
            later = self._prepare(founding, self.manager, date=date(2027, 2, 1))
        self.assertEqual(set(self._get_days(later).values()), {date(2027, 2, 28)})

    def test_anniversary_of_enrolment(self):
        enrolment = self._create_monthly("enrolment")
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        self._set_tier(self.account_a, gold)
        greeting = self._prepare(enrolment, self.manager, date=date(2026, 4, 1))
        self.assertFalse(greeting.line_ids, "it has just become a member")
        self._end_terms()  # a year earlier than they began
        greeting.action_prepare()
        self.assertEqual(set(self._get_days(greeting).values()), {TODAY})

    # === Nobody twice === #

    def _make_daughter(self):
        daughter = self.env["res.company"].create(
            {"name": "Harbour Post South", "parent_id": self.company.id}
        )
        self.env["club.contact.profile"].create(
            {
                "contact_id": self.mailed.id,
                "company_id": daughter.id,
                "consent_ids": self._agree("mail"),
            }
        )
        self.account_a.with_company(daughter).club_manager_id = self.officer
        self.officer.company_ids |= daughter
        return daughter

    def _prepare_in(self, company, occasion):
        greetings = self.env["club.greeting"].with_user(self.officer)
        greeting = greetings.with_context(allowed_company_ids=company.ids).create(
            {"occasion_id": occasion.id, "date": TODAY, "company_id": company.id}
        )
        greeting.action_prepare()
        return greeting

    def test_nobody_is_greeted_twice_in_a_tree_of_companies(self):
        self.head.company_id = False
        daughter = self._make_daughter()
        self._prepare()
        greeting = self._prepare_in(daughter, self.head)
        self.assertEqual(
            self._get_lines(greeting), {"Chen Jie": ("left_out", "greeted")}
        )
        self.assertIn("Harbour Post", greeting.line_ids.explanation)

    def test_another_tree_greets_by_itself(self):
        self.head.company_id = False
        other = self._create_club_company("Other Post")
        self.officer.company_ids |= other
        self.env["club.contact.profile"].create(
            {
                "contact_id": self.mailed.id,
                "company_id": other.id,
                "consent_ids": self._agree("mail"),
            }
        )
        self._prepare()
        greeting = self._prepare_in(other, self.head)
        self.assertEqual(self._get_lines(greeting), {"Chen Jie": ("to_send", "mail")})

    def test_who_acts_for_two_accounts_is_greeted_once(self):
        self._act_for(self.mailed, self.account_b, self._agree("mail"))
        lines = self._prepare().sudo().line_ids
        found = lines.filtered(lambda line: line.contact_id == self.mailed)
        self.assertEqual(len(found), 2)
        self.assertEqual(len(found.filtered("is_counted")), 1)

    def test_one_greeting_for_an_occasion_day_and_owner(self):
        self._create_greeting()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_greeting()

    def test_only_on_days_of_the_occasion(self):
        with self.assertRaises(ValidationError):
            self._create_greeting(date=date(2026, 4, 11))

    def test_merged_contacts_count_once(self):
        double = self._create_contact(
            "Chen Jie", self.account_a, email=self.mailed.email
        )
        self._create_profile(double, consent_ids=self._agree("mail"))
        greeting = self._prepare()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.officer)
        wizard._merge((self.mailed | double).ids, self.mailed.with_user(self.officer))
        self.env.invalidate_all()
        found = greeting.sudo().line_ids.filtered(
            lambda line: line.contact_id == self.mailed
        )
        self.assertEqual(sorted(found.mapped("state")), ["left_out", "to_send"])

    # === Who prepares === #

    def test_an_occasion_has_one_owner(self):
        """Head office's by officers, a unit's by its lead, a manager's by himself."""
        for occasion, user, values in (
            (self.head, self.manager, {}),
            (self.head, self.lead, {}),
            (self.of_units, self.manager, {"unit_id": self.unit.id}),
            (self.of_units, self.lead, {"unit_id": self.other_unit.id}),
            (self.of_managers, self.manager, {"user_id": self.other_manager.id}),
            (self.of_managers, self.auditor, {}),
        ):
            with self.assertRaises(AccessError, msg=(occasion.name, user.login)):
                self._create_greeting(occasion, user, **values)
        self.env.invalidate_all()
        greeting = self._create_greeting()
        for user in (self.manager, self.lead, self.auditor):
            for method in ("action_prepare", "action_send", "action_close"):
                with self.assertRaises(AccessError, msg=(user.login, method)):
                    getattr(greeting.with_user(user), method)()
            with self.assertRaises(AccessError):
                greeting.with_user(user).text = "Dear {name}"

    def test_a_manager_cannot_make_his_greeting_another_ones(self):
        greeting = self._create_greeting(self.of_managers, self.manager)
        for values in (
            {"occasion_id": self.head.id},
            {"user_id": self.other_manager.id},
            {"owner_level": "head"},
            {"state": "prepared"},
        ):
            with self.assertRaises(UserError):
                greeting.write(values)
            self.env.invalidate_all()

    def test_a_unit_where_units_greet_and_nowhere_else(self):
        for occasion, values in (
            (self.of_units, {}),
            (self.head, {"unit_id": self.unit.id}),
        ):
            with self.assertRaises(ValidationError):
                self._create_greeting(occasion, **values)

    def test_who_sees_whom(self):
        """Everybody sees how far it is; whom it concerns is for who looks after him."""
        greeting = self._prepare()
        seen = {
            user.login: set(
                greeting.line_ids.with_user(user)
                .search([("greeting_id", "=", greeting.id)])
                .mapped("account_id.name")
            )
            for user in (self.manager, self.other_manager, self.lead, self.officer)
        }
        both = {"Anchor Mills", "Beacon Foods"}
        self.assertEqual(
            seen,
            {
                "manager": {"Anchor Mills"},
                "other_manager": {"Beacon Foods"},
                "club_lead": {"Anchor Mills"},
                "club_officer": both,
            },
        )
        self.assertEqual(greeting.with_user(self.auditor).to_send_count, 3)
        with self.assertRaises(AccessError):
            greeting.line_ids.with_user(self.auditor).read(["channel"])

    def test_nobody_writes_a_line(self):
        line = self._prepare().line_ids[:1]
        for user in (self.manager, self.officer):
            with self.assertRaises(UserError):
                line.with_user(user).write({"state": "sent"})
            with self.assertRaises(UserError):
                line.with_user(user).unlink()

    def test_a_manager_marks_his_own_only(self):
        greeting = self._prepare()
        lines = greeting.line_ids.grouped("display_name")
        lines["Li Ming"].with_user(self.manager).action_mark_sent()
        self.assertRecordValues(
            lines["Li Ming"],
            [{"state": "sent", "sent_on": TODAY, "sent_by_id": self.manager.id}],
        )
        with self.assertRaises(AccessError):
            lines["Sun Hai"].with_user(self.manager).action_mark_sent()

    # === States === #

    def test_only_drafts_are_deleted(self):
        greeting = self._create_greeting()
        greeting.unlink()
        with self.assertRaises(UserError):
            self._prepare().unlink()

    def test_closed_stays(self):
        greeting = self._prepare()
        greeting.action_close()
        self.assertEqual(
            set(self._get_lines(greeting).values()),
            {
                ("left_out", "call"),
                ("left_out", "mail"),
                ("left_out", "sms"),
                ("left_out", "no_consent"),
                ("left_out", "no_address"),
            },
        )
        for method in ("action_prepare", "action_send", "action_close"):
            with self.assertRaises(UserError):
                getattr(greeting, method)()
        with self.assertRaises(UserError):
            greeting.text = "Dear {name}"
        with self.assertRaises(UserError):
            greeting.line_ids[:1].action_mark_sent()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGreetingsSent(GreetingCase):
    """By mail, by the gateway, by hand. Rules A8, D5."""

    def _find_sms(self):
        return self.env["sms.sms"].search([("partner_id", "=", self.texted.id)])

    def _find_mails(self):
        return self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])

    def _connect(self, gateway):
        """Let the company have a gateway of its own, as an add-on would."""
        self.startPatcher(
            patch.object(
                type(self.company), "_get_sms_api_class", lambda company: gateway
            )
        )

    def test_the_paid_provider_is_never_called_unless_switched_on(self):
        self.startPatcher(
            patch.object(SmsApi, "_contact_iap", side_effect=AssertionError("called"))
        )
        greeting = self._prepare()
        self.assertIn("foreign", greeting.sms_hint)
        action = greeting.action_send()
        self.assertIn("foreign", action["params"]["message"])
        self.assertFalse(self._find_sms())
        self.assertEqual(self._get_lines(greeting)["Sun Hai"], ("to_send", "sms"))
        # Nor by any other text message of the club.
        sms = self.env["sms.sms"].create({"number": "+8613800138000", "body": "Hello"})
        for call in (sms.send, lambda: sms._send()):
            sms.state = "outgoing"
            call()
            self.assertEqual(sms.failure_type, "sms_acc")

    def test_switched_on_it_is(self):
        self.program.with_user(self.officer).sms_by_odoo = True
        greeting = self._prepare()
        self.assertFalse(greeting.sms_hint)
        greeting.action_send()
        sms = self._find_sms()
        self.assertEqual(sms.number, "+8613800138000")
        with patch.object(SmsApi, "_contact_iap", return_value=[]) as contact:
            sms._send()
        contact.assert_called_once()

    def test_a_gateway_of_the_bureaus_own(self):
        self._connect(Gateway)
        Gateway.sent = []
        greeting = self._prepare()
        greeting.action_send()
        sms = self._find_sms()
        self.assertEqual(
            sms.body, "Dear Sun Hai of Beacon Foods: other_manager (user), Harbour Post"
        )
        sms._send()
        self.assertEqual(Gateway.sent, ["+8613800138000"])
        line = sms.club_greeting_line_id
        self.assertEqual((line.state, line.sent_on), ("sent", TODAY))

    def test_what_the_gateway_refused_is_told(self):
        self._connect(Gateway)
        greeting = self._prepare()
        greeting.action_send()
        refused = [{"uuid": self._find_sms().uuid, "state": "wrong_number_format"}]
        with patch.object(Gateway, "_send_sms_batch", return_value=refused):
            self._find_sms()._send()
        self.env.invalidate_all()
        self.assertEqual(greeting.failed_count, 1)
        line = greeting.line_ids.filtered(lambda line: line.state == "failed")
        self.assertTrue(line.explanation)
        line.action_mark_sent()  # called instead
        self.assertEqual(line.state, "sent")

    def test_a_mail_in_the_contacts_words(self):
        greeting = self._prepare()
        greeting.text = "Dear {name} <b>of</b> {account}"
        self.mailed.name = "{account} & Co"
        greeting.action_send()
        mail = self._find_mails()
        self.assertEqual(mail.subject, "Feast")
        self.assertFalse(mail.model)
        self.assertIn("Dear {account} &amp; Co &lt;b&gt;of&lt;/b&gt;", mail.body_html)

    def test_nothing_is_sent_twice(self):
        greeting = self._prepare()
        greeting.action_send()
        with self.assertRaises(UserError):
            greeting.action_send()
        self.env["club.greeting.line"]._send_queued(500)
        self.assertEqual(len(self._find_mails()), 1)

    def test_who_took_his_consent_back_is_not_greeted(self):
        """Before sending, in the queue, exported, or by hand. Rule A8."""
        greeting = self._prepare()
        profile = self.mailed.club_profile_ids
        profile.consent_ids = self._agree("mail", answer="refused")
        with self.assertRaises(UserError):
            greeting.action_send()
        self.assertFalse(self._find_mails())
        self.contact.club_profile_ids.consent_ids = self._agree(
            "call", answer="refused"
        )
        line = greeting.line_ids.filtered(lambda line: line.channel == "call")
        with self.assertRaises(UserError):
            line.action_mark_sent()
        self.texted.club_profile_ids.consent_ids = self._agree("sms", answer="refused")
        with self.assertRaises(UserError):
            greeting.action_export()

    def test_consent_taken_back_in_the_queue(self):
        greeting = self._prepare()
        greeting._queue(["mail"], False)
        self.mailed.club_profile_ids.consent_ids = self._agree("mail", answer="refused")
        self.env["club.greeting.line"]._send_queued(500)
        self.assertFalse(self._find_mails())
        self.assertEqual(self._get_lines(greeting)["Chen Jie"][0], "left_out")

    def test_export_and_mark(self):
        greeting = self._prepare()
        action = greeting.action_export()
        self.assertIn("/crm_club/xlsx/greeting", action["url"])
        greeting.action_mark_sms()
        self.assertEqual(self._get_lines(greeting)["Sun Hai"], ("sent", "sms"))
        with self.assertRaises(UserError):
            greeting.action_export()

    def test_labels_for_cards(self):
        action = self._prepare().action_print_labels()
        lines = self.env["club.greeting.line"].browse(action["context"]["active_ids"])
        report = self.env["report.crm_club.club_greeting_labels"]
        labels = report._get_report_values(lines.ids)["labels"]
        self.assertEqual(
            sorted(label.name for label in labels), ["Chen Jie", "Li Ming", "Sun Hai"]
        )
        with self.assertRaises(AccessError):
            report.with_user(self.manager)._get_report_values(lines.ids)

    def test_a_batch_costs_as_much_as_a_contact(self):
        """Preparing and queueing: no query a contact."""
        counts = []
        for number in (20, 40):
            contacts = self.env["res.partner"].create(
                [
                    {
                        "name": f"Member {index}",
                        "parent_id": self.account_a.id,
                        "email": f"m{number}-{index}@example.com",
                    }
                    for index in range(number)
                ]
            )
            self.env["club.contact.profile"].create(
                [
                    {"contact_id": contact.id, "consent_ids": self._agree("mail")}
                    for contact in contacts
                ]
            )
            greeting = self._create_greeting(
                date=TODAY if number == 20 else date(2026, 4, 20)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            greeting.action_prepare()
            counts.append(self.env.cr.sql_log_count - start)
            start = self.env.cr.sql_log_count
            self.assertGreaterEqual(greeting.to_send_count, number)
            greeting.action_send()
            counts.append(self.env.cr.sql_log_count - start)
        prepared_20, sent_20, prepared_40, sent_40 = counts
        self.assertLessEqual(prepared_40, prepared_20)
        self.assertLess(sent_40 - sent_20, 20, counts)

    def test_who_asks_to_be_forgotten(self):
        """Rule A8: nothing names him, and nothing is sent to him."""
        greeting = self._prepare()
        greeting._queue(["mail"], False)
        number = self.mailed.id
        self.env["club.birthday.correction"].create(
            {
                "profile_id": self.mailed.club_profile_ids.id,
                "birthday_month": "05",
                "birthday_day": 5,
                "apology": "Chen Jie was called",
            }
        )
        self._anonymise(self.mailed)
        self.assertFalse(self._find_words("Chen Jie", "chen.jie@"))
        self.env["club.greeting.line"]._send_queued(500)
        self.assertFalse(self._find_mails())
        line = greeting.sudo().line_ids.filtered(
            lambda line: line.contact_id.id == number
        )
        self.assertEqual(line.state, "left_out")

    # === Messages of the month === #

    def test_who_had_no_message_this_month(self):
        """Rule D4: everybody who agreed to a channel; the list is for its manager."""
        profiles = self.env["club.contact.profile"].with_user(self.manager)
        due = [("is_message_due", "=", True)]
        self.assertEqual(
            set(profiles.search(due).mapped("display_name")), {"Li Ming", "Chen Jie"}
        )
        self._prepare().action_send()
        self.assertEqual(profiles.search(due).mapped("display_name"), ["Li Ming"])
        with freeze_time("2026-05-01"):
            self.assertEqual(
                set(profiles.search(due).mapped("display_name")),
                {"Li Ming", "Chen Jie"},
            )

    # === Today === #

    def _get_today(self, model):
        self.env.flush_all()
        self.env.cr.execute(self.env[model]._get_today_sql())
        return self.env.cr.dictfetchall()

    def test_a_row_of_today_for_each_document(self):
        greeting = self._create_greeting()
        rows = {row["res_id"]: row for row in self._get_today("club.greeting")}
        row = rows[greeting.id]
        self.assertEqual(
            (row["user_id"], row["date_due"], row["kind"]),
            (self.officer.id, TODAY, "greeting"),
        )
        self.assertIn("Prepare", greeting._get_today_texts()[greeting.id])
        greeting.action_prepare()
        self.assertIn("3 to go", greeting._get_today_texts()[greeting.id])
        # The manager who is to call for head office has one, too.
        (by_hand,) = self._get_today("club.greeting.line")
        self.assertEqual(by_hand["user_id"], self.manager.id)
        line = self.env["club.greeting.line"].browse(by_hand["res_id"])
        self.assertIn("yourself: 1", line._get_today_texts()[line.id])
        line.action_mark_sent()
        self.assertFalse(self._get_today("club.greeting.line"))
        greeting.action_close()
        rows = self._get_today("club.greeting")
        self.assertNotIn(greeting.id, {row["res_id"] for row in rows})


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBirthdayCorrection(GreetingCase):
    """A birthday that was reported wrong. Rule D5."""

    def _correct(self, user, **values):
        corrections = self.env["club.birthday.correction"].with_user(user)
        return corrections.create(
            {
                "profile_id": self.profile.id,
                "birthday_calendar": "lunar",
                "birthday_year": 1975,
                "birthday_month": "05",
                "birthday_day": 5,
                "apology": "Called him the same day",
                **values,
            }
        )

    def test_the_profile_is_corrected_and_the_apology_stays(self):
        correction = self._correct(self.manager)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.profile,
            [
                {
                    "birthday_calendar": "lunar",
                    "birthday_month": "05",
                    "birthday_day": 5,
                    "birthday_source": "self",
                    "birthday_checked_on": TODAY,
                    "birthday_checked_by_id": self.manager.id,
                    "correction_ids": correction.ids,
                }
            ],
        )
        self.assertEqual(correction.old_birthday, "1975-04-18")
        self.assertEqual(correction.birthday, "1975-05-05 (lunar)")

    def test_who_may_not_write_the_profile_corrects_nothing(self):
        for user in (self.other_manager, self.auditor, self.finance):
            with self.assertRaises(AccessError, msg=user.login):
                self._correct(user)
        self.assertEqual(self.profile.birthday, "1975-04-18")

    def test_it_stays_as_it_was_noted(self):
        correction = self._correct(self.manager)
        with self.assertRaises(AccessError):
            correction.apology = "None"
        with self.assertRaises(AccessError):
            correction.unlink()
        with self.assertRaises(AccessError):
            self._correct(self.manager, old_birthday_day=3)

    def test_no_day_that_there_is_not(self):
        with self.assertRaises(ValidationError):
            self._correct(self.manager, birthday_day=31)

    def test_from_the_greeting(self):
        line = self._prepare().line_ids.filtered(
            lambda line: line.contact_id == self.contact
        )
        action = line.with_user(self.manager).action_correct_birthday()
        self.assertEqual(action["context"]["default_profile_id"], self.profile.id)
