from datetime import date, datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubCommon
from .tariff_case import TariffMixin

DAY = timedelta(1)
LAST_DAY = date(2026, 12, 31)


class TariffCase(TariffMixin, ClubCommon):
    """Gold and Diamond, a product of letters at 100, and all seats taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.gold, cls.diamond = tiers["gold"], tiers["diamond"]
        cls.letter, cls.parcel = cls.env["product.product"].create(
            [
                {"name": category.name, "list_price": 100, "categ_id": category.id}
                for category in (cls.categ_letters, cls.categ_parcels)
            ]
        )

    def _get_price(self, product=None, quantity=1, day=TODAY, account=None):
        """Return what a piece costs the account at noon of a day."""
        pricelist = (account or self.account_a).property_product_pricelist
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=4)
        return pricelist._get_product_price(
            product or self.letter, quantity, date=moment
        )

    def _end(self, tariff, last_day, reason="Costs too much", user=None):
        self.env["club.tariff.end"].with_user(user or self.officer).with_context(
            allowed_company_ids=self.company.ids
        ).create(
            {"tariff_id": tariff.id, "last_day": last_day, "reason": reason}
        ).action_end()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTariff(TariffCase):
    """Rule D18: signed, then a line of the tier's price list."""

    def test_nothing_of_it_counts_unsigned(self):
        self._make_member(self.account_a, self.gold)
        tariff = self._draw_up_tariff()
        tariff.action_submit()
        self.assertFalse(self._get_list())
        self.assertFalse(tariff.is_in_force)
        self.assertFalse(self.account_a.specific_property_product_pricelist)

    def test_a_signed_tariff_is_a_line_of_its_tiers_list(self):
        tariff = self._put_in_force(
            5, category_id=self.categ_letters.id, volume_from=10, date_to=LAST_DAY
        )
        pricelist = self._get_list()
        self.assertRecordValues(
            pricelist,
            [
                {
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "club_tier_id": self.gold.id,
                }
            ],
        )
        # Shanghai's day in Greenwich's hours.
        self.assertRecordValues(
            pricelist.item_ids,
            [
                {
                    "club_tariff_id": tariff.id,
                    "applied_on": "2_product_category",
                    "categ_id": self.categ_letters.id,
                    "min_quantity": 10,
                    "compute_price": "percentage",
                    "percent_price": 5,
                    "date_start": datetime(2026, 4, 9, 16),
                    "date_end": datetime(2026, 12, 31, 15, 59, 59),
                }
            ],
        )
        self.assertRecordValues(
            tariff,
            [{"last_day": LAST_DAY, "is_in_force": True, "pricelist_id": pricelist.id}],
        )
        self._put_in_force(3)
        self.assertEqual(self._get_list(), pricelist)
        self.assertEqual(len(pricelist.item_ids), 2)

    def test_volume_category_and_day(self):
        self._make_member(self.account_a, self.gold)
        self._put_in_force(
            5, category_id=self.categ_letters.id, volume_from=10, date_to=LAST_DAY
        )
        self._put_in_force(
            8, category_id=self.categ_letters.id, volume_from=100, date_to=LAST_DAY
        )
        for quantity, day, price in (
            (9, TODAY, 100),
            (10, TODAY, 95),
            (99, TODAY, 95),
            (100, TODAY, 92),
            (10, TODAY - DAY, 100),
            (10, LAST_DAY, 95),
            (10, LAST_DAY + DAY, 100),
        ):
            with self.subTest(quantity=quantity, day=day):
                self.assertEqual(self._get_price(None, quantity, day), price)
        self.assertEqual(self._get_price(self.parcel, 1_000), 100)

    def test_bounds(self):
        for values in (
            {"discount": 0},
            {"discount": 100.01},
            {"discount": -1},
            {"volume_from": -0.01},
            {"date_to": TODAY - DAY},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._draw_up_tariff(**values)
        self._draw_up_tariff(0.01)
        self._draw_up_tariff(100, date_to=TODAY)

    def test_what_says_too_little_is_not_submitted(self):
        with self.assertRaisesRegex(ValidationError, "customer grade"):
            self._draw_up_tariff(tier=self.grade.tier_ids[0])
        over = self._draw_up_tariff(date_from=TODAY - 2 * DAY, date_to=TODAY - DAY)
        with self.assertRaisesRegex(UserError, "would be over"):
            over.action_submit()
        other = self._create_program(self.company, name="Second")
        tier = other.group_ids.filtered(lambda g: g.code == "membership").tier_ids[0]
        with self.assertRaisesRegex(ValidationError, "isn't a tier of"):
            self._draw_up_tariff(tier=tier)
        second = self._draw_up_tariff(tier=tier, program_id=other.id)
        with self.assertRaisesRegex(UserError, "Accounts follow the tiers of"):
            second.action_submit()

    def test_an_overlap_is_refused_with_what_stands_against_it(self):
        first = self._put_in_force(5, volume_from=10, date_to=LAST_DAY)
        for values, refused in (
            ({"volume_from": 10, "date_from": LAST_DAY}, True),
            ({"volume_from": 10, "date_from": LAST_DAY + DAY}, False),
            ({"volume_from": 10, "date_from": TODAY - DAY, "date_to": TODAY}, True),
            ({"volume_from": 10.01}, False),
            ({"volume_from": 10, "category_id": self.categ_letters.id}, False),
            ({"volume_from": 10, "tier": self.diamond}, False),
        ):
            with self.subTest(values):
                tariff = self._draw_up_tariff(**values)
                if refused:
                    with self.assertRaisesRegex(
                        UserError, f"and {first.name}, in force"
                    ):
                        tariff.action_submit()
                else:
                    tariff.action_submit()
                    tariff.action_withdraw("Tried")

    def test_two_that_waited_for_the_same_day(self):
        """The second one is refused with its last signature."""
        both = [self._draw_up_tariff(discount) for discount in (5, 6)]
        for tariff in both:
            tariff.action_submit()
        self._sign_all(both[0])
        with self.assertRaisesRegex(UserError, "end that one before"):
            self._sign_all(both[1])
        self.assertEqual(self._get_list().item_ids.percent_price, 5)

    def test_the_day_after_a_tariff_has_ended(self):
        first = self._put_in_force(5)
        self._end(first, TODAY + DAY)
        with self.assertRaisesRegex(UserError, "end that one before"):
            self._put_in_force(6, date_from=TODAY + DAY)
        self._put_in_force(6, date_from=TODAY + 2 * DAY)
        self.assertEqual(len(self._get_list().item_ids), 2)

    def test_what_was_signed_stays(self):
        tariff = self._put_in_force()
        for values in ({"discount": 50}, {"date_to": LAST_DAY}, {"last_day": LAST_DAY}):
            with self.subTest(values), self.assertRaises(UserError):
                tariff.with_user(self.officer).write(values)
        with self.assertRaises(UserError):
            tariff.with_user(self.officer).unlink()

    def test_a_copy_is_a_draft(self):
        copy = self._put_in_force().copy()
        self.assertRecordValues(
            copy, [{"approval_state": "draft", "last_day": False, "ended_on": False}]
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTariffEnd(TariffCase):
    """Rule D18: a tariff ends earlier, never later, and says why."""

    def test_it_is_given_up_to_its_last_day(self):
        self._make_member(self.account_a, self.gold)
        tariff = self._put_in_force(5)
        self._end(tariff, TODAY)
        self.assertRecordValues(
            tariff,
            [
                {
                    "last_day": TODAY,
                    "ended_on": TODAY,
                    "ended_by_id": self.officer.id,
                    "end_reason": "Costs too much",
                    "is_in_force": True,
                }
            ],
        )
        self.assertEqual(self._get_price(), 95)
        self.assertEqual(self._get_price(day=TODAY + DAY), 100)
        with freeze_time(TODAY + DAY):
            self.env.invalidate_all()
            self.assertFalse(tariff.is_in_force)
            self.env["club.program"]._cron_daily()
            self.assertFalse(self.account_a.specific_property_product_pricelist)

    def test_not_before_today_and_not_later(self):
        tariff = self._put_in_force(5, date_to=LAST_DAY)
        for day, error in (
            (TODAY - DAY, "ends today at the earliest"),
            (LAST_DAY, "a longer one is another tariff"),
            (LAST_DAY + DAY, "a longer one is another tariff"),
        ):
            with self.subTest(day), self.assertRaisesRegex(UserError, error):
                self._end(tariff, day)
        with self.assertRaises(UserError):
            self._end(tariff, TODAY, " \u200b")
        self._end(tariff, LAST_DAY - DAY)
        self._end(tariff, TODAY)
        with freeze_time(TODAY + DAY):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "nothing to end"):
                self._end(tariff, TODAY + DAY)

    def test_what_has_not_begun_is_taken_back(self):
        tariff = self._put_in_force(5, date_from=TODAY + 5 * DAY)
        self._end(tariff, TODAY)
        self.assertEqual(tariff.last_day, TODAY + 4 * DAY)
        self.assertFalse(self._get_list().item_ids)
        self.assertFalse(tariff.can_end)
        self._put_in_force(6, date_from=TODAY + 4 * DAY)

    def test_only_officers_end(self):
        tariff = self._put_in_force()
        with self.assertRaises(AccessError):
            self._end(tariff, TODAY, user=self.lead)
        with self.assertRaises(AccessError):
            tariff.with_user(self.manager).action_end()
        draft = self._draw_up_tariff(tier=self.diamond)
        with self.assertRaisesRegex(UserError, "nothing to end"):
            self._end(draft, TODAY)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTariffFollowed(TariffCase):
    """Rule D18: accounts follow the list of their tier by themselves."""

    def _get_lists(self, *accounts):
        return [account.specific_property_product_pricelist for account in accounts]

    def test_members_have_it_at_once_and_their_people_too(self):
        person = self.env["res.partner"].create(
            {"name": "Ms Lin", "parent_id": self.account_a.id}
        )
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        pricelist = self._get_list()
        nobody = self.env["product.pricelist"]
        self.assertEqual(
            self._get_lists(self.account_a, person, self.account_b),
            [pricelist, pricelist, nobody],
        )
        # whoever has none is never given a tier's
        self.assertNotEqual(self.account_b.property_product_pricelist, pricelist)
        self.assertFalse(self.account_b.property_product_pricelist.club_tier_id)
        self._make_member(self.account_b, self.gold)
        self.assertEqual(self._get_lists(self.account_b), [pricelist])

    def test_it_changes_with_the_tier(self):
        self._put_in_force(5)
        self._put_in_force(9, tier=self.diamond)
        self._make_member(self.account_a, self.gold, last=TODAY + DAY)
        self.assertEqual(self._get_price(), 95)
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": self.membership.id,
                    "tier_id": self.diamond.id,
                    "date_from": TODAY + 2 * DAY,
                    "date_to": LAST_DAY,
                    "origin": "opening",
                }
            ],
        )
        with freeze_time(TODAY + 2 * DAY):
            self.program._refresh_mirrors()
            self.assertEqual(
                self._get_lists(self.account_a), [self._get_list(self.diamond)]
            )
            self.assertEqual(self._get_price(day=TODAY + 2 * DAY), 91)

    def test_it_begins_and_ends_with_its_days(self):
        self._make_member(self.account_a, self.gold)
        self._put_in_force(5, date_from=TODAY + DAY, date_to=TODAY + 2 * DAY)
        nobody = self.env["product.pricelist"]
        for days, expected in ((0, nobody), (1, self._get_list())):
            with freeze_time(TODAY + days * DAY):
                self.env["club.program"]._cron_daily()
                self.assertEqual(self._get_lists(self.account_a), [expected], days)
        with freeze_time(TODAY + 3 * DAY):
            self.env["club.program"]._cron_daily()
            self.env["club.program"]._cron_daily()
            self.assertEqual(self._get_lists(self.account_a), [nobody])

    def test_a_list_that_somebody_chose_stays(self):
        own = self.env["product.pricelist"].create({"name": "Agreed with Anchor"})
        self.account_a.specific_property_product_pricelist = own
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        self.env["club.program"]._cron_daily()
        self.assertEqual(self._get_lists(self.account_a), [own])
        self.account_a.specific_property_product_pricelist = False
        self.env["club.program"]._cron_daily()
        self.assertEqual(self._get_lists(self.account_a), [self._get_list()])

    def test_who_leaves_a_member_leaves_its_list_with_it(self):
        """Nobody takes a tier's prices along by having been a member's contact."""
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        people = self.env["res.partner"].with_user(self.lead)
        one = people.create({"name": "Ring", "parent_id": self.account_a.id})
        below = people.create({"name": "Ms Lin", "parent_id": one.id})
        self.program._refresh_mirrors()
        self.env.invalidate_all()
        pricelist = self._get_list()
        self.assertEqual(self._get_lists(one, below), [pricelist, pricelist])
        one.write({"parent_id": False, "is_company": True})
        self.env.invalidate_all()
        nobody = self.env["product.pricelist"]
        self.assertEqual(self._get_lists(one, below), [nobody, nobody])
        self.assertFalse(one.club_tier_id)
        one.write({"parent_id": self.account_a.id, "is_company": False})
        self.env.invalidate_all()
        self.assertEqual(self._get_lists(one, below), [pricelist, pricelist])

    def test_who_is_not_of_the_tier_is_not_given_its_list(self):
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        pricelist = self._get_list()
        manager = self.env["res.partner"].with_user(self.lead)
        account = manager.browse(self.account_b.id)
        for name in (
            "property_product_pricelist",
            "specific_property_product_pricelist",
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(AccessError, "Beacon Foods isn't one"),
                self.env.cr.savepoint(),
            ):
                account.write({name: pricelist.id})
            with self.subTest(name):
                new = manager.create({"name": "New", name: pricelist.id})
                self.assertFalse(new.specific_property_product_pricelist)
            with self.subTest(name), self.assertRaises(AccessError):
                manager.with_context(**{f"default_{name}": pricelist.id}).create(
                    {"name": "New"}
                )
        self.env.invalidate_all()
        self.assertFalse(self.account_b.specific_property_product_pricelist)
        member = manager.browse(self.account_a.id)
        member.write({"specific_property_product_pricelist": pricelist.id})
        self.assertFalse(member.copy().specific_property_product_pricelist)

    def test_an_order_of_another_customer_does_not_have_it_either(self):
        """Whichever model the order is: the club doesn't depend on Sales."""
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        pricelist = self._get_list().with_user(self.lead)
        person = self._create_account(
            "Ms Reed", agreement=False, is_company=False, parent_id=self.account_a.id
        )
        own = self.env["product.pricelist"].create({"name": "Agreed with Beacon"})
        for customer, chosen in (
            (self.account_a, pricelist),
            (person, pricelist),
            (self.account_b, own),
            (self.account_b, own.browse()),
        ):
            chosen._check_club_customer(customer)
        with self.assertRaisesRegex(AccessError, "Beacon Foods isn't one"):
            pricelist._check_club_customer(self.account_b)

    def test_a_seller_chooses_it_for_members_only(self):
        if "sale.order" not in self.env:
            self.skipTest("Sales isn't installed.")
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        pricelist = self._get_list()
        seller = self._create_user("user", "seller")
        seller.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        orders = self.env["sale.order"].with_user(seller)
        member = orders.create({"partner_id": self.account_a.id})
        self.assertEqual(member.pricelist_id, pricelist)
        other = {"partner_id": self.account_b.id}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            orders.create({**other, "pricelist_id": pricelist.id})
        order = orders.create(other)
        self.assertNotEqual(order.pricelist_id, pricelist)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.pricelist_id = pricelist

    def test_companies_follow_their_own(self):
        other = self._create_club_company("Far Post")
        program = self._create_program(other)
        tier = program.group_ids.filtered(lambda g: g.code == "membership").tier_ids[1]
        self._make_member(self.account_a, self.gold)
        self._put_in_force()
        row = {"account_id": self.account_a.id, "group_id": tier.group_id.id}
        row |= {"tier_id": tier.id, "date_from": TODAY, "date_to": LAST_DAY}
        row |= {"origin": "opening"}
        self.env["club.membership"]._insert(program, [row])
        program._refresh_mirrors(self.account_a)
        there = self.account_a.with_company(other)
        self.assertEqual(self._get_lists(self.account_a), [self._get_list()])
        self.assertFalse(there.specific_property_product_pricelist)
        self.assertFalse(there.property_product_pricelist.club_tier_id)

    def test_all_accounts_take_as_many_queries_as_one(self):
        self._put_in_force()
        counts = []
        for names in (["One"], [f"Account {n}" for n in range(30)]):
            accounts = self._create_accounts(names)
            rows = [
                {
                    "account_id": account.id,
                    "group_id": self.membership.id,
                    "tier_id": self.gold.id,
                    "date_from": TODAY,
                    "date_to": LAST_DAY,
                    "origin": "opening",
                }
                for account in accounts
            ]
            self.env["club.membership"]._insert(self.program, rows)
            self.program._refresh_mirrors(accounts)
            self.env.flush_all()
            accounts.specific_property_product_pricelist = False
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.program._follow_tariffs(accounts)
            counts.append(self.env.cr.sql_log_count - before)
            lists = accounts.mapped("specific_property_product_pricelist")
            self.assertEqual(lists, self._get_list())
        self.assertEqual(*counts)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTariffAttacks(TariffCase):
    """Rule D18: nobody but a signed tariff writes a tier's price list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put_in_force()
        cls.pricelist = cls._get_list()
        cls.item = cls.pricelist.item_ids
        cls.seller = cls._create_user("admin", "seller")
        cls.seller.group_ids |= cls.env.ref("product.group_product_manager")
        cls.seller.group_ids |= cls.env.ref("product.group_product_pricelist")

    def _as_seller(self, records):
        return records.with_user(self.seller).with_context(
            allowed_company_ids=self.company.ids
        )

    def test_the_list(self):
        pricelist = self._as_seller(self.pricelist)
        line = {"compute_price": "percentage", "percent_price": 90}
        for call in (
            lambda: pricelist.write({"name": "Mine"}),
            lambda: pricelist.write({"active": False}),
            lambda: pricelist.write({"company_id": False}),
            lambda: pricelist.write({"currency_id": self.env.ref("base.EUR").id}),
            lambda: pricelist.write({"club_tier_id": False}),
            lambda: pricelist.write({"item_ids": [Command.create(line)]}),
            lambda: pricelist.write({"item_ids": [Command.clear()]}),
            lambda: pricelist.write(
                {"item_ids": [Command.update(self.item.id, {"percent_price": 90})]}
            ),
            lambda: pricelist.web_save({"name": "Mine"}, {}),
            pricelist.action_archive,
            pricelist.unlink,
            lambda: pricelist.update_field_translations("name", {"en_US": "Mine"}),
        ):
            with self.assertRaises(UserError):
                call()
        pricelist.message_subscribe(self.seller.partner_id.ids)

    def test_its_lines(self):
        items = self._as_seller(self.env["product.pricelist.item"])
        item = items.browse(self.item.id)
        other = self._as_seller(self.env["product.pricelist"]).create({"name": "Other"})
        line = {"compute_price": "percentage", "percent_price": 90}
        free = items.create({**line, "pricelist_id": other.id})
        for call in (
            lambda: items.create({**line, "pricelist_id": self.pricelist.id}),
            lambda: item.write({"percent_price": 90}),
            lambda: item.write({"date_end": False}),
            lambda: item.write({"pricelist_id": other.id}),
            lambda: item.copy(),
            item.unlink,
            lambda: free.write({"pricelist_id": self.pricelist.id}),
            lambda: free.write({"club_tariff_id": self.item.club_tariff_id.id}),
            lambda: other.write({"club_tier_id": self.diamond.id}),
        ):
            with self.assertRaises(UserError):
                call()
        free.write({"percent_price": 10})
        free.unlink()

    def test_a_tier_with_tariffs_stays_in_its_program(self):
        other = self._create_program(self.company, name="Second").group_ids[0]
        with self.assertRaisesRegex(UserError, "has tariffs"):
            self.gold.with_user(self.officer).group_id = other

    def test_a_copy_is_an_ordinary_list(self):
        copy = self._as_seller(self.pricelist).copy()
        self.assertFalse(copy.club_tier_id)
        self.assertFalse(copy.item_ids.club_tariff_id)
        copy.unlink()

    def test_a_list_that_the_setting_archived_comes_back_with_a_tariff(self):
        self.pricelist.sudo().action_archive()
        self._make_member(self.account_a, self.gold)
        self.assertFalse(self.account_a.specific_property_product_pricelist)
        self._put_in_force(6, volume_from=10)
        self.assertTrue(self.pricelist.active)
        self.assertEqual(
            self.account_a.specific_property_product_pricelist, self.pricelist
        )
