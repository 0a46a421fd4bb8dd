"""Stamping what was posted before the club came, at the size of a company's books."""

from odoo.tools import SQL

from .account_move_line import IS_SALE, stamp_statement

# The share of all lines from which on building the table's indexes anew takes less than
# entering each stamped line, which is a new row to PostgreSQL, in every one of them.
BUILT_ANEW_FROM = 0.2
_SHARE = SQL(
    """
    SELECT avg(CASE WHEN m.state = 'posted' AND %s THEN 1 ELSE 0 END)
      FROM account_move_line line
      JOIN account_move m ON m.id = line.move_id
    """,
    IS_SALE,
)
# Those of which their definition and comment say all, and on which nothing rests.
_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid), obj_description(c.oid, 'pg_class')
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid = 'account_move_line'::regclass
   AND i.indisvalid AND NOT i.indisclustered AND NOT i.indisreplident
   AND c.reltablespace = 0
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
"""


def stamp_posted_lines(cr):
    """Stamp the revenue lines of everything that is posted. Rules B1, A3.

    The caller's transaction changes the table already, so nobody misses an index that
    is away for a while: nobody else gets at the table.
    """
    cr.execute(_SHARE)
    share = cr.fetchone()[0] or 0
    indexes = []
    if share >= BUILT_ANEW_FROM:
        cr.execute(_INDEXES)
        indexes = cr.fetchall()
    for name, _definition, _comment in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    cr.execute(stamp_statement(SQL("m.state = 'posted'")))
    for name, definition, comment in indexes:
        cr.execute(definition)
        if comment:
            # By it Odoo knows the index, and doesn't build it once more.
            cr.execute(SQL("COMMENT ON INDEX %s IS %s", SQL.identifier(name), comment))
