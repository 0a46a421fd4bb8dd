from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import ClubCommon
from ..hosting.hosting_case import HostingFixture

# Seven in the morning of the 11th in China, still the 10th in Greenwich.
NOW = "2026-04-10 23:00:00"
TODAY, YESTERDAY = date(2026, 4, 11), date(2026, 4, 10)
DAY = timedelta(days=1)
WEST = "America/Los_Angeles"  # where it is the 10th, too


@tagged("post_install", "-at_install")
class TestClubTimezone(ClubCommon):
    """Where the club's days begin and end is set once, and never by default. A9."""

    def _create_company(self, country=None, tz=None, user_tz=None):
        self.env.user.tz = user_tz
        return (
            self.env["res.company"]
            .with_context(tz=tz)  # of the client who makes the company
            .create(
                {
                    "name": f"Post of {tz} and {user_tz}",
                    "country_id": country and self.env.ref(country).id,
                }
            )
        )

    def _get_programs(self, user):
        programs = self.env["club.program"].with_user(user)
        return programs.with_context(allowed_company_ids=user.company_ids.ids)

    def test_china_has_one_zone(self):
        company = self._create_company("base.cn", tz=WEST, user_tz=WEST)
        self.assertEqual(company.club_timezone, "Asia/Shanghai")

    def test_elsewhere_the_company_says_or_who_makes_it(self):
        company = self._create_company("base.us", tz=WEST, user_tz="Europe/Paris")
        self.assertEqual(company.club_timezone, WEST)
        company = self._create_company("base.us", user_tz="Europe/Paris")
        self.assertEqual(company.club_timezone, "Europe/Paris")

    def test_a_zone_that_is_set_stays(self):
        company = self._create_company("base.us", tz=WEST)
        company.country_id = self.env.ref("base.cn")
        company.partner_id.tz = "Europe/Paris"
        self.assertEqual(company.club_timezone, WEST)

    def test_a_program_asks_for_the_zone(self):
        company = self._create_company()
        self.assertFalse(company.club_timezone)
        self.env.ref("base.user_admin").tz = False
        admin = self._create_user("admin", company=company)
        admin.tz = False
        programs = self._get_programs(admin)
        values = {"name": "New", "company_id": company.id}
        with self.assertRaisesRegex(ValidationError, "needs a club time zone"):
            programs.create(values)
        asleep = programs.create({**values, "active": False})
        with self.assertRaisesRegex(ValidationError, "needs a club time zone"):
            asleep.active = True
        program = programs.create({**values, "club_timezone": "Asia/Tokyo"})
        self.assertEqual(company.club_timezone, "Asia/Tokyo")
        with self.assertRaisesRegex(ValidationError, "needs a club time zone"):
            program.club_timezone = False

    def test_who_creates_the_program_gives_his_zone(self):
        company = self._create_company()
        company.club_timezone = False
        admin = self._create_user("admin", company=company)
        admin.tz = "Asia/Tokyo"
        programs = self._get_programs(admin)
        programs.create({"name": "New", "company_id": company.id})
        self.assertEqual(company.club_timezone, "Asia/Tokyo")

    def test_a_club_administrator_changes_it_and_it_is_logged(self):
        """Rule E2."""
        admin = self._create_user("admin")
        self.program.with_user(admin).club_timezone = "Asia/Urumqi"
        self.assertEqual(self.company.club_timezone, "Asia/Urumqi")
        entry = self.env["club.change"].search(
            [("res_model", "=", "res.company"), ("res_id", "=", self.company.id)]
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "create_uid": admin.id,
                    "field_name": "club_timezone",
                    "old_value": "Asia/Shanghai",
                    "new_value": "Asia/Urumqi",
                    "company_id": self.company.id,
                }
            ],
        )

    def test_nobody_else_changes_it(self):
        for user in (self.officer, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self.program.with_user(user).write({"club_timezone": WEST})
        system = new_test_user(
            self.env,
            "system",
            groups="base.group_system",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        with self.assertRaises(AccessError):
            self.company.with_user(system).club_timezone = WEST
        self.assertEqual(self.company.club_timezone, "Asia/Shanghai")

    def test_moments_and_clocks(self):
        company = self.company
        self.assertEqual(
            company._club_local(datetime(2026, 4, 10, 16)), datetime(2026, 4, 11)
        )
        self.assertEqual(company._club_day(datetime(2026, 4, 10, 15, 59)), YESTERDAY)
        self.assertEqual(company._club_day(datetime(2026, 4, 10, 16)), TODAY)
        self.assertEqual(
            company._club_utc(datetime(2026, 4, 11)), datetime(2026, 4, 10, 16)
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClubDay(HostingFixture, ClubCommon):
    """It is the same day for everybody, and the club's clock says which."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_hosting()
        cls._set_up_seats()
        # Neither the user's nor the browser's zone decides.
        users = cls.officer | cls.finance | cls.clerk | cls.manager
        users.tz = WEST

    def _as(self, user, model):
        return self.env[model].with_user(user).with_context(tz=WEST)

    def test_defaults_are_the_clubs_day(self):
        for model, name, day in (
            ("club.agreement", "date_from", TODAY),
            ("club.unit.clerk", "date_from", TODAY),
            ("club.account.score", "date_from", TODAY),
            ("club.account.classification", "date_from", TODAY),
            ("club.cooperation.bid", "date", TODAY),
            ("club.audit.finding", "date_deadline", TODAY + 14 * DAY),
            ("club.requalification", "date_from", date(2026, 4, 1)),
            ("club.points.run", "month", date(2026, 3, 1)),
        ):
            with self.subTest(model):
                found = self._as(self.officer, model).sudo().default_get([name])
                self.assertEqual(fields.Date.to_date(found[name]), day)

    def test_an_agreement_begins_with_the_clubs_day(self):
        """Rule B1."""
        values = {"account_id": self.account_a.id, "program_id": self.program.id}
        begun, ahead = self._as(self.officer, "club.agreement").create(
            [
                {**values, "number": "BEGUN", "date_from": TODAY},
                {**values, "number": "AHEAD", "date_from": TODAY + DAY},
            ]
        )
        ahead.unlink()
        with self.assertRaisesRegex(UserError, "BEGUN has begun"):
            begun.unlink()

    def test_a_clerk_verifies_until_his_last_day(self):
        """Rule B6."""
        seat = self.env["club.unit.clerk"].search([("user_id", "=", self.clerk.id)])
        for last, expected in ((TODAY, self.unit), (YESTERDAY, self.unit[:0])):
            seat.date_to = last
            units = self._as(self.clerk, "crm.team").search(
                [("club_is_verified", "=", True)]
            )
            self.assertEqual(units, expected)

    def test_a_seat_is_held_until_its_last_day(self):
        """Rule E1."""
        body = self._get_body("office")
        seat = body.seat_ids
        for last, expected in ((TODAY, seat.user_id), (YESTERDAY, seat.user_id[:0])):
            seat.date_to = last
            self.env.invalidate_all()
            self.assertEqual(body.with_context(tz=WEST).holder_ids, expected)

    def test_points_are_spent_until_their_last_day(self):
        """Rule B7."""
        self._add_revenue(self.account_a, 100, "2026-01")
        self.program.write({"life_months": 2, "redemption_months": 0})
        self._post_run("2026-01")
        entry = self.env["club.points.entry"].search(
            [("account_id", "=", self.account_a.id)]
        )
        self.assertEqual(entry.valid_until, date(2026, 3, 31))
        balances = self._as(self.officer, "club.points.entry")
        for moment, expected in (
            ("2026-03-31 15:59:59", 100),
            ("2026-03-31 16:00:00", 0),
        ):
            with freeze_time(moment):
                found = balances._get_balances(self.program, self.account_a)
                self.assertEqual(found[self.account_a.id].available, expected)

    def test_a_term_counts_until_its_last_day(self):
        """Rule A6."""
        self.program.grace_days = 0
        tier = self.membership.tier_ids[0]
        for last, expected in ((TODAY, 1), (YESTERDAY, 0)):
            with self.env.cr.savepoint() as savepoint:
                self.env["club.membership"]._insert(
                    self.program,
                    [
                        {
                            "account_id": self.account_a.id,
                            "group_id": self.membership.id,
                            "tier_id": tier.id,
                            "date_from": date(2026, 1, 1),
                            "date_to": last,
                            "origin": "opening",
                        }
                    ],
                )
                self.env.invalidate_all()
                self.assertEqual(tier.with_context(tz=WEST).membership_count, expected)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_deadline_passes_at_the_clubs_midnight(self):
        """Rule C6."""
        self.assertEqual(
            self._as(self.officer, "club.need")._default_due(),
            TODAY + self.program.need_days * DAY,
        )

    def test_a_round_is_submitted_on_the_clubs_day(self):
        """Rule E1."""
        request = self.env["club.approval.request"].new(
            {"company_id": self.company.id, "submitted_at": NOW}
        )
        self.assertEqual(request.with_context(tz=WEST)._get_submission_day(), TODAY)
        self.assertIn("7:00", request.with_context(tz=WEST)._get_applied_text())

    def test_a_banquet_prints_when_it_begins(self):
        """Half past six in the evening is half past six on the card. Rule D3."""
        banquet = self._create_banquet(date_begin=datetime(2026, 5, 20, 10, 30))
        seats = self._create_guests(banquet, 1)
        cards = self.env["club.banquet.cards"].with_user(self.officer)
        card = cards.with_context(tz=WEST)._prepare_invitation(seats)
        self.assertEqual(card.time, "6:30\N{NARROW NO-BREAK SPACE}PM")
        self.assertIn("May 20", card.day)
