"""How many days ahead who may book, and who earlier than others. Rules C8, D12."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date


def read_days_earlier(env, accounts, company):
    """Return ``{account id: days}`` that accounts may book earlier than others today.

    By the tiers that they hold today: the most that a priority benefit gives them.
    Accounts without any are missing. One query, past record rules: whoever is refused
    learns of the days only.
    """
    if not accounts:
        return {}
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT m.account_id, max(q.days_earlier)
              FROM club_membership m
              JOIN club_benefit_quota q ON q.tier_id = m.tier_id
              JOIN club_benefit b ON b.id = q.benefit_id
             WHERE m.account_id = ANY(%(accounts)s) AND m.state = 'valid'
               AND %(today)s BETWEEN m.date_from AND m.date_grace
               AND b.form = 'priority' AND b.active AND b.company_id = %(company)s
               AND coalesce(b.date_from, %(today)s) <= %(today)s
               AND coalesce(b.date_to, %(today)s) >= %(today)s
               AND (q.is_unlimited OR q.times > 0) AND q.days_earlier > 0
             GROUP BY m.account_id
            """,
            accounts=accounts.ids,
            today=company._club_today(),
            company=company.id,
        )
    )
    return dict(rows)


def check_days_ahead(offered, account, day, company):
    """Refuse to book what isn't open to the account yet. Rule D12.

    :param offered: a venue or benefit, with `bookable_days`; 0: no limit
    :param day: the day to book for, where the company is
    :raises ValidationError: naming the first day on which it may be booked
    """
    if not offered.bookable_days:
        return
    earlier = read_days_earlier(offered.env, account, company).get(account.id, 0)
    opens = day - timedelta(days=offered.bookable_days + earlier)
    if company._club_today() < opens:
        raise ValidationError(
            offered.env._(
                "%(offered)s is booked at most %(days)s days ahead by %(account)s: for "
                "%(day)s from %(opens)s on.",
                offered=offered.name,
                days=offered.bookable_days + earlier,
                account=account.display_name,
                day=format_date(offered.env, day),
                opens=format_date(offered.env, opens),
            )
        )
