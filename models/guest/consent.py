"""Guests admitted by exception: an officer consents, within a share of seats. C10."""

from odoo.exceptions import UserError

from ...kernel.guest_states import CANCELLED, DECLINED


def check_can_consent(guest, came=False):
    """Refuse an officer's consent that would be none.

    :param came: whether the person is there: once the doors have closed, that is noted
        beyond the share, too
    """
    guest.ensure_one()
    env, name = guest.env, guest.contact_id.name
    if not guest.exception_kind or guest.consented_by_id:
        raise UserError(env._("%s waits for no consent to an exception.", name))
    if guest.requested_by_id == env.user:
        raise UserError(
            env._(
                "You requested the exception for %s yourself: another club officer "
                "consents.",
                name,
            )
        )
    if not (came and guest.activity_id._are_doors_closed()):
        _check_share(guest)


def _check_share(guest):
    """Refuse more exceptions than their share of seats."""
    activity_sudo = guest.activity_id.sudo()
    limit = activity_sudo._get_seats().exceptions
    # sudo: a count of all exceptions, whomever they accompany
    taken = guest.sudo().search_count(
        [
            ("activity_id", "=", activity_sudo.id),
            ("consented_by_id", "!=", False),
            ("exception_kind", "!=", False),
            ("state", "not in", (CANCELLED, DECLINED)),
            ("id", "!=", guest.id),
        ]
    )
    if taken >= limit:
        raise UserError(
            guest.env._(
                "%(limit)s of the %(seats)s seats of “%(activity)s” are for "
                "exceptions, and %(taken)s are given: there is none for %(guest)s.",
                limit=limit,
                seats=activity_sudo.headcount,
                activity=activity_sudo.theme,
                taken=taken,
                guest=guest.contact_id.name,
            )
        )


def check_consented(guests):
    """Refuse to invite exceptions to which nobody has consented."""
    for guest in guests:
        if guest.exception_kind and not guest.consented_by_id:
            raise UserError(
                guest.env._(
                    "%s is an exception, which a club officer consents to first.",
                    guest.contact_id.name,
                )
            )
