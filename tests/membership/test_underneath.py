"""What is reached under a tier set by hand, or granted by a class. Rule A6."""

from datetime import date, timedelta

from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY, ClubFixture

LAST = date(2026, 5, 31)
POSTED = date(2026, 5, 10)  # the points of April
TERM_END = date(2027, 5, 9)
ONE_DAY = timedelta(days=1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestUnderneath(ClubFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_club()
        cls.program.grace_days = 0
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}

    def _set(self, code, date_to=LAST, account=None):
        return self.program.with_user(self.officer)._set_override(
            account or self.account_a, self.tiers[code], date_to, "By contract"
        )

    def _earn(self, amount, in_month="2026-04", on=POSTED, account=None):
        self._add_revenue(account or self.account_a, amount, in_month)
        with freeze_time(on):
            self._post_run(in_month)

    def _daily(self, day):
        with freeze_time(day):
            self.program._cron_daily()

    def _tier_on(self, day, account=None):
        """Return the code of the tier on a day, as history tells it."""
        memberships = self.env["club.membership"]
        self.env.invalidate_all()
        found = memberships.search(
            [
                ("account_id", "=", (account or self.account_a).id),
                ("group_id", "=", self.membership.id),
                *memberships._domain_on(day),
            ]
        )
        self.assertLessEqual(len(found), 1)
        return found.tier_id.code or None

    def _assert_tiers(self, expected, account=None):
        self.assertEqual(
            {day: self._tier_on(day, account) for day in expected}, expected
        )

    def _memberships(self, **values):
        found = self.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )
        for name, value in values.items():
            found = found.filtered(lambda m, n=name, v=value: m[n] == v)
        return found

    def _classify(self, code, last, first=TODAY):
        klass = self.env["club.account.class"].create(
            {
                "name": "Class",
                "code": f"{code}_{first}",
                "company_id": self.company.id,
                "floor_ids": [
                    (
                        0,
                        0,
                        {
                            "group_id": self.membership.id,
                            "tier_id": self.tiers[code].id,
                        },
                    )
                ],
            }
        )
        return (
            self.env["club.account.classification"]
            .create(
                {
                    "account_id": self.account_a.id,
                    "class_id": klass.id,
                    "company_id": self.company.id,
                    "reason": "Decree 7",
                    "date_from": first,
                    "date_to": last,
                }
            )
            ._set_opening("Test")
        )

    # === Set by hand === #

    def test_what_was_earned_follows_a_tier_set_by_hand_without_a_gap(self):
        """No job runs after the posting; still each day has its answer."""
        manual = self._set("diamond")
        self._earn(320_000)
        self._assert_tiers(
            {
                TODAY - ONE_DAY: None,
                TODAY: "diamond",
                POSTED: "diamond",
                LAST: "diamond",
                LAST + ONE_DAY: "platinum",
                date(2026, 6, 3): "platinum",
                TERM_END: "platinum",
                TERM_END + ONE_DAY: None,
            }
        )
        self.assertRecordValues(manual, [{"outcome": "downgraded", "date_to": LAST}])
        kept = self._memberships(tier_id=self.tiers["platinum"])
        self.assertEqual(kept.evidence["reached"], POSTED.isoformat())
        self.assertEqual(kept.evidence["result"], "platinum")
        self.assertIn("05/10/2026", kept.evidence_html)
        self.assertEqual(self.account_a.club_tier_id, self.tiers["diamond"])
        self._daily("2026-06-01")
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_tier_id, self.tiers["platinum"])

    def test_the_same_tier_is_kept_too(self):
        self._set("platinum")
        self._earn(320_000)
        self._assert_tiers({LAST: "platinum", LAST + ONE_DAY: "platinum"})

    def test_two_runs_in_a_row_change_nothing(self):
        self._set("diamond")
        self._earn(320_000)
        before = self._memberships().read()
        with freeze_time(POSTED):
            self._post_run("2026-04")
            self.program._review(on=POSTED, effective=POSTED)
        self._daily(POSTED + ONE_DAY)
        self._daily(LAST)
        self.assertEqual(self._memberships().read(), before)

    def test_more_that_is_reached_takes_the_place_of_less(self):
        self._set("diamond", date(2026, 7, 31))
        self._earn(160_000)
        self._assert_tiers({date(2026, 8, 1): "gold"})
        self._earn(160_000, "2026-05", date(2026, 6, 10))
        self._assert_tiers(
            {
                date(2026, 7, 31): "diamond",
                date(2026, 8, 1): "platinum",
                date(2027, 6, 9): "platinum",
                date(2027, 6, 10): None,
            }
        )

    def test_more_than_was_set_by_hand_takes_over_at_once(self):
        """Rule A5."""
        manual = self._set("gold")
        self._earn(60_000, "2026-03", TODAY + ONE_DAY)
        self._assert_tiers({LAST + ONE_DAY: "vip"})
        self._earn(260_000)
        self._assert_tiers(
            {
                POSTED - ONE_DAY: "gold",
                POSTED: "platinum",
                LAST + ONE_DAY: "platinum",
                TERM_END: "platinum",
            }
        )
        self.assertEqual(manual.outcome, "upgraded")
        self.assertEqual(
            self._memberships(tier_id=self.tiers["vip"]).state, "superseded"
        )

    def test_what_is_reached_after_its_end_begins_at_once(self):
        """A tier set by hand that nobody has decided on holds nobody down."""
        self._set("diamond")
        self._earn(320_000, "2026-05", date(2026, 6, 10))
        self._assert_tiers(
            {
                LAST: "diamond",
                LAST + ONE_DAY: None,
                date(2026, 6, 9): None,
                date(2026, 6, 10): "platinum",
            }
        )

    def test_days_of_grace_that_have_begun_stay(self):
        """Rule A10: the answer for yesterday doesn't change."""
        self.program.grace_days = 30
        self._set("diamond")
        self._earn(320_000, "2026-05", date(2026, 6, 10))
        self._assert_tiers({date(2026, 6, 9): "diamond", date(2026, 6, 10): "platinum"})

    def test_nothing_reached_leaves_it_to_the_requalification(self):
        manual = self._set("diamond")
        self._earn(10_000)
        self.assertFalse(manual.outcome)
        self._assert_tiers({LAST: "diamond", LAST + ONE_DAY: None})

    def test_what_was_reached_before_is_nothing_new(self):
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        last = date(2027, 4, 9)
        manual = self._set("gold", last)
        self._daily(TODAY + ONE_DAY)
        self.assertFalse(manual.outcome)
        self._earn(200_000)  # gold by its figures
        self._assert_tiers({last: "gold", last + ONE_DAY: "gold", TERM_END: "gold"})

    def test_a_requalification_that_lapses_it_takes_nothing_away(self):
        """Decided on the year before, applied before the points came."""
        self._set_up_seats()
        manual = self._set("diamond")
        with freeze_time("2026-05-02"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2026-05-01",
                    "date_to": "2026-05-31",
                }
            )
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
        self.assertEqual(manual.outcome, "lapsed")
        self._earn(320_000)
        self._assert_tiers({LAST: "diamond", LAST + ONE_DAY: "platinum"})

    def test_another_companys_program_has_its_own(self):
        other = self._create_club_company("Hill Post")
        program = self._create_program(other)
        self._set("diamond")
        with freeze_time(POSTED):
            program._review(on=POSTED, effective=POSTED)
        self.assertFalse(self._memberships(state="underneath"))
        self._earn(320_000)
        self.assertFalse(
            self.env["club.membership"].search([("program_id", "=", program.id)])
        )

    # === Classes === #

    def test_what_was_earned_follows_a_class_that_ends(self):
        """Until the term's end the floor holds (A6), then what was earned since."""
        self._classify("diamond", date(2027, 3, 31))
        self._daily(TODAY)
        ends = date(2027, 4, 9)
        self._earn(320_000)
        self._assert_tiers(
            {
                TODAY: "diamond",
                date(2027, 3, 31): "diamond",
                ends: "diamond",
                ends + ONE_DAY: "platinum",
                TERM_END: "platinum",
            }
        )

    def test_a_class_that_goes_on_is_requalified(self):
        self._classify("diamond", False)
        self._daily(TODAY)
        self._earn(320_000)
        floor = self._memberships(state="valid")
        self.assertFalse(floor.outcome)
        kept = self._memberships(state="underneath")
        self.assertEqual((kept.tier_id.code, kept.status), ("platinum", "underneath"))
        self._assert_tiers({LAST: "diamond", TERM_END: None})

    def test_a_class_that_is_ended_later_lets_it_through(self):
        """The daily job finds what lay underneath, reached in another year."""
        given = self._classify("diamond", False)
        self._daily(TODAY)
        self._earn(320_000)
        self.env.cr.execute(
            "UPDATE club_account_classification SET date_to = '2027-02-28'"
            " WHERE id = %s",
            [given.id],
        )
        self.env.invalidate_all()
        self._daily("2027-03-01")
        self._assert_tiers({date(2027, 4, 9): "diamond", date(2027, 4, 10): "platinum"})

    def test_a_class_that_comes_and_goes_under_a_tier_set_by_hand(self):
        self._set("diamond")
        self._classify("gold", False, date(2026, 5, 1))
        self._daily("2026-05-01")
        self._assert_tiers(
            {LAST: "diamond", LAST + ONE_DAY: "gold", date(2027, 4, 30): "gold"}
        )

    # === Short terms === #

    def test_a_short_term_is_judged_by_what_was_reached_in_it(self):
        """Three months' terms: the year before says nothing of this one."""
        self._set_up_seats()
        self.program.term_months = 3
        self._earn(160_000)
        term = self._memberships()
        self.assertEqual(term.date_to, date(2026, 8, 9))
        self._add_revenue(self.account_b, 1, "2026-04")
        with freeze_time("2026-08-10"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2026-08-01",
                    "date_to": "2026-08-31",
                }
            )
            record.action_prepare()
            line = record.line_ids.filtered(lambda x: x.membership_id == term)
            self.assertEqual(
                (line.outcome, line.proposed_tier_id.code), ("renewed", "gold")
            )
            self.assertEqual(line.window_from, date(2026, 1, 1))
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
        self._assert_tiers(
            {
                date(2026, 8, 9): "gold",
                date(2026, 8, 10): "gold",
                date(2026, 11, 9): "gold",
            }
        )

    def test_a_whole_term_is_judged_by_the_year_alone(self):
        self._earn(60_000)
        self._add_revenue(self.account_a, -60_000, "2026-12")
        self._add_revenue(self.account_a, 160_000, "2027-02")
        with freeze_time("2027-01-05"):
            self._post_run("2026-12")
        with freeze_time("2027-05-10"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-05-01",
                    "date_to": "2027-05-31",
                }
            )
            record.action_prepare()
        line = record.line_ids.filtered(lambda x: x.group_id == self.membership)
        self.assertEqual((line.outcome, line.points), ("lapsed", 0))

    # === Reading === #

    def test_the_wizard_tells_what_lies_underneath(self):
        self._set("diamond")
        self._earn(320_000)
        wizard = self.env["club.standing.wizard"].create(
            {
                "account_id": self.account_a.id,
                "program_id": self.program.id,
                "date": POSTED,
            }
        )
        sentence = "Underneath lay Platinum, reached on 05/10/2026."
        table = {
            POSTED - ONE_DAY: False,
            POSTED: True,
            LAST: True,
            LAST + ONE_DAY: False,
        }
        for day, told in table.items():
            wizard.date = day
            with self.subTest(day):
                around = wizard._get_report_data()["standings"][1]["around"]
                self.assertEqual(sentence in around, told)
