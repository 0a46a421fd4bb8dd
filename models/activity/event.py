"""The Odoo event of an activity: made on approval, repeating what is written there.

What the two have in common is written on the activity only; the event refuses it.
"""

from .change import Consequence

# Fields of the activity that its event repeats.
REPEATED = {
    *("theme", "company_id", "user_id", "address_id", "date_begin", "date_end"),
    "headcount",
}


def create_events(activities):
    """Make the event of each activity that has none. Rule C4."""
    new = activities.filtered(lambda activity: not activity.event_id)
    for company, found in new.grouped("company_id").items():
        # sudo: whoever signs last needn't have rights in Events
        events_sudo = activities.env["event.event"].sudo().with_company(company)
        # Who is responsible for an activity knows that he is for its event.
        quiet_sudo = events_sudo.with_context(mail_auto_subscribe_no_notify=True)
        events = quiet_sudo._create_guarded(
            [
                {
                    **_prepare_event(activity),
                    "organizer_id": company.partner_id.id,
                    "date_tz": company._club_zone(),
                    "club_activity_id": activity.id,
                }
                for activity in found
            ]
        )
        for activity, event in zip(found, events, strict=True):
            activity._write_guarded({"event_id": event.id})


def sync_events(activities, vals):
    """Repeat on the events what was written on their activities."""
    if not REPEATED.intersection(vals):
        return
    for activity in activities.filtered("event_id"):
        # sudo: whoever changes the activity needn't have rights in Events
        event_sudo = activity.event_id.sudo()
        values = _prepare_event(activity)
        there = event_sudo._convert_to_write(
            {name: event_sudo[name] for name in values}
        )
        # Only what differs: Odoo tells the responsible person that he is whenever he
        # is written.
        if changed := {k: v for k, v in values.items() if there[k] != v}:
            event_sudo._write_guarded(changed)


def _prepare_event(activity):
    return {
        "name": activity.theme,
        "company_id": activity.company_id.id,
        "user_id": activity.user_id.id,
        "address_id": activity.address_id.id,
        "date_begin": activity.date_begin,
        "date_end": activity.date_end,
        "seats_limited": True,
        "seats_max": activity.headcount,
    }


def get_reminder_consequences(activity, change):
    """Odoo reminds guests once: of the time that was moved, they were in vain."""
    activity_sudo = activity.sudo()  # whoever moves it needn't have rights in Events
    mails_sudo = activity_sudo.event_id.event_mail_ids.filtered(
        lambda mail: mail.interval_type != "after_sub"
    )
    if change.is_cancelled:
        if all(mails_sudo.mapped("mail_done")):
            return []
        text = activity.env._("Its guests aren't reminded any more.")
        return [Consequence(text)]
    sent_sudo = mails_sudo.filtered("mail_done")
    if not sent_sudo or not change.distance:
        return []
    text = activity.env._("Its guests were reminded already, and are once more.")
    values = {"mail_done": False, "mail_count_done": 0, "last_registration_id": False}
    return [Consequence(text, apply=lambda: sent_sudo.write(values))]
