"""Whom guests are asked through: account managers, reminded, their leads. Rule C4.

To-dos and messages about an activity name no guest: whoever reads the activity reads
them, and each one sees the guests of his own accounts only.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...kernel.guest_states import CONFIRMED, INVITED, WAITING
from ..activity.change import Consequence
from ..activity.club_activity import INVITING
from ..record.reader import as_reader, by_language, get_officers

BATCH = 100
CONFIRM, ESCALATED = "mail_act_club_guests", "mail_act_club_guests_late"
SEAT = "mail_act_club_seat"


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    def _group_by_asked(self):
        """Return ``{(activity, user): guests}``: who asks and answers for them.

        The account's manager, else the lead of its unit or of the nearest one above,
        else who requested the exception. Guests for whom there is nobody are left out.
        """
        for _activities, guests in self._group_by_company():
            guests.account_id.fetch(["club_manager_id", "club_unit_id"])
        return self._group_by_user(lambda guest: guest._get_asked())

    def _group_by_user(self, get_users):
        """Return ``{(activity, user): guests}``, those for whom there are users."""
        found = {}
        for _activities, guests in self._group_by_company():
            for guest in guests:
                for user in get_users(guest):
                    found.setdefault((guest.activity_id, user), []).append(guest.id)
        return {key: self.browse(ids) for key, ids in found.items()}

    def _get_asked(self):
        account = self.account_id
        users = (
            account.club_manager_id,
            account.club_unit_id._get_nearest_lead(),
            self.requested_by_id,
        )
        return next((user for user in users if user.active), self.env["res.users"])

    def _get_superiors(self):
        """Return who is told when a guest isn't confirmed in time.

        The lead of its account's unit, or of the nearest one above; else the officers.
        """
        return self.account_id.club_unit_id._get_nearest_lead() or get_officers(
            self.env, self.company_id
        )

    def _notify_moved_up(self):
        """Tell who asked them that guests have got a seat from the waiting list."""
        values = [
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": guest.id,
                "activity_type_id": self.env.ref(f"crm_club.{SEAT}").id,
                "summary": as_reader(guest, user).env._(
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
    # The deadline after which nobody was found to tell, so that it is said once.
    unescalated_for = fields.Date("Nobody Found For", readonly=True, copy=False)

    # === To-dos === #

    def _refresh_guest_todos(self):
        """Let each manager who is to confirm guests have one to-do for an activity."""
        open_guests = self._search_unanswered()
        wanted = {
            (activity.id, user.id): activity.confirm_until
            for activity, user in open_guests._group_by_asked()
        }
        self._bring_in_step(CONFIRM, wanted, lambda env: env._("Confirm your guests"))
        escalated = {
            (activity.id, user.id): activity.confirm_until
            for activity, user in self._get_leads(open_guests)
            if activity.escalated_for == activity.confirm_until
        }
        self._bring_in_step(
            ESCALATED,
            escalated,
            lambda env: env._("Guests of your unit aren't confirmed"),
        )

    def _bring_in_step(self, name, wanted, get_summary):
        """Make the to-dos that are missing, and drop those that are no more.

        :param wanted: ``{(activity id, user id): deadline}``
        :param get_summary: gives the text in the language of an environment
        """
        users_sudo = self.env["res.users"].sudo()
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
                    "summary": get_summary(
                        as_reader(self, users_sudo.browse(user_id)).env
                    ),
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
        """Return ``{(activity, user): guests}``: told that they don't confirm."""
        return guests._group_by_user(lambda guest: guest._get_superiors())

    # === Moved and cancelled === #

    def _get_consequences(self, change):
        """Who asked guests asks them again, or tells them that it is cancelled."""
        found = super()._get_consequences(change)
        guests = (
            self.env["club.invitation"]
            .sudo()
            ._search_guests(self, (INVITED, CONFIRMED, WAITING))
        )
        if not guests:
            return found
        users = {user for _activity, user in guests._group_by_asked()}
        people = self.env["res.users"].sudo().union(*users).partner_id
        if change.is_cancelled:
            text = self.env._("Guests are taken off the list: tell your guests.")
        else:
            text = self.env._(
                "Guests are asked again, and confirmed until %s: ask your guests.",
                format_date(self.env, self._get_confirm_until(change.date_begin)),
            )
        return [*found, Consequence(text, people)]

    def _on_moved(self):
        """The managers' deadline moves along."""
        result = super()._on_moved()
        todos = self.env["mail.activity"].sudo()
        todos.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(f"crm_club.{CONFIRM}").id),
            ]
        ).write({"date_deadline": self.confirm_until})
        return result

    def _write_to(self, users):
        """Remind users of their guests, each in his language; nobody else hears."""
        self.ensure_one()
        users_sudo = self.env["res.users"].sudo().union(*users)
        for activity, readers in by_language(self.sudo(), users_sudo):
            activity.message_notify(
                subject=activity.env._("Confirm your guests of “%s”", activity.theme),
                body=activity.env._(
                    "%(activity)s: %(begin)s. Guests are confirmed until %(deadline)s.",
                    activity=activity.display_name,
                    begin=activity._get_time_text(),
                    deadline=format_date(activity.env, activity.confirm_until),
                ),
                partner_ids=readers.partner_id.ids,
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
        unanswered = self._search_unanswered()
        waiting_for = unanswered._group_by_asked()
        told = self._get_leads(unanswered)
        programs = self._get_guest_programs()
        for activity in self:
            users = {user for found, user in waiting_for if found == activity}
            guests = unanswered.filtered(
                lambda guest, a=activity: guest.activity_id == a
            )
            deadline, today = activity.confirm_until, activity.company_id._club_today()
            days = timedelta(days=programs[activity.company_id].guest_remind_days)
            if not deadline:
                continue
            if (
                deadline - days <= today <= deadline != activity.reminded_for
                # What reached nobody isn't done: he may be named tomorrow.
                and (users or not guests)
            ):
                activity._write_to(users)
                activity._write_guarded({"reminded_for": deadline})
            if today > deadline != activity.escalated_for:
                if guests and not any(found == activity for found, _user in told):
                    activity._log_unescalated()
                else:
                    activity._write_guarded({"escalated_for": deadline})
        self._refresh_guest_todos()

    def _log_unescalated(self):
        """Say once for a deadline that nobody could be told that it has passed."""
        self.ensure_one()
        if self.unescalated_for == self.confirm_until:
            return
        self._write_guarded({"unescalated_for": self.confirm_until})
        paper = self._in_its_language()
        paper._message_log(
            body=paper.env._(
                "Guests weren't confirmed until %s, and nobody could be told: neither "
                "their units nor those above have a lead, and the company has no club "
                "officer. Name one.",
                format_date(paper.env, self.confirm_until),
            )
        )


def _create_todos(env, values):
    """Make to-dos without writing an e-mail for each: they show in the bell."""
    if values:
        todos = (
            env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        )
        todos.create([{**row, "automated": True} for row in values])
