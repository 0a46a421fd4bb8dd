"""Reminding those whose turn it is of a request that waits, and passing it up. E1."""

from datetime import timedelta

from odoo.tools import format_date

from ..record.reader import as_reader, by_language, get_officers
from .turns import Turns


class Reminder:
    """A request that waits, and who hears that it does.

    :param request: `club.approval.request`, as superuser
    """

    def __init__(self, request):
        self._request = request
        self._env = request.env
        self._company = request.company_id

    def send_due(self):
        """Remind and escalate if it has waited long enough.

        What reached nobody isn't done: tomorrow somebody may be seated.
        """
        request = self._request
        today = self._company._club_today()
        since = self._company._club_day(request.waiting_since)
        if (
            self._is_due(today, request.reminded_on or since, request.remind_days)
            and self._remind()
        ):
            request._write_guarded({"reminded_on": today})
        if not request.escalated_on and self._is_due(
            today, since, request.escalate_days
        ):
            if self._escalate():
                request._write_guarded({"escalated_on": today})
            else:
                self._log_unescalated(today)

    def _is_due(self, today, since, days):
        return bool(days) and today >= since + timedelta(days=days)

    def _remind(self):
        """Write to those whose turn it is, each in his language; nobody else hears.

        :return: whether there is somebody
        """
        asked = {
            user_id
            for holders in Turns(self._request).get_eligible().values()
            for user_id in self._env["club.body"]._get_acting(holders)
        }
        waiting_since = self._company._club_day(self._request.waiting_since)
        users = self._env["res.users"].browse(asked)
        for request, readers in by_language(self._request, users):
            env = request.env
            request._get_document_sudo().message_notify(
                subject=env._("%s waits for your signature", request.document_name),
                body=env._(
                    "%(document)s has waited for %(waiting)s since %(day)s.",
                    document=request.document_name,
                    waiting=request.waiting_for,
                    day=format_date(env, waiting_since),
                ),
                partner_ids=readers.partner_id.ids,
            )
        return bool(users)

    def _escalate(self):
        """Tell those above, who may not sign but can ask, with an activity.

        They are who sits in the policy's body; where nobody does who may read the
        document, the club officers.

        :return: whether there is somebody
        """
        body = self._request.escalate_body_id
        users = self._env["res.users"]
        if body:
            (holders,) = body._get_holders_of(
                self._company, {("body", body.id)}
            ).values()
            users = users.browse(body._get_acting(holders))
        document = self._request._get_document_sudo()
        told = self._filter_readers(users) or self._filter_readers(
            get_officers(self._env, self._company)
        )
        for user in told:
            reader = as_reader(self._request, user)
            document.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self._company._club_today(),
                summary=reader.env._("Waiting too long: %s", reader.waiting_for),
                user_id=user.id,
            )
        return bool(told)

    def _filter_readers(self, users):
        """Return which users may read the document that waits."""
        document = self._request._get_document()
        return users.filtered(lambda user: document.with_user(user).has_access("read"))

    def _log_unescalated(self, today):
        """Say once on the document that nobody could be told how long it waits."""
        if self._request.unescalated_on:
            return
        self._request._write_guarded({"unescalated_on": today})
        # sudo: the company's language, whoever's press this is
        reader_sudo = self._company.sudo().partner_id
        document = as_reader(self._request._get_document_sudo(), reader_sudo)
        document._message_log(
            body=document.env._(
                "It has waited too long, and nobody could be told: nobody sits in the "
                "body that is to hear of it, and the company has no club officer. Name "
                "one."
            )
        )
