"""Names that are computed for whoever reads them, and finding records by them.

A stored name would be in its maker's language for everybody.
"""

import babel.dates

from odoo import fields
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse, get_lang
from odoo.tools.sql import escape_psql

LIKE = {
    "like": "LIKE",
    "ilike": "ILIKE",
    "=like": "LIKE",
    "=ilike": "ILIKE",
}


def get_labels(records, name):
    """Return ``{value: label}`` of a selection field, in the reader's language."""
    return dict(records._fields[name]._description_selection(records.env))


def join(env, names):
    """Return names in a row, with the commas of the reader's language."""
    # Odoo translates no term that is a single sign.
    return env._("%(first)s, %(next)s", first="", next="").join(names)


def join_clauses(env, clauses):
    """Return what belongs together, with the semicolons of the reader's language."""
    return env._("%(first)s; %(next)s", first="", next="").join(clauses)


def add_remark(env, name, remark):
    """Return a name with a remark on it, in the brackets of the reader's language."""
    return env._("%(name)s (%(remark)s)", name=name, remark=remark)


def add_title(env, name, title):
    """Return a name and what it is about, with the reader's colon between them."""
    return env._("%(name)s: %(title)s", name=name, title=title)


def format_month(env, day):
    """Return the month of a day as the reader's language writes it.

    October 2026, 2026年10月: the order is the language's, so no pattern of ours has it.
    """
    locale = babel_locale_parse(get_lang(env).code)
    return babel.dates.format_skeleton("yMMMM", day, locale=locale)


def search_names(model, operator, value, expression, names):
    """Return the domain of the records whose computed name fits, for `search` of it.

    :param expression: the name in the reader's language, as SQL over ``record``
    :param names: the stored fields that the expression reads
    """
    if operator == "in":
        condition = SQL(
            "%s = ANY(%s::text[])", expression, [str(text or "") for text in value]
        )
    elif operator in LIKE:
        text = str(value or "")
        pattern = text if operator.startswith("=") else f"%{escape_psql(text)}%"
        condition = SQL("%s %s %s", expression, SQL(LIKE[operator]), pattern)
    else:
        return NotImplemented
    model.flush_model(names)
    return fields.Domain(
        "id",
        "in",
        SQL(
            "(SELECT record.id FROM %s record WHERE %s)",
            SQL.identifier(model._table),
            condition,
        ),
    )


def get_model_name(records):
    """Return what a model is called in the user's language, for sentences."""
    return records.env["ir.model"]._get_club_name(records._name)
