from odoo import api, fields, models

from ...kernel import windows
from ..approval.states import EDITABLE
from .beyond_window import beyond_window


class ClubPointsAdjustmentLine(models.Model):
    """An account that an adjustment gives points, or takes them from. Rule B6."""

    _name = "club.points.adjustment.line"
    _description = "Line of a Points Adjustment"
    _inherit = ["club.record.mixin"]
    _order = "adjustment_id, id"
    _rec_name = "account_id"
    _club_keeps = "account_id"
    _club_parent = "adjustment_id"
    _club_months = ("revenue_month",)
    _club_accounts = ("account_id",)

    adjustment_id = fields.Many2one(
        "club.points.adjustment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="adjustment_id.company_id", store=True)
    # Not unique within the document by an index: merging two accounts of one document
    # would fail on it. Submitting refuses an account that is listed twice.
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    points = fields.Float(
        digits=(16, 2), required=True, help="Negative: points that are taken away."
    )
    note = fields.Char()
    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue_month = fields.Date(
        help="The month whose revenue these points are for, where it is older than the "
        "correction window. Empty: they are for no revenue."
    )
    revenue = fields.Monetary(
        "Revenue Settled",
        compute="_compute_revenue",
        store=True,
        help="Revenue of that month which no points run posted.",
    )
    revenue_points = fields.Float(
        "Points at the Rates",
        digits=(16, 2),
        compute="_compute_revenue",
        store=True,
        help="What that revenue would add at its rates.",
    )
    is_balance_visible = fields.Boolean(
        compute="_compute_balance", help="Whether the user may see the balance."
    )
    balance = fields.Float(
        "Available Now",
        digits=(16, 2),
        compute="_compute_balance",
        help="Earned, less spent, expired and reserved.",
    )
    balance_after = fields.Float(
        "Available After", digits=(16, 2), compute="_compute_balance"
    )

    _points_moved = models.Constraint(
        "CHECK(points <> 0)",
        "An adjustment gives or takes points: enter how many, to two decimals.",
    )

    @api.depends("account_id", "revenue_month", "adjustment_id.program_id")
    def _compute_revenue(self):
        """Rule B9: what is open of the month now; it is signed, and so stays."""
        # Read before anything is set: lines may have gone with their document.
        dated = self.filtered("revenue_month")
        (self - dated).revenue = (self - dated).revenue_points = 0
        for program, lines in dated.grouped(
            lambda line: line.adjustment_id.program_id._origin
        ).items():
            found = lines._get_open_revenue(program)
            for line in lines:
                key = (
                    line.account_id._origin.id,
                    windows.month_start(line.revenue_month),
                )
                line.revenue, line.revenue_points = found.get(key, (0, 0))

    def _get_open_revenue(self, program):
        """Return ``{(account id, month): (revenue, points)}`` of these lines' accounts
        that is older than the correction window and not posted yet.
        """
        # What it would add is worked out whatever the user may read.
        program_sudo = program.sudo()
        if not program_sudo:
            return {}
        self.env["club.revenue.line"].flush_model()
        self.env["club.points.adjustment"].flush_model(["program_id", "run_id"])
        query = beyond_window(
            program_sudo,
            program_sudo._get_correction_window().start,
            self.account_id._origin.ids,
        )
        return {
            (account_id, month): (float(revenue), float(points))
            for account_id, month, _category_id, revenue, points in (
                self.env.execute_query(query) if query else ()
            )
        }

    @api.depends("account_id", "points", "adjustment_id.program_id")
    @api.depends_context("company", "uid")
    def _compute_balance(self):
        # Whoever may read all of an account's points may know what they come to.
        entries_sudo = self.env["club.points.entry"].sudo()
        for program, lines in self.grouped(
            lambda line: line.adjustment_id.program_id._origin
        ).items():
            visible = lines._filter_balance_visible()
            found = entries_sudo._get_balances(program, visible.account_id._origin)
            for line in lines:
                shown = line in visible
                balance = 0
                if shown and (figures := found.get(line.account_id._origin.id)):
                    balance = float(figures.available)
                line.is_balance_visible = shown
                line.balance = balance
                line.balance_after = balance + line.points if shown else 0

    def _filter_balance_visible(self):
        """Return the lines of one program whose balance the user may see. Rule E2.

        A draft may list any account, so there only the accounts that are his anyway;
        once it is submitted those whom it concerns see what they sign.
        """
        company = self.adjustment_id.company_id
        if not company:
            return self.browse()
        # Manager and unit of an account are those of the program's company.
        accounts = self.account_id._origin.with_company(company)
        mine = accounts._filter_club_readable() | accounts.filtered(
            lambda account: account.club_unit_id.club_is_verified
        )
        return self.filtered(
            lambda line: line.account_id
            and (
                line.account_id._origin in mine
                or line.adjustment_id.approval_state not in EDITABLE
            )
        )
