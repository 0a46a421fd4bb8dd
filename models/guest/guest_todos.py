"""Whom guests are asked through: account managers, reminded, their leads. Rule C4.

To-dos and messages about an activity name no guest: whoever reads the activity reads
them, and each one sees the guests of his own accounts only.
"""

from datetime import timedelta

from odoo.tools import format_date

from ...kernel.guest_states import CONFIRMED, INVITED, WAITING
from ..activity.change import Consequence
from ..activity.club_activity import INVITING
from ..record.names import get_labels
from ..record.reader import as_reader, by_language, get_officers

CONFIRM, ESCALATED = "mail_act_club_guests", "mail_act_club_guests_late"
SEAT, EXCEPTION = "mail_act_club_seat", "mail_act_club_exception"


class GuestTodos:
    """What account managers, leads and officers are to do about activities' guests.

    All is read and written as superuser: to-dos are other users', and guests are asked
    through whoever looks after them, seen by the caller or not.

    :param activities: the club's activities
    """

    def __init__(self, activities):
        # sudo: everybody with something to do is told, whoever presses
        self._activities_sudo = activities.sudo()
        self._guests_sudo = self._activities_sudo.env["club.invitation"]

    # === In step with the guest list === #

    def refresh(self):
        """Let each manager who is to confirm guests have one to-do for an activity."""
        unanswered = self._search_unanswered()
        self._refresh(_group_by_asked(unanswered), _group_by_superiors(unanswered))

    def _refresh(self, asked, told):
        """Bring to-dos in step.

        :param asked: ``{(activity, user): guests}`` that managers are to confirm
        :param told: the same, of those who hear that it wasn't done in time
        """
        confirm_id, escalated_id = self._get_kind_ids(CONFIRM, ESCALATED)
        todos_sudo = self._search((confirm_id, escalated_id))
        late_sudo = todos_sudo.filtered(
            lambda todo: todo.activity_type_id.id == escalated_id
        )
        self._bring_in_step(
            confirm_id,
            todos_sudo - late_sudo,
            [*asked],
            lambda env: env._("Confirm your guests"),
            # At once: the deadline is the last day for it.
            lambda activity: activity.company_id._club_today(),
        )
        self._bring_in_step(
            escalated_id,
            late_sudo,
            [
                (activity, user)
                for activity, user in told
                if activity.escalated_for == activity.confirm_until
            ],
            lambda env: env._("Guests of your unit aren't confirmed"),
            lambda activity: activity.confirm_until,
        )

    def _bring_in_step(self, kind_id, todos_sudo, wanted, get_summary, get_due):
        """Have a to-do of this type for each wanted pair, and no others.

        :param todos_sudo: those that there are of the type
        :param wanted: pairs of activity and user
        :param get_summary: gives the text in the language of an environment
        :param get_due: gives the day on which those that are new are due
        """
        activities_sudo = self._activities_sudo
        there = {(todo.res_id, todo.user_id.id) for todo in todos_sudo}
        keys = {(activity.id, user.id) for activity, user in wanted}
        todos_sudo.filtered(
            lambda todo: (todo.res_id, todo.user_id.id) not in keys
        ).unlink()
        _create_todos(
            activities_sudo,
            kind_id,
            [
                {
                    "res_id": activity.id,
                    "user_id": user.id,
                    "summary": get_summary(as_reader(activities_sudo, user).env),
                    "date_deadline": get_due(activity),
                }
                for activity, user in wanted
                if (activity.id, user.id) not in there
            ],
        )

    def _search(self, kind_ids):
        """Return the to-dos of some types on the activities."""
        activities_sudo = self._activities_sudo
        return activities_sudo.env["mail.activity"].search_fetch(
            [
                ("res_model", "=", activities_sudo._name),
                ("res_id", "in", activities_sudo.ids),
                ("activity_type_id", "in", kind_ids),
            ],
            ["res_id", "user_id", "activity_type_id"],
        )

    def _get_kind_ids(self, *names):
        return [_get_kind_id(self._activities_sudo, name) for name in names]

    def _search_unanswered(self):
        """Return the guests who are invited, of activities that invite."""
        inviting = self._activities_sudo.filtered(lambda a: a.stage == INVITING)
        return self._guests_sudo._search_guests(inviting, (INVITED,))

    # === The activity moves, or doesn't take place === #

    def move(self):
        """Let managers ask their guests again at once: the activity has moved."""
        self._activities_sudo.ensure_one()
        today = self._activities_sudo.company_id._club_today()
        todos_sudo = self._search(self._get_kind_ids(CONFIRM))
        todos_sudo.write({"date_deadline": today})

    def get_consequence(self, change):
        """Return that who asked guests asks them again, or tells them that it is
        cancelled; None where nobody is asked.
        """
        activity_sudo = self._activities_sudo
        guests = self._guests_sudo._search_guests(
            activity_sudo, (INVITED, CONFIRMED, WAITING)
        )
        if not guests:
            return None
        users_sudo = activity_sudo.env["res.users"]
        users_sudo = users_sudo.union(*(user for _a, user in _group_by_asked(guests)))
        env = activity_sudo.env
        if change.is_cancelled:
            text = env._("Guests are taken off the list: tell your guests.")
        else:
            deadline = activity_sudo._get_confirm_until(change.date_begin)
            text = env._(
                "Guests are asked again, and confirmed until %s: ask your guests.",
                format_date(env, deadline),
            )
        return Consequence(text, users_sudo.partner_id)

    # === The deadline === #

    def remind(self):
        """Remind managers before the deadline, tell their leads after it. Rule C4.

        What was done for a deadline stands on the activity, so twice is as once.
        """
        unanswered = self._search_unanswered()
        asked, told = _group_by_asked(unanswered), _group_by_superiors(unanswered)
        guests_of = unanswered.grouped("activity_id")
        programs = self._activities_sudo._get_guest_programs()
        for activity in self._activities_sudo:
            users = {user for found, user in asked if found == activity}
            has_guests = activity in guests_of
            deadline, today = activity.confirm_until, activity.company_id._club_today()
            days = timedelta(days=programs[activity.company_id].guest_remind_days)
            if not deadline:
                continue
            if (
                deadline - days <= today <= deadline != activity.reminded_for
                # What reached nobody isn't done: he may be named tomorrow.
                and (users or not has_guests)
            ):
                _remind(activity, users)
                activity._write_guarded({"reminded_for": deadline})
            if today > deadline != activity.escalated_for:
                if has_guests and not any(found == activity for found, _user in told):
                    _log_unescalated(activity)
                else:
                    activity._write_guarded({"escalated_for": deadline})
        self._refresh(asked, told)


