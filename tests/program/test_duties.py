"""Field officers and office clerks: variants of a unit's user. Rule E2."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDuties(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper, cls.walker = cls._create_users(keeper="user", walker="user")
        cls.members = cls.env["crm.team.member"].create(
            [
                {
                    "crm_team_id": cls.unit.id,
                    "user_id": user.id,
                    **({"club_duty": duty} if duty else {}),
                }
                for user, duty in (
                    (cls.keeper, "office"),
                    (cls.walker, "field"),
                    (cls.manager, None),
                )
            ]
        )
        cls._add_revenue(cls.account_a, 60_000)
        cls._add_revenue(cls.account_b, 60_000)
        cls._post_run()
        cls._add_revenue(cls.account_a, 1_000, "2026-04")

    def _count(self, model, user, account):
        records = self.env[model].with_user(user)
        return records.search_count([("account_id", "=", account.id)])

    # === The duty === #

    def test_a_member_is_an_account_manager_unless_said_otherwise(self):
        self.assertEqual(
            self.members.mapped("club_duty"), ["office", "field", "manager"]
        )

    def test_found_among_members_units_and_users(self):
        members = self.env["crm.team.member"].with_user(self.officer)
        self.assertEqual(
            members.search([("club_duty", "=", "office")]).user_id, self.keeper
        )
        users = self.env["res.users"].search(
            [("crm_team_member_ids.club_duty", "=", "field")]
        )
        self.assertEqual(users, self.walker)
        self.assertEqual(self.walker.club_duties, "Quay: Field Officer")
        self.assertEqual(self.keeper.club_duties, "Quay: Office Clerk")
        self.assertFalse(self.officer.club_duties)

    def test_officers_say_it_and_nobody_else(self):
        for user in (self.manager, self.lead, self.keeper, self.finance):
            with self.assertRaises(AccessError):
                self.members[2].with_user(user).club_duty = "office"
        self.members[2].with_user(self.officer).club_duty = "office"
        self.assertEqual(self.members[2].club_duty, "office")

    def test_running_sales_teams_is_not_giving_duties(self):
        """Odoo's sales administrator may write members, and no duty in a unit."""
        seller = self._create_employee("sales_boss")
        seller.group_ids |= self.env.ref("sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.members[2].with_user(seller).club_duty = "office"

    def test_the_units_form_names_members_with_their_duty(self):
        new = self._create_user("user", "new_hand")
        view = "crm_club.club_unit_view_form"
        with Form(self.other_unit.with_user(self.officer), view) as form:
            with form.crm_team_member_ids.new() as member:
                member.user_id = new
                member.club_duty = "office"
        self.assertEqual(self.other_unit.crm_team_member_ids.club_duty, "office")

    # === What an office clerk reads === #

    def test_an_office_clerk_reads_the_accounts_of_the_unit(self):
        for model in (
            "club.membership",
            "club.points.entry",
            "club.agreement",
            "club.revenue",
        ):
            with self.subTest(model):
                self.assertTrue(self._count(model, self.keeper, self.account_a))
                self.assertFalse(self._count(model, self.keeper, self.account_b))
                # Neither a field officer nor an account manager of others' accounts.
                self.assertFalse(self._count(model, self.walker, self.account_a))
        seen = self.account_a.with_user(self.keeper)
        self.assertTrue(seen.club_is_readable)
        self.assertEqual(seen.club_points, 60_000)
        self.assertFalse(self.account_b.with_user(self.keeper).club_is_readable)
        self.assertFalse(self.account_a.with_user(self.walker).club_is_readable)

    def test_not_those_of_the_units_below(self):
        below = self.env["crm.team"].create(
            {"name": "Quay 2", "company_id": self.company.id, "parent_id": self.unit.id}
        )
        self.account_b.club_unit_id = below
        self.assertFalse(self._count("club.membership", self.keeper, self.account_b))

    def test_it_ends_with_the_duty_or_the_membership(self):
        self.members[0].club_duty = "field"
        self.env.invalidate_all()
        self.assertFalse(self._count("club.membership", self.keeper, self.account_a))
        self.members[0].club_duty = "office"
        self.assertTrue(self._count("club.membership", self.keeper, self.account_a))
        self.members[0].active = False
        self.env.invalidate_all()
        self.assertFalse(self._count("club.membership", self.keeper, self.account_a))
        archived = self.env["club.membership"].with_user(self.keeper)
        archived = archived.with_context(active_test=False)
        self.assertFalse(archived.search([("account_id", "=", self.account_a.id)]))

    def test_read_only(self):
        agreement = self.account_a.club_agreement_ids.with_user(self.keeper)
        self.assertTrue(agreement.has_access("read"))
        for operation in ("write", "unlink"):
            self.assertFalse(agreement.has_access(operation))
        with self.assertRaises(AccessError):
            self.account_a.with_user(self.keeper).club_manager_id = self.keeper
        redemptions = self.env["club.redemption"].with_user(self.keeper)
        with self.assertRaises(AccessError):
            redemptions.create(
                {
                    "program_id": self.program.id,
                    "account_id": self.account_a.id,
                    "points": 10,
                    "reason": "Tea",
                }
            )

    def test_not_what_is_known_of_persons(self):
        person = self.env["res.partner"].create(
            {"name": "Li Ming", "parent_id": self.account_a.id}
        )
        profile = self.env["club.contact.profile"].create({"contact_id": person.id})
        self.assertFalse(profile.with_user(self.keeper).has_access("read"))
        self.assertTrue(profile.with_user(self.manager).has_access("read"))

    def test_not_in_another_company(self):
        other = self._create_club_company("Elsewhere Post")
        self.keeper.company_ids |= other
        there = self.env["club.membership"].with_user(self.keeper)
        there = there.with_context(allowed_company_ids=other.ids)
        self.assertFalse(there.search([("account_id", "=", self.account_a.id)]))

    # === What he does, and doesn't === #

    def test_he_draws_up_papers_and_signs_nothing(self):
        self._set_up_seats()
        kind = self.env["club.activity.type"].create({"name": "Talk", "code": "test"})
        activity = (
            self.env["club.activity"]
            .with_user(self.keeper)
            .create(
                {
                    "theme": "Talk",
                    "type_id": kind.id,
                    "reason": "Because",
                    "date_begin": "2026-05-08 06:00:00",
                    "date_end": "2026-05-08 09:00:00",
                    "place": "Tea house",
                    "headcount": 10,
                    "cost_ids": [
                        Command.create({"kind": "venue", "name": "Hall", "amount": 100})
                    ],
                }
            )
        )
        self.assertEqual(activity.unit_id, self.unit)
        activity.action_submit()
        self.assertEqual(self._get_turns(activity), [self.lead.login])
        with self.assertRaises(AccessError):
            activity.with_user(self.keeper).action_sign()
        holders = self.env["club.body"]._get_holdings(self.keeper, TODAY)
        self.assertFalse(holders)
        # Verifying is the points clerk's, whom the unit names. Rule B5.
        self.assertFalse(self.unit.with_user(self.keeper).club_is_verified)
        with freeze_time("2026-05-10"):
            run = self._create_run("2026-04")
            run.action_compute()
            units = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
            with self.assertRaises(AccessError):
                units.with_user(self.keeper).action_verify()

    def test_a_field_officer_hands_over_leads(self):
        """As any salesperson does; and brings visitors in his unit's name."""
        lead = self.env["crm.lead"].with_user(self.walker).create({"name": "Mailing"})
        lead.user_id = self.manager
        self.assertEqual(lead.sudo().user_id, self.manager)
        visit = self.env["club.visit"].with_user(self.walker).new({})
        self.assertEqual(visit.unit_id, self.unit)

    # === Units that are offered === #

    def test_units_for_which_one_may_apply(self):
        units = self.env["crm.team"]
        both = self.unit | self.other_unit
        offered = [("club_can_apply", "=", True), ("id", "in", both.ids)]
        for user, found in (
            (self.manager, self.unit),  # a member
            (self.keeper, self.unit),
            (self.lead, self.unit),
            (self.clerk, self.unit),  # verifies its points
            (self.finance, units),
            (self.officer, both),
        ):
            with self.subTest(user.login):
                self.assertEqual(units.with_user(user).search(offered), found)
                seen = both.with_user(user)
                self.assertEqual(seen.filtered("club_can_apply"), found)

    def test_every_document_that_a_unit_applies_for_offers_these(self):
        for model in (
            "club.activity",
            "club.cooperation",
            "club.points.adjustment",
            "club.settlement",
            "club.banquet",
            "club.round.table",
        ):
            with self.subTest(model):
                field = self.env[model]._fields["unit_id"]
                self.assertIn("club_can_apply", str(field.domain))

    # === Odoo's rights that come with a role === #

    def test_who_works_in_a_unit_is_asked_at_once(self):
        """Its lead, its clerk or a member: one query, as each submission asks it."""
        self.env.flush_all()
        for user, works in ((self.lead, True), (self.finance, False)):
            self.unit._is_worked_in_by(user)  # the unit is read
            with self.assertQueryCount(1):
                self.assertEqual(self.unit._is_worked_in_by(user), works)

    def test_finance_enters_vendor_bills(self):
        moves = self.env["account.move"]
        for user, may in ((self.finance, True), (self.manager, False)):
            with self.subTest(user.login):
                bills = moves.with_user(user)
                self.assertEqual(bills.has_access("create"), may)
