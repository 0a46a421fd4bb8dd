from odoo import fields, models

from ..kernel.cadence import FIRST_YEAR, LAST_YEAR
from ..models.record.rpc import for_one


class ClubYearReport(models.TransientModel):
    """The figures of a year on paper: by tier, industry and cause. Rules E3, E10."""

    _name = "club.year.report"
    _description = "Report of the Year"
    _inherit = ["club.guard.mixin"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    year = fields.Integer(
        "Calendar Year",
        required=True,
        default=lambda self: self.env.company._club_today().year,
    )

    _year_sane = models.Constraint(
        f"CHECK(year BETWEEN {FIRST_YEAR} AND {LAST_YEAR})",
        "A report is of a year of this century: enter four digits.",
    )

    @for_one
    def action_print(self):
        """Print the year."""
        self.check_access("read")
        # A year without figures is said before anything is printed.
        self.env["club.year.figures"]._get_year(self)
        # sudo: whoever may print need not read the reports' settings
        report_sudo = self.env.ref("crm_club.club_year_report_report").sudo()
        return report_sudo.report_action(self.ids, config=False)

    @for_one
    def action_export(self):
        """Download the year as a spreadsheet."""
        self.check_access("read")
        return self.env["club.xlsx.year"]._get_download_action(self)
