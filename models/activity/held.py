"""Whoever is responsible for an activity is asked whether it was held. Rule C4."""

from ..record.reader import as_reader, get_officers
from .stages import AHEAD

CHECK_HELD = "crm_club.mail_act_club_held"


def suggest_held(activities, batch):
    """Ask whoever is responsible whether what is over was held, once.

    :param activities: the model; it commits after each, as a scheduled job does
    :param batch: how many to ask about at once
    """
    env = activities.env
    asked = env.ref(CHECK_HELD)
    domain = [
        ("stage", "in", AHEAD),
        ("is_over", "=", True),
        ("activity_ids", "not any", [("activity_type_id", "=", asked.id)]),
    ]
    todo = activities.search(domain, limit=batch, order="date_end, id")
    crons = env["ir.cron"]
    crons._commit_progress(
        remaining=len(todo) if len(todo) < batch else activities.search_count(domain)
    )
    for activity in todo:
        users = (activity.user_id | activity.create_uid).filtered("active")
        user = (users or get_officers(env, activity.company_id))[:1]
        activity.activity_schedule(
            CHECK_HELD,
            date_deadline=activity.company_id._club_today(),
            user_id=user.id,
            summary=as_reader(activity, user).env._(
                "Was it held? Then enter what it came to."
            ),
        )
        if not crons._commit_progress(1):
            break
