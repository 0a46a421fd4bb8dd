"""Memberships against what they follow from. Rules A10, B6."""

from datetime import date

from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY, ClubFixture

POSTED = date(2026, 5, 10)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestIntegrityMemberships(ClubFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_club()
            cls._set_up_seats()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls._add_revenue(cls.account_a, 60_000)
        cls._post_run()

    def _membership(self, account=None):
        return self.env["club.membership"].search(
            [
                ("account_id", "=", (account or self.account_a).id),
                ("group_id", "=", self.membership.id),
                ("state", "=", "valid"),
            ],
            limit=1,
        )

    def _doctor(self, membership, assignment, *values):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE club_membership SET {assignment} WHERE id = %s",
            [*values, membership.id],
        )
        self.env.invalidate_all()

    def _check(self):
        check = self.env["club.integrity.check"]._run(self.program)
        return [
            (line.kind, line.res_model, line.res_id, line.expected, line.found)
            for line in check.line_ids
        ]

    def _override(self, code, date_to=None):
        document = (
            self.env["club.tier.override"]
            .with_user(self.officer)
            .create(
                {
                    "account_id": self.account_b.id,
                    "group_id": self.membership.id,
                    "tier_id": self.tiers[code].id,
                    "date_to": date_to or date(2026, 12, 31),
                    "reason": "By contract",
                }
            )
        )
        document.action_submit()
        self._sign_all(document)
        return document.membership_id

    # === In order === #

    def test_every_way_to_a_membership_is_in_order(self):
        self.assertEqual(self._check(), [])
        manual = self._override("diamond")
        self._add_revenue(self.account_b, 320_000, "2026-04")
        self._add_revenue(self.account_a, 200_000, "2026-04")
        with freeze_time(POSTED):
            self._post_run("2026-04")
            self.assertEqual(self._membership().origin, "upgraded")
            self.assertEqual(manual.outcome, "downgraded")  # platinum underneath
            self.assertEqual(self._check(), [])
            self.program._cron_daily()
            self.assertEqual(self._check(), [])
        with freeze_time("2027-06-15"):
            self._post_run("2027-05")
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-05-01",
                    "date_to": "2027-06-30",
                }
            )
            record.action_prepare()
            self._give_reasons(record)
            line = record.line_ids.filtered(lambda x: x.group_id == self.membership)[:1]
            line.write(
                {"decided_tier_id": self.tiers["vip"].id, "override_reason": "Agreed"}
            )
            record.action_submit()
            self._sign_all(record)
            self.program.grace_days = 5  # what counts is what was then
            record.action_apply()
            self.assertTrue(line.applied_membership_id)
            self.assertEqual(self._check(), [])

    def test_lowered_by_one_step_is_in_order(self):
        self._add_revenue(self.account_a, 200_000, "2026-04")
        with freeze_time(POSTED):
            self._post_run("2026-04")
        self.program.downgrade_policy = "one_step"
        self._add_revenue(self.account_a, -260_000, "2026-12")
        with freeze_time("2027-05-12"):
            self._post_run("2026-12")
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-05-01",
                    "date_to": "2027-05-31",
                }
            )
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
            self.assertEqual(self._membership().tier_id, self.tiers["vip"])
            self.assertEqual(self._check(), [])

    def test_a_renewal_that_was_replaced_before_it_began_is_in_order(self):
        """A year's terms are decided on in January; one is promoted in spring."""
        self._add_revenue(self.account_a, 60_000, "2026-12")
        with freeze_time("2027-01-10"):
            self._post_run("2026-12")
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-01-01",
                    "date_to": "2027-12-31",
                }
            )
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
        renewal = record.line_ids.applied_membership_id.filtered(
            lambda m: m.group_id == self.membership
        )
        self.assertGreater(renewal.date_from, date(2027, 2, 28))
        self._add_revenue(self.account_a, 400_000, "2027-02")
        with freeze_time("2027-02-28"):
            self._post_run("2027-02")
            self.assertEqual(renewal.state, "superseded")
            self.assertEqual(self._check(), [])
            # One that is moved before the term that it was to follow is told of.
            self._doctor(renewal, "date_from = '2027-02-01'")
            self.assertIn("dates", {row[0] for row in self._check()})

    # === Doctored === #

    def test_a_doctored_tier_is_told_of_the_membership(self):
        """Alone, and together with the partner that shows it."""
        membership = self._membership()
        told = [
            ("membership", "club.membership", membership.id, "vip", "diamond"),
        ]
        self._doctor(membership, "tier_id = %s", self.tiers["diamond"].id)
        self.assertEqual(self._check(), told)
        self.program._refresh_mirrors()
        self.assertEqual(self.account_a.club_tier_id, self.tiers["diamond"])
        self.assertEqual(self._check(), told)
        self._doctor(membership, "tier_id = %s", self.tiers["vip"].id)
        self.assertEqual([row[0] for row in self._check()], ["tier"])  # the partner

    def test_doctored_figures(self):
        """Tier and evidence fit each other; the ledger says otherwise."""
        membership = self._membership()
        self._doctor(
            membership,
            "tier_id = %s, evidence = jsonb_set(jsonb_set(jsonb_set(evidence,"
            " '{points}', '\"400000.00\"'), '{result}', '\"platinum\"'),"
            " '{earned}', '\"platinum\"')",
            self.tiers["platinum"].id,
        )
        self.program._refresh_mirrors()
        self.assertEqual(
            self._check(),
            [
                (
                    "measured",
                    "club.membership",
                    membership.id,
                    "60000.00",
                    "400000.00",
                )
            ],
        )

    def test_points_posted_later_change_no_evidence(self):
        membership = self._membership()
        self._add_revenue(self.account_a, 20_000)
        self._post_run()  # into the same window, on the same day
        self.assertEqual(self._check(), [])
        self._doctor(
            membership, "evidence = jsonb_set(evidence, '{points}', '\"80000.00\"')"
        )
        self.assertEqual([row[0] for row in self._check()], ["measured"])

    def test_evidence_that_nobody_can_read(self):
        membership = self._membership()
        for forged in (
            '{"points": "many"}',
            '{"thresholds": 3, "measure": "points"}',
            "[1]",
        ):
            self._doctor(membership, "evidence = %s::jsonb", forged)
            with self.subTest(forged):
                self.assertEqual([row[0] for row in self._check()], ["membership"])

    def test_doctored_days(self):
        membership = self._membership()
        for assignment in (
            "date_to = date_to + 30, date_grace = date_grace + 30",
            "date_to = date_to - 1, date_grace = date_grace - 1",
            "date_grace = date_grace + 1",
            "date_from = date_from - 1",
        ):
            with self.subTest(assignment), self.cr.savepoint() as savepoint:
                self._doctor(membership, assignment)
                rows = [row for row in self._check() if row[0] != "tier"]
                self.assertEqual(
                    [row[:3] for row in rows],
                    [("dates", "club.membership", membership.id)],
                )
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_tier_set_by_hand_is_as_it_was_signed(self):
        membership = self._override("gold")
        self.assertEqual(self._check(), [])
        document = membership.override_id
        for statement, kind in (
            (
                "UPDATE club_membership SET tier_id = %(top)s WHERE id = %(id)s",
                "override",
            ),
            (  # and the document along with it
                "UPDATE club_membership SET tier_id = %(top)s WHERE id = %(id)s;"
                "UPDATE club_tier_override SET tier_id = %(top)s WHERE id = %(doc)s",
                "override",
            ),
            (
                "UPDATE club_membership SET date_to = date_to + 1,"
                " date_grace = date_grace + 1 WHERE id = %(id)s",
                "dates",
            ),
            (
                "UPDATE club_tier_override SET membership_id = NULL WHERE id = %(doc)s",
                "override",
            ),
            (  # as of what has no tier at all
                "ALTER TABLE club_approval_request DISABLE TRIGGER USER;"
                "UPDATE club_approval_request q"
                """   SET content = content || '{"tier_id": false, "date_to": false}'"""
                "  FROM club_tier_override o"
                " WHERE q.id = o.approval_request_id AND o.id = %(doc)s;"
                "ALTER TABLE club_approval_request ENABLE TRIGGER USER",
                "override",
            ),
        ):
            with self.subTest(statement), self.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    statement,
                    {
                        "top": self.tiers["diamond"].id,
                        "id": membership.id,
                        "doc": document.id,
                    },
                )
                self.env.invalidate_all()
                self.assertEqual(
                    [row[:3] for row in self._check()],
                    [(kind, "club.membership", membership.id)],
                )
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_tier_called_set_by_hand_needs_its_document(self):
        membership = self._membership()
        self._doctor(
            membership, "origin = 'override', tier_id = %s", self.tiers["diamond"].id
        )
        self.assertEqual(
            self._check(),
            [("override", "club.membership", membership.id, False, "diamond")],
        )

    def test_another_programs_memberships_are_not_judged_here(self):
        other = self._create_club_company("Hill Post")
        program = self._create_program(other)
        self._doctor(self._membership(), "tier_id = %s", self.tiers["diamond"].id)
        check = self.env["club.integrity.check"]._run(program)
        self.assertFalse(check.line_ids)

    def test_a_merged_account_is_in_order(self):
        """Its points moved, its evidence did not."""
        self._add_revenue(self.account_b, 70_000)
        self._post_run()
        self.env["base.partner.merge.automatic.wizard"].with_user(
            self.env.ref("base.user_admin")
        ).sudo()._merge(
            (self.account_a + self.account_b).ids, self.account_b, extra_checks=False
        )
        self.env.invalidate_all()
        kinds = {row[0] for row in self._check()}
        self.assertFalse(kinds & {"membership", "measured", "dates"})
