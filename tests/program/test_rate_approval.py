from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .rate_case import RateCase

ROLES = ("manager", "clerk", "lead", "finance", "officer", "auditor")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRateApproval(RateCase):
    """Rules B2, B3, B9, E2: no rate takes effect unsigned; a signed one is a notice."""

    # === Who proposes, who signs === #

    def test_an_unsigned_rate_earns_nothing(self):
        """Rule B3: revenue is an exception until its rate is signed."""
        self._add_revenue(self.account_a, 1000, category=self.category)
        rate = self._propose(0.4, "2026-03-01")
        for step in ("draft", "waiting"):
            self.assertEqual(rate.approval_state, step)
            run = self._create_run()
            run.action_compute()
            self.assertRecordValues(
                run.exception_ids, [{"reason": "rate", "revenue": 1000}]
            )
            self.assertFalse(run.entry_count)
            run.action_reset()
            run.unlink()
            if step == "draft":
                rate.action_submit()
        rate.with_user(self.finance).action_sign()
        self.assertEqual(rate.approval_state, "done")
        run = self._post_run()
        self.assertFalse(run.exception_ids)
        self.assertEqual(self._get_points(self.account_a), 400)

    def test_an_unsigned_product_rate_changes_nothing(self):
        product = self.env["product.product"].create(
            {"name": "Special", "categ_id": self.categ_letters.id}
        )
        self._propose(2, "2026-01-01", category_id=False, product_id=product.id)
        self.assertFalse(self.program._has_product_rates())
        self._put_in_force(2, "2026-01-01", category_id=False, product_id=product.id)
        self.assertTrue(self.program._has_product_rates())

    def test_finance_signs_conversion_rates_marketing_coefficients(self):
        marketing = self.signers["marketing"]
        for factor, signer in (
            ("conversion", self.finance),
            ("coefficient", marketing),
        ):
            rate = self._propose(1.5, factor=factor)
            rate.action_submit()
            self.assertEqual(self._get_turns(rate), [signer.login])
            for user in (
                *(getattr(self, role) for role in ROLES),
                *self.signers.values(),
            ):
                if user != signer:
                    with self.assertRaises(AccessError):
                        rate.with_user(user).action_sign()
            rate.with_user(signer).action_sign()
            self.assertEqual(rate.approval_state, "done")

    def test_each_of_these_roles_proposes_a_conversion_rate(self):
        """As long as no unit is named for the line; see test_business_line."""
        for role in ("lead", "officer", "finance", "clerk"):
            rate = self._propose(0.4, user=getattr(self, role))
            self.assertEqual(rate.approval_state, "draft", role)
            rate.unlink()
        for role in ("manager", "auditor"):
            with self.assertRaises(AccessError):
                self._propose(0.4, user=getattr(self, role))

    def test_each_of_these_roles_proposes_a_coefficient_while_marketing_is_empty(self):
        self._get_body("marketing").seat_ids.date_to = "2026-01-31"
        for role in ("lead", "officer", "finance", "clerk"):
            rate = self._propose(0.4, user=getattr(self, role), factor="coefficient")
            self.assertEqual(rate.approval_state, "draft", role)
        with self.assertRaises(AccessError):
            self._propose(0.4, user=self.manager, factor="coefficient")

    def test_whoever_proposed_or_submitted_never_signs(self):
        """Rule E2: of the finance department another seat signs."""
        other = self._create_user("finance", "other_finance")
        self._create_seat("finance", other)
        own = self._propose(0.4, user=self.finance)
        drawn_up = self._propose(0.5, "2026-06-01", user=self.finance)
        own.action_submit()
        drawn_up.with_user(self.officer).action_submit()
        for rate in (own, drawn_up):
            self.assertEqual(self._get_turns(rate), ["other_finance"])
            with self.assertRaises(AccessError):
                rate.with_user(self.finance).action_sign()
            rate.with_user(other).action_sign()
            self.assertEqual(rate.approval_state, "done")

    def test_a_rejected_rate_counts_only_after_another_round(self):
        rate = self._propose(0.4)
        rate.action_submit()
        rate.with_user(self.finance).action_reject("Too high")
        self.assertFalse(self._steps())
        rate.value = 0.35
        rate.action_submit()
        self._sign_all(rate)
        self.assertEqual(self._steps(), [(0.35, "2026-05-01", "False")])
        self.assertEqual(rate.approval_request_id.sudo().round, 2)

    def test_the_unit_is_the_one_that_the_proposer_leads_or_works_in(self):
        member = self._create_user("clerk", "member")
        self.env["crm.team.member"].create(
            {"crm_team_id": self.other_unit.id, "user_id": member.id}
        )
        for user, unit in (
            (self.lead, self.unit),
            (member, self.other_unit),
            (self.officer, self.env["crm.team"]),
        ):
            self.assertEqual(
                self._propose(0.4, user=user)._get_approval_unit(), unit, user.login
            )

    # === What a proposal must say === #

    def test_what_can_be_submitted(self):
        self.program.date_start = "2026-02-01"
        for values, message in (
            ({"note": False}, "Give the reason"),
            ({"note": "  "}, "Give the reason"),
            ({"date_from": "2026-01-01"}, "since 2026-02-01 only"),
        ):
            rate = self._propose(0.4, **{"date_from": "2026-05-01", **values})
            with self.assertRaisesRegex(UserError, message):
                rate.action_submit()
            self.assertEqual(rate.approval_state, "draft")
        first = self._propose(0.4, "2026-02-01")
        first.action_submit()
        self.assertEqual(first.approval_state, "waiting")

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_what_is_no_rate(self):
        product = self.env["product.product"].create({"name": "Special"})
        for values in (
            {"value": -0.01},
            {"date_from": "2026-05-02"},
            {"date_to": "2026-06-29"},
            {"date_to": "2026-04-30"},
            {"category_id": False},
            {"product_id": product.id},
        ):
            with self.assertRaises(psycopg2.IntegrityError):
                self._propose(**{"value": 0.4, **values})
        self.assertTrue(self._propose(0, date_to="2026-05-31"))

    # === What it ends and replaces === #

    def test_what_becomes_of_the_rates_in_force(self):
        """Rule B2: before → what is signed → after, as (value, from, to)."""
        open_end = "False"
        for before, signed, after in (
            # nothing there
            ([], (3, "2026-05-01", None), [(3, "2026-05-01", open_end)]),
            # it ends the one before
            (
                [(1, "2026-01-01", None)],
                (3, "2026-05-01", None),
                [(1, "2026-01-01", "2026-04-30"), (3, "2026-05-01", open_end)],
            ),
            # one that ended before stays as it is
            (
                [(1, "2026-01-01", "2026-04-30")],
                (3, "2026-05-01", None),
                [(1, "2026-01-01", "2026-04-30"), (3, "2026-05-01", open_end)],
            ),
            # same month: a correction
            (
                [(1, "2026-05-01", None)],
                (3, "2026-05-01", None),
                [(3, "2026-05-01", open_end)],
            ),
            # earlier than what is there
            (
                [(1, "2026-01-01", "2026-05-31"), (2, "2026-06-01", None)],
                (3, "2026-05-01", None),
                [(1, "2026-01-01", "2026-04-30"), (3, "2026-05-01", open_end)],
            ),
            # with an end: what begins later stays
            (
                [(1, "2026-01-01", "2026-06-30"), (2, "2026-07-01", None)],
                (3, "2026-05-01", "2026-06-30"),
                [
                    (1, "2026-01-01", "2026-04-30"),
                    (3, "2026-05-01", "2026-06-30"),
                    (2, "2026-07-01", open_end),
                ],
            ),
            # inside one that goes on: that one ends; so one ends a rate for good
            (
                [(1, "2026-01-01", None)],
                (1, "2026-05-01", "2026-06-30"),
                [(1, "2026-01-01", "2026-04-30"), (1, "2026-05-01", "2026-06-30")],
            ),
        ):
            with self.subTest(before=before, signed=signed):
                category = self.category.copy()
                for value, start, end in before:
                    self._create_rate(category, value, start, date_to=end)
                value, start, end = signed
                self._put_in_force(value, start, date_to=end, category_id=category.id)
                self.assertEqual(self._steps(category), after)

    def test_a_rate_shows_all_its_decimals(self):
        for value, text in (
            (0, "0"),
            (2, "2"),
            (10, "10"),
            (0.4, "0.4"),
            (0.333333, "0.333333"),
            (12.345678, "12.345678"),
        ):
            self.assertEqual(self._propose(value).display_name, f"New Line × {text}")

    def test_what_is_replaced_stays_as_history(self):
        old = self._create_rate(self.category, 1, "2026-05-01")
        new = self._put_in_force(3)
        self.assertRecordValues(
            old,
            [{"approval_state": "done", "date_to": False, "replaced_by_id": new.id}],
        )
        self.assertEqual(new.replaced_ids, old)
        with self.assertRaises(UserError):
            old.unlink()

    def test_what_would_go_on_after_it_is_refused(self):
        """Also when it came into force while the proposal waited."""
        rate = self._propose(3, date_to="2026-06-30")
        rate.action_submit()
        late = self._create_rate(self.category, 2, "2026-06-01")
        with self.assertRaisesRegex(UserError, "would go on after 2026-06-30"):
            rate.with_user(self.finance).action_sign()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "would go on after 2026-06-30"):
            self._propose(3, date_to="2026-06-30").action_submit()
        self.assertIn("would go on after", rate.impact)
        self.assertFalse(late.replaced_by_id)

    def test_proposals_of_one_line_may_overlap_until_one_is_signed(self):
        first, second = self._propose(0.4), self._propose(0.5)
        (first + second).action_submit()
        first.with_user(self.finance).action_sign()
        second.with_user(self.finance).action_sign()
        self.assertEqual(self._steps(), [(0.5, "2026-05-01", "False")])
        self.assertEqual(first.replaced_by_id, second)

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_two_from_being_in_force(self):
        self._put_in_force(0.4)
        rival = self._propose(0.5)
        with self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(
                "UPDATE club_points_rate SET approval_state = 'done' WHERE id = %s",
                [rival.id],
            )

    def test_a_proposal_says_what_it_changes(self):
        self._create_rate(self.category, 1, "2026-01-01", date_to="2026-05-31")
        self._create_rate(self.category, 2, "2026-06-01")
        rate = self._propose(3)
        self.assertEqual(
            rate.impact.splitlines(),
            [
                "1, in force from 2026-01-01, ends on 2026-04-30.",
                "2 of 2026-06-01 is replaced.",
            ],
        )
        rate.action_submit()
        self.assertTrue(rate.with_user(self.finance).impact)
        self._sign_all(rate)
        self.assertFalse(rate.impact)
        ended = self._propose(3, "2026-07-01", date_to="2026-09-30")
        self.assertIn("After 2026-09-30 no rate of its own", ended.impact)

    def test_a_signatory_sees_old_and_new_value_in_a_line(self):
        first = self._propose(0)
        first.action_submit()
        self.assertEqual(
            first.approval_request_id.sudo().subject, "0 from 2026-05-01, none before"
        )
        self._sign_all(first)
        second = self._propose(0.4, "2026-06-01")
        second.action_submit()
        self.assertEqual(
            second.approval_request_id.sudo().subject, "0 → 0.4 from 2026-06-01"
        )

    def test_proposing_a_change_starts_with_the_next_month(self):
        rate = self._put_in_force(0.4)
        action = rate.with_user(self.lead).action_propose_change()
        defaults = (
            self.env["club.points.rate"]
            .with_user(self.lead)
            .with_context(**action["context"])
            .default_get(
                [
                    "program_id",
                    "factor",
                    "category_id",
                    "product_id",
                    "value",
                    "date_from",
                    "approval_state",
                ]
            )
        )
        self.assertEqual(
            defaults,
            {
                "program_id": self.program.id,
                "factor": "conversion",
                "category_id": self.category.id,
                "product_id": False,
                "value": 0.4,
                "date_from": date(2026, 5, 1),
                "approval_state": "draft",
            },
        )
        for user in (self.manager, self.auditor):
            with self.assertRaises(AccessError):
                rate.with_user(user).action_propose_change()
