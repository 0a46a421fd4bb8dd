"""What a draft tells before it is submitted: what submitting it then asks for. C3."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ...models.approval.submission import Submission
from ..common import TODAY
from ..cooperation.cooperation_case import CooperationCase
from ..points.adjustment_case import AdjustmentCase
from .rpc_case import RpcCase


def read_preview(document, user):
    """Return what the form shows the user, as text."""
    document.env.flush_all()
    document.env.invalidate_all()
    return str(document.with_user(user).approval_preview or "")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPreview(AdjustmentCase):
    """Rule C3: who will sign, by which amount, and what is added to it."""

    def _foresee(self, document):
        foreseen = Submission(document).foresee()
        signers = {(s.stage, *s.key) for s in foreseen.plan.signers}
        return signers, float(foreseen.count.total), foreseen.count.band

    def _get_submitted(self, document):
        request = document.sudo().approval_request_id
        asked = request.signature_ids.filtered(lambda s: s.state != "omitted")
        signers = {(signature.stage, *signature._get_key()) for signature in asked}
        return signers, request.amount_total, request._get_band()

    def test_it_is_what_submitting_asks_for(self):
        """At each bound, with earlier documents of the purpose, and without."""
        for points in (10_000, 0.01, 39_999.99, 0.01):
            document = self._draw_up({self.account_a: points})
            with self.subTest(points=points):
                foreseen = self._foresee(document)
                self.assertTrue(read_preview(document, self.clerk))
                document.action_submit()
                self.assertEqual(self._get_submitted(document), foreseen)
        self.assertEqual(document.sudo().approval_request_id.amount_total, 50_000.01)

    def test_the_applicant_reads_who_signs_and_what_counts_along(self):
        earlier = self._submit({self.account_a: 9_000})
        draft = self._draw_up({self.account_a: 2_000})
        told = read_preview(draft, self.clerk)
        for text in (
            *(self.unit.name, self.lead.name),
            *(self._get_body("office").name, self.signers["office"].name),
            *("11,000.00 points", "above 10,000.00 up to 50,000.00"),
            *(earlier.name, "9,000.00 points", "within 30 days"),
        ):
            self.assertIn(text, told)
        self.assertNotIn(self._get_body("leader").name, told)

    def test_what_is_not_added_up_is_not_spoken_of(self):
        draft = self._draw_up({self.account_a: 2_000})
        self.assertNotIn("counts together", read_preview(draft, self.clerk))
        self._submit({self.account_a: 100})
        policy = self.env["club.approval.policy"]._get_for("adjustment", self.company)
        policy.add_up = False
        self.assertNotIn("counts together", read_preview(draft, self.clerk))

    def test_only_who_may_submit_it_reads_it_and_only_before(self):
        draft = self._draw_up({self.account_a: 2_000})
        self.assertTrue(read_preview(draft, self.clerk))
        self.assertFalse(read_preview(draft, self.auditor))
        draft.action_submit()
        self.assertFalse(read_preview(draft, self.clerk))
        draft.with_user(self.lead).action_reject("Attach the journal")
        self.assertTrue(read_preview(draft, self.clerk))

    def test_nothing_without_a_policy(self):
        draft = self._draw_up({self.account_a: 2_000})
        policy = self.env["club.approval.policy"]._get_for("adjustment", self.company)
        policy.active = False
        self.assertFalse(read_preview(draft, self.clerk))

    def test_it_says_why_nobody_could_sign(self):
        """The sentence that submitting would be refused with; the form opens."""
        self.env["club.body.seat"].search([]).date_to = date(2026, 1, 1)
        for code in self.SEATS:
            self._create_seat(code, self.lead)
        draft = self._draw_up({self.account_a: 10}, self.lead)
        told = read_preview(draft, self.lead)
        self.assertIn("would be signed by its own applicant", told)
        self.assertEqual(draft.approval_state, "draft")

    def test_a_body_without_anybody_is_told(self):
        draft = self._draw_up({self.account_a: 10})
        self._get_body("key_accounts").seat_ids.user_id.sudo().active = False
        self.assertIn("nobody is seated there", read_preview(draft, self.clerk))

    def test_what_is_typed_is_escaped(self):
        self._submit({self.account_a: 10})
        self._get_body("key_accounts").name = "<b>Key</b>"
        told = read_preview(self._draw_up({self.account_a: 10}), self.clerk)
        self.assertIn("&lt;b&gt;Key", told)

    def test_it_costs_the_same_however_much_counts_along(self):
        draft = self._draw_up({self.account_a: 10})
        counts = []
        for number in (1, 2, 12):
            for _each in range(number):
                self._submit({self.account_a: 10})
            read_preview(draft, self.clerk)
            before = self.env.cr.sql_log_count
            read_preview(draft, self.clerk)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])

    def test_an_unsaved_draft_tells_nothing(self):
        drafts = self.env["club.points.adjustment"].with_user(self.clerk)
        self.assertFalse(drafts.new({"unit_id": self.unit.id}).approval_preview)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPreviewOverUnits(CooperationCase):
    """Rules C3, C6: amounts of a supplier add up over units that don't read each
    other's contracts.
    """

    def test_of_what_one_may_not_read_only_number_and_sum_are_told(self):
        pier = self.env["crm.team"].create(
            {"name": "Pier", "company_id": self.company.id, "user_id": self.lead.id}
        )
        stranger = self._create_user("user", "manager_of_pier")
        pier.sudo().member_ids = [Command.link(stranger.id)]
        for amount in (3_000, 4_000):
            hidden = self._submit(
                amount, stranger, unit_id=pier.id, subject="Fireworks"
            )
        self.assertFalse(hidden.with_user(self.manager).has_access("read"))
        own = self._submit(5_000)
        draft = self._draw_up(20_000)
        told = read_preview(draft, self.manager)
        for text in ("2 more", "7,000.00", own.name, "5,000.00", "32,000.00"):
            self.assertIn(text, told)
        for text in ("Fireworks", hidden.name, "3,000.00", "4,000.00", "Pier"):
            self.assertNotIn(text, told)
        draft.action_submit()
        self.assertEqual(draft.sudo().approval_request_id.amount_total, 32_000)


@tagged("post_install", "-at_install")
class TestPreviewOverRpc(RpcCase):
    """Reading it changes nothing and shows it to no one else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()

    def test_it_is_read_by_its_applicant_and_changes_nothing(self):
        adjustments = self.env["club.points.adjustment"].with_user(self.clerk)
        draft = adjustments.create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Goodwill",
                "line_ids": [
                    Command.create({"account_id": self.account_a.id, "points": 10})
                ],
            }
        )
        before = self._get_prints()
        (read,) = self._call_ok(
            self.clerk, draft._name, "read", draft.ids, fields=["approval_preview"]
        )
        self.assertIn(self.lead.name, read["approval_preview"])
        self.assertEqual(self._get_prints(), before)
        self._assert_refused(
            [self._create_user("clerk", "clerk_elsewhere")],
            draft._name,
            "read",
            draft.ids,
            fields=["approval_preview"],
        )
