"""Which accounts belong together on a day: heads and their branches. Rule A12.

A head is named by an officer alone, so nothing follows from it but where the account is
shown: for its standing counts only what a signed class of the account names, too.
"""

from collections import defaultdict

from odoo.tools import SQL

GROUP = "group"
# In place of a day: each account by itself, whatever the program says.
ALONE = "alone"


def signed_query(company):
    """Return the SELECT of (account_id, head_id, date_from, date_to): the times under a
    head that count for standing, since a signed class names the same head.
    """
    return SQL(
        """
        SELECT h.account_id, h.head_id, greatest(h.date_from, c.date_from) AS date_from,
               least(h.date_to, c.date_to) AS date_to
          FROM club_account_head h
          JOIN club_account_classification c
            ON c.account_id = h.account_id AND c.head_id = h.head_id
           AND c.company_id = h.company_id AND c.approval_state = 'done'
           AND (h.date_to IS NULL OR c.date_from <= h.date_to)
           AND (c.date_to IS NULL OR c.date_to >= h.date_from)
         WHERE h.company_id = %s AND (h.date_to IS NULL OR h.date_to >= h.date_from)
        """,
        company.id,
    )


def named_query(company):
    """Return the SELECT of the same columns: all times under a head, signed or not."""
    return SQL(
        """
        SELECT account_id, head_id, date_from, date_to
          FROM club_account_head
         WHERE company_id = %s AND (date_to IS NULL OR date_to >= date_from)
        """,
        company.id,
    )


def above_query(company, accounts=None, times=signed_query):
    """Return the parts of a WITH RECURSIVE whose ``above`` has who stands above whom.

    Columns: account_id, head_id, date_from, date_to; through all levels, and over the
    days on which the whole chain held.

    :param accounts: ids whose heads are wanted, all when None
    :param times: whether only what is signed counts, or all that is named
    """
    return SQL(
        """
        times AS (%(times)s),
        above(account_id, head_id, date_from, date_to) AS (
            SELECT account_id, head_id, date_from, date_to FROM times %(only)s
             UNION
            SELECT a.account_id, h.head_id, greatest(a.date_from, h.date_from),
                   least(a.date_to, h.date_to)
              FROM above a
              JOIN times h ON h.account_id = a.head_id
               AND (a.date_to IS NULL OR h.date_from <= a.date_to)
               AND (h.date_to IS NULL OR h.date_to >= a.date_from))
        """,
        times=times(company),
        only=SQL("WHERE account_id = ANY(%s)", list(accounts))
        if accounts is not None
        else SQL(),
    )


def get_above(env, company, accounts):
    """Return the ids of who stands above the accounts now, through all levels."""
    env.cr.execute(
        SQL(
            "WITH RECURSIVE %s SELECT DISTINCT head_id FROM above"
            " WHERE date_to IS NULL",
            above_query(company, accounts, named_query),
        )
    )
    return {head_id for (head_id,) in env.cr.fetchall()}


def get_below(env, company, accounts):
    """Return ``{account_id: ids of all below it now}``, through all levels."""
    env.cr.execute(
        SQL(
            """
            WITH RECURSIVE held AS (
                SELECT account_id, head_id FROM club_account_head
                 WHERE company_id = %(company)s AND date_to IS NULL),
            below(head_id, account_id) AS (
                SELECT head_id, account_id FROM held WHERE head_id = ANY(%(ids)s)
                 UNION
                SELECT b.head_id, h.account_id
                  FROM below b JOIN held h ON h.head_id = b.account_id)
            SELECT head_id, array_agg(account_id ORDER BY account_id)
              FROM below GROUP BY head_id
            """,
            company=company.id,
            ids=list(accounts),
        )
    )
    return dict(env.cr.fetchall())


def tree_query(company, on, accounts=None):
    """Return the SELECT of (account_id, head_id): each account that belongs to a group
    on the day, by signature, and the head at its top, heads among them.

    :param accounts: ids whose groups are wanted, all when None
    """
    only = climb = SQL()
    if accounts is not None:
        climb = SQL(
            """
            up(account_id) AS (
                SELECT * FROM unnest(%s::int[])
                 UNION
                SELECT h.head_id FROM up JOIN held h ON h.account_id = up.account_id),
            """,
            list(accounts),
        )
        only = SQL("AND h.head_id IN (SELECT account_id FROM up)")
    return SQL(
        """
        WITH RECURSIVE held AS (
            SELECT account_id, head_id FROM (%(times)s) t
             WHERE date_from <= %(on)s AND (date_to IS NULL OR date_to >= %(on)s)),
        %(climb)s
        tree(account_id, head_id) AS (
            SELECT h.head_id, h.head_id FROM held h
             WHERE NOT EXISTS (SELECT FROM held o WHERE o.account_id = h.head_id)
                   %(only)s
             UNION
            SELECT h.account_id, t.head_id
              FROM tree t JOIN held h ON h.head_id = t.account_id)
        SELECT account_id, head_id FROM tree ORDER BY account_id
        """,
        times=signed_query(company),
        on=on,
        climb=climb,
        only=only,
    )


class Groups:
    """The accounts that a program measures together on a day. Rule A12.

    None of them where each is measured by itself.

    :param program: the program, as superuser: a review sees everything
    :param on: the day, or ``ALONE``
    :param accounts: ids whose groups are wanted, all when None
    """

    def __init__(self, program, on, accounts=None):
        self._head_of = {}
        self._members = defaultdict(list)
        if program.thresholds_per != GROUP or on is ALONE:
            return
        program.env.cr.execute(tree_query(program.company_id, on, accounts))
        for account, head in program.env.cr.fetchall():
            self._head_of[account] = head
            self._members[head].append(account)

    def __bool__(self):
        return bool(self._head_of)

    def get(self, account):
        """Return the head and the accounts measured together, None for who is alone."""
        head = self._head_of.get(account)
        return head and (head, tuple(self._members[head]))

    def expand(self, accounts):
        """Return the ids with those that they are measured together with."""
        if accounts is None or not self:
            return accounts
        wanted = dict.fromkeys(accounts)
        for head in dict.fromkeys(filter(None, map(self._head_of.get, accounts))):
            wanted.update(dict.fromkeys(self._members[head]))
        return list(wanted)

    def get_pairs(self):
        """Return pairs of account and head, for SQL."""
        return list(self._head_of.items())

    def join(self, scope):
        """Return rows of a window each (number, head, first, last day), and the number
        of each account: a group with the same window is summed once.

        :param scope: ``{account_id: Window}``
        """
        numbers, number_of = {}, {}
        for account, window in scope.items():
            key = (self._head_of.get(account, account), window.start, window.end)
            number_of[account] = numbers.setdefault(key, account)
        return [(number, *key) for key, number in numbers.items()], number_of

    def spread(self, rows, accounts=None):
        """Return the figures of each account; its group's where it is in one.

        :param rows: figures by head, or by account that is alone
        :param accounts: ids that are wanted, all when None
        """
        if not self:
            return rows
        if accounts is not None:
            keys = {
                account: self._head_of.get(account, account) for account in accounts
            }
            return {a: rows[key] for a, key in keys.items() if key in rows}
        return {
            account: figures
            for key, figures in rows.items()
            for account in self._members.get(key, (key,))
        }

    def share_overdue(self, indicators):
        """Let each account be as long overdue as the worst of its group."""
        for accounts in self._members.values():
            days = [
                indicators[account]["overdue_days"]
                for account in accounts
                if "overdue_days" in indicators.get(account, ())
            ]
            if days:
                for account in accounts:
                    indicators[account]["overdue_days"] = max(days)
        return indicators
