"""Which cards are valid, and those that are taken on, by lists. Rules A13, A14."""

from odoo import fields
from odoo.tools import SQL

from .card_states import HANDED_OVER


def select_valid(days, states=(HANDED_OVER,)):
    """Return the SELECT of id and membership_id of cards that are valid on a day.

    Valid is what was handed over while the account has the tier that it was issued
    for: with that membership, or one that follows it at the same tier without a break.

    :param dict days: the day asked for, by company
    """
    return SQL(
        """
        SELECT c.id, m.id AS membership_id
          FROM club_card c
          JOIN unnest(%(companies)s::int[], %(days)s::date[]) AS d(company_id, day)
            ON d.company_id = c.company_id
          JOIN club_membership b ON b.id = c.membership_id
          JOIN club_membership m
            ON m.account_id = b.account_id AND m.group_id = b.group_id
           AND m.tier_id = b.tier_id AND m.state = 'valid'
           AND m.date_from >= b.date_from
           AND d.day BETWEEN m.date_from AND m.date_grace
         WHERE c.state = ANY(%(states)s)
           AND NOT EXISTS (
               SELECT FROM club_membership k
                WHERE k.account_id = b.account_id AND k.group_id = b.group_id
                  AND k.state = 'valid'
                  AND k.date_from > b.date_from AND k.date_from <= m.date_from
                  AND (k.tier_id <> b.tier_id OR NOT EXISTS (
                      SELECT FROM club_membership p
                       WHERE p.account_id = k.account_id AND p.group_id = k.group_id
                         AND (p.state = 'valid' OR p.id = b.id)
                         AND p.date_from < k.date_from
                         AND p.date_grace >= k.date_from - 1)))
        """,
        companies=[company.id for company in days],
        days=list(days.values()),
        states=list(states),
    )


def insert_taken_on(rows, user_id):
    """Return the INSERT of cards that are in their members' hands.

    :param rows: ``[(account_id, membership_id, number)]``
    """
    accounts, memberships, numbers = zip(*rows, strict=True)
    return SQL(
        """
        INSERT INTO club_card
               (number, membership_id, account_id, group_id, tier_id, company_id, state,
                is_taken_on, handed_over_on, handed_over_at, handed_over_by_id,
                create_uid, write_uid, create_date, write_date)
        SELECT n.number, m.id, n.account_id, m.group_id, m.tier_id, m.company_id,
               %(state)s, TRUE, m.date_from, %(now)s, %(user)s, %(user)s, %(user)s,
               %(now)s, %(now)s
          FROM unnest(%(accounts)s::int[], %(memberships)s::int[], %(numbers)s::text[])
               WITH ORDINALITY AS n(account_id, membership_id, number, place)
          JOIN club_membership m ON m.id = n.membership_id
         ORDER BY n.place
        RETURNING id
        """,
        state=HANDED_OVER,
        now=fields.Datetime.now(),
        user=user_id,
        accounts=list(accounts),
        memberships=list(memberships),
        numbers=list(numbers),
    )
