"""The runs that signed adjustments post: nobody makes one by hand. Rules B6, B10."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...kernel import windows
from ..program.club_points_kind import ADJUSTMENT
from ..record.lock import closed, is_open
from ..record.rpc import for_one, for_records


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        runs = super().create(vals_list)
        runs._check_made_by_document()
        return runs

    @for_records
    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals:
            self._check_made_by_document()
        return result

    def _check_made_by_document(self):
        """Refuse a run of this kind that no signed adjustment stands behind.

        Asked of the run as it came to be: the kind may come from a default, too.
        """
        if is_open(self.env):
            return
        if any(run.kind == ADJUSTMENT for run in self):
            raise AccessError(
                self.env._(
                    "Adjustments are posted by their signed document only: draw up a "
                    "points adjustment and submit it."
                )
            )

    # === Actions === #

    @for_records
    def action_compute(self):
        self._check_not_adjustment()
        return super().action_compute()

    @for_records
    def action_reset(self):
        self._check_not_adjustment()
        return super().action_reset()

    @for_records
    def action_post(self):
        self._check_not_adjustment()
        return super().action_post()

    def _check_not_adjustment(self):
        for run in self:
            if run.kind == ADJUSTMENT:
                raise UserError(
                    self.env._(
                        "%s comes from a signed document and is neither computed nor "
                        "posted by hand.",
                        run.name,
                    )
                )

    @for_one
    def action_open_adjustment(self):
        """Open the document that this run was posted for."""
        self.check_access("read")
        # Opening it asks whether the user may read it.
        adjustment = (
            self.env["club.points.adjustment"]
            .sudo()
            .search([("run_id", "=", self.id)], limit=1)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": adjustment._name,
            "res_id": adjustment.id,
            "views": [(False, "form")],
        }

    # === Business methods === #

    @api.model
    def _post_adjustment(self, adjustment):
        """Post what a signed adjustment says as one sealed run of the current month.

        The caller holds the program and has checked the document.

        :return: the run
        """
        program = adjustment.program_id
        today = program._today()
        run = closed(
            self._create_guarded(
                {
                    "program_id": program.id,
                    "kind": ADJUSTMENT,
                    "month": windows.month_start(today),
                    "note": adjustment.reason,
                }
            )
        )
        run._insert_adjustment_entries(adjustment, today)
        run._set_totals(run._sum_units())
        run._do_post()
        return run

    def _insert_adjustment_entries(self, adjustment, today):
        """Insert an entry for each line: what is given lives, what is taken spends."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO club_points_entry
                   (run_id, account_id, origin_id, unit_id, kind, points, date,
                    valid_until, reason)
            SELECT %(run)s, l.account_id, l.account_id, t.id, 'adjustment', l.points,
                   %(today)s, CASE WHEN l.points > 0 THEN %(valid_until)s::date END,
                   %(reason)s || coalesce(to_char(l.revenue_month, ' (YYYY-MM)'), '')
              FROM club_points_adjustment_line l
              JOIN res_partner p ON p.id = l.account_id
         LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
             WHERE l.adjustment_id = %(adjustment)s
             ORDER BY l.account_id, l.revenue_month
            """,
            {
                "run": self.id,
                "today": today,
                "valid_until": self.program_id._valid_until(self.month),
                "reason": adjustment._get_entry_reason(),
                "company": str(self.company_id.id),
                "adjustment": adjustment.id,
            },
        )
        self._invalidate_ledger()
