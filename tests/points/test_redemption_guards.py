from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .redemption_case import LATE, RedemptionCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRedemptionGuards(RedemptionCase):
    """Nobody goes round a redemption, nor changes what it came to. Rule B13."""

    def test_a_deduction_by_hand_leaves_what_is_reserved(self):
        self._reserve(1_000)
        adjustment = self.env["club.points.adjustment"].create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Test",
                "line_ids": [
                    (0, 0, {"account_id": self.account_a.id, "points": -400.01})
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "400.00 points"):
            adjustment._check_deductions()
        adjustment.line_ids.points = -400
        adjustment._check_deductions()

    def test_what_the_document_came_to_is_nobodys_to_write(self):
        redemption = self._draw_up(100)
        for vals in (
            {"state": "debited"},
            {"name": "X"},
            {"unit_id": self.other_unit.id},
            {"lots": [{"until": None, "points": "9999"}]},
            {"points_returned": 50},
            {"reserved_on": "2020-01-01"},
            {"debited_by_id": self.manager.id},
            {"company_id": False},
            {"run_ids": [(5, 0, 0)]},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(AccessError):
                    redemption.write(vals)
                with self.assertRaises(AccessError):
                    redemption.with_context(club_lock=True).write(vals)
                with self.assertRaises(AccessError):
                    self._draw_up(5, **vals)
        with_default = redemption.with_context(default_state="debited")
        self.assertEqual(with_default.create(redemption.copy_data()).state, "draft")

    def test_what_was_reserved_is_fixed_and_stays(self):
        redemption = self._reserve(100)
        for act in (
            lambda: redemption.write({"points": 1}),
            lambda: redemption.write({"account_id": self.account_b.id}),
            lambda: redemption.write({"reason": "Other"}),
            redemption.unlink,
        ):
            with self.assertRaises(UserError):
                act()
        redemption.action_cancel()
        with self.assertRaises(UserError):
            redemption.unlink()
        copy = redemption.copy()
        self.assertRecordValues(
            copy,
            [{"state": "draft", "lots": False, "reserved_by_id": False, "points": 100}],
        )
        self.assertNotEqual(copy.name, redemption.name)
        copy.unlink()
        self.assertFalse(copy.exists())

    def test_nobody_makes_a_redemption_run_by_hand(self):
        runs = self.env["club.points.run"].with_user(self.officer)
        values = {"program_id": self.program.id, "month": "2026-02-01"}
        for records, vals in (
            (runs, {**values, "kind": "redemption"}),
            (runs.with_context(default_kind="redemption"), values),
        ):
            with self.assertRaises(AccessError):
                records.create(vals)
        run = runs.create(values)
        redemption = self._debit(100)
        for vals in ({"kind": "redemption"}, {"redemption_id": redemption.id}):
            with self.assertRaises(AccessError):
                run.write(vals)
        self.env.invalidate_all()
        posted = redemption.sudo().run_ids.with_user(self.officer)
        for act in (
            posted.action_compute,
            posted.action_reset,
            posted.action_post,
            posted.unlink,
        ):
            with self.assertRaises(UserError):
                act()
        with (
            self.assertRaisesRegex(Exception, "never changed"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE club_points_run SET redemption_id = NULL WHERE id = %s",
                [posted.id],
            )

    def test_a_seal_tells_when_a_redeemed_lot_was_changed(self):
        redemption = self._debit(100)
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE club_points_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE club_points_entry SET valid_until = %s WHERE run_id = %s",
            [LATE, redemption.sudo().run_ids.id],
        )
        self.env.cr.execute("ALTER TABLE club_points_entry ENABLE TRIGGER USER")
        self.assertEqual(self.program._find_broken_run(), redemption.sudo().run_ids)
