from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon

TERM_END = date(2027, 4, 9)
REASON = "Signed with the bureau"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTierOverride(ClubCommon):
    """A tier set by hand takes nothing away and doesn't last for ever. A6, A10.

    What it does, by the program's own method; who signs it is tested beside this.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.manual = cls.program.with_user(cls.officer)
        cls._add_revenue(cls.account_a, 60_000)  # VIP by points, no grade
        cls._post_run()

    def _set(self, code, date_to=TERM_END, account=None, reason=REASON):
        account = account or self.account_a
        return self.manual._set_override(account, self.tiers[code], date_to, reason)

    def _memberships(self, account=None):
        return (account or self.account_a).club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )

    def test_officer_sets_tier_with_evidence(self):
        """Rule A10: measures as they are, the reason, who decided."""
        before = self._memberships()
        membership = self._set("gold")
        self.assertRecordValues(
            membership,
            [
                {
                    "account_id": self.account_a.id,
                    "tier_id": self.tiers["gold"].id,
                    "date_from": TODAY,
                    "date_to": TERM_END,
                    "origin": "override",
                    "outcome": False,
                    "reason": REASON,
                    "decided_by_id": self.officer.id,
                }
            ],
        )
        evidence = membership.evidence
        self.assertEqual(
            (evidence["points"], evidence["result"], evidence["override"]),
            ("60000.00", "vip", REASON),
        )
        self.assertRecordValues(
            before, [{"state": "superseded", "outcome": "replaced"}]
        )
        self.assertEqual(self.account_a.club_tier_id, self.tiers["gold"])
        self.assertIn(REASON, membership.evidence_html)

    def test_term_that_began_earlier_ends_the_day_before(self):
        with freeze_time("2026-05-02"):
            self._set("gold", date(2027, 5, 1))
        self.assertRecordValues(
            self._memberships(),
            [
                {"date_from": date(2026, 5, 2), "state": "valid", "outcome": False},
                {"date_from": TODAY, "state": "valid", "outcome": "replaced"},
            ],
        )
        self.assertEqual(self._memberships()[1].date_to, date(2026, 5, 1))

    def test_who_is_no_member_yet(self):
        self.assertFalse(self._memberships(self.account_b))
        self._set("platinum", TODAY, account=self.account_b)
        self.assertEqual(self.account_b.club_tier_id, self.tiers["platinum"])

    def test_lower_tier_is_refused(self):
        """Rule A6: downgrades happen only at the term's end."""
        with freeze_time(TODAY - timedelta(days=1)):
            self._set("gold", date(2027, 4, 8), account=self.account_b)
        with self.assertRaisesRegex(UserError, "Beacon Foods is Gold until 04/08/2027"):
            self._set("vip", account=self.account_b)
        self.assertEqual(self._memberships(self.account_b).tier_id.code, "gold")

    def test_end_bounds(self):
        """Not before what the account has, not after a term."""
        with freeze_time("2026-04-20"):
            for day in (None, TERM_END - timedelta(days=1), date(2027, 4, 20)):
                with self.subTest(day), self.assertRaises(UserError):
                    self._set("gold", day)
            for code, day in (("gold", TERM_END), ("gold", date(2027, 4, 19))):
                self._set(code, day)
            with self.assertRaises(UserError):
                self._set("gold", date(2026, 4, 19), account=self.account_b)
            self._set("gold", date(2026, 4, 20), account=self.account_b)

    def test_same_tier_for_longer(self):
        with freeze_time("2026-06-01"):
            self._set("vip", date(2027, 5, 31))
        self.assertEqual(self._memberships()[0].date_to, date(2027, 5, 31))

    def test_reason_and_tier_are_checked(self):
        with self.assertRaises(ValidationError):
            self._set("gold", reason="  ")
        other = self._create_program(self.company, sequence=99)
        with self.assertRaises(ValidationError):
            other.with_user(self.officer)._set_override(
                self.account_a, self.tiers["gold"], TERM_END, REASON
            )
        self.tiers["gold"].active = False
        with self.assertRaises(ValidationError):
            self._set("gold")

    def test_two_on_one_day(self):
        """The second corrects the first; what counts is what both replace."""
        self._set("diamond")
        corrected = self._set("gold")
        self.assertRecordValues(
            self._memberships().sorted("id")[1:],
            [
                {"tier_id": self.tiers["diamond"].id, "state": "superseded"},
                {"tier_id": self.tiers["gold"].id, "state": "valid"},
            ],
        )
        self.assertEqual(
            corrected.evidence["replaces"],
            [["vip", TODAY.isoformat(), TERM_END.isoformat()]],
        )
        with self.assertRaises(UserError):
            self._set("gold", TERM_END - timedelta(days=1))

    def test_term_to_come_is_replaced_or_binds(self):
        """A requalification was applied before the term's end."""
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": self.membership.id,
                    "tier_id": self.tiers["gold"].id,
                    "date_from": date(2027, 4, 10),
                    "date_to": date(2028, 4, 9),
                    "origin": "upgraded",
                }
            ],
        )
        with self.assertRaises(UserError):
            self._set("vip")
        with self.assertRaises(UserError):
            self._set("platinum")  # would end before what is assured
        self._set("platinum", date(2028, 4, 9))
        self.assertEqual(
            self._memberships().filtered(lambda m: m.state == "valid").tier_id.code,
            "platinum",
        )

    def test_review_neither_lowers_nor_forgets(self):
        """Rule A5: only a higher tier ends it before its day."""
        membership = self._set("gold")
        self.program._review(on=TODAY, effective=TODAY)
        self.assertRecordValues(membership, [{"state": "valid", "outcome": False}])
        self._add_revenue(self.account_a, 300_000, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(self.account_a.club_tier_id, self.tiers["platinum"])
        self.assertEqual(membership.outcome, "upgraded")

    def test_requalification_finds_it_at_its_end(self):
        """It has an end: then the account gets what it earned."""
        membership = self._set("diamond", TERM_END)
        with freeze_time("2027-04-01"):
            record = self.env["club.requalification"]._prepare_due(
                self.program, date(2027, 4, 1)
            )
            line = record.line_ids.filtered(
                lambda found: found.membership_id == membership
            )
            self.assertRecordValues(
                line,
                [
                    {
                        "current_tier_id": self.tiers["diamond"].id,
                        "proposed_tier_id": self.tiers["vip"].id,
                        "outcome": "downgraded",
                    }
                ],
            )
