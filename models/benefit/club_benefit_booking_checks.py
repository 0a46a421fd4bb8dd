"""Which step of a benefit booking may be taken, and when. Rules C9, D12."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...kernel import quota as quotas
from ..accounts import check_contact
from .club_benefit import COUPON, SERVICE
from .club_benefit_booking import BOOKED, DRAFT


class ClubBenefitBooking(models.Model):
    _inherit = "club.benefit.booking"

    # === Constraints === #

    @api.constrains("contact_id", "account_id")
    def _check_contact_id(self):
        """Judge when it is drawn up: people may go to another company later."""
        for booking in self:
            check_contact(booking.contact_id, booking.account_id)

    @api.constrains("consent_on")
    def _check_consent_on(self):
        today = self.env["club.program"]._today()
        for booking in self:
            if booking.consent_on and booking.consent_on > today:
                raise ValidationError(
                    self.env._(
                        "Nobody has agreed to anything in the future: mend the date "
                        "of consent."
                    )
                )

    # === Fixed === #

    def _check_can_unlink(self):
        for booking in self:
            if booking.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s was booked and stays: only drafts are deleted.",
                        booking.name,
                    )
                )

    # === Booking === #

    def _check_can_book(self, quota, counted):
        """Judge a draft by what is owed on its day and what counts already.

        :param quota: of the account's tier on the day
        :param counted: how many bookings of the year count before this one
        """
        self._check_state(DRAFT)
        self._check_contact_id()
        benefit = self.benefit_id
        if not benefit._is_given_on(self.service_date):
            raise UserError(
                self.env._(
                    "%(benefit)s isn't given on %(day)s: see its dates in the "
                    "catalogue.",
                    benefit=benefit.name,
                    day=format_date(self.env, self.service_date),
                )
            )
        if not quota.is_entitled:
            raise UserError(
                self.env._(
                    "%(account)s isn't entitled to %(benefit)s on %(day)s: its "
                    "membership tier of that day doesn't include it.",
                    account=self.account_id.display_name,
                    benefit=benefit.name,
                    day=format_date(self.env, self.service_date),
                )
            )
        if not quotas.is_enough(quota, counted):
            raise UserError(self._describe_exhausted(quota))
        # Nobody is asked who comes, or whether he agrees, for what he won't get.
        if benefit._is_per_person() and not self.contact_id:
            raise UserError(
                self.env._("%s is booked per person: choose who comes.", benefit.name)
            )
        self._check_consent()
        self._check_coupon()

    def _describe_exhausted(self, quota):
        return self.env._(
            "%(account)s is owed %(benefit)s %(times)s times in %(year)s, and none of "
            "it is left: cancel another booking, or choose a day of another year.",
            account=self.account_id.display_name,
            benefit=self.benefit_id.name,
            times=quota.times,
            year=str(self.year),
        )

    def _check_consent(self):
        """The person agreed before: when and how is recorded. Rule C9."""
        if not self.benefit_id.needs_consent:
            return
        if self.consent_on and self.consent_way:
            return
        raise UserError(
            self.env._(
                "%s needs the person's consent first: enter on which day it was given, "
                "and how.",
                self.benefit_id.name,
            )
        )

    def _check_coupon(self):
        if self.benefit_id.form != COUPON:
            return
        if not self.coupon_code:
            raise UserError(
                self.env._("%s is a coupon: enter its code.", self.benefit_id.name)
            )
        if self.valid_until and self.valid_until < self.service_date:
            raise UserError(
                self.env._(
                    "Coupon %(code)s would end on %(day)s, before it is given out.",
                    code=self.coupon_code,
                    day=format_date(self.env, self.valid_until),
                )
            )

    # === Afterwards === #

    def _check_can_use(self):
        self._check_state(BOOKED)
        self._check_began()
        today = self.env["club.program"].with_company(self.company_id)._today()
        if self.valid_until and self.valid_until < today:
            raise UserError(
                self.env._(
                    "Coupon %(code)s ended on %(day)s: it isn't taken any more.",
                    code=self.coupon_code,
                    day=format_date(self.env, self.valid_until),
                )
            )

    def _check_can_miss(self):
        self._check_state(BOOKED)
        if self.benefit_id.form != SERVICE:
            raise UserError(
                self.env._(
                    "%s is no service that somebody could stay away from: cancel it.",
                    self.benefit_id.name,
                )
            )
        self._check_began()

    def _check_began(self):
        today = self.env["club.program"].with_company(self.company_id)._today()
        if self.service_date > today:
            raise UserError(
                self.env._(
                    "%(booking)s is for %(day)s: say afterwards what became of it.",
                    booking=self.name,
                    day=format_date(self.env, self.service_date),
                )
            )

    def _check_can_cancel(self):
        self._check_state(DRAFT, BOOKED)

    def _get_hours_before(self):
        """Return the hours from now to the service; below 0 once it began."""
        self.ensure_one()
        return (self.date_begin - fields.Datetime.now()).total_seconds() / 3600
