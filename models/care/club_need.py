"""Complaints: needs with a cause, a deadline by tier and a call afterwards. Rule D8."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...kernel.written import get_written
from ..contact.channels import CHANNELS
from ..contact.looked_after import unit_of
from ..hosting.club_need import TODO
from ..need.club_need import DONE, SETTLED, TAKEN, UNSETTLED
from ..program.working_days import after_sql
from ..record.by_company import ByCompany
from ..record.figure_source import FigureSource
from ..record.reader import as_reader
from ..record.rpc import for_records
from .club_tier import DEFAULT

COMPLAINT_CHANNELS = [
    *CHANNELS,
    ("hotline", "Hotline"),
    ("letter", "Letter"),
    ("survey", "Survey"),
]
CALL_MARKS = [
    ("5", "5 – Very Content"),
    ("4", "4 – Content"),
    ("3", "3 – So-so"),
    ("2", "2 – Not Content"),
    ("1", "1 – Not at All Content"),
]
POOR = ("1", "2")
# Within so many working days of the solution one calls (assumed).
CALL_DAYS = 3


class ClubNeed(models.Model):
    _inherit = "club.need"
    _club_texts = ("name", "result", "call_note")

    is_complaint = fields.Boolean("Complaint", tracking=True, index=True)
    channel = fields.Selection(
        COMPLAINT_CHANNELS, "Came by", help="How the complaint reached us."
    )
    cause_id = fields.Many2one(
        "club.complaint.cause",
        "Cause of the Complaint",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    tier_id = fields.Many2one(
        "club.tier",
        "Tier When Complaining",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    industry_id = fields.Many2one(related="account_id.industry_id", string="Industry")
    service_priority = fields.Selection(related="tier_id.service_priority")
    date_received = fields.Date(
        "Came In On",
        required=True,
        copy=False,
        default=lambda self: self.env.company._club_today(),
        help="The day from which the deadline of a complaint is counted.",
    )
    date_deadline = fields.Date(
        "Settled Until",
        readonly=True,
        copy=False,
        help="So many working days after it came in as its tier says. It is never due "
        "later.",
    )
    # What the deadline follows from, for the day on which the calendar changes.
    deadline_from = fields.Date("Deadline Counted From", readonly=True, copy=False)
    deadline_days = fields.Integer(
        "Working Days", readonly=True, copy=False, aggregator=None
    )
    call_due = fields.Date(
        "Call Until", readonly=True, copy=False, help="When to ask whether it helped."
    )
    call_mark = fields.Selection(
        CALL_MARKS, "Content with the Solution", copy=False, tracking=True
    )
    call_note = fields.Text("Said on the Call", copy=False)
    called_on = fields.Date(readonly=True, copy=False)
    called_by_id = fields.Many2one(
        "res.users", "Called by", readonly=True, copy=False, ondelete="restrict"
    )
    solved_by_id = fields.Many2one(
        "res.users", "Solved by", readonly=True, copy=False, ondelete="restrict"
    )
    is_own_call = fields.Boolean(
        "Called by Its Owner",
        readonly=True,
        copy=False,
        help="Whoever saw to the complaint has asked himself whether it helped: such "
        "marks say less.",
    )
    reopened_count = fields.Integer(
        "Reopened", readonly=True, copy=False, help="Times that the solution failed."
    )
    is_late = fields.Boolean(
        "Settled Late",
        compute="_compute_is_late",
        store=True,
        help="A complaint that was settled after its deadline, be it gone on with "
        "afterwards or not.",
    )

    # Who has complained, for the statement that opens retention cases.
    _complaint_idx = models.Index(
        "(company_id, account_id) WHERE is_complaint AND state IN ('open', 'taken')"
    )
    # Whom to call, for the list of today.
    _call_idx = models.Index("(call_due) WHERE is_complaint AND state = 'done'")

    @api.depends("settled_at", "date_deadline", "is_complaint")
    def _compute_is_late(self):
        for need in self:
            # Whoever isn't content gives a new deadline, and excuses no late solution.
            need.is_late = need._origin.is_late or bool(
                need.is_complaint
                and need.settled_at
                and need.date_deadline
                and need.company_id._club_day(need.settled_at) > need.date_deadline
            )

    @api.constrains("date_due", "date_deadline")
    def _check_date_due(self):
        for need in self:
            if need.date_deadline and need.date_due > need.date_deadline:
                raise ValidationError(
                    self.env._(
                        "The complaint “%(need)s” is to be settled until %(day)s, by "
                        "the tier of %(account)s: it can't be due later.",
                        need=need.display_name,
                        day=format_date(self.env, need.date_deadline),
                        account=need.account_id.display_name,
                    )
                )

    @api.constrains("date_received")
    def _check_date_received(self):
        for need in self:
            if need.date_received > need.company_id._club_today():
                raise ValidationError(
                    self.env._(
                        "%(day)s lies ahead: “%(need)s” can't have come in then.",
                        day=format_date(self.env, need.date_received),
                        need=need.display_name,
                    )
                )

    # === CRUD === #

    def _get_fixed(self):
        """When a complaint came in decides until when it is to be settled."""
        return (
            *super()._get_fixed(),
            *(["date_received"] if self.is_complaint else []),
        )

    def _club_after_create(self):
        super()._club_after_create()
        complaints = self.filtered("is_complaint")
        for need in complaints:
            need._set_deadline(need.date_received)
        complaints._open_case()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "is_complaint" in vals and not vals["is_complaint"]:
            for need in self.filtered("is_complaint"):
                raise UserError(
                    self.env._(
                        "“%s” is a complaint and stays one: say in its result that "
                        "there was nothing to it.",
                        need.display_name,
                    )
                )
        for need in self:
            if need.state not in SETTLED:
                continue
            if need.is_complaint and "cause_id" in vals and not vals["cause_id"]:
                raise need._get_cause_refusal()
            if vals.get("is_complaint") and not need.is_complaint:
                raise UserError(
                    self.env._(
                        "“%s” is settled: reopen it before it becomes a complaint.",
                        need.display_name,
                    )
                )
        if {"call_mark", "call_note"} & {*vals}:
            for need in self:
                if need.called_on or not need._is_to_be_called():
                    raise UserError(
                        self.env._(
                            "What was said on the call about “%s” is noted once its "
                            "solution is written, and stays.",
                            need.display_name,
                        )
                    )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if vals.get("is_complaint"):
            complaints = self.filtered(lambda need: not need.date_deadline)
            for need in complaints:
                # An old need isn't late at once, nor a complaint of a month long over.
                if "date_received" not in vals:
                    today = need.company_id._club_today()
                    need._write_guarded({"date_received": today})
                need._set_deadline(need.date_received)
            complaints._open_case()

    def _open_case(self):
        """Who complains may be lost: open his account's case at once. Rule D7."""
        # sudo: pulse and case of the account, whoever notes the complaint down
        pulses_sudo = self.env["club.account.pulse"].sudo()
        cases_sudo = self.env["club.retention"].sudo()
        for company, needs in self.grouped("company_id").items():
            pulses_sudo._refresh(needs.account_id, company)
            cases_sudo._open_cases(needs.account_id, company)

    def _set_deadline(self, came):
        """Say until when it is to be settled, by its account's tier. Rule D8.

        :param came: the day from which it is a complaint
        """
        # sudo: which tier an account has decides, whoever notes it down
        account_sudo = self.account_id.sudo().with_company(self.company_id)
        tier_sudo = account_sudo.club_tier_id
        values = self._prepare_deadline(tier_sudo, came)
        values["date_due"] = min(self.date_due, values["date_deadline"])
        self._write_guarded({"tier_id": tier_sudo.id, **values})

    def _prepare_deadline(self, tier, day):
        """Return until when it is to be settled, counted from a day, and by what."""
        days = tier.complaint_days or DEFAULT[1]
        return {
            "deadline_from": day,
            "deadline_days": days,
            "date_deadline": self.env["club.day"]._get_deadline(day, days),
        }

    @api.model
    def _move_deadlines(self):
        """Let deadlines follow the calendar of working days, where it has changed.

        What is due sooner stays so, unless it was due on the deadline. Rules D3, D8.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_need n
                   SET date_deadline = moved.day,
                       date_due = CASE WHEN n.date_due = n.date_deadline THEN moved.day
                                       ELSE least(n.date_due, moved.day) END
                  FROM (SELECT c.id, %(day)s AS day
                          FROM club_need c
                         WHERE c.is_complaint AND c.state IN %(states)s
                           AND c.deadline_from IS NOT NULL) moved
                 WHERE moved.id = n.id AND moved.day <> n.date_deadline
                """,
                day=after_sql(SQL("c.deadline_from"), SQL("c.deadline_days")),
                states=UNSETTLED,
            )
        )
        self.invalidate_model()

    # === Settling and calling === #

    def _do_settle(self, state):
        for need in self.filtered("is_complaint"):
            if not need.cause_id:
                raise need._get_cause_refusal()
        result = super()._do_settle(state)
        if state == DONE:
            for need in self.filtered("is_complaint"):
                today = need.company_id._club_today()
                due = self.env["club.day"]._get_deadline(today, CALL_DAYS)
                need._write_guarded(
                    {
                        **{"call_due": due, "call_mark": False, "call_note": False},
                        **{"called_on": False, "called_by_id": False},
                        **{"is_own_call": False, "solved_by_id": self.env.uid},
                    }
                )
        return result

    def _get_cause_refusal(self):
        return UserError(
            self.env._(
                "Choose the cause of the complaint “%s” first.", self.display_name
            )
        )

    @for_records
    def action_reopen(self):
        """Go on with it: of a complaint the solution has failed, or was none."""
        complaints = self.filtered("is_complaint")
        solved = complaints.filtered(lambda need: need.state == DONE)
        result = super().action_reopen()
        for need in solved:
            need._write_guarded({"reopened_count": need.reopened_count + 1})
        complaints._open_case()
        return result

    def _is_to_be_called(self):
        self.ensure_one()
        return self.is_complaint and self.state == DONE and not self.called_on

    @for_records
    def action_close_call(self):
        """Note that one has called; who isn't content has his complaint reopened."""
        for need in self._get_to_change((DONE,)):
            if not need._is_to_be_called() or not need.call_mark:
                raise UserError(
                    self.env._(
                        "Call about “%s” once its solution is written, and say how "
                        "content the account is with it.",
                        need.display_name,
                    )
                )
            if need.call_mark in POOR and not get_written(need.call_note):
                raise UserError(
                    self.env._(
                        "Write what is wrong with the solution of “%s” first.",
                        need.display_name,
                    )
                )
            today = need.company_id._club_today()
            need._write_guarded(
                {
                    **{"called_on": today, "called_by_id": self.env.uid},
                    "is_own_call": self.env.user in need.owner_id | need.solved_by_id,
                }
            )
            if need.call_mark in POOR:
                need._reopen_complaint(today)
        return True

    def _reopen_complaint(self, today):
        """Let it be settled anew, within as many working days again."""
        values = self._prepare_deadline(self.tier_id, today)
        self._set_state(
            (DONE,),
            TAKEN,
            settled_at=False,
            **values,
            date_due=values["date_deadline"],
            reopened_count=self.reopened_count + 1,
        )
        self._open_case()

    # === Passing up === #

    def _remind(self):
        """Of a complaint that is late the unit's lead hears, too."""
        result = super()._remind()
        for need in self.filtered("is_complaint"):
            account = need.account_id.with_company(need.company_id)
            lead = account.club_unit_id._get_nearest_lead(need.company_id)
            if lead and lead != need.owner_id:
                need.activity_schedule(
                    TODO,
                    date_deadline=need.date_due,
                    summary=as_reader(need, lead).env._("Late complaint"),
                    note=need.name,
                    user_id=lead.id,
                )
        return result

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """Complaints that came in, and those that were settled. Rule D8."""
        complaint = ("is_complaint", "=", True)
        settled = (complaint, ("state", "in", SETTLED))
        return [
            FigureSource(
                "complaints", (complaint,), "date_received", account="account_id"
            ),
            FigureSource(
                "complaints_closed", settled, "settled_at", account="account_id"
            ),
        ]

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        """Complaints beside the other needs, and the calls after their solution."""
        return SQL(
            """
            SELECT s.res_id,
                   CASE WHEN n.is_complaint THEN 'complaint' ELSE s.kind END AS kind,
                   s.user_id, s.account_id, s.contact_id, s.company_id, s.unit_id,
                   s.date_from, s.date_due
              FROM (%(needs)s) s JOIN club_need n ON n.id = s.res_id
         UNION ALL
            SELECT n.id, 'complaint_call'::varchar, n.owner_id, n.account_id,
                   n.contact_id, n.company_id, %(unit)s, NULL::date, n.call_due
              FROM club_need n
              JOIN res_partner a ON a.id = n.account_id
             WHERE n.is_complaint AND n.state = 'done' AND n.call_due IS NOT NULL
               AND n.called_on IS NULL
            """,
            needs=super()._get_today_sql(),
            unit=unit_of(SQL("a"), SQL("n.company_id")),
        )

    def _get_today_texts(self):
        complaints = self.filtered("is_complaint")
        texts = super(ClubNeed, self - complaints)._get_today_texts()
        for need in complaints:
            texts[need.id] = (
                self.env._("Ask whether “%s” is solved", need.display_name)
                if need.state == DONE
                else self.env._("Settle the complaint “%s”", need.display_name)
            )
        return texts
