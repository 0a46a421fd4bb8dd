"""Holding rows while one of two at once changes what follows from them."""

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

TURNS = 50  # how often one steps back behind others at most


def hold(records):
    """Hold the records until the transaction ends, and read them anew.

    The rows are written, not only locked: a transaction that waited for them would
    judge by what they were before, so it fails and Odoo starts it anew. They are taken
    in the order of their ids, so that two who hold several of them don't wait for each
    other.
    """
    records.env.flush_all()
    hold_rows(records)
    records.invalidate_recordset()


def hold_rows(records):
    """Hold documents whose lines are changed, in the middle of that.

    Who submits, issues or closes one meanwhile writes its row as well: the second of
    both begins anew, and sees what the first has done. Nothing is read anew.
    """
    records.env.cr.execute(
        SQL(
            "WITH held AS (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s)"
            " ORDER BY id FOR NO KEY UPDATE)"
            " UPDATE %(table)s t SET write_date = t.write_date FROM held"
            " WHERE t.id = held.id",
            table=SQL.identifier(records._table),
            ids=records.ids,
        )
    )


def hold_first(records):
    """Hold the records before anything is judged: who comes second waits his turn.

    A transaction sees the database as it was at its first statement, so that one which
    waited fails, and Odoo sleeps for up to two seconds before it starts it anew, the
    next time up to four. As long as a transaction has written nothing it can begin
    anew by itself, at the moment its turn comes. What was read before is forgotten, so
    it is for whoever reads afterwards all that he decides by. Where something was
    written already, `hold` is all that can be done.
    """
    cr = records.env.cr
    records.env.flush_all()
    for _turn in range(TURNS):
        if _has_written(cr):
            break
        cr.rollback()
        try:
            cr.execute(
                SQL(
                    "SELECT FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                    SQL.identifier(records._table),
                    records.ids,
                ),
                log_exceptions=False,
            )
        except SerializationFailure:
            # Another one was let in while we waited, and wrote: again behind it.
            cr.rollback()
        else:
            break
    hold(records)


def _has_written(cr):
    """Tell whether the transaction has written, or holds, anything."""
    cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    return cr.fetchone()[0]
