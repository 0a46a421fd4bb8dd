from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.record.lock import opened
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestReview(ClubCommon):
    """Enrolment and upgrade at once, nobody lowered before the term's end."""

    def _current(self, account, group=None):
        self.env.flush_all()
        return self.env["club.membership"].search(
            [
                ("account_id", "=", account.id),
                ("group_id", "=", (group or self.membership).id),
                ("status", "in", ["current", "grace"]),
            ]
        )

    def _classify(self, account, code, group, tier_code, **values):
        klass = self.env["club.account.class"].create(
            {
                "name": code,
                "code": code,
                "company_id": self.company.id,
                "floor_ids": [
                    (
                        0,
                        0,
                        {
                            "group_id": group.id,
                            "tier_id": group.tier_ids.filtered(
                                lambda t: t.code == tier_code
                            ).id,
                        },
                    )
                ],
            }
        )
        record = self.env["club.account.classification"].create(
            {
                "account_id": account.id,
                "class_id": klass.id,
                "company_id": self.company.id,
                "reason": "Decree 7",
                "date_from": TODAY,
                **values,
            }
        )
        return record._set_opening("Test")

    def _requalify(self, membership):
        """Prepare the requalification of the terms that end with this one."""
        requalification = self.env["club.requalification"].create(
            {
                "program_id": self.program.id,
                "date_from": membership.date_to,
                "date_to": membership.date_to,
            }
        )
        requalification.action_prepare()
        return requalification

    def _sign_and_apply(self, requalification):
        self._set_up_seats()
        self._give_reasons(requalification)
        requalification.action_submit()
        self._sign_all(requalification)
        requalification.action_apply()

    def test_thresholds_below_at_above(self):
        """Rules A2, A3: the bound belongs to the higher tier."""
        table = [
            (49_999.99, None, None),
            (50_000, "vip", None),
            (99_999.99, "vip", None),
            (100_000, "vip", "vip"),
            (149_999.99, "vip", "vip"),
            (150_000, "gold", "vip"),
            (299_999.99, "gold", "vip"),
            (300_000, "platinum", "vip"),
            (500_000, "platinum", "gold"),
            (1_499_999.99, "platinum", "platinum"),
            (1_500_000, "diamond", "platinum"),
            (5_000_000, "diamond", "diamond"),
        ]
        accounts = []
        for amount, _tier, _grade in table:
            account = self._create_account(f"Account {amount}")
            self._add_revenue(account, amount)
            accounts.append(account)
        self._post_run()
        found = [
            (amount, a.club_tier_id.code or None, a.club_grade_id.code or None)
            for (amount, *_rest), a in zip(table, accounts, strict=True)
        ]
        self.assertEqual(found, table)

    def test_revenue_counts_without_agreement_and_makes_members(self):
        """Rules A3, A4: every account from 100,000 CNY is a member without points."""
        account = self._create_account("No agreement", agreement=False)
        self._add_revenue(account, 100_000)
        self._post_run()
        self.assertEqual(account.club_grade_id.code, "vip")
        self.assertEqual(account.club_tier_id.code, "vip")
        self.assertEqual(self._get_points(account), 0)

    def test_upgrade_starts_a_new_term_on_the_posting_day(self):
        """Rule A5."""
        self._add_revenue(self.account_a, 60_000, "2026-02")
        with freeze_time("2026-03-05"):
            self._post_run("2026-02")
        first = self._current(self.account_a)
        self._add_revenue(self.account_a, 90_000, "2026-03")
        self._post_run("2026-03")
        second = self._current(self.account_a)
        self.assertRecordValues(
            first + second,
            [
                {
                    "date_from": date(2026, 3, 5),
                    "date_to": TODAY - timedelta(days=1),
                    "outcome": "upgraded",
                    "origin": "enrolled",
                },
                {
                    "date_from": TODAY,
                    "date_to": date(2027, 4, 9),
                    "outcome": False,
                    "origin": "upgraded",
                },
            ],
        )
        self.assertEqual(second.tier_id.code, "gold")

    def test_points_that_fall_lower_nobody(self):
        """Rule A6: downgrades happen only at the end of the term."""
        self._add_revenue(self.account_a, 160_000, "2026-02")
        self._post_run("2026-02")
        self._add_revenue(self.account_a, -120_000, "2026-02")
        self._post_run("2026-03")
        self.assertEqual(self._get_points(self.account_a), 40_000)
        self.assertEqual(self.account_a.club_tier_id.code, "gold")

    def test_two_upgrades_on_one_day_keep_the_trace(self):
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        self._add_revenue(self.account_a, 100_000)
        self._post_run()
        memberships = self.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        ).sorted("id")
        self.assertRecordValues(
            memberships,
            [
                {"state": "superseded", "outcome": "upgraded"},
                {"state": "valid", "outcome": False},
            ],
        )

    def test_reviewing_twice_changes_nothing(self):
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        before = self.account_a.club_membership_ids
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(self.account_a.club_membership_ids, before)

    def test_class_gives_a_floor_on_its_days(self):
        """Rule A4: the day before, the first and the last day, the day after."""
        record = self._classify(
            self.account_a,
            "provincial",
            self.membership,
            "platinum",
            date_from=date(2026, 5, 1),
            date_to=date(2026, 5, 31),
        )
        assess = self.program._assess
        key = (self.account_a.id, self.membership.id)
        for day, tier in (
            (date(2026, 4, 30), None),
            (date(2026, 5, 1), "platinum"),
            (date(2026, 5, 31), "platinum"),
            (date(2026, 6, 1), None),
        ):
            found = assess(self.account_a, day)[key]
            self.assertEqual(found.result and found.result.code, tier, day)
        opened(record).date_from = TODAY
        self.program._cron_daily()
        self.assertEqual(self.account_a.club_tier_id.code, "platinum")
        self.assertEqual(self._current(self.account_a).evidence["floor"], "platinum")

    def test_high_potential_ends_after_its_months(self):
        """Rule A4: dated, ends after 12 months unless renewed."""
        klass = self.env["club.account.class"].create(
            {"name": "Potential", "code": "hp", "duration_months": 12}
        )
        record = self.env["club.account.classification"].create(
            {
                "account_id": self.account_a.id,
                "class_id": klass.id,
                "reason": "New plant",
                "date_from": date(2026, 4, 1),
            }
        )
        self.assertEqual(record.date_to, date(2027, 3, 31))
        self.assertFalse(record.decider_id)
        record._set_opening("Test")
        self.assertEqual(record.decider_id, self.env.user)

    def test_bars_hold_a_tier_back(self):
        """Rule A7: a tier whose bar fails is not earned, the next lower one is."""
        indicator = self.env["club.indicator"].create(
            {
                "name": "Lines used",
                "code": "categories",
                "program_id": self.program.id,
                "weight": 1,
                "full_mark": 4,
            }
        )
        gold = self.membership.tier_ids.filtered(lambda t: t.code == "gold")
        gold.bar_ids = [(0, 0, {"indicator_id": indicator.id, "bound": 2})]
        self._add_revenue(self.account_a, 200_000)
        self._add_revenue(self.account_b, 199_000)
        self._add_revenue(self.account_b, 2_000, category=self.categ_letters)
        self._post_run()
        self.assertEqual(self.account_a.club_tier_id.code, "vip")
        self.assertEqual(self.account_b.club_tier_id.code, "gold")
        self.assertEqual(self._current(self.account_b).score, 50)

    def test_windows(self):
        """Rule A6: calendar year, last 12 months, membership year."""
        self._add_revenue(self.account_a, 30_000, "2025-11")
        self._add_revenue(self.account_a, 30_000, "2026-02")
        with freeze_time("2025-12-02"):
            self._post_run("2025-11")
        with freeze_time("2026-03-02"):
            self._post_run("2026-02")
        key = (self.account_a.id, self.membership.id)
        for window, points in (("calendar", 30_000), ("rolling", 60_000)):
            self.program.window = window
            found = self.program._assess(self.account_a, date(2026, 3, 31))[key]
            self.assertEqual(float(found.measures.points), points, window)

    def test_membership_window_counts_from_the_terms_start(self):
        self.program.window = "membership"
        self._add_revenue(self.account_a, 60_000, "2026-01")
        with freeze_time("2026-02-01"):
            self._post_run("2026-01")
        self._add_revenue(self.account_a, 95_000, "2026-02")
        with freeze_time("2026-03-05"):
            self._post_run("2026-02")
        self.assertEqual(self.account_a.club_tier_id.code, "vip")
        found = self.program._assess(self.account_a, date(2026, 3, 31))
        figures = found[self.account_a.id, self.membership.id]
        self.assertEqual(figures.window.start, date(2026, 2, 1))
        self.assertEqual(float(figures.measures.points), 95_000)

    def test_evidence_stays_with_the_decision(self):
        """Rule A10: measures and thresholds of the day, whatever they become."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        self.membership.tier_ids[0].points_from = 10_000
        evidence = self._current(self.account_a).evidence
        self.assertEqual(evidence["points"], "60000.00")
        self.assertEqual(evidence["thresholds"][0], ["vip", "50000.0", "100000.0"])
        self.assertEqual(evidence["window"], ["2026-01-01", "2026-03-31"])

    def test_future_membership_becomes_active_on_its_day(self):
        """PEERS 15."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        current = self._current(self.account_a)
        with freeze_time("2027-01-15"):  # the year that it is judged on is over
            requalification = self._requalify(current)
            self._sign_and_apply(requalification)
            line = requalification.line_ids.filtered(
                lambda found: found.membership_id == current
            )
            self.assertEqual(line.applied_membership_id.status, "future")
        vip = self.account_a.club_tier_id
        with freeze_time(current.date_to + timedelta(days=1)):
            self.env.invalidate_all()
            self.program._cron_daily()
            self.assertEqual(line.applied_membership_id.status, "current")
            self.assertEqual(self.account_a.club_tier_id, vip)

    def test_mirror_is_not_the_clients_to_write(self):
        """PEERS 12: nobody writes a tier beside its membership."""
        vip = self.membership.tier_ids[0]
        for user in (self.officer, self.lead, self.manager):
            partner = self.account_a.with_user(user)
            with self.assertRaises(AccessError):
                partner.write({"club_tier_id": vip.id})
        partners = self.env["res.partner"].with_user(self.officer)
        with self.assertRaises(AccessError):
            partners.create({"name": "X", "club_grade_id": vip.id})
        partner = partners.with_context(default_club_tier_id=vip.id).create(
            {"name": "X"}
        )
        self.assertFalse(partner.club_tier_id)

    def test_contacts_carry_their_accounts_tier(self):
        """Rule E6."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.account_a.id}
        )
        self.assertEqual(contact.club_tier_id.code, "vip")

    def test_upgrade_before_a_planned_higher_term_leads_up_to_it(self):
        """A term cut short by a planned one is decided already."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        current = self._current(self.account_a)
        with freeze_time("2027-01-15"):
            requalification = self._requalify(current)
            line = requalification.line_ids.filtered(
                lambda found: found.membership_id == current
            )
            platinum = self.membership.tier_ids.filtered(lambda t: t.code == "platinum")
            line.write({"decided_tier_id": platinum.id, "override_reason": "Contract"})
            self._sign_and_apply(requalification)
            planned = line.applied_membership_id
        self._add_revenue(self.account_a, 150_000, "2027-01")
        with freeze_time("2027-02-05"):
            self._post_run("2027-01")
            gold = self._current(self.account_a)
        self.assertEqual((gold.tier_id.code, gold.outcome), ("gold", "upgraded"))
        self.assertEqual(gold.date_to, planned.date_from - timedelta(days=1))
        self.assertEqual(planned.state, "valid")

    def test_days_of_grace_stay_in_history(self):
        """Rule A10: the answer for a day does not change with a later decision."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        term = self._current(self.account_a)
        in_grace = term.date_to + timedelta(days=10)
        decided = term.date_to + timedelta(days=20)
        memberships = self.env["club.membership"]

        def on(day):
            return memberships.search(
                [
                    ("account_id", "=", self.account_a.id),
                    ("group_id", "=", self.membership.id),
                    *memberships._domain_on(day),
                ]
            )

        self.assertEqual(on(in_grace), term)
        with freeze_time(decided):
            requalification = self._requalify(term)
            line = requalification.line_ids.filtered(
                lambda found: found.membership_id == term
            )
            line.write({"decided_tier_id": False, "override_reason": "Left us"})
            self._sign_and_apply(requalification)
        self.assertEqual(on(in_grace), term)
        self.assertFalse(on(decided))
