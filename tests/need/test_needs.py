from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import TODAY, ClubCommon
from ..survey.survey_case import SurveyFixture


@tagged("post_install", "-at_install")
class TestNeeds(SurveyFixture, ClubCommon):
    """A need has an owner, a date it is due and a result. Rules C5, C7."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()

    def _create_need(self, guest=None, **values):
        guest = guest or self.guest_ann
        return self.env["club.need"].create(
            {"name": "Cold storage", "invitation_id": guest.id, **values}
        )

    # === Whose it is === #

    def test_a_guests_need_is_his_accounts_and_its_managers(self):
        self.assertRecordValues(
            self._create_need() + self._create_need(self.guest_cid),
            [
                {
                    "contact_id": self.ann.id,
                    "account_id": self.account_a.id,
                    "activity_id": self.activity.id,
                    "owner_id": self.manager.id,
                    "state": "open",
                    "date_due": TODAY + timedelta(days=self.program.need_days),
                },
                {
                    "contact_id": self.cid.id,
                    "account_id": self.account_b.id,
                    "activity_id": self.activity.id,
                    "owner_id": False,
                    "state": "open",
                    "date_due": TODAY + timedelta(days=self.program.need_days),
                },
            ],
        )

    def test_a_need_without_a_guest_is_noted_down_by_hand(self):
        need = self.env["club.need"].with_user(self.manager)
        need = need.create({"name": "Boxes", "account_id": self.account_a.id})
        self.assertEqual(need.owner_id, self.manager)
        self.assertFalse(need.activity_id)

    def test_a_guests_need_is_nobody_elses(self):
        with self.assertRaises(ValidationError):
            self._create_need(account_id=self.account_b.id)
        need = self._create_need()
        for values in (
            {"account_id": self.account_b.id},
            {"contact_id": self.bob.id},
            {"invitation_id": self.guest_bob.id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                need.with_user(self.officer).write(values)
        need.with_user(self.officer).write({"account_id": self.account_a.id})

    def test_its_owner_must_be_able_to_open_it(self):
        self.account_b.club_manager_id = self._create_employee("somebody")
        self.assertFalse(self._create_need(self.guest_cid).owner_id)
        need = self._create_need()
        with self.assertRaises(ValidationError):
            need.owner_id = self._create_employee("nobody")
        need.owner_id = self.lead

    # === What comes of it === #

    def test_one_click_makes_an_opportunity_of_the_owner(self):
        need = self._create_need()
        action = need.with_user(self.manager).action_make_lead()
        lead = need.lead_id
        self.assertEqual(action["res_id"], lead.id)
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "opportunity",
                    "name": "Cold storage",
                    "partner_id": self.ann.id,
                    "user_id": self.manager.id,
                    "team_id": self.unit.id,
                    "company_id": self.company.id,
                    "source_id": self.env.ref("crm_club.club_need_source").id,
                    "tag_ids": self.env.ref("crm_club.club_need_tag").ids,
                    "referred": "Tea and Trade",
                }
            ],
        )
        self.assertEqual(need.state, "taken")
        # Again: the same one.
        need.with_user(self.manager).action_make_lead()
        self.assertEqual(need.lead_id, lead)
        self.assertEqual(self.env["crm.lead"].search_count([("id", ">=", lead.id)]), 1)

    def test_a_lead_gives_the_owner_an_opportunity_that_he_himself_cannot_open(self):
        need = self._create_need()
        action = need.with_user(self.lead).action_make_lead()
        self.assertEqual(need.lead_id.user_id, self.manager)
        self.assertEqual(action["tag"], "display_notification")

    def test_one_click_asks_the_owner_to_call_once(self):
        need = self._create_need()
        need.with_user(self.officer).action_schedule_follow_up()
        need.with_user(self.officer).action_schedule_follow_up()
        self.assertRecordValues(
            need.activity_ids,
            [{"user_id": self.manager.id, "date_deadline": need.date_due}],
        )
        self.assertEqual(need.state, "taken")
        unowned = self._create_need(self.guest_cid)
        with self.assertRaisesRegex(UserError, "name an owner first"):
            unowned.with_user(self.officer).action_schedule_follow_up()

    def test_it_is_settled_with_a_word_on_what_came_of_it(self):
        need = self._create_need().with_user(self.manager)
        need.action_schedule_follow_up()
        with self.assertRaisesRegex(UserError, "Write what came of"):
            need.action_done()
        need.result = "Rented a cold room"
        need.action_done()
        self.assertEqual(need.state, "done")
        self.assertEqual(need.settled_at, fields.Datetime.now())
        self.assertFalse(need.activity_ids)
        with self.assertRaisesRegex(UserError, "in the state “Done”"):
            need.action_drop()
        need.action_reopen()
        self.assertEqual(need.state, "open")
        self.assertFalse(need.settled_at)

    def test_overdue_begins_the_day_after_it_is_due(self):
        needs = self.env["club.need"]
        for day in (date(2026, 4, 9), TODAY, date(2026, 4, 11)):
            needs += self._create_need(date_due=day)
        self.assertEqual(needs.mapped("is_overdue"), [True, False, False])
        self.assertEqual(
            needs.search([("is_overdue", "=", True), ("id", "in", needs.ids)]),
            needs[0],
        )

    # === Trust no client === #

    def test_nobody_writes_its_state_or_deletes_it(self):
        need = self._create_need()
        for user in (self.manager, self.officer):
            own = need.with_user(user)
            for values in (
                {"state": "done"},
                {"lead_id": False},
                {"settled_at": fields.Datetime.now()},
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    own.write(values)
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create({**own.copy_data()[0], "state": "done"})

    def test_others_neither_see_it_nor_act_on_it(self):
        need = self._create_need(self.guest_cid)
        for user in (self.manager, self.clerk, self.finance, self.lead):
            with self.subTest(user=user.login):
                own = need.with_user(user)
                self.assertFalse(own.search([("id", "=", need.id)]))
                for method in ("action_make_lead", "action_drop", "action_open_lead"):
                    with self.assertRaises(AccessError):
                        getattr(own, method)()
        with self.assertRaises(AccessError):
            need.with_user(self.auditor).action_make_lead()
        self.assertEqual(need.with_user(self.auditor).state, "open")

    def test_whoever_is_to_see_to_it_opens_it_but_makes_none(self):
        need = self._create_need(self.guest_cid, owner_id=self.manager.id)
        own = need.with_user(self.manager)
        own.result = "Called"
        own.action_done()
        with self.assertRaises(AccessError):
            own.create(
                {
                    "name": "X",
                    "account_id": self.account_b.id,
                    "owner_id": self.manager.id,
                }
            )

    def test_a_clients_context_does_not_change_the_opportunity(self):
        need = self._create_need().with_user(self.manager)
        need.with_context(
            default_user_id=self.officer.id, default_expected_revenue=1e6
        ).action_make_lead()
        self.assertEqual(need.lead_id.user_id, self.manager)
        self.assertFalse(need.lead_id.expected_revenue)
