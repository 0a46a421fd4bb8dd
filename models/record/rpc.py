"""What our public methods refuse before they begin: RPC can call them on anything.

Odoo browses whatever ids a client sends, on mixins too, the same one twice if asked
to; what isn't an id then fails somewhere deep down with an error that tells nothing.
"""

from functools import wraps

from psycopg2 import DataError, ProgrammingError

from odoo import fields
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.fields import Domain
from odoo.orm.identifiers import NewId

from ...kernel.written import get_written
from .names import get_model_name
from .refused import WORKING, doing

ID_LIMIT = 2**31  # PostgreSQL's integer
VIEW_LIMIT = 2**53  # a view's row has an id of its own making: JavaScript's integer
# What a domain or an address that no list has made comes to: texts where numbers belong
# (which PostgreSQL notices), numbers beyond all bounds, lists within lists without end.
UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
    DataError,
    ProgrammingError,
)
# What a method that writes for others takes along of its caller's context.
KEPT = ("lang", "tz", "uid", "allowed_company_ids")


def for_records(method):
    """Let ``method`` run on records only, none or many, each of them once.

    :raises MissingError: when the ids can't be those of records
    """

    @wraps(method)
    def checked(self, *args, **kwargs):
        with doing(WORKING):
            return method(get_checked(self), *args, **kwargs)

    return checked


def for_one(method):
    """Let ``method`` run on one record only.

    :raises MissingError: when the id can't be that of a record
    :raises UserError: when there are none or several
    """

    @wraps(method)
    def checked(self, *args, **kwargs):
        self = get_checked(self)
        if len(self) != 1:
            raise UserError(
                self.env._("Choose one record of %s for this.", get_model_name(self))
            )
        with doing(WORKING):
            return method(self, *args, **kwargs)

    return checked


def without_client_context(records):
    """Leave out what RPC can slip in: defaults of what others fill in, archived
    records, keys by which Odoo keeps quiet.
    """
    context = records.env.context
    kept = {key: context[key] for key in KEPT if key in context}
    return records.with_context(kept)  # pylint: disable=context-overridden


def to_date(env, value):
    """Return the date that a client wrote; refuse what isn't one."""
    try:
        return fields.Date.to_date(value)
    except (TypeError, ValueError):
        raise ValidationError(env._("“%s” is not a date.", value)) from None


def to_text(value):
    """Return the text that a client wrote, without what PostgreSQL can't store.

    None when there is none left.
    """
    if not isinstance(value, str):
        return None
    kept = value.replace("\0", "").encode("utf-8", "ignore").decode()
    return kept.strip() or None


def to_reason(value):
    """Return a reason that a client wrote, None when it says nothing in words."""
    return get_written(to_text(value)) or None


def search_shown(model, shown, domain=Domain.TRUE):
    """Return the records that a client's list shows, of those of ``domain``.

    :param shown: the list's domain, as the client wrote it
    :raises UserError: when it can't be read
    """
    try:
        # PostgreSQL notices texts in the place of numbers, and then takes no more.
        with model.env.cr.savepoint(flush=False):
            return model.search(domain & Domain(shown))
    except UNREADABLE as error:
        raise UserError(
            model.env._(
                "The filter of the list can't be read: choose records of %s instead.",
                get_model_name(model),
            )
        ) from error


def get_checked(records):
    """Return the records, each once.

    :raises MissingError: when the ids can't be those of records
    """
    limit = ID_LIMIT if records._auto else VIEW_LIMIT
    if records._abstract or not all(is_id(each, limit) for each in records._ids):
        raise MissingError(
            records.env._("There is no such record of %s.", get_model_name(records))
        )
    if len(set(records._ids)) == len(records._ids):
        return records
    return records.browse(dict.fromkeys(records._ids))


def is_id(value, limit=ID_LIMIT):
    """Tell whether a record may have this id."""
    if type(value) is int:
        return value != 0 and -limit <= value < limit
    return isinstance(value, NewId)
