"""What of memberships is counted as figures of a month: members and their moves.

A grade is no membership. What lay underneath, or was superseded, never counted. Moves
follow from what was before and what came after, however it came about: a term that
follows another one without a day between goes on with it.

Whoever is a member of several programs of a company counts once, by the highest of his
tiers, the main program's first. Rule A9.
"""

from functools import partial

from odoo.tools import SQL

from ..points.facts import month_of
from ..program.club_tier_group import GRADE
from ..record.figure_source import FigureSource

KEPT, ENDED = ("renewed", "upgraded"), ("renewed", "downgraded", "lapsed")


def get_membership_sources(several=()):
    """Return the figures of memberships, all by tier. Rules A5, A10.

    :param several: ids of the groups that have others beside them in their company
    """
    several = list(several)
    joined = _is_first_of(several, SQL("o.date_from = m.date_from"))
    joined = SQL("%s AND %s", _has_none_of(several, SQL("m.date_from - 1")), joined)
    begun = {
        "joined": SQL("p.sequence IS NULL AND %s", joined),
        "promoted": SQL("p.sequence < t.sequence"),
        "demoted": SQL("p.sequence > t.sequence"),
    }
    return [
        FigureSource(
            "members",
            (("state", "=", "valid"), ("purpose", "!=", GRADE)),
            "date_from",
            is_stock=True,
            until="date_grace",
            account="account_id",
            tier="tier_id",
            rows=partial(_select_members, several) if several else None,
        ),
        *(
            FigureSource(code, rows=partial(_select_begun, which))
            for code, which in begun.items()
        ),
        FigureSource("left", rows=partial(_select_left, several)),
        FigureSource("retained", rows=_select_ended),
    ]


def _has_none_of(several, day):
    """Return the condition that no other group has a membership of the account on a
    day, so that what begins after it, or ended before it, makes a member of the club.
    """
    return _none(several, SQL("%s BETWEEN o.date_from AND o.date_grace", day))


def _is_first_of(several, at_once):
    """Return the condition that of memberships of several groups this one counts.

    :param at_once: condition of those that come in question, as ``o``
    """
    return _none(
        several,
        SQL(
            "%s AND (b.sequence, -q.sequence, -q.id, -o.group_id) >"
            " (SELECT t.sequence, -w.sequence, -w.id, -m.group_id"
            " FROM club_program w WHERE w.id = m.program_id)",
            at_once,
        ),
    )


def _none(several, which):
    if not several:
        return SQL("TRUE")
    return SQL(
        """
        NOT EXISTS (
            SELECT FROM club_membership o
              JOIN club_tier b ON b.id = o.tier_id
              JOIN club_program q ON q.id = o.program_id
             WHERE o.account_id = m.account_id AND o.company_id = m.company_id
               AND o.group_id = ANY(%s) AND o.group_id <> m.group_id
               AND o.state = 'valid' AND %s)
        """,
        several,
        which,
    )


def _select_members(several, span):
    """Return the membership of each account that counts at the end of each month."""
    return SQL(
        """
        SELECT m.id, m.company_id, m.account_id, NULL::int AS unit_id, e.month,
               m.tier_id, 1 AS value, 0 AS base
          FROM club_membership m
          JOIN club_tier t ON t.id = m.tier_id
          JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> %(grade)s
          JOIN (%(ends)s) e ON e.day BETWEEN m.date_from AND m.date_grace
         WHERE m.company_id = ANY(%(companies)s) AND m.state = 'valid' AND %(first)s
        """,
        grade=GRADE,
        ends=span.get_ends(),
        companies=list(span.company_ids),
        first=_is_first_of(several, SQL("e.day BETWEEN o.date_from AND o.date_grace")),
    )


def _select_begun(which, span):
    """Return the memberships that began, by what the account was on the day before."""
    return _select(
        span,
        SQL("m.date_from"),
        SQL(
            """
     LEFT JOIN LATERAL (
            SELECT b.sequence
              FROM club_membership o
              JOIN club_tier b ON b.id = o.tier_id
             WHERE o.account_id = m.account_id AND o.group_id = m.group_id
               AND o.state = 'valid' AND o.date_from < m.date_from
               AND o.date_grace >= m.date_from - 1
             ORDER BY o.date_from DESC
             LIMIT 1) p ON TRUE
            """
        ),
        which,
    )


def _select_left(several, span):
    """Return the memberships that nothing followed, in the month of the first day on
    which the account was none any more.
    """
    return _select(
        span,
        SQL("(m.date_grace + 1)"),
        SQL(),
        SQL(
            """
            NOT EXISTS (
                SELECT FROM club_membership n
                 WHERE n.account_id = m.account_id AND n.group_id = m.group_id
                   AND n.state = 'valid' AND n.date_from > m.date_from
                   AND n.date_from <= m.date_grace + 1)
            AND %s AND %s
            """,
            _has_none_of(several, SQL("m.date_grace + 1")),
            _is_first_of(several, SQL("o.date_grace = m.date_grace")),
        ),
    )


def _select_ended(span):
    """Return the terms that came to their end: whether the account kept its tier or
    rose. A term that a higher tier cut short didn't; one that nobody decided on before
    its days of grace were over was lost.
    """
    return _select(
        span,
        SQL("m.date_to"),
        SQL(),
        SQL(
            """
            (m.outcome = ANY(%s) OR m.outcome IS NULL AND m.date_grace < %s
             OR m.outcome = 'upgraded' AND EXISTS (
                SELECT FROM club_requalification_line l
                  JOIN club_membership b ON b.requalification_line_id = l.id
                 WHERE l.membership_id = m.id))
            """,
            list(ENDED),
            span.today,
        ),
        SQL("coalesce(m.outcome = ANY(%s), FALSE)::int", list(KEPT)),
        SQL("1"),
    )


def _select(span, day, joined, which, value=None, base=None):
    return SQL(
        """
        SELECT m.id, m.company_id, m.account_id, NULL::int AS unit_id,
               %(month)s AS month, m.tier_id, %(value)s AS value, %(base)s AS base
          FROM club_membership m
          JOIN club_tier t ON t.id = m.tier_id
          JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> %(grade)s
               %(joined)s
         WHERE m.company_id = ANY(%(companies)s) AND m.state = 'valid'
           AND %(day)s BETWEEN %(start)s AND %(end)s AND %(which)s
        """,
        month=month_of(day),
        value=value or SQL("1"),
        base=base or SQL("0"),
        grade=GRADE,
        joined=joined,
        companies=list(span.company_ids),
        day=day,
        start=span.start,
        end=span.end,
        which=which,
    )
