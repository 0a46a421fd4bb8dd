"""Holding rows while one of two at once changes what follows from them."""

from odoo.tools import SQL


def hold(records):
    """Hold the records until the transaction ends, and read them anew.

    The rows are written, not only locked: a transaction that waited for them would
    judge by what they were before, so it fails and Odoo starts it anew. They are taken
    in the order of their ids, so that two who hold several of them don't wait for each
    other.
    """
    records.env.flush_all()
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
    records.invalidate_recordset()