# === To-dos about guests === #


def notify_moved_up(guests_sudo):
    """Tell who asked them that guests have got a seat from the waiting list."""
    _create_todos(
        guests_sudo,
        _get_kind_id(guests_sudo, SEAT),
        [
            {
                "res_id": guest.id,
                "user_id": user.id,
                "summary": as_reader(guest, user).env._(
                    "%s has a seat by now: tell the guest", guest.contact_id.name
                ),
                "date_deadline": guest.company_id._club_today(),
            }
            for (_activity, user), guests in _group_by_asked(guests_sudo).items()
            for guest in guests
        ],
    )


def tell_answer(guest_sudo):
    """Tell whoever asked a guest what the guest has answered himself."""
    for (_activity, user), guests in _group_by_asked(guest_sudo).items():
        guest = as_reader(guests, user)
        labels = get_labels(guest, "state")
        guest.message_notify(
            subject=guest.env._("%s has answered", guest.contact_id.name),
            body=guest.env._(
                "%(guest)s has answered the invitation to “%(activity)s” by the link: "
                "%(state)s.",
                guest=guest.contact_id.name,
                activity=guest.activity_id.theme,
                state=labels[guest.state],
            ),
            partner_ids=user.partner_id.ids,
        )


def ask_consent(guest):
    """Let each officer of the company know, but for who requested the exception."""
    officers = get_officers(guest.env, guest.company_id) - guest.requested_by_id
    _create_todos(
        guest,
        _get_kind_id(guest, EXCEPTION),
        [
            {
                "res_id": guest.id,
                "user_id": user.id,
                "summary": as_reader(guest, user).env._(
                    "Consent to an exception at “%s”", guest.activity_id.theme
                ),
                "date_deadline": guest.company_id._club_today(),
            }
            for user in officers
        ],
    )


