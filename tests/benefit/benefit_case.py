"""Benefits, members and bookings that the tests of benefits share."""

from datetime import date

from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon, ClubFixture
from ..shared_world import shared

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


class BenefitMixin(ClubFixture):
    """Anchor Mills is Platinum in 2026, Beacon Foods is Gold. Platinum is owed the fast
    track twice, Gold once; the TCM doctor, which is discreet, is for Platinum twice.
    """

    @classmethod
    @shared
    def _set_up_benefits(cls):
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.term_a = cls._give_tier(cls.account_a, "platinum")
        cls.term_b = cls._give_tier(cls.account_b, "gold")
        cls.fast_track = cls._create_benefit("fast_track", platinum=2, gold=1)
        cls.doctor = cls._create_benefit("doctor", is_discreet=True, platinum=2)
        cls.person_a = cls._create_person("Li Ming", cls.account_a)
        cls.person_b = cls._create_person("Wang Fang", cls.account_b)

    @classmethod
    def _give_tier(cls, account, code, date_from=YEAR[0], date_to=YEAR[1]):
        memberships = cls.env["club.membership"]
        ids = memberships._insert(
            cls.program,
            [
                {
                    "account_id": account.id,
                    "group_id": cls.membership.id,
                    "tier_id": cls.tiers[code].id,
                    "date_from": date_from,
                    "date_to": date_to,
                    "origin": "opening",
                }
            ],
        )
        cls.program._refresh_mirrors(account)
        return memberships.browse(ids)

    @classmethod
    def _create_benefit(cls, code, unlimited=(), **values):
        numbers = {tier: values.pop(tier) for tier in cls.tiers if tier in values}
        benefit = cls.env["club.benefit"].create(
            {"name": code.title(), "code": code, "company_id": cls.company.id, **values}
        )
        cls.env["club.benefit.quota"].create(
            [
                {
                    "benefit_id": benefit.id,
                    "tier_id": cls.tiers[tier].id,
                    "times": numbers.get(tier, 0),
                    "is_unlimited": tier in unlimited,
                }
                for tier in {*numbers, *unlimited}
            ]
        )
        return benefit

    @classmethod
    def _create_person(cls, name, account):
        return cls.env["res.partner"].create({"name": name, "parent_id": account.id})

    def _draw_up(self, benefit=None, contact=None, user=None, day=TODAY, **values):
        benefit = benefit or self.fast_track
        consent = {"consent_on": TODAY, "consent_way": "spoken"}
        user = user or self.officer
        return (
            self.env["club.benefit.booking"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "benefit_id": benefit.id,
                    "contact_id": (contact or self.person_a).id,
                    "date_begin": f"{day} 10:00:00",
                    **(consent if benefit.needs_consent else {}),
                    **values,
                }
            )
        )

    def _book(self, *args, **values):
        booking = self._draw_up(*args, **values)
        booking.action_book()
        return booking

    def _get_entitlement(self, benefit=None, account=None, year=2026, user=None):
        """Return what the view shows: owed, booked, used, left; None without a row."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = (
            self.env["club.entitlement"]
            .with_user(user or self.officer)
            .with_context(allowed_company_ids=self.company.ids)
            .search(
                [
                    ("account_id", "=", (account or self.account_a).id),
                    ("benefit_id", "=", (benefit or self.fast_track).id),
                    ("year", "=", year),
                ]
            )
        )
        self.assertLessEqual(len(found), 1)
        if not found:
            return None
        return found.owed, found.booked, found.used, found.left


@freeze_time(TODAY)
class BenefitCase(BenefitMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_benefits()
