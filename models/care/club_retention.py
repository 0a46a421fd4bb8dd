from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date, split_every

from ...kernel.written import get_written
from ..contact.looked_after import unit_of
from ..contact.owner import has_role, propose_owner
from ..membership.standing import Standings
from ..program.working_days import after_sql
from ..record.accounts import check_contact
from ..record.derived import differs
from ..record.figure_source import FigureSource
from ..record.lock import is_open
from ..record.rpc import for_records
from .retention_sql import FIGURES, SIGNALS, open_query

OPEN, TAKEN, KEPT, WON_BACK, LOST = "open", "taken", "kept", "won_back", "lost"
STATES = [
    (OPEN, "At Risk"),
    (TAKEN, "Being Kept"),
    (KEPT, "Kept"),
    (WON_BACK, "Won Back"),
    (LOST, "Lost"),
]
UNSETTLED, SETTLED = (OPEN, TAKEN), (KEPT, WON_BACK, LOST)
BATCH = 2000


class ClubRetention(models.Model):
    """An account that may be lost: why, who sees to it, what came of it. Rule D7.

    Signals open cases every night, one statement a company; a user may open one by
    hand. An account has one open case in a company. What it was opened by stays, with
    the figures.
    """

    _name = "club.retention"
    _description = "Retention Case"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("club.record.mixin", "club.due.mixin"),
    ]
    _order = "date_due, value desc, id"
    _rec_name = "account_id"
    _mail_post_access = "read"
    _club_draft = OPEN
    _club_closed = SETTLED
    _club_unsettled = UNSETTLED
    _club_accounts = ("account_id",)
    _club_texts = ("reason", "competitor", "offer", "plan", "result")
    _club_fixes_currency = True

    # === Whose === #
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
        help="Who sees to it: the account's manager, unless somebody else is named.",
    )
    tier_id = fields.Many2one(
        "club.tier", "Tier When Opened", readonly=True, copy=False, ondelete="restrict"
    )
    unit_id = fields.Many2one(
        "crm.team", "Unit When Opened", readonly=True, copy=False, ondelete="restrict"
    )
    industry_id = fields.Many2one(
        "res.partner.industry", readonly=True, copy=False, ondelete="set null"
    )
    date_opened = fields.Date("Opened On", readonly=True, copy=False)
    date_due = fields.Date("Due", tracking=True, copy=False)
    # Within so many working days; 0 where somebody has set the day by hand.
    due_days = fields.Integer(
        "Working Days", readonly=True, copy=False, aggregator=None
    )
    date_closed = fields.Date("Case Closed On", readonly=True, copy=False)
    state = fields.Selection(
        STATES,
        default=OPEN,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    # === What it was opened by === #
    is_below = fields.Boolean("Below Last Year", readonly=True, copy=False)
    is_month_below = fields.Boolean("Month Below Last Year", readonly=True, copy=False)
    is_dormant = fields.Boolean("Dormant", readonly=True, copy=False)
    is_downgrade = fields.Boolean("Downgrade Ahead", readonly=True, copy=False)
    is_complaint = fields.Boolean("Complaint Open", readonly=True, copy=False)
    is_dissatisfied = fields.Boolean("Dissatisfied", readonly=True, copy=False)
    reason = fields.Char(
        "Opened Because",
        help="Where somebody opens a case by hand: what he heard or saw.",
    )
    value = fields.Monetary(
        "Value of 12 Months",
        readonly=True,
        copy=False,
        help="Effective revenue of the 12 months before the case.",
    )
    revenue = fields.Monetary("Revenue of 3 Months", readonly=True, copy=False)
    revenue_before = fields.Monetary(
        "Same 3 Months Last Year", readonly=True, copy=False
    )
    month_revenue = fields.Monetary("Revenue of the Month", readonly=True, copy=False)
    month_revenue_before = fields.Monetary(
        "Same Month Last Year", readonly=True, copy=False
    )
    date_last = fields.Date("Last Revenue", readonly=True, copy=False)
    complaint_count = fields.Integer(
        "Open Complaints", readonly=True, copy=False, aggregator=None
    )
    satisfaction = fields.Integer(
        "Lowest Satisfaction", readonly=True, copy=False, aggregator=None
    )
    reasons = fields.Text(compute="_compute_reasons", help="Why the case was opened.")

    # === What is done === #
    cause_id = fields.Many2one(
        "club.retention.cause", ondelete="restrict", index=True, tracking=True
    )
    answer = fields.Text(related="cause_id.answer", string="Agreed Answer")
    competitor = fields.Char(help="To whom the account goes, or may go.")
    offer = fields.Text("Competitor's Offer")
    plan = fields.Text("Plan to Keep It")
    result = fields.Text(
        "What Came of the Case",
        copy=False,
        tracking=True,
        help="What came of it, and by what.",
    )
    saved_share = fields.Float(
        "Saved (%)",
        compute="_compute_saved_share",
        store=True,
        aggregator="avg",
        help="100 where the account was kept or won back, 0 where it was lost.",
    )

    # The statement that opens cases relies on it.
    _open_uniq = models.UniqueIndex(
        "(account_id, company_id) WHERE state IN ('open', 'taken')",
        "The account has an open case already: go on with that one.",
    )
    # What was closed a short while ago.
    _closed_idx = models.Index("(account_id, date_closed)")

    # === Computes === #

    @api.depends("account_id", "company_id")
    def _compute_user_id(self):
        for case in self:
            case.user_id = propose_owner(case.account_id, case.company_id)

    @api.depends("state")
    def _compute_saved_share(self):
        for case in self:
            case.saved_share = 100 * (case.state in (KEPT, WON_BACK))

    @api.depends(*SIGNALS, *FIGURES, "reason")
    @api.depends_context("lang")
    def _compute_reasons(self):
        for case in self:
            case.reasons = "\n".join(case._get_reasons())

    def _get_reasons(self):
        """Return why it was opened, in the reader's language, with the figures."""
        self.ensure_one()
        words = [self.reason] if self.reason else []
        if self.is_below:
            words.append(
                self.env._(
                    "%(percent)s %% less than in the same 3 months last year: %(now)s "
                    "after %(before)s.",
                    **self._get_fall(self.revenue, self.revenue_before),
                )
            )
        if self.is_month_below:
            words.append(
                self.env._(
                    "%(percent)s %% less than in the same month last year: %(now)s "
                    "after %(before)s.",
                    **self._get_fall(self.month_revenue, self.month_revenue_before),
                )
            )
        if self.is_dormant:
            words.append(
                self.env._(
                    "No revenue in the last 3 months; the last was on %s.",
                    format_date(self.env, self.date_last),
                )
            )
        if self.is_downgrade:
            words.append(
                self.env._(
                    "At the pace of the posted months it ends below the tier that it "
                    "holds."
                )
            )
        if self.is_complaint:
            words.append(self.env._("Complaints open: %s.", self.complaint_count))
        if self.is_dissatisfied:
            words.append(
                self.env._(
                    "Said %s of 5 when asked how content it is.", self.satisfaction
                )
            )
        return words

    def _get_fall(self, now, before):
        currency = self.currency_id
        return {
            "percent": f"{100 * (before - now) / before:.2f}" if before else "0",
            "now": format_amount(self.env, now, currency),
            "before": format_amount(self.env, before, currency),
        }

    # === Constraints === #

    @api.constrains("account_id")
    def _check_account_id(self):
        for case in self:
            check_contact(None, case.account_id)

    @api.constrains("user_id", "company_id")
    def _check_user_id(self):
        """The owner must be able to open what he is to see to."""
        for case in self:
            owner_sudo = case.user_id.sudo()
            if owner_sudo and not has_role(owner_sudo, case.company_id):
                raise ValidationError(
                    self.env._(
                        "%(owner)s has no role in the club of %(company)s and couldn't "
                        "open the case: choose another owner.",
                        owner=owner_sudo.name,
                        company=case.company_id.name,
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        """Opened by hand: say why, and keep the account's figures as they are."""
        super()._club_after_create()
        for case in self:
            if not get_written(case.reason) and not is_open(self.env):
                raise UserError(
                    self.env._(
                        "Say why a case of %s is opened.",
                        case.account_id.display_name,
                    )
                )
            case._write_guarded(case._prepare_opening())

    def _prepare_opening(self):
        # sudo: the figures of whoever's account it is
        pulse_sudo = self.env["club.account.pulse"].sudo()
        pulse_sudo = pulse_sudo.search(
            [
                ("account_id", "=", self.account_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        account_sudo = self.account_id.sudo().with_company(self.company_id)
        today = self.company_id._club_today()
        return {
            "tier_id": account_sudo.club_tier_id.id,
            "unit_id": account_sudo.club_unit_id.id,
            "industry_id": account_sudo.industry_id.id,
            "date_opened": self.date_opened or today,
            **({} if self.date_due else self._prepare_due(self.company_id, today)),
            **{
                name: pulse_sudo[name]
                for name in FIGURES
                if pulse_sudo and name in pulse_sudo._fields
            },
        }

    @api.model
    def _prepare_due(self, company, today):
        """Return until when a case of today is to be seen to, and by what."""
        # sudo: so many days are the program's to say
        program_sudo = self.env["club.program"].sudo()._get_main(company)
        days = program_sudo.retention_days or 10
        return {
            "due_days": days,
            "date_due": self.env["club.day"]._get_deadline(today, days),
        }

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "date_due" in vals and not is_open(self.env):
            self._write_guarded({"due_days": 0})

    @api.model
    def _move_deadlines(self):
        """Let what is due follow the calendar of working days, where it has changed.

        A day that somebody has set stays. Rules D3, D7.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_retention r
                   SET date_due = moved.day
                  FROM (SELECT c.id, %(day)s AS day
                          FROM club_retention c
                         WHERE c.state IN %(states)s AND c.due_days > 0) moved
                 WHERE moved.id = r.id AND moved.day <> r.date_due
                """,
                day=after_sql(SQL("c.date_opened"), SQL("c.due_days")),
                states=UNSETTLED,
            )
        )
        self.invalidate_model()

    def _check_club_fixed(self, vals):
        """Whose case it is, and why it was opened, stays."""
        super()._check_club_fixed(vals)
        names = {"account_id", "company_id", "reason"}.intersection(vals)
        for case in self if names else ():
            if any(differs(case, name, vals[name]) for name in names):
                raise UserError(
                    self.env._(
                        "Whose case “%s” is, and why it was opened, stays: open "
                        "another one instead.",
                        case.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Cases stay: say what came of each."))

    @api.model
    def _domain_of_person(self, ids, account_id):
        return Domain("account_id", "=", account_id)

    # === Opening by signals === #

    @api.model
    def _open_cases(self, accounts=None, companies=None):
        """Open the cases that the signals call for; return them. Rule D7.

        Doing it twice opens nothing the second time.

        :param accounts: partners; None for all
        :param companies: None for all that have a club
        """
        # sudo: cases of all accounts, whoever posts
        programs_sudo = self.env["club.program"].sudo()
        domain = [("company_id", "in", companies.ids)] if companies is not None else []
        programs_sudo = programs_sudo.search(domain)
        ids = accounts.commercial_partner_id.ids if accounts is not None else None
        opened_ids = []
        for company, programs in programs_sudo.grouped("company_id").items():
            program = programs[:1].with_company(company)  # the main one comes first
            today = company._club_today()
            due = self._prepare_due(company, today)
            downgrades = {
                account_id
                for each in programs
                for account_id in self._get_downgrades(each.with_company(company), ids)
            }
            self.env.flush_all()
            self.env.cr.execute(open_query(program, today, due, downgrades, ids))
            opened_ids += [case_id for (case_id,) in self.env.cr.fetchall()]
        self.invalidate_model()
        return self.browse(opened_ids)

    @api.model
    def _get_downgrades(self, program, ids=None):
        """Return the ids of the members of a program that the early warning warns of:
        at the pace of the posted months they end below their tier. Rule A7.

        It can only change with a posted month, so after that all are asked once.
        """
        pulses = self.env["club.account.pulse"]
        last = pulses._get_last_month(program, program._today())
        if ids is None and program.retention_month == last:
            return []
        domain = [
            *self.env["club.membership"]._domain_on(program._today()),
            ("program_id", "=", program.id),
            *([("account_id", "in", ids)] if ids is not None else ()),
        ]
        # sudo: memberships of all accounts
        memberships_sudo = self.env["club.membership"].sudo()
        groups = memberships_sudo._read_group(domain, ["account_id"])
        found = []
        for batch in split_every(BATCH, [account.id for (account,) in groups]):
            accounts = program.env["res.partner"].browse(batch)
            standings = Standings(program, accounts)
            found += [
                account.id
                for account in accounts
                if standings.get(account).get("club_is_at_risk")
            ]
        if ids is None:
            program._write_guarded({"retention_month": last})
        return found

    # === Actions === #

    @for_records
    def action_take(self):
        """Take it up: somebody sees to it."""
        return self._set_state((OPEN,), TAKEN)

    @for_records
    def action_keep(self):
        """Say that the account stays, and why."""
        return self._do_settle(KEPT)

    @for_records
    def action_win_back(self):
        """Say that the account had gone and is back, and by what."""
        return self._do_settle(WON_BACK)

    @for_records
    def action_lose(self):
        """Say that the account is lost, and to whom."""
        return self._do_settle(LOST)

    def _do_settle(self, state):
        self.check_access("write")
        self._check_state(*UNSETTLED)
        for case in self:
            if not case.cause_id or not get_written(case.result):
                raise UserError(
                    self.env._(
                        "Choose the cause of “%s” and write what came of it first.",
                        case.display_name,
                    )
                )
        for company, cases in self.grouped("company_id").items():
            cases._set_state(UNSETTLED, state, date_closed=company._club_today())
        return True

    @for_records
    def action_reopen(self):
        """Go on with it: what came of it was said too early."""
        for case in self:
            other_sudo = self.sudo().search(
                [
                    ("account_id", "=", case.account_id.id),
                    ("company_id", "=", case.company_id.id),
                    ("state", "in", UNSETTLED),
                ],
                limit=1,
            )
            if other_sudo:
                raise UserError(
                    self.env._(
                        "%s has an open case already: go on with that one.",
                        case.account_id.display_name,
                    )
                )
            case._set_state(SETTLED, TAKEN, date_closed=False)
        return True

    # === Merging === #

    @api.model
    def _settle_merge(self, sources, target):
        """Of two open cases of what becomes one account, one goes on with both's
        signals; the other stays as kept, naming it.
        """
        cases = self.search(
            [
                ("account_id", "in", (sources | target).ids),
                ("state", "in", UNSETTLED),
            ]
        )
        for company_cases in cases.grouped("company_id").values():
            first, *others = company_cases.sorted(
                lambda case: (case.state != TAKEN, case.account_id != target, case.id)
            )
            for other in others:
                first._write_guarded(
                    {name: first[name] or other[name] for name in SIGNALS}
                )
                other._write_guarded(
                    {
                        "state": KEPT,
                        "date_closed": other.company_id._club_today(),
                        "result": self.env._(
                            "Merged: the case of %s goes on.", first.display_name
                        ),
                    }
                )

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """Accounts whose case is open when the month ends. Rule D7."""
        return [
            FigureSource(
                "at_risk",
                (),
                "date_opened",
                is_stock=True,
                until="date_closed",
                is_until_over=True,
                account="account_id",
            )
        ]

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        return SQL(
            """
            SELECT c.id AS res_id, 'retention'::varchar AS kind, c.user_id,
                   c.account_id, NULL::int AS contact_id, c.company_id,
                   %(unit)s AS unit_id, c.date_opened AS date_from, c.date_due
              FROM club_retention c
              JOIN res_partner a ON a.id = c.account_id
             WHERE c.state IN %(states)s
            """,
            unit=unit_of(SQL("a"), SQL("c.company_id")),
            states=UNSETTLED,
        )

    def _get_today_texts(self):
        return {
            case.id: self.env._(
                "Keep the account: %s", " ".join(case._get_reasons()[:1])
            )
            for case in self
        }
