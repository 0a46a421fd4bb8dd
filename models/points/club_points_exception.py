from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..approval import states as approval
from ..program.club_points_kind import REVENUE
from ..program.club_points_rate import CONVERSION
from ..record.names import get_labels
from ..record.rpc import for_one, for_records
from .run_states import DRAFT


class ClubPointsException(models.Model):
    """Revenue that a run could not turn into points, and why. Rules B3, B4, B9."""

    _name = "club.points.exception"
    _description = "Exception of a Points Run"
    _inherit = ["club.record.mixin"]
    _order = "month desc, reason, revenue desc, id"
    _rec_name = "reason"
    _club_months = ("month",)
    _log_access = False

    run_id = fields.Many2one(
        "club.points.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    is_latest = fields.Boolean(
        "Latest Run",
        compute="_compute_is_latest",
        search="_search_is_latest",
        help="Of the last run that was computed: it looks at all that is still open, "
        "so earlier runs say nothing more.",
    )
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    reason = fields.Selection(
        [
            ("category", "No product category"),
            ("rate", "No conversion rate"),
            ("agreement", "No agreement in force"),
            ("window", "Beyond the correction window"),
        ],
        required=True,
        readonly=True,
    )
    month = fields.Date(readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    category_id = fields.Many2one("product.category", "Product Category", readonly=True)
    revenue = fields.Monetary(readonly=True)
    points = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="What it would add at the rates in force; empty where no rate is known.",
    )

    @api.depends("run_id")
    def _compute_is_latest(self):
        latest = self._get_latest_run_ids()
        for exception in self:
            exception.is_latest = exception.run_id.id in latest

    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("run_id", "in", self._get_latest_run_ids())]

    def _get_latest_run_ids(self):
        """Return the ids of the last computed run of each program."""
        # A run or two a month: few enough to look at all of them. sudo: which one is
        # the last doesn't hang on whom one asks.
        runs_sudo = self.env["club.points.run"].sudo()
        domain = [("kind", "=", REVENUE), ("state", "!=", DRAFT)]
        found = runs_sudo.search(domain, order="month desc, id desc")
        return [runs[0].id for runs in found.grouped("program_id").values()]

    @for_records
    def action_draw_up_adjustment(self):
        """Open a new adjustment that would post what these months still lack. B9.

        :raise UserError: when one of them is none of a month that is too old
        """
        self.check_access("read")
        for exception in self:
            if exception.reason != "window":
                raise UserError(
                    self.env._(
                        "%(reason)s of %(month)s: what is missing there is put right, "
                        "and the next run posts it; only revenue beyond the correction "
                        "window is adjusted.",
                        reason=get_labels(self, "reason")[exception.reason],
                        month=exception.month and f"{exception.month:%Y-%m}",
                    )
                )
        lines = [
            {
                "account_id": exception.account_id.id,
                "revenue_month": exception.month,
                "points": exception.points,
            }
            for exception in self
        ]
        return {
            "type": "ir.actions.act_window",
            "res_model": "club.points.adjustment",
            "views": [(False, "form")],
            "context": {
                "default_program_id": self.run_id.program_id[:1].id,
                "default_line_ids": [Command.create(values) for values in lines],
            },
        }

    @for_one
    def action_cure(self):
        """Open what cures the exception, prefilled: a new rate or agreement from the
        first month that lacks one, else an adjustment or the lines without a category.

        A rate for it that is drawn up already is opened instead. Rules B2, B4, B9.
        """
        self.check_access("read")
        if self.reason == "window":
            return self.action_draw_up_adjustment()
        if self.reason == "rate":
            return self._open_cure(
                "club.points.rate",
                self._find_drawn_up_rate(),
                factor=CONVERSION,
                category_id=self.category_id.id,
            )
        if self.reason == "agreement":
            return self._open_cure(
                "club.agreement",
                self.env["club.agreement"],
                account_id=self.account_id.id,
            )
        return self.action_open_revenue()

    def _open_cure(self, model, found, **values):
        """Open the record found, else a new one; nothing is left where it isn't saved.

        :raise AccessError: for who may not draw up such a record
        """
        self.env[model].check_access("create")
        values = {
            "program_id": self.run_id.program_id.id,
            "date_from": fields.Date.to_string(self._get_first_month()),
            **values,
        }
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": found.id,
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def _domain_same_cause(self):
        return [
            ("run_id", "=", self.run_id.id),
            ("reason", "=", self.reason),
            ("account_id", "=", self.account_id.id),
            ("category_id", "=", self.category_id.id),
        ]

    def _get_first_month(self):
        """Return the first month of the run that lacks the same."""
        return min(self.search(self._domain_same_cause()).mapped("month"))

    def _find_drawn_up_rate(self):
        """Return a rate for it that waits to be submitted or signed, if there is."""
        return self.env["club.points.rate"].search(
            [
                ("program_id", "=", self.run_id.program_id.id),
                ("factor", "=", CONVERSION),
                ("category_id", "=", self.category_id.id),
                ("product_id", "=", False),
                ("date_from", "<=", self._get_first_month()),
                ("approval_state", "in", (approval.DRAFT, approval.WAITING)),
                ("is_example", "=", False),
            ],
            limit=1,
        )

    @for_one
    def action_open_revenue(self):
        """Open the revenue lines behind the exception."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_revenue_action"
        )
        domain = [("month", "=", self.month), ("company_id", "=", self.company_id.id)]
        if self.account_id:
            domain.append(("account_id", "=", self.account_id.id))
        if self.reason in ("rate", "category"):
            domain.append(("category_id", "=", self.category_id.id))
        return {**action, "domain": domain, "context": {}}
