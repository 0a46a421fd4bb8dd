"""What amounts of documents come to, and how they are told."""

from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from .measures import MONEY, POINTS


def format_amount(env, measure, amount, currency):
    """Return an amount with its unit: money, points, or nothing."""
    if measure == MONEY:
        return formatLang(env, amount, currency_obj=currency)
    if measure == POINTS:
        return env._("%s points", formatLang(env, amount, digits=2))
    return ""


def format_band(env, above, up_to):
    """Return a band in words, such as “10,000.00 to 50,000.00”; 0: without limit."""
    texts = {"from": formatLang(env, above, digits=2)}
    texts["to"] = formatLang(env, up_to, digits=2)
    if not up_to:
        return env._("above %s", texts["from"]) if above else env._("any amount")
    if not above:
        return env._("up to %s", texts["to"])
    return env._("above %(from)s up to %(to)s", **texts)


def convert(document, amount, currency, day=None):
    """Return the amount's size in company currency on the day, or in points.

    :param currency: None of points
    :param day: where the company is; today by default
    :raises UserError: when the currency has no rate
    """
    env, company = document.env, document.company_id
    amount = abs(Decimal(str(amount)))
    own = company.currency_id
    if not currency or currency == own or not amount:
        return amount
    day = day or company._club_today()
    rates_sudo = env["res.currency.rate"].sudo()
    if not rates_sudo.search_count(
        [
            ("currency_id", "=", currency.id),
            ("company_id", "in", (False, company.root_id.id)),
            ("name", "<=", day),
        ],
        limit=1,
    ):
        raise UserError(
            env._(
                "%(document)s is in %(currency)s, which has no exchange rate to "
                "%(own)s: enter one first.",
                document=document.display_name,
                currency=currency.name,
                own=own.name,
            )
        )
    converted = currency._convert(float(amount), own, company, day)
    return Decimal(str(own.round(converted)))


def count_again(document, request):
    """Return what the request would count today, by the rates of when it was made.

    What counted along then is counted as it was. PEERS 4.
    """
    amount, currency = document._count_approval_amount()
    own = convert(document, amount, currency, request._get_submission_day())
    others = Decimal(str(request.amount_total)) - Decimal(str(request.amount))
    return round(own + others, 2)
