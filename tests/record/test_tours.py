from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from ...kernel import windows
from ..common import ClubFixture

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestTours(ClubFixture, HttpCase):
    """The month and the year, done in the browser by those who do them.

    The browser knows no frozen clock: months are counted from today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.company.club_timezone = "UTC"  # as the browser's clock and ours
        cls.first = date.today().replace(day=1)
        cls.last_month = cls._month_before(1)
        cls.seller = new_test_user(
            cls.env,
            "plain_seller",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _month_before(cls, months):
        return windows.add_months(cls.first, -months).strftime("%Y-%m")

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def test_from_the_statement_to_the_tier(self):
        """Finance uploads, the clerk verifies, the officer posts, sales sees.

        Rules A5, B5, B15, E6.
        """
        self._upload_statement()
        run = self._compute_and_verify()
        self._post(run)
        self._find_by_tier()

    def _upload_statement(self):
        self._tour("club_upload_statement", self.finance)
        document = self.env["club.revenue.import"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertRecordValues(
            document,
            [
                {
                    "user_id": self.finance.id,
                    "filename": "revenue.csv",
                    "valid_count": 3,
                    "parked_count": 1,
                    "amount": 110_000,
                }
            ],
        )
        self.assertRecordValues(
            document.line_ids.sorted("row"),
            [
                {"row": 2, "state": "valid", "settled_by_id": False},
                {"row": 3, "state": "valid", "settled_by_id": self.finance.id},
                {"row": 4, "state": "parked", "settled_by_id": False},
                {"row": 5, "state": "valid", "settled_by_id": self.finance.id},
            ],
        )
        self.assertRecordValues(
            self.env["club.alias"].search([("company_id", "=", self.company.id)]),
            [{"name": "Anchor Works Ltd", "account_id": self.account_a.id}],
        )

    def _compute_and_verify(self):
        self._tour("club_compute_run", self.officer)
        run = self.env["club.points.run"].search([("program_id", "=", self.program.id)])
        self.assertRecordValues(
            run, [{"state": "computed", "points": 110_000, "parked_count": 1}]
        )
        self.assertEqual(run.activity_ids.user_id, self.clerk)
        self._tour("club_verify_unit", self.clerk)
        self.assertRecordValues(
            run.unit_ids,
            [
                {
                    "unit_id": self.unit.id,
                    "state": "verified",
                    "user_id": self.clerk.id,
                    "note": "Compared with the journal",
                }
            ],
        )
        self.assertEqual(run.unit_ids.attachment_ids.mapped("name"), ["journal.csv"])
        self.assertEqual(run.state, "verified")
        return run

    def _post(self, run):
        self._tour("club_post_run", self.officer)
        self.assertRecordValues(
            run, [{"state": "posted", "posted_by_id": self.officer.id}]
        )
        self.assertEqual(self._get_points(self.account_a), 110_000)
        self.assertEqual(
            {
                (membership.group_id, membership.tier_id.code, membership.origin)
                for membership in self.account_a.club_membership_ids
            },
            {
                (self.grade, "vip", "enrolled"),
                (self.membership, "vip", "enrolled"),
            },
        )
        self.assertEqual(self.account_a.club_tier_id.group_id, self.membership)
        self.assertEqual(self.account_a.club_grade_id.group_id, self.grade)
        self.assertFalse(self.account_b.club_tier_id)

    def _find_by_tier(self):
        self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": account.id,
                    "user_id": self.seller.id,
                    "company_id": self.company.id,
                }
                for name, account in (
                    ("Lead of Anchor", self.account_a),
                    ("Lead of Beacon", self.account_b),
                )
            ]
        )
        self._tour("club_find_by_tier", self.seller)
        self._tour("club_find_leads_by_tier", self.seller)

    def test_standing_on_a_day(self):
        """The officer asks what an account was, and why. Rule A10."""
        self._add_revenue(self.account_a, 60_000, self.last_month)
        self._post_run(self.last_month)
        self._tour("club_standing", self.officer)

    def test_requalification(self):
        """Terms that end this month: prepared, reviewed, applied. Rule A6."""
        if fields.Date.today() == self.first:
            self.skipTest("the window of the terms ends today")
        self.program.requalification_window = "rolling"
        cedar = self._create_account("Cedar Tools", club_unit_id=self.unit.id)
        for account in (self.account_a, self.account_b, cedar):
            self._add_revenue(account, 60_000, self._month_before(13))
        begun = windows.add_months(self.first, -12) + timedelta(days=1)
        with freeze_time(begun):
            self._post_run(self._month_before(13))
        self._add_revenue(self.account_a, 60_000, self._month_before(6))
        with freeze_time(windows.add_months(self.first, -5)):
            self._post_run(self._month_before(6))
        self._post_run(self.last_month)  # so that no month of the window is missing
        self._set_up_seats()
        self._tour("club_requalify", self.officer)
        document = self.env["club.requalification"].search(
            [("program_id", "=", self.program.id)]
        )
        self.assertEqual(document.state, "submitted")
        self._tour("club_sign", self.signers["executive"])
        self.assertEqual(document.state, "approved")
        self._tour("club_apply_requalification", self.officer)
        self.assertRecordValues(
            document,
            [
                {
                    "state": "applied",
                    "applied_by_id": self.officer.id,
                    "renewed_count": 2,
                    "lapsed_count": 1,
                    "override_count": 1,
                }
            ],
        )
        lines = {line.account_id: line for line in document.line_ids}
        self.assertRecordValues(
            lines[self.account_a].applied_membership_id
            + lines[cedar].applied_membership_id,
            [
                {
                    "date_from": windows.add_months(begun, 12),
                    "origin": "renewed",
                    "reason": reason,
                }
                for reason in (False, "Merger pending")
            ],
        )
        self.assertEqual(self.account_a.club_tier_id.code, "vip")
        lapsed = lines[self.account_b]
        self.assertEqual(lapsed.membership_id.outcome, "lapsed")
        self.assertFalse(lapsed.applied_membership_id)

    def test_points_by_hand(self):
        """Two rounds through the bodies of the highest band. Rules C3, E1.

        The applicant submits, the wrong person finds nothing, two departments sign in
        either order, the leader rejects, the applicant corrects, the second passes.
        """
        self._set_up_seats()
        self._tour("club_apply_for_points", self.clerk)
        document = self.env["club.points.adjustment"].search(
            [("program_id", "=", self.program.id)]
        )
        self.assertEqual(document.points_moved, 60_000)
        for wrong in ("office", "leader", "presidium"):
            self._tour("club_nothing_to_sign", self.signers[wrong])
        self._tour("club_sign", self.lead)
        self._tour("club_sign", self.signers["office"])
        self._tour("club_nothing_to_sign", self.signers["leader"])
        self._tour("club_sign", self.signers["key_accounts"])
        self._tour("club_reject", self.signers["leader"])
        self.assertEqual(document.approval_state, "rejected")
        self._tour("club_correct_points", self.clerk)
        self._tour("club_nothing_to_sign", self.signers["office"])
        self._tour("club_sign", self.lead)
        self.assertFalse(self._get_points(self.account_a))
        self._tour("club_sign", self.signers["key_accounts"])
        self.assertEqual(document.approval_state, "done")
        self.assertEqual(self._get_points(self.account_a), 900)
        self.assertEqual(
            [
                (request.round, request.state, len(request._get_signed()))
                for request in document._get_approval_rounds()[document.id]
            ],
            [(2, "done", 2), (1, "rejected", 3)],
        )
