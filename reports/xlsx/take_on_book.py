"""The take-on's sheet: empty as a template, or filled with what is to be corrected.
Rules A14, E4.
"""

import io

import xlsxwriter

from ...kernel.take_on import (
    ACCOUNTS,
    CALENDAR,
    FLAG,
    POINTS,
    SHEETS,
    SPENDING,
    TIERS,
)
from ...kernel.text_width import measure
from .workbook import write_text

LAST_ROW = 1_048_575
# Excel takes lists of a sheet, not of a text: a text has 255 characters at most.
LISTS = "Lists"
WIDTHS = {"name": 32, "account": 28, "tax": 24, "unit": 24, "class": 24, "email": 24}
WIDTH = 16
WHAT = "What Is Wrong 错在何处"


def build_book(env, rows=None, faults=()):
    """Return the content of the workbook.

    :param rows: rows by sheet that were read; None for a template
    :param faults: what is wrong with them: ``[(sheet, row number, text)]``
    """
    output = io.BytesIO()
    wrong = {}
    for sheet, number, text in faults:
        wrong.setdefault((sheet, number), []).append(text)
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        # Cells are text, so that codes keep their zeros and nothing is a formula.
        formats = {
            "bold": book.add_format({"bold": True, "num_format": "@", "bottom": 1}),
            "must": book.add_format(
                {"bold": True, "num_format": "@", "bottom": 1, "font_color": "#9C0006"}
            ),
            "text": book.add_format({"num_format": "@"}),
            "list": book.add_format({"num_format": "@", "text_wrap": True}),
            "bad": book.add_format({"num_format": "@", "bg_color": "#FFC7CE"}),
        }
        choices = _get_choices(env)
        places = {}
        for key, kind in SHEETS.items():
            sheet = book.add_worksheet(kind.label)
            _write_sheet(sheet, key, (rows or {}).get(key, ()), wrong, formats)
            places[key] = sheet
        _write_notes(book.add_worksheet("Notes 说明"), env)
        lists = book.add_worksheet(LISTS)
        lists.hide()
        _offer(lists, places, choices, formats["text"])
    return output.getvalue()


def _write_sheet(sheet, key, rows, wrong, formats):
    columns = SHEETS[key].columns
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        # No narrower than its heading: the next one would cut it.
        width = max(WIDTHS.get(column.key, WIDTH), measure(column.label) + 2)
        sheet.set_column(place, place, width, formats["text"])
        write_text(
            sheet,
            0,
            place,
            column.label,
            formats["must" if column.required else "bold"],
        )
    if any(name == key for name, _number in wrong):
        sheet.set_column(len(columns), len(columns), 80, formats["text"])
        write_text(sheet, 0, len(columns), WHAT, formats["bold"])
    # The faulty ones first; each group in the order in which they came.
    ordered = sorted(rows, key=lambda row: (key, row.number) not in wrong)
    for number, row in enumerate(ordered, start=1):
        texts = wrong.get((key, row.number))
        cell_format = formats["bad" if texts else "text"]
        for place, cell in enumerate(row.cells):
            if cell:
                write_text(sheet, number, place, cell, cell_format)
        if texts:
            write_text(sheet, number, len(columns), "\n".join(texts), formats["list"])


def _get_choices(env):
    """Return ``{(sheet, column): names}`` of what is known here: of tiers and groups
    those of all programs of the company, for a sheet is for one of them.
    """
    company = env.company
    programs = env["club.program"].search([("company_id", "=", company.id)])
    ours = [("company_id", "in", (False, company.id))]
    # sudo: whoever may upload a sheet may name these
    groups_sudo = programs.sudo().group_ids
    users_sudo = env["res.users"].sudo()
    kinds_sudo = env["club.points.kind"].sudo()
    roles_sudo = env["club.contact.role"].sudo()
    units_sudo = env["crm.team"].sudo()
    classes_sudo = env["club.account.class"].sudo()
    found = {
        (ACCOUNTS, "unit"): units_sudo.search(ours).mapped("name"),
        (ACCOUNTS, "class"): classes_sudo.search(ours).mapped("name"),
        (ACCOUNTS, "manager"): users_sudo.search(
            [("share", "=", False), ("company_ids", "in", company.ids)]
        ).mapped("login"),
        ("contacts", "roles"): roles_sudo.search([]).mapped("name"),  # pylint: disable=no-search-all
        (TIERS, "group"): groups_sudo.mapped("name"),
        (TIERS, "tier"): groups_sudo.tier_ids.mapped("name"),
        (POINTS, "kind"): kinds_sudo.search([("code", "not in", SPENDING)]).mapped(
            "name"
        ),
    }
    for key, kind in SHEETS.items():
        for column in kind.columns:
            if column.kind == CALENDAR:
                found[key, column.key] = [env._("Solar"), env._("Lunar")]
            elif column.kind == FLAG:
                found[key, column.key] = [env._("Yes"), env._("No")]
    return found


def _offer(lists, places, choices, cell_format):
    """Write the names on a hidden sheet, row by row, and offer them as lists."""
    row = 0
    for (key, name), names in choices.items():
        names = list(dict.fromkeys(filter(None, names)))
        if not names:
            continue
        for place, text in enumerate(names):
            write_text(lists, row, place, text, cell_format)
        keys = [column.key for column in SHEETS[key].columns]
        column = keys.index(name)
        last = xlsxwriter.utility.xl_col_to_name(len(names) - 1)
        places[key].data_validation(
            1,
            column,
            LAST_ROW,
            column,
            {
                "validate": "list",
                "source": f"={LISTS}!$A${row + 1}:${last}${row + 1}",
                # What isn't on it is told by the check, and roles may be several.
                "error_type": "information",
                "show_error": False,
            },
        )
        row += 1


def _write_notes(sheet, env):
    sheet.set_column(0, 0, 100)
    for number, note in enumerate(
        (
            env._("Leave the headings and the names of the sheets as they are."),
            env._("Columns with a red heading are filled in each row."),
            env._(
                "Accounts: a row for each one. One that is known here is found by tax "
                "ID, customer code or exact name, and not doubled."
            ),
            env._(
                "Account, on the other sheets: its name, tax ID or customer code as on "
                "the first sheet."
            ),
            env._("Manager: the login, or the name where only one has it."),
            env._("Card: the number of the card that the account has already."),
            env._("Contacts: several roles are separated by commas."),
            env._(
                "Birthday: such as 1975-08-15, or 08-15 where the year isn't known; of "
                "a lunar one as it was told."
            ),
            env._("Tiers: those in force, from their first to their last day."),
            env._("Points: a row for each kind and last day of validity."),
            env._("Dates: such as 2026-01-31."),
        )
    ):
        write_text(sheet, number, 0, note, None)
