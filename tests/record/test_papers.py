"""Every paper is printed of a sample record. Rule E3."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .rights_case import RightsCase
from .rights_samples import ASKED, OWN
from .test_rights import ROLES, SIGNATORY

# What a signatory reads less of than they print: guests, programme, expenses.
NOT_HIS = {
    "crm_club.club_activity_programme",
    "crm_club.club_activity_summary",
    "crm_club.club_guest_list",
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPapers(RightsCase):
    """A template that fails, or reads what who prints may not, is seen here first."""

    def _print_all(self, role, place):
        """Print each paper of a record in a place as a role.

        :return: the names of those that are printed, and of those that he may not read
        """
        env = self._take_groups(ROLES[role])
        printed, refused = set(), set()
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "crm_club.%")]
        )
        for report in reports:
            name = report.report_name
            record = self.samples.get(report.model, {}).get(place)
            if not record:
                continue
            with self.subTest(name, role=role):
                try:
                    env["ir.actions.report"]._render_qweb_html(name, record.ids)
                    printed.add(name)
                except AccessError:
                    refused.add(name)
                except UserError:  # of a draft, or of what has nothing to print
                    continue
        return printed, refused

    def test_every_paper_prints(self):
        printed, refused = self._print_all("Administrator", OWN)
        self.assertGreater(len(printed), 20)
        self.assertEqual(refused, set())

    def test_whoever_signs_prints_what_he_signs(self):
        """He need not read the program, the unit or the company that it names."""
        printed, refused = self._print_all(SIGNATORY, ASKED)
        self.assertTrue(printed)
        self.assertEqual(refused, NOT_HIS)
