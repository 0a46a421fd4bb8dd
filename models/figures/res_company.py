from odoo import fields, models
from odoo.tools import SQL

from ...kernel import windows
from ..points.run_states import POSTED
from ..program.club_points_kind import REVENUE as ACCRUAL

# Bulletins wait so many days for the points of their month, no longer.
WAIT_DAYS = 10
BULLETIN_MONTHS = 3  # how far back they are drafted when the job didn't run
STEP_MONTHS = 12  # how many months of the past are worked out between two commits


class ResCompany(models.Model):
    _inherit = "res.company"

    club_figures_since = fields.Date(
        "Figures Since",
        readonly=True,
        help="The first month whose figures were worked out so far.",
    )

    club_bulletins_until = fields.Date(
        "Bulletins Drafted until",
        readonly=True,
        help="The last day of the last period of which bulletins were drafted.",
    )

    # === Bulletins === #

    def _draft_bulletins(self):
        """Draft the bulletins of months that are over, each month once. Rule E11.

        What was drafted and deleted isn't drafted again.

        :return: the drafts
        """
        self.ensure_one()
        today = self._club_today()
        bulletins = self.env["club.bulletin"]
        months = [
            windows.add_months(windows.month_start(today), -number)
            for number in range(BULLETIN_MONTHS, 0, -1)
        ]
        if not self.club_bulletins_until:
            months = months[-1:]
        drafted = bulletins.browse()
        for month in months:
            end = windows.month_end(month)
            if self.club_bulletins_until and end <= self.club_bulletins_until:
                continue
            waits_until = fields.Date.add(end, days=WAIT_DAYS)
            if today < waits_until and not self._has_posted(month):
                break
            drafted |= bulletins._draft(self, month)
            self._write_guarded({"club_bulletins_until": end})
        return drafted

    def _has_posted(self, month):
        """Tell whether every program that accrued in the twelve months up to one has
        posted its points of that one.
        """
        self.ensure_one()
        # sudo: whether a month is posted is no secret of who reads runs
        runs_sudo = self.env["club.points.run"].sudo()
        first = windows.add_months(month, 1 - windows.YEAR_MONTHS)
        rows = runs_sudo._read_group(
            [
                *(("company_id", "=", self.id), ("kind", "=", ACCRUAL)),
                *(("month", ">=", first), ("month", "<=", month)),
            ],
            ["program_id"],
            ["id:recordset"],
        )
        return bool(rows) and all(
            any(run.month == month and run.state == POSTED for run in runs)
            for _program, runs in rows
        )

    # === Figures === #

    def _refresh_figures(self):
        """Work out anew the months of the club that may still change.

        :return: whether it was done, and not left to another job
        """
        self.ensure_one()
        # sudo: the rules of the company
        programs_sudo = self.env["club.program"].sudo()
        today = self._club_today()
        start = min(
            program_sudo._get_correction_window().start
            for program_sudo in programs_sudo.search([("company_id", "=", self.id)])
        )
        # The month that the last posted points corrected first lies before these.
        start = min(windows.month_start(today), windows.add_months(start, -1))
        if not self._write_figures(start, today):
            return False
        if today.day == 1:
            # What was put right late, in months that are long over, shows once a month.
            self._write_guarded({"club_figures_since": start})
        first = self._get_first_figures() or today
        self.env["club.figure.year"]._refresh(self, first.year)
        return True

    def _fill_figures(self):
        """Work out the last months before those that were worked out already.

        :return: whether there may be more to do
        """
        self.ensure_one()
        since = self.club_figures_since
        first = self._get_first_figures()
        if not since or not first or since <= first:
            return False
        start = max(first, windows.add_months(since, -STEP_MONTHS))
        return self._write_figures(start, windows.add_months(since, -1))

    def _write_figures(self, start, end):
        figures_sudo = self.env["club.figure"].sudo()
        if not figures_sudo._refresh(self, start, end):
            return False
        if not self.club_figures_since or start < self.club_figures_since:
            self._write_guarded({"club_figures_since": start})
        return True

    def _get_first_figures(self):
        """Return the first month that anything is known of, None when nothing is."""
        self.env.flush_all()
        [[first]] = self.env.execute_query(
            SQL(
                """
                SELECT least(
                    (SELECT min(date_from) FROM club_membership
                      WHERE company_id = %(company)s),
                    (SELECT min(s.date) FROM club_points_summary s
                       JOIN club_points_run r ON r.id = s.run_id
                      WHERE r.company_id = %(company)s),
                    (SELECT min(month) FROM club_revenue_line
                      WHERE company_id = %(company)s AND state = 'valid'),
                    (SELECT min(date) FROM account_move_line
                      WHERE company_id = %(company)s AND parent_state = 'posted'
                        AND club_account_id IS NOT NULL),
                    (SELECT min(date_from) FROM club_account_unit
                      WHERE company_id = %(company)s))
                """,
                company=self.id,
            )
        )
        return first and windows.month_start(first)
