from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .care_case import CareFixture, OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountTeam(OutsidersMixin, CareFixture, TransactionCase):
    """Who looks after an account, from when to when. Rules D9, D14, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_outsiders()
        cls.teams = cls.env["club.account.team"]

    def _name(self, by=None, user=None, **values):
        return self.teams.with_user(by or self.lead).create(
            {
                "account_id": self.account_a.id,
                "user_id": (user or self.other_manager).id,
                "company_id": self.company.id,
                **values,
            }
        )

    def _get_leads(self, account=None):
        """Return who leads, from and to, oldest first."""
        self.env.flush_all()
        account = account or self.account_a
        lines = self.teams.search(
            [("account_id", "=", account.id), ("role", "=", "lead")],
            order="date_from, id",
        )
        return [
            (line.user_id, str(line.date_from), str(line.date_to or ""))
            for line in lines
        ]

    def _count_mine(self, user):
        """Return whether the account is his: searched, computed, by its rules."""
        self.env.invalidate_all()
        env = self.env(user=user.id, context={"allowed_company_ids": self.company.ids})
        account = env["res.partner"].browse(self.account_a.id)
        domain = [("id", "=", account.id)]
        found = {
            bool(env["res.partner"].search([*domain, ("club_is_mine", "=", True)])),
            not env["res.partner"].search([*domain, ("club_is_mine", "=", False)]),
            account.club_is_mine,
            bool(account.filtered_domain([("club_is_mine", "=", True)])),
        }
        self.assertEqual(len(found), 1)
        return found.pop()

    # === The lead follows the manager === #

    def test_the_lead_follows_the_manager_and_history_stays(self):
        self.account_a.club_manager_id = self.manager
        before = self._get_leads()
        self.assertEqual(before[-1], (self.manager, str(TODAY), ""))
        with freeze_time("2026-07-20"):
            self.account_a.club_manager_id = self.other_manager
            self.assertEqual(
                self._get_leads()[-2:],
                [
                    (self.manager, str(TODAY), "2026-07-19"),
                    (self.other_manager, "2026-07-20", ""),
                ],
            )
            # Corrected on the same day: as if the first had never been.
            self.account_a.club_manager_id = self.clerk
            self.assertEqual(self._get_leads()[-1], (self.clerk, "2026-07-20", ""))
            self.account_a.club_manager_id = False
            self.assertEqual(
                self._get_leads()[-1], (self.manager, str(TODAY), "2026-07-19")
            )
            self.teams._follow_managers()
            self.assertEqual(
                self._get_leads()[-1], (self.manager, str(TODAY), "2026-07-19")
            )

    def test_following_twice_changes_nothing(self):
        self.teams._follow_managers()
        before = self.teams.search([]).read(["user_id", "date_from", "date_to"])
        self.teams._follow_managers()
        self.env.invalidate_all()
        after = self.teams.search([]).read(["user_id", "date_from", "date_to"])
        self.assertEqual(before, after)

    def test_each_company_has_its_own_lead(self):
        self.account_a.with_company(self.foreign).club_manager_id = self.foreign_officer
        lines = self.teams.search(
            [("account_id", "=", self.account_a.id), ("date_to", "=", False)]
        )
        self.assertEqual(
            {(line.company_id, line.user_id) for line in lines},
            {(self.company, self.manager), (self.foreign, self.foreign_officer)},
        )

    def test_people_of_an_account_have_no_team(self):
        self.account_a.club_manager_id = self.other_manager
        self.assertFalse(self.teams.search([("account_id", "=", self.contact.id)]))
        partner = self.env["res.partner"].create(
            {"name": "Own", "is_company": True, "club_manager_id": self.manager.id}
        )
        self.assertTrue(self._get_leads(partner))
        partner.write({"is_company": False, "parent_id": self.account_a.id})
        self.assertFalse(self._get_leads(partner))  # begun today

    def test_merged_accounts_have_one_lead(self):
        self._name(account_id=self.account_a.id, user=self.clerk)
        self._name(self.officer, account_id=self.account_b.id, user=self.clerk)
        partners = self.account_a | self.account_b
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge(partners.ids, self.account_a, extra_checks=False)
        lines = self.teams.search(
            [("account_id", "=", self.account_a.id), ("date_to", "=", False)]
        )
        self.assertEqual(
            sorted((line.role, line.user_id.login) for line in lines),
            [("deputy", self.clerk.login), ("lead", self.manager.login)],
        )

    # === Whose account it is === #

    def test_a_deputy_reads_while_on_the_team(self):
        """Before the first day, on it, on the last one, after it."""
        self.assertFalse(self._count_mine(self.other_manager))
        self._name(date_from=TODAY, date_to="2026-08-01")
        for day, is_mine in (
            (TODAY, True),
            ("2026-08-01", True),
            ("2026-08-02", False),
        ):
            with freeze_time(day):
                self.assertEqual(self._count_mine(self.other_manager), is_mine, day)
                profile = self.profile.with_user(self.other_manager)
                self.assertEqual(profile.has_access("read"), is_mine, day)
        self._name(user=self.finance, date_from="2026-12-01", role="specialist")
        self.assertFalse(self._count_mine(self.finance))
        with freeze_time("2026-12-01"):
            self.assertTrue(self._count_mine(self.finance))

    def test_an_archived_account_is_mine_as_well(self):
        self.account_a.with_user(self.officer).active = False
        self.env.flush_all()
        env = self.env(
            user=self.manager.id, context={"allowed_company_ids": self.company.ids}
        )
        found = env["club.contact.profile"].search(
            [("account_id", "=", self.account_a.id)]
        )
        self.assertEqual(found, self.profile)

    def test_a_team_of_another_company_opens_nothing_here(self):
        self.other_manager.company_ids += self.foreign
        self.teams.create(
            {
                "account_id": self.account_a.id,
                "user_id": self.other_manager.id,
                "company_id": self.foreign.id,
            }
        )
        self.assertFalse(self._count_mine(self.other_manager))

    # === Who names whom === #

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_access")
    def test_lead_and_officer_name_deputies_and_nobody_else(self):
        line = self._name(self.lead)
        line.with_user(self.officer).date_to = TODAY
        self._name(self.officer, role="specialist")
        for user in (self.manager, *self.outsiders):
            with self.assertRaises(AccessError, msg=user.login), self.cr.savepoint():
                self._name(user, user=self.clerk, role="specialist")
            with self.assertRaises(AccessError, msg=user.login), self.cr.savepoint():
                line.with_user(user).date_to = False

    def test_the_lead_is_nobodys_to_type(self):
        lead = self.teams.search(
            [("account_id", "=", self.account_a.id), ("role", "=", "lead")], limit=1
        )
        for change in (
            lambda: self._name(self.officer, role="lead", date_to=TODAY),
            lambda: lead.with_user(self.officer).write({"date_to": TODAY}),
            lambda: lead.with_user(self.officer).write({"role": "deputy"}),
        ):
            with self.assertRaisesRegex(UserError, "is its account manager"):
                with self.cr.savepoint():
                    change()

    def test_a_time_is_ended_and_not_rewritten(self):
        line = self._name()
        for values in (
            {"user_id": self.clerk.id},
            {"role": "lead"},
            {"role": "specialist"},
            {"date_from": "2026-01-01"},
            {"account_id": self.account_b.id},
            {"company_id": self.foreign.id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                line.with_user(self.officer).write(values)
        line.with_user(self.lead).date_to = TODAY
        self.assertEqual(line.date_to, TODAY)

    def test_nobody_is_named_twice_for_the_same_days(self):
        self._name(date_to="2026-08-01")
        with (
            self.assertRaisesRegex(ValidationError, "in this role"),
            self.cr.savepoint(),
        ):
            self._name(date_from="2026-08-01", date_to="2026-09-01")
        self._name(date_from="2026-08-02", date_to="2026-09-01")
        self._name(role="specialist")  # in another role

    def test_only_account_managers_join(self):
        with self.assertRaisesRegex(ValidationError, "needs the role Account Manager"):
            self._name(user=self.employee)
