"""What became of the accounts' points, and the lots that are neither spent nor held."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...kernel import points_lots
from .holds import lots_query


class ClubPointsEntry(models.Model):
    _inherit = "club.points.entry"

    @api.model
    def _get_lots(self, program, accounts, until=None):
        """Return ``{account id: [Lot]}`` of what is neither spent nor held, exact.

        Read past the record rules: ask of accounts that the user may see.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT account_id, valid_until, points::text FROM (%s) l",
                lots_query(program.id, accounts.ids, until),
            )
        )
        sums = defaultdict(list)
        for account_id, day, points in self.env.cr.fetchall():
            sums[account_id].append((day, Decimal(points)))
        return {
            account_id: points_lots.remaining(found)
            for account_id, found in sums.items()
        }

    @api.model
    def _get_balances(self, program, accounts, on=None):
        """Return ``{account id: Balance}``: earned, spent, expired, reserved, available.

        The one place where these figures come from. Rule B7. Read past the record
        rules: ask of accounts that the user may see. Who has neither points nor a
        reservation has no key.

        :param on: the day whose end counts: later entries and reservations are left
            out; today when None
        """
        if not program or not accounts:
            return {}
        on = on or program.with_company(program.company_id)._today()
        lots = self._get_lots(program, accounts, on)
        self.env.cr.execute(
            SQL(
                """
                SELECT account_id,
                       sum(points) FILTER (WHERE kind = 'earned')::text,
                       (-sum(points) FILTER (WHERE kind = 'redemption'))::text,
                       (-sum(points) FILTER (WHERE kind = 'expiry'))::text,
                       sum(points) FILTER (WHERE kind = 'reserved')::text
                  FROM (SELECT e.account_id, e.points,
                               CASE WHEN e.kind IN ('redemption', 'expiry') THEN e.kind
                                    ELSE 'earned' END AS kind
                          FROM club_points_entry e
                          JOIN club_points_run r
                            ON r.id = e.run_id AND r.state = 'posted'
                         WHERE r.program_id = %(program)s
                           AND e.account_id = ANY(%(accounts)s) AND e.date <= %(on)s
                     UNION ALL
                        SELECT account_id, points, 'reserved'
                          FROM club_redemption
                         WHERE program_id = %(program)s AND state = 'reserved'
                           AND account_id = ANY(%(accounts)s)
                           AND reserved_on <= %(on)s) s
                 GROUP BY account_id
                """,
                program=program.id,
                accounts=accounts.ids,
                on=on,
            )
        )
        return {
            account_id: points_lots.balance(
                points_lots.Balance(*(Decimal(points or 0) for points in sums)),
                lots.get(account_id, ()),
                on,
            )
            for account_id, *sums in self.env.cr.fetchall()
        }
