"""Head and branches: thresholds per account or per group, floors. Rule A12."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from ...models.membership.heads import ALONE
from ..common import TODAY, ClubFixture

POSTED = date(2026, 5, 10)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGroupStanding(ClubFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_club()
            cls._set_up_seats()
        cls.head, cls.east, cls.west, cls.other = cls._create_accounts(
            ["Crane Group", "Crane East", "Crane West", "Delta Trade"],
            club_unit_id=cls.unit.id,
            club_manager_id=cls.manager.id,
        )
        cls.group = cls.head | cls.east | cls.west

    def _join(self, *branches, head=None):
        for branch in branches:
            branch.with_user(self.officer).club_head_id = head or self.head
            self._sign_head(branch)

    def _measure_per_group(self):
        self.program.thresholds_per = "group"

    def _get_assessed(self, account, on=None, group=None, **kwargs):
        group = group or self.membership
        return self.program._assess(account, on, **kwargs)[account.id, group.id]

    def _check_told(self):
        """The roster and the letter say whose sum it is, also to who reads no head."""
        self.head.club_manager_id = self.officer
        self.head.club_unit_id = self.other_unit
        self.env.invalidate_all()
        terms = self.east.club_membership_ids.with_user(self.manager)
        terms = terms.filtered(lambda term: term.group_id == self.membership)
        roster = self.env["club.xlsx.roster"].with_user(self.manager)
        [members] = roster._get_roster_data(terms).values()
        self.assertEqual([member.head for member in members], ["Crane Group"])
        columns = list(roster._get_columns())
        self.assertLess(columns.index("manager"), columns.index("head"))
        notices = self.env["club.membership.notice"].with_user(self.manager)
        [notice] = notices._get_promotions(terms)
        self.assertIn("Crane Group and its branches are measured", notice.opening)

    def _get_codes(self, accounts):
        self.env.invalidate_all()
        return [account.club_tier_id.code or None for account in accounts]

    # === Per account or per group === #

    def test_each_account_is_measured_by_itself_by_default(self):
        """Rule A12: per account is the default."""
        self._join(self.east, self.west)
        self._add_revenue(self.group, 40_000)
        self._post_run()
        self.assertEqual(self._get_codes(self.group), [None] * 3)
        found = self._get_assessed(self.head)
        self.assertEqual(found.measures.points, 40_000)
        self.assertNotIn("together", found.evidence(TODAY))

    def test_a_group_reaches_a_tier_together(self):
        """Below, at and above the threshold of 50,000 points."""
        self._measure_per_group()
        self._join(self.east, self.west)
        self._add_revenue(self.head, 9_999.99)
        self._add_revenue(self.east, 20_000)
        self._add_revenue(self.west, 20_000)
        self._add_revenue(self.other, 49_999.99)
        self._post_run()
        self.assertEqual(self._get_codes(self.group), [None] * 3)
        self.assertEqual(
            self._get_assessed(self.east).measures.points, Decimal("49999.99")
        )
        self._add_revenue(self.west, 0.01, "2026-04")
        with freeze_time(POSTED):
            self._post_run("2026-04")
            self.assertEqual(self._get_codes(self.group), ["vip"] * 3)
            self.assertEqual(self._get_codes(self.other), [None])
            self._check_told()
            self._add_revenue(self.east, 100_000, "2026-05")
        with freeze_time("2026-06-10"):
            self._post_run("2026-05")
            self.assertEqual(self._get_codes(self.group), ["gold"] * 3)
            check = self.env["club.integrity.check"]._run(self.program)
            self.assertFalse(check.line_ids.mapped(lambda x: (x.kind, x.found)))

    def test_each_revenue_line_counts_once(self):
        """Heads and who is alone have together what all accounts have."""
        self._measure_per_group()
        self._join(self.east)
        self._join(self.west, head=self.east)  # two levels
        for account in self.group | self.other:
            self._add_revenue(account, 10_000 + account.id)
            self._add_revenue(account, 300, "2026-02", self.categ_letters)
        self._post_run()
        alone = self.program._assess(grouped_on=ALONE)
        together = self.program._assess()
        key = self.membership.id
        for name in ("points", "revenue"):
            total = sum(
                getattr(f.measures, name) for k, f in alone.items() if k[1] == key
            )
            tops = sum(
                getattr(found.measures, name)
                for (account, group), found in together.items()
                if group == key and (not found.together or found.together[0] == account)
            )
            self.assertEqual(tops, total)
        found = self._get_assessed(self.west)
        self.assertEqual(found.together, (self.head.id, tuple(sorted(self.group.ids))))
        # Two categories and two months of the whole group, not of three accounts.
        self.assertEqual(found.measures.indicators["categories"], 2)
        self.assertEqual(found.measures.indicators["active_months"], 2)

    def test_one_account_comes_to_what_all_at_once_come_to(self):
        self._measure_per_group()
        self._join(self.east, self.west)
        self._add_revenue(self.group | self.other, 30_000)
        self._post_run()
        together = self.program._assess()
        for account in self.group | self.other:
            for group in self.program.group_ids:
                self.assertEqual(
                    self._get_assessed(account, group=group),
                    together[account.id, group.id],
                )

    def test_the_ledger_is_the_same_with_and_without_groups(self):
        """Two runs in a row post nothing, whoever is whose branch."""
        self._add_revenue(self.group, 30_000)
        self._post_run()
        self._measure_per_group()
        self._join(self.east, self.west)
        again = self._create_run()
        again.action_compute()
        self.assertEqual(again.points, 0)
        for account in self.group:
            self.assertEqual(self._get_points(account), 30_000)

    def test_evidence_names_the_group_and_its_sum(self):
        """Rule A10."""
        self._measure_per_group()
        self._join(self.east, self.west)
        self._add_revenue(self.group, 20_000)
        self._post_run()
        membership = self.west.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )
        self.assertEqual(
            membership.evidence["together"],
            {"head": self.head.id, "accounts": sorted(self.group.ids)},
        )
        self.assertEqual(Decimal(membership.evidence["points"]), 60_000)
        self.assertIn(
            "the sum of 3 accounts, with Crane Group", membership.evidence_html
        )
        self.assertFalse(self.env["club.integrity.check"]._run(self.program).line_ids)

    def test_doctored_evidence_is_found(self):
        self._measure_per_group()
        self._join(self.east, self.west)
        self._add_revenue(self.group | self.other, 20_000)
        self._post_run()
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE club_membership
               SET evidence = jsonb_set(jsonb_set(evidence, '{together,accounts}',
                       evidence #> '{together,accounts}' || %s::text::jsonb),
                       '{points}', '"80000.00"')
             WHERE account_id = %s AND group_id = %s
            """,
            [str(self.other.id), self.west.id, self.membership.id],
        )
        self.env.invalidate_all()
        lines = self.env["club.integrity.check"]._run(self.program).line_ids
        self.assertEqual(lines.mapped("kind"), ["group"])
        self.assertEqual(lines.found, str(self.other.id))

    def test_who_belonged_on_that_day_counts(self):
        """Rule A10: a past day is answered with the group of that day."""
        self._measure_per_group()
        self._add_revenue(self.group, 30_000)
        self._post_run()
        with freeze_time("2026-04-20"):
            self._join(self.east, self.west)
        with freeze_time("2026-04-25"):
            self._join(self.west, head=self.other)
            for on, points, branches in (
                ("2026-04-19", 30_000, None),
                ("2026-04-20", 90_000, self.group),
                ("2026-04-24", 90_000, self.group),
                ("2026-04-25", 60_000, self.head | self.east),
            ):
                found = self._get_assessed(self.head, date.fromisoformat(on))
                self.assertEqual(found.measures.points, points, on)
                belonged = found.together and found.together[1]
                self.assertEqual(belonged, branches and tuple(sorted(branches.ids)), on)

    def test_windows_of_their_own(self):
        """Measured over membership years, each account's window has its group's sum."""
        self._measure_per_group()
        self.program.window = "membership"
        self._join(self.east, self.west)
        self._add_revenue(self.group, 20_000)
        self._post_run()
        self.assertEqual(self._get_codes(self.group), ["vip"] * 3)
        self._add_revenue(self.west, 100_000, "2026-04")
        self.env.cr.execute(
            "UPDATE club_membership SET date_from = '2026-04-15' WHERE account_id = %s",
            [self.east.id],
        )
        with freeze_time(POSTED):
            self._post_run("2026-04")
            on = date(2026, 4, 30)
            self.assertEqual(self._get_assessed(self.head, on).measures.points, 100_000)
            self.assertEqual(self._get_assessed(self.east, on).measures.points, 100_000)
            self.assertEqual(
                self._get_assessed(self.east, on).window.start, date(2026, 4, 15)
            )

    def test_requalification_what_if_and_page_agree(self):
        self._measure_per_group()
        self._join(self.east, self.west)
        self._add_revenue(self.group, 20_000)
        self._post_run()
        page = self.west.with_user(self.officer)
        self.assertEqual(
            (page.club_points, page.club_measured_head_id), (60_000, self.head)
        )
        self.assertEqual(page.club_own_points, 20_000)
        self.assertEqual(page.club_tier_missing_points, 90_000)
        statement = (
            self.env["club.points.statement"]
            .with_user(self.officer)
            ._get_statement_data(self.west, self.program)[0]
        )
        self.assertEqual(statement.qualifying, 60_000)
        self.assertIn("Crane Group and its branches", statement.together)
        term = self.west.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )
        notice = self.env["club.membership.notice"]._get_expiries(term)[0]
        self.assertIn("Crane Group and its branches", notice.opening)
        what_if = self.env["club.what.if"].create({"program_id": self.program.id})
        what_if.action_compute()
        self.assertFalse(what_if.move_count)
        with freeze_time("2027-04-12"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": date(2027, 4, 1),
                    "date_to": date(2027, 4, 30),
                }
            )
            record.action_prepare()
            lines = record.line_ids.filtered(
                lambda line: line.group_id == self.membership
            )
            self.assertEqual(lines.account_id, self.group)
            self.assertEqual(set(lines.mapped("points")), {60_000})
            self.assertEqual(set(lines.mapped("outcome")), {"renewed"})
            self.assertIn("Crane Group", lines[0].evidence_html)
            # A group that changed since is prepared again.
            self._give_reasons(record)
            record._check_is_up_to_date()
            self.env.cr.execute(
                "UPDATE club_account_head SET write_date = '2027-04-13'"
                " WHERE account_id = %s",
                [self.east.id],
            )
            with self.assertRaisesRegex(UserError, "prepare it again"):
                record._check_is_up_to_date()
            # Windows that differ are summed one by one.
            self.env.cr.execute(
                "UPDATE club_membership SET date_to = '2027-04-20' WHERE account_id ="
                " %s",
                [self.east.id],
            )
            self.program.requalification_window = "rolling"
            record.action_prepare()
            lines = record.line_ids.filtered(
                lambda line: line.group_id == self.membership
            )
            self.assertEqual(set(lines.mapped("points")), {0})

    def test_standing_on_a_date_says_the_group(self):
        self._join(self.east, self.west)
        wizard = self.env["club.standing.wizard"].create(
            {"account_id": self.west.id, "program_id": self.program.id, "date": TODAY}
        )
        self.assertIn("in the group of Crane Group", wizard.report)
        self.assertIn("Crane East", wizard.report)
        wizard.date = date(2026, 1, 1)
        self.assertNotIn("in the group of", wizard.report)

    # === By signature === #

    def test_a_head_that_nobody_signed_lifts_nothing(self):
        """An officer names it alone: neither the sum nor the floor follows."""
        self._measure_per_group()
        self.program.floor_reaches_branches = True
        (self.east | self.west).with_user(self.officer).club_head_id = self.head
        self._give_class(self.head, "gold")
        self._add_revenue(self.group, 20_000)
        self._post_run()
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(self._get_codes(self.group), ["gold", None, None])
        self.assertIsNone(self._get_assessed(self.east).together)
        self._sign_head(self.east)
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(self._get_codes(self.group), ["gold", "gold", None])
        self.assertEqual(self._get_assessed(self.east).measures.points, 40_000)
        self.assertFalse(self.env["club.integrity.check"]._run(self.program).line_ids)

    def test_what_was_signed_counts_for_that_head_alone(self):
        """Set to another head, the account counts with neither."""
        self._measure_per_group()
        self._join(self.east)
        self._add_revenue(self.group | self.other, 20_000)
        self._post_run()
        self.east.with_user(self.officer).club_head_id = self.other
        self.assertIsNone(self._get_assessed(self.east).together)
        self.assertIsNone(self._get_assessed(self.other).together)
        self.assertIsNone(self._get_assessed(self.head).together)

    def test_a_class_that_ends_ends_the_group(self):
        self._measure_per_group()
        self._join(self.east)
        document = self.east.club_classification_ids.filtered("head_id")
        document.with_user(self.officer).action_end()
        self.assertTrue(self._get_assessed(self.east).together)
        day = TODAY + timedelta(days=1)
        with freeze_time(day):
            self.assertIsNone(self._get_assessed(self.east, day).together)

    def test_a_merged_head_keeps_what_was_signed(self):
        self._measure_per_group()
        self._join(self.east, self.west)
        double = self._create_account("Crane Group Ltd")
        merge = self.env["base.partner.merge.automatic.wizard"]._merge
        merge((double | self.head).ids, double)
        self.env.invalidate_all()
        self.assertEqual(
            self._get_assessed(self.west).together,
            (double.id, tuple(sorted((self.east | self.west | double).ids))),
        )
        merge((double | self.east).ids, double)
        self.env.invalidate_all()
        self.assertEqual(
            self._get_assessed(self.west).together,
            (double.id, tuple(sorted((self.west | double).ids))),
        )

    def test_the_class_names_the_head_of_the_account(self):
        self.east.with_user(self.officer).club_head_id = self.other
        document = self._sign_head(self.east).copy({"head_id": self.head.id})
        with self.assertRaisesRegex(UserError, "East isn't a branch of Crane Group"):
            document.with_user(self.officer).action_submit()
        document.head_id = self.other
        document.with_user(self.officer).action_submit()
        with self.assertRaisesRegex(UserError, "is fixed"):
            document.with_user(self.officer).head_id = self.head

    # === Floors === #

    def _give_class(self, account, tier="diamond", **values):
        kind = self.env["club.account.class"].create(
            {
                "name": f"Contract {tier}",
                "code": f"contract_{tier}",
                "company_id": self.company.id,
                "floor_ids": [
                    (0, 0, {"group_id": self.membership.id, "tier_id": found.id})
                    for found in self.membership.tier_ids
                    if found.code == tier
                ],
            }
        )
        document = self.env["club.account.classification"].create(
            {
                "account_id": account.id,
                "class_id": kind.id,
                "company_id": self.company.id,
                "date_from": TODAY,
                "reason": "Contract in the group's name",
                **values,
            }
        )
        document._set_opening("Test")
        return document

    def test_a_floor_stays_with_the_head_by_default(self):
        self._join(self.east)
        self._give_class(self.head)
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(self._get_codes(self.head | self.east), ["diamond", None])

    def test_a_floor_reaches_branches_through_all_levels(self):
        self.program.floor_reaches_branches = True
        self._join(self.east)
        self._join(self.west, head=self.east)
        self._give_class(self.head)
        self._give_class(self.west, "gold")
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(
            self._get_codes(self.group | self.other), ["diamond"] * 3 + [None]
        )
        membership = self.west.club_membership_ids
        self.assertEqual(membership.evidence["floor_head"], self.head.id)
        self.assertIn("of Crane Group, its head, grants", membership.evidence_html)
        self.assertNotIn("floor_head", self.head.club_membership_ids.evidence)
        self.assertFalse(self.env["club.integrity.check"]._run(self.program).line_ids)

    def test_a_floor_ends_with_the_branch(self):
        """What is kept underneath surfaces once the head's class grants no more."""
        self.program.floor_reaches_branches = True
        self._join(self.east)
        self._give_class(self.head)
        self.program._review(on=TODAY, effective=TODAY)
        self._add_revenue(self.east, 60_000)
        self._post_run()
        with freeze_time(POSTED):
            self.east.with_user(self.officer).club_head_id = False
            self.program._review(on=POSTED, effective=POSTED)
            found = self._get_assessed(self.east, POSTED)
            self.assertEqual((found.floor, found.result.code), (None, "vip"))
        kept = self.east.club_membership_ids
        self.assertEqual(sorted(kept.mapped("tier_id.code")), ["diamond", "vip"])

    # === Companies === #

    def test_companies_have_heads_of_their_own(self):
        other = self._create_club_company("Hill Post")
        program = self._create_program(other, thresholds_per="group")
        self._measure_per_group()
        self._join(self.east)
        officer = self._create_user("officer", "hill_officer", other)
        there = self.east.with_user(officer).with_context(allowed_company_ids=other.ids)
        there.club_head_id = self.other
        self._sign_head(self.east, other)
        self.assertEqual(self.east.club_head_id, self.head)
        self.assertEqual(self._get_assessed(self.east).together[0], self.head.id)
        group = program.group_ids[0]
        found = program.with_company(other)._assess(self.east)[self.east.id, group.id]
        self.assertEqual(found.together[0], self.other.id)