def _create_todos(records, kind_id, values):
    """Make to-dos without writing an e-mail for each: they show in the bell.

    :param records: of the model that the to-dos are about
    """
    if values:
        # sudo: to-dos are for others than who makes them
        todos_sudo = records.env["mail.activity"].sudo()
        common = {
            "res_model_id": records.env["ir.model"]._get_id(records._name),
            "activity_type_id": kind_id,
            "automated": True,
        }
        todos_sudo.with_context(mail_activity_quick_update=True).create(
            [{**common, **row} for row in values]
        )


def _get_kind_id(records, name):
    """Return the id of a type of to-dos, which Odoo has in its cache."""
    data = records.env["ir.model.data"]
    return data._xmlid_to_res_id(f"crm_club.{name}", raise_if_not_found=True)


# === Who is asked, who is told === #


def _group_by_asked(guests_sudo):
    """Return ``{(activity, user): guests}``: who asks and answers for them.

    Guests for whom there is nobody are left out.
    """
    for _activities, guests in guests_sudo._group_by_company():
        guests.account_id.fetch(["club_manager_id", "club_unit_id"])
    return _group_by_user(guests_sudo, _get_asked)


def _group_by_superiors(guests_sudo):
    """Return ``{(activity, user): guests}``: told that they aren't confirmed."""
    return _group_by_user(guests_sudo, _get_superiors)


def _group_by_user(guests_sudo, get_users):
    found = {}
    for _activities, guests in guests_sudo._group_by_company():
        for guest in guests:
            for user in get_users(guest):
                found.setdefault((guest.activity_id, user), []).append(guest.id)
    return {key: guests_sudo.browse(ids) for key, ids in found.items()}


def _get_asked(guest):
    """Return the account's manager, else the lead of its unit or of the nearest one
    above, else who requested the exception.
    """
    account = guest.account_id
    users = (
        account.club_manager_id,
        account.club_unit_id._get_nearest_lead(guest.company_id),
        guest.requested_by_id,
    )
    return next((user for user in users if user.active), guest.env["res.users"])


def _get_superiors(guest):
    """Return the lead of the account's unit or of the nearest one above, else the
    officers.
    """
    lead = guest.account_id.club_unit_id._get_nearest_lead(guest.company_id)
    return lead or get_officers(guest.env, guest.company_id)


# === What is written === #


def _remind(activity_sudo, users):
    """Remind users of their guests, each in his language; nobody else hears."""
    users_sudo = activity_sudo.env["res.users"].union(*users)
    for activity, readers in by_language(activity_sudo, users_sudo):
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


def _log_unescalated(activity_sudo):
    """Say once for a deadline that nobody could be told that it has passed."""
    if activity_sudo.unescalated_for == activity_sudo.confirm_until:
        return
    activity_sudo._write_guarded({"unescalated_for": activity_sudo.confirm_until})
    paper = activity_sudo._in_its_language()
    paper._message_log(
        body=paper.env._(
            "Guests weren't confirmed until %s, and nobody could be told: neither "
            "their units nor those above have a lead, and the company has no club "
            "officer. Name one.",
            format_date(paper.env, activity_sudo.confirm_until),
        )
    )
