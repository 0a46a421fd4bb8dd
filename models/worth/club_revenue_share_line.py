from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .share_sql import credited_lines

HOLDER, SERVER = "holder", "server"
ROLES = [(HOLDER, "Holds the account"), (SERVER, "Serves the account")]


class ClubRevenueShareLine(models.Model):
    """A unit, or somebody of it, that gets a percentage of the revenue. Rule B11."""

    _name = "club.revenue.share.line"
    _description = "Sharer of Revenue"
    _inherit = ["club.record.mixin"]
    _order = "share_id, role, id"
    _rec_name = "unit_id"
    _club_parent = "share_id"

    share_id = fields.Many2one(
        "club.revenue.share", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="share_id.company_id", store=True)
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Its lead signs.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Whose targets it counts to, besides the unit's. Empty: the unit's alone.",
    )
    role = fields.Selection(ROLES, required=True, default=SERVER)
    percent = fields.Float("Share (%)", digits=(5, 2), required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    credited = fields.Monetary(
        "Counted So Far",
        compute="_compute_credited",
        compute_sudo=True,
        help="Revenue of the account that counts to this sharer's targets until today.",
    )

    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _percent = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)",
        "A share is more than 0 and at most 100 per cent.",
    )

    def _compute_credited(self):
        """Add up in one statement for each company; none holds before its signatures.

        What unsigned lines would share isn't looked at.
        """
        found = {}
        for company, lines in self.grouped("company_id").items():
            shares = lines.share_id.filtered("approval_request_id")
            if shares:
                found.update(self._sum_credited(company, shares))
        for line in self:
            line.credited = found.get(line._origin.id, 0)

    @api.model
    def _sum_credited(self, company, shares):
        """Return `{id of a line: amount}` of shares of a company."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT sharer_id, sum(amount) FROM (%s) c"
                " WHERE sharer_id IS NOT NULL GROUP BY sharer_id",
                credited_lines(
                    company.id,
                    min(shares.mapped("date_from")),
                    company._club_today(),
                    shares.account_id.ids,
                ),
            )
        )
        return dict(rows)

    @api.constrains("share_id", "unit_id", "user_id")
    def _check_once(self):
        """Refuse to name a person, or a unit as such, twice in one document."""
        for share_sudo in self.share_id.sudo():  # all lines, whoever reads them
            named = [line.user_id or line.unit_id for line in share_sudo.line_ids]
            twice = [each for each in named if named.count(each) > 1]
            if twice:
                raise ValidationError(
                    self.env._(
                        "%(sharer)s stands twice in %(share)s: one line has it all.",
                        sharer=twice[0].name,
                        share=share_sudo.name,
                    )
                )

    def _check_people(self):
        """Refuse people who have left, or don't work in the unit that they stand for.

        :raises UserError:
        """
        for line in self.filtered("user_id"):
            user, unit = line.user_id, line.unit_id
            account = line.share_id.account_id.with_company(line.company_id)
            works_there = user in unit.user_id | unit.member_ids or (
                user == account.club_manager_id and unit == account.club_unit_id
            )
            if not (
                user.active and line.company_id in user.company_ids and works_there
            ):
                raise UserError(
                    self.env._(
                        "%(share)s: %(user)s doesn't work in %(unit)s: name a member "
                        "of the unit, its lead, or the account's manager.",
                        share=line.share_id.name,
                        user=user.name,
                        unit=unit.name,
                    )
                )
