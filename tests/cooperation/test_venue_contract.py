from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon
from .cooperation_case import CooperationMixin


@freeze_time(f"{TODAY} 12:00:00")
@tagged("post_install", "-at_install")
class TestVenueContract(CooperationMixin, BenefitMixin, ClubCommon):
    """A venue's contract is a cooperation; bookings show what tiers get. Rule C8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_cooperation()
        cls._set_up_benefits()
        cls.venue = cls.env["club.venue"].create(
            {
                "name": "Inn",
                "kind": "affiliated",
                "partner_id": cls.supplier.id,
                "is_exclusive": False,
                "contract_number": "Old",
            }
        )

    def _take(self, account=None, day=TODAY, user=None):
        bookings = self.env["club.venue.booking"].with_user(user or self.officer)
        return bookings.create(
            {
                "venue_id": self.venue.id,
                "account_id": account and account.id,
                "date_from": f"{day} 02:00:00",
                "date_to": f"{day} 03:00:00",
                "purpose": "Dinner",
            }
        )

    # === Contract === #

    def test_number_and_period_are_the_contract_s(self):
        contract = self._take_effect(
            date_from=date(2026, 4, 1), date_to=date(2026, 4, 30)
        )
        self.venue.with_user(self.officer).cooperation_id = contract
        self.assertRecordValues(
            self.venue,
            [
                {
                    "contract_number": contract.name,
                    "date_from": date(2026, 4, 1),
                    "date_to": date(2026, 4, 30),
                }
            ],
        )
        contract.sudo().contract_number = "HT-1"
        self.assertEqual(self.venue.contract_number, "HT-1")
        self._take(day="2026-04-30")
        with self.assertRaisesRegex(ValidationError, "contract with Inn ends"):
            self._take(day="2026-05-01")
        for values in ({"date_to": date(2027, 1, 1)}, {"date_from": False}):
            with (
                self.assertRaisesRegex(ValidationError, "is that of its contract"),
                self.cr.savepoint(),
            ):
                self.venue.with_user(self.officer).write(values)
        self.venue.cooperation_id = False
        self.venue.date_to = date(2027, 1, 1)

    def test_a_contract_that_is_not_in_effect_or_with_others_is_refused(self):
        for contract, told in (
            (self._draw_up(), "isn't in effect"),
            (
                self._take_effect(partner_id=self.suppliers[1].id),
                "with somebody else",
            ),
        ):
            with self.assertRaisesRegex(ValidationError, told), self.cr.savepoint():
                self.venue.cooperation_id = contract
        with self.assertRaises(AccessError):
            self.venue.with_user(self.manager).cooperation_id = False

    # === What the tier gives === #

    def test_a_booking_shows_what_the_tier_gives_there(self):
        """The highest line that isn't above the account's tier, on the day."""
        for code, name, discount in (
            ("gold", "Tea", 10),
            ("diamond", "A view of the lake", 20),
        ):
            self.env["club.venue.benefit"].create(
                {
                    "venue_id": self.venue.id,
                    "tier_id": self.tiers[code].id,
                    "name": name,
                    "discount": discount,
                }
            )
        vip = self.env["res.partner"].create({"name": "Small", "is_company": True})
        self._give_tier(vip, "vip")
        for account, given in (
            (self.account_a, "Platinum: Tea (10 % off)"),
            (self.account_b, "Gold: Tea (10 % off)"),
            (vip, False),
            (None, False),
        ):
            self.assertEqual(self._take(account).given, given)
        self.venue.benefit_ids[0].discount = 0
        self.assertEqual(self._take(self.account_b).given, "Gold: Tea")
        later = self._take(self.account_b, day="2027-04-01")
        self.assertFalse(later.given, "no membership on that day")

    def test_whoever_may_not_read_the_standing_learns_nothing(self):
        self.env["club.venue.benefit"].create(
            {
                "venue_id": self.venue.id,
                "tier_id": self.tiers["gold"].id,
                "name": "Tea",
            }
        )
        booking = self._take(self.account_b)
        for user, told in (
            (self.officer, True),
            (self.auditor, True),
            (self._create_user("user", "other_manager"), False),
        ):
            found = booking.with_user(user)
            found.invalidate_recordset(["given"])
            self.assertEqual(bool(found.given), told, user.login)
