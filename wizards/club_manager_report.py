from odoo import fields, models

from ..kernel.windows import add_months
from ..models.record.groups import AUDITOR, FINANCE, OFFICER
from ..models.record.rpc import for_one, without_client_context


class ClubManagerReport(models.TransientModel):
    """The month of all account managers, or one's own, on paper. Rules D10, E3, E4.

    A lead has those of his units, with what they did for these; everybody has his own.
    """

    _name = "club.manager.report"
    _description = "Monthly Manager Report"
    _inherit = ["club.guard.mixin"]
    _club_months = ("month",)

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    month = fields.Date(
        required=True,
        default=lambda self: add_months(
            self.env.company._club_today().replace(day=1), -1
        ),
    )
    unit_id = fields.Many2one(
        "crm.team",
        "Unit and Those Below",
        domain=[("club_level", "!=", False)],
        help="Empty: all that you may read.",
    )

    @for_one
    def action_print(self):
        """Print a page for each manager."""
        self.check_access("read")
        # Nobody to report of is said before anything is printed.
        self.env["club.manager.months"]._get_months(self)
        # sudo: whoever may print need not read the reports' settings
        report_sudo = self.env.ref("crm_club.club_manager_report_report").sudo()
        return report_sudo.report_action(self.ids, config=False)

    @for_one
    def action_export(self):
        """Download a spreadsheet with a row for each manager."""
        self.check_access("read")
        return self.env["club.xlsx.managers"]._get_download_action(self)

    def _get_scope(self):
        """Return ``(ids of units, id of a user)`` whose figures the user reads here,
        None for all of the company.
        """
        dialog = without_client_context(self).with_company(self.company_id)
        accounts = dialog.env["res.partner"]
        scope = accounts._get_my_scope(OFFICER, FINANCE, AUDITOR)
        # sudo: which units hang below one
        units_sudo = dialog.env["crm.team"].sudo().with_context(active_test=False)
        chosen = units_sudo.browse()
        if dialog.unit_id:
            chosen = units_sudo.search([("id", "child_of", dialog.unit_id.id)])
        if scope.has_all:
            return (tuple(chosen.ids), 0) if chosen else None
        if chosen:
            return tuple((chosen & scope.led).ids), 0
        return tuple(scope.led.ids), dialog.env.uid
