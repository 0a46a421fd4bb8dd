"""The steps of a benefit booking, on accounts that are held. Rules C9, D12."""

from collections import Counter

from odoo import fields, models

from ...kernel import quota as quotas
from ..lock import closed, opened
from ..points.holds import hold_accounts
from ..rpc import for_records
from .club_benefit_booking import BOOKED, CANCELLED, DRAFT, NO_SHOW, USED


class ClubBenefitBooking(models.Model):
    _inherit = "club.benefit.booking"

    # === Actions === #

    @for_records
    def action_book(self):
        """Take one of what the account is owed this year, if there is one left."""
        self._prepare_step()._do_book()
        return True

    @for_records
    def action_use(self):
        """Say that it was given: booked before, or on the spot."""
        bookings = self._prepare_step()
        bookings.filtered(lambda b: b.state == DRAFT)._do_book()
        for booking in bookings:
            booking._check_can_use()
        bookings._settle(USED)
        return True

    @for_records
    def action_miss(self):
        """Say that nobody came; the benefit's policy says whether it counts."""
        bookings = self._prepare_step()
        for booking in bookings:
            booking._check_can_miss()
        policies = bookings.grouped(lambda b: b.benefit_id.no_show_counts)
        for counts, found in policies.items():
            found._settle(NO_SHOW, is_counted=counts)
        return True

    @for_records
    def action_cancel(self):
        """Give it back, unless it is late and the benefit says that this counts."""
        for booking in self._prepare_step():
            booking._check_can_cancel()
            benefit = booking.benefit_id
            late = booking.state == BOOKED and quotas.is_late(
                booking._get_hours_before(), benefit.notice_hours
            )
            counts = quotas.counts_after_cancelling(late, benefit.late_counts)
            booking._settle(CANCELLED, is_counted=counts, is_late=late)
        return True

    # === What they do === #

    def _prepare_step(self):
        """Hold the accounts and return the bookings as they are now.

        Two sessions that want the last one meet here: the second starts anew and then
        sees what the first has booked. What the client's context says doesn't matter.
        """
        self.check_access("write")
        hold_accounts(self.env, self.sudo().account_id.ids)
        bookings = closed(self)
        bookings.invalidate_recordset()
        return bookings

    def _do_book(self):
        """Book in order, each counting for those after it.

        :raise AccessError: when the user might not draw it up: what it is for may have
            been changed since
        """
        self.check_access("create")
        keys = {booking: booking._get_key() for booking in self}
        figures = self.env["club.benefit"]._get_figures(keys.values())
        before = Counter()
        for booking, key in keys.items():
            quota, tier_id, counted = figures[key]
            of_year = (booking.account_id, booking.benefit_id, booking.year)
            booking._check_can_book(quota, counted.total + before[of_year])
            before[of_year] += 1
            opened(booking).write(
                {
                    "state": BOOKED,
                    "is_counted": True,
                    "tier_id": tier_id,
                    "booked_at": fields.Datetime.now(),
                }
            )

    def _settle(self, state, **values):
        opened(self).write(
            {
                "state": state,
                "settled_at": fields.Datetime.now(),
                "settled_by_id": self.env.uid,
                **values,
            }
        )

    def _forget_persons(self, ids):
        """Take people out of bookings: that something was used stays, not by whom.

        What was booked for later is cancelled and given back. By SQL, as all of
        anonymising: nothing is left in caches and logs.
        """
        self.env.cr.execute(
            """
            UPDATE club_benefit_booking
               SET contact_id = NULL, consent_on = NULL, consent_way = NULL,
                   state = CASE WHEN date_begin > %(now)s
                                 AND state IN ('draft', 'booked')
                                THEN 'cancelled' ELSE state END,
                   is_counted = is_counted
                                AND NOT (state = 'booked' AND date_begin > %(now)s)
             WHERE contact_id = ANY(%(ids)s)
            """,
            {"ids": list(ids), "now": fields.Datetime.now()},
        )
