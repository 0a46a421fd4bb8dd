from psycopg2 import DataError, ProgrammingError
from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request

from .club_revenue_template import XLSX

BUILDERS = {
    "roster": "club.xlsx.roster",
    "statement": "club.xlsx.statement",
    "rate_book": "club.xlsx.rate.book",
    "requalification": "club.xlsx.requalification",
    "what_if": "club.xlsx.what.if",
    "plan": "club.xlsx.plan",
    "activities": "club.xlsx.activities",
    "guest_list": "club.xlsx.guest.list",
    "satisfaction": "club.xlsx.satisfaction",
}
# What an address that no list has made comes to: texts where numbers belong (which
# PostgreSQL notices), numbers beyond all bounds, lists within lists without end.
UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
    DataError,
    ProgrammingError,
)


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
        if kind not in BUILDERS:
            raise NotFound
        try:
            if cids:
                companies = [int(company) for company in cids.split("-")]
                request.update_context(allowed_company_ids=companies)
            builder = request.env[BUILDERS[kind]]
            records = builder._find_records(ids, domain)
            read = builder._read_options(options)
        except UNREADABLE as error:
            raise BadRequest("This address can't be read.") from error
        name = builder._get_file_name(records)
        return request.make_response(
            builder._build(records, **read),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
