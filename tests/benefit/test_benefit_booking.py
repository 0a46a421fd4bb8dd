from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY
from .benefit_case import YEAR, BenefitCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBenefitBooking(BenefitCase):
    """What a tier is owed in a year, and what counts against it. Rules C1, C9, D12."""

    def _assert_refused(self, words, *args, **values):
        booking = self._draw_up(*args, **values)
        with self.assertRaisesRegex(UserError, words):
            booking.action_book()
        self.assertEqual(booking.state, "draft")
        self.assertFalse(booking.is_counted)
        return booking

    def test_the_form_asks_for_the_time_of_a_service(self):
        """What is handed over is given now, and nobody guesses when one is served."""
        bookings = self.env["club.benefit.booking"].with_user(self.officer)
        form = Form(bookings)
        form.contact_id = self.person_a
        form.benefit_id = self.fast_track
        self.assertFalse(form.date_begin)
        with self.assertRaisesRegex(AssertionError, "date_begin"):
            form.save()
        coupon = self.fast_track.copy({"form": "coupon", "code": "test_coupon_now"})
        form.benefit_id = coupon
        self.assertTrue(form.date_begin)

    # === Quota === #

    def test_below_at_and_above_the_quota(self):
        first, second = self._book(), self._book()
        self.assertEqual(first.tier_id.code, "platinum")
        self.assertEqual((second.state, second.is_counted), ("booked", True))
        self._assert_refused("Anchor Mills is owed Fast_Track 2 times in 2026")
        self.assertEqual(self._get_entitlement(), (2, 2, 0, 0))

    def test_the_tier_decides_how_often(self):
        self._book(contact=self.person_b)
        self._assert_refused("owed Fast_Track 1 times", contact=self.person_b)
        self._assert_refused(
            "isn't entitled to Doctor", self.doctor, contact=self.person_b
        )

    def test_nobody_without_a_tier_is_entitled(self):
        account = self._create_account("Cove Glass")
        person = self._create_person("Zhao Lei", account)
        self._assert_refused("isn't entitled", contact=person)

    def test_a_quota_of_zero_and_one_without_limit(self):
        never = self._create_benefit("never", platinum=0)
        always = self._create_benefit("always", unlimited=("platinum",))
        self._assert_refused("isn't entitled", never)
        for _number in range(5):
            self._book(always)
        self.assertEqual(self._get_entitlement(always), (0, 5, 0, 0))
        self.assertIsNone(self._get_entitlement(never))

    def test_those_booked_together_count_for_each_other(self):
        bookings = self._draw_up() | self._draw_up() | self._draw_up()
        with (
            self.assertRaisesRegex(UserError, "none of it is left"),
            self.cr.savepoint(),
        ):
            bookings.action_book()
        bookings[:2].action_book()
        self.assertEqual(self._get_entitlement(), (2, 2, 0, 0))

    def test_all_people_of_an_account_share_what_it_is_owed(self):
        other = self._create_person("Zhou Yan", self.account_a)
        self._book()
        self._book(contact=other)
        self._assert_refused("none of it is left", contact=other)

    # === The day of service === #

    def test_upgraded_in_mid_year(self):
        """The higher number holds for the year, less what was used before."""
        memberships = self.env["club.membership"]
        memberships._end([(self.term_b.id, date(2026, 6, 30), "upgraded")])
        self._give_tier(self.account_b, "platinum", date(2026, 7, 1))
        self._book(contact=self.person_b, day="2026-06-30")
        self._assert_refused("1 times", contact=self.person_b, day="2026-06-30")
        upgraded = self._book(contact=self.person_b, day="2026-07-01")
        self.assertEqual(upgraded.tier_id.code, "platinum")
        self._assert_refused("2 times", contact=self.person_b, day="2026-07-02")

    def test_downgraded_in_mid_year(self):
        """What was used stays used; nothing is left of the lower number."""
        self._book(), self._book()
        self.env["club.membership"]._end(
            [(self.term_a.id, date(2026, 6, 30), "downgraded")]
        )
        self._give_tier(self.account_a, "gold", date(2026, 7, 1))
        self._assert_refused("1 times", day="2026-07-01")
        with freeze_time("2026-07-01"):
            self.assertEqual(self._get_entitlement(), (1, 2, 0, 0))

    def test_each_calendar_year_is_owed_anew(self):
        self.env["club.membership"]._end([(self.term_a.id, YEAR[1], "downgraded")])
        self._give_tier(self.account_a, "gold", date(2027, 1, 1), date(2027, 12, 31))
        self._book(day="2026-12-31"), self._book(day="2026-12-31")
        self._assert_refused("2 times in 2026", day="2026-12-31")
        self._book(day="2027-01-01")
        self._assert_refused("1 times in 2027", day="2027-01-01")
        self.assertEqual(self._get_entitlement(year=2027), (1, 1, 0, 0))

    def test_the_day_is_the_companys(self):
        """New Year's Day in China begins while it is still December in Greenwich."""
        before, after = (
            self._draw_up(date_begin=f"2026-12-31 {time}")
            for time in ("15:59:59", "16:00:00")
        )
        self.assertEqual((before.service_date, before.year), (date(2026, 12, 31), 2026))
        self.assertEqual((after.service_date, after.year), (date(2027, 1, 1), 2027))

    def test_a_time_that_nobody_means_is_refused(self):
        for moment in ("0001-01-01 00:00:00", "9999-12-31 23:59:59"):
            with self.assertRaisesRegex(ValidationError, "years 1900 and 2999"):
                self._draw_up(date_begin=moment)

    def test_in_grace_and_after_it(self):
        """A term counts on while its requalification is open."""
        self.assertEqual(self.term_a.date_grace, date(2027, 1, 30))
        self._book(day="2027-01-30")
        self._assert_refused("isn't entitled", day="2027-01-31")

    def test_the_dates_of_a_benefit_are_included(self):
        self.fast_track.write({"date_from": "2026-03-01", "date_to": "2026-05-31"})
        for day in ("2026-02-28", "2026-06-01"):
            self._assert_refused("isn't given on", day=day)
        for day in ("2026-03-01", "2026-05-31"):
            self._book(day=day)

    def test_an_archived_benefit_is_given_no_more(self):
        booking = self._draw_up()
        self.fast_track.active = False
        with self.assertRaisesRegex(UserError, "isn't given"):
            booking.action_book()

    # === What counts === #

    def test_cancelled_in_time_is_given_back(self):
        """To the hour: 24 hours before is in time, a second less is late."""
        self.fast_track.late_counts = True
        in_time, late = self._book(day="2026-04-20"), self._book(day="2026-04-20")
        with freeze_time("2026-04-19 10:00:00"):
            in_time.action_cancel()
        with freeze_time("2026-04-19 10:00:01"):
            late.action_cancel()
        self.assertEqual((in_time.is_late, in_time.is_counted), (False, False))
        self.assertEqual((late.is_late, late.is_counted), (True, True))
        self.assertEqual(self._get_entitlement(), (2, 0, 1, 1))

    def test_late_is_given_back_unless_the_benefit_says_otherwise(self):
        late = self._book(day=TODAY)
        with freeze_time(f"{TODAY} 09:59:00"):
            late.action_cancel()
        self.assertEqual((late.is_late, late.is_counted), (True, False))
        self.assertEqual(self._get_entitlement(), (2, 0, 0, 2))

    def test_a_draft_is_never_cancelled_late(self):
        self.fast_track.late_counts = True
        draft = self._draw_up(day="2026-04-01")
        draft.action_cancel()
        self.assertEqual((draft.is_late, draft.is_counted), (False, False))

    def test_a_no_show_counts_if_the_benefit_says_so(self):
        for counts in (True, False):
            with self.subTest(counts=counts):
                self.fast_track.no_show_counts = counts
                missed = self._book()
                missed.action_miss()
                self.assertEqual(missed.state, "no_show")
                self.assertEqual(missed.is_counted, counts)
        self.assertEqual(self._get_entitlement(), (2, 0, 1, 1))

    def test_a_policy_changed_later_leaves_what_was_settled(self):
        missed = self._book()
        missed.action_miss()
        self.fast_track.no_show_counts = False
        self.assertTrue(missed.is_counted)

    def test_used_counts_and_is_settled_once(self):
        used = self._book()
        used.action_use()
        self.assertEqual((used.state, used.is_counted), ("used", True))
        self.assertEqual(used.settled_by_id, self.officer)
        for step in ("action_use", "action_book", "action_miss", "action_cancel"):
            with self.assertRaisesRegex(UserError, "in the state “Used”"):
                getattr(used, step)()
        self.assertEqual(self._get_entitlement(), (2, 0, 1, 1))

    def test_nobody_says_beforehand_what_became_of_it(self):
        coming = self._book(day=TODAY + timedelta(days=1))
        for step in ("action_use", "action_miss"):
            with self.assertRaisesRegex(UserError, "say afterwards"):
                getattr(coming, step)()

    def test_given_on_the_spot(self):
        gift = self._create_benefit("gift", form="birthday", platinum=1)
        given = self._draw_up(gift)
        given.action_use()
        self.assertEqual((given.state, given.tier_id.code), ("used", "platinum"))
        with self.assertRaisesRegex(UserError, "none of it is left"):
            self._draw_up(gift).action_use()
        with self.assertRaisesRegex(UserError, "no service"):
            self._book(
                self._create_benefit("other", form="birthday", platinum=1)
            ).action_miss()

    # === For whom === #

    def test_a_service_is_for_a_person_of_the_account(self):
        for_nobody = self._draw_up(contact_id=False, account_id=self.account_a.id)
        with self.assertRaisesRegex(UserError, "choose who comes"):
            for_nobody.action_book()
        with self.assertRaisesRegex(ValidationError, "isn't a contact of Beacon"):
            self._draw_up(account_id=self.account_b.id)

    def test_a_discount_is_for_the_account(self):
        discount = self._create_benefit(
            "discount", form="discount", discount_rate=5, platinum=1
        )
        booking = self._book(discount, contact_id=False, account_id=self.account_a.id)
        self.assertEqual(booking.state, "booked")

    def test_the_account_stays_when_the_person_goes(self):
        booking = self._book()
        self.person_a.parent_id = self.account_b
        self.assertEqual(booking.account_id, self.account_a)
        self.assertEqual(self._get_entitlement(), (2, 1, 0, 1))
        booking.action_use()
        draft = self._draw_up()
        self.assertEqual(draft.account_id, self.account_b)

    def test_who_went_meanwhile_is_not_booked_for(self):
        draft = self._draw_up()
        self.person_a.parent_id = self.account_b
        with self.assertRaisesRegex(ValidationError, "isn't a contact of Anchor"):
            draft.action_book()

    # === Consent === #

    def test_a_health_service_needs_consent_first(self):
        """Rule C9."""
        for missing in ("consent_on", "consent_way"):
            self._assert_refused(
                "needs the person's consent", self.doctor, **{missing: False}
            )
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._draw_up(self.doctor, consent_on=TODAY + timedelta(days=1))
        self._book(self.doctor)

    def test_nobody_is_asked_for_consent_to_what_he_does_not_get(self):
        """Rule C9. Not entitled, or nothing left: that is said first."""
        nothing = {"consent_on": False, "consent_way": False}
        self._assert_refused(
            "isn't entitled to Doctor", self.doctor, self.person_b, **nothing
        )
        # One is left: now consent is what is missing. Then none is.
        self._book(self.doctor)
        self._assert_refused("needs the person's consent", self.doctor, **nothing)
        self._book(self.doctor)
        self._assert_refused("owed Doctor 2 times", self.doctor, **nothing)

    def test_nobody_is_asked_for_a_coupon_or_a_person_for_nothing(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=1)
        self._assert_refused("isn't entitled to Coupon", coupon, self.person_b)
        self._assert_refused("enter its code", coupon)
        booking = self._draw_up(self.doctor, self.person_b)
        booking.write({"contact_id": False, "account_id": self.account_b.id})
        with self.assertRaisesRegex(UserError, "isn't entitled to Doctor"):
            booking.action_book()
        booking.account_id = self.account_a
        with self.assertRaisesRegex(UserError, "choose who comes"):
            booking.action_book()

    def test_discreet_benefits_always_need_consent(self):
        self.assertTrue(self.doctor.needs_consent)
        self.fast_track.needs_consent = True
        self._assert_refused("consent", consent_on=False)

    # === Catalogue === #

    def test_what_was_booked_fixes_the_benefit(self):
        self.doctor.is_discreet = True  # as it is
        self._draw_up(self.doctor)
        for values in ({"is_discreet": False}, {"form": "coupon"}):
            with self.assertRaisesRegex(UserError, "has bookings"):
                self.doctor.with_user(self.officer).write(values)
        with self.assertRaisesRegex(UserError, "archive it"):
            self.doctor.with_user(self.officer).unlink()
        copy = self.doctor.copy()
        self.assertEqual((copy.code, len(copy.quota_ids)), ("doctor_copy", 1))
        copy.unlink()

    # === Two companies, and many === #

    def test_another_companys_benefit_is_out_of_reach(self):
        other = self._create_club_company("Other Post")
        foreign = self.env["club.benefit"].create(
            {"name": "Foreign", "code": "foreign", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self._draw_up(foreign)
        with self.assertRaises(UserError):
            self.env["club.benefit.quota"].create(
                {"benefit_id": foreign.id, "tier_id": self.tiers["gold"].id}
            )
        stranger = self._create_user("officer", "stranger", other)
        booking = self._book()
        theirs = booking.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", booking.id)]))

    def test_queries_do_not_grow_with_bookings(self):
        always = self._create_benefit("always", unlimited=("platinum",))

        def count(number):
            accounts = self.env["res.partner"].create(
                [
                    {
                        "name": f"{number} {place}",
                        "is_company": True,
                        "child_ids": [Command.create({"name": "X"})],
                    }
                    for place in range(number)
                ]
            )
            for account in accounts:
                self._give_tier(account, "platinum")
            bookings = self.env["club.benefit.booking"].create(
                [
                    {"benefit_id": always.id, "contact_id": account.child_ids.id}
                    for account in accounts
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            bookings.action_book()
            self.env.flush_all()
            self.assertEqual(set(bookings.mapped("state")), {"booked"})
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(40) - count(20), 2)
