from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ...kernel import points_life, tier_rules
from .club_points_kind import NEVER_QUALIFYING, REVENUE

REQUALIFICATION_WINDOWS = [
    ("complete", "Last complete calendar year"),
    ("rolling", "The 12 months before the term's end"),
]


@dataclass(frozen=True)
class Rules:
    """What an assessment decides by: the program's groups, or others to try out.

    ``rates`` are conversion rates by category to put in place of those in force.
    """

    groups: tuple[tier_rules.Group, ...]
    rates: dict = field(default_factory=dict)


class ClubProgram(models.Model):
    """The rules of a club in one company, as data. Rules A6, A9, B7, E8."""

    _name = "club.program"
    _description = "Club Program"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    # === Identity and charter === #
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first is the company's main one.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    # The company's own; not a related field, for who keeps a program's rules needn't
    # have the right to write companies.
    club_timezone = fields.Selection(
        _tz_get,
        "Club Time Zone",
        compute="_compute_club_timezone",
        inverse="_inverse_club_timezone",
        compute_sudo=True,
        help="Where the club's days begin and end, and the time that its papers print. "
        "All programs of the company share it.",
    )
    motto = fields.Char(translate=True)
    purpose = fields.Html(
        "Purpose of the Club", translate=True, help="The club's charter."
    )
    date_start = fields.Date(
        "Earning Since",
        tracking=True,
        help="The first month that earns points. Empty: as far back as facts go.",
    )

    # === Standing === #
    group_ids = fields.One2many("club.tier.group", "program_id", "Tier Groups")
    indicator_ids = fields.One2many("club.indicator", "program_id", "Indicators")
    window = fields.Selection(
        [
            ("calendar", "Calendar year"),
            ("rolling", "Last 12 months"),
            ("membership", "Membership year"),
        ],
        "Qualification Window",
        required=True,
        default="calendar",
        tracking=True,
        help="The time over which points and revenue count for enrolment and upgrade.",
    )
    requalification_window = fields.Selection(
        REQUALIFICATION_WINDOWS,
        required=True,
        default="complete",
        tracking=True,
    )
    term_months = fields.Integer(
        "Term (Months)", required=True, default=12, tracking=True
    )
    grace_days = fields.Integer(
        default=30,
        tracking=True,
        help="Days for which a term counts on while its requalification is open "
        "(assumed).",
    )
    downgrade_policy = fields.Selection(
        [("earned", "To the tier earned"), ("one_step", "One tier at most")],
        required=True,
        default="earned",
        tracking=True,
    )

    # === Points === #
    agreement_required = fields.Boolean(
        "Agreement Needed",
        default=True,
        tracking=True,
        help="Only revenue inside a registered agreement earns points.",
    )
    correction_months = fields.Integer(
        "Correction Window (Months)",
        required=True,
        default=12,
        tracking=True,
        help="How far back late invoices, credit notes and corrected rates still post.",
    )
    qualifying_kind_ids = fields.Many2many(
        "club.points.kind",
        string="Qualifying Points",
        help="The kinds of points that count for the tier. All kinds can be spent.",
    )
    life = fields.Selection(
        [
            ("months", "Months after the month earned"),
            ("fixed", "A fixed date per earning year"),
        ],
        "Points Validity",
        required=True,
        default="months",
        tracking=True,
    )
    life_months = fields.Integer("Valid for (Months)", default=12, tracking=True)
    life_fixed_month = fields.Integer("Fixed Month", default=12)
    life_fixed_day = fields.Integer("Fixed Day", default=31)
    redemption_months = fields.Integer(
        "Redemption Period (Months)",
        default=3,
        tracking=True,
        help="Months after the validity in which points can still be spent (assumed).",
    )

    # === Ledger === #
    run_ids = fields.One2many("club.points.run", "program_id", "Points Runs")
    ledger_checked_at = fields.Datetime("Ledger Verified", readonly=True, copy=False)
    ledger_broken_run_id = fields.Many2one(
        "club.points.run", "First Broken Run", readonly=True, copy=False
    )

    _months = models.Constraint(
        "CHECK(term_months > 0 AND correction_months > 0 AND life_months > 0"
        " AND redemption_months >= 0 AND grace_days >= 0)",
        "Term, correction window and validity need at least one month; "
        "grace and redemption period can't be negative.",
    )
    _fixed_date = models.Constraint(
        "CHECK(life_fixed_month BETWEEN 1 AND 12 AND life_fixed_day BETWEEN 1 AND 31)",
        "The fixed date of validity needs a month from 1 to 12 and a day from 1 to 31.",
    )
    _start_first = models.Constraint(
        "CHECK(date_start IS NULL OR extract(day FROM date_start) = 1)",
        "Earning begins on the first of a month.",
    )

    def _club_after_create(self):
        """A company's first program brings bodies and policies to start with."""
        super()._club_after_create()
        self._check_club_timezone()
        self.env["club.approval.policy"]._ensure_defaults(self.company_id)

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "active" in vals or "company_id" in vals:
            self._check_club_timezone()

    @api.model
    def _give_defaults(self):
        """Give companies that have a club what they lack of the first one's. Rule A9.

        It is called at each installation and upgrade, which may have brought something
        new; mostly there is nothing to do.
        """
        programs = self.with_context(active_test=False)
        companies = self.env["res.company"].union(
            *(company for (company,) in programs._read_group([], ["company_id"]))
        )
        self.env["club.approval.policy"]._ensure_defaults(companies)
        return companies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for program in self:
            # sudo: runs that the user may not see are there all the same
            if program.sudo().run_ids:
                raise UserError(
                    self.env._(
                        "%s has points runs: archive the program instead of deleting "
                        "it.",
                        program.name,
                    )
                )

    # === The club's clock === #

    @api.depends("company_id.club_timezone")
    def _compute_club_timezone(self):
        for program in self:
            program.club_timezone = program.company_id.club_timezone

    def _inverse_club_timezone(self):
        for program in self:
            company, zone = program.company_id, program.club_timezone
            # A club administrator needn't have the right to write companies.
            company_sudo = company.sudo()
            if company_sudo.club_timezone != zone:
                company._check_can_set_club_timezone()
                company_sudo.club_timezone = zone

    def _check_club_timezone(self):
        """Refuse a program of a company where nobody knows when a day ends.

        The add-on's own is installed before anybody can be asked.
        """
        companies_sudo = self.filtered("active").company_id.sudo()
        for company_sudo in companies_sudo:
            if company_sudo.club_timezone:
                continue
            if zone := company_sudo._find_club_timezone():
                company_sudo.club_timezone = zone
            elif self.env.uid != SUPERUSER_ID:
                raise company_sudo._refuse_without_timezone()

    # === Reading === #

    @api.model
    def _get_main(self, company=None):
        """Return the company's main program, whose standings the partner shows."""
        company = company or self.env.company
        return self.search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _today(self):
        """Return today where the company is; a client's time zone has no say."""
        return self.env.company._club_today()

    def _get_rules(self):
        """Return the rules in force for `_assess`."""
        self.ensure_one()
        return Rules(tuple(group._get_rules() for group in self.group_ids))

    def _get_qualifying_kinds(self):
        """Return the codes of the kinds that count for the tier. Rule B10."""
        self.ensure_one()
        codes = self.qualifying_kind_ids.mapped("code")
        return [code for code in codes if code not in NEVER_QUALIFYING] or [REVENUE]

    def _has_product_rates(self):
        self.ensure_one()
        # sudo: every rate in force counts, whoever asks
        rates_sudo = self.env["club.points.rate"].sudo()
        domain = [
            ("program_id", "=", self.id),
            ("product_id", "!=", False),
            *rates_sudo._domain_in_force(),
        ]
        return bool(rates_sudo.search_count(domain, limit=1))

    def _has_partial_agreements(self, start, end):
        """Tell whether an agreement covers a month of the window only in part."""
        self.ensure_one()
        self.env.cr.execute(
            """
            SELECT EXISTS (
                SELECT FROM club_agreement
                 WHERE program_id = %(program)s
                   AND ((date_from BETWEEN %(start)s AND %(end)s
                         AND extract(day FROM date_from) <> 1)
                     OR (date_to BETWEEN %(start)s AND %(end)s
                         AND extract(day FROM date_to + 1) <> 1)))
            """,
            {"program": self.id, "start": start, "end": end},
        )
        return self.env.cr.fetchone()[0]

    def _valid_until(self, month):
        """Return the last day on which points earned in ``month`` can be spent. B7."""
        self.ensure_one()
        return points_life.valid_until(
            month,
            self.life,
            self.life_months,
            self.redemption_months,
            self.life_fixed_month,
            self.life_fixed_day,
        )

    @api.model
    def _cron_daily(self):
        """Enrol and upgrade, follow starts and ends, prepare requalifications."""
        for program in self.search([]):  # pylint: disable=no-search-all
            today = program.with_company(program.company_id)._today()
            program._review(on=today, effective=today)
            self.env["club.requalification"]._prepare_due(program, today)
