from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..contact.club_account_team import LEAD
from ..record.figure_source import FigureSource
from ..record.groups import OFFICER
from ..record.rpc import for_one, for_records, to_text
from . import duty_sql
from .club_duty_rule import KINDS

DAY = timedelta(days=1)
OPEN, DONE, MISSED, WAIVED = "open", "done", "missed", "waived"
STATES = [
    (OPEN, "Open"),
    (DONE, "Done"),
    (MISSED, "Left Undone"),
    (WAIVED, "Waived"),
]


class ClubDuty(models.Model):
    """What somebody owes an account by a day: made, closed and moved by statement.

    Nobody types one. `club.duty.rule` says what is owed, facts say to whom, and
    :meth:`_refresh` brings the duties in line with both (`duty_sql.py`). It stays on
    top while it is late, until it is done, has run out, or the lead waives it. Rules
    D3, D4, D9.
    """

    _name = "club.duty"
    _description = "Account Duty"
    _inherit = ["club.record.mixin"]
    _order = "date_due, id"
    _rec_name = "rule_id"
    _club_by_code = True
    _club_rewritable = ("state", "waived_by_id", "reason")
    _club_keeps = "account_id"
    _club_about = "contact_id"
    _club_texts = ("reason",)

    account_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    origin_id = fields.Integer(
        "Account at First",
        required=True,
        readonly=True,
        aggregator=None,
        help="The account that owed it before accounts were merged.",
    )
    contact_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "club.duty.rule", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Owed by",
        index=True,
        readonly=True,
        help="Whoever looks after the account, as the rule has it; what is closed "
        "stays with who owed it.",
    )
    unit_id = fields.Many2one("crm.team", readonly=True)
    tier_id = fields.Many2one(
        "club.tier",
        readonly=True,
        index="btree_not_null",
        help="The account's tier when it arose.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    period = fields.Char(
        required=True,
        readonly=True,
        help="What keeps it from being owed twice: a period's first month, or the "
        "membership, team line or birthday that it arose from.",
    )
    date_from = fields.Date("Shows from", required=True, readonly=True)
    date_planned = fields.Date(
        "Planned for", readonly=True, help="The day that the last contact named."
    )
    date_due = fields.Date("Due", required=True, readonly=True)
    date_grace = fields.Date(
        "Can Be Done Until",
        required=True,
        readonly=True,
        help="The deadline and the days of grace of its rule. After it, it is missed.",
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    done_on = fields.Date("Done on", readonly=True)
    log_id = fields.Many2one(
        "club.contact.log",
        "Done by Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The contact by which it was done.",
    )
    waived_by_id = fields.Many2one("res.users", "Waived by", readonly=True)
    reason = fields.Char(readonly=True, help="Why nobody owes it any more.")
    is_provisional = fields.Boolean(
        "Provisional Deadline",
        readonly=True,
        help="The year's working days haven't been published yet: the deadline may "
        "move.",
    )
    is_late = fields.Boolean(
        "Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Open after its deadline, or done after it.",
    )
    can_waive = fields.Boolean(compute="_compute_can_waive")

    # Not a constraint: the merge wizard deletes rows that violate one.
    _once = models.UniqueIndex("(origin_id, rule_id, period)")
    # What two accounts owed that were merged.
    _merged_idx = models.Index(
        "(account_id, rule_id, period) WHERE origin_id <> account_id"
    )
    # Today, and the statements: what is open is a small part of all.
    _open_idx = models.Index("(user_id, date_due) WHERE state = 'open'")
    _due_idx = models.Index("(date_due, id) WHERE state = 'open'")
    _kind_idx = models.Index("(kind, date_due) WHERE state = 'open'")

    # === Computes === #

    @api.depends("rule_id", "account_id", "contact_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for duty in self:
            # sudo: who reads a duty may know what it is and to whom
            duty_sudo = duty.sudo()
            person = duty_sudo.contact_id or duty_sudo.account_id
            duty.display_name = self.env._(
                "%(duty)s: %(person)s",
                duty=duty_sudo.rule_id.name,
                person=person.name,
            )

    @api.depends("state", "date_due", "done_on", "company_id")
    def _compute_is_late(self):
        for duty in self:
            today = duty.company_id._club_today()
            day = {OPEN: today, DONE: duty.done_on}.get(duty.state)
            duty.is_late = bool(day and duty.date_due and duty.date_due < day)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._club_today_sql(SQL("company_id"))
        table = SQL.identifier(self._table)
        late = SQL(
            "SELECT id FROM %s WHERE state = 'open' AND date_due < %s"
            " OR state = 'done' AND done_on > date_due",
            table,
            today,
        )
        return [("id", "in", late)]

    @api.depends_context("uid", "company")
    @api.depends("state", "user_id", "account_id")
    def _compute_can_waive(self):
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        for duty in self:
            is_open = duty.state == OPEN
            duty.can_waive = is_open and not duty._get_waive_refusal(scope)

    # === Waived by the lead === #

    @for_one
    def action_open_waiver(self):
        """Open the dialog that asks for the reason."""
        self._check_can_waive()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive"),
            "res_model": "club.duty.waiver",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_duty_id": self.id},
        }

    @for_records
    def action_waive(self, reason):
        """Let nobody owe them any more, for a reason that stays. Rule D9.

        :raises AccessError: for who doesn't lead the unit, and for the account's own
            manager or whoever owes it
        :raises UserError: without a reason, or when one is closed already
        """
        self._check_can_waive()
        text = to_text(reason)
        if not text:
            raise UserError(
                self.env._("Say why this is waived: the reason stays with the duty.")
            )
        # sudo: what a lead may waive was judged above, by unit and person
        return self.sudo()._write_guarded(
            {"state": WAIVED, "waived_by_id": self.env.uid, "reason": text}
        )

    def _check_can_waive(self):
        self.check_access("read")
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        for duty in self:
            refusal = duty._get_waive_refusal(scope)
            if refusal:
                raise refusal

    def _get_waive_refusal(self, scope):
        """Return the error for a user who may not waive the duty, None if he may.

        :param scope: the accounts that he leads, or all
        """
        self.ensure_one()
        # sudo: whose account it is decides, whoever asks
        duty_sudo = self.sudo().with_company(self.company_id)
        account_sudo = duty_sudo.account_id
        if not (scope.has_all or scope.led):
            return AccessError(
                self.env._(
                    "What is owed is waived by the lead of the unit, or by an officer."
                )
            )
        if self.env.user in (
            account_sudo.club_manager_id | duty_sudo.user_id | duty_sudo._get_managers()
        ):
            return AccessError(
                self.env._(
                    "%s is yours to do: somebody above you may waive it.",
                    self.display_name,
                )
            )
        if not scope.leads(account_sudo):
            return AccessError(
                self.env._(
                    "%s is owed by another unit: its lead may waive it.",
                    self.display_name,
                )
            )
        return None if self.state == OPEN else self._get_state_refusal((OPEN,))

    def _get_managers(self):
        """Return who has managed the account since the duty arose: giving it away for
        an hour doesn't make it another one's.
        """
        lines = self.account_id.club_team_ids.filtered(
            lambda line: (
                line.role == LEAD
                and line.company_id == self.company_id
                and (not line.date_to or line.date_to >= self.date_from - DAY)
            )
        )
        return lines.user_id

    # === Made and closed by statement === #

    @api.model
    def _refresh(self, accounts=None, companies=None):
        """Bring the duties in line with rules and facts: make, close, miss, hand on.

        To be called in the transaction that changed a fact: a contact recorded, a
        manager, a membership, a birthday. It does nothing where nothing is owed.

        :param accounts: partners, by the company or one of its people; all when None
        :param companies: whose rules; all when None
        """
        self.env.flush_all()
        ids = None
        if accounts is not None:
            ids = tuple(accounts.commercial_partner_id.ids)
            if not ids:
                return
        for scope in self._get_scopes(ids, companies):
            for statement in (
                duty_sql.generate,
                duty_sql.fulfil,
                duty_sql.miss,
                duty_sql.follow,
            ):
                self.env.cr.execute(statement(scope))
            if ids is None:
                scope.rules._stamp_made(scope.today)
        self.invalidate_model()

    @api.model
    def _judge_anew(self, logs):
        """Judge again what contacts have done, after they were corrected.

        Before anything else: what was owed long ago is done or missed again, and not
        taken back with what is open.
        """
        self.env.flush_all()
        ids = tuple(logs.account_id.ids)
        for scope in self._get_scopes(ids, logs.company_id):
            for statement in (
                duty_sql.reopen(scope, logs.ids),
                duty_sql.fulfil(scope),
                duty_sql.miss(scope),
            ):
                self.env.cr.execute(statement)
        self.invalidate_model()

    def _get_scopes(self, ids, companies):
        """Yield what there is to refresh, a company each, as superuser."""
        # sudo: duties follow from facts, whoever brought one of them about
        rules_sudo = self.env["club.duty.rule"].sudo().with_context(active_test=False)
        if companies is None:
            companies = self.env["res.company"].union(
                *(company for (company,) in rules_sudo._read_group([], ["company_id"]))
            )
        found = rules_sudo.search([("company_id", "in", companies.ids)])
        for company, rules in found.grouped("company_id").items():
            today = company._club_today()
            in_force = rules.filtered(
                lambda rule, today=today: rule.active and rule.date_from <= today
            )
            if in_force or self.sudo().search_count(
                [("company_id", "=", company.id), ("state", "=", OPEN)], limit=1
            ):
                yield duty_sql.Scope(in_force, company.id, today, ids)

    @api.model
    def _cron_refresh(self):
        """Make the duties of the new day, close and miss those of the last one."""
        self._refresh()

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        return [FigureSource("contacts_on_time", rows=self._select_due)]

    @api.model
    def _select_due(self, span):
        """Return what was owed by a day: whether it was done by then. Rule D3.

        What may still be done in time isn't due yet; what was waived nobody owed.
        """
        return SQL(
            """
            SELECT d.id, d.company_id, NULL::int AS account_id, d.unit_id,
                   date_trunc('month', d.date_due::timestamp)::date AS month,
                   NULL::int AS tier_id,
                   (d.state = %(done)s AND d.done_on <= d.date_due)::int AS value,
                   1 AS base
              FROM club_duty d
             WHERE d.company_id = ANY(%(companies)s) AND d.state <> %(waived)s
               AND d.date_due BETWEEN %(start)s AND %(end)s
               AND (d.date_due < %(today)s OR d.state = %(done)s)
            """,
            done=DONE,
            waived=WAIVED,
            companies=list(span.company_ids),
            start=span.start,
            end=span.end,
            today=span.today,
        )

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        return SQL(
            """
            SELECT d.id AS res_id, d.kind, d.user_id, d.account_id, d.contact_id,
                   d.company_id, d.unit_id, d.date_from, d.date_due
              FROM club_duty d
             WHERE d.state = 'open'
            """
        )

    def _get_today_texts(self):
        """Say whom it is owed to, and when he was last in touch with us."""
        logs = self.env["club.contact.log"]
        accounts = [("account_id", "in", self.account_id.ids)]
        last = {
            (account, company): day
            for account, company, day in logs._read_group(
                accounts, ["account_id", "company_id"], ["held_on:max"]
            )
        }
        texts = {}
        for duty in self:
            day = last.get((duty.account_id, duty.company_id))
            texts[duty.id] = self.env._(
                "%(person)s: %(duty)s, %(last)s",
                person=(duty.contact_id or duty.account_id).name,
                duty=duty.rule_id.name,
                last=self.env._("last on %s", format_date(self.env, day))
                if day
                else self.env._("nothing recorded yet"),
            )
        return texts

    # === Merging accounts and persons === #

    @api.model
    def _settle_merge(self, sources, target):
        """Let a person's birthdays be the other one's: what was done for one counts.

        Duties of merged accounts keep the account that owed them (``origin_id``), and
        follow it; of two for the same one stays, as soon as :meth:`_refresh` runs.
        """
        self.flush_model()
        persons = {"target": target.id, "all": (sources | target).ids}
        # Of two for one birthday the one stays that is closed, else the target's.
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM club_duty d
                      USING club_duty e
                      WHERE d.contact_id = ANY(%(all)s) AND d.state = 'open'
                        AND e.contact_id = ANY(%(all)s) AND e.id <> d.id
                        AND e.account_id = d.account_id AND e.rule_id = d.rule_id
                        AND split_part(e.period, '-', 2) = split_part(d.period, '-', 2)
                        AND (e.state <> 'open'
                             OR (e.contact_id <> %(target)s, e.id)
                                < (d.contact_id <> %(target)s, d.id))
                """,
                **persons,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_duty d
                   SET contact_id = %(target)s,
                       period = 'c' || %(target)s || '-' || split_part(d.period, '-', 2)
                 WHERE d.contact_id = ANY(%(sources)s)
                   AND NOT EXISTS (
                       SELECT FROM club_duty e
                        WHERE e.origin_id = d.origin_id AND e.rule_id = d.rule_id
                          AND e.contact_id = ANY(%(all)s) AND e.id <> d.id
                          AND split_part(e.period, '-', 2)
                              = split_part(d.period, '-', 2)
                          AND (e.contact_id = %(target)s OR e.id < d.id))
                """,
                sources=sources.ids,
                **persons,
            )
        )
        self.invalidate_model()
