from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import TODAY, ClubCommon
from ..survey.survey_case import SurveyFixture
from .activity_case import ActivityCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSurveyDialogAttacks(SurveyFixture, ClubCommon):
    """Ids that a client puts into dialogs, and what deletes answers. Rules C5, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()

    def test_a_line_of_the_dialog_tells_nothing_of_others_guests(self):
        dialog = self._ask(self.manager)
        lines = self.env["club.survey.send.line"].with_user(self.manager)
        own = dialog.line_ids.filtered(lambda x: x.invitation_id == self.guest_ann)
        self.assertEqual(own.contact_id, self.ann)
        values = {"dialog_id": dialog.id, "invitation_id": self.guest_cid.id}
        with self.assertRaises(AccessError):
            lines.create(values)
        theirs = lines.sudo().create(values).with_env(lines.env)
        self.env.flush_all()
        for name in ("contact_id", "account_id"):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                theirs.read([name])

    def test_what_guests_answered_goes_with_no_question(self):
        self._ask(channels={self.guest_ann: "paper"}, mode="paper").action_print()
        self._fill_in(self.guest_ann, mark=4, call="yes")
        manager = new_test_user(
            self.env,
            "survey_manager",
            groups="base.group_user,survey.group_survey_manager",
        )
        survey = self.activity.survey_id.with_user(manager)
        question = self._get_question("overall").with_user(manager)
        choice = self.env.ref("crm_club.club_survey_call_yes").with_user(manager)
        forced = {"_force_unlink": True}
        for unlink in (
            question.unlink,
            question.with_context(**forced).unlink,
            choice.unlink,
            choice.with_context(**forced).unlink,
            lambda: survey.write({"question_and_page_ids": [[2, question.id]]}),
            lambda: choice.question_id.write({"suggested_answer_ids": [[5]]}),
        ):
            with (
                self.assertRaisesRegex(UserError, "was answered by guests"),
                self.env.cr.savepoint(),
            ):
                unlink()
            self.env.invalidate_all()
        # Nor by way of another survey, which PostgreSQL empties.
        elsewhere = survey.create({"title": "Elsewhere"})
        with (
            self.assertRaisesRegex(UserError, "is in use by activities"),
            self.env.cr.savepoint(),
        ):
            question.survey_id = elsewhere
        question.sudo().survey_id = elsewhere
        with (
            self.assertRaisesRegex(UserError, "was answered by guests"),
            self.env.cr.savepoint(),
        ):
            elsewhere.unlink()
        # What nobody answered goes.
        elsewhere.create(
            {
                "title": "New",
                "question_and_page_ids": [
                    Command.create({"title": "How?", "question_type": "text_box"})
                ],
            }
        ).unlink()


@tagged("post_install", "-at_install")
class TestClosedActivityAttacks(ActivityCase):
    """What was reported of a closed activity stays, its files too. Rule C5."""

    def _close(self):
        activity = self._hold(100)
        expense = activity.env["club.activity.expense"].create(
            {
                "activity_id": activity.id,
                "name": "Cash",
                "amount": 90,
                "receipt": b"UmVjZWlwdA==",
                "receipt_name": "receipt.txt",
            }
        )
        photo = activity.env["ir.attachment"].create(
            {
                "name": "photo.txt",
                "raw": b"Photo",
                "res_model": activity._name,
                "res_id": activity.id,
            }
        )
        activity.write({"summary": "<p>Well</p>", "photo_ids": [(4, photo.id)]})
        return activity, expense, photo

    def test_receipts_and_photos_stay_once_it_is_closed(self):
        activity, expense, photo = self._close()
        receipt = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .search(
                [
                    ("res_model", "=", expense._name),
                    ("res_id", "=", expense.id),
                    ("res_field", "=", "receipt"),
                ]
            )
        )
        self.assertTrue(receipt)
        photo.raw = b"Another one"  # as long as it is open
        receipt.raw = b"Another one"
        activity.action_close()
        for file in (receipt, photo):
            for change in (
                file.unlink,
                file.with_context(_force_unlink=True).unlink,
                lambda file=file: file.write({"raw": b"Forged"}),
                lambda file=file: file.write({"res_model": False}),
            ):
                with (
                    self.assertRaisesRegex(UserError, "stays as it was"),
                    self.env.cr.savepoint(),
                ):
                    change()
                self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            expense.receipt = False
        self.assertEqual(receipt.raw, b"Another one")

    def test_the_change_dialog_tells_nothing_of_others_applications(self):
        theirs = self._draw_up(100, user=self.officer, unit_id=self.other_unit.id)
        dialogs = self.env["club.activity.change"].with_user(self.manager)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["place"])
        for values in ({}, {"date_begin": False, "date_end": False, "place": False}):
            with self.assertRaises(AccessError):
                dialog = dialogs.create(
                    {
                        "activity_id": theirs.id,
                        "kind": "move",
                        "reason": "x",
                        **values,
                    }
                )
                self.env.flush_all()
                self.env.invalidate_all()
                dialog.read(["overspend_limit", "cost_actual"])

    def test_no_amount_is_beyond_counting(self):
        with self.assertRaisesRegex(ValidationError, "takes a number below"):
            self._draw_up(1e30)
