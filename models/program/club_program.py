from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.base.models.res_partner import _tz_get

from ...kernel import points_life, tier_rules
from ..record.copies import copy_each
from ..record.forget import forget
from ..record.groups import ADMIN, FINANCE
from ..record.rpc import for_one
from .club_points_kind import NEVER_QUALIFYING, REVENUE

# Who puts the rates that came as examples in force as a whole.
CONFIRMERS = f"{FINANCE},{ADMIN}"

REQUALIFICATION_WINDOWS = [
    ("complete", "Last complete calendar year"),
    ("rolling", "The 12 months before the term's end"),
]


@dataclass(frozen=True)
class Rules:
    """What an assessment decides by: the program's groups, or others to try out.

    ``rates`` are conversion rates by category to put in place of those in force,
    ``kinds`` the codes of those that count for the tier; None: as the program has them.
    ``facts`` names a table that holds the sums of the window already.
    """

    groups: tuple[tier_rules.Group, ...]
    rates: dict = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None
    facts: str | None = None


class ClubProgram(models.Model):
    """The rules of a club in one company, as data. Rules A6, A9, B7, E8."""

    _name = "club.program"
    _description = "Club Program"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "sequence, id"
    _club_zeros = {"referral_points": ""}

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
    # What belongs to the company (guests, surveys, needs, tenders, overspends, round
    # tables) is said by its main program, whichever program a member is in.
    main_id = fields.Many2one(
        "club.program",
        "Main Program",
        compute="_compute_main_id",
        help="The first of the company's programs: lists show its standings, and what "
        "it says of activities, guests, surveys and third parties holds for all.",
    )
    is_main = fields.Boolean("Main One", compute="_compute_main_id")
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
    regulation_ids = fields.One2many("club.regulation", "program_id", "Regulations")
    regulation_in_force_ids = fields.One2many(
        "club.regulation",
        "program_id",
        "Rules in Force",
        domain=[("is_in_force", "=", True)],
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
    thresholds_per = fields.Selection(
        [("account", "Each account by itself"), ("group", "Head and branches as one")],
        "Thresholds Measured For",
        required=True,
        default="account",
        tracking=True,
        help="Head and branches as one: points, revenue, categories and months of the "
        "whole group reach a tier together, and its worst debtor counts for all of it. "
        "Head and branches each get the tier (assumed); the ledger and what may be "
        "spent stay each account's own. Who belongs to the group on the day of the "
        "decision, by a signed class that names the head, counts with the whole window "
        "(assumed).",
    )
    floor_reaches_branches = fields.Boolean(
        tracking=True,
        help="What the class of a head grants, a contract in the group's name for "
        "example, its branches get, too, through all levels: those whose signed class "
        "names the head.",
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

    referral_points = fields.Float(
        "Points per Referral",
        digits=(16, 2),
        tracking=True,
        help="What a member earns for each lead that it referred and that was won, by "
        "a run of the month (assumed). 0: none.",
    )

    # === Rates === #
    example_rate_count = fields.Integer(
        "Unconfirmed Example Rates",
        compute="_compute_example_rate_count",
        compute_sudo=True,
        help="Rates that came with the program and count for nothing yet.",
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
    _referral_points = models.Constraint(
        "CHECK(referral_points >= 0)", "A referral can't cost points."
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
        forget(self.env)
        self._check_club_timezone()
        self.env["club.approval.policy"]._ensure_defaults(self.company_id)

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {
            *("active", "company_id", "sequence", "qualifying_kind_ids"),
        }.isdisjoint(vals):
            forget(self.env)
        if "active" in vals or "company_id" in vals:
            self._check_club_timezone()

    @api.ondelete(at_uninstall=True)
    def _unlink_forget_companies(self):
        forget(self.env)

    @api.model
    def _give_defaults(self):
        """Give companies that have a club what they lack of the first one's, and what
        is numbered its sequence. Rule A9.

        It is called at each installation and upgrade, which may have brought something
        new; mostly there is nothing to do.
        """
        programs = self.with_context(active_test=False)
        companies = self.env["res.company"].union(
            *(company for (company,) in programs._read_group([], ["company_id"]))
        )
        self.env["club.approval.policy"]._ensure_defaults(companies)
        self.env["club.record.mixin"]._ensure_sequences()
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

    @api.depends("company_id", "sequence", "active")
    def _compute_main_id(self):
        # sudo: which one is the main one doesn't depend on who asks
        programs_sudo = self.sudo()
        for company, programs in self.grouped("company_id").items():
            main = programs_sudo._get_main(company).sudo(False)
            for program in programs:
                program.main_id = main or program._origin
                program.is_main = not main or main == program._origin

    @api.model
    def _get_main(self, company=None):
        """Return the company's main program, whose standings the partner shows."""
        return self.browse(self._get_main_id((company or self.env.company).id))

    @api.model
    @ormcache(
        *("self.env.uid", "self.env.su", "company_id"),
        *("tuple(self.env.companies.ids)", "self.env.context.get('active_test', True)"),
    )
    def _get_main_id(self, company_id):
        """Return the id of the first program of a company that the user reads."""
        return self.search([("company_id", "=", company_id)], limit=1).id

    def _get_distinguishing_names(self):
        """Return ``{program: name}`` of those whose company has several programs, for
        names of what belongs to one of them; the others have "". Rule A9.
        """
        # sudo: names of programs are no secret to who reads their papers
        several = self._get_companies_with_several()
        return {
            program: program.sudo().name
            if program.sudo().company_id.id in several
            else ""
            for program in self
        }

    def _get_distinguishing_name(self):
        """Return the same of one program, or of none."""
        return self._get_distinguishing_names().get(self, "")

    @api.model
    @ormcache()
    def _get_companies_with_several(self):
        """Return the ids of the companies that have several programs."""
        # sudo: a program that the user may not read is another one all the same
        programs_sudo = self.sudo().with_context(active_test=True)
        found = programs_sudo._read_group(
            [], ["company_id"], having=[("__count", ">", 1)]
        )
        return frozenset(company.id for (company,) in found)

    @api.model
    def _get_distinguishing_name_sql(self):
        """Return the same of ``record.program_id`` as SQL, after “ · ”."""
        self.flush_model(["active", "company_id", "name"])
        return SQL(
            """
            coalesce((SELECT ' · ' || coalesce(p.name ->> %s, p.name ->> 'en_US')
                        FROM club_program p
                       WHERE p.id = record.program_id
                         AND (SELECT count(*) FROM club_program o
                               WHERE o.company_id = p.company_id AND o.active) > 1), '')
            """,
            self.env.lang or "en_US",
        )

    @api.model
    def action_open_charter(self):
        """Open purpose, motto and rules of the club: of the main one. Rule E8.

        Where a company has several, it shows their list.
        """
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Charter"),
            "res_model": self._name,
        }
        form = self.env.ref("crm_club.club_program_view_form_charter").id
        programs = self.search([("company_id", "in", self.env.companies.ids)])
        if len(programs) == 1:
            return {**action, "res_id": programs.id, "views": [(form, "form")]}
        return {**action, "views": [(False, "list"), (form, "form")]}

    @api.model
    def _today(self):
        """Return today where the program's company is, else the one in use; a client's
        time zone has no say.
        """
        # sudo: where a program is may be known to whoever is judged by its day
        return self.sudo().company_id._club_today()

    def _get_rules(self):
        """Return the rules in force for `_assess`."""
        self.ensure_one()
        return Rules(
            tuple(group._get_rules() for group in self.group_ids),
            kinds=tuple(self._get_qualifying_kinds()),
        )

    @ormcache("self.id")
    def _get_shown_rules(self):
        """Return the rules in force as pages show them; decisions read them anew."""
        return self._get_rules()

    def _get_shown_group(self, purpose):
        """Return the tier group that pages show for a purpose, if there is one."""
        ids = self._get_shown_groups()
        return self.env["club.tier.group"].browse(ids.get(purpose))

    @ormcache("self.id")
    def _get_shown_groups(self):
        """Return the id of the first tier group of each purpose."""
        found = {}
        for group in self.group_ids:
            for purpose in ("membership", "grade"):
                if group.purpose in (purpose, "both"):
                    found.setdefault(purpose, group.id)
        return found

    def _get_qualifying_kinds(self):
        """Return the codes of the kinds that count for the tier. Rule B10.

        Read anew: decisions and budgets rest on it.
        """
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

    # === Rates that came as examples. Rules A9, B2 === #

    def _compute_example_rate_count(self):
        rates = self.env["club.points.rate"]
        found = dict(
            rates._read_group(
                rates._domain_unconfirmed() & Domain("program_id", "in", self.ids),
                ["program_id"],
                ["__count"],
            )
        )
        for program in self:
            program.example_rate_count = found.get(program._origin, 0)

    @for_one
    def action_confirm_example_rates(self):
        """Put the program's examples in force as they are, all of them. Rule B2.

        :raises AccessError: for who is neither Finance nor an administrator
        """
        self.check_access("read")
        if not self.env.user.has_groups(CONFIRMERS):
            raise AccessError(
                self.env._(
                    "The rates of %s are confirmed by Finance or an administrator of "
                    "the club.",
                    self.name,
                )
            )
        self._confirm_example_rates()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _confirm_example_rates(self):
        """Put examples in force; the demo data call it, too.

        They never take the place of a rate that was signed: such stay drafts.
        """
        rates = self.env["club.points.rate"]
        # sudo: who confirms them need not be who may write drafts of others
        rates_sudo = rates.sudo().search(
            rates._domain_unconfirmed() & Domain("program_id", "in", self.ids)
        )
        outdone_sudo = rates_sudo._filter_outdone()
        outdone_sudo._write_guarded({"is_example": False})
        rates_sudo -= outdone_sudo
        if not rates_sudo:
            return
        rates_sudo._set_opening(self.env._("Confirmed as a whole"))
        for program, found_sudo in rates_sudo.grouped("program_id").items():
            program.message_post(
                body=self.env._(
                    "Example rates confirmed as they are: %(count)s.",
                    count=len(found_sudo),
                )
            )

    # === A club with the rules of another one. Rule A9 === #

    def _prepare_settings(self):
        """Return the settings of the program that another one begins with."""
        if not self:
            return {}
        own = ("name", "company_id", "date_start", "sequence", "active")
        (values,) = self.copy_data()
        return {name: value for name, value in values.items() if name not in own}

    def _get_contents_text(self, **parts):
        """Say in lines what `_take_over` would bring."""
        # sudo: numbers of what the model has, no more
        return "\n".join(
            self.env._("%(count)s %(what)s", count=count, what=what)
            for what, count in self.sudo()._count_contents(**parts)
            if count
        )

    def _count_contents(self, with_rates=True, **parts):
        """Return pairs of what `_take_over` brings and of how many."""
        self.ensure_one()
        found = [
            (self.env._("tiers"), len(self.group_ids.tier_ids)),
            (self.env._("indicators"), len(self.indicator_ids)),
            (self.env._("floors of account classes"), len(self._get_class_floors())),
        ]
        if with_rates:
            rates = len(self._get_rates_to_copy(self.company_id))
            found.append((self.env._("rates, as examples"), rates))
        return found

    def _take_over(self, source, with_rates=True, **parts):
        """Give a new program the ladders, indicators and floors of another one. A9.

        Capabilities that hang on tiers add theirs.

        :param with_rates: whether its rates come, too, as examples
        :param parts: what else is wanted, `with_…` by name
        :return: ``{tier of source: its copy}``
        """
        self.ensure_one()
        # sudo: the model may be another company's
        source_sudo = source.sudo().with_context(active_test=False)
        groups = copy_each(
            source_sudo.group_ids,
            [{"program_id": self.id}] * len(source_sudo.group_ids),
        )
        tiers = dict(zip(source_sudo.group_ids.tier_ids, groups.tier_ids, strict=True))
        indicators = dict(
            zip(
                source_sudo.indicator_ids,
                copy_each(
                    source_sudo.indicator_ids,
                    [{"program_id": self.id}] * len(source_sudo.indicator_ids),
                ),
                strict=True,
            )
        )
        self.env["club.tier.bar"].sudo().create(
            [
                {
                    "tier_id": tiers[bar.tier_id].id,
                    "indicator_id": indicators[bar.indicator_id].id,
                    "bound": bar.bound,
                }
                for bar in source_sudo.group_ids.tier_ids.bar_ids
            ]
        )
        source_sudo._copy_floors(self, tiers)
        if with_rates:
            source_sudo._copy_rates(self)
        return tiers

    def _get_rates_to_copy(self, company):
        """Return the rates in force, and examples, that another company can use."""
        # sudo: the model may be another company's
        rates = self.env["club.points.rate"].sudo()
        found = rates.search(
            Domain("program_id", "=", self.id)
            & (rates._domain_in_force(self._today()) | rates._domain_unconfirmed())
        )
        return found.filtered(
            lambda rate: rate.product_id.company_id in (company.browse(), company)
        )

    def _copy_rates(self, program):
        """Draw up the same rates for another program, as examples."""
        # sudo: whoever makes a program gets the rates as drafts
        start = program.date_start or program._today().replace(day=1)
        rates = self.env["club.points.rate"].sudo()
        rates.create(
            [
                {
                    "program_id": program.id,
                    "factor": rate.factor,
                    "category_id": rate.category_id.id,
                    "product_id": rate.product_id.id,
                    "value": rate.value,
                    "date_from": start,
                    "note": self.env._("Example: as in %s", self.name),
                }
                for rate in self._get_rates_to_copy(program.company_id)
            ]
        )._mark_examples()

    def _get_class_floors(self):
        """Return the floors that classes give in the program's tier groups."""
        # sudo: the model may be another company's
        floors = self.env["club.account.class.floor"].sudo()
        return floors.search([("group_id", "in", self.group_ids.ids)])

    def _copy_floors(self, program, tiers):
        """Let classes give the same floors in another program's tiers. Rule A4.

        Classes of a company alone are copied for another company.
        """
        # sudo: the model's classes may be another company's
        floors = self._get_class_floors()
        company = program.company_id
        classes = floors.class_id.filtered("company_id")
        foreign = classes.filtered(lambda one: one.company_id != company)
        own = self.env["club.account.class"].sudo().with_context(active_test=False)
        known = {c.code: c for c in own.search([("company_id", "=", company.id)])}
        missing = foreign.filtered(lambda one: one.code not in known)
        copies = copy_each(missing, [{"company_id": company.id}] * len(missing))
        known |= {copied.code: copied for copied in copies}
        floors.create(
            [
                {
                    "class_id": (
                        known[floor.class_id.code]
                        if floor.class_id in foreign
                        else floor.class_id
                    ).id,
                    "group_id": tiers[floor.tier_id].group_id.id,
                    "tier_id": tiers[floor.tier_id].id,
                }
                for floor in floors
            ]
        )

    @api.model
    def _cron_daily(self):
        """Enrol and upgrade, follow starts and ends, prepare requalifications."""
        for program in self.search([]):  # pylint: disable=no-search-all
            today = program.with_company(program.company_id)._today()
            program._review(on=today, effective=today)
            self.env["club.requalification"]._prepare_due(program, today)
