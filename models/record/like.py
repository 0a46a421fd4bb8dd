"""Many records by one statement, stored as Odoo would have stored them.

`create` costs a hundred times what PostgreSQL takes for the row. So it makes one record
of a kind, as all modules have it made; its row is read, and taken back. The others are
inserted like it, but for the columns that differ. What follows from those the caller
works out, and a test compares every column with what `create` stores.
"""

import json
from contextlib import contextmanager, suppress

from odoo.tools import SQL, split_every

CHUNK = 20_000  # rows a statement: their values are sent as text


class _TakenBack(Exception):
    """Ends what is only tried."""


@contextmanager
def taken_back(env):
    """Take back whatever is done within."""
    with suppress(_TakenBack), env.cr.savepoint():
        yield
        raise _TakenBack


def read_like(record):
    """Return the row of a record: every column, also those without a field."""
    record.ensure_one()
    record.env.flush_all()
    ((row,),) = record.env.execute_query(
        SQL(
            "SELECT to_jsonb(t) FROM %s t WHERE id = %s",
            SQL.identifier(record._table),
            record.id,
        )
    )
    return row


def insert_like(model, row, given, taken=None, source=None, types=None):
    """Insert a record like ``row`` for each place of the lists in ``given``.

    Nothing is checked and nothing follows: no `create`, no constraint of Python's.

    :param row: from `read_like`
    :param given: values by column, or by a name that ``taken`` uses; new ids if it has
        none
    :param taken: SQL by column, over ``n`` (the values given and ``id``), ``p`` (the
        row) and what ``source`` joins
    :param source: SQL of JOINs
    :param types: PostgreSQL's types of what is given and is no column
    :return: the ids, in order
    """
    count = len(next(iter(given.values())))
    ids = given.get("id") or take_ids(model, count)
    columns = {**given, "id": ids}
    kinds = {
        name: model._fields[name].column_type[1]
        for name in columns
        if name in model._fields
    } | (types or {})
    values = {
        **{name: SQL.identifier("p", name) for name in row},
        **{name: SQL.identifier("n", name) for name in columns if name in row},
        **(taken or {}),
    }
    table = SQL.identifier(model._table)
    for places in split_every(CHUNK, range(count), list):
        chunk = slice(places[0], places[-1] + 1)
        model.env.cr.execute(
            SQL(
                """
                INSERT INTO %(table)s (%(columns)s)
                SELECT %(values)s
                  FROM unnest(%(lists)s) AS n(%(names)s)
                 CROSS JOIN jsonb_populate_record(NULL::%(table)s, %(row)s::jsonb)
                    AS p
                  %(source)s
                 ORDER BY n.id
                """,
                table=table,
                columns=SQL(", ").join(map(SQL.identifier, values)),
                values=SQL(", ").join(values.values()),
                lists=SQL(", ").join(
                    SQL("%s::%s[]", cells[chunk], SQL(kinds[name]))
                    for name, cells in columns.items()
                ),
                names=SQL(", ").join(map(SQL.identifier, columns)),
                row=json.dumps(row),
                source=source or SQL(),
            )
        )
    model.invalidate_model(flush=False)
    return ids


def take_ids(model, count):
    """Return new ids of a model, in order."""
    rows = model.env.execute_query(
        SQL(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
            " FROM generate_series(1, %s)",
            model._table,
            count,
        )
    )
    return [number for (number,) in rows]
