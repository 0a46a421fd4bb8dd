from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY
from .care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAnonymiseRefused(CareFixture, TransactionCase):
    """Whom nobody anonymises, and who doesn't. Issue 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()

    def _assert_refused(self, contact, told, user=None, **values):
        """The dialog says why, and its button refuses."""
        name = contact.name
        dialog = self._get_anonymise(contact, user, **values)
        self.assertIn(told, dialog.refusal or "")
        with self.assertRaises(UserError) as caught:
            dialog.action_anonymise()
        self.assertIn(told, str(caught.exception))
        self.assertEqual(contact.name, name)
        self.assertFalse(self._get_log(contact))

    def _get_log(self, contact):
        return self.env["club.anonymisation"].search(
            [("contact_number", "=", contact.id)]
        )

    def test_only_officers(self):
        for user in (self.manager, self.lead, self.clerk, self.finance, self.auditor):
            with self.assertRaises(AccessError, msg=user.login):
                self._get_anonymise(self.contact, user)
            # Not with a dialog that an officer left open, either.
            with self.assertRaises(AccessError, msg=user.login):
                self._get_anonymise(self.contact).with_user(user).action_anonymise()
            dialog = self._get_anonymise(self.contact)
            with self.assertRaises(AccessError, msg=user.login):
                dialog.with_user(user).read(["entry_count"])
        self.assertEqual(self.contact.name, "Li Ming")

    def test_a_dialog_is_its_officers_own(self):
        dialog = self._get_anonymise(self.contact)
        other = self._create_user("officer", "second_officer")
        with self.assertRaises(AccessError):
            dialog.with_user(other).action_anonymise()

    def test_a_company_is_not_a_person(self):
        self._assert_refused(self.account_b, "is a company")
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        self._assert_refused(self.account_a, "points entries")
        self._assert_refused(self.account_a, "contacts of its own", is_sole_trader=True)

    def test_users_and_our_own_companies(self):
        for user in (self.manager, self._create_employee("former")):
            partner = user.partner_id
            self._create_profile(partner)
            self._assert_refused(partner, "has a login")
        user.active = False
        self._assert_refused(partner, "has a login")
        own = self.company.partner_id
        self._assert_refused(own, "company of this database", is_sole_trader=True)

    def test_portal_users_have_a_login(self):
        self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal_li",
                "partner_id": self.contact.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        self._assert_refused(self.contact, "has a login")

    def test_contacts_that_the_club_does_not_know(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        person = self._create_contact("Sales Rep", vendor)
        self._assert_refused(person, "no contact of an account")

    def test_contacts_of_another_company(self):
        other = self._create_club_company("Other Post")
        # Visible to nobody here.
        hidden = self._create_contact("Hidden", self.account_b, company_id=other.id)
        with self.assertRaises(AccessError):
            self._get_anonymise(hidden).action_anonymise()
        # Shared, but an account of the other company's club alone.
        account = self.env["res.partner"].create({"name": "Far", "is_company": True})
        unit = self.env["crm.team"].create({"name": "Far", "company_id": other.id})
        account.with_company(other).club_unit_id = unit
        theirs = self._create_contact("Theirs", account)
        self._assert_refused(theirs, "no contact of an account")
        # Known to both: neither decides alone.
        self._create_profile(self.contact, company_id=other.id)
        self._assert_refused(self.contact, "Another company")
        self.officer.company_ids = self.company + other
        self._assert_refused(self.contact, "Another company")
        both = self._get_anonymise(self.contact).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        both.action_anonymise()
        self.assertFalse(self.contact.club_profile_ids)
        self.assertFalse(
            self.env["club.contact.profile"].search_count(
                [("contact_id", "=", self.contact.id)]
            )
        )

    def test_confirming_and_the_reference_are_asked_for(self):
        for values, told in (
            ({"is_understood": False}, "can't be undone"),
            ({"reference": "  "}, "Enter the reference"),
            ({"reference": "Letter of LI MING"}, "put a number there"),
        ):
            dialog = self._get_anonymise(self.contact, **values)
            self.assertFalse(dialog.refusal)
            with self.assertRaises(UserError) as caught:
                dialog.action_anonymise()
            self.assertIn(told, str(caught.exception))
        self.assertEqual(self.contact.name, "Li Ming")

    def test_once_is_enough(self):
        self._anonymise(self.contact)
        self._assert_once(self.contact)

    def _assert_once(self, contact):
        dialog = self._get_anonymise(contact)
        self.assertIn("anonymised already", dialog.refusal)
        with self.assertRaises(UserError):
            dialog.action_anonymise()
        self.assertEqual(len(self._get_log(contact)), 1)

    def test_the_dialog_says_what_will_happen(self):
        self._say(self.contact, "Hello")
        dialog = self._get_anonymise(self.contact)
        self.assertEqual(dialog.profile_count, 1)
        self.assertGreater(dialog.message_count, 0)
        self.assertFalse(dialog.was_account)
        from_profile = (
            self.env["club.contact.anonymise"]
            .with_user(self.officer)
            .with_context(
                active_model="club.contact.profile", active_id=self.profile.id
            )
            .default_get(["contact_id"])
        )
        self.assertEqual(from_profile["contact_id"], self.contact.id)
