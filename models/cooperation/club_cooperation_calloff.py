from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..activity.change import Consequence
from ..record.number import number
from ..record.rpc import for_records

DRAFT, CONFIRMED, CLOSED, CANCELLED = "draft", "confirmed", "closed", "cancelled"
STATES = [
    (DRAFT, "Draft"),
    (CONFIRMED, "Confirmed"),
    (CLOSED, "Closed"),
    (CANCELLED, "Cancelled"),
]


class ClubCooperationCalloff(models.Model):
    """What is ordered under a contract, within its limit. Rule C6.

    Confirmed, it counts towards the limit until bills have reached it. Closing frees
    what is left of it, unless it was settled: then it counts for good.
    """

    _name = "club.cooperation.calloff"
    _description = "Call-Off"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "date desc, id desc"
    # What is fixed once it is confirmed.
    _club_fixed = ("cooperation_id", "date", "amount", "activity_id", "description")
    _club_sequence = "CALL"

    name = number()
    cooperation_id = fields.Many2one(
        "club.cooperation",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("approval_state", "=", "done")],
    )
    company_id = fields.Many2one(
        related="cooperation_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="cooperation_id.partner_id", store=True, index=True
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["club.program"]._today()
    )
    description = fields.Char("What", required=True)
    activity_id = fields.Many2one(
        "club.activity",
        "Club Activity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The activity that it is for, if any.",
    )
    amount = fields.Monetary(required=True, help="In the way the contract states it.")
    state = fields.Selection(
        STATES,
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    available_amount = fields.Monetary(related="cooperation_id.available_amount")

    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e12)",
        "A call-off costs something: enter how much, to two decimals.",
    )

    @api.depends("name", "description")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for calloff in self:
            description = calloff._origin not in untold and calloff.description
            parts = (calloff.name, description)
            calloff.display_name = " · ".join(filter(None, parts))

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        for calloff in self.filtered(lambda c: c.state != DRAFT):
            raise UserError(
                self.env._(
                    "%s was confirmed: it stays as history.", calloff.display_name
                )
            )

    # === Actions === #

    @for_records
    def action_confirm(self):
        """Order it, if the contract is in effect and has so much left. Rule C6."""
        cooperations_sudo = self._hold_contracts()
        self._check_state(DRAFT)
        cooperations_sudo._check_in_effect()
        for calloff in self:
            calloff._check_period()
        self._set_state(
            (DRAFT,),
            CONFIRMED,
            confirmed_at=fields.Datetime.now(),
            confirmed_by_id=self.env.uid,
        )
        cooperations_sudo._check_limit()
        return True

    @for_records
    def action_close(self):
        """Say that nothing more will be billed: what is left of it is free again."""
        self._hold_contracts()
        self._set_state((CONFIRMED,), CLOSED)
        return True

    @for_records
    def action_cancel(self):
        """Take it back, before anything of it was billed."""
        self._hold_contracts()
        self._check_state(DRAFT, CONFIRMED)
        billed = self._get_billed()
        if billed:
            raise UserError(
                self.env._(
                    "%s has been billed: close it instead of cancelling it.",
                    billed[0].name,
                )
            )
        settled_sudo = self._find_settled()
        if settled_sudo:
            raise UserError(
                self.env._(
                    "%(calloff)s is settled by %(settlement)s, so it stays: close it "
                    "instead of cancelling it.",
                    calloff=settled_sudo[0].calloff_id.name,
                    settlement=settled_sudo[0].settlement_id.name,
                )
            )
        self._set_state((DRAFT, CONFIRMED), CANCELLED)
        return True

    def _hold_contracts(self):
        """Hold the rows of the contracts until the transaction ends; return them."""
        self.check_access("write")
        cooperations_sudo = self.cooperation_id.sudo()  # of whatever unit
        cooperations_sudo._hold()
        self.invalidate_recordset()
        return cooperations_sudo

    def _find_settled(self):
        """Return the lines of settlements, waiting or signed, that settle these."""
        lines_sudo = self.env["club.settlement.line"].sudo()
        return lines_sudo.search(
            [("calloff_id", "in", self.ids), ("is_settled", "=", True)]
        )

    def _get_billed(self):
        """Return those that a posted bill names."""
        lines_sudo = self.env["account.move.line"].sudo()
        found = lines_sudo.search(
            [("club_calloff_id", "in", self.ids), ("parent_state", "=", "posted")]
        )
        return found.club_calloff_id.with_env(self.env)

    # === With an activity === #

    def _get_settled(self):
        """Return those that a settlement lists which was submitted."""
        return self._find_settled().calloff_id.with_env(self.env)

    def _get_consequence(self, change, is_fixed, was_day, day):
        """Return what becomes of it when its activity is moved or cancelled.

        :param is_fixed: whether it was billed or settled already
        :param was_day: the activity's day until now; a call-off of that day follows
        :param day: its new day
        """
        self.ensure_one()
        users = self.confirmed_by_id | self.create_uid | self.cooperation_id.user_id
        people = users.filtered(lambda user: user.active and not user.share).partner_id
        values = {"calloff": self.display_name, "supplier": self.partner_id.name}
        if is_fixed:
            text = self.env._(
                "%(calloff)s stays: it was billed or settled already. Agree with "
                "%(supplier)s on what becomes of it.",
                **values,
            )
            return Consequence(text, people, stays=True)
        if change.is_cancelled:
            text = self.env._(
                "%(calloff)s is cancelled: tell %(supplier)s.",
                **values,
            )
            return Consequence(text, people, self.action_cancel)
        contract = self.cooperation_id
        if not contract.date_from <= day <= contract.date_to:
            text = self.env._(
                "%(calloff)s stays: %(cooperation)s runs from %(start)s to %(end)s, "
                "so the new day isn't in it. Agree with %(supplier)s on another one.",
                cooperation=contract.name,
                start=format_date(self.env, contract.date_from),
                end=format_date(self.env, contract.date_to),
                **values,
            )
            return Consequence(text, people, stays=True)
        text = self.env._(
            "%(calloff)s stays ordered: tell %(supplier)s the new time and place.",
            **values,
        )
        if self.date != was_day or day == was_day:
            return Consequence(text, people)
        return Consequence(text, people, lambda: self._write_guarded({"date": day}))

    def _check_period(self):
        # sudo: the contract may be of whatever unit
        contract = self.cooperation_id.sudo()  # of whatever unit
        if not contract.date_from <= self.date <= contract.date_to:
            raise UserError(
                self.env._(
                    "%(calloff)s is of %(day)s, but %(cooperation)s runs from "
                    "%(start)s to %(end)s.",
                    calloff=self.name,
                    day=format_date(self.env, self.date),
                    cooperation=contract.name,
                    start=format_date(self.env, contract.date_from),
                    end=format_date(self.env, contract.date_to),
                )
            )
