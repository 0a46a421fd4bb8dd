"""What the QWeb reports are given: data objects, no figure of their own."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ReportPointsStatement(models.AbstractModel):
    _name = "report.crm_club.club_points_statement"
    _description = "Points Statement Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the statements in each account's own language.

        :param data: may hold program_id, date_from and date_to
        """
        data = data or {}
        accounts = self.env["res.partner"].browse(docids).exists().commercial_partner_id
        period = [fields.Date.to_date(data.get(k)) for k in ("date_from", "date_to")]
        programs = self._get_programs(data.get("program_id"))
        statements = {account: [] for account in accounts}
        by_language = accounts.grouped(lambda account: account.lang or self.env.lang)
        for lang, of_lang in by_language.items():
            collector = self.env["club.points.statement"].with_context(lang=lang)
            for program in programs:
                for statement in collector._get_statement_data(
                    of_lang, program, *period
                ):
                    statements[statement.account.with_env(self.env)].append(statement)
        return {
            "doc_ids": accounts.ids,
            "doc_model": "res.partner",
            "statements": [
                statement
                for account in accounts
                for statement in self._get_used(statements[account])
            ],
        }

    def _get_programs(self, program_id=None):
        """Return the program asked for, or those of the company one works in."""
        programs = self.env["club.program"]
        if program_id:
            return programs.browse(int(program_id))
        programs = programs.search([("company_id", "=", self.env.company.id)])
        if not programs:
            raise UserError(
                self.env._(
                    "%s has no club program to print statements of.",
                    self.env.company.name,
                )
            )
        return programs

    def _get_used(self, statements):
        """Leave out programs in which the account has nothing, but for the main one."""
        used = [
            found
            for found in statements
            if found.months or found.closing or found.reserved
        ]
        return used or statements[:1]


class ReportRequalification(models.AbstractModel):
    _name = "report.crm_club.club_requalification_list"
    _description = "Requalification List Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        requalifications = self.env["club.requalification"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": requalifications._name,
            "sheets": self.env["club.requalification.sheet"]._get_sheet_data(
                requalifications
            ),
        }


class ReportRateBook(models.AbstractModel):
    _name = "report.crm_club.club_rate_book"
    _description = "Rate Book Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the rate books of programs, as of today or of a day.

        :param data: may hold date; so may the context, as club_rate_book_date
        """
        on = (data or {}).get("date") or self.env.context.get("club_rate_book_date")
        programs = self.env["club.program"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": programs._name,
            "books": self.env["club.rate.book"]._get_book_data(
                programs, fields.Date.to_date(on)
            ),
        }


class ReportRateNotice(models.AbstractModel):
    _name = "report.crm_club.club_rate_notice"
    _description = "Rate Notice Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        rates = self.env["club.points.rate"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": rates._name,
            "notices": self.env["club.rate.notice"]._get_notice_data(rates),
        }
