import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_list

from ...kernel import windows
from ..program.club_points_kind import (
    ADJUSTMENT,
    EXPIRY,
    REDEMPTION,
    REVENUE,
    REWARDS,
)
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import is_open
from ..record.names import get_labels, get_model_name, search_names
from ..record.rpc import for_one, for_records, is_id
from . import bonus_sql, ledger_sql, reward_sql
from .posting import Posting, get_accrued, get_accrued_name
from .run_states import COMPUTED, DRAFT, KINDS, POSTED, STATES

# Rule B5 (assumed).
WORKING_DAYS = 10


def _format_sum(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


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
        "club.points.run.checklist",
        "club.record.mixin",
    ]
    _order = "month desc, id desc"
    _club_months = ("month",)
    _club_fixes_currency = True
    _club_fixed = ("month", "program_id", "kind")
    _club_closed = (POSTED,)

    # === What it is about === #
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
        default=lambda self: self._propose_month(self.env["club.program"]._get_main()),
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
        help="Working day 10 after the month (assumed), by the working calendar.",
    )
    is_deadline_provisional = fields.Boolean(
        "Deadline Provisional", compute="_compute_is_deadline_provisional"
    )
    note = fields.Text()
    redemption_id = fields.Many2one(
        "club.redemption",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The redemption whose points this run takes or gives back.",
    )

    # === Units and exceptions === #
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

    # === Entries === #
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
    reward_multipliers = fields.Json(readonly=True, copy=False)  # by tier. Rule B14.
    # === Posting === #
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
    def _propose_month(self, program):
        """Return the month after the program's last posted run, else last month."""
        last_month = windows.add_months(windows.month_start(program._today()), -1)
        last = self.search(self._domain_accrued(program), order="month desc", limit=1)
        if not last:
            return last_month
        return min(windows.add_months(last.month, 1), last_month)

    @api.onchange("program_id")
    def _onchange_program_id(self):
        if self.program_id and "default_month" not in self.env.context:
            self.month = self._propose_month(self.program_id)

    def _club_prepare(self, values, is_new=False):
        """Propose the month of the program that is named."""
        values = super()._club_prepare(values, is_new=is_new)
        is_asked = "month" in values or "default_month" in self.env.context
        if is_new and not is_asked and is_id(values.get("program_id")):
            program = self.env["club.program"].browse(values["program_id"]).exists()
            program.check_access("read")
            return {**values, "month": self._propose_month(program)}
        return values

    @api.depends("month", "number", "kind", "program_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = get_labels(self, "kind")
        programs = self.program_id._get_distinguishing_names()
        for run in self:
            parts = [
                labels.get(run.kind) or "",
                run.month.strftime("%Y-%m") if run.month else "",
            ]
            if run.number > 1:
                parts.append(f"#{run.number}")
            if programs.get(run.program_id):
                parts.append(f"· {programs[run.program_id]}")
            run.name = " ".join(parts)

    def _search_name(self, operator, value):
        """Find runs by what they are called in the reader's language."""
        expression = SQL(
            """
            (%s::jsonb ->> record.kind) || to_char(record.month, ' YYYY-MM')
            || CASE WHEN record.number > 1 THEN ' #' || record.number ELSE '' END || %s
            """,
            json.dumps(get_labels(self, "kind")),
            self.env["club.program"]._get_distinguishing_name_sql(),
        )
        names = ("month", "number", "kind", "program_id")
        return search_names(self, operator, value, expression, names)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("month", "kind")
    def _compute_date_deadline(self):
        """Take the tenth working day after the month. Rule B5."""
        calendar = self.env["club.day"]._get_calendar()
        for run in self:
            # Nobody verifies a redemption, and there may be thousands of them.
            waits = run.month and run.kind != REDEMPTION
            run.date_deadline = waits and calendar.get_deadline(
                windows.month_end(run.month), WORKING_DAYS
            )

    @api.depends("date_deadline")
    def _compute_is_deadline_provisional(self):
        days = self.env["club.day"]
        for run in self:
            run.is_deadline_provisional = days._is_provisional(run.date_deadline)

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
        parked = self.env["club.revenue.line"]._count_parked(self.company_id)
        for run in self:
            count, revenue, points = exceptions.get(run, (0, 0, 0))
            run.exception_count = count
            run.exception_revenue = revenue
            run.exception_points = points
            run.parked_count = parked.get(run.company_id, 0)

    @api.constrains("month", "program_id", "kind")
    def _check_month(self):
        for run in self:
            today = run.company_id._club_today()
            end = windows.month_end(run.month)
            # On its last day a month's points can still be spent.
            early = end > today if run.kind == REVENUE else end >= today
            if early and run.kind in (REVENUE, EXPIRY, *REWARDS):
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

    def _club_after_create(self):
        super()._club_after_create()
        self._check_made_by_document()
        # The number of a redemption's run is known once it holds the chain.
        numbered = self.filtered(lambda run: run.kind != REDEMPTION)
        if not numbered:
            return
        # sudo: a run of the month that the user may not see has a number, too
        last = {
            tuple(key): number or 0
            for *key, number in self.sudo()._read_group(
                [
                    ("program_id", "in", numbered.program_id.ids),
                    ("kind", "in", numbered.mapped("kind")),
                    ("month", "in", numbered.mapped("month")),
                ],
                ["program_id", "kind", "month:month"],
                ["number:max"],
            )
        }
        for run in numbered:
            key = (run.program_id, run.kind, run.month)
            last[key] += 1
            run._write_guarded({"number": last[key]})

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "kind" in vals:
            self._check_made_by_document()

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._(
                "%s has been computed: reset it to draft before changing month, kind "
                "or program.",
                self.name,
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        self._check_club_open()
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
        self._check_made_by_hand()
        for run in self:
            run._lock_run()
            accrued = get_accrued(run)
            run._check_can_compute(accrued)
            before = None if run.state == DRAFT else run._get_sums()
            run._do_compute(accrued)
            if before:
                run._tell_recomputed(before)
        return True

    @for_records
    def action_reset(self):
        """Empty a run that is not posted and put it back to draft."""
        self._check_officer()
        self._check_made_by_hand()
        for run in self:
            run._lock_run()
            run._check_club_open()
            run._clear()
        return True

    @for_records
    def action_post(self):
        """Post the verified units, seal the run, enrol and upgrade at once."""
        self._check_officer()
        self._check_made_by_hand()
        for run in self:
            run._lock_run()
            run._check_can_post()
            run._do_post()
        return True

    # === Whether it may be computed and posted. Rules B5, B9, B12 === #

    def _check_officer(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._("Only a club officer computes and posts points runs.")
            )

    def _check_can_compute(self, accrued):
        refusal = self._get_compute_refusal(accrued)
        if refusal:
            raise UserError(refusal)

    def _get_compute_refusal(self, accrued):
        """Return why it can't be computed any more, or None.

        :param accrued: up to where the program's monthly points are posted
        """
        if self.state == POSTED:
            return self.env._(
                "%s is posted already: create another run of the month for what "
                "came later.",
                self.name,
            )
        if self.kind == REVENUE and accrued.month and accrued.month > self.month:
            return self.env._(
                "%(run)s is closed, since %(last)s is posted: what came late is "
                "posted in %(last)s or later, naming the month it corrects.",
                run=self.name,
                last=get_accrued_name(self, "month"),
            )
        return None

    @api.model
    def _domain_accrued(self, program):
        """Return the domain of the program's monthly points that are posted."""
        return [
            ("program_id", "=", program.id),
            ("kind", "=", REVENUE),
            ("state", "=", POSTED),
        ]

    def _describe_closed(self):
        """Say that the month is posted, and in which programs of the company it isn't.
        Rule A9.
        """
        self.ensure_one()
        # sudo: how far a program is, is no secret to who reads another's run
        programs_sudo = self.env["club.program"].sudo()
        open_sudo = programs_sudo
        if self.company_id.id in programs_sudo._get_companies_with_several():
            posted_sudo = self.sudo().search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("month", "=", self.month),
                    ("kind", "=", REVENUE),
                    ("state", "=", POSTED),
                ]
            )
            programs_sudo = programs_sudo.search(
                [("company_id", "=", self.company_id.id)]
            )
            open_sudo = programs_sudo - posted_sudo.program_id
        if not open_sudo:
            return self.env._("Posted: the month is closed.")
        return self.env._(
            "Posted, but not yet in %(programs)s.",
            programs=format_list(self.env, open_sudo.mapped("name")),
        )

    def _lock_run(self):
        """Hold the program until the transaction ends: nobody else computes, verifies
        or posts its runs meanwhile.

        Two workers that press Post at once meet here; the second starts anew, and then
        finds the run posted.
        """
        self.ensure_one()
        hold(self.program_id)

    def _get_units_sudo(self):
        """Return all units of the run, whichever of them the user may read: what they
        say decides what is posted. Rule B5.
        """
        self.ensure_one()
        # Searched for: `unit_ids` would keep in the cache what the user may not read.
        units_sudo = self.env["club.points.run.unit"].sudo()
        return units_sudo.search([("run_id", "=", self.id)])

    # === Computing. Rules B1-B4, B7, B9 === #

    def _do_compute(self, accrued=None):
        """Replace the entries of this run by the difference to what is posted.

        :param accrued: up to where a month's points go on from
        """
        self.ensure_one()
        self.env.flush_all()
        if self.state != DRAFT:  # a draft has none
            ledger_sql.delete_entries(self)
        values = {"state": COMPUTED, "computed_at": fields.Datetime.now()}
        if self.kind == REVENUE:
            values["computed_after"] = accrued.chain_no
            values |= bonus_sql.insert_with_bonus(self, *self._get_window())
        elif self.kind == EXPIRY:
            end = windows.month_end(self.month)
            rows = ledger_sql.expiring(self.program_id, end)
            ledger_sql.insert_entries(self, rows, end)
        elif self.kind in REWARDS:
            rows = reward_sql.rewards(self)
            ledger_sql.insert_entries(self, rows, windows.month_end(self.month))
        self._forget_entries()
        sums = self._sum_units()
        if self.kind == REVENUE:
            units_sudo = self._get_units_sudo()._bring_in_step(self, sums)
            values["state"] = units_sudo._get_run_state()
            units_sudo._ask_clerks(self)
        self._write_guarded({**values, **self._add_up(sums)})

    def _get_sums(self):
        """Return what the run comes to, by label, as the chatter names it."""
        sums = {
            self._fields[name]._description_string(self.env): self[name]
            for name in ("entry_count", "account_count", "revenue", "points")
        }
        # sudo: all of them, as all entries are summed
        exceptions_sudo = self.env["club.points.exception"].sudo()
        count = exceptions_sudo.search_count([("run_id", "=", self.id)])
        return {**sums, self.env._("Exceptions"): count}

    def _tell_recomputed(self, before):
        """Note in the chatter what computing anew has changed of the sums. Rule B9."""
        changes = [
            self.env._(
                "%(sum)s %(before)s → %(after)s",
                sum=label,
                before=_format_sum(before[label]),
                after=_format_sum(value),
            )
            for label, value in self._get_sums().items()
            if value != before[label]
        ]
        self._message_log(
            body=self.env._("Recomputed: %s.", format_list(self.env, changes))
            if changes
            else self.env._("Recomputed: the sums stay as they were.")
        )

    def _clear(self):
        """Empty the run; the units keep their notes and source records."""
        ledger_sql.delete_entries(self)
        self._forget_entries()
        self._get_units_sudo()._bring_in_step(self, [])
        self._write_guarded({"state": DRAFT, **self._add_up([])})

    def _forget_entries(self):
        """Drop what the caches know of entries and exceptions that SQL has written.

        Nothing of it ever waits to be flushed, for the ORM writes neither.
        """
        for name in ("club.points.entry", "club.points.exception"):
            self.env[name].invalidate_model(flush=False)
        names = ("exception_count", "exception_revenue", "exception_points")
        self.invalidate_recordset(names, flush=False)

    def _get_window(self):
        """Return the months whose differences this run posts. Rule B9."""
        program = self.program_id
        return windows.correction_window(
            self.month, program.correction_months, program.date_start or None
        )

    def _has_changed_facts(self):
        """Tell whether computing anew would start from other facts. Rule B9."""
        self.ensure_one()
        self.env.flush_all()
        seen = ledger_sql.read_fingerprint(self, *self._get_window())
        return seen != self.facts_seen

    def _sum_units(self):
        """Return what the entries of each unit come to; see `ledger_sql.unit_sums`."""
        self.env.cr.execute(ledger_sql.unit_sums(self))
        return self.env.cr.dictfetchall()

    @api.model
    def _add_up(self, sums):
        """Return what the units come to; an account is in one unit only."""
        return {
            name: sum(row[name] for row in sums)
            for name in ("entry_count", "account_count", "revenue", "points")
        }

    def _set_totals(self, sums):
        self._write_guarded(self._add_up(sums))

    def _refresh_verified(self):
        """A run whose units are all verified is verified. Rule B5."""
        self._write_guarded({"state": self._get_units_sudo()._get_run_state()})

    # === Posting. Rules A5, B5, B7 === #

    def _check_can_post(self):
        Posting(self).check()

    def _do_post(self):
        """Post to the ledger, then let the new points take effect. Rule A5."""
        Posting(self).post()

    def _post_ledger(self):
        """Leave out late units, seal the entries and mark the run posted."""
        Posting(self).post_ledger()

    def _get_accounts_sudo(self):
        """Return the accounts of the entries, whichever of them the user may read."""
        return self.sudo().entry_ids.account_id

    @api.model
    def _get_sealed_columns(self):
        """Return the columns that PostgreSQL keeps as they are once a run is posted."""
        return (
            *("state", "seal", "previous_seal", "chain_no", "month", "program_id"),
            *("kind", "number", "posted_on", "redemption_id", "reward_multipliers"),
        )

    # === Runs that documents make, and nobody by hand. Rules B6, B7, B10 === #

    @api.model
    def _get_documents(self):
        """Return what makes the runs of a kind, and what to say to who would by hand.

        :return: ``{kind: (model, its field that leads to the run, sentence)}``
        """
        return {
            ADJUSTMENT: (
                "club.points.adjustment",
                "run_id",
                self.env._(
                    "Adjustments are posted by their signed document only: draw up a "
                    "points adjustment and submit it."
                ),
            ),
            REDEMPTION: (
                "club.redemption",
                "run_ids",
                self.env._(
                    "Redemptions are posted by their document only: reserve the points "
                    "and debit them there."
                ),
            ),
        }

    def _check_made_by_document(self):
        """Refuse a run of a kind that only documents make.

        Asked of the run as it came to be: the kind may come from a default, too.
        """
        if is_open(self.env):
            return
        documents = self._get_documents()
        for run in self:
            if run.kind in documents:
                raise AccessError(documents[run.kind][-1])

    def _check_made_by_hand(self):
        """Refuse to compute, reset or post what a document has posted."""
        documents = self._get_documents()
        for run in self:
            if run.kind in documents:
                name, *_rest = documents[run.kind]
                raise UserError(
                    self.env._(
                        "%(run)s comes from a document (%(document)s) and is neither "
                        "computed nor posted by hand.",
                        run=run.name,
                        document=get_model_name(self.env[name]),
                    )
                )

    @for_one
    def action_open_document(self):
        """Open the document that this run was posted for."""
        self.check_access("read")
        documents = self._get_documents()
        if self.kind not in documents:
            raise UserError(
                self.env._("%s comes from revenue, not from a document.", self.name)
            )
        name, field, _sentence = documents[self.kind]
        # sudo: opening it asks whether the user may read it
        document_sudo = self.env[name].sudo().search([(field, "=", self.id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": name,
            "res_id": document_sudo.id,
            "views": [(False, "form")],
        }

    @api.model
    def _post_document(self, kind, program, rows, entry_kind=None, **values):
        """Post what a document says as one sealed run of the current month.

        The caller has checked the document, and holds what it spends from: so nothing
        of that waits to be flushed.

        :param rows: SELECT of the entries, as `ledger_sql.insert_entries` takes them
        :param entry_kind: of the entries, where it is another than the run's
        :param values: of the run: what it comes to, where that is known
        :return: the run; none when there is nothing to post
        """
        today = program._today()
        run = self._create_guarded(
            {
                "program_id": program.id,
                "kind": kind,
                "month": windows.month_start(today),
                **values,
            }
        )
        ledger_sql.insert_entries(run, rows, today, entry_kind)
        run._forget_entries()
        if "entry_count" not in values:
            sums = run._sum_units()
            if not sums:
                run.unlink()
                return self.browse()
            run._set_totals(sums)
        run._do_post()
        return run
