from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..care.club_retention import LOST, WON_BACK
from ..record.names import get_labels
from .year_sql import counted_rows, get_span, refresh_year

MEANS = ("cost_retained", "cost_new")
# What is in the company's currency.
MONEY = ("top_share", *MEANS)
# What each figure says how much of: so many records, or what their amounts come to.
COUNTED = {
    "top_share": "club.revenue",
    "churn": "club.membership",
    "lost": "club.retention",
    "won_back": "club.retention",
    "referrals": "club.referral",
    "cost_retained": "club.account.cost",
    "cost_new": "club.account.cost",
    "no_benefit": "club.membership",
}
BY = ("tier_id", "industry_id", "cause_id")
# The states of the cases that it counts.
CASES = {"lost": (LOST,), "won_back": (WON_BACK,)}
CODES = [
    ("top_share", "Revenue of the Top 20 %"),
    ("churn", "Members Lost"),
    ("lost", "Cases Lost"),
    ("won_back", "Cases Won Back"),
    ("referrals", "Referrals per 100 Members"),
    ("cost_retained", "Cost per Retained Account"),
    ("cost_new", "Cost per New Account"),
    ("no_benefit", "Members without a Benefit"),
]


class ClubFigureYear(models.Model):
    """What a year came to by tier, cause and industry: totals of a company. Rule E10.

    The nightly job works out this year and the last one; nobody writes them.
    """

    _name = "club.figure.year"
    _description = "Figure of a Year"
    _inherit = ["club.figure.mixin", "club.record.mixin"]
    _order = "year desc, code, tier_id, industry_id, cause_id, id"
    _rec_name = "code"
    _club_by_code = True
    _club_records = "club_figure_year_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    code = fields.Selection(
        CODES,
        "Figure",
        required=True,
        readonly=True,
        help="Top 20 %: revenue of the fifth of all accounts with revenue that has the "
        "most, out of all revenue. Members lost: who was a member when the year began "
        "and is none at its end, out of all who were. Cases lost: retention cases that "
        "were closed as lost, out of all closed; won back: out of those that were lost "
        "or won back. Referrals: brought in the year, per 100 members at its end. "
        "Cost: what was spent in the year on accounts whose term was renewed or that "
        "rose when it ended, and on those that were never members before, per account. "
        "Without a benefit: members at the year's end who in the 12 months before used "
        "no benefit or venue and came to no activity; discreet services don't count.",
    )
    tier_id = fields.Many2one(
        "club.tier", "Membership Tier", readonly=True, ondelete="cascade"
    )
    industry_id = fields.Many2one(
        "res.partner.industry", readonly=True, ondelete="cascade"
    )
    cause_id = fields.Many2one(
        "club.retention.cause", readonly=True, ondelete="cascade"
    )
    value = fields.Float(
        "How Much",
        digits=(16, 2),
        required=True,
        readonly=True,
        help="Accounts, cases or company currency, as the figure says.",
    )
    base = fields.Float(
        "Out Of", digits=(16, 2), required=True, readonly=True, help="Out of how many."
    )
    share = fields.Float(
        "Ratio",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="How much, out of all: per cent, referrals per 100 members, company "
        "currency per account.",
    )

    _figure_uniq = models.UniqueIndex(
        "(company_id, year, code, coalesce(tier_id, 0), coalesce(industry_id, 0),"
        " coalesce(cause_id, 0))",
        "A figure of a year stands once.",
    )

    @api.depends("code", "year", "tier_id", "industry_id", "cause_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = get_labels(self, "code")
        for figure in self:
            if not figure.code:  # not there yet
                figure.display_name = False
                continue
            # sudo: who reads the figure may know what it is of
            of_sudo = figure.sudo()
            names = (of_sudo.tier_id.display_name, of_sudo.industry_id.name)
            parts = (str(figure.year), *names, of_sudo.cause_id.name)
            figure.display_name = " · ".join(
                filter(None, (labels[figure.code], *parts))
            )

    # === The records behind it === #

    def _get_counted_model(self):
        return self.env[COUNTED[self.code]]

    def _get_records_context(self):
        return {"group_by": ["account_id"]} if self.code in MONEY else {}

    def _get_records_domain(self, model):
        return Domain.OR(
            figure._get_counted_domain()
            for figure in self
            if COUNTED[figure.code] == model._name
        )

    def _get_counted_domain(self):
        """Return the domain of what one of them counts."""
        # sudo: which records are counted; who searches sees those that he may read
        self_sudo = self.sudo()
        company = self_sudo.company_id
        start, end = get_span(self.year, company._club_today())
        date = "date_closed" if self.code in CASES else "date"
        domain = Domain(
            [
                ("company_id", "=", company.id),
                *((date, ">=", start), (date, "<=", end)),
            ]
        )
        if self.code in CASES:
            return domain & Domain(
                [
                    ("state", "in", CASES[self.code]),
                    *((name, "=", self_sudo[name].id) for name in BY),
                ]
            )
        if self.code not in MONEY:
            return Domain("id", "in", self_sudo._select("record_id"))
        if self.code in MEANS:
            domain &= Domain("kind", "!=", "budget")
        return domain & Domain("account_id", "in", self_sudo._select("account_id"))

    def _select(self, column):
        """Return a SELECT of the accounts or records that the figure counts."""
        self.env.flush_all()
        today = self.company_id._club_today()
        return SQL(
            "(SELECT c.%s FROM (%s) c LEFT JOIN res_partner p ON p.id = c.account_id"
            " WHERE coalesce(c.tier_id, 0) = %s AND coalesce(p.industry_id, 0) = %s)",
            SQL.identifier(column),
            counted_rows(self.env, self.company_id, self.year, today, self.code),
            self.tier_id.id or 0,
            self.industry_id.id or 0,
        )

    # === Sums === #

    def _read_group_select(self, aggregate_spec, query):
        """What several rows come to is how much they have out of all of theirs; of
        different figures, or of amounts in several currencies, nothing.
        """
        if aggregate_spec not in ("value:sum", "base:sum", "share:avg"):
            return super()._read_group_select(aggregate_spec, query)
        value, base, code = (
            self._field_to_sql(self._table, name, query)
            for name in ("value", "base", "code")
        )
        found = SQL("sum(%s)", base if aggregate_spec == "base:sum" else value)
        if aggregate_spec == "share:avg":
            found = SQL(
                "sum(%s * CASE WHEN %s IN %s THEN 1 ELSE 100 END) / nullif(sum(%s), 0)",
                value,
                code,
                MEANS,
                base,
            )
        return SQL("CASE WHEN %s THEN %s END", self._is_addable(query, MONEY), found)

    # === Working them out === #

    @api.model
    def _refresh(self, company, first_year):
        """Work out the years of a company anew that may still change, and those that
        have no figures yet.

        :param first_year: the first one that anything is known of
        """
        self.env.flush_all()
        self_sudo = self.sudo()  # figures count all there is
        today = company._club_today()
        there = {
            year
            for (year,) in self_sudo._read_group(
                [("company_id", "=", company.id)], ["year"]
            )
        }
        for year in range(first_year, today.year + 1):
            if year >= today.year - 1 or year not in there:
                refresh_year(self_sudo.env, company, year, today)
        self.invalidate_model()
