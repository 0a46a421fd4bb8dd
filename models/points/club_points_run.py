import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_list

from ...kernel import windows
from ..program.club_points_kind import (
    ADJUSTMENT,
    ATTENDANCE,
    EXPIRY,
    OPENING,
    REDEMPTION,
    REVENUE,
)
from ..record.lock import is_open
from ..record.names import search_names
from ..record.rpc import for_one, for_records

DRAFT, COMPUTED, VERIFIED, POSTED = "draft", "computed", "verified", "posted"
STATES = [
    (DRAFT, "Draft"),
    (COMPUTED, "Computed"),
    (VERIFIED, "Verified"),
    (POSTED, "Posted"),
]
KINDS = [
    (REVENUE, "Points of the month"),
    (EXPIRY, "Expiry"),
    (OPENING, "Opening points"),
    (ADJUSTMENT, "Adjustment"),
    (REDEMPTION, "Redemption"),
    (ATTENDANCE, "Attendance"),
]


class ClubPointsRun(models.Model):
    """The monthly accrual of a program: computed, verified by units, posted.

    A run holds the difference between what facts × rates say and what is posted, so
    running again posts nothing and late invoices correct themselves. Rules B1, B5, B9.
    """

    _name = "club.points.run"
    _description = "Points Run"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "club.record.mixin",
    ]
    _order = "month desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", search="_search_name")
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    example_rate_count = fields.Integer(related="program_id.example_rate_count")
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default=REVENUE)
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="The month that is accrued; its last day is the accounting date.",
    )
    number = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="Runs of the month so far."
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, tracking=True
    )
    date_deadline = fields.Date(
        "Verify Until",
        compute="_compute_date_deadline",
        store=True,
        help="Working day 10 after the month (assumed).",
    )
    note = fields.Text()
    unit_ids = fields.One2many("club.points.run.unit", "run_id", "Units", readonly=True)
    exception_ids = fields.One2many(
        "club.points.exception", "run_id", "Exceptions", readonly=True
    )
    exception_count = fields.Integer(compute="_compute_counts")
    exception_revenue = fields.Monetary(
        "Revenue Without Points",
        compute="_compute_counts",
        help="Revenue of the exceptions: it earns its points with a later run, once "
        "they are settled.",
    )
    exception_points = fields.Float(
        "Points Held Up",
        digits=(16, 2),
        compute="_compute_counts",
        help="What the exceptions would add, where a rate is known.",
    )
    parked_count = fields.Integer(
        compute="_compute_counts", help="Imported rows that wait for settlement."
    )
    control_count = fields.Integer(
        compute="_compute_control_count",
        help="Control totals that neither agree nor explain.",
    )
    verified_share = fields.Float(
        "Units Verified",
        compute="_compute_verified_share",
        compute_sudo=True,
        help="Per cent of all units, also of those that one doesn't see.",
    )
    late_units = fields.Char(
        compute="_compute_verified_share",
        compute_sudo=True,
        help="The units that posting now would leave out.",
    )
    entry_ids = fields.One2many("club.points.entry", "run_id", readonly=True)
    entry_count = fields.Integer("Entries", readonly=True, copy=False)
    account_count = fields.Integer("Accounts", readonly=True, copy=False)
    revenue = fields.Monetary(readonly=True, copy=False)
    points = fields.Float(digits=(16, 2), readonly=True, copy=False)
    computed_at = fields.Datetime(readonly=True, copy=False)
    computed_after = fields.Integer(
        "Computed After Chain No.",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The last monthly points that were posted when it was computed.",
    )
    facts_seen = fields.Char(
        readonly=True,
        copy=False,
        help="Fingerprint of the facts, rates and agreements it was worked out from.",
    )
    is_stale = fields.Boolean(
        "Out of Date",
        compute="_compute_is_stale",
        help="Revenue, rates or agreements have changed since it was computed.",
    )
    posted_on = fields.Date(readonly=True, copy=False, tracking=True)
    posted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    chain_no = fields.Integer(
        "Chain No.",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Place in the chain of seals.",
    )
    seal = fields.Char(readonly=True, copy=False, help="SHA-256 over the entries.")
    previous_seal = fields.Char(readonly=True, copy=False)

    _month_first = models.Constraint(
        "CHECK(extract(day FROM month) = 1)", "A run's month is its first day."
    )
    _number_uniq = models.UniqueIndex(
        "(program_id, kind, month, number)", "This run exists already: reload the page."
    )
    _chain_uniq = models.UniqueIndex(
        "(program_id, chain_no) WHERE state = 'posted'",
        "Another run was posted at the same moment: try again.",
    )

    @api.model
    def _default_month(self):
        """The month after the last posted run, else last month."""
        today = self.env.company._club_today()
        last_month = windows.add_months(windows.month_start(today), -1)
        last = self.search(
            [
                ("program_id", "=", self.env["club.program"]._get_main().id),
                ("kind", "=", REVENUE),
                ("state", "=", POSTED),
            ],
            order="month desc",
            limit=1,
        )
        if not last:
            return last_month
        return min(windows.add_months(last.month, 1), last_month)

    @api.depends("month", "number", "kind")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = self._get_kind_labels()
        for run in self:
            parts = [
                labels.get(run.kind) or "",
                run.month.strftime("%Y-%m") if run.month else "",
            ]
            if run.number > 1:
                parts.append(f"#{run.number}")
            run.name = " ".join(parts)

    def _search_name(self, operator, value):
        """Find runs by what they are called in the reader's language."""
        expression = SQL(
            """
            (%s::jsonb ->> record.kind) || to_char(record.month, ' YYYY-MM')
            || CASE WHEN record.number > 1 THEN ' #' || record.number ELSE '' END
            """,
            json.dumps(self._get_kind_labels()),
        )
        names = ("month", "number", "kind")
        return search_names(self, operator, value, expression, names)

    def _get_kind_labels(self):
        return dict(self._fields["kind"]._description_selection(self.env))

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("month", "company_id", "kind")
    def _compute_date_deadline(self):
        for run in self:
            # Nobody verifies a redemption, and there may be thousands of them.
            waits = run.month and run.kind != REDEMPTION
            run.date_deadline = waits and run._get_deadline()

    def _get_deadline(self):
        """Return the tenth working day of the company's calendar after the month."""
        start = fields.Datetime.to_datetime(windows.add_months(self.month, 1))
        calendar = self.company_id.resource_calendar_id
        planned = calendar and calendar.plan_days(10, start, compute_leaves=True)
        return planned.date() if planned else start.date() + timedelta(days=13)

    @api.depends("exception_ids")
    def _compute_counts(self):
        exceptions = {
            run: sums
            for run, *sums in self.env["club.points.exception"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id"],
                ["__count", "revenue:sum", "points:sum"],
            )
        }
        # A count tells nothing of the rows, which not every reader of runs may read.
        parked = dict(
            self.env["club.revenue.line"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "parked"),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["company_id"],
                ["__count"],
            )
        )
        for run in self:
            count, revenue, points = exceptions.get(run, (0, 0, 0))
            run.exception_count = count
            run.exception_revenue = revenue
            run.exception_points = points
            run.parked_count = parked.get(run.company_id, 0)

    def _compute_control_count(self):
        """Count by run; the form shows it, lists don't."""
        for run in self:
            run.control_count = (
                len(run._get_open_controls()) if run.state != POSTED else 0
            )

    @api.depends("state", "facts_seen")
    def _compute_is_stale(self):
        """Look by run; the form asks of open ones, lists don't."""
        for run in self:
            is_open = run.state in (COMPUTED, VERIFIED) and run.kind == REVENUE
            run.is_stale = is_open and run.sudo()._has_changed_facts()

    @api.depends("unit_ids.state", "unit_ids.unit_id", "unit_ids.entry_count")
    @api.depends_context("lang")
    def _compute_verified_share(self):
        # Not through `unit_ids`: what is read here beyond the rules would stay in the
        # cache, and with it units that the user may not read.
        units_sudo = self.env["club.points.run.unit"].sudo()
        found = units_sudo.search(
            [
                ("run_id", "in", self.ids),
                "|",
                ("entry_count", ">", 0),
                ("left_out_count", ">", 0),
            ]
        ).grouped("run_id")
        for run in self:
            units = found.get(run, units_sudo)
            late = units.filtered(lambda unit: unit.state != VERIFIED)
            done = len(units) - len(late)
            run.verified_share = 100 * done / (len(units) or 1)
            run.late_units = format_list(self.env, late.mapped("display_name"))

    @api.constrains("month", "program_id", "kind")
    def _check_month(self):
        today = self.env["club.program"]._today()
        for run in self:
            end = windows.month_end(run.month)
            # On its last day a month's points can still be spent.
            early = end > today if run.kind == REVENUE else end >= today
            if early and run.kind in (REVENUE, EXPIRY):
                raise ValidationError(
                    self.env._(
                        "%(month)s is not over yet: run it once the month has ended.",
                        month=run.month.strftime("%Y-%m"),
                    )
                )
            if run.program_id.date_start and run.month < run.program_id.date_start:
                raise ValidationError(
                    self.env._(
                        "%(run)s lies before the first month of %(program)s.",
                        run=run.name,
                        program=run.program_id.name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        runs = super().create(vals_list)
        # The number of a redemption's run is known once it holds the chain.
        for run in runs.filtered(lambda run: run.kind != REDEMPTION):
            earlier = self.with_context(active_test=False).search(
                [
                    ("program_id", "=", run.program_id.id),
                    ("kind", "=", run.kind),
                    ("month", "=", run.month),
                    ("id", "!=", run.id),
                ],
                order="number desc",
                limit=1,
            )
            run._write_guarded({"number": earlier.number + 1})
        return runs

    @for_records
    def write(self, vals):
        if not (is_open(self.env) or self.env.su) and self._get_club_names(vals):
            self._check_not_posted()
        if {"month", "program_id", "kind"} & set(vals) and not self.env.su:
            for run in self:
                if run.state != DRAFT:
                    raise UserError(
                        self.env._(
                            "%s has been computed: reset it to draft before changing "
                            "month, kind or program.",
                            run.name,
                        )
                    )
        return super().write(vals)

    @api.model
    def _check_files_open(self, files):
        """Refuse to change the papers of what is posted by their files. Rule B5."""
        runs = self.browse(files.mapped("res_id")).exists()
        for run in runs.filtered(lambda run: run.state == POSTED):
            raise UserError(self.env._("%s is posted: its papers stay.", run.name))

    def _check_not_posted(self):
        for run in self:
            if run.state == POSTED:
                raise UserError(
                    self.env._("%s is posted: posted points stay.", run.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        self._check_not_posted()
        for run in self:
            if run.state != DRAFT:
                raise UserError(
                    self.env._("Reset %s to draft before deleting it.", run.name)
                )

    # === Actions === #

    @for_records
    def action_compute(self):
        """Collect the month's facts and show the difference to what is posted."""
        self._check_officer()
        for run in self:
            run._lock_run()
            run._check_can_compute()
            run._do_compute()
        return True

    @for_records
    def action_reset(self):
        """Empty a run that is not posted and put it back to draft."""
        self._check_officer()
        for run in self:
            run._lock_run()
            run._check_not_posted()
            run._clear()
            run._write_guarded({"state": DRAFT})
        return True

    @for_one
    def action_open_posting(self):
        """Open the dialog that says what posting now leaves open."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Post these points?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                [self.env.ref("crm_club.club_points_run_view_form_posting").id, "form"]
            ],
            "target": "new",
        }

    @for_records
    def action_post(self):
        """Post the verified units, seal the run, enrol and upgrade at once."""
        self._check_officer()
        for run in self:
            run._lock_run()
            run._check_can_post()
            run._do_post()
        return True

    def _action_of(self, xmlid, domain, context=None):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": context or {}}

    @for_records
    def action_open_entries(self):
        return self._action_of(
            "crm_club.club_points_entry_action", [("run_id", "in", self.ids)]
        )

    @for_records
    def action_open_exceptions(self):
        return self._action_of(
            "crm_club.club_points_exception_action", [("run_id", "in", self.ids)]
        )

    @for_records
    def action_open_parked(self):
        return self._action_of(
            "crm_club.club_revenue_line_action",
            [("state", "=", "parked"), ("company_id", "in", self.company_id.ids)],
        )

    @for_records
    def action_open_controls(self):
        return self._action_of(
            "crm_club.club_control_total_action",
            [("month", "in", self.mapped("month"))],
        )
