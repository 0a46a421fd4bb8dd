"""What accounts have to spend: balances, and lots that are neither spent nor held."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...kernel import points_lots
from .holds import lots_query


class ClubPointsEntry(models.Model):
    _inherit = "club.points.entry"

    @api.model
    def _get_spendable(self, program, accounts):
        """Return ``{account: points}``: all that was ever posted to these accounts.

        An account without entries has no key. The record rules of whoever asks apply.
        """
        return dict(
            self._read_group(
                [
                    ("account_id", "in", accounts.ids),
                    ("program_id", "=", program.id),
                    ("run_id.state", "=", "posted"),
                ],
                ["account_id"],
                ["points:sum"],
            )
        )

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
    def _get_available(self, program, accounts, on=None):
        """Return ``{account id: points}`` that can be spent on a day: posted, not held
        by a reservation, and not past their last day even if no run has expired them.
        """
        on = on or program.with_company(program.company_id)._today()
        return {
            account_id: points_lots.total(points_lots.spendable(lots, on))
            for account_id, lots in self._get_lots(program, accounts).items()
        }
