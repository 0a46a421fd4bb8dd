"""Who may take which step of a redemption, and when. Rules B7, B13, E2."""

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import formatLang

from ...kernel import points_lots
from .club_redemption import DEBITED, DRAFT, RESERVED
from .decimals import to_decimal

# Who sees that something was delivered: an officer is a unit lead besides.
SETTLES = "crm_club.crm_club_group_lead"


class ClubRedemption(models.Model):
    _inherit = "club.redemption"

    def _check_may_settle(self):
        """Debiting and returning are for the unit's lead and the club's officers."""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(SETTLES)):
            raise AccessError(
                self.env._(
                    "Points are debited and returned by the unit's lead or a club "
                    "officer."
                )
            )

    def _check_can_unlink(self):
        for redemption in self:
            if redemption.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s held points and stays: only drafts are deleted.",
                        redemption.name,
                    )
                )

    def _check_can_reserve(self):
        self._check_state(DRAFT)
        account = self.account_id
        if account != account.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s belongs to %(account)s: points are kept with the "
                    "company.",
                    contact=account.display_name,
                    account=account.commercial_partner_id.display_name,
                )
            )
        if account.company_id and account.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "%(account)s belongs to another company than %(program)s.",
                    account=account.display_name,
                    program=self.program_id.name,
                )
            )

    def _check_enough(self, lots):
        """Refuse to hold more than there is, whatever was reserved before."""
        there = points_lots.total(lots)
        wanted = to_decimal(self.env, self.points)
        if wanted > there:
            raise UserError(
                self.env._(
                    "%(account)s has %(available)s points to spend: %(points)s can't "
                    "be reserved.",
                    account=self.account_id.display_name,
                    available=formatLang(self.env, float(there), digits=2),
                    points=formatLang(self.env, self.points, digits=2),
                )
            )

    def _check_can_debit(self):
        """Points once held are there, unless a correction took them since."""
        self._check_state(RESERVED)
        balance = self._get_posted_balance()
        if to_decimal(self.env, self.points) > balance:
            raise UserError(
                self.env._(
                    "%(account)s has only %(balance)s points left since its points "
                    "were corrected: cancel %(redemption)s.",
                    account=self.account_id.display_name,
                    balance=formatLang(self.env, float(balance), digits=2),
                    redemption=self.name,
                )
            )

    def _check_can_cancel(self):
        self._check_state(DRAFT, RESERVED)

    def _check_can_return(self, points):
        self._check_state(DEBITED)
        left = self._get_points_left()
        if points is not None and not 0 < points <= left:
            raise UserError(
                self.env._(
                    "%(redemption)s has %(left)s points that can be returned: enter "
                    "more than 0 and no more than that.",
                    redemption=self.name,
                    left=formatLang(self.env, float(left), digits=2),
                )
            )

    def _get_points_left(self):
        """Return the debited points that aren't back yet, exact."""
        return to_decimal(self.env, self.points) - to_decimal(
            self.env, self.points_returned
        )
