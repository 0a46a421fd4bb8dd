"""Reminders to those whose turn it is, and escalation. Rule E1."""

from datetime import timedelta

from odoo import api, models

from ..lock import opened
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
        """Remind and escalate what has waited long enough."""
        for request in self:
            today = request._get_today(request.company_id)
            since = request._get_company_day(request.waiting_since)
            if request._is_due(today, request.reminded_on or since, "remind_days"):
                request._send_reminder()
                opened(request).write({"reminded_on": today})
            if not request.escalated_on and request._is_due(
                today, since, "escalate_days"
            ):
                request._escalate()
                opened(request).write({"escalated_on": today})

    def _is_due(self, today, since, name):
        days = self[name]
        return bool(days) and today >= since + timedelta(days=days)

    def _send_reminder(self):
        """Write to those whose turn it is; nobody else hears of it."""
        holders = self._get_eligible(self._get_open())
        asked = {
            user
            for found in holders.values()
            for user in self.env["club.body"]._get_acting(found)
        }
        partners = self.env["res.users"].browse(asked).partner_id
        for lang, readers in partners.grouped("lang").items():
            request = self.with_context(lang=lang)
            request._get_document().sudo().message_notify(
                subject=request.env._(
                    "%s waits for your signature", request.document_name
                ),
                body=request.env._(
                    "%(document)s has waited for %(waiting)s since %(day)s.",
                    document=request.document_name,
                    waiting=request.waiting_for,
                    day=request._get_company_day(request.waiting_since),
                ),
                partner_ids=readers.ids,
            )

    def _escalate(self):
        """Tell those above, who may not sign but can ask, with an activity."""
        body = self.escalate_body_id
        if body:
            holders = self._get_holders_today(self.company_id, {("body", body.id)})
            users = self.env["res.users"].browse(
                self.env["club.body"]._get_acting(holders["body", body.id])
            )
        else:
            officers = self.env.ref("crm_club.crm_club_group_officer").all_user_ids
            users = officers.filtered(
                lambda user: self.company_id in user.company_ids and user.active
            )
        document = self._get_document().sudo()
        for user in users:
            if not document.with_user(user).has_access("read"):
                continue  # the request itself tells him, under Requests
            document.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self._get_today(self.company_id),
                summary=self.env._("Waiting too long: %s", self.waiting_for),
                user_id=user.id,
            )
