from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..kernel import windows
from ..models.record.rpc import for_one, without_client_context

VISITS, LOG = "visits", "log"
PAPERS = [(LOG, "Contact Log"), (VISITS, "Visit Records")]
REPORTS = {
    VISITS: ("crm_club.club_visit_record_report", "club.xlsx.visit.record"),
    LOG: ("crm_club.club_contact_log_sheet_report", "club.xlsx.contact.log"),
}


class ClubContactPrint(models.TransientModel):
    """The papers of a month's contacts: a salesperson's, or all. Rules E3, E4."""

    _name = "club.contact.print"
    _description = "Print Contacts"
    _inherit = ["club.guard.mixin"]
    _club_months = ("month",)

    paper = fields.Selection(PAPERS, required=True, default=LOG)
    month = fields.Date(
        required=True,
        default=lambda self: self.env.company._club_today().replace(day=1),
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Empty: all contacts of the month that you may read.",
    )

    @for_one
    def action_print(self):
        """Print what was chosen."""
        logs = self._get_logs()
        report, _xlsx = REPORTS[self.paper]
        # sudo: whoever may print need not read the reports' settings
        report_sudo = self.env.ref(report).sudo()
        return report_sudo.report_action(logs.ids, config=False)

    @for_one
    def action_export(self):
        """Download what was chosen as a spreadsheet."""
        _report, xlsx = REPORTS[self.paper]
        return self.env[xlsx]._get_download_action(self._get_logs())

    def _get_logs(self):
        """Return the contacts that the user may read, free of the client's context.

        :raises UserError: when there are none
        """
        self.check_access("read")
        dialog = without_client_context(self)
        first = dialog.month.replace(day=1)
        domain = Domain("held_on", ">=", first) & Domain(
            "held_on", "<=", windows.month_end(first)
        )
        if dialog.user_id:
            domain &= Domain("user_id", "=", dialog.user_id.id)
        logs = dialog.env["club.contact.log"].search(domain, order="held_on, id")
        if not logs:
            raise UserError(
                self.env._("No contact of that month and salesperson to print.")
            )
        return logs
