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
        used = [found for found in statements if found.months or found.balance]
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
