"""The runs that redemptions post: nobody makes one by hand. Rules B7, B13."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...kernel import points_lots, windows
from ..program.club_points_kind import REDEMPTION
from ..record.lock import closed, is_open, opened
from ..record.rpc import for_one


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    redemption_id = fields.Many2one(
        "club.redemption",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The redemption whose points this run takes or gives back.",
    )

    # === Checks === #

    def _check_made_by_document(self):
        super()._check_made_by_document()
        if is_open(self.env):
            return
        if any(run.kind == REDEMPTION for run in self):
            raise AccessError(
                self.env._(
                    "Redemptions are posted by their document only: reserve the points "
                    "and debit them there."
                )
            )

    def _check_not_adjustment(self):
        for run in self:
            if run.kind == REDEMPTION:
                raise UserError(
                    self.env._(
                        "%s comes from a redemption and is neither computed nor posted "
                        "by hand.",
                        run.name,
                    )
                )
        return super()._check_not_adjustment()

    # === Actions === #

    @for_one
    def action_open_redemption(self):
        """Open the redemption that this run was posted for."""
        self.check_access("read")
        # Opening it asks whether the user may read it.
        redemption = self.sudo().redemption_id
        return {
            "type": "ir.actions.act_window",
            "res_model": redemption._name,
            "res_id": redemption.id,
            "views": [(False, "form")],
        }

    # === Business methods === #

    @api.model
    def _post_redemption(self, redemption, lots, sign):
        """Post the lots of a redemption as one sealed run of the current month.

        The caller holds program and account and has checked the document.

        :param lots: what is taken or given back, by lot
        :param sign: -1 takes, 1 gives back
        :return: the run
        """
        today = redemption.program_id._today()
        # Who and when stand on run and document: nothing to tell in a chatter.
        runs = opened(self.with_context(tracking_disable=True))
        run = runs.create(
            {
                "program_id": redemption.program_id.id,
                "kind": REDEMPTION,
                "month": windows.month_start(today),
                "note": redemption.reason,
                "redemption_id": redemption.id,
                "entry_count": len(lots),
                "account_count": 1,
                "points": float(sign * points_lots.total(lots)),
            }
        )
        run = closed(run)
        run._insert_redemption_entries(redemption, lots, sign, today)
        # What can be done before all others wait for the chain.
        redemption.flush_recordset()
        # No review: what is spent or comes back never counts for the tier.
        run._post_ledger()
        return run

    def _insert_redemption_entries(self, redemption, lots, sign, today):
        """Insert an entry for each lot, the oldest first.

        The account was flushed when it was held, and the run is there.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_points_entry
                       (run_id, account_id, origin_id, unit_id, kind, points, date,
                        valid_until, reason)
                SELECT %(run)s, p.id, p.id, t.id, 'redemption', v.points, %(today)s,
                       v.until, %(reason)s
                  FROM (VALUES %(lots)s) v(until, points)
                  JOIN res_partner p ON p.id = %(account)s
             LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
                 ORDER BY v.until
                """,
                run=self.id,
                today=today,
                reason=redemption._get_entry_reason(),
                lots=SQL(", ").join(
                    SQL("(%s::date, %s::numeric)", lot.until, sign * lot.points)
                    for lot in lots
                ),
                account=redemption.account_id.id,
                company=str(redemption.company_id.id),
            )
        )
        self.invalidate_recordset(["entry_ids"], flush=False)
