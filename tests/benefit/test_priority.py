import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .benefit_case import BenefitCase

NOON = f"{TODAY} 12:00:00"  # 10 April


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestPriority(BenefitCase):
    """Priority booking opens some days earlier; discounts are taken up. Rule D12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.priority = cls._create_benefit(
            "early", form="priority", unlimited=("platinum",), gold=1
        )
        for quota in cls.priority.quota_ids:
            is_top = quota.tier_id.code == "platinum"
            quota.days_earlier = 7 if is_top else 0
        cls.room = cls.env["club.venue"].create(
            {"name": "Tea Room", "bookable_days": 10, "is_exclusive": False}
        )

    def _take(self, day, **values):
        bookings = self.env["club.venue.booking"].with_user(self.officer)
        return bookings.create(
            {
                "venue_id": self.room.id,
                "date_from": f"{day} 02:00:00",
                "date_to": f"{day} 03:00:00",
                "purpose": "Tea",
                **values,
            }
        )

    # === Venues === #

    def test_venues_open_so_many_days_ahead_and_earlier_with_priority(self):
        """At and beyond the bound: Gold 10 days, Platinum 10 and 7."""
        for account, day, is_open in (
            (self.account_b, "2026-04-20", True),
            (self.account_b, "2026-04-21", False),
            (self.account_a, "2026-04-27", True),
            (self.account_a, "2026-04-28", False),
        ):
            with self.subTest(account=account.name, day=day):
                if is_open:
                    self._take(day, account_id=account.id)
                    continue
                with self.assertRaisesRegex(ValidationError, "days ahead"):
                    self._take(day, account_id=account.id)

    def test_the_refusal_names_the_day_on_which_it_opens(self):
        with self.assertRaisesRegex(ValidationError, "17 days ahead.*04/11/2026 on"):
            self._take("2026-04-28", account_id=self.account_a.id)

    def test_the_club_itself_books_any_time_ahead(self):
        booking = self._take("2026-12-01")
        with self.assertRaisesRegex(ValidationError, "days ahead"):
            booking.account_id = self.account_a
        self.room.bookable_days = 0
        self._take("2026-12-01", account_id=self.account_b.id)

    def test_an_activity_opens_its_own_days_only(self):
        """Whoever names some activity would else book any day for his account."""
        kind = self.env["club.activity.type"].create({"name": "Talk", "code": "talk"})
        activity = self.env["club.activity"].create(
            {
                "theme": "Talk",
                "type_id": kind.id,
                "unit_id": self.unit.id,
                "reason": "Test",
                "headcount": 10,
                "date_begin": "2026-07-01 01:00:00",
                "date_end": "2026-07-02 09:00:00",
            }
        )
        values = {"activity_id": activity.id, "account_id": self.account_b.id}
        for day in ("2026-07-01", "2026-07-02"):
            self._take(day, **values)
        for day in ("2026-06-30", "2026-07-03"):
            with self.assertRaisesRegex(ValidationError, "days ahead"):
                self._take(day, **values)

    def test_moving_a_booking_asks_again(self):
        booking = self._take("2026-04-20", account_id=self.account_b.id)
        with self.assertRaisesRegex(ValidationError, "days ahead"):
            booking.write(
                {"date_from": "2026-04-22 02:00:00", "date_to": "2026-04-22 03:00:00"}
            )

    def test_priority_that_is_not_given_any_more_opens_nothing(self):
        for values in (
            {"active": False},
            {"active": True, "date_to": "2026-04-09"},
        ):
            self.priority.write(values)
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "10 da"):
                self._take("2026-04-21", account_id=self.account_a.id)

    # === Benefits === #

    def test_benefits_open_as_venues_do(self):
        self.fast_track.bookable_days = 10
        for contact, day, is_open in (
            (self.person_b, "2026-04-20", True),
            (self.person_a, "2026-04-27", True),
            (self.person_a, "2026-04-28", False),
        ):
            booking = self._draw_up(contact=contact, day=day)
            with self.subTest(day=day):
                if is_open:
                    booking.action_book()
                    continue
                with self.assertRaisesRegex(ValidationError, "days ahead"):
                    booking.action_book()

    def test_days_have_bounds(self):
        quota = self.priority.quota_ids[0]
        for record, name, most in (
            (quota, "days_earlier", 365),
            (self.room, "bookable_days", 3650),
            (self.fast_track, "bookable_days", 3650),
        ):
            record[name] = most
            self.env.flush_all()
            for value in (-1, most + 1):
                with (
                    self.subTest(name=name, value=value),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.IntegrityError),
                ):
                    record[name] = value
                    self.env.flush_all()

    # === Discounts === #

    def _create_discount(self, **values):
        return self._create_benefit(
            "off", form="discount", unlimited=("platinum",), **values
        )

    def test_a_discount_says_how_much_it_is(self):
        booking = self._draw_up(self._create_discount(), contact=self.person_a)
        with self.assertRaisesRegex(UserError, "rate or amount"):
            booking.action_book()
        for values in (
            {"discount_rate": 5, "discount_amount": 5},
            {"discount_rate": 100.01},
            {"discount_rate": -1},
            {"discount_amount": -1},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                booking.benefit_id.write(values)
                self.env.flush_all()

    def test_a_rate_is_of_the_list_price(self):
        """As it was when it was booked; what was given stays."""
        benefit = self._create_discount(discount_rate=5)
        booking = self._book(benefit)
        benefit.discount_rate = 50
        with self.assertRaisesRegex(UserError, "list price"):
            booking.action_use()
        booking.list_amount = 199.9
        booking.action_use()
        self.assertEqual(booking.discount_given, 10)
        self.assertEqual(booking.discount_rate, 5)
        with self.assertRaisesRegex(UserError, "stays as it was"):
            booking.list_amount = 1
        self.assertEqual(self._get_entitlement(benefit), (0, 0, 1, 0))

    def test_an_amount_is_never_more_than_the_price(self):
        benefit = self._create_discount(discount_amount=20)
        for price, given in ((0, 20), (100, 20), (20, 20), (15, 15)):
            booking = self._book(benefit, list_amount=price)
            booking.action_use()
            with self.subTest(price=price):
                self.assertEqual(booking.discount_given, given)

    def test_other_forms_give_no_discount(self):
        booking = self._book()
        booking.action_use()
        self.assertEqual((booking.discount_given, booking.discount_rate), (0, 0))

    # === What is installed === #

    def test_there_is_one_of_each_form_by_default(self):
        main = self.env.ref("base.main_company")
        benefits = self.env["club.benefit"].search([("company_id", "=", main.id)])
        forms = dict(benefits._fields["form"].selection)
        self.assertEqual(set(benefits.mapped("form")), set(forms))
        quotas = self.env.ref("crm_club.club_benefit_priority").quota_ids
        self.assertEqual(
            {quota.tier_id.code: quota.days_earlier for quota in quotas},
            {"gold": 3, "platinum": 7, "diamond": 14},
        )
