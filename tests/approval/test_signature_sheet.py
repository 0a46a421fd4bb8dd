from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..points.adjustment_case import AdjustmentCase
from .documents import find_documents


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSignatureSheet(AdjustmentCase):
    """What a signature stands for, on the form and on paper. Rules C3, E3."""

    def _render(self, adjustment, user):
        requests = adjustment.sudo().approval_request_id
        reports = self.env["ir.actions.report"].with_user(user)
        html, _kind = reports._render_qweb_html(
            "crm_club.club_signature_sheet", requests.ids
        )
        return html.decode()

    def test_sheet_has_facts_lines_and_signatures(self):
        adjustment = self._submit({self.account_a: 120.5})
        self._sign(adjustment, "unit")
        text = self._render(adjustment, self.clerk)
        for words in (
            adjustment.name,
            "for the flood",
            "Anchor Mills",
            "120.50",
            "Key-Account Department",
            "Seal affixed",
            self.lead.name,
        ):
            self.assertIn(words, text)

    def test_only_readers_of_the_document_print_it(self):
        adjustment = self._submit({self.account_a: 120.5})
        self.assertTrue(self._render(adjustment, self.lead))
        with self.assertRaises(AccessError):
            self._render(adjustment, self.signers["office"])

    def test_nothing_to_print_before_submission(self):
        adjustment = self._draw_up({self.account_a: 120.5})
        with self.assertRaises(UserError):
            self.env["club.signature.sheet"]._get_sheet_data(adjustment)

    def test_every_form_has_the_shared_parts(self):
        """Buttons, banner and trail are put in, once, in each document's form."""
        for model in find_documents(self.env):
            arch = self.env[model].get_view(view_type="form")["arch"]
            with self.subTest(model):
                self.assertEqual(arch.count('name="action_submit"'), 1)
                self.assertEqual(arch.count('name="action_open_decision"'), 3)
                self.assertEqual(arch.count('name="club_approval_banner"'), 1)
                self.assertEqual(arch.count('name="approval_trail"'), 1)
