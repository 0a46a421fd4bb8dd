"""Needs that a round table states; those that another unit must answer. Rule C7."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...kernel.written import get_written
from ..need.club_need import TAKEN, UNSETTLED
from ..record.groups import OFFICER
from ..record.lock import is_open
from ..record.reader import as_reader
from ..record.rpc import for_records

OPPORTUNITY, REQUEST, SERVICE = "opportunity", "request", "service"
KINDS = [
    (OPPORTUNITY, "Opportunity"),
    (REQUEST, "Product Request"),
    (SERVICE, "Service"),
]
TODO = "mail.mail_activity_data_todo"
BATCH = 200


class ClubNeed(models.Model):
    _inherit = "club.need"

    round_table_id = fields.Many2one(
        "club.round.table",
        "Stated at",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(KINDS, required=True, default=OPPORTUNITY, tracking=True)
    passed_unit_id = fields.Many2one(
        "crm.team",
        "Passed Up to",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The unit that is to answer the request; its lead does.",
    )
    passed_at = fields.Datetime("Passed Up", readonly=True, copy=False)
    answer = fields.Text(
        "Answer of the Unit",
        copy=False,
        help="Of the unit: the owner brings it back to the account.",
    )
    answered_at = fields.Datetime("Answered", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    is_mine_to_answer = fields.Boolean(compute="_compute_is_mine_to_answer")
    reminded_for = fields.Date(
        readonly=True, copy=False, help="The due date of which the owner was reminded."
    )

    # What the reminder looks for.
    _unsettled_idx = models.Index("(date_due) WHERE state IN ('open', 'taken')")

    @api.depends("passed_unit_id", "passed_at")
    @api.depends_context("uid")
    def _compute_is_mine_to_answer(self):
        for need in self:
            need.is_mine_to_answer = bool(need.passed_at) and need._may_answer()

    def _may_answer(self):
        """Tell whether the user leads the unit that is asked, or runs the club."""
        self.ensure_one()
        return self.env.su or (
            self.env.user.has_group(OFFICER)
            or self.passed_unit_id in self.env["res.partner"]._get_club_led_units()
        )

    def _get_fixed(self):
        return (*super()._get_fixed(), "round_table_id")

    # === CRUD === #

    def _club_after_create(self):
        """Nobody notes down a need along with the answer of a unit."""
        super()._club_after_create()
        if not is_open(self.env):
            self.filtered("answer")._check_answering({"answer"})

    def _club_check_write(self, vals):
        """The unit that is asked writes the answer, and nothing else of it."""
        self._check_answering(vals)
        super()._club_check_write(vals)

    def _check_answering(self, vals):
        names = {*self._get_club_names(vals)}
        for need in self:
            if "answer" in names and (not need.passed_at or not need._may_answer()):
                raise AccessError(
                    self.env._(
                        "“%s” is answered by the lead of the unit to which it was "
                        "passed up, or by a club officer.",
                        need.display_name,
                    )
                )
            if "passed_unit_id" in names and need.passed_at:
                raise UserError(
                    self.env._(
                        "“%(need)s” was passed up to %(unit)s already.",
                        need=need.display_name,
                        unit=need.passed_unit_id.name,
                    )
                )
            if names - {"answer"}:
                need._check_not_only_asked()

    def _get_to_change(self, states):
        needs = super()._get_to_change(states)
        for need in needs:
            need._check_not_only_asked()
        return needs

    def _check_not_only_asked(self):
        if self._is_only_asked():
            raise AccessError(
                self.env._(
                    "Your unit answers “%s”: all else of it is for those who look "
                    "after the account.",
                    self.display_name,
                )
            )

    def _is_only_asked(self):
        """Tell whether the user sees the need just because his unit is to answer it."""
        self.ensure_one()
        if self.env.su or not self.passed_at:
            return False
        account = self.account_id.with_company(self.company_id)
        return self.owner_id != self.env.user and not account.club_is_cared_for

    # === Actions === #

    @for_records
    def action_pass_up(self):
        """Ask the unit that could offer it, whose lead gets an activity. Rule C7."""
        needs = self._get_to_change(UNSETTLED)
        for need in needs:
            if need.passed_at:
                raise UserError(
                    self.env._("“%s” was passed up already.", need.display_name)
                )
            lead_sudo = need.passed_unit_id.sudo().user_id
            if need.kind != REQUEST or not lead_sudo:
                raise UserError(
                    self.env._(
                        "“%s” can't be passed up: it must be a product request, and "
                        "the unit that is to answer it have a lead.",
                        need.display_name,
                    )
                )
            need._set_state(UNSETTLED, TAKEN, passed_at=fields.Datetime.now())
            # sudo: the to-do is the lead's
            need.sudo().activity_schedule(
                TODO,
                date_deadline=need.date_due,
                summary=as_reader(need, lead_sudo).env._("Answer the product request"),
                note=need.name,
                user_id=lead_sudo.id,
            )
        return True

    @for_records
    def action_send_answer(self):
        """Give the answer back: the account's manager gets an activity. Rule C7."""
        self.check_access("read")
        for need in self:
            if not need.passed_at or not need._may_answer():
                raise AccessError(
                    self.env._(
                        "“%s” is answered by the lead of the unit to which it was "
                        "passed up, or by a club officer.",
                        need.display_name,
                    )
                )
            if need.answered_at:
                raise UserError(
                    self.env._("“%s” was answered already.", need.display_name)
                )
            if not get_written(need.answer):
                raise UserError(
                    self.env._("Write the answer to “%s” first.", need.display_name)
                )
            # sudo: whoever answers for his unit doesn't look after the account
            need_sudo = need.sudo()
            need_sudo._write_guarded(
                {
                    "answered_at": fields.Datetime.now(),
                    "answered_by_id": self.env.uid,
                }
            )
            need_sudo._get_to_answer().unlink()
            need_sudo._bring_back()
        return True

    def _get_to_answer(self):
        lead = self.passed_unit_id.user_id
        return self.activity_ids.filtered(lambda activity: activity.user_id == lead)

    def _bring_back(self):
        """Ask the account's manager to tell the account, else the need's owner."""
        account = self.account_id.with_company(self.company_id)
        user = account.club_manager_id or self.owner_id
        if user:
            self.activity_schedule(
                TODO,
                date_deadline=self.company_id._club_today(),
                summary=as_reader(self, user).env._(
                    "Bring the answer back to the account"
                ),
                note=self.answer,
                user_id=user.id,
            )

    # === Cron === #

    @api.model
    def _cron_remind(self):
        """Remind the owners of what is overdue, once for each due date; in batches."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        needs = self.with_context(allowed_company_ids=companies.ids)
        overdue = needs.search(
            [("is_overdue", "=", True), ("owner_id", "!=", False)], order="id"
        ).filtered(lambda need: need.reminded_for != need.date_due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(overdue))
        for start in range(0, len(overdue), BATCH):
            batch = overdue[start : start + BATCH].try_lock_for_update()
            batch.filtered(
                lambda n: n.reminded_for != n.date_due and n.state in UNSETTLED
            )._remind()
            if not cron._commit_progress(BATCH):
                break

    def _remind(self):
        for need in self:
            need.activity_schedule(
                TODO,
                date_deadline=need.date_due,
                summary=as_reader(need, need.owner_id).env._("Overdue need"),
                note=need.name,
                user_id=need.owner_id.id,
            )
            need._write_guarded({"reminded_for": need.date_due})
