"""An order of rewards is a redemption that names what it buys. Rule B13."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel.written import get_written
from ..approval.measures import POINTS
from ..approval.states import APPROVED, DONE, WAITING
from ..points.club_redemption import DEBITED, DRAFT, RESERVED, RETURNED, ClubRedemption
from ..points.decimals import to_decimal
from ..record.hold import hold
from ..record.rpc import for_records, is_id
from .club_reward import DEDUCTION, GIFT
from .gift_limits import check_given_something
from .signatures import forget_signatures

# Written on the reserved order by whoever hands it over.
HANDED_OVER = ("received_by", "received_on", "receipt_signature")

# How far back orders count together where no policy says it.
WINDOW_DAYS = 30


class ClubRewardOrder(models.Model):
    """What it costs is the reward's price of the moment in which it is reserved.

    It holds points and pieces, and is delivered against the receiver's signature. Above
    the program's limit any redemption is signed before, also one that names no reward.
    What the account redeemed lately counts with it, so that splitting lowers neither
    limit nor band.
    """

    _inherit = "club.redemption"
    _club_fixed = (*ClubRedemption._club_fixed, "reward_id", "quantity")
    _club_texts = ("received_by",)
    _approval_measure = POINTS
    _approval_auto = False
    _approval_type = "reward_order"
    _approval_guarded = _club_fixed

    reward_id = fields.Many2one(
        "club.reward",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('program_id', '=', program_id)]",
    )
    reward_image = fields.Image(related="reward_id.image")
    quantity = fields.Integer(default=1, required=True)
    points = fields.Float(
        compute="_compute_order", store=True, readonly=False, precompute=True
    )
    reason = fields.Char(
        compute="_compute_order", store=True, readonly=False, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary(
        readonly=True,
        copy=False,
        help="What the pieces cost the club when they were reserved.",
    )
    is_to_sign = fields.Boolean(
        "To Be Signed",
        readonly=True,
        copy=False,
        help="It was above the program's limit when it was reserved.",
    )
    points_before = fields.Float(
        "Ordered Lately",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator=None,
        help="Points of the account's other redemptions in the policy's window, when "
        "this one was reserved: they count with it when it is signed.",
    )
    days_before = fields.Integer(
        "Window (Days)", readonly=True, copy=False, aggregator=None
    )
    received_by = fields.Char(copy=False, help="Who took it over for the account.")
    received_on = fields.Date(copy=False, help="The day on which it was handed over.")
    receipt_signature = fields.Image(
        "Signature of the Receiver", max_width=1024, max_height=1024, copy=False
    )

    _quantity = models.Constraint(
        "CHECK(quantity BETWEEN 1 AND 100000)",
        "An order is of at least one piece and of a hundred thousand at most.",
    )

    @api.depends("reward_id", "quantity")
    def _compute_order(self):
        """Work out what an order costs; what names no reward is entered by hand."""
        for order in self:
            reward = order.reward_id
            if reward:
                order.points = float(reward._get_points(order.quantity))
                order.reason = f"{reward.name} × {order.quantity}"
            else:
                order.points = order.points or 0
                order.reason = order.reason

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        """Refuse what costs nothing before PostgreSQL does."""
        reward_id = values.get("reward_id")
        if is_id(reward_id):
            self.env["club.reward"].browse(reward_id).exists()._check_deduction()
        return super()._club_prepare(values, is_new=is_new)

    def _club_after_create(self):
        super()._club_after_create()
        self._set_price()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {"points", "quantity", "reward_id"}.isdisjoint(vals):
            self._set_price()

    def _set_price(self):
        """Let a draft cost what its reward costs now, whatever a client says."""
        for order in self:
            if order.reward_id and order.state == DRAFT:
                points = float(order.reward_id._get_points(order.quantity))
                if order.points != points:
                    order._write_guarded({"points": points})

    @api.constrains("reward_id", "program_id")
    def _check_reward_program(self):
        for order in self:
            reward = order.reward_id
            if reward and reward.program_id != order.program_id:
                raise UserError(
                    self.env._(
                        "%(reward)s belongs to another program than %(order)s.",
                        reward=reward.name,
                        order=order.name,
                    )
                )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if set(vals).isdisjoint(HANDED_OVER):
            return
        for order in self:
            if order.state != RESERVED:
                raise UserError(
                    self.env._(
                        "Who took over %s is entered while it waits to be delivered.",
                        order.name,
                    )
                )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """The receiver is one of the account's people."""
        return super()._domain_of_person(ids, account_id) | Domain(
            "account_id", "=", account_id
        )

    @api.model
    def _forget_persons(self, ids):
        """Remove the signatures of people who took something over. Rule A8."""
        forget_signatures(self, ids)

    # === Actions === #

    @for_records
    def action_reserve(self):
        """Hold points and pieces, and ask for signatures above the limit."""
        self.check_access("write")
        # Two who order the last piece meet here; the second one starts anew.
        hold(self.reward_id)
        super().action_reserve()
        to_sign = self.filtered("is_to_sign")
        if to_sign:
            to_sign.action_submit()
        return True

    @for_records
    def action_debit(self):
        self.check_access("write")
        self._lock_requests()
        return super().action_debit()

    @for_records
    def action_cancel(self):
        """Free points and pieces, and ask for no signatures any more."""
        self.check_access("write")
        self._lock_requests()
        for order in self:
            if order.approval_state in (WAITING, APPROVED):
                # sudo: nobody has rights on requests
                request_sudo = order.approval_request_id.sudo()
                request_sudo._do_withdraw(self.env.user, self.env._("Cancelled"))
        return super().action_cancel()

    def _lock_requests(self):
        """Hold what is being signed, before the accounts: see docs/concurrency.md."""
        # sudo: nobody has rights on requests
        for order in self.filtered("is_to_sign"):
            order.approval_request_id.sudo()._lock()

    # === What the steps ask and do === #

    def _check_can_reserve(self):
        result = super()._check_can_reserve()
        self._check_class()
        if self.reward_id:
            self._set_price()
            # sudo: tiers and stock decide, whatever the user may read
            self.reward_id.sudo()._check_can_order(self.account_id, self.quantity)
        return result

    def _check_class(self):
        """Refuse whoever is given nothing: points buy such an account deductions from
        its bills and no more, whether the redemption names a reward or not. Rule D17.
        """
        if self.reward_id.kind == DEDUCTION:
            return
        today = self.program_id.with_company(self.company_id)._today()
        what = self.reward_id.name or self.reason or self.name
        check_given_something(self.account_id, self.company_id, today, what)

    def _do_reserve(self):
        result = super()._do_reserve()
        reward = self.reward_id
        days = self._get_window_days()
        unsigned, before = self._count_redeemed(days)
        points = to_decimal(self.env, self.points)
        limit = to_decimal(self.env, self.program_id.order_limit)
        self._write_guarded(
            {
                "is_to_sign": points + unsigned > limit,
                "points_before": float(before),
                "days_before": days,
                "cost": reward._get_cost() * self.quantity if reward else 0,
                **dict.fromkeys(HANDED_OVER, False),
            }
        )
        return result

    def _get_window_days(self):
        """Return how many days back the account's orders count with a new one."""
        # sudo: the policy decides, whoever may read it. Without one small orders go on.
        policies_sudo = self.env["club.approval.policy"].sudo()
        policy_sudo = policies_sudo.with_context(active_test=True).search_fetch(
            [
                ("document_type", "=", self._approval_type),
                ("company_id", "=", self.company_id.id),
            ],
            ["window_days"],
            limit=1,
        )
        return policy_sudo.window_days or WINDOW_DAYS

    def _count_redeemed(self, days):
        """Return the points of the account's other redemptions of so many days, exact:
        those that weren't signed, and all. What came back doesn't count.

        The caller holds the account, so that nobody redeems its points meanwhile.
        """
        self.env.flush_all()
        [counted] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(sum(o.points - coalesce(o.points_returned, 0))
                                FILTER (WHERE o.is_to_sign IS NOT TRUE), 0)::text,
                       coalesce(sum(o.points - coalesce(o.points_returned, 0)), 0)::text
                  FROM club_redemption o
                 WHERE o.account_id = %(account)s AND o.program_id = %(program)s
                   AND o.state IN %(states)s AND o.reserved_on >= %(since)s
                   AND o.id <> %(own)s
                """,
                account=self.account_id.id,
                program=self.program_id.id,
                states=(RESERVED, DEBITED),
                since=self.reserved_on - timedelta(days),
                own=self.id,
            )
        )
        return tuple(to_decimal(self.env, points) for points in counted)

    def _check_can_debit(self):
        result = super()._check_can_debit()
        self._check_signed()
        self._check_class()  # it may have come since
        if (
            self.program_id.order_needs_second
            and self.env.user == self.reserved_by_id
            and not self.env.su
        ):
            raise UserError(
                self.env._(
                    "You ordered %s: somebody else confirms that it was delivered.",
                    self.name,
                )
            )
        if self.reward_id:
            self._check_handed_over()
        return result

    def _check_signed(self):
        """Refuse what is above the limit until all have signed it."""
        if self.is_to_sign and self.approval_state != APPROVED:
            raise UserError(
                self.env._(
                    "%(order)s costs %(points)s points and is signed before it is "
                    "delivered.",
                    order=self.name,
                    points=formatLang(self.env, self.points, digits=2),
                )
                if not self.points_before
                else self.env._(
                    "%(order)s costs %(points)s points, and %(before)s more were "
                    "ordered in the %(days)s days before: it is signed before it is "
                    "delivered.",
                    order=self.name,
                    points=formatLang(self.env, self.points, digits=2),
                    before=formatLang(self.env, self.points_before, digits=2),
                    days=self.days_before,
                )
            )

    def _check_handed_over(self):
        """Refuse to deliver a reward without the receiver's signature of a day that
        can be. What names no reward is handed over on paper, if at all.
        """
        today = self.program_id.with_company(self.company_id)._today()
        if not get_written(self.received_by) or not self.receipt_signature:
            raise UserError(
                self.env._(
                    "%s is delivered against a signature: enter who took it over, and "
                    "let that person sign.",
                    self.name,
                )
            )
        if self.received_on and not self.reserved_on <= self.received_on <= today:
            raise UserError(
                self.env._(
                    "%(order)s was reserved on %(day)s: it can't have been handed over "
                    "before that, nor on a day to come.",
                    order=self.name,
                    day=fields.Date.to_string(self.reserved_on),
                )
            )

    def _check_can_return(self, points):
        """Pieces of a gift come back as wholes, with the points of each."""
        super()._check_can_return(points)
        if self.reward_id.kind != GIFT or points in (None, self._get_points_left()):
            return
        each = to_decimal(self.env, self.points) / self.quantity
        if points % each:
            raise UserError(
                self.env._(
                    "%(order)s is of pieces of %(each)s points: return the points of "
                    "whole pieces, which come back into stock.",
                    order=self.name,
                    each=formatLang(self.env, float(each), digits=2),
                )
            )

    def _do_debit(self):
        if self.reward_id and not self.received_on:
            program = self.program_id.with_company(self.company_id)
            self._write_guarded({"received_on": program._today()})
        if self.is_to_sign and self.approval_state == APPROVED:
            return self._approval_carry_out()
        return super()._do_debit()

    # === What it cost === #

    @api.model
    def _get_cost_sql(self):
        """What the delivered pieces cost, less those that came back. Rule B8."""
        return SQL(
            """
            SELECT r.id AS res_id, 'reward'::varchar AS kind, r.account_id,
                   r.company_id, r.received_on AS date,
                   r.cost - round(r.cost * coalesce(r.points_returned, 0) / r.points, 2)
                   AS amount
              FROM club_redemption r
             WHERE r.state IN %(delivered)s AND r.reward_id IS NOT NULL
               AND r.cost > 0 AND coalesce(r.points_returned, 0) < r.points
            """,
            delivered=(DEBITED, RETURNED),
        )

    # === Approval === #

    @api.model
    def _get_approval_types(self):
        return {self._approval_type: self.env._("Reward order")}

    def _get_approval_amount(self):
        return self.points + self.points_before, None

    def _get_approval_subject(self):
        """Name reward and pieces: what a client calls it stands beside them."""
        # sudo: who signs needn't read the catalogue
        reward_sudo = self.sudo().reward_id
        bought = f"{reward_sudo.name} × {self.quantity}"
        reason = self.reason
        if reward_sudo and reason != bought:
            reason = f"{bought}: {reason}"
        if not self.points_before:
            return reason
        return self.env._(
            "%(reason)s (%(points)s points, and %(before)s that the account ordered in "
            "the %(days)s days before)",
            reason=reason,
            points=formatLang(self.env, self.points, digits=2),
            before=formatLang(self.env, self.points_before, digits=2),
            days=self.days_before,
        )

    def _get_approval_unit(self):
        return self.unit_id

    def _approval_is_ready(self):
        return self.is_to_sign and self.state == RESERVED

    def _check_can_submit(self):
        super()._check_can_submit()
        if not (self.is_to_sign and self.state == RESERVED):
            raise UserError(
                self.env._(
                    "%s isn't signed: only what is reserved above the program's limit "
                    "is.",
                    self.name,
                )
            )

    def _approval_execute(self, request):
        """Take the points for good: what all have signed was delivered."""
        self._write_guarded({"approval_state": DONE})
        self._do_debit()
