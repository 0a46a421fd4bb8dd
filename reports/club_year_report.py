"""The figures of a year on a page: together, and by what they differ. Rules E3, E10."""

from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError

from ..models.figures.club_figure_year import CODES, MEANS, MONEY
from ..models.record.names import get_labels

FULL = 100
# By what retention's cases differ, and by what all other figures do.
CAUSE, TIER, INDUSTRY = "cause_id", "tier_id", "industry_id"


@dataclass(frozen=True, slots=True)
class YearLine:
    """A figure: how much, out of how many, and what that comes to."""

    label: str
    value: float
    base: float
    is_money: bool  # whether it counts currency
    is_mean: bool  # whether it comes to currency for each of them

    @property
    def ratio(self):
        """Per cent, referrals per 100 members, or currency for each; None: of none."""
        if not self.base:
            return None
        return self.value / self.base * (1 if self.is_mean else FULL)


@dataclass(frozen=True, slots=True)
class YearTable:
    """A figure by tier, industry or cause: a line for each of them."""

    title: str
    lines: tuple[YearLine, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """What a company's year came to."""

    company: models.BaseModel
    currency: models.BaseModel
    name: str
    lines: tuple[YearLine, ...]
    by: tuple[tuple[str, tuple[YearTable, ...]], ...]


class ClubYearFigures(models.AbstractModel):
    """Collects the figures of a year; print and spreadsheet only walk them."""

    _name = "club.year.figures"
    _description = "Figures of a Year on a Page"

    @api.model
    def _get_year(self, dialog):
        """Return the `Year` of a dialog, as far as the user may read it.

        :param dialog: a `club.year.report`
        :raises UserError: when the year has no figures
        """
        dialog.check_access("read")
        figures = self.env["club.figure.year"].search(
            [("company_id", "=", dialog.company_id.id), ("year", "=", dialog.year)]
        )
        if not figures:
            raise UserError(
                self.env._(
                    "There are no figures of %(year)s of %(company)s that you may "
                    "read: they are worked out every night.",
                    year=dialog.year,
                    company=dialog.company_id.name,
                )
            )
        company_sudo = dialog.company_id.sudo()  # its currency
        return Year(
            company=company_sudo,
            currency=company_sudo.currency_id,
            name=str(dialog.year),
            lines=self._sum_lines(figures),
            by=(
                (self.env._("By membership tier"), self._sum_by(figures, TIER)),
                (self.env._("By industry"), self._sum_by(figures, INDUSTRY)),
                (self.env._("By cause"), self._sum_by(figures, CAUSE)),
            ),
        )

    def _sum_lines(self, figures):
        """Return a line for each figure, in their order."""
        labels = get_labels(figures, "code")
        found = figures.grouped("code")
        return tuple(
            self._sum_line(labels[code], code, found[code])
            for code, _label in CODES
            if code in found
        )

    def _sum_line(self, label, code, figures):
        return YearLine(
            label=label,
            value=sum(figures.mapped("value")),
            base=sum(figures.mapped("base")),
            is_money=code in MONEY,
            is_mean=code in MEANS,
        )

    def _sum_by(self, figures, name):
        """Return a table for each figure that has something in a field."""
        labels = get_labels(figures, "code")
        # sudo: a paper names tiers, industries and causes
        found = defaultdict(dict)
        for (code, of_sudo), rows in (
            figures.sudo().grouped(lambda row: (row.code, row[name])).items()
        ):
            found[code][of_sudo] = rows
        return tuple(
            YearTable(
                title=labels[code],
                lines=tuple(
                    self._sum_line(
                        of_sudo.display_name or self.env._("None"), code, rows
                    )
                    for of_sudo, rows in sorted(
                        found[code].items(), key=lambda item: _place(item[0])
                    )
                ),
            )
            for code, _label in CODES
            if any(found.get(code, ()))
        )


def _place(record):
    """Return where a tier, industry or cause stands: in its own order, none last."""
    return not record, getattr(record, "sequence", 0), record.name or "", record.id


class ClubYearReportPaper(models.AbstractModel):
    _name = "report.crm_club.club_year_report"
    _description = "Report of the Year on Paper"
    _inherit = ["club.report.mixin", "club.year.figures"]
    _source = "club.year.report"
    _papers = "years"

    @api.model
    def _get_papers(self, records, data):
        return [self._get_year(dialog) for dialog in records]
