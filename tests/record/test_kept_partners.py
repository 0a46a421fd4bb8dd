"""What becomes of partners that the club keeps records of. Rules B6, E2."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon
from .outsiders_case import OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestKeptPartners(OutsidersMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_outsiders("employee", "seller", "creator")
        cls.everyone = (
            *(cls.outsiders[name] for name in ("seller", "creator", "rival")),
            *(cls.manager, cls.clerk),
        )
        cls.plain, cls.double = cls.env["res.partner"].create(
            [{"name": "Nobody Ltd", "is_company": True} for _time in range(2)]
        )
        cls.person, cls.namesake = cls.env["res.partner"].create(
            [{"name": "Li Ming", "parent_id": cls.account_a.id} for _time in range(2)]
        )
        cls.env["club.contact.profile"].create({"contact_id": cls.person.id})

    def _merge(self, user, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        target = partners[0].with_user(user)
        wizard._merge(target.concat(*partners[1:]).ids, target)
        self.env.invalidate_all()

    # === Merging === #

    def test_who_merges_what_the_club_keeps_is_an_officer(self):
        creator = self.env.ref("base.group_partner_manager")
        (self.manager | self.clerk).group_ids = [Command.link(creator.id)]
        self.env["club.alias"].create(
            {
                "account_id": self.double.id,
                "name": "Nobody",
                "company_id": self.company.id,
                "kind": "account",
            }
        )
        for user in self.everyone:
            for pair in (
                (self.account_a, self.account_b),
                (self.account_a, self.plain),
                (self.plain, self.account_b),
                (self.namesake, self.person),
                (self.plain, self.double),
            ):
                with (
                    self.subTest(user=user.login, pair=pair.__repr__()),
                    self.assertRaises(AccessError),
                ):
                    self._merge(user, *pair)
                self.env.invalidate_all()
        officer = self.officer
        officer.group_ids = [Command.link(creator.id)]
        self._merge(officer, self.namesake, self.person)
        self._merge(officer, self.account_a, self.plain)
        self.assertFalse((self.person | self.plain).exists())

    def test_what_the_club_does_not_know_is_merged_as_ever(self):
        self._merge(self.outsiders["creator"], self.plain, self.double)
        self.assertFalse(self.double.exists())

    # === Another company === #

    def test_an_account_stays_in_the_companies_of_its_records(self):
        """Its neighbour's manager would break roster and worksheet for everybody."""
        other = self._create_club_company("Other Post")
        self.env.user.company_ids |= other
        for name, account in {
            "agreement": self.account_a,
            "contact": self.person,
            "unit only": self.env["res.partner"].create(
                {"name": "New", "is_company": True, "club_unit_id": self.unit.id}
            ),
        }.items():
            for user in (*self.outsiders.values(), self.manager, self.officer):
                with (
                    self.subTest(name=name, user=user.login),
                    self.assertRaises(UserError),
                ):
                    self._assign(user, account, other)
                self.env.invalidate_all()
            with self.assertRaises(ValidationError):
                account.sudo().company_id = other
            account.company_id = self.company
            account.company_id = False
        self.plain.with_user(self.outsiders["creator"]).company_id = self.company
        self.plain.company_id = other

    def _assign(self, user, account, company):
        user.company_ids |= company
        account.with_user(user).with_context(
            allowed_company_ids=[company.id, self.company.id]
        ).write({"company_id": company.id})

    # === Archiving === #

    def test_accounts_are_archived_by_officers(self):
        creator = self.env.ref("base.group_partner_manager")
        (self.manager | self.officer).group_ids = [Command.link(creator.id)]
        for user in self.everyone:
            for act in (
                lambda a: a.write({"active": False}),
                lambda a: a.write({"active": 0}),
                lambda a: a.action_archive(),
            ):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    act(self.account_a.with_user(user))
            self.env.invalidate_all()
        (self.plain | self.person).with_user(self.manager).action_archive()
        self.account_a.with_user(self.officer).action_archive()
        self.assertFalse(self.account_a.active)

    # === Under another company === #

    def test_who_has_records_is_not_put_under_another_company(self):
        """Nobody manages Beacon Foods, and its agreement would be the rival's."""
        account = self._create_account("Lone Traders")
        self.plain.club_manager_id = self.outsiders["rival"]
        for user in (self.outsiders["rival"], self.outsiders["seller"]):
            with self.assertRaises(AccessError):
                account.with_user(user).write(
                    {"parent_id": self.plain.id, "is_company": False}
                )
            self.env.invalidate_all()
        self.double.with_user(self.outsiders["seller"]).write(
            {"parent_id": self.plain.id, "is_company": False}
        )
