"""How a capability says what of its records is counted as a figure of a month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL


@dataclass(frozen=True)
class FigureSpan:
    """The days that are counted, both ends inclusive, from the first of a month; in
    the month that still runs up to today.
    """

    company_ids: tuple[int, ...]
    start: date
    end: date
    today: date

    def get_ends(self):
        """Return a SELECT of each month and of the day as of which it is counted."""
        return SQL(
            """
            SELECT m::date AS month, least((m + interval '1 month - 1 day')::date,
                                           %(end)s::date) AS day
              FROM generate_series(%(start)s::timestamp, %(end)s::timestamp, '1 month')
                   AS m
            """,
            start=self.start,
            end=self.end,
        )


def local_day(moment, company):
    """Return SQL of the day of a moment where the club of a company is.

    :param moment: SQL of a moment in UTC, as Odoo stores it
    :param company: SQL of the company's id
    """
    return SQL(
        "(%s AT TIME ZONE 'UTC' AT TIME ZONE coalesce((SELECT z.club_timezone"
        " FROM res_company z WHERE z.id = %s), 'UTC'))::date",
        moment,
        company,
    )


@dataclass(frozen=True)
class FigureSource:
    """One figure: which records of a model are counted, in which month and unit. The
    sums and what a figure opens are made of the same.

    :ivar code: of the figure
    :ivar domain: which of the records are counted
    :ivar date: the field with the day, or moment, in whose month a record is counted.
        This one, unit, account and tier may lead through a record: ``run_id.month``
    :ivar is_stock: whether a record is counted in each month that ends while it lasts
    :ivar until: of a stock, the field with its last day (empty: it lasts on)
    :ivar is_until_over: whether it lasts no longer on that day itself
    :ivar unit: the field with its unit; else
    :ivar account: the field with its account: it is counted to the unit of which this
        was when the month ended
    :ivar tier: the field with the tier, of figures by tier
    :ivar program: the field with the program, of figures that nobody adds up over
        programs: rows and sums, too, then have a column ``program_id``
    :ivar value: the field that is summed; else each record is counted as one
    :ivar sign: -1 where the ledger takes what the figure adds
    :ivar counted: the domain of those that count, of figures that are a share of all
        these records
    :ivar is_mean: whether the sum is out of so many records
    :ivar rows: in place of all above, called with a `FigureSpan`: SQL of a SELECT with
        the columns ``id, company_id, account_id, unit_id, month`` (its first day)``,
        tier_id, value, base``; a record is in it once a month. The unit is found by the
        account where one is given
    :ivar sums: in place of the records' sums, called with a `FigureSpan`: SQL of a
        SELECT with these columns but for the id, from what is summed already
    """

    code: str
    domain: tuple = ()
    date: str = ""
    is_stock: bool = False
    until: str = ""
    is_until_over: bool = False
    unit: str = ""
    account: str = ""
    tier: str = ""
    program: str = ""
    value: str = ""
    sign: int = 1
    counted: tuple | None = None
    is_mean: bool = False
    rows: Callable | None = None
    sums: Callable | None = None
