"""What an adjustment must be to be submitted, and to be posted. Rules B6, E2."""

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ...kernel import points_lots
from ..approval.club_approval_mixin_applicant import OFFICER
from ..approval.states import EDITABLE


class ClubPointsAdjustment(models.Model):
    _inherit = "club.points.adjustment"

    def _check_can_submit(self):
        self.ensure_one()
        # Units of accounts are the company's own; judged whatever the user may read.
        adjustment_sudo = self.sudo().with_company(self.company_id)
        applicant = self._get_approval_applicant()
        if self.approval_state in EDITABLE:
            adjustment_sudo.unit_id._check_can_apply(self.name, applicant)
        adjustment_sudo._check_lines()
        if not applicant.has_group(OFFICER):
            adjustment_sudo._check_inside_unit()
        adjustment_sudo._check_deductions()
        adjustment_sudo._check_revenue_months()

    def _check_lines(self):
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%s lists no account: add a line for each one that gets or loses "
                    "points.",
                    self.name,
                )
            )
        seen = set()
        for line in self.line_ids:
            account = line.account_id
            if (account, line.revenue_month) in seen:
                raise ValidationError(
                    self.env._(
                        "%(account)s is listed twice in %(adjustment)s: put its points "
                        "into one line.",
                        account=account.display_name,
                        adjustment=self.name,
                    )
                )
            seen.add((account, line.revenue_month))
            if account != account.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(account)s: points are kept with the "
                        "company.",
                        contact=account.display_name,
                        account=account.commercial_partner_id.display_name,
                    )
                )
            if account.company_id and account.company_id != self.company_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s belongs to another company than %(program)s.",
                        account=account.display_name,
                        program=self.program_id.name,
                    )
                )

    def _check_revenue_months(self):
        """Refuse points for revenue that a run posts, or that isn't open as signed."""
        lines = self.line_ids.filtered("revenue_month")
        if not lines:
            return
        start = self.program_id._get_correction_window().start
        found = lines._get_open_revenue(self.program_id)
        for line in lines:
            values = {
                "account": line.account_id.display_name,
                "month": f"{line.revenue_month:%Y-%m}",
                "adjustment": self.name,
            }
            if line.revenue_month >= start:
                raise ValidationError(
                    self.env._(
                        "%(month)s lies in the correction window: the next points run "
                        "posts what %(account)s lacks, so take the month out of "
                        "%(adjustment)s.",
                        **values,
                    )
                )
            is_open = found.get((line.account_id.id, line.revenue_month), (0, 0))
            if not any(is_open) or any(
                float_compare(now, signed, precision_digits=2)
                for now, signed in zip(
                    is_open, (line.revenue, line.revenue_points), strict=True
                )
            ):
                raise UserError(
                    self.env._(
                        "%(open)s of %(account)s's revenue of %(month)s is open, and "
                        "%(adjustment)s is for %(revenue)s: enter the month anew in a "
                        "draft, or leave it out.",
                        open=formatLang(self.env, is_open[0], digits=2),
                        revenue=formatLang(self.env, line.revenue, digits=2),
                        **values,
                    )
                )

    def _check_inside_unit(self):
        """Refuse accounts that the applying unit doesn't look after."""
        units = self.env["crm.team"].search([("id", "child_of", self.unit_id.id)])
        for account in self.line_ids.account_id:
            if account.club_unit_id not in units:
                raise UserError(
                    self.env._(
                        "%(account)s isn't looked after by %(unit)s or a unit below "
                        "it: its own unit applies, or a club officer.",
                        account=account.display_name,
                        unit=self.unit_id.name,
                    )
                )

    def _check_deductions(self):
        """Refuse to take more than an account has."""
        taken = self.line_ids.filtered(lambda line: line.points < 0)
        balances = self.env["club.points.entry"]._get_balances(
            self.program_id, taken.account_id
        )
        for line in taken:
            found = balances.get(line.account_id.id, points_lots.Balance())
            balance = float(found.available)
            if float_compare(balance + line.points, 0, precision_digits=2) < 0:
                raise UserError(
                    self.env._(
                        "%(account)s has %(balance)s points to spend: %(points)s can't "
                        "be taken from it.",
                        account=line.account_id.display_name,
                        balance=formatLang(self.env, balance, digits=2),
                        points=formatLang(self.env, -line.points, digits=2),
                    )
                )
