"""What accounts may be given, and what counts against it. Rule D17.

Past record rules: all gifts count, and the class decides, whoever may read them. An
account that was put under another one takes its classes and its gifts there.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel import gift_limit
from .gift_states import COUNTED


class Limit(NamedTuple):
    """How much in a year, and the class that says so."""

    amount: Decimal
    class_id: int


class Standing(NamedTuple):
    """What an account may be given in a year, what counts against it, and the day of
    its last gift.
    """

    limit: Decimal | None
    counted: Decimal
    last: date | None


NOTHING = Standing(None, Decimal(0), None)


def _ended_in_year(day):
    """Return the condition that a class, begun, was let end by one person in the year
    of a day: a limit that others signed isn't lifted by who gives. It lasts the year.
    """
    return SQL(
        "(s.ended_on >= s.date_from"
        " AND extract(year FROM s.date_to) = extract(year FROM %s))",
        day,
    )


def read_limits(env, company, keys):
    """Return ``{key: Limit}`` of the strictest class that an account has, in one query.

    A day that is over is judged by all days from it until today: who enters a gift
    afterwards can't go back to before a class began. A key without limit is missing.

    :param keys: pairs of account id and day
    """
    keys = sorted(set(keys))
    if not keys:
        return {}
    accounts, days = (list(column) for column in zip(*keys, strict=True))
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT k.place, c.id, coalesce(c.gift_limit, 0)::text
              FROM unnest(%(accounts)s::int[], %(days)s::date[]) WITH ORDINALITY
                   AS k(account_id, day, place)
              JOIN res_partner p ON p.commercial_partner_id = k.account_id
              JOIN club_account_classification s
                ON s.account_id = p.id AND s.company_id = %(company)s
               AND s.approval_state = 'done'
               AND s.date_from <= greatest(k.day, %(today)s::date)
               AND (s.date_to IS NULL OR s.date_to >= k.day
                    OR %(ended_in_year)s)
              JOIN club_account_class c ON c.id = s.class_id AND c.gift_is_limited
            """,
            accounts=accounts,
            days=days,
            company=company.id,
            today=company._club_today(),
            ended_in_year=_ended_in_year(SQL("k.day")),
        )
    )
    limits = {}
    for place, class_id, amount in rows:
        limits.setdefault(keys[place - 1], {})[Decimal(amount)] = class_id
    found = {}
    for key, classes in limits.items():
        amount = gift_limit.get_strictest(classes)
        found[key] = Limit(amount, classes[amount])
    return found


def check_given_something(account, company, day, what):
    """Refuse what is as good as money for who is given nothing at all. Rule D17.

    :param what: what it is called
    :raises UserError: naming the class by which he is given nothing on the day
    """
    limit = read_limits(account.env, company, [(account.id, day)]).get(
        (account.id, day)
    )
    if not limit or limit.amount:
        return
    # sudo: the class decides, whoever may read it
    class_sudo = account.env["club.account.class"].sudo().browse(limit.class_id)
    raise UserError(
        account.env._(
            "%(account)s is of the class “%(class_name)s” and is given nothing: "
            "%(benefit)s is as good as money.",
            account=account.sudo().display_name,
            class_name=class_sudo.name,
            benefit=what,
        )
    )


def read_counted(env, company, keys, leaving_out=()):
    """Return ``{key: amount}`` of what was given, or is promised, in one query.

    :param keys: pairs of account id and year; those without gifts are missing
    :param leaving_out: ids of gifts that aren't counted
    """
    keys = sorted(set(keys))
    if not keys:
        return {}
    accounts, years = (list(column) for column in zip(*keys, strict=True))
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT k.place, sum(g.value)::text
              FROM unnest(%(accounts)s::int[], %(years)s::int[]) WITH ORDINALITY
                   AS k(account_id, year, place)
              JOIN res_partner p ON p.commercial_partner_id = k.account_id
              JOIN club_gift g
                ON g.account_id = p.id AND g.year = k.year
               AND g.company_id = %(company)s AND g.state = ANY(%(counted)s)
               AND NOT g.id = ANY(%(leaving_out)s)
             GROUP BY k.place
            """,
            accounts=accounts,
            years=years,
            company=company.id,
            counted=list(COUNTED),
            leaving_out=list(leaving_out),
        )
    )
    return {keys[place - 1]: Decimal(amount) for place, amount in rows}


def read_standings(company, accounts, day):
    """Return ``{account id: Standing}`` of the year of a day, in one query.

    :param accounts: those that the user may know of
    :param day: today or later
    """
    if not accounts:
        return {}
    env = accounts.env
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT a.id, s.limits, coalesce(g.counted, 0)::text, g.last
              FROM unnest(%(accounts)s::int[]) a(id)
         LEFT JOIN (SELECT p.commercial_partner_id AS account_id,
                           array_agg(coalesce(c.gift_limit, 0)::text) AS limits
                      FROM res_partner p
                      JOIN club_account_classification s ON s.account_id = p.id
                      JOIN club_account_class c
                        ON c.id = s.class_id AND c.gift_is_limited
                     WHERE p.commercial_partner_id = ANY(%(accounts)s)
                       AND s.company_id = %(company)s AND s.approval_state = 'done'
                       AND s.date_from <= %(day)s
                       AND (s.date_to IS NULL OR s.date_to >= %(day)s
                            OR %(ended_in_year)s)
                     GROUP BY p.commercial_partner_id) s ON s.account_id = a.id
         LEFT JOIN (SELECT p.commercial_partner_id AS account_id,
                           sum(value) FILTER (WHERE year = %(year)s
                                              AND state = ANY(%(counts)s)) AS counted,
                           max(given_on) FILTER (WHERE state = 'given') AS last
                      FROM res_partner p
                      JOIN club_gift f ON f.account_id = p.id
                     WHERE p.commercial_partner_id = ANY(%(accounts)s)
                       AND f.company_id = %(company)s
                     GROUP BY p.commercial_partner_id) g ON g.account_id = a.id
            """,
            accounts=accounts.ids,
            company=company.id,
            day=day,
            ended_in_year=_ended_in_year(SQL("%s::date", day)),
            year=day.year,
            counts=list(COUNTED),
        )
    )
    return {
        key: Standing(
            gift_limit.get_strictest(map(Decimal, limits or ())), Decimal(counted), last
        )
        for key, limits, counted, last in rows
    }
