from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import TODAY
from .audit_case import AuditCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAuditFindings(AuditCase):
    """What an auditor finds, who answers it, and until when. Rule B6."""

    def test_a_finding_is_answered_and_closed(self):
        sample = self._draw()
        finding = self._find(sample)
        self.assertEqual(sample.line_ids[0].result, "finding")
        self.assertEqual(finding.account_id, sample.line_ids[0].account_id)
        self.assertEqual(finding.activity_ids.user_id, self.clerk)
        owned = finding.with_user(self.clerk)
        with self.assertRaises(UserError):
            owned.action_correct()  # how?
        owned.answer = "Credited and booked anew"
        owned.action_correct()
        self.assertRecordValues(
            finding, [{"state": "corrected", "answered_by_id": self.clerk.id}]
        )
        self.assertEqual(finding.activity_ids.user_id, self.auditor)
        with self.assertRaises(UserError):
            owned.answer = "Second thoughts"
        finding.action_reopen()
        self.assertEqual(finding.activity_ids.user_id, self.clerk)
        owned.answer = "Now it is"
        owned.action_correct()
        finding.action_close()
        self.assertEqual(finding.state, "closed")
        self.assertFalse(finding.activity_ids)
        self.assertEqual(sample.open_finding_count, 0)

    def test_the_owner_writes_the_answer_only(self):
        finding = self._find(self._draw())
        owned = finding.with_user(self.clerk)
        for values in (
            {"name": "Nothing"},
            {"severity": "critical"},
            {"date_deadline": "2027-01-01"},
            {"owner_id": self.officer.id},
            {"state": "closed"},
        ):
            with self.assertRaises(AccessError):
                owned.write(values)
        for call in ("action_close", "action_reopen"):
            with self.assertRaises(AccessError):
                getattr(owned, call)()
        with self.assertRaises(AccessError):
            owned.create({"name": "Mine", "sample_id": 1, "owner_id": self.clerk.id})

    def test_only_the_owner_answers(self):
        finding = self._find(self._draw())
        for user in (self.officer, self.auditor, self.lead):
            with self.assertRaises(AccessError):
                finding.with_user(user).write({"answer": "Done"})
            with self.assertRaises(AccessError):
                finding.with_user(user).action_correct()
        self.assertEqual(finding.with_user(self.officer).name, "Counted twice")
        with self.assertRaises(AccessError):
            finding.with_user(self.lead).read(["name"])
        with self.assertRaises(AccessError):
            self._find(finding.sample_id, answer="Done")

    def test_the_owner_must_be_able_to_open_it(self):
        sample = self._draw()
        for user in (
            self._create_employee("outsider"),
            self._create_user("clerk", "far", self._create_club_company("Far Post")),
            new_test_user(self.env, "portal", groups="base.group_portal"),
        ):
            with self.assertRaises(ValidationError):
                self._find(sample, owner_id=user.id)

    def test_a_result_with_a_finding_is_not_taken_back(self):
        sample = self._draw()
        self._find(sample)
        with self.assertRaises(UserError):
            sample.line_ids[0].result = "in_order"
        with self.assertRaises(ValidationError):
            self._find(sample, line_id=self._draw().line_ids[0].id)

    def test_overdue_findings_are_found(self):
        sample = self._draw()
        late = self._find(sample, date_deadline="2026-04-09")
        self._find(sample, date_deadline="2026-04-10")
        findings = self.env["club.audit.finding"]
        self.assertEqual(findings.search([("is_overdue", "=", True)]), late)
