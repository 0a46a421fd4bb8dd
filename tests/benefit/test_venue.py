import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .benefit_case import BenefitCase

NOON = f"{TODAY} 12:00:00"


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestVenue(BenefitCase):
    """Rooms and affiliated venues, booked without clashes. Rule C8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room, cls.hall = cls.env["club.venue"].create(
            [{"name": "Tea Room", "capacity": 12}, {"name": "Hall"}]
        )
        cls.hotel = cls.env["club.venue"].create(
            {
                "name": "Hotel",
                "kind": "affiliated",
                "partner_id": cls.env["res.partner"].create({"name": "Inn"}).id,
                "date_from": "2026-04-01",
                "date_to": "2026-04-30",
                "is_exclusive": False,
            }
        )

    def _take(self, begin, end, venue=None, user=None, day=TODAY, **values):
        user = user or self.officer
        return (
            self.env["club.venue.booking"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "venue_id": (venue or self.room).id,
                    "date_from": f"{day} {begin}",
                    "date_to": f"{day} {end}",
                    "purpose": "Tea",
                    **values,
                }
            )
        )

    def _assert_clash(self, *args, **values):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ExclusionViolation),
        ):
            self._take(*args, **values)

    # === Clashes === #

    def test_two_at_once_are_refused(self):
        self._take("10:00:00", "12:00:00")
        for begin, end in (
            ("10:00:00", "12:00:00"),
            ("11:59:59", "13:00:00"),
            ("09:00:00", "10:00:01"),
            ("10:30:00", "11:00:00"),
            ("09:00:00", "13:00:00"),
        ):
            with self.subTest(begin=begin, end=end):
                self._assert_clash(begin, end)

    def test_touching_ones_and_other_venues_do_not_clash(self):
        self._take("10:00:00", "12:00:00")
        self._take("12:00:00", "13:00:00")
        self._take("09:00:00", "10:00:00")
        self._take("10:00:00", "12:00:00", self.hall)

    def test_what_is_cancelled_frees_the_venue(self):
        first = self._take("10:00:00", "12:00:00")
        first.action_cancel()
        self._take("10:00:00", "12:00:00")
        with self.assertRaisesRegex(UserError, "in the state “Cancelled”"):
            first.action_cancel()

    def test_what_was_used_still_takes_the_venue(self):
        self._take("10:00:00", "12:00:00").action_hold()
        self._assert_clash("11:00:00", "13:00:00")

    def test_moving_one_into_another_is_refused(self):
        self._take("10:00:00", "12:00:00")
        later = self._take("14:00:00", "15:00:00")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ExclusionViolation),
        ):
            later.date_from = f"{TODAY} 11:00:00"
            later.flush_recordset()

    def test_several_parties_where_the_venue_allows(self):
        first = self._take("10:00:00", "12:00:00", self.hotel)
        self._take("10:00:00", "12:00:00", self.hotel)
        self.hotel.is_exclusive = True
        self.assertFalse(first.is_exclusive, "as it was when it was booked")
        self._take("10:00:00", "12:00:00", self.hotel)
        self._assert_clash("10:00:00", "12:00:00", self.hotel)

    # === Contract and capacity === #

    def test_the_contract_includes_its_days(self):
        for day, words in (
            ("2026-03-31", "begins on"),
            ("2026-05-01", "ends on"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._take("10:00:00", "11:00:00", self.hotel, day=day)
        for day in ("2026-04-01", "2026-04-30"):
            self._take("10:00:00", "11:00:00", self.hotel, day=day)

    def test_the_contracts_days_are_the_companys(self):
        self._take("16:00:00", "17:00:00", self.hotel, day="2026-03-31")
        with self.assertRaisesRegex(ValidationError, "ends on"):
            self._take("15:00:00", "16:00:00", self.hotel, day="2026-04-30")

    def test_below_at_and_above_the_capacity(self):
        self._take("08:00:00", "09:00:00", headcount=11)
        self._take("09:00:00", "10:00:00", headcount=12)
        with self.assertRaisesRegex(ValidationError, "room for 12 people, not for 13"):
            self._take("10:00:00", "11:00:00", headcount=13)
        self._take("10:00:00", "11:00:00", self.hall, headcount=500)

    def test_nonsense_is_refused(self):
        for values in ({"headcount": 0}, {"date_to": f"{TODAY} 10:00:00"}):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                self._take("10:00:00", "11:00:00", **values)
        self.hall.active = False
        with self.assertRaisesRegex(ValidationError, "archived"):
            self._take("10:00:00", "11:00:00", self.hall)
        with self.assertRaisesRegex(ValidationError, "choose the partner"):
            self.hall.kind = "affiliated"

    # === Uses === #

    def test_uses_per_account(self):
        used = self._take("10:00:00", "11:00:00", contact_id=self.person_a.id)
        self.assertEqual(used.account_id, self.account_a)
        self.assertEqual(self.account_a.club_venue_use_count, 0)
        used.action_hold()
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_venue_use_count, 1)
        self.assertEqual(self.person_a.club_venue_use_count, 1)
        self.assertEqual(self.account_b.club_venue_use_count, 0)
        action = self.account_a.action_open_club_venue_bookings()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), used)

    def test_only_what_has_begun_was_used(self):
        at_noon = self._take("12:00:00", "13:00:00")
        later = self._take("13:00:00", "14:00:00")
        at_noon.action_hold()
        with self.assertRaisesRegex(UserError, "hasn't begun"):
            later.action_hold()
        with self.assertRaisesRegex(UserError, "was used and stays"):
            at_noon.unlink()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            at_noon.purpose = "Coffee"
        later.unlink()

    def test_an_activity_shows_its_venues(self):
        kind = self.env["club.activity.type"].create({"name": "Talk", "code": "talk"})
        activity = self.env["club.activity"].create(
            {
                "theme": "Talk",
                "type_id": kind.id,
                "unit_id": self.unit.id,
                "reason": "Test",
                "headcount": 10,
                "date_begin": f"{TODAY} 14:00:00",
                "date_end": f"{TODAY} 16:00:00",
            }
        )
        self._take("14:00:00", "16:00:00", activity_id=activity.id)
        self.assertEqual(activity.venue_booking_count, 1)
        context = activity.action_open_venue_bookings()["context"]
        self.assertEqual(context["default_purpose"], "Talk")

    # === Who may === #

    def test_everybody_sees_what_is_taken_and_changes_his_own(self):
        foreign = self._take("10:00:00", "11:00:00")
        for user in (self.manager, self.lead, self.finance, self.auditor):
            self.assertEqual(foreign.with_user(user).purpose, "Tea")
            with self.assertRaises(AccessError):
                foreign.with_user(user).action_cancel()
        own = self._take(
            "11:00:00", "12:00:00", user=self.manager, account_id=self.account_a.id
        )
        own.action_cancel()
        with self.assertRaises(AccessError):
            self._take(
                "12:00:00", "13:00:00", user=self.manager, account_id=self.account_b.id
            )

    def test_what_only_buttons_do(self):
        own = self._take("11:00:00", "12:00:00", user=self.manager)
        for values in (
            {"state": "done"},
            {"is_exclusive": False},
            {"booked_by_id": self.officer.id},
        ):
            with self.assertRaises(AccessError):
                own.write(values)
            with self.assertRaises(AccessError):
                self._take("13:00:00", "14:00:00", user=self.manager, **values)
        with self.assertRaises(AccessError):
            self.room.with_user(self.lead).write({"capacity": 99})

    def test_a_venue_with_bookings_stays(self):
        self._take("10:00:00", "11:00:00")
        self.assertEqual(self.room.booking_count, 1)
        with self.assertRaisesRegex(UserError, "archive it"):
            self.room.unlink()
        other = self._create_club_company("Other Post")
        with self.assertRaisesRegex(UserError, "stays with its company"):
            self.room.company_id = other
        self.hall.unlink()
        stranger = self._create_user("officer", "stranger", other)
        theirs = self.room.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(theirs.search([("id", "=", self.room.id)]))
