"""An activity held again: a draft with what was asked the last time. Rule C2."""

from datetime import timedelta

from odoo import Command, fields

# What is told of it again; who applies, and when, is new.
SAME = (
    *("company_id", "type_id", "organiser", "theme", "form", "reason", "tier_id"),
    *("place", "address_id", "headcount", "seats_per_account", "description"),
    "emergency_contact",
)
COST = ("kind", "name", "amount")
POINT = ("name", "place", "helpers", "duty", "transport", "materials")
WEEKS = 4  # the draft is proposed for the same weekday, these weeks on or later


def propose_begin(activity):
    """Return when it may be held again: on the same weekday, at the same hour."""
    company = activity.company_id
    begin, now = activity.date_begin, fields.Datetime.now()
    local = company._club_local(begin)
    step = timedelta(weeks=WEEKS)
    times = max(1, (now - begin) // step + 1)
    return company._club_utc(local + times * step)


def prepare_again(activity, date_begin, with_costs=True, with_programme=True):
    """Return the values of a draft that holds an activity again.

    No signature, line of the plan, guest, bill nor report goes along. What the user may
    not read of it doesn't either.

    :param activity: the one that was held, read with the user's rights
    :param date_begin: when the new one begins; its programme moves along
    """
    later = date_begin - activity.date_begin
    [values] = activity.read(SAME, load=None)
    values.pop("id")
    values |= {
        "user_id": activity.env.uid,
        "unit_id": (
            activity.env["crm.team"]._get_default_club_unit() or activity.unit_id
        ).id,
        "date_begin": date_begin,
        "date_end": activity.date_end + later,
    }
    if with_costs:
        values["cost_ids"] = [
            Command.create({name: line[name] for name in COST})
            for line in activity.cost_ids
        ]
    if with_programme:
        values["programme_ids"] = [
            Command.create(
                {
                    **{name: point[name] for name in POINT},
                    "time_from": point.time_from + later,
                    "time_to": point.time_to and point.time_to + later,
                    "user_id": point.user_id.active and point.user_id.id,
                }
            )
            for point in activity.programme_ids
        ]
    return values
