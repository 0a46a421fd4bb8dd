from odoo import Command
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY
from .care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContactMerge(CareFixture, TransactionCase):
    """Merging duplicates loses nothing that is known of a person. Rule A8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls.double = cls._create_contact("Li  Ming", cls.account_a)
        cls.travel = cls.env.ref("crm_club.club_contact_interest_travel")
        cls.liaison = cls.env.ref("crm_club.club_contact_role_liaison")

    def _merge(self, target, *sources):
        partners = target.concat(*sources)
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, target)
        self.env.invalidate_all()

    def _create_double(self, **values):
        return self._create_profile(
            self.double,
            role_ids=[Command.set(self.liaison.ids)],
            interest_ids=[Command.set(self.travel.ids)],
            **values,
        )

    def test_the_only_profile_follows(self):
        self._merge(self.double, self.contact)
        self.assertEqual(self.profile.contact_id, self.double)
        self.assertEqual(self.profile.account_id, self.account_a)

    def test_two_become_one_and_what_differs_is_noted(self):
        other = self._create_double(
            birthday_month="05",
            birthday_day=1,
            diet="Vegetarian",
            channel="sms",
            note="Met at the gala",
            consent_ids=[Command.create({"channel": "visit", "answer": "given"})],
        )
        said = self.profile.consent_ids + other.consent_ids
        self._merge(self.double, self.contact)
        kept = self.double.club_profile_ids
        self.assertEqual(kept, other)
        self.assertFalse(self.profile.exists())
        self.assertEqual(kept.consent_ids, said.sorted())
        self.assertEqual(kept.consent_call, "given")
        self.assertEqual(kept.consent_visit, "given")
        self.assertIn(self.travel, kept.interest_ids)
        self.assertEqual(len(kept.interest_ids), 2)
        self.assertEqual(len(kept.role_ids), 2)
        self.assertEqual(kept.wechat, "Harbinger-wechat")
        self.assertEqual(kept.qq, "Harbinger-qq")
        self.assertEqual((kept.birthday, kept.diet), ("05-01", "Vegetarian"))
        for lost in ("1975-04-18", "Harbinger seafood", "Harbinger note", "gala"):
            self.assertIn(lost, kept.note)

    def test_a_birthday_comes_along_with_who_checked_it(self):
        self.profile.with_user(self.manager).action_check_birthday()
        other = self._create_double(channel="call")
        self._merge(self.double, self.contact)
        self.assertEqual(other.birthday, "1975-04-18")
        self.assertEqual(other.birthday_checked_by_id, self.manager)

    def test_a_preferred_channel_that_he_refused_is_only_noted(self):
        other = self._create_double(channel="sms")
        self._merge(self.contact, self.double)
        self.assertFalse(other.exists())
        self.assertFalse(self.profile.channel)
        self.assertIn("Preferred Channel in the duplicate: SMS", self.profile.note)

    def test_merged_accounts_keep_their_contacts(self):
        other = self._create_profile(self.colleague)
        self._merge(self.account_a, self.account_b)
        self.assertEqual((self.profile + other).account_id, self.account_a)
        self.assertEqual(self.account_a.club_contact_profile_ids, self.profile + other)

    def test_one_person_known_to_both_accounts_becomes_one(self):
        """He moved, both noted him, and then the accounts are merged."""
        self.contact.parent_id = self.account_b
        other = self._create_profile(self.contact, wechat="second")
        self.assertEqual(other.account_id, self.account_b)
        self._merge(self.account_a, self.account_b)
        self.assertEqual(self.contact.club_profile_ids, self.profile)
        self.assertIn("second", self.profile.note)
