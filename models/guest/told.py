"""What a user is told of guests after a press."""

from odoo.tools import format_list

from .guest_list import tell_obstacle

NAMED = 5  # guests named in a message; the others are counted


def tell_seats(guests, obstacles):
    """Return the notification of who has a seat and who waits, and why.

    :param obstacles: ``{guest: why it waits}``, the kernel's
    """
    env = guests.env
    lines = []
    if seated := guests.filtered(lambda guest: guest not in obstacles):
        lines.append(env._("Seat confirmed: %s", _name_some(seated)))
    by_reason = {}
    for guest, obstacle in obstacles.items():
        by_reason[obstacle] = by_reason.get(obstacle, guests.browse()) | guest
    for obstacle, waiting in by_reason.items():
        lines.append(
            env._(
                "On the waiting list: %(guests)s. %(reason)s",
                guests=_name_some(waiting),
                reason=tell_obstacle(env, obstacle),
            )
        )
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "warning" if obstacles else "success",
            "sticky": bool(obstacles),
            "message": " ".join(lines),
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }


def _name_some(guests):
    names = guests[:NAMED].contact_id.mapped("name")
    if len(guests) > NAMED:
        names.append(guests.env._("%s more", len(guests) - NAMED))
    return format_list(guests.env, names)
