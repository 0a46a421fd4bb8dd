"""The number of a document: given when it is saved first, and never changed."""

from odoo import fields


def number(*, required=True):
    """Return the field of a document's number, which a draft shows as what it is.

    :param required: off where the table has rows of before without one
    """
    return fields.Char(
        "Number",
        required=required,
        readonly=True,
        copy=False,
        default=lambda self: self._get_draft_number(),
    )
