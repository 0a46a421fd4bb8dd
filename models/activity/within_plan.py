"""Activities that take effect inside a signed line of the plan. Rule C2."""

from decimal import Decimal

from odoo.tools.misc import formatLang

from ..approval.states import EDITABLE
from ..record.groups import OFFICER
from ..record.hold import hold
from .club_plan_line import EXECUTIVE

EXECUTIVE_BODY = "executive"


def is_foreseen(activity):
    """Tell whether the plan may stand for signatures, whatever it costs.

    So it is with what the executive group organises itself, and what is submitted by
    one of it or a club officer.
    """
    line = activity.plan_line_id
    return bool(
        activity.approval_state in EDITABLE
        and activity.organiser == line.organiser == EXECUTIVE
        and line.in_force
        and _acts_for_executive(activity)
    )


def take_from_plan(activities):
    """Let what fits into the budget of its line take effect, one by one.

    Nobody else takes from the lines until the transaction ends.

    :param activities: foreseen ones, which can be submitted
    :return: those that took effect
    """
    hold(activities.plan_line_id)
    done = activities.browse()
    for activity in activities:
        reason = _find_reason(activity)
        if reason:
            activity._set_opening(reason)
            done |= activity
    return done


def find_unsigned_reason(activity):
    """Return the evidence why submitting it now asks for no signature, or False."""
    return is_foreseen(activity) and _find_reason(activity)


def _find_reason(activity):
    """Return it of a foreseen one, if it fits into the budget of its line."""
    line = activity.plan_line_id
    taken = line._get_taken().get(line.id, {})
    taken.pop(activity.id, None)
    left = Decimal(str(line.budget)) - sum(taken.values())
    own = Decimal(str(activity._count_approval_amount()[0]))
    fits = round(own, 2) <= round(left, 2)
    return fits and _get_reason(activity, own, left)


def _acts_for_executive(activity):
    """Tell whether the user is of the executive group of the company today."""
    env = activity.env
    if env.user.has_group(OFFICER):
        return True
    # sudo: who sits where is no secret, and who asks needn't see bodies
    bodies_sudo = env["club.body"].sudo()
    body_sudo = bodies_sudo.search(
        [("code", "=", EXECUTIVE_BODY), ("company_id", "=", activity.company_id.id)],
        limit=1,
    )
    holders = body_sudo._get_holders_today().get(body_sudo, [])
    return any(holder.user_id == env.uid for holder in holders)


def _get_reason(activity, own, left):
    """Return the evidence why no signature was asked."""
    line, currency, env = activity.plan_line_id, activity.currency_id, activity.env
    return env._(
        "Inside “%(line)s” of the plan %(year)s, signed before: %(own)s of "
        "%(left)s that were left of its budget.",
        line=line.name,
        year=line.plan_id.year,
        own=formatLang(env, float(own), currency_obj=currency),
        left=formatLang(env, float(left), currency_obj=currency),
    )
