from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .rate_case import RateCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBusinessLine(RateCase):
    """Rule B2: each line has a name in one's language, and a unit that proposes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = cls.env["club.business.line"].with_company(cls.company)
        cls.line = cls._create_line("test", cls.category, unit_id=cls.unit.id)
        cls.child = cls.category.create({"name": "Child", "parent_id": cls.category.id})
        cls.grandchild = cls.category.create(
            {"name": "Grandchild", "parent_id": cls.child.id}
        )

    @classmethod
    def _create_line(cls, code, category, **values):
        return cls.lines.create(
            {"name": code, "code": code, "category_id": category.id, **values}
        )

    # === Which line a category is of === #

    def test_the_nearest_line_counts(self):
        far = self._propose(0.4, category_id=self.grandchild.id)
        self.assertEqual(far.business_line_id, self.line)
        near = self._create_line("near", self.child)
        self.assertEqual(far.business_line_id, near)
        near.active = False
        self.assertEqual(far.business_line_id, self.line)
        self.grandchild.parent_id = False
        self.assertFalse(far.business_line_id)

    def test_a_product_is_of_its_category_s_line(self):
        product = self.env["product.product"].create(
            {"name": "Stamp", "categ_id": self.child.id}
        )
        rate = self._propose(2, category_id=False, product_id=product.id)
        self.assertEqual(rate.business_line_id, self.line)

    def test_a_company_s_own_line_comes_before_a_shared_one(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        rate = self._propose(0.4)
        foreign = self._create_line("foreign", self.category, company_id=other.id)
        self.assertEqual(rate.business_line_id, self.line)
        own = self._create_line("own", self.category, company_id=self.company.id)
        self.assertEqual(rate.business_line_id, own)
        self.assertNotIn(foreign, self.lines.with_user(self.officer).search([]))

    def test_each_company_names_its_own_unit(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.line.unit_id, self.unit)
        self.assertFalse(self.line.with_company(other).unit_id)

    def test_a_line_with_rates_is_archived_not_deleted(self):
        rate = self._propose(0.4)
        with self.assertRaisesRegex(UserError, "archive the business line"):
            self.line.with_user(self.officer).unlink()
        self.line.with_user(self.officer).active = False
        self.line.with_user(self.officer).unlink()
        self.assertFalse(rate.business_line_id)

    # === Who proposes === #

    def test_only_the_line_s_unit_and_officers_propose_its_rates(self):
        member = self._create_user("user", "line_member")
        self.env["crm.team.member"].create(
            {"crm_team_id": self.unit.id, "user_id": member.id}
        )
        for user in (self.lead, member, self.officer):
            rate = self._propose(0.4, user=user)
            self.assertTrue(rate.can_propose, user.login)
            rate.value = 0.5
            rate.unlink()
        outsiders = [
            self._create_user(role, f"outside_{role}")
            for role in ("clerk", "lead", "finance", "user")
        ]
        for user in (*outsiders, self.finance, self.auditor):
            with self.assertRaises(AccessError, msg=user.login):
                self._propose(0.4, user=user)

    def test_no_rate_is_pushed_into_another_line(self):
        free = self.category.create({"name": "Free"})
        rate = self._propose(0.4, user=self.finance, category_id=free.id)
        for values in ({"category_id": self.category.id}, {"factor": "coefficient"}):
            with self.assertRaises(AccessError):
                rate.write(values)
        rate.value = 0.6
        self._create_line("taken", free, unit_id=self.other_unit.id)
        for step in (
            lambda: rate.write({"value": 0.7}),
            rate.action_submit,
            rate.unlink,
        ):
            with self.assertRaises(AccessError):
                step()
        self.assertFalse(rate.can_propose)
        self.assertEqual(rate.proposed_by, self.other_unit.name)

    def test_what_an_officer_drew_up_the_unit_may_not_take_elsewhere(self):
        rate = self._propose(0.4, user=self.officer)
        with self.assertRaises(AccessError):
            rate.with_user(self.lead).value = 0.5
        rate.action_submit()
        self.assertEqual(rate.approval_state, "waiting")

    def test_marketing_proposes_coefficients(self):
        seated = self._create_user("user", "marketer")
        self._create_seat("marketing", seated)
        rate = self._propose(1.2, user=seated, factor="coefficient")
        rate.action_submit()
        self.assertEqual(self._get_turns(rate), [self.signers["marketing"].login])
        for user in (self.lead, self.finance, self.clerk):
            with self.assertRaisesRegex(AccessError, "seat in Marketing"):
                self._propose(1.2, user=user, factor="coefficient")
        with self.assertRaises(AccessError):
            self._propose(0.4, user=seated)
        self.assertTrue(self._propose(1.2, user=self.officer, factor="coefficient"))

    def test_a_seat_that_has_ended_proposes_nothing(self):
        gone = self._create_user("clerk", "gone")
        self._create_seat("marketing", gone, date_to="2026-01-31")
        with self.assertRaises(AccessError):
            self._propose(1.2, user=gone, factor="coefficient")

    # === Names === #

    def test_categories_take_the_names_of_the_company_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        line = self.env.ref("crm_club.club_business_line_letters")
        renamed = self.env.ref("crm_club.club_business_line_parcels")
        for one, name in ((line, "函件"), (renamed, "包裹")):
            one.category_id.name = one.with_context(lang="en_US").name
            one.with_context(lang="zh_CN").name = name
        renamed.category_id.name = "Boxes"
        main = self.env.ref("base.main_company")
        main.write({"country_id": self.env.ref("base.cn").id})
        main.partner_id.lang = "en_US"
        self.lines._name_categories()
        self.assertEqual(line.category_id.name, "函件")
        self.assertEqual(renamed.category_id.name, "Boxes")
        self.lines._name_categories()
        self.assertEqual(line.category_id.name, "函件")

    def test_categories_stay_english_without_another_language(self):
        line = self.env.ref("crm_club.club_business_line_letters")
        line.category_id.name = line.with_context(lang="en_US").name
        main = self.env.ref("base.main_company")
        main.write({"country_id": self.env.ref("base.us").id})
        main.partner_id.lang = "en_US"
        self.lines._name_categories()
        self.assertEqual(line.category_id.name, "Letters")

    def test_the_lines_of_a_post_office_are_there(self):
        for code in ("letters", "parcels", "express", "logistics", "ecommerce"):
            line = self.env.ref(f"crm_club.club_business_line_{code}")
            self.assertEqual(
                line.category_id, self.env.ref(f"crm_club.product_category_{code}")
            )
        # A club that was there before the lines keeps its own rates.
        for code in ("letters", "logistics", "ecommerce"):
            rate = self.env.ref(f"crm_club.club_points_rate_{code}", False)
            self.assertTrue(not rate or rate.is_example)
