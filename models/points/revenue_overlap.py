"""Which rows of a statement are in the books already, whatever file they came in.

Compared is what the rows say: account, month, line of business and amount, of the rows
that are staged (`revenue_store.stage`) with those of earlier imports that count or are
parked. Where a part couldn't be read, here or there, or was filled in by hand, its text
in the file stands for it, too. Rows of one file aren't compared with one another: a
customer may well have the same amount twice in a month. Nor is the product compared:
one file may name it where another has the same line of business without. Rule B15.
"""

from typing import NamedTuple

from odoo.tools import SQL

STAGED = "club_revenue_staged"


class Overlap(NamedTuple):
    """What a statement has in common with an earlier import."""

    import_id: int
    rows: int  # rows of the statement with account, month and line of that import
    same: int  # and with the amount, too; each row there counts for one here


def find(env, company):
    """Return an `Overlap` for each earlier import of the company, the oldest first."""
    rows = env.execute_query(
        SQL(
            """
            %s,
            here AS (
                SELECT key, amount, count(*) AS count FROM matched GROUP BY 1, 2),
            there AS (
                SELECT o.import_id, o.key, o.amount, count(*) AS count
                  FROM old_key o
                 WHERE o.key IN (SELECT key FROM matched)
                 GROUP BY 1, 2, 3),
            same AS (
                SELECT t.import_id, sum(least(t.count, h.count)) AS count
                  FROM there t JOIN here h USING (key, amount)
                 GROUP BY 1),
            shared AS (
                SELECT t.import_id, sum(h.count) AS count
                  FROM (SELECT DISTINCT import_id, key FROM there) t
                  JOIN (SELECT key, sum(count) AS count FROM here GROUP BY 1) h
                       USING (key)
                 GROUP BY 1)
            SELECT s.import_id, s.count::int, coalesce(e.count, 0)::int
              FROM shared s
         LEFT JOIN same e USING (import_id)
             ORDER BY 1
            """,
            _matched(company),
        )
    )
    return [Overlap(*row) for row in rows]


def find_replaced(env, company):
    """Return the ids of the earlier rows that have account, month and line of one of
    the staged rows.
    """
    return [
        line_id
        for (line_id,) in env.execute_query(
            SQL(
                "%s SELECT DISTINCT id FROM old_key"
                " WHERE key IN (SELECT key FROM matched) ORDER BY id",
                _matched(company),
            )
        )
    ]


def _matched(company):
    """Return the CTEs ``old_key`` and ``matched``: the keys of earlier rows, and the
    first key of each staged row that is among them.

    A row has one key of what was found. It has those of its texts only where a part is
    open, and where it shares account or text with such a row on the other side: rows
    that were read in full are many.
    """
    return SQL(
        """
        WITH new AS MATERIALIZED (
            SELECT n.row * 128 + coalesce(n.file_column, 0) AS id,
                   %(parts)s, n.state = 'parked' AS is_open
              FROM %(staged)s n),
        old AS MATERIALIZED (
            SELECT n.id, n.import_id, %(parts)s,
                   n.state = 'parked' OR n.settled_on IS NOT NULL AS is_open
              FROM club_revenue_line n
             WHERE n.company_id = %(company)s AND (
                   (n.state = 'valid' AND n.month IN (SELECT month FROM %(staged)s))
                OR n.state = 'parked'
                OR (n.state = 'valid' AND n.settled_on IS NOT NULL
                    AND %(raw_month)s IN (
                        SELECT raw_month FROM new WHERE month IS NULL)))),
        old_key AS MATERIALIZED (%(old_keys)s),
        new_key AS MATERIALIZED (%(new_keys)s),
        matched AS MATERIALIZED (
            SELECT DISTINCT ON (k.id) k.id, k.key, k.amount
              FROM new_key k
             WHERE k.key IN (SELECT key FROM old_key)
             ORDER BY k.id, k.rank, k.key)
        """,
        parts=_parts(),
        raw_month=_text("n.raw_month"),
        staged=SQL.identifier(STAGED),
        company=company.id,
        old_keys=_keys("old", "new", SQL("n.id, n.import_id")),
        new_keys=_keys("new", "old", SQL("n.id")),
    )


def _parts():
    """Return the parts of a row ``n``: what was found, and the texts of the file."""
    return SQL(
        """
        '#' || n.account_id AS account, '#' || n.month AS month,
        '#' || n.category_id AS category,
        %s AS raw_account, %s AS raw_month, %s AS raw_category,
        coalesce('#' || round(n.amount, 2), %s) AS amount
        """,
        _text("coalesce(n.raw_account, n.raw_account_name)"),
        _text("n.raw_month"),
        _text("n.raw_category"),
        _text("n.raw_amount"),
    )


def _text(column):
    """Return a text of the file, whatever its width, case and white space."""
    return SQL(
        r"""
        '?' || lower(regexp_replace(trim(normalize(%s, NFKC)), '\s+', ' ', 'g'))
        """,
        SQL(column),
    )


def _keys(side, other, columns):
    return SQL(
        """
        SELECT %(columns)s, n.account || n.month || n.category AS key, 0 AS rank,
               n.amount
          FROM %(side)s n
         WHERE n.account || n.month || n.category IS NOT NULL
     UNION ALL
        SELECT %(columns)s, a.text || m.text || c.text, a.rank + m.rank + c.rank,
               n.amount
          FROM %(side)s n
    CROSS JOIN LATERAL (VALUES (n.account, 0), (n.raw_account, 1)) a(text, rank)
    CROSS JOIN LATERAL (VALUES (n.month, 0), (n.raw_month, 1)) m(text, rank)
    CROSS JOIN LATERAL (VALUES (n.category, 0), (n.raw_category, 1)) c(text, rank)
         WHERE (n.is_open
                OR n.raw_account IN (SELECT raw_account FROM %(other)s WHERE is_open)
                OR n.account IN (SELECT account FROM %(other)s WHERE is_open))
           AND a.rank + m.rank + c.rank > 0
           AND a.text || m.text || c.text IS NOT NULL
        """,
        columns=columns,
        side=SQL.identifier(side),
        other=SQL.identifier(other),
    )
