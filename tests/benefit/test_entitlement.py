from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...models.benefit import entitlement_reach
from ..common import TODAY
from .benefit_case import BenefitCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestEntitlement(BenefitCase):
    """Owed, booked, used, left of each account and benefit. Rule D12."""

    def test_owed_booked_used_and_left(self):
        self.assertEqual(self._get_entitlement(), (2, 0, 0, 2))
        self._book().action_use()
        self.assertEqual(self._get_entitlement(), (2, 0, 1, 1))
        self._book()
        self.assertEqual(self._get_entitlement(), (2, 1, 1, 0))
        self.assertEqual(
            self._get_entitlement(account=self.account_b), (1, 0, 0, 1), "its own"
        )
        self.assertIsNone(self._get_entitlement(self.doctor, self.account_b))

    def test_a_number_that_was_lowered_leaves_nothing_below_zero(self):
        self._book(), self._book()
        self.fast_track.quota_ids.filtered(
            lambda q: q.tier_id.code == "platinum"
        ).times = 1
        self.assertEqual(self._get_entitlement(), (1, 2, 0, 0))

    def test_the_years_before_keep_their_row(self):
        """Owed by the tier of the year's last day."""
        self._give_tier(self.account_a, "gold", date(2025, 1, 1), date(2025, 12, 31))
        self._book(day="2025-06-01").action_use()
        self.assertEqual(self._get_entitlement(year=2025), (1, 0, 1, 0))
        self.assertEqual(self._get_entitlement(), (2, 0, 0, 2))
        self.assertIsNone(self._get_entitlement(account=self.account_b, year=2025))

    def test_a_row_without_a_tier_tells_what_was_used(self):
        self._book().action_use()
        self.env["club.membership"]._end(
            [(self.term_a.id, date(2026, 4, 10), "lapsed")]
        )
        with freeze_time("2026-04-11"):
            self.assertEqual(self._get_entitlement(), (0, 0, 1, 0))

    def test_ids_open_the_row_again(self):
        self._book()
        rows = self.env["club.entitlement"].search(
            [("account_id", "in", (self.account_a | self.account_b).ids)]
        )
        self.assertEqual(len(set(rows.ids)), len(rows))
        self.assertEqual(len(rows), 3)
        figures = {row.id: (row.account_id, row.benefit_id, row.owed) for row in rows}
        self.env.invalidate_all()
        for number, expected in figures.items():
            row = self.env["club.entitlement"].browse(number)
            self.assertEqual((row.account_id, row.benefit_id, row.owed), expected)
            self.assertLess(number, 2**53)

    def test_a_page_is_what_all_rows_begin_with(self):
        """However few accounts are tried first, and whoever asks."""
        self._book()
        self.env.flush_all()
        few = patch.multiple(entitlement_reach, FEW=0, FIRST=1, WIDER=2)
        for user in (self.officer, self.auditor, self.manager, self.lead):
            rows = self.env["club.entitlement"].with_user(user)
            rows = rows.with_context(allowed_company_ids=self.company.ids)
            every = sorted(rows.search([], order="year, id").ids)
            for offset, limit in ((0, 1), (0, 3), (1, 2), (2, 50), (90, 5)):
                with self.subTest(user.login, offset=offset, limit=limit), few:
                    found = rows.search([], offset=offset, limit=limit)
                    self.assertEqual(found.ids, every[offset : offset + limit])
                    self.assertEqual(
                        rows.search_count([], limit=limit), min(limit, len(every))
                    )

    def test_nobody_writes_the_view(self):
        row = self.env["club.entitlement"].search([], limit=1)
        for user in (self.officer, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"owed": 5})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()

    def test_the_better_tier_of_two_programs(self):
        second = self._create_program(self.company)
        group = second.group_ids.filtered(lambda g: g.purpose == "membership")
        diamond = group.tier_ids[-1]
        self.env["club.benefit.quota"].create(
            {"benefit_id": self.fast_track.id, "tier_id": diamond.id, "times": 9}
        )
        self.env["club.membership"]._insert(
            second,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": group.id,
                    "tier_id": diamond.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 12, 31),
                    "origin": "opening",
                }
            ],
        )
        self.assertEqual(self._get_entitlement(), (9, 0, 0, 9))
        self.assertEqual(self._book().tier_id, diamond)

    # === Who reads it === #

    def test_each_role_reads_its_own_accounts(self):
        rows = self.env["club.entitlement"]
        a, b = self.account_a, self.account_b
        for user, expected in (
            (self.manager, a),
            (self.clerk, rows.account_id),
            (self.lead, a),
            (self.finance, rows.account_id),
            (self.auditor, a | b),
            (self.officer, a | b),
        ):
            with self.subTest(user.login):
                mine = rows.with_user(user).with_context(
                    allowed_company_ids=self.company.ids
                )
                found = mine.search([("benefit_id", "=", self.fast_track.id)])
                self.assertEqual(found.account_id.sudo(), expected.sudo())

    def test_the_partner_shows_the_entitlements_of_the_year(self):
        self._give_tier(self.account_a, "gold", date(2025, 1, 1), date(2025, 12, 31))
        self._book(day="2025-06-01").action_use()
        self._book()
        self.env.invalidate_all()
        account = self.account_a.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        rows = account.club_entitlement_ids
        self.assertEqual(rows.mapped("year"), [2026])
        self.assertEqual(rows.benefit_id, self.fast_track)
        self.assertEqual(account.club_benefit_booking_count, 2)
        person = self.person_a.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertEqual(person.club_benefit_booking_count, 2)
        self.assertEqual(len(person.club_person_booking_ids), 2)
        action = person.action_open_club_benefit_bookings()
        self.assertEqual(action["context"], {"default_contact_id": person.id})

    def test_the_form_says_what_is_owed(self):
        booking = self._draw_up(user=self.manager)
        self.assertIn("Owed 2 times in 2026", booking.quota_text)
        other = (
            self.env["club.benefit.booking"]
            .with_user(self.manager)
            .new(
                {
                    "benefit_id": self.fast_track.id,
                    "account_id": self.account_b.id,
                    "date_begin": f"{TODAY} 10:00:00",
                }
            )
        )
        self.assertFalse(other.quota_text, "not his account")

    def test_totals_add_up(self):
        self._book()
        rows = self.env["club.entitlement"].with_user(self.officer)
        [(owed, booked, left)] = rows._read_group(
            [("benefit_id", "=", self.fast_track.id)],
            aggregates=["owed:sum", "booked:sum", "left:sum"],
        )
        self.assertEqual((owed, booked, left), (3, 1, 2))

    def test_queries_do_not_grow_with_accounts(self):
        accounts = self.env["res.partner"].create(
            [{"name": f"Account {n}", "is_company": True} for n in range(40)]
        )
        for account in accounts:
            self._give_tier(account, "platinum")

        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            for partner in accounts[:number]:
                partner.club_entitlement_ids.mapped("owed")
                partner.mapped("club_benefit_booking_count")
            return self.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(20), count(40))

    def test_quotas_are_for_membership_tiers_and_never_negative(self):
        action = self.fast_track.with_user(self.officer).action_open_bookings()
        self.assertEqual(action["domain"], [("benefit_id", "=", self.fast_track.id)])
        with self.assertRaisesRegex(UserError, "customer grade"):
            self.env["club.benefit.quota"].create(
                {
                    "benefit_id": self.fast_track.id,
                    "tier_id": self.grade.tier_ids[0].id,
                    "times": 1,
                }
            )
