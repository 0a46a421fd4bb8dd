"""Whom guests are asked through: account managers, reminded, their leads. Rule C4.

To-dos and messages about an activity name no guest: whoever reads the activity reads
them, and each one sees the guests of his own accounts only.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..lock import opened
from .club_activity import INVITING
from .club_invitation import CONFIRMED, INVITED

BATCH = 100
CONFIRM, ESCALATED = "mail_act_club_guests", "mail_act_club_guests_late"
SEAT = "mail_act_club_seat"


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    def _group_by_asked(self):
        """Return ``{(activity, user): guests}``: who asks and answers for them.

        The account's manager, else the lead of its unit, else who requested the
        exception. Guests for whom there is nobody are left out.
        """
        for _activities, guests in self._group_by_company():
            guests.account_id.fetch(["club_manager_id", "club_unit_id"])
        return self._group_by_user(lambda guest: guest._get_asked())

    def _group_by_user(self, get_user):
        """Return ``{(activity, user): guests}``, those for whom there is a user."""
        found = {}
        for _activities, guests in self._group_by_company():
            for guest in guests:
                if user := get_user(guest):
                    found.setdefault((guest.activity_id, user), []).append(guest.id)
        return {key: self.browse(ids) for key, ids in found.items()}

    def _get_asked(self):
        account = self.account_id
        users = (
            account.club_manager_id,
            account.club_unit_id.user_id,
            self.requested_by_id,
        )
        return next((user for user in users if user.active), self.env["res.users"])

    def _notify_moved_up(self):
        """Tell who asked them that guests have got a seat from the waiting list."""
        values = [
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": guest.id,
                "activity_type_id": self.env.ref(f"crm_club.{SEAT}").id,
                "summary": self.env._(
                    "%s has a seat by now: tell the guest", guest.contact_id.name
                ),
                "date_deadline": guest.company_id._club_today(),
                "user_id": user.id,
            }
            for (_activity, user), guests in self._group_by_asked().items()
            for guest in guests
        ]
        _create_todos(self.env, values)


class ClubActivity(models.Model):
    _inherit = "club.activity"

    # The deadlines for which it was done, so that another one is announced, too.
    reminded_for = fields.Date(readonly=True, copy=False)
    escalated_for = fields.Date(readonly=True, copy=False)

    # === To-dos === #

    def _refresh_guest_todos(self):
        """Let each manager who is to confirm guests have one to-do for an activity."""
        open_guests = self._search_unanswered()
        wanted = {
            (activity.id, user.id): activity.confirm_until
            for activity, user in open_guests._group_by_asked()
        }
        self._bring_in_step(CONFIRM, wanted, self.env._("Confirm your guests"))
        escalated = {
            (activity.id, user.id): activity.confirm_until
            for activity, user in self._get_leads(open_guests)
            if activity.escalated_for == activity.confirm_until
        }
        self._bring_in_step(
            ESCALATED, escalated, self.env._("Guests of your unit aren't confirmed")
        )

    def _bring_in_step(self, name, wanted, summary):
        """Make the to-dos that are missing, and drop those that are no more.

        :param wanted: ``{(activity id, user id): deadline}``
        """
        kind = self.env.ref(f"crm_club.{name}")
        todos = self.env["mail.activity"].sudo()
        found = todos.search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id),
            ],
            ["res_id", "user_id", "date_deadline"],
        )
        there = {(todo.res_id, todo.user_id.id) for todo in found}
        found.filtered(
            lambda todo: (todo.res_id, todo.user_id.id) not in wanted
        ).unlink()
        _create_todos(
            self.env,
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": activity_id,
                    "user_id": user_id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "date_deadline": deadline
                    or self.browse(activity_id).company_id._club_today(),
                }
                for (activity_id, user_id), deadline in wanted.items()
                if (activity_id, user_id) not in there
            ],
        )

    def _search_unanswered(self):
        """Return the guests who are invited, of activities that invite."""
        inviting = self.filtered(lambda activity: activity.stage == INVITING)
        return self.env["club.invitation"].sudo()._search_guests(inviting, (INVITED,))

    def _get_leads(self, guests):
        """Return ``{(activity, lead): guests}``: of the units of their accounts."""
        return guests._group_by_user(
            lambda guest: guest.account_id.club_unit_id.user_id.filtered("active")
        )

    # === Moved and cancelled === #

    def _on_moved(self):
        """Have the managers ask their guests again; the deadline moves along."""
        result = super()._on_moved()
        self._notify_guest_managers(
            self.env._("Moved: ask your guests of “%s” again", self.theme)
        )
        todos = self.env["mail.activity"].sudo()
        todos.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(f"crm_club.{CONFIRM}").id),
            ]
        ).write({"date_deadline": self.confirm_until})
        return result

    def _notify_guest_managers(self, text):
        """Write to the managers of those who were asked or have a seat."""
        self.ensure_one()
        guests = (
            self.env["club.invitation"]
            .sudo()
            ._search_guests(self, (INVITED, CONFIRMED, "waiting"))
        )
        self._write_to({user for _activity, user in guests._group_by_asked()}, text)

    def _write_to(self, users, text):
        """Notify users; nobody else hears of it."""
        if users:
            partners = self.env["res.users"].union(*users).sudo().partner_id
            self.sudo().message_notify(
                subject=text,
                body=self.env._(
                    "%(activity)s: %(begin)s. Guests are confirmed until %(deadline)s.",
                    activity=self.display_name,
                    begin=self._get_time_text(),
                    deadline=format_date(self.env, self.confirm_until),
                ),
                partner_ids=partners.ids,
            )

    # === Deadline === #

    @api.model
    def _cron_remind_guests(self):
        """Remind managers before the deadline, tell their leads after it. Rule C4.

        What was done for a deadline stands on the activity, so twice is as once.
        """
        open_ones = self.search([("stage", "=", INVITING)], order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(open_ones))
        for start in range(0, len(open_ones), BATCH):
            batch = open_ones[start : start + BATCH].try_lock_for_update()
            batch = batch.filtered_domain([("stage", "=", INVITING)])
            batch._remind_guests()
            if not cron._commit_progress(BATCH):
                break

    def _remind_guests(self):
        waiting_for = self._search_unanswered()._group_by_asked()
        programs = self._get_guest_programs()
        for activity in self:
            users = {user for found, user in waiting_for if found == activity}
            deadline, today = activity.confirm_until, activity.company_id._club_today()
            days = timedelta(days=programs[activity.company_id].guest_remind_days)
            if not deadline:
                continue
            if deadline - days <= today <= deadline != activity.reminded_for:
                activity._write_to(
                    users,
                    self.env._("Confirm your guests of “%s”", activity.theme),
                )
                opened(activity).reminded_for = deadline
            if today > deadline != activity.escalated_for:
                opened(activity).escalated_for = deadline
        self._refresh_guest_todos()


def _create_todos(env, values):
    """Make to-dos without writing an e-mail for each: they show in the bell."""
    if values:
        todos = (
            env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        )
        todos.create([{**row, "automated": True} for row in values])
