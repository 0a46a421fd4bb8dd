from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from ..points.redemption_case import RedemptionMixin
from .care_case import SECRET, CareFixture

# Nothing of these changes when a person is anonymised, but the columns named.
LEDGER = {
    "club_points_entry": (),
    "club_points_run": (),
    "club_membership": (),
    "club_redemption": (),
    "club_agreement": (),
    "club_account_classification": (),
    "club_approval_request": ("name", "subject"),
    "club_approval_signature": (),
    "club_revenue_line": ("raw_account", "raw_account_name"),
    "account_move": ("invoice_partner_display_name",),
    "account_move_line": (),
}
WORDS = ("Li Ming", "li.ming@", "8700 1234", "139 0000 4321", SECRET)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAnonymise(RedemptionMixin, CareFixture, TransactionCase):
    """A person goes, the ledger stays whole. Issue 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()

    def _get_prints(self):
        """Return the fingerprint of each table of the ledger."""
        self.env.flush_all()
        prints = {}
        for table, left_out in LEDGER.items():
            self.cr.execute(
                f"SELECT count(*), md5(string_agg((to_jsonb(t) - %s::text[])::text,"
                f" '' ORDER BY id)) FROM {table} t",
                [list(left_out)],
            )
            prints[table] = self.cr.fetchone()
        return prints

    # === A contact === #

    def _fill(self):
        """Leave the person's traces wherever Odoo leaves some."""
        contact = self.contact.with_context(tracking_disable=False)
        contact.write(
            {
                "street": "Quay 1",
                "comment": f"<p>{SECRET}</p>",
                "website": "https://li.ming.example.com",
                "image_1920": "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==",
                "barcode": SECRET,
                "ref": SECRET,
            }
        )
        self._say(contact, f"{SECRET}: called Li Ming", subject="Li Ming")
        self.env["ir.attachment"].create(
            {
                "name": f"{SECRET}.txt",
                "raw": b"x",
                "res_model": "res.partner",
                "res_id": contact.id,
            }
        )
        contact.activity_schedule(summary="Birthday of Li Ming", user_id=self.env.uid)
        contact.email = "li.ming@new.example.com"
        contact.name = "Li Ming Junior"
        self.env.flush_all()
        self.cr.precommit.run()
        contact.write({"name": "Li Ming", "email": "li.ming@anchor.example.com"})
        lead = self.env["crm.lead"].create(
            {
                "name": "Mooncakes for Li Ming",
                "type": "opportunity",
                "partner_id": contact.id,
                "description": "<p>Li Ming, 139 0000 4321, wants 300</p>",
            }
        )
        lead = lead.with_context(tracking_disable=False)
        lead.email_from = "li.ming@anchor.example.com"
        self._say(lead, "Li Ming will ring back", author_id=contact.id)
        other = self.env["crm.lead"].create(
            {
                "name": "Gala tickets",
                "type": "opportunity",
                "partner_id": self.account_a.id,
                "contact_name": "Li Ming",
                "description": "<p>Ask Li Ming</p>",
            }
        )
        self._say(other, "Li Ming is away until May")
        self._say(self.account_a, "Li Ming came to the lecture")
        self.env["res.partner.bank"].create(
            {"acc_number": f"{SECRET}-1", "partner_id": contact.id}
        )
        self._say(
            self.account_a,
            "Sent",
            author_id=contact.id,
            email_from='"Li Ming" <li.ming@new.cn>',
        )
        self.env["calendar.event"].create(
            {
                "name": "Lunch with Li Ming",
                "start": "2026-04-01 10:00:00",
                "stop": "2026-04-01 11:00:00",
                "partner_ids": [Command.set(contact.ids)],
            }
        )
        self.account_a.message_subscribe(contact.ids)
        self.env.flush_all()
        self.cr.precommit.run()
        return lead

    def test_nothing_of_the_person_is_left_anywhere(self):
        lead = self._fill()
        tables = {place.split(".")[0] for place in self._find_words(*WORDS)}
        for table in ("res_partner", "mail_message", "crm_lead", "ir_attachment"):
            self.assertIn(table, tables, "else this test finds nothing")
        log = self._anonymise(self.contact)
        self.assertFalse(self._find_words(*WORDS))
        contact = self.contact
        neutral = f"Anonymised contact {contact.id}"
        self.assertEqual(contact.name, neutral)
        self.assertEqual(contact.display_name, f"Anchor Mills, {neutral}")
        self.assertFalse(contact.active)
        self.assertFalse(contact.image_1920)
        self.assertFalse(self.profile.exists())
        self.assertEqual(lead.partner_id, contact)
        self.assertEqual(lead.name, f"Mooncakes for {neutral}")
        self.assertNotIn(contact, self.account_a.message_partner_ids)
        self.assertTrue(contact.club_is_anonymised)
        self.assertGreater(log.message_count, 0)
        self.assertGreater(log.value_count, 0)
        self.assertGreater(log.file_count, 1)
        self.assertEqual(log.profile_count, 1)

    def test_his_company_and_his_namesake_stay_as_they_were(self):
        """Address and tax number are the company's: writing them would reach it."""
        self.account_a.write({"vat": "91330000MA27", "street": "Quay 1"})
        namesake = self._create_contact("Li Ming", self.account_b, phone="123")
        other = self._create_profile(namesake, wechat="namesake")
        before = self.account_a.read(["name", "vat", "street", "phone", "active"])
        self._anonymise(self.contact)
        self.assertEqual(
            self.account_a.read(["name", "vat", "street", "phone", "active"]), before
        )
        self.assertFalse(self.contact.street)
        self.assertEqual((namesake.name, namesake.phone), ("Li Ming", "123"))
        self.assertEqual(other.wechat, "namesake")

    def test_the_name_is_in_the_officers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "crm_club")]
        )._update_translations(["zh_CN"])
        dialog = self._get_anonymise(self.contact).with_context(lang="zh_CN")
        dialog.action_anonymise()
        expected = self.env["club.anonymisation"].with_context(lang="zh_CN")
        self.assertEqual(self.contact.name, expected._get_neutral_name(self.contact.id))

    def test_bank_accounts_on_documents_stay_with_the_books(self):
        banks = self.env["res.partner.bank"].create(
            [
                {"acc_number": number, "partner_id": self.contact.id}
                for number in ("NAMED", "6222021234567")
            ]
        )
        named, loose = banks
        with patch(
            "odoo.addons.crm_club.models.contact.anonymise.Anonymiser._is_on_a_document",
            lambda _self, bank: bank.id == named.id,
        ):
            self._anonymise(self.contact)
        self.assertEqual(banks.mapped("active"), [False, False])
        self.assertEqual(named.acc_number, "NAMED")
        self.assertFalse(self._find_words("6222021234567"))
        self.assertNotIn("Li Ming", named.acc_holder_name or "")

    def test_a_restricted_audit_trail_keeps_its_change_log(self):
        """The change log of a partner who was booked on belongs to the books."""
        self._fill()
        with patch(
            "odoo.addons.crm_club.models.contact.anonymise.Anonymiser._has_audit_trail",
            return_value=True,
        ):
            dialog = self._get_anonymise(self.contact)
            kept = self.contact.message_ids.tracking_value_ids
            self.assertTrue(kept)
            self.assertFalse(dialog.value_count)
            dialog.action_anonymise()
        self.assertEqual(kept.exists(), kept)
        self.assertNotIn("Li Ming", self.contact.display_name)

    # === An account === #

    def _make_account(self, **values):
        """A person who buys: invoiced, a member, with points spent and signed for."""
        person = self._create_account(
            "Zhao Lei",
            is_company=False,
            email="zhao.lei@home.example.com",
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
            **values,
        )
        self._set_up_seats()
        line = self._add_revenue(person, 160_000)
        self.cr.execute(
            "UPDATE club_revenue_line SET raw_account_name = 'Zhao Lei' WHERE id = %s",
            [line.id],
        )
        self.env["club.alias"].create({"name": "Zhao Lei", "account_id": person.id})
        self._post_run()
        self._debit(1_000, account=person)
        klass = self.env["club.account.class"].create(
            {"name": "Partner", "code": "partner"}
        )
        signed = (
            self.env["club.account.classification"]
            .with_user(self.officer)
            .create(
                {
                    "account_id": person.id,
                    "class_id": klass.id,
                    "company_id": self.company.id,
                    "reason": "Framework contract",
                }
            )
        )
        signed.action_submit()
        self._sign_all(signed)
        self.env.flush_all()
        return person, signed

    def test_the_ledger_of_a_person_stays_whole(self):
        person, signed = self._make_account()
        requests = self.env["club.approval.request"].sudo()
        request = requests.browse(signed.approval_request_id.id)
        memberships = person.club_membership_ids
        balance = self._get_available(person)
        before = self._get_prints()
        self.assertTrue(memberships)
        self._say(memberships[0], "Zhao Lei asked why")
        self.assertEqual(balance, 159_000)
        log = self._anonymise(person)
        neutral = f"Anonymised contact {person.id}"
        self.assertEqual(self._get_prints(), before)
        self.assertFalse(self.program._find_broken_run())
        self.assertEqual(self._get_available(person), balance)
        self.assertEqual(person.club_membership_ids, memberships)
        self.assertEqual(person.club_tier_id.code, "gold")
        self.assertEqual(person.name, neutral)
        self.assertTrue(log.was_account)
        self.assertEqual(log.entry_count, 2)
        self.assertFalse(self._find_words("Zhao Lei", "zhao.lei@"))
        self.assertIn(neutral, request.name)
        self.assertEqual(request.state, "done")
        digest = signed.sudo()._get_approval_digests()[signed.id]
        self.assertEqual(digest, request.digest)

    def test_the_nightly_check_finds_no_difference(self):
        person, _signed = self._make_account()
        self._anonymise(person)
        self.program.with_user(self.officer).action_check_integrity()
        check = self.env["club.integrity.check"].search([], limit=1, order="id desc")
        self.assertFalse(check.line_ids.mapped("display_name"))

    def test_points_go_on_for_what_is_left_of_the_account(self):
        """A late statement still finds the account that it belongs to."""
        person, _signed = self._make_account()
        self._anonymise(person)
        self._add_revenue(person, 1_000, "2026-03")
        run = self._post_run()
        self.assertEqual(run.entry_ids.account_id, person)
        self.assertFalse(self.program._find_broken_run())

    def test_a_business_of_one_person(self):
        person, _signed = self._make_account()
        person.is_company = True
        self.assertIn(
            "points entries", self._get_anonymise(person).refusal, "a company as such"
        )
        self._anonymise(person, is_sole_trader=True)
        self.assertFalse(self._find_words("Zhao Lei", "zhao.lei@"))
        self.assertFalse(self.program._find_broken_run())

    # === The log === #

    def test_the_log_says_who_when_and_why_and_nothing_else(self):
        log = self._anonymise(self.contact, reference=" 2026/114 ", cause="withdrawn")
        self.assertEqual(log.user_id, self.officer)
        self.assertEqual(log.company_id, self.company)
        self.assertEqual((log.cause, log.reference), ("withdrawn", "2026/114"))
        self.assertEqual(log.contact_number, self.contact.id)
        self.assertTrue(log.with_user(self.auditor).has_access("read"))

    def test_nobody_changes_the_log(self):
        log = self._anonymise(self.contact)
        for user in (self.officer, self.auditor, self.env.user):
            mine = log.with_user(user).with_context(_force_unlink=True, club_lock="x")
            with self.assertRaises(AccessError):
                mine.write({"reference": "other"})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.sudo().unlink()
            with self.assertRaises(AccessError):
                mine.copy()

    @mute_logger("odoo.sql_db")
    def test_postgresql_keeps_the_log(self):
        self._anonymise(self.contact)
        self.env.flush_all()
        for statement in (
            "UPDATE club_anonymisation SET reference = 'other'",
            "DELETE FROM club_anonymisation",
            "TRUNCATE club_anonymisation",
        ):
            with (
                self.assertRaises(psycopg2.IntegrityError),
                self.cr.savepoint(flush=False),
            ):
                self.cr.execute(statement)
