"""Only the club says what its units are and who leads them. Rules E1, E2."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon
from ..record.outsiders_case import OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestClubUnits(OutsidersMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_outsiders("sales_admin", "seller")
        cls.sales_admin = cls.outsiders["sales_admin"]
        cls.plain = cls.env["crm.team"].create(
            {
                "name": "No club",
                "company_id": cls.company.id,
                "user_id": cls.sales_admin.id,
            }
        )

    def _assert_refused(self, records, **values):
        for user in (self.sales_admin, self.lead, self.manager):
            with (
                self.subTest(user=user.login, values=values),
                self.assertRaises(AccessError),
            ):
                records.with_user(user).write(values)
            self.env.invalidate_all()

    def test_running_sales_teams_is_not_running_units(self):
        for values in (
            {"user_id": self.sales_admin.id},
            {"club_level": False},
            {"club_level": "centre"},
            {"parent_id": self.plain.id},
            {"active": False},
            {"company_id": False},
            {"child_ids": [Command.link(self.other_unit.id)]},
        ):
            self._assert_refused(self.unit, **values)
        with self.assertRaises(AccessError):
            self.unit.with_user(self.sales_admin).action_archive()

    def test_officers_run_units(self):
        unit = self.unit.with_user(self.officer)
        unit.write({"user_id": self.manager.id, "parent_id": self.other_unit.id})
        unit.write({"club_level": "line", "active": False})
        unit.write({"active": True})
        made = unit.create({"name": "Mole", "club_level": "branch"})
        with Form(made) as form:
            form.name = "Pier"

    def test_what_was_a_unit_stays_protected(self):
        """When it has no level any more: by what hangs on it."""
        below = self.env["crm.team"].create(
            {"name": "Below", "company_id": self.company.id}
        )
        teams = {
            "clerk": self.unit,
            "account": self.other_unit,
            "above": self.plain,
            "below": below,
        }
        (self.unit | self.other_unit).club_level = False
        below.parent_id = self.plain
        for name, team in teams.items():
            with self.subTest(name):
                self._assert_refused(team, user_id=self.seller_id)
                self._assert_refused(team, active=False)

    @property
    def seller_id(self):
        return self.outsiders["seller"].id

    def test_an_account_of_another_company_makes_a_unit_too(self):
        team = self.plain
        other = self.env["res.company"].create({"name": "Other Post"})
        self.account_a.with_company(other).club_unit_id = team
        self._assert_refused(team, user_id=self.seller_id)

    def test_no_team_becomes_a_unit_by_the_way(self):
        self._assert_refused(self.plain, club_level="branch")
        self._assert_refused(self.plain, parent_id=self.unit.id)
        teams = self.env["crm.team"].with_user(self.sales_admin)
        for context, values in (
            ({}, {"club_level": "branch"}),
            ({}, {"parent_id": self.unit.id}),
            ({"default_club_level": "branch"}, {}),
            ({"default_parent_id": self.unit.id}, {}),
            ({}, {"child_ids": [Command.link(self.unit.id)]}),
        ):
            with (
                self.subTest(context=context, values=values),
                self.assertRaises(AccessError),
            ):
                teams.with_context(**context).create(
                    {"name": "Mine", "company_id": self.company.id, **values}
                )
        with self.assertRaises(AccessError):
            self.unit.with_user(self.sales_admin).copy()

    def test_sales_administrators_run_their_teams_as_ever(self):
        team = self.plain.with_user(self.sales_admin)
        with Form(team) as form:
            form.name = "North"
        team.write({"user_id": self.seller_id, "company_id": False})
        team.write({"member_ids": [Command.link(self.seller_id)]})
        team.action_archive()
        made = team.create({"name": "South", "member_ids": [self.sales_admin.id]})
        made.unlink()
        # Of a unit, what the club has no say in.
        unit = self.unit.with_user(self.sales_admin)
        unit.write({"name": "Quay 2", "color": 3, "user_id": self.unit.user_id.id})

    def test_members_of_units_are_named_by_the_club(self):
        """Members apply in the unit's name and read its contracts. Rules C6, E2."""
        seats = self.env["crm.team.member"].with_user(self.sales_admin)
        self.plain.sudo().member_ids = self.outsiders["seller"]
        seat = self.plain.sudo().crm_team_member_ids.with_user(self.sales_admin)
        unit = self.unit.with_user(self.sales_admin)
        gone = self.env["crm.team.member"].create(
            {
                "crm_team_id": self.unit.id,
                "user_id": self.sales_admin.id,
                "active": False,
            }
        )
        for attack in (
            lambda: unit.write({"member_ids": [Command.link(self.sales_admin.id)]}),
            lambda: seats.create(
                {"crm_team_id": self.unit.id, "user_id": self.sales_admin.id}
            ),
            lambda: seats.with_context(default_crm_team_id=self.unit.id).create(
                {"user_id": self.sales_admin.id}
            ),
            lambda: seat.write({"crm_team_id": self.unit.id}),
            lambda: gone.with_user(self.sales_admin).write({"active": True}),
            lambda: gone.with_user(self.sales_admin).action_unarchive(),
        ):
            with self.assertRaises(AccessError):
                attack()
            self.env.invalidate_all()
        # Officers name them; who leaves needs no officer.
        officer = self.unit.with_user(self.officer)
        officer.write({"member_ids": [Command.link(self.manager.id)]})
        self.assertIn(self.manager, self.unit.member_ids)
        unit.write({"member_ids": [Command.unlink(self.manager.id)]})
        self.assertNotIn(self.manager, self.unit.member_ids)

    def test_a_unit_is_not_deleted_by_who_runs_teams(self):
        unit = self.env["crm.team"].create(
            {"name": "New", "company_id": self.company.id, "club_level": "branch"}
        )
        with self.assertRaises(AccessError):
            unit.with_user(self.sales_admin).unlink()

    def test_a_unit_with_records_stays_in_its_company(self):
        other = self.env["res.company"].create({"name": "Other Post"})
        self.env.user.company_ids |= other
        with self.assertRaises(UserError):
            self.unit.company_id = other
        self.unit.name = "Quay"
