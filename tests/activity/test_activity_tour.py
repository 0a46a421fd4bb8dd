from odoo.tests import HttpCase, tagged

from ..common import ClubFixture
from ..guest.guest_case import GuestMixin
from ..record.test_tours import TIMEOUT
from .activity_case import ActivityMixin


@tagged("post_install", "-at_install")
class TestActivityTour(ActivityMixin, GuestMixin, ClubFixture, HttpCase):
    """An activity from its application to its report, by those who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        cls._set_up_activities()
        cls.type.attendance_points = 50
        cls.unit.member_ids |= cls.manager
        cls.guest = cls._create_member_contacts(1)
        cls.env["club.contact.profile"].create({"contact_id": cls.guest.id})

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def test_from_the_application_to_the_report(self):
        """Five roles: manager, unit lead, two department heads, officer.

        Rules C3, C4, C5, B10.
        """
        activity = self._apply_and_sign()
        invitation = self._invite_and_confirm(activity)
        self._let_it_take_place(activity)
        self._check_in(invitation)
        self._tour("club_close_activity", self.officer)
        self.assertRecordValues(
            activity,
            [
                {
                    "stage": "closed",
                    "cost_estimate": 12_000,
                    "cost_actual": 11_000,
                    "cost_closed": 11_000,
                    "closed_by_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(invitation.state, "attended")
        activity.with_user(self.officer).action_post_attendance()
        self.assertEqual(self._get_points(invitation.account_id), 50)

    def _apply_and_sign(self):
        self._tour("club_apply_for_activity", self.manager)
        activity = self.env["club.activity"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertRecordValues(
            activity,
            [
                {
                    "theme": "Tea and Trade",
                    "create_uid": self.manager.id,
                    "approval_state": "waiting",
                    "cost_estimate": 12_000,
                    "event_id": False,
                }
            ],
        )
        self._tour("club_nothing_to_sign", self.signers["office"])
        self._tour("club_sign", self.lead)
        self._tour("club_sign", self.signers["key_accounts"])
        self.assertEqual(activity.approval_state, "waiting")
        self._tour("club_sign", self.signers["office"])
        self.assertRecordValues(
            activity, [{"approval_state": "done", "stage": "preparing"}]
        )
        self.assertEqual(activity.event_id.seats_max, 30)
        return activity

    def _invite_and_confirm(self, activity):
        self._tour("club_invite_to_activity", self.officer)
        invitation = activity.invitation_ids
        self.assertRecordValues(
            invitation,
            [{"contact_id": self.guest.id, "state": "invited"}],
        )
        self._tour("club_confirm_guest", self.manager)
        self.assertRecordValues(invitation, [{"state": "confirmed"}])
        self.assertEqual(invitation.registration_id.event_id, activity.event_id)
        self.assertEqual(invitation.registration_id.state, "open")
        return invitation

    def _let_it_take_place(self, activity):
        """The browser knows no frozen clock: the days move, not today."""
        self.env.flush_all()
        for table, key in (
            ("club_activity", activity.id),
            ("event_event", activity.event_id.id),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET date_begin = date_begin - interval '50 days',"
                " date_end = date_end - interval '50 days' WHERE id = %s",
                [key],
            )
        self.env.invalidate_all()
