"""Files of papers that are submitted, closed or posted. Rules C5, C6, D11, B5."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...models.record.lock import opened
from ..common import TODAY
from ..hosting.hosting_case import HostingCase

LATER = "By the way"
CHANGES = (
    {"name": "other.txt"},
    {"res_field": "contract_file"},
    {"type": "url", "url": "http://example.com"},
    {"mimetype": "text/html"},
    {"public": True},
    {"res_model": "res.partner"},
    {"res_id": 0},
    {"raw": b"We do not"},
    {"datas": b"V2UgZG8gbm90"},
    {"company_id": False},
    {"access_token": "known"},
    {"description": "Forget it"},
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestFrozenFiles(HostingCase):
    """An attachment of a frozen paper is frozen whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.agreed = cls.env["club.account.classification"].with_user(cls.officer)
        klass = cls.env["club.account.class"].create({"name": "P", "code": "p"})
        cls.agreed = cls.agreed.create(
            {
                "account_id": cls.account_a.id,
                "class_id": klass.id,
                "company_id": cls.company.id,
                "date_from": TODAY,
                "reason": "Framework contract",
            }
        )

    def _attach(self, record, user=None, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.officer)
            .create(
                {
                    "name": "paper.txt",
                    "raw": b"We agree",
                    "res_model": record._name,
                    "res_id": record.id,
                    **values,
                }
            )
        )

    def _assert_frozen(self, paper, error=UserError):
        before = paper.sudo().read(["name", "raw", "res_id", "res_field", "type"])
        for values in CHANGES:
            with self.subTest(paper.res_model, values=values):
                with self.assertRaises(error):
                    paper.write(dict(values))
        for act in (paper.unlink, paper.with_context(_force_unlink=True).unlink):
            with self.assertRaises(error):
                act()
        self.env.invalidate_all()
        self.assertEqual(
            paper.sudo().read(["name", "raw", "res_id", "res_field", "type"]), before
        )

    def test_what_was_submitted_is_frozen_also_in_the_second_of_submitting(self):
        paper = self._attach(self.agreed)
        self.agreed.action_submit()
        submitted = self.agreed.approval_request_id.sudo().submitted_at
        for moment in (
            submitted - timedelta(days=1),
            submitted + timedelta(microseconds=999_999),
        ):
            self.env.cr.execute(
                "UPDATE ir_attachment SET create_date = %s WHERE id = %s",
                [moment, paper.id],
            )
            self.env.invalidate_all()
            self._assert_frozen(paper)
        # The system gives it a token, for its preview, and nothing else of it changes.
        self.assertTrue(paper.generate_access_token()[0])
        with self.assertRaises(UserError):
            paper.sudo().write({"name": "other.txt"})
        self.agreed.action_withdraw()
        paper.write({"name": "other.txt"})

    def test_nothing_older_is_moved_onto_what_was_submitted(self):
        partner = self.account_a
        old = self._attach(partner, self.officer)
        self.agreed.action_submit()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date - interval '1 year'"
            " WHERE id = %s",
            [old.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            old.write({"res_model": self.agreed._name, "res_id": self.agreed.id})
        # What is added later comes with what is said.
        message = self.agreed.message_post(
            body=LATER, attachments=[("later.txt", b"More")]
        )
        self.assertEqual(message.attachment_ids.res_id, self.agreed.id)

    def test_nobody_fills_a_records_field_by_a_file(self):
        """A sibling: a file in a field is the field's value."""
        for values in ({"res_field": "reason"}, {"res_field": "message_main"}):
            with self.assertRaises(UserError):
                self._attach(self.agreed, **values)
        paper = self._attach(self.agreed)
        with self.assertRaises(UserError):
            paper.write({"res_field": "seal_image"})

    def test_what_was_held_or_called_off_keeps_its_files(self):
        visit = self._create_visit(user=self.officer)
        stop = self.env["club.visit.stop"].create(
            {"visit_id": visit.id, "name": "The hall"}
        )
        table = self._create_round_table(user=self.officer)
        papers = [self._attach(record) for record in (visit, stop, table)]
        for paper in papers:
            paper.write({"name": "draft.txt"})
        opened(visit | visit).state = "held"
        table.action_cancel()
        for paper in papers:
            self._assert_frozen(paper)
        with self.assertRaises(UserError):
            self._attach(stop)
        self._attach(visit)  # where the discussion tells that it came later

    def test_source_records_of_what_is_posted_stay_wherever_they_belong(self):
        """A sibling, of rule B5: also a file that belongs to another record."""
        self._add_revenue(self.account_a, 1_000)
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        elsewhere = self._attach(self.account_a)
        unit.with_user(self.clerk).attachment_ids = elsewhere
        own = self._attach(run)
        elsewhere.write({"name": "march.txt"})
        self._verify_all(run)
        run.action_post()
        for paper, error in ((elsewhere, AccessError), (own, UserError)):
            self._assert_frozen(paper, error)

    def test_photos_and_files_of_a_closed_activity(self):
        kind = self.env["club.activity.type"].create(
            {"name": "Gala", "code": "gala2", "headcount": 9}
        )
        activity = self.env["club.activity"].create(
            {
                "theme": "Gala",
                "type_id": kind.id,
                "unit_id": self.unit.id,
                "reason": "Thanks",
                "date_begin": "2026-04-01 08:00:00",
                "date_end": "2026-04-01 10:00:00",
            }
        )
        photo = self._attach(self.account_a)
        activity.photo_ids = photo
        later = self._attach(activity)
        photo.write({"name": "hall.png"})
        opened(activity).write({"stage": "closed", "approval_state": "done"})
        for paper in (photo, later):
            self._assert_frozen(paper)
