"""What a take-on's faults say, in the user's language. Rule A14."""

from odoo.tools.translate import LazyTranslate

from ...kernel import take_on as kernel

_lt = LazyTranslate(__name__)

# For each problem what is wrong, and what would be right; %s is what the kernel adds.
PROBLEMS = {
    kernel.NO_SHEET: (
        _lt("The file has no visible sheet of accounts."),
        _lt("Use the template, and keep the names of its sheets."),
    ),
    kernel.NO_COLUMN: (
        _lt("The heading of this column is missing."),
        _lt("Keep the headings of the template in the first row."),
    ),
    kernel.NO_ROW: (
        _lt("No account is listed."),
        _lt("A row for each account that is taken on."),
    ),
    kernel.EMPTY: (_lt("It is empty."), _lt("This column is filled in each row.")),
    kernel.LONG: (_lt("The text is too long."), _lt("At most 200 characters.")),
    kernel.FORMULA: (
        _lt("It is a formula without a result."),
        _lt("Enter the value itself."),
    ),
    kernel.UNSURE: (
        _lt("The spreadsheet has changed it, so it can be read in two ways."),
        _lt("Format the cell as text and enter it again."),
    ),
    kernel.NO_DAY: (_lt("It is no date."), _lt("A date such as 2026-01-31.")),
    kernel.NO_NUMBER: (
        _lt("It is no number of points."),
        _lt("A number above 0 with two decimals at most."),
    ),
    kernel.NO_BIRTHDAY: (
        _lt("There is no such birthday."),
        _lt("A day such as 1975-08-15 or 08-15, and whether it is lunar."),
    ),
    kernel.NO_CHOICE: (
        _lt("It can't be read."),
        _lt("An entry of the list, as the template offers it."),
    ),
    kernel.UNKNOWN: (
        _lt("There is none of this name here."),
        _lt("One of: %s"),
    ),
    kernel.SEVERAL: (
        _lt("There are several of this name."),
        _lt("What tells the %s apart: a tax ID, a customer code, a login."),
    ),
    kernel.TWICE: (_lt("It is listed twice."), _lt("It stands in row %s already.")),
    kernel.NO_ACCOUNT: (
        _lt("The sheet of accounts doesn't list it."),
        _lt("Name, tax ID or customer code as on the sheet of accounts."),
    ),
    kernel.DIFFERS: (
        _lt("It belongs to another account."),
        _lt("What is known here: %s"),
    ),
    kernel.STANDS: (
        _lt("The account was taken on before."),
        _lt("Leave it out: %s stands against it."),
    ),
    kernel.ENDS_BEFORE: (
        _lt("It ends before it begins."),
        _lt("A day after the first one."),
    ),
    kernel.OVER: (_lt("It is over already."), _lt("%s or a later day.")),
    kernel.LATER: (_lt("It hasn't begun yet."), _lt("%s or an earlier day.")),
    kernel.IS_MEMBER: (
        _lt("The person is a member contact of the account already."),
        _lt("Leave the row out."),
    ),
    kernel.OVERLAPS: (
        _lt("The account has a tier of this group at that time."),
        _lt("Leave the row out: its tier of %s stands."),
    ),
    kernel.AGREED: (
        _lt("This agreement is registered already."),
        _lt("Another number: it is %s's."),
    ),
    kernel.NO_CARD: (
        _lt("It is no number of a card."),
        _lt("Letters and digits, at most 40."),
    ),
    kernel.CARD_TAKEN: (
        _lt("The register has a card of this number."),
        _lt("Another number, or none."),
    ),
    kernel.HAS_CARD: (
        _lt("The account has a card that is in use."),
        _lt("No number here: its card is %s."),
    ),
    kernel.NO_TIER: (
        _lt("A card belongs to a tier, and the account has none here."),
        _lt("A row of its membership on the sheet of tiers, or no card."),
    ),
    kernel.LONELY: (
        _lt("The number of the agreement is missing."),
        _lt("A number, or no day either."),
    ),
}
NOTHING_KNOWN = _lt("Set one up first: there is none here yet.")
SHOWN = 80  # characters of a cell


def get_fault_texts(env, fault):
    """Return what a fault says, by the fields of `club.take.on.fault`."""
    sheet = kernel.SHEETS[fault.sheet]
    labels = {column.key: column.label for column in sheet.columns}
    problem, wanted = PROBLEMS[fault.problem]
    if fault.problem == kernel.UNKNOWN and not fault.wanted:
        wanted = NOTHING_KNOWN
    text = env._(wanted)
    return {
        "sheet": sheet.label,
        "row": fault.row,
        "column": labels.get(fault.column, ""),
        "value": fault.value[:SHOWN],
        "problem": env._(problem),
        "wanted": text.replace("%s", fault.wanted),
    }
