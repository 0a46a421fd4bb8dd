"""What a client sends as the value of a field, and what the field can't hold.

Odoo stores NaN, sums it, and fails far from where it came in; a list in place of an
amount, a choice that is none or a year without a place in the calendar end in a
traceback. `check_values` says so first, in one sentence, for all models of the club.
"""

import binascii
import math
import reprlib
from collections.abc import Mapping

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.models import BaseModel

from .names import get_model_name
from .rpc import ID_LIMIT, is_id

# A float still holds the cents of what is below.
NUMBER_LIMIT = 10**15
# What a calendar reaches, with room to add terms to it in any time zone.
FIRST_YEAR, LAST_YEAR = 1900, 2999
# How long a command to x2many fields is at least, by its number.
COMMAND_LENGTHS = (3, 3, 2, 2, 2, 1, 3)


def check_dicts(records, vals_list):
    """Refuse what a client sends in place of values by field.

    :param vals_list: as `create` takes it
    :raise ValidationError: naming the model
    """
    if isinstance(vals_list, list | tuple):
        odd = [values for values in vals_list if not _is_dict(values)]
    else:
        odd = [vals_list]
    if odd:
        raise ValidationError(
            records.env._(
                "%(model)s takes its values by the names of its fields, not %(value)s.",
                model=get_model_name(records),
                value=reprlib.repr(odd[0]),
            )
        )


def check_names(records, names):
    """Refuse what a client sends in place of a list of fields.

    :raise ValidationError: naming the model
    """
    if not isinstance(names, list | tuple | set | frozenset | dict) or not all(
        isinstance(name, str) for name in names
    ):
        raise ValidationError(
            records.env._(
                "Name the fields of %(model)s in a list, not by %(value)s.",
                model=get_model_name(records),
                value=reprlib.repr(names),
            )
        )


def _is_dict(values):
    return isinstance(values, Mapping) and all(isinstance(name, str) for name in values)


def check_values(records, values, in_form=False):
    """Refuse values that the club's fields of a model can't hold.

    What is nested in commands is checked where its own model creates or writes it.

    :param dict values: as `create` and `write` take them
    :param in_form: whether they are those of an open form: a line of it has the values
        of its document in the document's place
    :raise ValidationError: naming field and model
    """
    check_dicts(records, [values])
    for name, value in values.items():
        field = records._fields.get(name)
        if field is None and not in_form and records._name.startswith("club."):
            raise ValidationError(
                records.env._(
                    "%(model)s has no field %(value)s.",
                    model=get_model_name(records),
                    value=reprlib.repr(name),
                )
            )
        if field is None or value is False or value is None:
            continue
        if in_form and field.type == "many2one" and isinstance(value, dict):
            continue
        fits = CHECKS.get(field.type)
        if fits and records._is_club_field(field) and not fits(field, value, records):
            raise ValidationError(_explain(field, value, records))


def _explain(field, value, records):
    """Return the sentence on what the field takes instead of ``value``."""
    env = records.env
    terms = {
        "field": field._description_string(env),
        "model": get_model_name(records),
        "value": reprlib.repr(value),
    }
    if field.type == "integer":
        return env._(
            "%(field)s of %(model)s takes a whole number below 2,147,483,648, "
            "not %(value)s.",
            **terms,
        )
    if field.type in ("float", "monetary"):
        return env._(
            "%(field)s of %(model)s takes a number below 1,000,000,000,000,000, "
            "not %(value)s.",
            **terms,
        )
    if field.type in ("date", "datetime"):
        return env._(
            "%(field)s of %(model)s takes a day between the years 1900 and 2999, "
            "not %(value)s.",
            **terms,
        )
    if field.type in ("char", "text", "html"):
        return env._(
            "%(field)s of %(model)s takes a text that can be stored, not %(value)s.",
            **terms,
        )
    if field.type == "selection":
        return env._(
            "%(field)s of %(model)s takes one of its choices, not %(value)s.", **terms
        )
    if field.relational or field.type in ("many2one_reference", "reference"):
        return env._(
            "%(field)s of %(model)s takes records by their ids, not %(value)s.", **terms
        )
    return env._("%(field)s of %(model)s doesn't take %(value)s.", **terms)


# === What fits: the field, its value, records of its model === #


def _fits_integer(_field, value, _records):
    if not isinstance(value, int | float | str):
        return False
    try:
        return -ID_LIMIT <= int(value) < ID_LIMIT
    except (ValueError, OverflowError):
        return False


def _fits_number(_field, value, _records):
    if not isinstance(value, int | float | str):
        return False
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return False
    return math.isfinite(number) and abs(number) < NUMBER_LIMIT


def _fits_boolean(_field, value, _records):
    return isinstance(value, bool | int | float | str)


def _fits_text(field, value, records):
    if isinstance(value, dict) and field.translate:
        return all(_fits_text(field, term, records) for term in value.values())
    if not isinstance(value, str):
        # As Odoo does it, where a spreadsheet has numbers for codes.
        return type(value) is int or isinstance(value, float) and math.isfinite(value)
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fits_date(_field, value, _records):
    return _has_year(fields.Date.to_date, value)


def _fits_datetime(_field, value, _records):
    return _has_year(fields.Datetime.to_datetime, value)


def _has_year(convert, value):
    if value == "":
        return True
    try:
        return FIRST_YEAR <= convert(value).year <= LAST_YEAR
    except (TypeError, ValueError, AttributeError):
        return False


def _fits_binary(_field, value, _records):
    if not isinstance(value, bytes | str):
        return False
    try:
        binascii.a2b_base64(value)
    except ValueError:  # no base64, or no ASCII at all
        return False
    return True


def _fits_selection(field, value, records):
    return value == "" or value in field.get_values(records.env)


def _fits_many2one(_field, value, _records):
    if isinstance(value, tuple):  # with its name, as `read` gives it
        value = value and value[0]
    return isinstance(value, BaseModel) or not value or _is_record(value)


def _fits_reference(_field, value, records):
    if isinstance(value, BaseModel) or value == "":
        return True
    model, _comma, number = str(value).partition(",")
    return model in records.env and number.isdecimal() and is_id(int(number))


def _fits_commands(_field, value, _records):
    if isinstance(value, BaseModel):
        return True
    if not isinstance(value, list | tuple):
        return False
    if all(map(_is_record, value)):
        return True
    return all(map(_is_command, value))


def _is_command(command):
    if not isinstance(command, list | tuple) or not command:
        return False
    number = command[0]
    if not isinstance(number, int) or not 0 <= number < len(COMMAND_LENGTHS):
        return False
    if len(command) < COMMAND_LENGTHS[number]:
        return False
    if number in (0, 1) and not isinstance(command[2], dict):
        return False
    if number == 6:
        return isinstance(command[2], list | tuple | set) and all(
            map(_is_record, command[2])
        )
    return number in (0, 5) or _is_record(command[1])


def _is_record(value):
    """Tell whether a value may be the id of a record, new or not."""
    return is_id(value) and not (isinstance(value, int) and value < 0)


CHECKS = {
    "integer": _fits_integer,
    "float": _fits_number,
    "monetary": _fits_number,
    "boolean": _fits_boolean,
    "char": _fits_text,
    "text": _fits_text,
    "html": _fits_text,
    "date": _fits_date,
    "datetime": _fits_datetime,
    "binary": _fits_binary,
    "image": _fits_binary,
    "selection": _fits_selection,
    "many2one": _fits_many2one,
    "many2one_reference": _fits_many2one,
    "reference": _fits_reference,
    "one2many": _fits_commands,
    "many2many": _fits_commands,
}
