from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...kernel import windows
from ..points.run_states import POSTED
from ..program.club_points_kind import REVENUE
from ..record.by_company import ByCompany
from ..record.rpc import for_one
from .pulse_sql import refresh_query

ACTIVE, OCCASIONAL, DORMANT = "active", "occasional", "dormant"
LEVELS = [
    (ACTIVE, "Active Buyer"),
    (OCCASIONAL, "Occasional Buyer"),
    (DORMANT, "Dormant"),
]


class ClubAccountPulse(models.Model):
    """How active an account is in a company: one row, written by one statement after
    each posted month and every night. Rules D1, D5, D6, E10.

    Figures end with the last month whose points are posted, or without any with the
    last one that is over: a month that isn't booked yet would look like a loss.

    An account buys regularly when it bought on enough days of the last 12 months
    (`club.program.rhythm_purchases`), usually a week or more apart, and the middle half
    of the gaps lies within a tolerance around the usual gap, which is their median.
    Its next purchase is overdue once the usual gap and the tolerance have passed.
    """

    _name = "club.account.pulse"
    _description = "Pulse of an Account"
    _inherit = ["club.record.mixin"]
    _order = "value desc, id"
    _rec_name = "account_id"
    _club_months = ("month",)
    _club_by_code = True
    _club_fixes_currency = True

    account_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    user_id = ByCompany(related="account_id.club_manager_id", string="Account Manager")
    industry_id = fields.Many2one(related="account_id.industry_id", string="Industry")
    month = fields.Date(
        "Up to Month", readonly=True, help="The last month that counts."
    )
    level = fields.Selection(
        LEVELS,
        "Activity Level",
        required=True,
        readonly=True,
        index=True,
        help="By the number of the last 3 months with revenue; the program says the "
        "bounds.",
    )
    active_months = fields.Integer(
        "Months with Revenue",
        readonly=True,
        aggregator=None,
        help="Of the last 3 months, those with more booked than credited.",
    )
    value = fields.Monetary(
        "Value of 12 Months",
        readonly=True,
        help="Effective revenue: booked revenue times the conversion rate, 0 where no "
        "rate is in force.",
    )
    value_before = fields.Monetary(
        "Value of 12 Months Before",
        readonly=True,
        help="Effective revenue of the 12 months before those.",
    )
    revenue = fields.Monetary(
        "Revenue of 3 Months", readonly=True, help="Booked in the last 3 months."
    )
    revenue_before = fields.Monetary(
        "Same 3 Months Last Year",
        readonly=True,
        help="Booked in the same 3 months a year earlier.",
    )
    trend = fields.Float(
        "Trend (%)",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="The last 3 months' revenue against last year's same months, per cent "
        "more or less; 0 too where there was none.",
    )
    month_revenue = fields.Monetary("Revenue of the Month", readonly=True)
    month_revenue_before = fields.Monetary("Same Month Last Year", readonly=True)
    lines_used = fields.Integer(
        "Business Lines Used",
        readonly=True,
        aggregator=None,
        help="Business lines with revenue in the 12 months. From 2 on the account is "
        "cross-line.",
    )
    is_cross_line = fields.Boolean(
        "Cross-Line",
        compute="_compute_is_cross_line",
        search="_search_is_cross_line",
        help="Revenue in at least 2 business lines in 12 months.",
    )
    date_last = fields.Date(
        "Last Revenue",
        readonly=True,
        help="The last day with more booked than credited, within 24 months. An "
        "imported line counts for the last day of its month.",
    )
    gap_days = fields.Integer(
        "Usual Gap (Days)",
        readonly=True,
        aggregator=None,
        help="Median of the days between two purchases of the last 12 months.",
    )
    rhythm_due = fields.Date(
        "Next Purchase Until",
        readonly=True,
        help="After this day a regular purchase is overdue. Empty: the account doesn't "
        "buy regularly.",
    )
    reasons = fields.Text(compute="_compute_reasons", help="What the level comes from.")

    _account_uniq = models.UniqueIndex(
        "(account_id, company_id)", "An account has one pulse in each company."
    )

    @api.depends("lines_used")
    def _compute_is_cross_line(self):
        for pulse in self:
            pulse.is_cross_line = pulse.lines_used >= 2

    def _search_is_cross_line(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("lines_used", ">=", 2)]

    @api.depends(
        *("month", "active_months", "revenue", "revenue_before", "trend", "lines_used"),
        *("date_last", "gap_days", "rhythm_due"),
    )
    @api.depends_context("lang")
    def _compute_reasons(self):
        for pulse in self:
            pulse.reasons = "\n".join(pulse._get_reasons())

    def _get_reasons(self):
        """Return what is to be said of the account, in the reader's language."""
        self.ensure_one()
        words = [
            self.env._(
                "Revenue in %(count)s of the 3 months up to %(month)s.",
                count=self.active_months,
                month=format_date(self.env, self.month, date_format="yyyy-MM"),
            )
        ]
        words += self._get_trend_words()
        if self.date_last:
            words.append(
                self.env._("Last revenue on %s.", format_date(self.env, self.date_last))
            )
        else:
            words.append(self.env._("No revenue in 24 months."))
        if self.rhythm_due:
            words.append(
                self.env._(
                    "Days between purchases: %(days)s; the next one is due until "
                    "%(day)s.",
                    days=self.gap_days,
                    day=format_date(self.env, self.rhythm_due),
                )
            )
        if self.is_cross_line:
            words.append(
                self.env._("Business lines used: %(count)s.", count=self.lines_used)
            )
        return words

    def _get_trend_words(self):
        if not self.revenue_before:
            return []
        sentence = (
            self.env._(
                "%(percent)s %% less than in the same 3 months last year: %(now)s "
                "after %(before)s."
            )
            if self.trend < 0
            else self.env._(
                "%(percent)s %% more than in the same 3 months last year: %(now)s "
                "after %(before)s."
            )
        )
        currency = self.currency_id
        return [
            sentence
            % {
                "percent": f"{abs(self.trend):.2f}",
                "now": format_amount(self.env, self.revenue, currency),
                "before": format_amount(self.env, self.revenue_before, currency),
            }
        ]

    # === Refreshing === #

    @api.model
    def _refresh(self, accounts=None, companies=None):
        """Work out the pulse of these accounts, or of all, by one statement a company.

        Running it twice writes nothing the second time. What is owed for a purchase
        that is overdue follows. Rules D1, D5, D6.

        :param accounts: partners; None for all
        :param companies: None for all that have a club
        """
        # sudo: figures are worked out for everybody, whoever posts
        programs_sudo = self.env["club.program"].sudo()
        domain = [("company_id", "in", companies.ids)] if companies is not None else []
        programs_sudo = programs_sudo.search(domain)
        ids = accounts.commercial_partner_id.ids if accounts is not None else None
        self.env.flush_all()
        for company, programs in programs_sudo.grouped("company_id").items():
            program = programs[:1]  # the main one comes first
            today = company._club_today()
            self.env.cr.execute(
                refresh_query(
                    program,
                    self._get_last_month(program, today),
                    today,
                    program._get_pulse_bounds(),
                    ids,
                )
            )
            moved = [account_id for (account_id,) in self.env.cr.fetchall()]
            # sudo: duties follow from facts, whoever posts
            accounts_sudo = self.env["res.partner"].sudo().browse(moved)
            self.env["club.duty"]._refresh(accounts_sudo, company)
        self.invalidate_model()

    @api.model
    def _get_last_month(self, program, today):
        """Return the last month that counts: posted, else over."""
        over = windows.add_months(windows.month_start(today), -1)
        # sudo: all runs count, whoever asks
        runs_sudo = self.env["club.points.run"].sudo()
        domain = [
            ("program_id", "=", program.id),
            ("kind", "=", REVENUE),
            ("state", "=", POSTED),
        ]
        ((posted,),) = runs_sudo._read_group(domain, [], ["month:max"])
        return min(posted, over) if posted else over

    @api.model
    def _cron_refresh(self):
        """Feel the pulse of all accounts every night, and open what follows from it."""
        self._refresh()
        self.env["club.retention"]._open_cases()
        self.env["club.improvement"]._make_last_month()

    @api.model
    def _settle_merge(self, sources, target):
        """Forget the merged accounts' rows: the next night writes the target's anew."""
        merged = self.search([("account_id", "in", sources.ids)])
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM club_account_pulse WHERE id = ANY(%s)", [merged.ids]
        )
        self.invalidate_model()

    # === Opening === #

    @for_one
    def action_open_account(self):
        self.check_access("read")
        return self.account_id.get_formview_action()
