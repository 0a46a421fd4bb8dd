"""What is open on a points run before it is posted, point by point.
Rules B3, B5, B9, B12.
"""

from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime, format_list, formatLang

from ...kernel.written import get_written
from ..program.club_points_kind import REVENUE
from ..record.names import add_title
from ..record.rpc import for_one, for_records
from . import facts, ledger_sql
from .posting import Posting
from .run_states import COMPUTED, DRAFT, POSTED, VERIFIED

CHECK_DONE, CHECK_OPEN, CHECK_BLOCKING = "done", "open", "blocking"
CHECK_STATES = [
    (CHECK_DONE, "Settled"),
    (CHECK_OPEN, "Still open"),
    (CHECK_BLOCKING, "Keeps from posting"),
]
# The points in the order of the work; each has a state and a sentence. Whether facts
# have changed is one as well: it takes long, and only a run's own form asks.
CHECKS = ("files", "parked", "controls", "exceptions", "units", "post")


class Check(NamedTuple):
    """How one point of a run stands, and that in words."""

    state: str
    text: str


class ClubPointsRunChecklist(models.AbstractModel):
    """The check-list of a points run: what it shows, opens, and leaves open."""

    _name = "club.points.run.checklist"
    _description = "Check-List of a Points Run"

    # === What is counted === #
    control_count = fields.Integer(
        compute="_compute_control_count",
        help="Control totals that neither agree nor explain.",
    )
    has_no_controls = fields.Boolean(
        "Without Control Totals",
        compute="_compute_has_no_controls",
        help="Finance has entered no control total of the month. Rule B12.",
    )
    no_controls_reason = fields.Char(
        "Why Without Control Totals",
        copy=False,
        tracking=True,
        help="A month for which Finance has entered no control total is posted only "
        "with the reason.",
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
    is_stale = fields.Boolean(
        "Out of Date",
        compute="_compute_is_stale",
        help="Revenue, rates or agreements have changed since it was computed.",
    )

    # === The points === #
    files_state = fields.Selection(
        CHECK_STATES, "Files: Status", compute="_compute_checks"
    )
    files_text = fields.Char("Files in Words", compute="_compute_checks")
    parked_state = fields.Selection(
        CHECK_STATES, "Parked Rows: Status", compute="_compute_checks"
    )
    parked_text = fields.Char("Parked Rows in Words", compute="_compute_checks")
    controls_state = fields.Selection(
        CHECK_STATES, "Control Totals: Status", compute="_compute_checks"
    )
    controls_text = fields.Char("Control Totals in Words", compute="_compute_checks")
    exceptions_state = fields.Selection(
        CHECK_STATES, "Exceptions: Status", compute="_compute_checks"
    )
    exceptions_text = fields.Char("Exceptions in Words", compute="_compute_checks")
    units_state = fields.Selection(
        CHECK_STATES, "Units: Status", compute="_compute_checks"
    )
    units_text = fields.Char("Units in Words", compute="_compute_checks")
    facts_state = fields.Selection(
        CHECK_STATES, "Figures: Status", compute="_compute_facts_check"
    )
    facts_text = fields.Char("Figures in Words", compute="_compute_facts_check")
    post_state = fields.Selection(
        CHECK_STATES, "Posting: Status", compute="_compute_checks"
    )
    post_text = fields.Char("Posting in Words", compute="_compute_checks")
    open_points = fields.Html(
        "Still Open",
        compute="_compute_open_points",
        help="All that posting now leaves open, and all that keeps from it.",
    )
    is_blocked = fields.Boolean("Can't Be Posted", compute="_compute_open_points")

    # === Counted === #

    def _compute_control_count(self):
        controls = self.filtered(lambda run: run.state != POSTED)._find_controls_sudo()
        for run in self:
            found_sudo = controls.get(run, ())
            run.control_count = sum(not control.is_settled for control in found_sudo)

    @api.depends("month", "company_id", "kind")
    def _compute_has_no_controls(self):
        controls = self.env["club.control.total"]
        found = controls._get_months(self.company_id, self.mapped("month"))
        for run in self:
            key = (run.company_id.id, run.month)
            run.has_no_controls = run.kind == REVENUE and key not in found

    @api.depends("state", "facts_seen")
    def _compute_is_stale(self):
        """Look by run; the form asks of open ones, lists don't."""
        for run_sudo in self.sudo():  # whoever may read it is told, of all facts
            waits = run_sudo.state in (COMPUTED, VERIFIED)
            waits = waits and run_sudo.kind == REVENUE
            is_stale = waits and run_sudo._has_changed_facts()
            run_sudo.with_env(self.env).is_stale = is_stale

    @api.depends("unit_ids.state", "unit_ids.unit_id", "unit_ids.entry_count")
    @api.depends_context("lang")
    def _compute_verified_share(self):
        # Not through `unit_ids`: what is read here beyond the rules would stay in the
        # cache, and with it units that the user may not read.
        units_sudo = self.env["club.points.run.unit"].sudo()
        found = units_sudo.search(self._domain_units_with_lines()).grouped("run_id")
        for run in self:
            units = found.get(run, units_sudo)
            late = units.filtered(lambda unit: unit.state != VERIFIED)
            done = len(units) - len(late)
            run.verified_share = 100 * done / (len(units) or 1)
            run.late_units = format_list(self.env, late.mapped("display_name"))

    def _domain_units_with_lines(self):
        return [
            ("run_id", "in", self.ids),
            "|",
            ("entry_count", ">", 0),
            ("left_out_count", ">", 0),
        ]

    def _has_changed_facts(self):
        """Tell whether computing anew would start from other facts. Rule B9."""
        self.ensure_one()
        self.env.flush_all()
        seen = ledger_sql.read_fingerprint(self, *self._get_window())
        return seen != self.facts_seen

    def _find_controls_sudo(self):
        """Return ``{run: control totals of its month}``, also of those that the user
        may not read, since they keep it from being posted. Rule B12.
        """
        monthly = self.filtered(lambda run: run.kind == REVENUE and run.month)
        controls_sudo = self.env["club.control.total"].sudo()
        controls_sudo = controls_sudo.search(
            [
                ("company_id", "in", monthly.company_id.ids),
                ("month", "in", monthly.mapped("month")),
            ]
        )
        controls_sudo.invalidate_recordset(["revenue", "difference", "is_settled"])
        found = controls_sudo.grouped(lambda each: (each.company_id.id, each.month))
        return {
            run: found.get((run.company_id.id, run.month), controls_sudo.browse())
            for run in monthly
        }

    # === The points, in words === #

    @api.depends(
        *("state", "kind", "month", "unit_ids.state", "unit_ids.entry_count"),
        *("exception_ids", "computed_at", "facts_seen", "no_controls_reason"),
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_checks(self):
        """Ask of all runs at once what can be; whoever reads a run sees of its units
        and exceptions what he may read, and of the rest that it is there.
        """
        waiting = self.filtered(lambda run: run.kind == REVENUE and run.state != POSTED)
        files = waiting._find_files_sudo()
        controls = waiting._find_controls_sudo()
        units = self.env["club.points.run.unit"]
        units = units.search(waiting._domain_units_with_lines()).grouped("run_id")
        for run in self:
            checks = {}
            if run in waiting:
                checks = {
                    "files": run._check_files(files.get((run.company_id, run.month))),
                    "parked": run._check_parked(),
                    "controls": run._check_controls(controls[run]),
                    "exceptions": run._check_exceptions(),
                    "units": run._check_units(units.get(run._origin, ())),
                    "post": run._check_posting(),
                }
            for name in CHECKS:
                run[f"{name}_state"], run[f"{name}_text"] = checks.get(
                    name, (False, False)
                )

    @api.depends("state", "kind", "computed_at", "facts_seen")
    @api.depends_context("lang", "tz")
    def _compute_facts_check(self):
        for run in self:
            waits = run.kind == REVENUE and run.state != POSTED
            check = run._check_facts() if waits else (False, False)
            run.facts_state, run.facts_text = check

    def _find_files_sudo(self):
        """Return ``{(company, month): imports that brought rows of it}``."""
        if not self:
            return {}
        # Those that count by the index of months, the few that are parked by theirs:
        # one condition for both reads all rows that there ever were.
        lines = self.env["club.revenue.line"]
        lines.flush_model(["company_id", "month", "import_id", "state"])
        of_state = [
            SQL(
                "SELECT company_id, month, import_id FROM club_revenue_line"
                " WHERE state = %s AND company_id = ANY(%s) AND month = ANY(%s)",
                state,
                self.company_id.ids,
                self.mapped("month"),
            )
            for state in ("valid", "parked")
        ]
        rows = self.env.execute_query(
            SQL(
                "%s ORDER BY company_id, month, import_id",
                SQL(" UNION ").join(of_state),
            )
        )
        # sudo: that a file is there, when and by whom, tells nothing of its rows
        documents_sudo = self.env["club.revenue.import"].sudo()
        found = {}
        for company_id, month, import_id in rows:
            key = (self.env["res.company"].browse(company_id), month)
            documents = found.get(key, documents_sudo)
            found[key] = documents | documents_sudo.browse(import_id)
        return found

    def _check_files(self, files_sudo):
        if files_sudo:
            last_sudo = max(files_sudo, key=lambda file: (file.imported_on, file.id))
            return Check(
                CHECK_DONE,
                self.env._(
                    "%(count)s imported; the last by %(user)s on %(date)s.",
                    count=len(files_sudo),
                    user=last_sudo.user_id.name,
                    date=format_datetime(
                        self.env, last_sudo.imported_on, dt_format="short"
                    ),
                ),
            )
        if self._has_invoices():
            return Check(
                CHECK_DONE,
                self.env._("None imported: the month's revenue is from invoices."),
            )
        return Check(CHECK_OPEN, self.env._("None imported, and no invoice posted."))

    def _has_invoices(self):
        start, end = self.month, fields.Date.end_of(self.month, "month")
        invoiced, _imported = facts.fact_sources(self.company_id.id, start, end)
        return bool(self.env.execute_query(SQL("%s LIMIT 1", invoiced)))

    def _check_parked(self):
        if not self.parked_count:
            return Check(CHECK_DONE, self.env._("No imported row waits."))
        return Check(
            CHECK_OPEN, self.env._("%s imported rows wait.", self.parked_count)
        )

    def _check_controls(self, controls_sudo):
        """Say how many were entered, agree and differ. Rule B12."""
        if not controls_sudo:
            if get_written(self.no_controls_reason):
                return Check(
                    CHECK_DONE,
                    self.env._(
                        "None entered, with the reason: %s", self.no_controls_reason
                    ),
                )
            return Check(CHECK_BLOCKING, self.env._("None entered, and no reason."))
        settled = controls_sudo.filtered("is_settled")
        equal = settled.filtered(
            lambda control: control.currency_id.is_zero(control.difference)
        )
        text = self.env._(
            "%(entered)s entered: %(equal)s equal, %(explained)s explained, "
            "%(open)s differing.",
            entered=len(controls_sudo),
            equal=len(equal),
            explained=len(settled - equal),
            open=len(controls_sudo - settled),
        )
        return Check(CHECK_DONE if settled == controls_sudo else CHECK_BLOCKING, text)

    def _check_exceptions(self):
        if self.state == DRAFT:
            return Check(CHECK_OPEN, self.env._("Known once it is computed."))
        if not self.exception_count:
            return Check(CHECK_DONE, self.env._("All revenue earns its points."))
        told = {
            "count": self.exception_count,
            "revenue": self.currency_id.format(self.exception_revenue),
        }
        if not self.exception_points:
            return Check(
                CHECK_OPEN,
                self.env._(
                    "To settle: %(count)s (%(revenue)s without points).", **told
                ),
            )
        return Check(
            CHECK_OPEN,
            self.env._(
                "To settle: %(count)s (%(revenue)s without points, which would add "
                "%(points)s).",
                points=formatLang(self.env, self.exception_points, digits=2),
                **told,
            ),
        )

    def _check_units(self, units):
        """Say how many of the units that the user sees are verified. Rule B5."""
        if self.state == DRAFT:
            return Check(CHECK_OPEN, self.env._("Asked once it is computed."))
        late = [unit for unit in units if unit.state != VERIFIED]
        if not units:
            text = self.env._("No unit has lines.")
        elif not late:
            text = self.env._(
                "%(done)s of %(all)s verified.", done=len(units), all=len(units)
            )
        else:
            text = self.env._(
                "%(done)s of %(all)s verified, waiting: %(names)s.",
                done=len(units) - len(late),
                all=len(units),
                names=format_list(self.env, [unit.display_name for unit in late]),
            )
        if not self.late_units:
            return Check(CHECK_DONE, text)
        return Check(CHECK_OPEN if self.verified_share else CHECK_BLOCKING, text)

    def _check_facts(self):
        if self.state == DRAFT:
            return Check(CHECK_BLOCKING, self.env._("Not computed yet."))
        if self.is_stale:
            return Check(
                CHECK_OPEN,
                self.env._(
                    "Revenue, rates or agreements have changed since %s: recompute it.",
                    format_datetime(self.env, self.computed_at, dt_format="short"),
                ),
            )
        return Check(
            CHECK_DONE,
            self.env._(
                "Computed on %s; nothing has changed since.",
                format_datetime(self.env, self.computed_at, dt_format="short"),
            ),
        )

    def _check_posting(self):
        blockers = Posting(self._origin or self).get_blockers()
        if not blockers:
            return Check(CHECK_OPEN, self.env._("Can be posted."))
        return Check(
            CHECK_BLOCKING,
            self.env._(
                "%(count)s kept open: %(first)s", count=len(blockers), first=blockers[0]
            )
            if len(blockers) > 1
            else blockers[0],
        )

    @api.depends("state", "kind", "late_units", "exception_ids", "computed_at")
    @api.depends_context("lang", "tz", "uid")
    def _compute_open_points(self):
        """List all that is open. Why a month without control totals is posted is asked
        for in the dialog itself.
        """
        for run in self:
            posting = Posting(run._origin or run)
            blockers = posting.get_blockers(without_reason=True)
            points = [(sentence, "text-danger") for sentence in blockers]
            if run.kind == REVENUE and run.state != POSTED:
                points += [
                    (add_title(self.env, label, text), "")
                    for label, text in run._get_open_checks()
                ]
            run.is_blocked = bool(blockers)
            run.open_points = bool(points) and Markup("<ul>%s</ul>") % Markup().join(
                Markup('<li class="%s">%s</li>') % (css, text) for text, css in points
            )

    def _get_open_checks(self):
        """Return label and sentence of each point that posting leaves open."""
        labels = {
            "files": self.env._("Files"),
            "parked": self.env._("Parked Rows"),
            "controls": self.env._("Control Totals"),
            "exceptions": self.env._("Exceptions"),
            "units": self.env._("Units"),
            "facts": self.env._("Figures"),
        }
        return [
            (label, self[f"{name}_text"])
            for name, label in labels.items()
            if self[f"{name}_state"] == CHECK_OPEN
        ]

    # === What the points open === #

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

    def _action_of(self, xmlid, domain, context=None):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": context or {}}

    @for_records
    def action_open_entries(self):
        return self._action_of(
            "crm_club.club_points_entry_action", [("run_id", "in", self.ids)]
        )

    @for_one
    def action_open_files(self):
        """Open the imports that brought rows of the month."""
        self.check_access("read")
        files_sudo = self._find_files_sudo().get((self.company_id, self.month))
        files = self.env["club.revenue.import"].browse(files_sudo and files_sudo.ids)
        return self._action_of(
            "crm_club.club_revenue_import_action",
            [("id", "in", files._filtered_access("read").ids)],
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
            [
                ("month", "in", self.mapped("month")),
                ("company_id", "in", self.company_id.ids),
            ],
            {"default_month": fields.Date.to_string(self[:1].month)},
        )

    @for_one
    def action_paste_controls(self):
        """Open the dialog that takes the month's control totals at once."""
        return self._action_of(
            "crm_club.club_control_paste_action",
            [],
            {
                "default_month": fields.Date.to_string(self.month),
                "default_company_id": self.company_id.id,
            },
        )

    @for_records
    def action_open_exceptions(self):
        return self._action_of(
            "crm_club.club_points_exception_action", [("run_id", "in", self.ids)]
        )

    @for_records
    def action_open_units(self):
        return self._action_of(
            "crm_club.club_points_run_unit_action", self._domain_units_with_lines()
        )
