"""What a requalification rests on: the points, rows and exceptions of its window.

Rule A6.
"""

from datetime import date

from ...kernel import windows
from ..points.club_points_run import POSTED
from ..program.club_points_kind import REVENUE

# What a worksheet may still lack, and the field that says why it is signed anyway.
REASONS = {
    "unposted_months": "unposted_reason",
    "parked_count": "parked_reason",
    "exception_count": "exception_reason",
}


class Basis:
    """What the window on which a requalification judges lacks.

    :param record: the requalification
    """

    def __init__(self, record):
        self._record = record
        self._env = record.env

    def get_lacks(self):
        """Return ``{field: what the window lacks now}``, whoever may read it."""
        if not self._record.judged_to:
            return dict.fromkeys(REASONS, False)
        rows_sudo = self._env["club.revenue.line"].sudo()
        found_sudo = self._env["club.points.exception"].sudo()
        return {
            "unposted_months": self._get_unposted_months(),
            "parked_count": rows_sudo.search_count(self.get_parked_domain()),
            "exception_count": found_sudo.search_count(self.get_exception_domain()),
        }

    def _get_unposted_months(self):
        """Return the months in a form that no language changes, False for none."""
        program = self._record.program_id
        missing = windows.unposted_months(
            windows.Window(self._record.judged_from, self._record.judged_to),
            self._get_posted_runs().mapped("month"),
            program.correction_months,
            program.date_start or None,
        )
        return ", ".join(f"{month:%Y-%m}" for month in missing) or False

    def _get_posted_runs(self):
        runs_sudo = self._env["club.points.run"].sudo()  # whoever may read them
        return runs_sudo.search(
            [
                ("program_id", "=", self._record.program_id.id),
                ("kind", "=", REVENUE),
                ("state", "=", POSTED),
            ],
            order="chain_no desc",
        )

    def get_parked_domain(self):
        """Return the domain of the rows that may belong to the window."""
        return [
            ("company_id", "=", self._record.company_id.id),
            ("state", "=", "parked"),
            "|",
            ("month", "=", False),
            "&",
            *self.get_months_domain(),
        ]

    def get_exception_domain(self):
        """Return the domain of what the last run, which looks at all months that can
        still be corrected, couldn't turn into points. Rules B3, B4.
        """
        return [
            ("run_id", "=", self._get_posted_runs()[:1].id),
            *self.get_months_domain(),
        ]

    def get_months_domain(self):
        """Return the two terms that keep the months of the window."""
        first = self._record.judged_from or date.min
        last = self._record.judged_to or date.max
        return [("month", ">=", windows.month_start(first)), ("month", "<=", last)]
