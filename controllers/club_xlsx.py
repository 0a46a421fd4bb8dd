from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..models.record.rpc import UNREADABLE
from ..reports.xlsx.revenue_template import build_template
from ..reports.xlsx.take_on_book import build_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ClubXlsx(http.Controller):
    @http.route(
        "/crm_club/xlsx/<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, /, kind, ids=None, domain=None, cids=None, **options):
        """Send a spreadsheet of what the user may see in the list that it comes from.

        :param ids: text such as '1-5,9'
        :param domain: JSON text
        :param cids: the companies one works in, as the web client writes them: '1-2'
        """
        builders = request.env["club.xlsx"]._get_builders()
        if kind not in builders:
            raise NotFound
        try:
            if cids:
                companies = [int(company) for company in cids.split("-")]
                request.update_context(allowed_company_ids=companies)
            builder = request.env[builders[kind]]
            records = builder._find_records(ids, domain)
            read = builder._read_options(options)
        except UNREADABLE as error:
            raise BadRequest("This address can't be read.") from error
        name = builder._get_file_name(records)
        return self._send(builder._build(records, **read), name)

    @http.route("/crm_club/revenue/template", type="http", auth="user", readonly=True)
    def download_template(self):
        """Send an empty revenue statement to those who may upload one."""
        request.env["club.revenue.upload"].check_access("create")
        name = request.env._("Revenue statement")
        return self._send(build_template(request.env), name)

    @http.route("/crm_club/take_on/template", type="http", auth="user", readonly=True)
    def download_take_on(self):
        """Send an empty take-on sheet to those who may upload one. Rules A14, E4."""
        self._work_in_companies()
        request.env["club.take.on"].check_access("create")
        name = request.env._("Take-on")
        return self._send(build_book(request.env), name)

    def _work_in_companies(self):
        """Take the companies that the web client works in, the first one in front.

        The address of what a menu downloads can't name them.
        """
        mine = request.env.user.company_ids.ids
        chosen = request.cookies.get("cids", "").split("-")
        companies = [int(key) for key in chosen if key.isdigit() and int(key) in mine]
        if companies:
            request.update_context(allowed_company_ids=companies)

    def _send(self, content, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
