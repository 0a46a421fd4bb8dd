"""Mails with tickets, and what becomes of them when the job is ended. Rule C4."""

from unittest.mock import patch

from odoo.tests import tagged

from ...models.guest.event_mail_registration import AT_ONCE
from .test_guests import GuestCase

SENT = "_send_mail"


class Killed(BaseException):
    """The job was ended after its two minutes."""


@tagged("post_install", "-at_install")
class TestGuestMails(GuestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity(headcount=50)
        cls.people = cls._create_member_contacts(AT_ONCE * 2 + 2)
        cls.scheduler = cls.activity.event_id.event_mail_ids.filtered(
            lambda mail: mail.interval_type == "after_sub"
        )[:1]

    def _register(self):
        """Seat the guests, some time ago: mails are due from the hour of creation."""
        guests = self._seat(self.activity, self.people)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_registration SET create_date = '2026-01-01' WHERE id IN %s",
            [tuple(guests.registration_id.ids)],
        )
        self.env.invalidate_all()

    def _run_job(self, mails_before_end=None, seconds=60.0):
        """Run the job as cron does, on a cursor of its own that is rolled back when it
        is ended.

        :param mails_before_end: how often mails are sent before that
        :param seconds: what the job is told that it has left
        """
        model = type(self.env["event.mail"])
        send = model._send_mail
        calls = []

        def count(scheduler, registrations):
            if len(calls) == mails_before_end:
                raise Killed
            calls.append(len(registrations))
            return send(scheduler, registrations)

        crons = type(self.env["ir.cron"])
        commit = crons._commit_progress

        def hurry(cron, *args, **kwargs):
            commit(cron, *args, **kwargs)
            return seconds

        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cursor,
            patch.object(model, SENT, count),
            patch.object(crons, "_commit_progress", hurry),
        ):
            scheduler = self.scheduler.with_env(self.env(cr=cursor))
            try:
                scheduler._execute_attendee_based()
            except Killed:
                cursor.rollback()
        return calls

    def _count_mails(self):
        """Return how many mails each guest was sent."""
        mails = self.env["mail.mail"].search(
            [
                ("model", "=", "event.registration"),
                ("res_id", "in", self.activity.event_id.registration_ids.ids),
            ]
        )
        return sorted(map(len, mails.grouped("res_id").values()))

    def test_an_ended_job_has_sent_what_it_sent_and_goes_on_there(self):
        self.assertTrue(self.scheduler, "a guest who is registered gets a mail")
        self._register()
        self.assertEqual(self._run_job(mails_before_end=2), [AT_ONCE, AT_ONCE])
        self.assertEqual(self._count_mails(), [1] * AT_ONCE * 2)
        self.assertEqual(self._run_job(), [2], "the rest, and nobody twice")
        self.assertEqual(self._count_mails(), [1] * len(self.people))
        self.assertEqual(self._run_job(), [])

    def test_a_job_without_time_is_called_once_more(self):
        self._register()
        triggers = self.env["ir.cron.trigger"].search([])
        self.assertEqual(self._run_job(seconds=0), [AT_ONCE])
        cron = self.env.ref("event.event_mail_scheduler")
        new = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(new.cron_id, cron)
        self.assertEqual(self._run_job(seconds=0), [AT_ONCE])
        self.assertEqual(self._run_job(seconds=0), [2])
        self.assertEqual(self._count_mails(), [1] * len(self.people))

    def test_other_events_go_as_odoo_lets_them(self):
        event = self.env["event.event"].create(
            {
                "name": "Open day",
                "company_id": self.company.id,
                "date_begin": self.begin,
                "date_end": self.end,
            }
        )
        self.env["event.registration"].create(
            [
                {"event_id": event.id, "name": f"Visitor {i}", "state": "draft"}
                for i in range(AT_ONCE + 1)
            ]
        )
        mails = event.event_mail_ids[:1]._create_missing_mail_registrations(
            event.registration_ids
        )
        with patch.object(type(self.env["event.mail"]), SENT) as send:
            mails._execute_on_registrations()
        self.assertEqual(
            [len(call.args[0]) for call in send.call_args_list], [len(mails)]
        )
