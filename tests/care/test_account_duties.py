"""What is owed, to whom, by when; what closes it. Rules D3, D4, D5, D9."""

from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .duty_case import DutyCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountDuties(DutyCase):
    """From the day that an account joins to the night after the last day of grace."""

    def _get_dates(self, account):
        return {
            duty.kind: (duty.date_from, duty.date_due, duty.date_grace)
            for duty in self._get(account)
        }

    def test_who_joins_is_owed_a_manager_a_call_a_visit_and_coaching(self):
        """Rule D3: 3 working days, 3 weeks, 1 month, 3 months; the notice 3 working
        days ahead of the first call's last day."""
        self._join(self.account_a, "gold", TODAY)
        dates = self._get_dates(self.account_a)
        # Friday 10 April; 1 May is a holiday, and 9 May is worked for it.
        self.assertEqual(dates["bind"][:2], (TODAY, date(2026, 4, 15)))
        self.assertEqual(dates["first_contact"][:2], (TODAY, date(2026, 5, 1)))
        self.assertEqual(dates["announce"][:2], (TODAY, date(2026, 4, 28)))
        self.assertEqual(dates["visit"][:2], (TODAY, date(2026, 5, 10)))
        self.assertEqual(dates["coaching"][:2], (TODAY, date(2026, 7, 10)))
        self.assertNotIn("contact", dates)  # of this quarter: it had no tier on 1 April
