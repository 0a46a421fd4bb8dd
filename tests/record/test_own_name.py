"""Who says what beside the club's records, and of whom the system asks what."""

import json
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..cooperation.cooperation_case import CooperationCase
from .outsiders_case import OutsidersMixin

SAID = {"body": "I think so", "message_type": "comment"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestOwnName(OutsidersMixin, CooperationCase):
    """Rule E2: what is told of a record can be relied on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_outsiders("employee")
        cls.robot = cls.env.ref("base.partner_root")
        cls.paper = cls._draw_up()

    def _assert_refused_to(self, users, acts):
        for user in users:
            for name, act in acts.items():
                with (
                    self.subTest(user=user.login, act=name),
                    self.assertRaises(AccessError),
                ):
                    act(user)
                self.env.invalidate_all()

    # === Messages === #

    def test_nobody_speaks_for_somebody_else_or_at_another_time(self):
        others = {"author_id": self.robot.id}
        noted = {"body": "Signed", "message_type": "notification", **others}
        place = {"model": self.paper._name, "res_id": self.paper.id}
        changed = {
            "field_id": self.env["ir.model.fields"]._get(self.paper._name, "amount").id,
            "old_value_float": 1,
            "new_value_float": 2,
        }
        tracked = [Command.create(changed)]

        def post(user, **values):
            self.paper.with_user(user).message_post(**{**SAID, **values})

        self._assert_refused_to(
            (self.manager, self.officer),
            {
                "post": lambda user: post(user, **noted),
                "date": lambda user: post(user, date="2020-01-01 00:00:00"),
                "nobody": lambda user: post(user, author_id=False, email_from="B <b>"),
                "values": lambda user: post(user, tracking_value_ids=tracked),
                "notify": lambda user: self.paper.with_user(user).message_notify(
                    body="Signed", partner_ids=self.lead.partner_id.ids, **others
                ),
                "create": lambda user: self.env["mail.message"]
                .with_user(user)
                .create({**place, **noted}),
                "tracked": lambda user: self.env["mail.message"]
                .with_user(user)
                .create({**place, **SAID, "tracking_value_ids": tracked}),
                "later": lambda user: self.env["mail.scheduled.message"]
                .with_user(user)
                .create(
                    {
                        **{**place, **others, "body": "Signed"},
                        "scheduled_date": "2026-05-10 09:00:00",
                    }
                )
                .post_message(),
            },
        )

    def test_what_was_said_isnt_said_by_another_afterwards(self):
        said = self.paper.with_user(self.manager).message_post(**SAID)
        said = said.with_user(self.manager).sudo(False)
        self._assert_refused_to(
            (self.manager,),
            {
                str(values): lambda _user, values=values: said.write(values)
                for values in (
                    {"author_id": self.robot.id},
                    {"author_id": False},
                    {"email_from": "Bureau <bureau@example.com>"},
                    {"message_type": "notification"},
                    {"date": "2020-01-01 00:00:00"},
                    {"subtype_id": self.env.ref("mail.mt_comment").id},
                )
            },
        )
        said.write({"body": "I don't", "author_id": self.manager.partner_id.id})
        self.assertIn("don't", said.body)
        said.unlink()

    def test_what_users_do_is_told_as_ever(self):
        """In their names, with changed values, by to-dos and by later messages."""
        paper = self.paper.with_user(self.manager)
        task = paper.activity_schedule("mail.mail_activity_data_todo", user_id=2)
        task.with_user(self.manager).action_feedback(feedback="Called")
        self.assertIn("Called", self.paper.message_ids[:1].body)
        later = self.env["mail.scheduled.message"].with_user(self.manager)
        values = {"model": self.paper._name, "res_id": self.paper.id, "body": "Later"}
        later = later.create(
            {
                **values,
                "author_id": self.manager.partner_id.id,
                "scheduled_date": datetime(2026, 5, 10),
                "notification_parameters": json.dumps({}),
            }
        )
        later.post_message()
        self.assertIn("Later", self.paper.message_ids[:1].body)
        # Elsewhere it is Odoo's matter.
        self.account_a.with_user(self.manager).message_post(
            **SAID, author_id=self.account_a.id
        )

    # === To-dos === #

    def test_what_waits_for_one_is_taken_by_nobody_else(self):
        """Rule E1: whoever applies doesn't hush up that it waits for a signature."""
        paper = self._submit()
        todo = self.env["mail.activity"].search(
            [("res_model", "=", paper._name), ("res_id", "=", paper.id)]
        )
        self.assertEqual(todo.user_id, self.lead)
        own = {"user_id": self.manager.id}
        self._assert_refused_to(
            (self.manager, self.finance, self.outsiders["rival"]),
            {
                "unlink": lambda user: todo.with_user(user).unlink(),
                "cancel": lambda user: todo.with_user(user).action_cancel(),
                "hand on": lambda user: todo.with_user(user).write(own),
                "postpone": lambda user: todo.with_user(user).write(
                    {"date_deadline": "2027-01-01"}
                ),
                "done": lambda user: todo.with_user(user).action_feedback(),
            },
        )
        # His own to-dos, also those that he gives others, remain everybody's.
        mine = paper.activity_schedule("mail.mail_activity_data_todo", user_id=2)
        mine.with_user(self.manager).unlink()
        paper.with_user(self.lead).action_sign()
        self.assertNotEqual(todo.exists().filtered("active").user_id, self.lead)

    # === Quiet keys === #

    def test_no_context_keeps_quiet_what_has_changed(self):
        """Rule E2: parameters are changed by officers, and it is told."""
        quiet = {"tracking_disable": True, "mail_notrack": True}
        program = self.program.with_user(self.officer).with_context(**quiet)
        self.env.flush_all()
        self.env.cr.precommit.run()  # what was made just now isn't tracked
        for above in (70_000, 80_000):
            program.tender_above = above
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env.invalidate_all()
            told = self.program.sudo().message_ids[:1].tracking_value_ids
            self.assertEqual(told.new_value_float, above)

    def test_no_context_keeps_anybody_from_being_asked(self):
        quiet = {"mail_activity_automation_skip": True}
        self._add_revenue(self.account_a, 60_000)
        run = self._create_run()
        run.with_user(self.officer).with_context(**quiet).action_compute()
        self.assertEqual(run.sudo().activity_ids.user_id, self.clerk)
        task = self.paper.with_user(self.manager).with_context(**quiet)
        self.assertTrue(task.activity_schedule("mail.mail_activity_data_todo"))

    # === Refusals tell nothing === #

    def test_a_refusal_names_nothing_that_one_may_not_read(self):
        """Ids are guessed easily; what refuses asks first whether one may read it."""
        note = self.paper._message_log(body="Moved").sudo()
        self._submit()
        todo = self.env["mail.activity"].search(
            [("res_model", "=", self.paper._name)], limit=1
        )
        for user in (self.outsiders["employee"], self.outsiders["rival"]):
            for record, values in (
                (note, {"body": "Nothing"}),
                (note, {"author_id": self.robot.id}),
                (todo, {"user_id": user.id}),
            ):
                with (
                    self.subTest(user=user.login, model=record._name),
                    self.assertRaises(AccessError) as caught,
                ):
                    record.with_user(user).sudo(False).write(values)
                self.assertNotIn(self.paper.name, str(caught.exception))
                self.assertNotIn(self.lead.name, str(caught.exception))
