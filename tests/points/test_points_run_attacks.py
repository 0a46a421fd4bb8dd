"""What a run's signed figures rest on, attacked by those who may work on it."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import RpcCase
from ..common import TODAY


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsRunAttacks(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.foreign = cls._create_club_company("Far Post")
        cls._add_revenue(cls.account_a, 1000)  # of Quay, whose clerk verifies it
        cls._add_revenue(cls.account_b, 500)  # of Hill, which nobody verifies
        cls.monthly = cls("_hide")._create_run("2026-03")
        cls.monthly.with_user(cls.officer).action_compute()
        by_unit = cls.monthly.unit_ids.grouped("unit_id")
        cls.quay, cls.hill = by_unit[cls.unit], by_unit[cls.other_unit]

    def _post(self):
        self._verify(self.quay, self.clerk)
        self.monthly.with_user(self.officer).action_post()
        self.env.invalidate_all()

    # === Units === #

    def test_a_units_line_stays_in_its_company(self):
        """Rule B5: it was how a late unit came to be left out of what is checked."""
        for name, value in (
            ("company_id", self.foreign.id),
            ("month", "2026-01-01"),
            ("entry_count", 0),
        ):
            self._assert_refused(
                (self.clerk, self.officer),
                "club.points.run.unit",
                "write",
                self.quay.ids,
                vals={name: value},
            )
        self._assert_refused(
            (self.officer,),
            "club.points.run",
            "write",
            self.monthly.ids,
            vals={"unit_ids": [[1, self.hill.id, {"company_id": self.foreign.id}]]},
        )

    def test_a_clerk_notes_down_what_he_looked_at(self):
        self._call_ok(
            self.clerk,
            "club.points.run.unit",
            "write",
            self.quay.ids,
            vals={"note": "Sheets 1 to 4"},
        )
        self.assertEqual(self.quay.note, "Sheets 1 to 4")

    def test_a_unit_that_the_presser_does_not_see_is_late_all_the_same(self):
        """Rule B5: what the officer's rules hide from him isn't posted unverified."""
        self._hide(self.hill)
        self._post()
        self.assertEqual(self.monthly.state, "posted")
        self.assertEqual(self._get_points(self.account_a), 1000)
        self.assertEqual(self._get_points(self.account_b), 0)

    def test_no_run_is_posted_of_which_nothing_is_verified(self):
        """Rule B5: nor when the officer sees none of its units."""
        self._hide(self.quay + self.hill)
        with self.assertRaisesRegex(UserError, "No unit of .* is verified yet"):
            self.monthly.with_user(self.officer).action_post()

    def test_a_run_is_not_verified_while_a_hidden_unit_waits(self):
        """Rule B5."""
        self._hide(self.hill)
        self._verify(self.quay, self.clerk)
        self.monthly.with_user(self.officer).action_compute()
        self.assertEqual(self.monthly.state, "computed")

    def test_computing_again_finds_hidden_units(self):
        """Otherwise a second line of the same unit would be made."""
        self._hide(self.hill)
        self.monthly.with_user(self.officer).action_compute()
        self.assertEqual(len(self.monthly.sudo().unit_ids), 2)

    def _hide(self, units):
        """Move lines where an officer of this company reads nothing, as no RPC can."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_points_run_unit SET company_id = %s WHERE id = ANY(%s)",
            [self.foreign.id, units.ids],
        )
        self.env.invalidate_all()

    # === The ledger === #

    def test_nobody_declares_the_ledger_whole(self):
        """Rule E4: only recomputing the seals does."""
        self._post()
        admin = self._create_user("admin")
        for values in (
            {"ledger_checked_at": "2026-04-09 10:00:00"},
            {"ledger_broken_run_id": False},
            {"ledger_broken_run_id": self.monthly.id},
        ):
            self._assert_refused(
                (self.officer, admin, self.finance),
                "club.program",
                "write",
                self.program.ids,
                vals=values,
            )
        self._call_ok(
            self.officer, "club.program", "action_verify_ledger", self.program.ids
        )
        self.assertTrue(self.program.ledger_checked_at)
        self.assertFalse(self.program.ledger_broken_run_id)

    def test_a_posted_run_stays_as_it_is(self):
        """Rule B9: name and deadline, what it is about, and what was said of it."""
        self._post()
        admin = self._create_user("admin")
        for values in (
            {"name": "Monthly Points 2026-02"},
            {"date_deadline": "2027-01-01"},
            {"note": "All units had verified"},
            {"month": "2026-02-01"},
            {"kind": "expiry"},
            {"number": 7},
            {"posted_on": "2026-03-31"},
            {"company_id": self.foreign.id},
        ):
            self._assert_refused(
                (self.officer, admin),
                self.monthly._name,
                "write",
                self.monthly.ids,
                vals=values,
            )

    def test_what_is_special_about_a_month_is_noted_before_it_is_posted(self):
        self._call_ok(
            self.officer,
            self.monthly._name,
            "write",
            self.monthly.ids,
            vals={"note": "New Year came early"},
        )
        self.assertEqual(self.monthly.note, "New Year came early")
