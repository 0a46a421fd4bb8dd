"""Rows sent to PostgreSQL at once, a column in one literal.

psycopg2 writes a list as one expression for each value: PostgreSQL then parses and
plans as many as there are cells, which takes longer than inserting the rows.
"""

import json
from datetime import date
from decimal import Decimal
from types import NoneType

from odoo.tools import SQL

# What PostgreSQL reads in an array as Python writes it.
_BARE = {int, Decimal, date}


def write_array(values) -> str:
    """Return the literal of a PostgreSQL array; None stands for NULL.

    :param values: whatever ``str`` turns into what PostgreSQL reads: numbers, dates,
        decimals, texts; no lists
    """
    kinds = {*map(type, values)}
    if kinds <= _BARE:
        cells = map(str, values)
    elif kinds <= _BARE | {NoneType}:
        cells = ["NULL" if value is None else str(value) for value in values]
    else:
        cells = map(_write_cell, values)
    return "{" + ",".join(cells) + "}"


def _write_cell(value):
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def unnest(columns, kinds, documents=None) -> SQL:
    """Return what stands after FROM: the rows of columns, and ``place`` from 1 on.

    :param columns: ``{name: values}``, all of one length
    :param kinds: ``{name: type}`` of PostgreSQL, of the same names in the same order
    :param documents: ``{name: values}`` besides: dicts that become ``jsonb``
    """
    documents = documents or {}
    calls = [
        SQL("unnest(%s::%s[])", write_array(columns[name]), SQL(kind))
        for name, kind in kinds.items()
    ]
    calls += [
        SQL("jsonb_array_elements(%s::jsonb)", json.dumps(list(values)))
        for values in documents.values()
    ]
    return SQL(
        "ROWS FROM (%s) WITH ORDINALITY AS n(%s, place)",
        SQL(", ").join(calls),
        SQL(", ").join(map(SQL.identifier, [*kinds, *documents])),
    )
