from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .adjustment_case import AdjustmentCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsAdjustmentAccess(AdjustmentCase):
    """Who sees adjustments, who writes them, and what nobody can. Rules B6, E2."""

    def test_what_was_submitted_is_fixed(self):
        """PEERS 1, 2, 4: fields and lines, by whoever, until it is withdrawn."""
        adjustment = self._submit({self.account_a: 5})
        line = adjustment.line_ids
        for act in (
            lambda: adjustment.write({"reason": "Other"}),
            lambda: adjustment.write({"unit_id": self.below.id}),
            lambda: adjustment.write({"line_ids": [(1, line.id, {"points": 9_000})]}),
            lambda: adjustment.write({"line_ids": [(5, 0, 0)]}),
            lambda: adjustment.write(
                {"line_ids": [(0, 0, {"account_id": self.account_c.id, "points": 9})]}
            ),
            lambda: line.write({"points": 9_000}),
            lambda: line.create(
                {
                    "adjustment_id": adjustment.id,
                    "account_id": self.account_c.id,
                    "points": 9_000,
                }
            ),
            line.unlink,
            adjustment.unlink,
        ):
            with self.assertRaises(UserError):
                act()
            self.env.invalidate_all()
        self.assertRecordValues(line, [{"points": 5, "account_id": self.account_a.id}])
        spare = self._draw_up({self.account_c: 9_000})
        with self.assertRaises(UserError):
            spare.line_ids.adjustment_id = adjustment

    def test_figures_and_run_are_not_the_clients_to_write(self):
        """PEERS 3, 5: what the band goes by is counted anew in any case."""
        adjustment = self._draw_up({self.account_a: 60_000})
        run = self._create_run("2026-02")
        for vals in (
            {"points_moved": 1},
            {"points_total": 1},
            {"name": "X"},
            {"run_id": run.id},
            {"approval_state": "done"},
            {"company_id": False},
        ):
            with self.assertRaises(AccessError):
                adjustment.write(vals)
            with self.assertRaises(AccessError):
                self._draw_up({self.account_a: 5}, **vals)
        self.env.cr.execute("UPDATE club_points_adjustment SET points_moved = 1")
        self.env.invalidate_all()
        adjustment.action_submit()
        self.assertIn({"leader"}, self._get_asked(adjustment))
        copy = adjustment.copy()
        self.assertEqual((copy.approval_state, copy.points_moved), ("draft", 60_000))
        self.assertNotEqual(copy.name, adjustment.name)

    def test_nobody_makes_an_adjustment_run_by_hand(self):
        runs = self.env["club.points.run"].with_user(self.officer)
        values = {"program_id": self.program.id, "month": "2026-02-01"}
        for records, vals in (
            (runs, {**values, "kind": "adjustment"}),
            (runs.with_context(default_kind="adjustment"), values),
            (runs.with_context(club_lock=True), {**values, "kind": "adjustment"}),
        ):
            with self.assertRaises(AccessError):
                records.create(vals)
        run = runs.create(values)
        with self.assertRaises(AccessError):
            run.write({"kind": "adjustment"})
        self.env.invalidate_all()
        adjustment = self._submit({self.account_a: 5})
        self._sign(adjustment, "unit", "key_accounts")
        posted = adjustment.sudo().run_id.with_user(self.officer)
        with self.assertRaises(AccessError):
            posted.copy()
        self.env.invalidate_all()
        for act in (
            posted.action_compute,
            posted.action_reset,
            posted.action_post,
            posted.unlink,
        ):
            with self.assertRaises(UserError):
                act()

    # === Who sees what === #

    def test_rights_by_role(self):
        """Rule E2: everyone changes his own drafts only; reading goes by unit."""
        adjustment = self._draw_up({self.account_a: 5})
        member = self._create_user("clerk", "hill_clerk")
        table = (
            # reads, writes
            (self.clerk, True, True),
            (self.lead, True, False),
            (member, False, False),
            (self.manager, False, False),
            (self.finance, True, False),
            (self.officer, True, False),
            (self.auditor, True, False),
            (self.signers["key_accounts"], False, False),
        )
        for user, reads, writes in table:
            own = adjustment.with_user(user)
            for record in (own, own.line_ids.browse(adjustment.line_ids.ids)):
                with self.subTest(user=user.login, model=record._name):
                    self.assertEqual(record.has_access("read"), reads)
                    self.assertEqual(record.has_access("write"), writes)
                    self.assertEqual(record.has_access("unlink"), writes)
            makes = user in (self.clerk, self.lead, self.officer, member)
            self.assertEqual(own.browse().has_access("create"), makes)
        adjustment.unlink()

    def test_signatories_read_what_they_sign_and_no_more(self):
        """Its lines and balances too, from their turn on."""
        adjustment = self._submit({self.account_a: -5})
        other = self._submit({self.account_c: 5})
        user = self.signers["key_accounts"]
        seen = self.env["club.points.adjustment"].with_user(user)
        self.assertFalse(seen.search([]))
        self._sign(adjustment, "unit")
        self.assertEqual(seen.search([]), adjustment)
        line = seen.search([]).line_ids
        self.assertRecordValues(
            line,
            [{"is_balance_visible": True, "balance": 3_000, "balance_after": 2_995}],
        )
        self._sign(adjustment, "key_accounts")
        self.assertEqual(seen.search([]), adjustment)
        with self.assertRaises(AccessError):
            other.with_user(user).read(["reason"])

    def test_draft_tells_no_balance_that_is_not_ones_own(self):
        draft = self._draw_up({self.account_a: 5, self.account_b: 5})
        self.assertRecordValues(
            draft.line_ids,
            [
                {"is_balance_visible": True, "balance": 3_000, "balance_after": 3_005},
                {"is_balance_visible": False, "balance": 0, "balance_after": 0},
            ],
        )

    # === Companies === #

    def test_companies_are_apart(self):
        other = self._create_club_company("Other Post")
        self.env.user.company_ids |= other
        program = self._create_program(other)
        unit = self.env["crm.team"].create({"name": "Far", "company_id": other.id})
        officer = self._create_user("officer", "far_officer", other)
        signer = self._create_employee("far_head", other)
        self._create_seat("key_accounts", signer, company=other)
        unit.user_id = self._create_user("lead", "far_lead", other)
        ours = self._draw_up({self.account_a: 5})
        there = self.env(user=officer, context={"allowed_company_ids": other.ids})
        self.assertFalse(ours.with_env(there).has_access("read"))
        far = {"program_id": program.id, "unit_id": unit.id}
        for user, values in (
            (officer, {"unit_id": unit.id}),
            (self.officer, {"unit_id": unit.id}),
            (self.officer, far),
        ):
            with self.assertRaises(UserError):
                self._draw_up({self.account_a: 5}, user, **values)
        theirs = self._draw_up({self.account_b: -1}, officer, **far)
        with self.assertRaises(UserError):  # its points are with the other company
            theirs.action_submit()
        theirs.line_ids.points = 7
        theirs.action_submit()
        with self.assertRaises(AccessError):
            self._sign(theirs, "key_accounts")
        for user in (unit.user_id, signer):
            theirs.with_user(user).action_sign()
        self.assertEqual(theirs.sudo().run_id.program_id, program)
        self.assertEqual(theirs.sudo().run_id.entry_ids.unit_id, unit.browse())
        self.assertEqual(self._get_points(self.account_b, kind="adjustment"), 7)
        self.assertEqual(self.account_b.club_available, 4_000)
        for one in (program, self.program):
            self.assertFalse(one._find_broken_run())
        own = self._create_account("Theirs", agreement=False, company_id=other.id)
        with self.assertRaises(UserError):
            self._draw_up({own: 5}, self.officer)
