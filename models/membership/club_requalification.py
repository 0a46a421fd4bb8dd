from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ...kernel import tier_rules, windows
from ...kernel.written import get_written
from ..approval import states as approval
from ..approval.states import DONE, EDITABLE
from ..program.club_points_kind import REVENUE
from ..program.club_program import REQUALIFICATION_WINDOWS
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import join, search_names
from ..record.reader import as_reader, get_officers
from ..record.rpc import for_one, for_records
from .heads import GROUP
from .requalification_basis import REASONS, Basis
from .requalification_terms import Terms

DRAFT, SUBMITTED, APPROVED, APPLIED = "draft", "submitted", "approved", "applied"
STATES = {
    approval.WAITING: SUBMITTED,
    approval.APPROVED: APPROVED,
    approval.DONE: APPLIED,
}
# What preparing notes of the figures that the lines rest on.
PREPARED_FIELDS = (
    "prepared_on",
    "prepared_after",
    "requalification_window",
    "judged_from",
    "judged_to",
    *REASONS,
)
LOWERED = (tier_rules.OUTCOME_DOWNGRADED, tier_rules.OUTCOME_LAPSED)
# The type of those that lower an account of the top tier: the presidium signs, too.
TYPE_OF_TOP = "requalification_top"


class ClubRequalification(models.Model):
    """The yearly re-assessment of the memberships whose terms end in a period.

    One line per membership with current, earned and proposed tier and the evidence.
    Nothing changes until it is signed and applied, and then all of it does. Whoever
    lowers an account of the top tier needs the presidium too. Rules A6, A10, E1.
    """

    _name = "club.requalification"
    _description = "Requalification"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "date_from desc, id desc"

    _approval_type = "requalification"
    _approval_guarded = (
        "program_id",
        "date_from",
        "date_to",
        *PREPARED_FIELDS,
        *REASONS.values(),
    )
    # The account follows from the membership, and merging partners moves it.
    _approval_lines = {
        "line_ids": (
            "membership_id",
            "proposed_tier_id",
            "decided_tier_id",
            "override_reason",
        )
    }
    _approval_named_by_reader = True
    _approval_auto = False  # on the day that the officer chooses

    name = fields.Char(compute="_compute_name", search="_search_name")
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    date_from = fields.Date(
        "Terms Ending From",
        required=True,
        default=lambda self: self.env.company._club_today().replace(day=1),
    )
    date_to = fields.Date(
        "Terms Ending To",
        required=True,
        default=lambda self: windows.month_end(self.env.company._club_today()),
    )
    state = fields.Selection(
        [
            (DRAFT, "Draft"),
            (SUBMITTED, "Waiting for Signatures"),
            (APPROVED, "Approved"),
            (APPLIED, "Applied"),
        ],
        compute="_compute_state",
        store=True,
    )
    line_ids = fields.One2many(
        "club.requalification.line", "requalification_id", readonly=True, copy=False
    )
    line_count = fields.Integer("Accounts", compute="_compute_counts")
    renewed_count = fields.Integer("Renewed", compute="_compute_counts")
    upgraded_count = fields.Integer("Upgraded", compute="_compute_counts")
    downgraded_count = fields.Integer("Downgraded", compute="_compute_counts")
    lapsed_count = fields.Integer("Lapsed", compute="_compute_counts")
    override_count = fields.Integer("Overrides", compute="_compute_counts")
    prepared_at = fields.Datetime(readonly=True, copy=False)
    prepared_on = fields.Date(readonly=True, copy=False)
    prepared_after = fields.Integer(
        "Prepared After Chain No.",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The last points for the tier that were posted when it was prepared.",
    )

    # === What the figures rest on === #
    requalification_window = fields.Selection(
        REQUALIFICATION_WINDOWS,
        readonly=True,
        copy=False,
        help="As the program said when the worksheet was prepared.",
    )
    judged_from = fields.Date(readonly=True, copy=False)
    judged_to = fields.Date(
        readonly=True,
        copy=False,
        help="The last day of the window. Until it is over, the worksheet can be "
        "looked at but not submitted.",
    )
    is_early = fields.Boolean("Window Not Over", compute="_compute_is_early")
    unposted_months = fields.Char(
        "Months Not Posted",
        readonly=True,
        copy=False,
        help="Months of the window whose points no run has posted.",
    )
    unposted_reason = fields.Char("Why Without These Months", copy=False)
    parked_count = fields.Integer(
        "Rows Parked",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Imported rows of the window, or of no known month, that wait for "
        "settlement.",
    )
    parked_reason = fields.Char("Why Without These Rows", copy=False)
    exception_count = fields.Integer(
        "Exceptions Open",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Revenue of the window that the last points run couldn't turn into "
        "points.",
    )
    exception_reason = fields.Char("Why Despite These Exceptions", copy=False)
    applied_on = fields.Date(readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Html()

    _period = models.Constraint(
        "CHECK(date_to >= date_from)", "The period must not end before it begins."
    )

    # === Computes === #

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_name(self):
        programs = self.program_id._get_distinguishing_names()
        for record in self:
            first, last = record.date_from, record.date_to
            name = self.env._(
                "Requalification %(from)s to %(to)s",
                **{"from": first or "", "to": last or ""},
            )
            program = programs.get(record.program_id)
            record.name = f"{name} · {program}" if program else name

    def _search_name(self, operator, value):
        """Find documents by what they are called in the reader's language."""
        pattern = self.env._(
            "Requalification %(from)s to %(to)s", **{"from": "{from}", "to": "{to}"}
        )
        expression = SQL(
            """
            replace(replace(%s, '{from}', record.date_from::text),
                    '{to}', record.date_to::text) || %s
            """,
            pattern,
            self.env["club.program"]._get_distinguishing_name_sql(),
        )
        names = ("date_from", "date_to", "program_id")
        return search_names(self, operator, value, expression, names)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("judged_to")
    def _compute_is_early(self):
        for record in self:
            record.is_early = bool(record.judged_to) and not record._is_over()

    @api.depends("approval_state")
    def _compute_state(self):
        for record in self:
            record.state = STATES.get(record.approval_state, DRAFT)

    @api.depends("line_ids.outcome", "line_ids.override_reason")
    def _compute_counts(self):
        lines = self.env["club.requalification.line"]
        counts = {
            (record.id, outcome): count
            for record, outcome, count in lines._read_group(
                [("requalification_id", "in", self.ids)],
                ["requalification_id", "outcome"],
                ["__count"],
            )
        }
        overrides = dict(
            lines._read_group(
                [
                    ("requalification_id", "in", self.ids),
                    ("override_reason", "!=", False),
                ],
                ["requalification_id"],
                ["__count"],
            )
        )
        for record in self:
            found = {
                outcome: counts.get((record.id, outcome), 0)
                for outcome in tier_rules.OUTCOMES
            }
            record.renewed_count = found["renewed"]
            record.upgraded_count = found["upgraded"]
            record.downgraded_count = found["downgraded"]
            record.lapsed_count = found["lapsed"]
            record.line_count = sum(found.values())
            record.override_count = overrides.get(record, 0)

    # === Written, deleted === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if {"program_id", "date_from", "date_to"} & set(vals):
            for record in self:
                if record.line_ids:
                    raise UserError(
                        self.env._(
                            "%s has been prepared: program and period are fixed. "
                            "Create another one for another period.",
                            record.name,
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        self._check_not_applied()

    # === Actions === #

    @for_records
    def action_prepare(self):
        """Assess every membership that ends in the period; keep the overrides.

        :return: a notification of what was found, also of nothing
        """
        self._check_officer()
        for record in self:
            hold(record)
            record._check_not_applied()
            record._check_approval_editable()
            record._do_prepare()
        return self._notify_prepared()

    def _notify_prepared(self):
        """Tell what preparing found: how many terms, what becomes of them, what their
        figures lack. Rule A6.
        """
        found = sum(self.mapped("line_count"))
        lacks = any(record[name] for record in self for name in REASONS)
        sentences = [record._get_prepared_sentence() for record in self]
        if lacks:
            sentences.append(
                self.env._("Something is missing from the figures: see the form.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if found and not lacks else "warning",
                "message": " ".join(sentences),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_prepared_sentence(self):
        values = {
            "from": format_date(self.env, self.date_from),
            "to": format_date(self.env, self.date_to),
            "count": self.line_count,
            "renewed": self.renewed_count,
            "upgraded": self.upgraded_count,
            "downgraded": self.downgraded_count,
            "lapsed": self.lapsed_count,
        }
        if not self.line_count:
            return self.env._(
                "No term of a member ends from %(from)s to %(to)s: there is nobody to "
                "requalify.",
                **values,
            )
        return self.env._(
            "Terms that end from %(from)s to %(to)s: %(count)s (%(renewed)s renewed,"
            " %(upgraded)s upgraded, %(downgraded)s downgraded, %(lapsed)s lapsing).",
            **values,
        )

    @for_records
    def action_apply(self):
        """Begin the new terms, all in one transaction; twice changes nothing.

        :raises UserError: when signatures are missing, or it isn't any more what was
            signed
        """
        self._check_officer()
        for record in self:
            hold(record)
            if record.state != APPLIED:
                record._approval_carry_out()
        return True

    def _check_officer(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._("Only a club officer decides on requalifications.")
            )

    def _check_not_applied(self):
        for record in self:
            if record.state == APPLIED:
                raise UserError(
                    self.env._("%s is applied and part of the history.", record.name)
                )

    @for_one
    def action_open_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_requalification_line_action"
        )
        return {
            **action,
            "domain": [("requalification_id", "=", self.id)],
            "context": {"search_default_group_outcome": 1},
        }

    @for_one
    def action_open_unposted(self):
        """Open the runs of the window's months."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_run_action"
        )
        return {
            **action,
            "domain": [
                ("program_id", "=", self.program_id.id),
                ("kind", "=", REVENUE),
                *Basis(self).get_months_domain(),
            ],
            "context": {},
        }

    @for_one
    def action_open_parked(self):
        """Open the rows that may belong to the window."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_revenue_line_action"
        )
        return {**action, "domain": Basis(self).get_parked_domain(), "context": {}}

    @for_one
    def action_open_exceptions(self):
        """Open the exceptions of the last run that belong to the window."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_exception_action"
        )
        return {**action, "domain": Basis(self).get_exception_domain(), "context": {}}

    # === Preparing === #

    @api.model
    def _prepare_due(self, program, today):
        """Prepare what ends by the end of this month and remind the officers."""
        last = windows.month_end(today)
        due = self.env["club.membership"].search(
            [
                ("program_id", "=", program.id),
                ("state", "=", "valid"),
                ("outcome", "=", False),
                ("date_to", "<=", last),
            ],
            order="date_to",
        )
        covered = self.env["club.requalification.line"].search(
            [
                ("membership_id", "in", due.ids),
                ("requalification_id.state", "!=", APPLIED),
            ]
        )
        due -= covered.membership_id
        if not due:
            return self.browse()
        record = self.create(
            {"program_id": program.id, "date_from": due[0].date_to, "date_to": last}
        )
        record._do_prepare()
        for officer in get_officers(self.env, program.company_id):
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=max(last, record._get_first_day_to_submit()),
                summary=as_reader(record, officer).env._(
                    "Review and submit the requalification"
                ),
                user_id=officer.id,
            )
        return record

    def _do_prepare(self):
        """Replace the lines, and note what the new ones rest on."""
        self._note_basis(Terms(self).prepare())

    def _note_basis(self, last_days):
        """Note what the lines rest on; a reason falls when what it explains changes.

        :param last_days: of the terms on the lines
        """
        kind = self.program_id.requalification_window
        judged = [windows.requalification_window(kind, day) for day in last_days]
        self._write_guarded(
            {
                "prepared_at": fields.Datetime.now(),
                "prepared_on": self._today(),
                "prepared_after": self.program_id._get_last_posting(),
                "requalification_window": kind,
                "judged_from": min((window.start for window in judged), default=False),
                "judged_to": max((window.end for window in judged), default=False),
            }
        )
        lacks = Basis(self).get_lacks()
        outdated = [
            reason
            for name, reason in REASONS.items()
            if (self[name] or False) != (lacks[name] or False)
        ]
        self._write_guarded({**lacks, **dict.fromkeys(outdated, False)})

    # === Signing: who does, and what may be missing. Rules A6, E1 === #

    @api.model
    def _get_approval_types(self):
        lowers_top = self.env._("Requalification that lowers the top tier")
        return {**super()._get_approval_types(), TYPE_OF_TOP: lowers_top}

    def _get_approval_type(self):
        """Return the type: another one where an account of the top tier is lowered."""
        groups = self.program_id.group_ids
        top_tiers = groups.tier_ids.browse(
            [group.tier_ids.sorted("sequence")[-1:].id for group in groups]
        )
        lowered = self.env["club.requalification.line"].search_count(
            [
                ("requalification_id", "=", self.id),
                ("current_tier_id", "in", top_tiers.ids),
                ("outcome", "in", LOWERED),
            ],
            limit=1,
        )
        return TYPE_OF_TOP if lowered else self._approval_type

    def _get_approval_subject(self):
        counts = (
            (self.lapsed_count, self.env._("%s lapsed", self.lapsed_count)),
            (self.downgraded_count, self.env._("%s downgraded", self.downgraded_count)),
            (self.upgraded_count, self.env._("%s upgraded", self.upgraded_count)),
            (self.renewed_count, self.env._("%s renewed", self.renewed_count)),
        )
        return join(self.env, (text for count, text in counts if count))

    def _approval_is_ready(self):
        return self._has_lines() and self._is_over()

    def _has_lines(self):
        """Tell without reading them all."""
        lines_sudo = self.env["club.requalification.line"].sudo()
        domain = [("requalification_id", "in", self.ids)]
        return bool(lines_sudo.search(domain, limit=1))

    def _check_can_submit(self):
        """Raise unless the window is over and whatever it lacks has its reason.

        Asked again when it is carried out: what was signed may lack less by then, not
        more. Rule A6.
        """
        if not self._has_lines():
            raise UserError(self.env._("%s has no lines: prepare it first.", self.name))
        self._check_window_is_over()
        self._check_lacks()
        if self.approval_state in EDITABLE:
            self._check_is_up_to_date()

    def _check_window_is_over(self):
        if not self.judged_to:
            raise UserError(
                self.env._(
                    "%s was prepared before it was noted what it rests on: prepare it "
                    "again.",
                    self.name,
                )
            )
        if not self._is_over():
            raise UserError(
                self.env._(
                    "%(document)s judges by a window that runs until %(date)s: it can "
                    "be looked at, and submitted once that day is over.",
                    document=self.name,
                    date=format_date(self.env, self.judged_to),
                )
            )
        if self.prepared_on <= self.judged_to:
            raise UserError(
                self.env._(
                    "%(document)s was prepared on %(day)s, before its window was over: "
                    "prepare it again.",
                    document=self.name,
                    day=format_date(self.env, self.prepared_on),
                )
            )

    def _is_over(self):
        """Tell whether the window that the lines were judged on has ended."""
        return bool(self.judged_to) and self._today() > self.judged_to

    def _today(self):
        return self.program_id.with_company(self.company_id)._today()

    def _get_first_day_to_submit(self):
        return self.judged_to + timedelta(days=1)

    def _check_lacks(self):
        """Raise when something is missing now that nobody has signed for."""
        for name, found in Basis(self).get_lacks().items():
            if not found:
                continue
            label = self._fields[name]._description_string(self.env)
            if self._is_more(name, found):
                raise UserError(
                    self.env._(
                        "More is missing than %(document)s says: %(label)s, %(found)s. "
                        "Settle it, or prepare the worksheet again.",
                        document=self.name,
                        label=label,
                        found=found,
                    )
                )
            if not get_written(self[REASONS[name]]):
                raise UserError(
                    self.env._(
                        "%(document)s would be decided in spite of this: %(label)s, "
                        "%(found)s. Settle it, or enter the reason, which is signed "
                        "along.",
                        document=self.name,
                        label=label,
                        found=found,
                    )
                )

    def _is_more(self, name, found):
        if name == "unposted_months":
            known = (self.unposted_months or "").split(", ")
            return not set(found.split(", ")) <= set(known)
        return found > self[name]

    def _check_is_up_to_date(self):
        """Raise when the lines don't say any more what the figures are."""
        lacks = Basis(self).get_lacks()
        if (
            self.requalification_window != self.program_id.requalification_window
            or self.prepared_after != self.program_id._get_last_posting()
            or any((self[name] or False) != (lacks[name] or False) for name in REASONS)
            or self._have_groups_changed()
        ):
            raise UserError(
                self.env._(
                    "Points, rows or rules have changed since %s was prepared: prepare "
                    "it again.",
                    self.name,
                )
            )

    def _have_groups_changed(self):
        """Tell whether heads were set or signed since, where lines follow from them.

        Rule A12.
        """
        program = self.program_id
        if program.thresholds_per != GROUP and not program.floor_reaches_branches:
            return False
        since = [
            ("company_id", "=", self.company_id.id),
            ("write_date", ">", self.prepared_at),
        ]
        # sudo: whoever may read them
        lines_sudo = self.env["club.account.head"].sudo()
        classes_sudo = self.env["club.account.classification"].sudo()
        signed = [("head_id", "!=", False), ("approval_state", "=", DONE)]
        return bool(
            lines_sudo.search_count(since, limit=1)
            or classes_sudo.search_count([*since, *signed], limit=1)
        )

    # === Applying === #

    def _approval_execute(self, request):
        self._do_apply()

    def _do_apply(self):
        """End the terms as decided and begin the new ones. Rule A6."""
        program = self.program_id
        yesterday = self._today() - timedelta(days=1)
        self.env.flush_all()
        Terms(self).begin(yesterday)
        self.env["club.membership"].invalidate_model()
        self.env["club.requalification.line"].invalidate_model()
        self._write_guarded(
            {"applied_on": self._today(), "applied_by_id": self.env.uid}
        )
        self.flush_recordset()
        # sudo: the mirrors are of all accounts
        program.sudo()._refresh_mirrors()
        self.message_post(
            body=self.env._(
                "Applied: %(renewed)s renewed, %(upgraded)s upgraded, %(downgraded)s "
                "downgraded, %(lapsed)s lapsed.",
                renewed=self.renewed_count,
                upgraded=self.upgraded_count,
                downgraded=self.downgraded_count,
                lapsed=self.lapsed_count,
            )
        )
