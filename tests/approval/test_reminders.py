from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.approval.turns import find_turns
from ..common import TODAY
from .approval_case import ApprovalCase


@tagged("post_install", "-at_install")
class TestReminders(ApprovalCase):
    """What waits is reminded of, follows the seats, and keeps its papers. Rule E1."""

    def test_reminded_and_escalated(self):
        document = self._submit()
        request = document.approval_request_id.sudo()

        def remind(day):
            with freeze_time(day):
                request._remind()
            return request.reminded_on, request.escalated_on

        self.assertEqual(remind("2026-04-12"), (False, False))
        self.assertEqual(remind("2026-04-13"), (date(2026, 4, 13), False))
        message = document.sudo().message_ids[:1]
        notified = self.env["mail.message"].search(
            [("model", "=", document._name), ("res_id", "=", document.id)], limit=1
        )
        self.assertIn(self.head.partner_id, (message | notified).partner_ids)
        self.assertEqual(remind("2026-04-15")[0], date(2026, 4, 13))
        self.assertEqual(
            remind("2026-04-17"), (date(2026, 4, 16 + 1), date(2026, 4, 17))
        )
        self.assertIn(self.officer, document.sudo().activity_ids.user_id)
        self.assertFalse(find_turns(self.officer))

    def test_each_one_is_reminded_in_his_language(self):
        """Rule E1."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.head.lang = "zh_CN"
        document = self._submit()
        self.assertIn("签批", document.sudo().activity_ids.summary)
        with freeze_time("2026-04-13"):
            document.approval_request_id.sudo()._remind()
        said = self.env["mail.message"].search(
            [("partner_ids", "in", self.head.partner_id.ids)], limit=1
        )
        self.assertIn("等待您签批", said.subject)
        self.assertIn("2026", said.body)

    def test_escalation_reaches_the_officers_where_nobody_sits_above(self):
        """Rule E1: and where there is none, it says so, and tries again."""
        document = self._submit()
        request = document.approval_request_id.sudo()
        self.env.cr.execute(
            "UPDATE club_approval_request SET escalate_body_id = %s WHERE id = %s",
            [self._get_body("office").id, request.id],
        )
        self.env.invalidate_all()
        self._get_body("office").seat_ids.date_to = "2026-04-11"
        officers = self.env.ref("crm_club.crm_club_group_officer").sudo()
        others = officers.all_user_ids - self.officer
        (others | self.officer).active = False
        before = document.sudo().message_ids
        for day in ("2026-04-17", "2026-04-18"):
            with freeze_time(day):
                request._remind()
        self.assertFalse(request.escalated_on)
        said = (document.sudo().message_ids - before).filtered(
            lambda message: "nobody could be told" in message.body
        )
        self.assertEqual(len(said), 1)
        self.officer.active = True
        with freeze_time("2026-04-19"):
            request._remind()
        self.assertEqual(request.escalated_on, date(2026, 4, 19))
        self.assertIn(self.officer, document.sudo().activity_ids.user_id)

    def test_daily_job_follows_seats_that_changed(self):
        """Rule E1: who is seated by now gets the activity, who left loses it."""
        document = self._submit()
        self.assertEqual(document.sudo().activity_ids.user_id, self.head)
        successor = self._create_employee("heir")
        self._get_body("key_accounts").seat_ids.date_to = TODAY
        self._create_seat("key_accounts", successor, date_from=date(2026, 4, 11))
        with freeze_time("2026-04-14"), self.enter_registry_test_mode():
            self.env.ref("crm_club.ir_cron_club_remind").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(document.sudo().activity_ids.user_id, successor)
        self.assertEqual(
            document.approval_request_id.sudo().reminded_on, date(2026, 4, 14)
        )

    def test_papers_of_a_submitted_document_stay(self):
        """What the signatories saw is neither deleted nor replaced; more may come."""
        document = self._create()
        paper = self.env["ir.attachment"].with_user(self.officer)
        paper = paper.create(
            {
                "name": "contract.txt",
                "raw": b"We agree",
                "res_model": document._name,
                "res_id": document.id,
            }
        )
        document.action_submit()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date - interval '1 year'"
            " WHERE id = %s",
            [paper.id],
        )
        self.env.invalidate_all()
        for act in (
            paper.unlink,
            lambda: paper.write({"raw": b"We do not"}),
            lambda: paper.write({"res_id": False}),
            paper.with_context(_force_unlink=True).unlink,
        ):
            with self.assertRaises(UserError):
                act()
        later = paper.copy({"name": "letter.txt"})
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date + interval '1 year'"
            " WHERE id = %s",
            [later.id],
        )
        self.env.invalidate_all()
        later.unlink()
        document.action_withdraw()
        paper.unlink()

    def test_papers_of_what_was_never_submitted_are_free(self):
        """What an upgrade found in effect has no request to compare with."""
        document = self._create()
        self.env.cr.execute(
            "UPDATE club_account_classification SET approval_state = 'done'"
            " WHERE id = %s",
            [document.id],
        )
        self.env.invalidate_all()
        paper = self.env["ir.attachment"].create(
            {
                "name": "contract.txt",
                "raw": b"We agree",
                "res_model": document._name,
                "res_id": document.id,
            }
        )
        paper.raw = b"We agree still"
        paper.unlink()
        self.assertFalse(paper.exists())
        self.assertFalse(document.approval_can_withdraw)
