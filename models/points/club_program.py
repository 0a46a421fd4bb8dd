"""Whether a program's ledger still fits its seals."""

from odoo import fields, models
from odoo.tools import SQL

from ...kernel import windows
from ..record.rpc import for_records
from .seal import seal_query


class ClubProgram(models.Model):
    _inherit = "club.program"

    @for_records
    def action_verify_ledger(self):
        """Recompute the chain of seals and name the first run that does not fit."""
        self.check_access("read")
        for program in self:
            broken = program._find_broken_run()
            program_sudo = program.sudo()  # whoever reads it may let it be verified
            program_sudo._write_guarded(
                {
                    "ledger_checked_at": fields.Datetime.now(),
                    "ledger_broken_run_id": broken.id,
                }
            )
            if broken:
                program_sudo.message_post(
                    body=self.env._(
                        "The ledger does not fit its seal from %(run)s on.",
                        run=broken.name,
                    )
                )
        broken = self.ledger_broken_run_id
        message = (
            self.env._("The ledger does not fit its seal from %s on.", broken[:1].name)
            if broken
            else self.env._("The ledger is whole: every seal fits.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "sticky": bool(broken),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_correction_window(self):
        """Return the months that the next monthly points correct. Rule B9.

        They are those of the month after the last one posted; of last month, while
        nothing is posted.

        :rtype: windows.Window
        """
        self.ensure_one()
        # sudo: what is posted counts, whatever the user may read
        runs_sudo = self.env["club.points.run"].sudo()
        last_sudo = runs_sudo.search(
            runs_sudo._domain_accrued(self), order="month desc", limit=1
        )
        month = (
            windows.add_months(last_sudo.month, 1)
            if last_sudo
            else windows.add_months(
                windows.month_start(self.company_id._club_today()), -1
            )
        )
        first = self.date_start or None
        if first:
            month = max(month, first)
        return windows.correction_window(month, self.correction_months, first)

    def _find_broken_run(self):
        """Return the first posted run whose seal or link does not fit, or none."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                -- Materialized: with many small runs and no fresh statistics it would
                -- be computed once for each of them.
                WITH sealed(id, seal) AS MATERIALIZED (%(seals)s)
                SELECT r.id
                  FROM (SELECT id, chain_no, seal, previous_seal,
                               row_number() OVER chain AS place,
                               lag(seal) OVER chain AS before
                          FROM club_points_run
                         WHERE program_id = %(program)s AND state = 'posted'
                        WINDOW chain AS (ORDER BY chain_no)) r
                  JOIN sealed s ON s.id = r.id
                 WHERE r.seal IS DISTINCT FROM s.seal
                    OR r.previous_seal IS DISTINCT FROM r.before
                    OR r.chain_no <> r.place
                 ORDER BY r.chain_no
                 LIMIT 1
                """,
                program=self.id,
                seals=seal_query(
                    SQL("r.program_id = %s AND r.state = 'posted'", self.id)
                ),
            )
        )
        found = self.env.cr.fetchone()
        return self.env["club.points.run"].browse(found[0] if found else [])
