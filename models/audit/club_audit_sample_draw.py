"""Drawing a sample: set-based, one statement each over all entries."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel import windows
from ..lock import opened
from . import recompute
from .club_audit_sample import DRAWN


class ClubAuditSample(models.Model):
    _inherit = "club.audit.sample"

    def _do_draw(self):
        """Draw, recompute, and note what the ledger was drawn up to."""
        self.ensure_one()
        self.env.flush_all()
        total, points = self._insert_lines()
        if not total:
            raise UserError(
                self.env._(
                    "No posted entry answers to what %s is to be drawn from.", self.name
                )
            )
        run = self._get_last_run()
        opened(self).write(
            {
                "state": DRAWN,
                "population": total,
                "population_points": points,
                "ledger_run_id": run.id,
                "ledger_seal": run.seal,
                "drawn_by_id": self.env.uid,
                "drawn_at": fields.Datetime.now(),
            }
        )
        self._recompute_lines()

    def _get_last_run(self):
        domain = [("program_id", "=", self.program_id.id), ("state", "=", "posted")]
        return self.env["club.points.run"].search(
            domain, order="chain_no desc", limit=1
        )

    def _insert_lines(self):
        """Insert the entries drawn; return how many there were, and their points.

        What comes first in the order of a hash over seed and entry is drawn, so the
        entry's number is all that decides.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH population AS MATERIALIZED (
                    SELECT e.id, e.points
                      FROM club_points_entry e
                      JOIN club_points_run r ON r.id = e.run_id
                     WHERE r.state = 'posted' AND %(condition)s),
                size AS (
                    SELECT count(*) AS total, coalesce(sum(points), 0) AS points,
                           greatest(%(least)s, ceil(count(*) * %(share)s::numeric
                                                    / 100)) AS wanted
                      FROM population),
                drawn AS (
                    SELECT p.id, row_number() OVER (
                               ORDER BY md5(%(seed)s::text || ':' || p.id), p.id)
                               AS place
                      FROM population p),
                line AS (
                    INSERT INTO club_audit_line
                           (sample_id, company_id, sequence, entry_id, run_id,
                            account_id, unit_id, kind, date, revenue_month,
                            category_id, product_id, revenue, rate, coefficient,
                            points, result, create_uid, write_uid, create_date,
                            write_date)
                    SELECT %(sample)s, %(company)s, d.place, e.id, e.run_id,
                           e.account_id, e.unit_id, e.kind, e.date, e.revenue_month,
                           e.category_id, e.product_id, e.revenue, e.rate,
                           e.coefficient, e.points, 'unchecked', %(user)s, %(user)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM size, drawn d
                      JOIN club_points_entry e ON e.id = d.id
                     WHERE d.place <= size.wanted)
                SELECT total, points FROM size
                """,
                condition=self._get_draw_condition(),
                least=self.size_min,
                share=f"{self.percentage:.2f}",
                seed=self.seed,
                sample=self.id,
                company=self.company_id.id,
                user=self.env.uid,
            )
        )
        self.env["club.audit.line"].invalidate_model()
        self.invalidate_recordset()
        return self.env.cr.fetchone()

    def _get_draw_condition(self):
        """Return SQL on the entry ``e`` and its run ``r``."""
        terms = [SQL("r.program_id = %s", self.program_id.id)]
        if self.month_from:
            terms.append(SQL("e.date >= %s", self.month_from))
        if self.month_to:
            terms.append(SQL("e.date <= %s", windows.month_end(self.month_to)))
        if self.kind:
            terms.append(SQL("e.kind = %s", self.kind))
        if self.unit_id:
            units = self.env["crm.team"].with_context(active_test=False)
            below = units.sudo().search([("id", "child_of", self.unit_id.id)])
            terms.append(SQL("e.unit_id = ANY(%s)", below.ids))
        if self.tier_id:
            terms.append(
                SQL(
                    """
                    EXISTS (SELECT FROM club_membership m
                             WHERE m.account_id = e.account_id AND m.tier_id = %s
                               AND m.state = 'valid'
                               AND e.date BETWEEN m.date_from AND m.date_grace)
                    """,
                    self.tier_id.id,
                )
            )
        return SQL(" AND ").join(terms)

    def _recompute_lines(self):
        """Recompute what the entries should come to and list what is behind them."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT min(revenue_month), max(revenue_month),
                   array_agg(DISTINCT account_id)
              FROM club_audit_line
             WHERE sample_id = %s AND kind = 'revenue'
            """,
            [self.id],
        )
        start, end, accounts = self.env.cr.fetchone()
        if start:
            scope = (self, start, windows.month_end(end), accounts)
            self.env.cr.execute(recompute.update_revenue(*scope))
            self.env.cr.execute(recompute.update_rates(self))
            self.env.cr.execute(recompute.update_evidence(*scope))
        self.env.cr.execute(recompute.update_adjustments(self))
        self.env.cr.execute(recompute.update_attendance(self))
        self.env.cr.execute(recompute.update_expiry(self))
        self.env["club.audit.line"].invalidate_model()
        self.invalidate_recordset()
