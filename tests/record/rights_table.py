"""Reads `docs/rights.md`, and writes cells as that table has them. No Odoo in here."""

import re
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "rights.md"
OPERATIONS = {"C": "create", "R": "read", "W": "write", "U": "unlink"}
# From the widest to the narrowest; each takes in those after it.
ALL, UNIT, OWN = SCOPES = ("all", "unit", "own")
NOTHING, BETWEEN = "–", " · "

_GRANT = re.compile(rf"([{''.join(OPERATIONS)}]+) ({'|'.join(SCOPES)})")
_FOOTNOTE = re.compile(r"\[\^\w+\]")
_MODEL = re.compile(r"^(?P<label>.+?) `(?P<model>[\w.]+)`$")


def parse_cell(text):
    """Return the scope of each operation that a cell grants.

    >>> parse_cell("R unit · CW own")
    {'read': 'unit', 'create': 'own', 'write': 'own'}
    >>> parse_cell("–")
    {}
    """
    text = _FOOTNOTE.sub("", text).strip()
    if text == NOTHING:
        return {}
    rights = {}
    for part in text.split(BETWEEN):
        match = _GRANT.fullmatch(part)
        if not match:
            raise ValueError(f"“{text}” isn't written like “R unit · CW own”.")
        rights |= {OPERATIONS[letter]: match[2] for letter in match[1]}
    return rights


def format_cell(rights):
    """Return the cell that grants each operation in its scope.

    >>> format_cell({"create": "own", "read": "all", "write": "own"})
    'R all · CW own'
    >>> format_cell({})
    '–'
    """
    grants = []
    for scope in SCOPES:
        letters = [
            letter for letter, name in OPERATIONS.items() if rights.get(name) == scope
        ]
        if letters:
            grants.append(f"{''.join(letters)} {scope}")
    return BETWEEN.join(grants) or NOTHING


def read_table(text):
    """Return the tables of rights: ``{model: (label, {role: rights})}``.

    A table of rights is one whose first column is headed “Record”.
    """
    rows, roles = {}, None
    for line in text.splitlines():
        if not line.startswith("|"):
            roles = None
            continue
        first, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        if first == "Record":
            roles = cells
        elif roles and not set(first) <= set(":-"):
            match = _MODEL.match(_FOOTNOTE.sub("", first).strip())
            if not match:
                raise ValueError(f"“{first}” isn't written like “Tier `club.tier`”.")
            if match["model"] in rows:
                raise ValueError(f"{match['model']} stands in the table twice.")
            rights = [parse_cell(cell) for cell in cells]
            rows[match["model"]] = (
                match["label"],
                dict(zip(roles, rights, strict=True)),
            )
    return rows
