from odoo import models

from ...kernel.printed import strip_remote


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_html(self, report_ref, docids, data=None):
        """Let the club's papers show only what the server itself holds: the printer
        fetches as whoever prints. Rule E3.
        """
        content, kind = super()._render_qweb_html(report_ref, docids, data=data)
        report = self._get_report(report_ref)
        if report.report_name.startswith("crm_club."):
            content = strip_remote(content)
        return content, kind
