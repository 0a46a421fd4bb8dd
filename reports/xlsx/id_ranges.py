"""Ids in a URL: '1-5,9' for 1, 2, 3, 4, 5 and 9."""

from odoo.fields import Domain
from odoo.tools import groupby


def write_ids(ids):
    """Return ids as text, runs of them as ranges.

    >>> write_ids([9, 3, 1, 2])
    '1-3,9'
    """
    parts = []
    numbered = enumerate(sorted(set(ids)))
    for _key, run in groupby(numbered, lambda pair: pair[1] - pair[0]):
        values = [value for _index, value in run]
        first, last = values[0], values[-1]
        parts.append(str(first) if first == last else f"{first}-{last}")
    return ",".join(parts)


def domain_of(text):
    """Return the domain of the ids that a text names; other text is a ValueError.

    A range stays a range, so that a long one costs nothing.
    """
    domains = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if dash:
            domains.append(
                Domain("id", ">=", int(first)) & Domain("id", "<=", int(last))
            )
        else:
            domains.append(Domain("id", "=", int(first)))
    return Domain.OR(domains)
