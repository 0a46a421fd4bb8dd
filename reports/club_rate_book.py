from odoo import api, models

from ..models.program.club_points_rate import COEFFICIENT, CONVERSION
from .rate_book import Book, Line, Step


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
