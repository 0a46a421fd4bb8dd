"""Where nothing is noted, and what is told stays. Rules C9, E2."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon

FINDING, SAID = "Diabetes", "I think so"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestClosedTalk(BenefitMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_benefits()
        case = cls("test_nobody_notes_findings_beside_a_booking")
        cls.booking = case._book(cls.doctor, user=cls.manager)
        cls.account_manager = cls.manager
        cls.system = new_test_user(
            cls.env, "system", groups="base.group_system,crm_club.crm_club_group_admin"
        )
        cls.paper = cls.env["club.account.classification"].create(
            {
                "account_id": cls.account_a.id,
                "class_id": cls.env["club.account.class"]
                .create({"name": "P", "code": "p"})
                .id,
                "company_id": cls.company.id,
                "date_from": TODAY,
                "reason": "Framework contract",
            }
        )

    def test_no_client_keeps_people_from_following(self):
        """Only the club's own steps ask people quietly, whatever a context says."""
        lead = self.lead.partner_id
        quiet = self.paper.with_user(self.officer).with_context(club_no_follow=True)
        quiet.message_subscribe(lead.ids)
        self.assertIn(lead, self.paper.message_partner_ids)

    def _prepare(self, record):
        model = self.env["ir.model"]._get(record._name)
        partner = self.manager.partner_id
        talk = {"res_model": record._name, "res_id": record.id}
        return (
            (
                "mail.message",
                {"model": record._name, "res_id": record.id, "body": FINDING},
            ),
            (
                "mail.activity",
                {
                    "res_model_id": model.id,
                    "res_id": record.id,
                    "note": FINDING,
                    "user_id": self.manager.id,
                },
            ),
            ("mail.followers", {**talk, "partner_id": partner.id}),
            ("ir.attachment", {**talk, "name": f"{FINDING}.txt", "raw": b"x"}),
            (
                "calendar.event",
                {
                    "name": FINDING,
                    "res_model_id": model.id,
                    "res_id": record.id,
                    "start": "2026-04-10 08:00:00",
                    "stop": "2026-04-10 09:00:00",
                },
            ),
            (
                "mail.scheduled.message",
                {
                    "model": record._name,
                    "res_id": record.id,
                    "body": FINDING,
                    "author_id": partner.id,
                    "scheduled_date": "2026-05-10 09:00:00",
                },
            ),
        )

    def test_nobody_notes_findings_beside_a_booking(self):
        """Rule C9: not past its form either, and nobody, whatever his role."""
        quota = self.doctor.quota_ids[:1]
        for record in (self.booking, quota):  # the latter a sibling
            for user in (self.manager, self.officer, self.system):
                for model, values in self._prepare(record):
                    if record == quota and model == "ir.attachment":
                        continue
                    with self.subTest(record._name, model=model, user=user.login):
                        with self.assertRaises(UserError):
                            self.env[model].with_user(user).create(dict(values))
        messages = self.env["mail.message"].with_user(self.system)
        with self.assertRaises(AccessError):
            messages.with_context(
                default_model=self.booking._name, default_res_id=self.booking.id
            ).create({"body": FINDING})
        said = self.paper.message_post(body=FINDING, message_type="comment")
        with self.assertRaises(AccessError):
            said.with_user(self.system).write(
                {"model": self.booking._name, "res_id": self.booking.id}
            )

    def test_what_the_system_tells_stays(self):
        """Officers delete and rewrite what they said, not what happened."""
        told = self.paper.with_user(self.officer)._message_log(body="Moved")
        tracked = self.paper._message_log(
            body="",
            tracking_value_ids=[
                (
                    0,
                    0,
                    {
                        "field_id": self.env["ir.model.fields"]
                        ._get(self.paper._name, "reason")
                        .id,
                        "old_value_char": "a",
                        "new_value_char": "b",
                    },
                )
            ],
        )
        for user in (self.officer, self.system):
            for note in (told, tracked):
                mine = note.with_user(user).sudo(False)
                for act in (
                    mine.unlink,
                    mine.with_context(_force_unlink=True).unlink,
                    lambda mine=mine: mine.write({"body": "Nothing"}),
                    lambda mine=mine: mine.write({"message_type": "comment"}),
                    lambda mine=mine: mine.write({"date": "2020-01-01"}),
                ):
                    with self.assertRaises(AccessError):
                        act()
            values = tracked.sudo().tracking_value_ids.with_user(user).sudo(False)
            with self.assertRaises(AccessError):
                values.unlink()
        # To whom nothing of it is shown the refusal doesn't name it either.
        values = tracked.sudo().tracking_value_ids.with_user(self.manager).sudo(False)
        with self.assertRaises(AccessError) as refused:
            values.write({"new_value_char": "c"})
        self.assertNotIn(self.paper.display_name, str(refused.exception))
        mine = told.with_user(self.officer).sudo(False)
        mine.toggle_message_starred()
        said = self.paper.with_user(self.officer).message_post(
            body=SAID, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        said.write({"body": "I don't"})
        said.unlink()

    def test_the_papers_own_talk_goes_on(self):
        paper = self.paper.with_user(self.officer)
        paper.message_post(body=SAID, partner_ids=self.manager.partner_id.ids)
        paper.message_subscribe(partner_ids=self.manager.partner_id.ids)
        task = paper.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        task.action_feedback(feedback="Done")
        self.assertIn("Done", paper.message_ids[0].body)

    def test_filters_for_others_are_shared_by_officers(self):
        """Decided in docs/rights.md: a default filter hides records from the others."""
        values = {"name": "Mine", "model_id": "club.need", "domain": "[]"}
        filters = self.env["ir.filters"]
        for user_ids in ([], [self.officer.id], [self.manager.id, self.officer.id]):
            with self.assertRaises(AccessError):
                filters.with_user(self.manager).create({**values, "user_ids": user_ids})
        mine = filters.with_user(self.manager).create(
            {**values, "user_ids": [self.manager.id], "is_default": True}
        )
        with self.assertRaises(AccessError):
            mine.user_ids = False
        shared = filters.with_user(self.officer).create({**values, "user_ids": []})
        for act in (
            lambda: shared.with_user(self.manager).write({"is_default": True}),
            shared.with_user(self.manager).unlink,
        ):
            with self.assertRaises(AccessError):
                act()
        mine.unlink()
        # Lists of others are theirs.
        filters.with_user(self.manager).create({**values, "model_id": "res.partner"})
