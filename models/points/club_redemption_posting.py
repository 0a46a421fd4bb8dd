"""What the steps of a redemption do, to accounts that are held. Rules B7, B13."""

from odoo import fields, models

from ...kernel import points_lots
from ..lock import opened
from .club_redemption import CANCELLED, DEBITED, RESERVED, RETURNED
from .decimals import to_decimal
from .holds import hold_accounts, share_programs


class ClubRedemption(models.Model):
    _inherit = "club.redemption"

    def _hold(self, with_program=False):
        """Hold the accounts, and keep away who posts a month for what posts points.

        Two sessions that spend the same points meet here; the second one starts anew
        and then sees what the first has done. Those of different accounts meet when
        they take their places in the chain of seals, and only wait.
        """
        if with_program:
            share_programs(self.env, self.program_id)
        hold_accounts(self.env, self.account_id.ids)
        self.invalidate_recordset()
        # Of companies what a redemption asks for: to read all their columns would take
        # longer than all the rest.
        names = ("partner_id", "parent_id", "parent_path", "club_timezone")
        self.company_id.fetch(names)
        for company, redemptions in self.grouped("company_id").items():
            accounts = redemptions.account_id.with_company(company)
            accounts.fetch(["commercial_partner_id", "company_id", "club_unit_id"])

    def _do_reserve(self):
        program = self.program_id.with_company(self.company_id)
        today = program._today()
        # Past the record rules: points that the user doesn't see are spendable, too.
        entries_sudo = self.env["club.points.entry"].sudo()
        found = entries_sudo._get_lots(program, self.account_id)
        lots = points_lots.spendable(found.get(self.account_id.id, []), today)
        self._check_enough(lots)
        held = points_lots.take(lots, to_decimal(self.env, self.points))
        account = self.account_id.with_company(self.company_id)
        opened(self).write(
            {
                "state": RESERVED,
                "unit_id": account.club_unit_id.id,
                "lots": [
                    {
                        "until": lot.until and fields.Date.to_string(lot.until),
                        "points": str(lot.points),
                    }
                    for lot in held
                ],
                "reserved_on": today,
                "reserved_at": fields.Datetime.now(),
                "reserved_by_id": self.env.uid,
            }
        )

    def _do_debit(self):
        opened(self).write(
            {
                "state": DEBITED,
                "debited_at": fields.Datetime.now(),
                "debited_by_id": self.env.uid,
            }
        )
        self._post(self._get_own_lots(), -1)

    def _do_cancel(self):
        opened(self).write(
            {
                "state": CANCELLED,
                "cancelled_at": fields.Datetime.now(),
                "cancelled_by_id": self.env.uid,
            }
        )

    def _do_return(self, points=None):
        """Give back to the lots. Points whose last day is over go with the next expiry
        run, as their old expiry says; until then nobody can spend them.
        """
        left = self._get_points_left()
        points = left if points is None else points
        before = to_decimal(self.env, self.points_returned)
        lots = points_lots.give_back(self._get_own_lots(), before, points)
        opened(self).write(
            {
                "state": RETURNED if points == left else DEBITED,
                "points_returned": float(before + points),
                "points_to_return": 0,
            }
        )
        self._post(lots, 1)

    def _post(self, lots, sign):
        """Post lots as the user who pressed the button: runs are nobody's to make."""
        redemption_sudo = self.sudo().with_company(self.company_id)
        runs_sudo = redemption_sudo.env["club.points.run"]
        runs_sudo._post_redemption(redemption_sudo, lots, sign)

    def _get_entry_reason(self):
        """Return what the ledger and the statement say: number and what for."""
        return f"{self.name}: {' '.join(self.reason.split())}"
