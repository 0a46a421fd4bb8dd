"""What is asked of gifts before they are promised and given. Rule D17."""

from collections import Counter
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel import gift_limit
from ...kernel.written import get_written
from ..record.names import join_clauses
from .gift_limits import read_counted, read_limits
from .gift_states import CONFIRMED, COUNTED, DRAFT, HAND, SENT

# How many of the gifts that stand against another one are named.
NAMED = 3


def check_can_confirm(gift):
    """Judge a draft: what it is, and where its value comes from."""
    gift._check_state(DRAFT)
    gift._check_contact_id()
    name = gift.display_name
    if not gift.reward_id and not get_written(gift.item):
        raise UserError(
            gift.env._("%s: choose from the catalogue, or say what it is.", name)
        )
    if not gift.value > 0:
        raise UserError(
            gift.env._(
                "%s: enter what a piece costs in the catalogue.",
                gift.reward_id.name,
            )
            if gift.reward_id
            else gift.env._("%s: enter what it is worth.", name)
        )
    if not gift.reward_id and not get_written(gift.value_source):
        raise UserError(
            gift.env._(
                "%s isn't from the catalogue: name the invoice, receipt or offer "
                "that its value comes from.",
                name,
            )
        )
    today = gift.company_id._club_today()
    if gift.date.year < today.year:
        raise UserError(
            gift.env._(
                "%(gift)s is for %(day)s: gifts of a year that is over aren't "
                "entered any more.",
                gift=name,
                day=format_date(gift.env, gift.date),
            )
        )


def check_can_give(gift):
    """Judge a promised gift on the day on which it was given."""
    gift._check_state(CONFIRMED)
    gift._check_contact_id()
    today = gift.company_id._club_today()
    name = gift.display_name
    if gift.given_on > today or gift.given_on.year < gift.confirmed_on.year:
        raise UserError(
            gift.env._(
                "%(gift)s was promised on %(day)s: it can't have been given in a "
                "year before that, nor on a day to come.",
                gift=name,
                day=format_date(gift.env, gift.confirmed_on),
            )
        )
    if gift.way == HAND and not get_written(gift.received_by):
        raise UserError(
            gift.env._("%s is given in person: enter who took it over.", name)
        )
    if gift.way == SENT and not get_written(gift.tracking_no) and not gift.receipt_file:
        raise UserError(
            gift.env._(
                "%s is sent: enter its tracking number, or attach the receipt.",
                name,
            )
        )


def check_stock(gifts):
    """Refuse more pieces than there are."""
    for reward, found in gifts.grouped("reward_id").items():
        if reward:
            # sudo: stock decides, whatever the user may read
            reward.sudo()._check_stock(sum(found.mapped("quantity")))


def check_limits(gifts, name):
    """Refuse what is more than accounts may be given, each counting for those
    after it.

    :param name: the field with the day that decides
    """
    for company, found in gifts.grouped("company_id").items():
        keys = {gift: (gift.account_id.id, gift[name]) for gift in found}
        limits = read_limits(gifts.env, company, keys.values())
        counted = Counter(
            read_counted(
                gifts.env,
                company,
                {(key, day.year) for key, day in keys.values()},
                leaving_out=found.ids,
            )
        )
        for gift, (key, day) in keys.items():
            limit = limits.get((key, day))
            before = counted[key, day.year]
            value = _get_exact_value(gift)
            if limit and not gift_limit.is_enough(limit.amount, before, value):
                raise UserError(_describe_exceeded(gift, limit, before, day, found))
            counted[key, day.year] += value


def _get_exact_value(gift):
    digits = gift.currency_id.decimal_places
    return Decimal(f"{gift.value:.{digits}f}")


def _describe_exceeded(gift, limit, counted, day, together):
    """Return the sentence with the figure that is left and what stands against."""
    # sudo: the class's name, whoever reads classes
    class_sudo = gift.env["club.account.class"].sudo().browse(limit.class_id)
    terms = {
        "account": gift.account_id.display_name,
        "class_name": class_sudo.name,
        "gift": gift.display_name,
        "day": format_date(gift.env, day),
        "year": str(day.year),
    }
    if not limit.amount:
        return gift.env._(
            "%(account)s is of the class “%(class_name)s” on %(day)s and is given "
            "nothing: %(gift)s can't be.",
            **terms,
        )
    terms |= {
        "limit": gift._format(limit.amount),
        "left": gift._format(gift_limit.get_left(limit.amount, counted)),
        "value": gift._format(gift.value),
    }
    others = _name_counted(gift, day.year, together)
    if not others:
        return gift.env._(
            "%(account)s is of the class “%(class_name)s” and is given %(limit)s "
            "in %(year)s at most: %(gift)s is worth %(value)s.",
            **terms,
        )
    return gift.env._(
        "%(account)s is of the class “%(class_name)s” and is given %(limit)s in "
        "%(year)s at most. %(left)s are left, and %(gift)s is worth %(value)s. "
        "Against it stand: %(others)s.",
        **terms,
        others=others,
    )


def _name_counted(gift, year, together):
    """Name some of the gifts that count in a year, and those put down with it."""
    # sudo: all gifts of the account count, whoever may read them
    gifts_sudo = gift.sudo().search(
        [
            ("account_id.commercial_partner_id", "=", gift.account_id.id),
            ("company_id", "=", gift.company_id.id),
            ("id", "!=", gift.id),
            "|",
            *("&", ("year", "=", year), ("state", "in", COUNTED)),
            *("&", ("id", "in", together.ids), ("id", "<", gift.id)),
        ],
        limit=NAMED + 1,
    )
    names = [
        f"{other.title} ({other.list_id.name}, {gift._format(other.value)})"
        for other in gifts_sudo[:NAMED]
    ]
    if len(gifts_sudo) > NAMED:
        names.append("…")
    return join_clauses(gift.env, names)
