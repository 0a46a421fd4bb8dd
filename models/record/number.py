"""The number of a document: given when it is saved first, and never changed."""

from odoo import fields

from .hold import hold
from .lock import MODULE


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


def next_of_series(company, code, day):
    """Return the next number of a company's own series, which has no gaps.

    The first of the company has the series made, the first of a year its range: of two
    at once the second begins anew, and finds what the first has made.

    :param code: of the sequence; the main company's is loaded as ``<code>_sequence``
    """
    hold(company)
    # sudo: whoever issues or signs last need not read or make sequences
    sequences_sudo = company.env["ir.sequence"].sudo().with_company(company)
    domain = [("code", "=", code), ("company_id", "=", company.id)]
    if not sequences_sudo.search_count(domain, limit=1):
        name = f"{MODULE}.{code.replace('.', '_')}_sequence"
        example_sudo = company.env.ref(name).sudo()
        own = {"company_id": company.id, "number_next": 1}
        (values,) = example_sudo.copy_data(own)
        # It goes with the add-on, as what is loaded does.
        record = {"xml_id": f"{name}_{company.id}", "values": values, "noupdate": True}
        sequences_sudo._load_records([record])
    return sequences_sudo.next_by_code(code, sequence_date=day)
