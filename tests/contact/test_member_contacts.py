from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMemberContacts(CareFixture, TransactionCase):
    """What is known of a person, and how it is kept. Rule A8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()

    # === Birthday === #

    def test_a_solar_birthday_comes_round(self):
        self.assertEqual(self.profile.birthday, "1975-04-18")
        self.assertEqual(self.profile.birthday_next, date(2026, 4, 18))
        self.profile.birthday_month = "02"
        self.assertEqual(self.profile.birthday_next, date(2027, 2, 18))

    def test_a_lunar_birthday_is_kept_as_it_was_told(self):
        self.profile.write(
            {
                "birthday_calendar": "lunar",
                "birthday_leap_month": True,
                "birthday_day": 30,
                "birthday_year": 0,
            }
        )
        self.assertEqual(self.profile.birthday, "04-30 (lunar, leap month)")

    def test_a_lunar_birthday_comes_round(self):
        """2026 has no leap month, and no 30th in its fourth."""
        self.profile.write(
            {
                "birthday_calendar": "lunar",
                "birthday_leap_month": True,
                "birthday_day": 30,
            }
        )
        self.assertEqual(self.profile.birthday_next, date(2026, 6, 14))
        self.profile.write({"birthday_leap_month": False, "birthday_month": "12"})
        self.assertEqual(self.profile.birthday_next, date(2027, 2, 5))

    def test_a_lunar_birthday_is_read_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.profile.write({"birthday_calendar": "lunar", "birthday_year": 0})
        chinese = self.profile.with_context(lang="zh_CN")
        self.assertIn("四月十八", chinese.birthday)
        self.profile.birthday_year = 1975
        self.assertIn("1975年四月十八", chinese.birthday)

    def test_birthdays_that_have_passed_move_on_at_night(self):
        lunar = self._create_profile(
            self.colleague,
            birthday_calendar="lunar",
            birthday_month="03",
            birthday_day=2,
        )
        both = self.profile + lunar
        self.assertEqual(lunar.birthday_next, date(2026, 4, 18))
        with freeze_time("2026-04-18"):
            both._cron_move_birthdays()
            both.flush_recordset()
            self.assertEqual(set(both.mapped("birthday_next")), {date(2026, 4, 18)})
        with freeze_time("2026-04-19"):
            for _again in range(2):
                both._cron_move_birthdays()
                both.flush_recordset()
                both.invalidate_recordset()
                self.assertEqual(self.profile.birthday_next, date(2027, 4, 18))
                self.assertEqual(lunar.birthday_next, date(2027, 4, 8))
        in_order = both.search([("id", "in", both.ids)], order="birthday_next")
        self.assertEqual(in_order, lunar + self.profile)

    def test_moving_birthdays_on_takes_the_same_queries_for_many(self):
        def count_for(number):
            contacts = self.env["res.partner"].create(
                [
                    {"name": f"Many {each}", "parent_id": self.account_a.id}
                    for each in range(number)
                ]
            )
            self.env["club.contact.profile"].create(
                [
                    {
                        "contact_id": contact.id,
                        "company_id": self.company.id,
                        "birthday_calendar": "lunar",
                        "birthday_month": "03",
                        "birthday_day": 2,
                    }
                    for contact in contacts
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(f"2026-0{4 + number // 20}-19"):
                before = self.cr.sql_log_count
                self.env["club.contact.profile"]._cron_move_birthdays()
                self.env.flush_all()
                return self.cr.sql_log_count - before

        self.assertAlmostEqual(count_for(20), count_for(40), delta=3)

    def test_birthdays_of_this_month_are_found(self):
        """Lunar ones, too: of 2026, April is the last of the second month, the third
        from the 17th on.
        """
        for number, (month, day, leap, wanted) in enumerate(
            (
                ("03", 2, False, True),  # 18 April
                ("03", 29, False, False),  # 15 May
                ("02", 14, False, True),  # 1 April
                ("02", 13, False, False),  # 31 March
                ("02", 30, True, True),  # kept on the 29th, 16 April
                ("04", 2, False, False),
            )
        ):
            contact = self.env["res.partner"].create(
                {"name": f"Lunar {number}", "parent_id": self.account_a.id}
            )
            lunar = self._create_profile(
                contact,
                birthday_calendar="lunar",
                birthday_month=month,
                birthday_day=day,
                birthday_leap_month=leap,
            )
            both = self.profile + lunar
            with self.subTest(month=month, day=day):
                kept = both if wanted else self.profile
                found = both.search(
                    [("is_birthday_month", "=", True), ("id", "in", both.ids)]
                )
                self.assertEqual(found, kept)
                self.assertEqual(both.filtered("is_birthday_month"), kept)
                found = both.search(
                    [("is_birthday_month", "=", False), ("id", "in", both.ids)]
                )
                self.assertEqual(found, both - kept)

    def test_days_that_there_are_not_are_refused(self):
        for values in (
            {"birthday_month": "02", "birthday_day": 30},
            {"birthday_month": "02", "birthday_day": 29},  # of 1975
            {"birthday_day": 0},
            {"birthday_month": False},
            {"birthday_leap_month": True},
            {"birthday_year": 1875},
            {"birthday_year": 2027},
            {"birthday_checked_on": date(2026, 4, 11)},
        ):
            with self.assertRaises(ValidationError):
                self.profile.write(values)
        self.profile.write(
            {"birthday_year": 0, "birthday_month": "02", "birthday_day": 29}
        )
        self.assertEqual(self.profile.birthday_next, date(2027, 2, 28))

    def test_who_checked_the_birthday_is_noted_until_it_changes(self):
        profile = self.profile.with_user(self.manager)
        profile.action_check_birthday()
        self.assertEqual(profile.birthday_checked_on, TODAY)
        self.assertEqual(profile.birthday_checked_by_id, self.manager)
        profile.diet = "Nothing in particular"
        self.assertTrue(profile.birthday_checked_on)
        profile.birthday_day = 19
        self.assertFalse(profile.birthday_checked_on)
        self.assertFalse(profile.birthday_checked_by_id)

    # === Consent === #

    def test_who_agreed_to_nothing_is_reached_by_nothing(self):
        """Rule A8. An empty text, and no list in brackets."""
        profile = self._create_profile(self.colleague)
        self.assertIs(profile.consented_channels, False)
        self.assertFalse(profile.read(["consented_channels"])[0]["consented_channels"])
        profile.consent_ids = [Command.create({"channel": "sms", "answer": "refused"})]
        self.assertIs(profile.consented_channels, False)
        profile.consent_ids = [
            Command.create({"channel": channel, "answer": "given"})
            for channel in ("mail", "call")
        ]
        self.assertEqual(profile.consented_channels, "Call and E-mail")

    def test_the_last_word_on_a_channel_counts(self):
        self.assertEqual(self.profile.consent_call, "given")
        self.assertEqual(self.profile.consent_sms, "refused")
        self.assertEqual(self.profile.consent_visit, "none")
        self.assertEqual(self.profile.consented_channels, "Call")
        profile = self.profile.with_user(self.manager)
        profile.write(
            {"consent_ids": [Command.create({"channel": "call", "answer": "refused"})]}
        )
        self.assertEqual(profile.consent_call, "refused")
        self.assertEqual(len(profile.consent_ids), 3)
        self.assertEqual(profile.consent_ids[0].create_uid, self.manager)
        # Learned late: it was said before the last word.
        self.env["club.contact.consent"].create(
            {
                "profile_id": self.profile.id,
                "channel": "call",
                "answer": "given",
                "stated_on": date(2026, 1, 2),
            }
        )
        self.assertEqual(self.profile.consent_call, "refused")

    def test_what_was_said_stays(self):
        said = self.profile.consent_ids[0]
        for user in (self.manager, self.lead, self.officer):
            mine = said.with_user(user)
            with self.assertRaises(AccessError):
                mine.write({"answer": "given"})
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(AccessError):
            said.answer = "given"
        with self.assertRaises(ValidationError):
            said.copy({"stated_on": date(2026, 4, 11)})

    def test_nobody_prefers_a_channel_that_he_refused(self):
        with self.assertRaises(ValidationError):
            self.profile.channel = "sms"

    def test_the_form_records_a_consent(self):
        with Form(self.profile.with_user(self.manager)) as form:
            form.wechat = "li-ming"
            with form.consent_ids.new() as said:
                said.channel = "wechat"
                said.answer = "given"
        self.assertEqual(self.profile.consent_wechat, "given")

    def test_the_form_takes_a_qq_number_and_what_was_said_to_it(self):
        """Beside WeChat; who refused isn't to be reached that way."""
        with Form(self.profile.with_user(self.manager)) as form:
            form.qq = "2885550143"
            with form.consent_ids.new() as said:
                said.channel = "qq"
                said.answer = "given"
        self.assertEqual(self.profile.qq, "2885550143")
        self.assertEqual(self.profile.consent_qq, "given")
        self.assertIn("QQ", self.profile.consented_channels)
        self.profile.channel = "qq"
        self.profile.channel = False
        self.profile.consent_ids = [
            Command.create({"channel": "qq", "answer": "refused"})
        ]
        with self.assertRaises(ValidationError):
            self.profile.channel = "qq"

    # === Whose it is === #

    # === A new person, along with what is known of him === #

    def test_a_new_person_takes_phone_job_and_mail_at_once(self):
        """Nobody is made before it is saved, and one contact is. Rule A8."""
        people = self.env["res.partner"]
        count = people.search_count([])
        profiles = self.env["club.contact.profile"].with_user(self.manager)
        form = Form(profiles.with_context(club_account_id=self.account_a.id))
        form.new_name = " Zhao Lei "
        form.contact_function = "Buyer"
        form.contact_phone = "138 0013 8000"
        form.contact_email = "zhao@example.com"
        self.assertEqual(people.search_count([]), count, "nobody is left behind")
        profile = form.save()
        self.assertEqual(people.search_count([]), count + 1)
        self.assertRecordValues(
            profile.contact_id,
            [
                {
                    "name": "Zhao Lei",
                    "parent_id": self.account_a.id,
                    "function": "Buyer",
                    "phone": "138 0013 8000",
                    "email": "zhao@example.com",
                    "is_company": False,
                }
            ],
        )
        self.assertEqual(profile.account_id, self.account_a)

    def test_a_refused_new_person_is_none(self):
        """Neither for another's account, nor without a name, nor for no account."""
        people = self.env["res.partner"]
        count = people.search_count([])
        profiles = self.env["club.contact.profile"].with_user(self.manager)
        good = {"new_name": "Zhao Lei", "new_account_id": self.account_a.id}
        for values, error in (
            ({**good, "new_account_id": self.account_b.id}, AccessError),
            ({**good, "new_name": " \u3000"}, UserError),
            ({**good, "new_account_id": False}, UserError),
            ({**good, "new_account_id": "1"}, UserError),
            ({**good, "birthday_day": 32, "birthday_month": "04"}, ValidationError),
        ):
            with self.subTest(values=values), self.assertRaises(error):
                profiles.create(values)
                profiles.env.flush_all()
            self.assertEqual(people.search_count([]), count)

    def test_a_company_is_no_member_contact(self):
        with self.assertRaises(ValidationError):
            self._create_profile(self.account_b)

    @mute_logger("odoo.sql_db")
    def test_one_of_a_kind(self):
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self._create_profile(self.contact)

    def test_person_and_company_of_a_profile_stay(self):
        profile = self.profile.with_user(self.officer)
        with self.assertRaises(UserError):
            profile.contact_id = self.colleague
        with self.assertRaises(AccessError):
            profile.account_id = self.account_b
        with self.assertRaises(AccessError):
            profile.consent_sms = "given"
        with self.assertRaises(UserError):
            profile.copy()

    def test_a_person_without_a_company_is_his_own_account(self):
        person = self.env["res.partner"].create(
            {"name": "Solo", "club_manager_id": self.manager.id}
        )
        profile = self._create_profile(person, self.manager)
        self.assertEqual(profile.account_id, person)

    def test_a_contact_that_moves_leaves_what_is_known_behind(self):
        """Else anybody who may change contacts could fetch it to his own account."""
        contact = self.contact.with_user(self.other_manager)
        contact.parent_id = self.account_b
        self.assertEqual(self.profile.account_id, self.account_a)
        self.assertTrue(self.profile.is_moved)
        theirs = self.profile.with_user(self.other_manager)
        self.assertFalse(theirs.has_access("read"))
        with self.assertRaises(AccessError):
            theirs.action_hand_over()
        self.profile.with_user(self.manager).action_hand_over()
        self.assertEqual(self.profile.account_id, self.account_b)
        self.env.invalidate_all()
        self.assertTrue(theirs.has_access("read"))
        self.assertFalse(self.profile.with_user(self.manager).has_access("read"))

    def test_an_account_is_not_put_under_ones_own(self):
        """It would take over the manager of its parent, and be read by him."""
        account = self.account_a.with_user(self.other_manager)
        with self.assertRaises(AccessError):
            account.write({"parent_id": self.account_b.id, "is_company": False})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            account.parent_id = self.account_b
            account.is_company = False
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_manager_id, self.manager)
        # As a company of a group it stays an account of its own.
        account.parent_id = self.account_b
        self.assertEqual(self.account_a.commercial_partner_id, self.account_a)
        self.account_a.with_user(self.officer).is_company = False
        self.assertEqual(self.account_a.commercial_partner_id, self.account_b)
