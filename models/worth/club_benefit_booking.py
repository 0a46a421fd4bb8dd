from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..benefit.club_benefit import BIRTHDAY, COUPON
from ..benefit.club_benefit_booking import BOOKED, CANCELLED, USED
from .gift_limits import check_given_something, read_limits


class ClubBenefitBooking(models.Model):
    """Bookings that gifts are given out by; coupons that are redeemed by their code.
    Rules D12, D17.
    """

    _inherit = "club.benefit.booking"

    gift_ids = fields.One2many("club.gift", "booking_id", "Gifts", readonly=True)

    def _check_can_book(self, quota, counted):
        """A coupon is as good as money: who is given nothing isn't given one. What is
        given out is never what was owed in a year that is over; gifts judge that.
        """
        result = super()._check_can_book(quota, counted)
        if self.form == COUPON:
            self._check_class_of_coupon()
        is_given_out = self.form in (COUPON, BIRTHDAY) and not self.env.su
        if is_given_out and self.year < self.company_id._club_today().year:
            raise UserError(
                self.env._(
                    "%(booking)s is for %(day)s: what was owed in a year that is over "
                    "isn't given out any more.",
                    booking=self.name,
                    day=format_date(self.env, self.service_date),
                )
            )
        return result

    def _check_class_of_coupon(self):
        today = self.company_id._club_today()
        what = self.benefit_id.name
        check_given_something(self.account_id, self.company_id, today, what)

    def _check_can_use(self):
        """A birthday gift has a value, which counts where the account's gifts are
        limited: a booking alone would tell none.
        """
        super()._check_can_use()
        if self.form == COUPON:
            self._check_class_of_coupon()
        # sudo: gifts and classes decide, whoever may read them
        if self.form != BIRTHDAY or self.sudo().gift_ids:
            return
        key = (self.account_id.id, self.service_date)
        limit = read_limits(self.env, self.company_id, [key]).get(key)
        if limit:
            class_sudo = self.env["club.account.class"].sudo().browse(limit.class_id)
            raise UserError(
                self.env._(
                    "%(account)s is of the class “%(class_name)s”, whose gifts are "
                    "limited: put %(benefit)s on a gift list, where its value counts.",
                    account=self.account_id.display_name,
                    class_name=class_sudo.name,
                    benefit=self.benefit_id.name,
                )
            )

    def _take_back(self):
        """Give back what was booked or used: the gift wasn't given, or it came back.

        The caller holds the accounts.
        """
        self._set_state(
            (BOOKED, USED),
            CANCELLED,
            is_counted=False,
            settled_at=fields.Datetime.now(),
            settled_by_id=self.env.uid,
        )

    # === Coupons === #

    @api.model
    def _redeem(self, code):
        """Take a coupon of the company in use by the code that was typed, once.

        Two who type it at once meet where the accounts are held. Rule D12.

        :return: its booking
        :raises UserError: for a code that no coupon of the user's accounts has, and one
            that was redeemed
        """
        code = (code or "").strip()
        coupon = self.search(
            [
                *(("coupon_code", "=", code), ("company_id", "=", self.env.company.id)),
                ("benefit_id.form", "=", COUPON),
            ],
            limit=1,
        )
        if not code or not coupon:
            raise UserError(
                self.env._(
                    "No coupon of an account of yours has the code “%s”: type it as it "
                    "stands on the coupon.",
                    code,
                )
            )
        if coupon.state == USED:
            raise UserError(coupon._describe_redeemed())
        coupon._check_state(BOOKED)
        coupon.action_use()
        return coupon

    def _describe_redeemed(self):
        company = self.company_id
        return self.env._(
            "Coupon %(code)s was redeemed on %(day)s already: %(booking)s.",
            code=self.coupon_code,
            day=format_date(self.env, company._club_day(self.settled_at)),
            booking=self.name,
        )
