from odoo import http
from odoo.http import content_disposition, request

from ..reports.xlsx.revenue_template import build_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ClubRevenueTemplate(http.Controller):
    @http.route("/crm_club/revenue/template", type="http", auth="user", readonly=True)
    def download(self):
        """Send an empty revenue statement to those who may upload one."""
        request.env["club.revenue.upload"].check_access("create")
        return request.make_response(
            build_template(request.env),
            headers=[
                ("Content-Type", XLSX),
                (
                    "Content-Disposition",
                    content_disposition(request.env._("Revenue statement") + ".xlsx"),
                ),
            ],
        )
