"""Reminders to those whose turn it is, and escalation. Rule E1."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date

from ..record.reader import as_reader, by_language, get_officers
from .states import WAITING

BATCH = 200


class ClubApprovalRequest(models.Model):
    _inherit = "club.approval.request"

    @api.model
    def _cron_remind(self):
        """Follow seats that changed, remind, escalate; in batches.

        Those seated since yesterday get the activity, those who left lose it.
        """
        waiting = self.search([("state", "=", WAITING)], order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH].try_lock_for_update()
            batch = batch.filtered_domain([("state", "=", WAITING)])
            batch._refresh_activities()
            batch._remind()
            if not cron._commit_progress(BATCH):
                break

    def _remind(self):
        """Remind and escalate what has waited long enough.

        What reached nobody isn't done: tomorrow somebody may be seated.
        """
        for request in self:
            today = request._get_today(request.company_id)
            since = request._get_company_day(request.waiting_since)
            if (
                request._is_due(today, request.reminded_on or since, "remind_days")
                and request._send_reminder()
            ):
                request._write_guarded({"reminded_on": today})
            if not request.escalated_on and request._is_due(
                today, since, "escalate_days"
            ):
                if request._escalate():
                    request._write_guarded({"escalated_on": today})
                else:
                    request._log_unescalated(today)

    def _is_due(self, today, since, name):
        days = self[name]
        return bool(days) and today >= since + timedelta(days=days)

    def _send_reminder(self):
        """Write to those whose turn it is, each in his language; nobody else hears.

        :return: whether there is somebody
        """
        holders = self._get_eligible(self._get_open())
        asked = {
            user
            for found in holders.values()
            for user in self.env["club.body"]._get_acting(found)
        }
        users = self.env["res.users"].browse(asked)
        for request, readers in by_language(self, users):
            env = request.env
            request._get_document().sudo().message_notify(
                subject=env._("%s waits for your signature", request.document_name),
                body=env._(
                    "%(document)s has waited for %(waiting)s since %(day)s.",
                    document=request.document_name,
                    waiting=request.waiting_for,
                    day=format_date(env, self._get_company_day(self.waiting_since)),
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
        body = self.escalate_body_id
        users = self.env["res.users"]
        if body:
            holders = self._get_holders_today(self.company_id, {("body", body.id)})
            users = users.browse(
                self.env["club.body"]._get_acting(holders["body", body.id])
            )
        document = self._get_document().sudo()
        told = self._filter_readers(users) or self._filter_readers(
            get_officers(self.env, self.company_id)
        )
        for user in told:
            reader = as_reader(self, user)
            document.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self._get_today(self.company_id),
                summary=reader.env._("Waiting too long: %s", reader.waiting_for),
                user_id=user.id,
            )
        return bool(told)

    def _filter_readers(self, users):
        """Return which users may read the document that waits."""
        document = self._get_document()
        return users.filtered(lambda user: document.with_user(user).has_access("read"))

    def _log_unescalated(self, today):
        """Say once on the document that nobody could be told how long it waits."""
        if self.unescalated_on:
            return
        self._write_guarded({"unescalated_on": today})
        document = as_reader(
            self._get_document().sudo(), self.company_id.sudo().partner_id
        )
        document._message_log(
            body=document.env._(
                "It has waited too long, and nobody could be told: nobody sits in the "
                "body that is to hear of it, and the company has no club officer. Name "
                "one."
            )
        )
