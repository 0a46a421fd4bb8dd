from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.guest.guest_todos import GuestTodos
from .test_guests import GuestCase


@tagged("post_install", "-at_install")
class TestGuestDeadlines(GuestCase):
    """Rule C4: who is proposed, and until when managers answer."""

    # === Proposing === #

    def test_candidates_are_those_entitled_with_what_they_did_before(self):
        earlier = self._create_activity()
        gold = self._create_member_contacts(3)
        self._create_member_contacts(1, "vip")
        diamond = self._create_member_contacts(1, "diamond")
        gone = self._create_contacts(gold[0].parent_id, 1, "Gone")
        gone.active = False
        self.env["club.contact.profile"].create({"contact_id": gold[0].id})
        guests = self._seat(earlier, gold)
        self._check_in(guests[0])
        guests[2].action_decline()
        self._hold(earlier)
        activity = self._create_activity(tier_id=self.tiers["gold"].id)
        guest = self._invite(activity, diamond)
        candidates = self.env["club.guest.candidate"].with_user(self.officer)
        action = activity.with_user(self.officer).action_propose_guests()
        found = candidates.search(action["domain"])
        # The highest tier first; of one tier who came to less of this type.
        self.assertEqual(found.contact_id, diamond | gold[1:] | gold[0])
        self.assertRecordValues(
            found,
            [
                {"state": "invited", "attended": 0, "missed": 0, "is_contact": False},
                {"state": False, "attended": 0, "missed": 1, "is_contact": False},
                {"state": False, "attended": 0, "missed": 0, "is_contact": False},
                {"state": False, "attended": 1, "missed": 0, "is_contact": True},
            ],
        )
        self.assertEqual(found[3].attended_type, 1)
        self.assertEqual(found[3].last_attended, date(2026, 5, 8))
        self.assertEqual(found[2].declined, 1)
        self.assertEqual(found[0].manager_id, self.manager)
        found.action_propose()
        proposed = activity.invitation_ids.sorted("id") - guest
        self.assertEqual(set(proposed.mapped("state")), {"proposed"})
        self.assertEqual(proposed.contact_id, gold)
        with self.assertRefused(UserError, "aren't on the guest list"):
            found.action_propose()
        # Nobody else sees what an officer was shown, and once again it is anew.
        second = self._create_user("officer", "second_officer")
        self.assertFalse(candidates.with_user(second).search([]))
        activity.with_user(self.officer).action_propose_guests()
        self.assertEqual(candidates.search([]).mapped("state").count("proposed"), 3)
        self.assertFalse(found.exists())
        for user in (self.lead, self.manager):
            with self.assertRaises(AccessError):
                candidates.with_user(user).search([])
            with self.assertRaises(AccessError):
                activity.with_user(user).action_propose_guests()

    # === Deadline === #

    def test_managers_are_asked_reminded_and_their_leads_told(self):
        activity = self._create_activity()
        contacts = self._create_member_contacts(3)
        guests = self._invite(activity, contacts)
        name = "mail_act_club_guests"
        late = "mail_act_club_guests_late"
        # One to-do a manager, however many guests.
        self.assertEqual(self._get_todos(activity, name), ["manager"])

        def remind(day):
            """Let the job come by twice; return how many messages it wrote."""
            messages = self.env["mail.message"]
            domain = [("partner_ids", "in", self.manager.partner_id.ids)]
            before = messages.search_count(domain)
            with freeze_time(day), self.enter_registry_test_mode():
                for _twice in range(2):
                    self.env.ref("crm_club.ir_cron_club_guests").method_direct_trigger()
            self.env.invalidate_all()
            return messages.search_count(domain) - before

        self.assertEqual(remind("2026-05-02 08:00"), 0)
        self.assertEqual(remind("2026-05-03 08:00"), 1)
        self.assertEqual(remind("2026-05-05 08:00"), 0)
        self.assertFalse(self._get_todos(activity, late))
        guests[0].with_user(self.manager).action_confirm()
        self.assertEqual(remind("2026-05-06 08:00"), 0)
        self.assertEqual(self._get_todos(activity, late), ["club_lead"])
        with freeze_time("2026-05-05 15:00"):
            guests[1].with_user(self.manager).action_confirm()
        with freeze_time("2026-05-06 08:00"):
            with self.assertRefused(UserError, "lead of your unit"):
                guests[2].with_user(self.manager).action_confirm()
            guests[2].with_user(self.lead).action_confirm()
            # Who can't come after all says so, whatever the day.
            guests[0].with_user(self.manager).action_decline()
        self.assertFalse(self._get_todos(activity, name))
        self.assertFalse(self._get_todos(activity, late))

    def test_another_deadline_is_announced_anew(self):
        activity = self._create_activity()
        self._invite(activity, self._create_member_contacts(1))
        with freeze_time("2026-05-05"), self.enter_registry_test_mode():
            self.env.ref("crm_club.ir_cron_club_guests").method_direct_trigger()
        self.assertEqual(activity.reminded_for, date(2026, 5, 5))
        activity.confirm_until = date(2026, 5, 7)
        with freeze_time("2026-05-06"), self.enter_registry_test_mode():
            self.env.ref("crm_club.ir_cron_club_guests").method_direct_trigger()
        self.assertEqual(activity.reminded_for, date(2026, 5, 7))
        self.assertFalse(activity.escalated_for)

    def test_without_a_manager_the_lead_is_asked(self):
        activity = self._create_activity()
        contacts = self._create_member_contacts(1, club_manager_id=False)
        self._invite(activity, contacts)
        self.assertEqual(
            self._get_todos(activity, "mail_act_club_guests"), ["club_lead"]
        )

    def test_the_deadline_isn_t_after_the_begin(self):
        """Rule C4: the day is the club's."""
        activity = self._create_activity()
        activity.confirm_until = date(2026, 5, 8)
        with self.assertRaises(ValidationError):
            activity.confirm_until = date(2026, 5, 9)
        night = datetime(2026, 5, 8, 16)  # the 9th in China
        late = self._create_activity(date_begin=night, date_end=night)
        late.confirm_until = date(2026, 5, 9)
        self._hold(activity)
        with self.assertRefused(UserError, "stays as it was"):
            activity.confirm_until = date(2026, 5, 1)

    def test_notes_and_guests_of_what_is_closed_stay(self):
        """Rule C5: its chatter stays open."""
        activity = self._create_activity()
        guest = self._seat(activity, self._create_member_contacts(1))
        self._hold(activity)
        guest.with_user(self.officer).note = "Was late"
        activity._write_guarded({"stage": "closed"})
        for record, values in (
            (guest, {"note": "Vegetarian"}),
            (activity, {"confirm_until": "2026-05-01"}),
            (activity, {"emergency_contact": "Li"}),
        ):
            with self.subTest(values), self.assertRefused(UserError, "as it was"):
                record.with_user(self.officer).write(values)
        guest.message_post(body=guest.contact_id.name)
        activity.with_user(self.officer).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )

    # === Who is told, and how === #

    def _let_pass(self, day, activity):
        with freeze_time(day):
            GuestTodos(activity).remind()
        self.env.invalidate_all()

    def test_each_one_is_reminded_in_his_language_by_the_clubs_clock(self):
        """Rule C4."""
        self.env["res.lang"]._activate_lang("zh_CN")
        other = self._create_user("user", "other_manager")
        self.manager.lang = "zh_CN"
        self.env.user.tz = "America/New_York"
        activity = self._create_activity()
        self._invite(activity, self._create_member_contacts(1))
        self._invite(
            activity, self._create_member_contacts(1, club_manager_id=other.id)
        )
        self._let_pass("2026-05-04", activity)
        for user, subject, begin in (
            (self.manager, "请确认", "2026/5/8 14:00"),
            (other, "Confirm your guests", "2:00"),
        ):
            with self.subTest(user=user.login):
                said = self.env["mail.message"].search(
                    [("partner_ids", "in", user.partner_id.ids)], limit=1
                )
                self.assertIn(subject, said.subject)
                self.assertIn(begin, said.body)
        todos = activity.activity_ids
        self.assertNotEqual(
            todos.filtered(lambda t: t.user_id == self.manager).summary,
            todos.filtered(lambda t: t.user_id == other).summary,
        )

    def test_the_nearest_lead_above_is_told_else_the_officers(self):
        """Rule C4."""
        below = self.env["crm.team"].create(
            {
                "name": "Pier",
                "company_id": self.company.id,
                "parent_id": self.unit.id,
                "user_id": False,
            }
        )
        late = "mail_act_club_guests_late"
        for unit, told in (
            (below, ["club_lead"]),
            (self.other_unit, ["club_officer"]),
        ):
            with self.subTest(unit=unit.name):
                activity = self._create_activity()
                guests = self._create_member_contacts(1, club_unit_id=unit.id)
                self._invite(activity, guests)
                self._let_pass("2026-05-06", activity)
                self.assertEqual(self._get_todos(activity, late), told)
                self.assertEqual(activity.escalated_for, date(2026, 5, 5))

    def test_what_nobody_could_be_told_is_said_once_and_tried_again(self):
        """Rule C4."""
        activity = self._create_activity()
        contacts = self._create_member_contacts(1, club_unit_id=self.other_unit.id)
        self._invite(activity, contacts)
        self.officer.sudo().active = False
        before = activity.message_ids
        for day in ("2026-05-06", "2026-05-07"):
            self._let_pass(day, activity)
        self.assertFalse(activity.escalated_for)
        said = activity.message_ids - before
        self.assertEqual(len(said), 1)
        self.assertIn("nobody could be told", said.body)
        self.officer.sudo().active = True
        self._let_pass("2026-05-07", activity)
        self.assertEqual(activity.escalated_for, date(2026, 5, 5))
