import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .gift_case import GiftCase
from .reward_case import SIGNATURE


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGiftPapers(GiftCase):
    """Rules D17, E3, E4: the gift list, printed and as a sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()
        cls.gift_list = case._draw_up_list(
            case._prepare_gift(120, contact_id=cls.person_a.id, item="紫砂壶"),
            case._prepare_gift(80, is_cash_like=True, item="Gift card"),
            case._prepare_gift(300, account=cls.account_b),
            purpose="中秋",
        )
        cls.gift_list.action_confirm()

    def test_print(self):
        first, card, other = self.gift_list.gift_ids.sorted("id")
        self._give(first, receipt_signature=SIGNATURE)
        card.action_call_off()
        report = self.env["report.crm_club.club_gift_sheet"]
        (sheet,) = report._get_papers(self.gift_list, {})
        self.assertEqual((sheet.pieces, sheet.total, sheet.given), (2, 420, 120))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_gift_sheet", self.gift_list.ids
        )
        text = html.decode()
        for word in ("中秋", "紫砂壶", "Li Ming", "Like cash", "Called Off", "Ms Lin"):
            self.assertIn(word, text)
        self.assertIn(other.account_id.name, text)

    def test_a_manager_prints_what_he_may_read(self):
        as_manager = self.gift_list.with_user(self.manager)
        report = self.env["report.crm_club.club_gift_sheet"].with_user(self.manager)
        (sheet,) = report._get_papers(as_manager, {})
        self.assertEqual({gift.account for gift in sheet.gifts}, {"Anchor Mills"})
        self.assertEqual(sheet.total, 200)
        stranger = self._create_employee("stranger")
        with self.assertRaises(AccessError):
            report.with_user(stranger)._get_papers(as_manager.with_user(stranger), {})

    def test_sheet(self):
        content = self.env["club.xlsx.gifts"]._build(self.gift_list)
        sheet = load_workbook(io.BytesIO(content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][0].split(" · ")[0], "中秋")
        self.assertIn("紫砂壶", rows[2])
        self.assertIn(500, rows[-1])
