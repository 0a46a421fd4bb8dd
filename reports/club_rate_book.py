"""The rate book (折算标准表): all rates of a program that are in force on a day."""

from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models

from ..models.program.club_points_rate import COEFFICIENT, CONVERSION, format_rate


@dataclass(frozen=True, slots=True)
class Step:
    """A rate in force; `notice` is empty where it was there from the beginning."""

    value: float
    date_from: date
    date_to: date | bool
    notice: str

    @property
    def text(self):
        return format_rate(self.value)


@dataclass(frozen=True, slots=True)
class Line:
    """What a category, or a single product of it, has of its own."""

    category: str
    product: str
    conversion: Step | None
    coefficient: Step | None


@dataclass(frozen=True, slots=True)
class Book:
    """All rates of a program that are in force on a day."""

    program: models.BaseModel
    on: date
    lines: tuple[Line, ...]


class ClubRateBook(models.AbstractModel):
    """Collects rate books (折算标准表); PDF and sheet only walk them. Rule B2."""

    _name = "club.rate.book"
    _description = "Rate Book"

    @api.model
    def _get_book_data(self, programs, on=None):
        """Return a `Book` for each program, with the rates that the user may read.

        :param on: the day on which they are in force; today when None
        """
        programs.check_access("read")
        books = []
        for program in programs.with_env(self.env):
            day = on or program.with_company(program.company_id)._today()
            books.append(Book(program, day, self._prepare_lines(program, day)))
        return books

    def _prepare_lines(self, program, day):
        rates = self.env["club.points.rate"]
        found = rates.search(
            [("program_id", "=", program.id), *rates._domain_in_force(day)]
        )
        by_target = found.grouped(lambda rate: (rate.category_id, rate.product_id))
        lines = []
        for (category, product), steps in by_target.items():
            factors = steps.grouped("factor")
            lines.append(
                Line(
                    category=(category or product.categ_id).complete_name or "",
                    product=product.display_name or "",
                    conversion=self._prepare_step(factors.get(CONVERSION)),
                    coefficient=self._prepare_step(factors.get(COEFFICIENT)),
                )
            )
        return tuple(sorted(lines, key=lambda line: (line.category, line.product)))

    def _prepare_step(self, rate):
        """Return the step of a rate; the database has seen to it that it is one."""
        if not rate:
            return None
        return Step(rate.value, rate.date_from, rate.date_to, rate.notice_number or "")


class ReportRateBook(models.AbstractModel):
    _name = "report.crm_club.club_rate_book"
    _description = "Rate Book Report"
    _inherit = ["club.report.mixin"]

    _source = "club.program"
    _papers = "books"

    def _get_papers(self, programs, data):
        """Return the rate books of programs, as of today or of a day.

        :param data: may hold date; so may the context, as club_rate_book_date
        """
        on = data.get("date") or self.env.context.get("club_rate_book_date")
        day = fields.Date.to_date(on)
        return self.env["club.rate.book"]._get_book_data(programs, day)
