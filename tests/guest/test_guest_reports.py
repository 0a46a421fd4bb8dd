import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .test_guests import GuestCase


@tagged("post_install", "-at_install")
class TestGuestReports(GuestCase):
    """Guest list, sheet and invitation card say what the guest list says. E3, E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity(headcount=2)
        cls.mine = cls._create_member_contacts(2, "vip")
        cls.other = cls._create_member_contacts(
            2, "diamond", club_manager_id=False, club_unit_id=cls.other_unit.id
        )
        guests = cls._invite(cls.activity, cls.mine | cls.other)
        guests[:3].action_confirm()
        guests[3].action_decline()
        cls.guests = guests
        cls.guests[0].note = "=No pork"

    def _data(self, user):
        lists = self.env["club.guest.list"].with_user(user)
        return lists._get_list_data(self.activity.with_user(user))[0]

    def test_who_has_a_seat_comes_first_and_who_declined_isnt_there(self):
        data = self._data(self.officer)
        self.assertEqual(
            [(line.number, line.guest, line.is_seated) for line in data.lines],
            [
                (1, self.other[0].name, True),
                (2, self.mine[0].name, True),
                (3, self.mine[1].name, False),
            ],
        )
        self.assertEqual((data.seated, data.came), (2, 0))

    def test_a_manager_prints_his_own_guests(self):
        data = self._data(self.manager)
        self.assertEqual([line.guest for line in data.lines], self.mine.mapped("name"))

    def test_print_and_sheet_walk_the_same_list(self):
        reports = self.env["ir.actions.report"].with_user(self.officer)
        page, _kind = reports._render_qweb_html(
            "crm_club.club_guest_list", self.activity.ids
        )
        content = self.env["club.xlsx.guest.list"]._build(self.activity)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = list(sheet.iter_rows(values_only=True))
        for line in self._data(self.officer).lines:
            self.assertIn(line.guest, page.decode())
            self.assertIn(line.guest, [row[1] for row in rows])
        self.assertIn("=No pork", [row[9] for row in rows])

    def test_cards_of_those_who_may_come(self):
        cards = self.env["club.guest.list"]._get_card_data(self.guests)
        self.assertEqual(
            [card.guest for card in cards],
            (self.mine | self.other[0]).mapped("name"),
        )
        self.assertEqual(cards[0].manager, self.manager.name)
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_invitation_card", self.guests.ids
        )
        self.assertIn(self.activity.theme, page.decode())
        self.assertNotIn(self.other[1].name, page.decode())

    def test_each_card_is_one_page(self):
        """Its frame isn't cut by the page, and no blank page follows."""
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        if reports.get_wkhtmltopdf_state() != "ok":
            self.skipTest("There is no wkhtmltopdf.")
        cards = self.env["club.guest.list"]._get_card_data(self.guests)
        content, _kind = reports._render_qweb_pdf(
            "crm_club.club_invitation_card", self.guests.ids
        )
        self.assertEqual(PdfFileReader(io.BytesIO(content)).numPages, len(cards))

    def test_no_blank_card_for_who_cannot_come(self):
        gone = self.guests.filtered(lambda guest: guest.contact_id == self.other[1])
        with self.assertRaisesRegex(UserError, "can still come"):
            self.env["ir.actions.report"]._render_qweb_html(
                "crm_club.club_invitation_card", gone.ids
            )

    def test_a_card_is_in_the_language_of_the_guest(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.mine[0].lang = "fr_FR"
        card, other = self.env["club.guest.list"]._get_card_data(self.guests[:2])
        self.assertIn("mai", card.day)
        self.assertNotIn("mai", other.day)
        self.env.ref(
            "crm_club.club_invitation_card_document"
        ).update_field_translations(
            "arch_db", {"fr_FR": {"Please let your account manager know:": "Répondez"}}
        )
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_invitation_card", self.guests[:2].ids
        )
        self.assertEqual(page.decode().count("Répondez"), 1)

    def test_the_list_names_tiers_in_the_readers_language(self):
        """Rule E3: not in the language of whoever invited."""
        self.env["res.lang"]._activate_lang("fr_FR")
        tier = self.guests[0].tier_id
        tier.update_field_translations("name", {"fr_FR": "Échelon"})
        lists = self.env["club.guest.list"].with_context(lang="fr_FR")
        activity = self.activity.with_context(lang="fr_FR")
        self.assertIn(
            "Échelon", [line.tier for line in lists._get_list_data(activity)[0].lines]
        )

    def test_as_many_queries_for_many_as_for_few(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._data(self.officer)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        more = self._create_member_contacts(20)
        self._invite(self.activity, more)
        self.assertEqual(count(), few)
