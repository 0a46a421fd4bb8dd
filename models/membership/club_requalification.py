import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...kernel import tier_rules, windows
from ..approval import states as approval
from ..lock import closed, opened
from ..program.club_program import Rules

DRAFT, SUBMITTED, APPROVED, APPLIED = "draft", "submitted", "approved", "applied"
STATES = {
    approval.WAITING: SUBMITTED,
    approval.APPROVED: APPROVED,
    approval.DONE: APPLIED,
}


class ClubRequalification(models.Model):
    """The yearly re-assessment of the memberships whose terms end in a period.

    One line per membership with current, earned and proposed tier and the evidence.
    Nothing changes until it is signed and applied, and then all of it does. Whoever
    lowers an account of the top tier needs the presidium too. Rules A6, A10, E1.
    """

    _name = "club.requalification"
    _description = "Requalification"
    _inherit = ["club.approval.mixin", "club.scope.mixin"]
    _order = "date_from desc, id desc"

    _club_guarded = ("state", "applied_on", "applied_by_id", "prepared_at", "line_ids")
    _approval_guarded = ("program_id", "date_from", "date_to")
    # The account follows from the membership, and merging partners moves it.
    _approval_lines = {
        "line_ids": (
            "membership_id",
            "proposed_tier_id",
            "decided_tier_id",
            "override_reason",
        )
    }
    _approval_auto = False  # on the day that the officer chooses

    name = fields.Char(compute="_compute_name", store=True)
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
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        "Terms Ending To",
        required=True,
        default=lambda self: windows.month_end(fields.Date.context_today(self)),
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
    applied_on = fields.Date(readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Html()

    _period = models.Constraint(
        "CHECK(date_to >= date_from)", "The period must not end before it begins."
    )

    @api.depends("program_id.name", "date_from", "date_to")
    def _compute_name(self):
        for record in self:
            first, last = record.date_from, record.date_to
            record.name = self.env._(
                "Requalification %(from)s to %(to)s",
                **{"from": first or "", "to": last or ""},
            )

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

    # === CRUD === #

    def write(self, vals):
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
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        for record in self:
            if record.state == APPLIED:
                raise UserError(
                    self.env._("%s is applied and part of the history.", record.name)
                )

    # === Actions === #

    def action_prepare(self):
        """Assess every membership that ends in the period; keep the overrides."""
        self._check_officer()
        for record in self:
            record._lock_record()
            record._check_not_applied()
            record._check_approval_editable()
            record._do_prepare()
        return True

    def action_apply(self):
        """Begin the new terms, all in one transaction; twice changes nothing.

        :raises UserError: when signatures are missing, or it isn't any more what was
            signed
        """
        self._check_officer()
        for record in self:
            record._lock_record()
            if record.state != APPLIED:
                record._approval_carry_out()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_requalification_line_action"
        )
        return {
            **action,
            "domain": [("requalification_id", "=", self.id)],
            "context": {"search_default_group_outcome": 1},
        }

    # === Business methods === #

    def _check_officer(self):
        self.check_access("write")
        if not (
            self.env.su or self.env.user.has_group("crm_club.crm_club_group_officer")
        ):
            raise AccessError(
                self.env._("Only a club officer decides on requalifications.")
            )

    def _check_not_applied(self):
        if self.state == APPLIED:
            raise UserError(
                self.env._("%s is applied and part of the history.", self.name)
            )

    def _lock_record(self):
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT FROM club_requalification WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset()

    def _get_due(self):
        """Return the memberships that end undecided in the period, by tier group."""
        memberships = self.env["club.membership"].search(
            [
                ("program_id", "=", self.program_id.id),
                ("state", "=", "valid"),
                ("outcome", "=", False),
                ("date_to", ">=", self.date_from),
                ("date_to", "<=", self.date_to),
            ]
        )
        return memberships.grouped("group_id")

    def _do_prepare(self):
        kept = {
            line.membership_id.id: (line.decided_tier_id.id, line.override_reason)
            for line in self.line_ids
            if line.override_reason
        }
        opened(self.line_ids.sudo()).unlink()
        lines = []
        for group, memberships in self._get_due().items():
            lines += self._prepare_lines(group, memberships, kept)
        opened(self.env["club.requalification.line"].sudo()).create(lines)
        opened(self).write({"prepared_at": fields.Datetime.now()})

    def _prepare_lines(self, group, memberships, kept):
        """Return the values of the lines of one tier group."""
        program = self.program_id
        rule = group._get_rules()
        tiers = {tier.id: tier for tier in rule.tiers}
        scope = {
            membership.account_id.id: windows.requalification_window(
                program.requalification_window, membership.date_to
            )
            for membership in memberships
        }
        assessed = program._assess(
            memberships.account_id,
            max(memberships.mapped("date_to")),
            rules=Rules((rule,)),
            scope=scope,
        )
        lines = []
        for membership in memberships:
            found = assessed[membership.account_id.id, group.id]
            current = tiers.get(membership.tier_id.id) or membership.tier_id._get_rule()
            proposed = tier_rules.requalify(
                rule, current, found.result, program.downgrade_policy
            )
            tier_id = proposed.tier.id if proposed.tier else False
            decided, reason = kept.get(membership.id, (tier_id, False))
            lines.append(
                {
                    "requalification_id": self.id,
                    "membership_id": membership.id,
                    "account_id": membership.account_id.id,
                    "current_tier_id": membership.tier_id.id,
                    "earned_tier_id": found.earned.id if found.earned else False,
                    "floor_tier_id": found.floor.id if found.floor else False,
                    "proposed_tier_id": tier_id,
                    "decided_tier_id": decided,
                    "override_reason": reason,
                    "points": found.measures.points,
                    "revenue": found.measures.revenue,
                    "score": found.score,
                    "window_from": found.window.start,
                    "window_to": found.window.end,
                    "evidence": found.evidence(membership.date_to),
                }
            )
        return lines

    def _do_apply(self):
        """End the terms as decided and begin the new ones. Rule A6."""
        program = self.program_id
        yesterday = program._today() - timedelta(days=1)
        ends, rows, begun = [], [], []
        for line in self.line_ids:
            membership = line.membership_id
            if membership.outcome or membership.state != "valid":
                continue  # upgraded or replaced since the line was prepared
            lapses = line.outcome == tier_rules.OUTCOME_LAPSED
            last = max(membership.date_to, yesterday) if lapses else membership.date_to
            ends.append((membership.id, last, line.outcome))
            if not line.decided_tier_id:
                continue
            start = membership.date_to + timedelta(days=1)
            begun.append(line)
            rows.append(
                {
                    "account_id": line.account_id.id,
                    "group_id": membership.group_id.id,
                    "tier_id": line.decided_tier_id.id,
                    "program": program,
                    "date_from": start,
                    "date_to": windows.term_end(start, program.term_months),
                    "origin": line.outcome,
                    "evidence": json.dumps(
                        {**line.evidence, "override": line.override_reason or None}
                    ),
                    "score": line.score,
                    "reason": line.override_reason,
                }
            )
        memberships = self.env["club.membership"]
        memberships._end(ends)
        ids = memberships._insert(rows)
        self.env["club.requalification.line"]._set_applied(
            [line.id for line in begun], ids
        )
        opened(self).write(
            {
                "applied_on": program._today(),
                "applied_by_id": self.env.uid,
            }
        )
        self.flush_recordset()
        program.sudo()._refresh_mirrors()
        closed(self).message_post(
            body=self.env._(
                "Applied: %(renewed)s renewed, %(upgraded)s upgraded, %(downgraded)s "
                "downgraded, %(lapsed)s lapsed.",
                renewed=self.renewed_count,
                upgraded=self.upgraded_count,
                downgraded=self.downgraded_count,
                lapsed=self.lapsed_count,
            )
        )

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
        officers = self.env.ref("crm_club.crm_club_group_officer").all_user_ids
        for officer in officers.filtered(
            lambda user: program.company_id in user.company_ids
        ):
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=last,
                summary=self.env._("Review and submit the requalification"),
                user_id=officer.id,
            )
        return record
