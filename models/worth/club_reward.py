from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare
from odoo.tools.misc import formatLang

from ...kernel.points_lots import Balance
from ..points.decimals import to_decimal
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.names import join
from ..record.navigate import open_list
from ..record.rpc import for_one, is_id

GIFT, SERVICE, DEDUCTION = "gift", "service", "deduction"
KINDS = [(GIFT, "Gift"), (SERVICE, "Service"), (DEDUCTION, "Deduction")]

NUMBER = int | float


def _to_float(value):
    """Return a number that was searched for as PostgreSQL can compare it: no integer
    beyond its reach, and no yes or no.
    """
    return float(min(max(value, -1e15), 1e15))


class ClubReward(models.Model):
    """What points buy: a gift from stock, a service, a deduction. Rule B13.

    Of gifts pieces are counted: those received, less those that orders hold and those
    that were delivered. A deduction costs what it is worth in points.
    """

    _name = "club.reward"
    _description = "Reward"
    _inherit = [
        *("club.logged.mixin", "club.record.mixin", "club.membership.tier.mixin")
    ]
    _club_tier_fields = ("tier_ids",)
    _order = "sequence, id"
    _club_logged = (
        *("name", "kind", "price", "amount", "cost", "is_cash_like", "tier_ids"),
        *("date_from", "date_to", "active"),
    )

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default=GIFT)
    price = fields.Float(
        "Points a Piece",
        digits=(16, 2),
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    amount = fields.Monetary(
        "Deduction", aggregator=None, help="What a piece takes off the account's bill."
    )
    cost = fields.Monetary(
        "Cost a Piece", aggregator=None, help="What a piece costs the club."
    )
    is_cash_like = fields.Boolean(
        "Like Cash", help="A gift card, a shopping voucher or the like."
    )
    tier_ids = fields.Many2many(
        "club.tier",
        string="Tiers",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
        help="Whose members may order it; empty: any account with points.",
    )
    date_from = fields.Date("From", help="The first day on which it can be ordered.")
    date_to = fields.Date("To", help="The last day on which it can be ordered.")
    image = fields.Image("Picture", max_width=1024, max_height=1024)
    description = fields.Text(translate=True)
    receipt_ids = fields.One2many("club.reward.receipt", "reward_id", "Receipts")
    order_ids = fields.One2many("club.redemption", "reward_id", "Orders")
    gift_ids = fields.One2many("club.gift", "reward_id", "Gifts")
    # Whoever may read a reward knows how many there are, whoever ordered the others.
    received = fields.Integer(
        "Pieces Received", compute="_compute_stock", compute_sudo=True
    )
    reserved = fields.Integer(
        compute="_compute_stock",
        compute_sudo=True,
        help="Ordered or promised as a gift, not delivered yet.",
    )
    delivered = fields.Integer(compute="_compute_stock", compute_sudo=True)
    stock = fields.Integer(
        "In Stock",
        compute="_compute_stock",
        compute_sudo=True,
        search="_search_stock",
        help="Received, less reserved and delivered.",
    )
    can_afford = fields.Boolean(
        compute="_compute_can_afford",
        search="_search_can_afford",
        help="The account that one came from has the points for a piece.",
    )

    # The upper bounds also refuse NaN, which PostgreSQL puts above all numbers.
    _price = models.Constraint(
        "CHECK(price >= 0 AND price < 1e12)", "A reward costs points."
    )
    _amounts = models.Constraint(
        "CHECK(coalesce(amount, 0) >= 0 AND coalesce(cost, 0) >= 0)",
        "What a reward is worth and costs can't be negative.",
    )
    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A reward's last day can't be before its first."
    )

    @api.depends("kind", "amount", "program_id.deduction_points")
    def _compute_price(self):
        """A deduction costs its amount, at so many points per yuan."""
        for reward in self:
            if reward.kind == DEDUCTION:
                reward.price = reward.amount * reward.program_id.deduction_points
            else:
                reward.price = reward.price or 0

    @api.depends(
        "receipt_ids.quantity",
        *("order_ids.quantity", "order_ids.state", "order_ids.points_returned"),
        *("gift_ids.quantity", "gift_ids.state"),
    )
    def _compute_stock(self):
        found = self._count_stock()
        for reward in self:
            counted = found.get(reward._origin.id, (0, 0, 0))
            reward.received, reward.reserved, reward.delivered = counted
            reward.stock = counted[0] - counted[1] - counted[2]

    def _count_stock(self):
        """Return ``{id: (received, reserved, delivered)}``, in one statement."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) s WHERE id = ANY(%s)",
                self._get_stock_sql(),
                self._origin.ids,
            )
        )
        return {key: tuple(counts) for key, *counts in rows}

    @api.model
    def _get_stock_sql(self):
        """Return the SELECT of id, received, reserved, delivered.

        Pieces are back in stock with the points that were returned for them. Gifts
        take theirs, too, until they come back.
        """
        return SQL(
            """
            SELECT w.id,
                   coalesce((SELECT sum(c.quantity) FROM club_reward_receipt c
                              WHERE c.reward_id = w.id), 0)::int AS received,
                   (coalesce(o.reserved, 0) + coalesce(g.promised, 0))::int AS reserved,
                   (coalesce(o.delivered, 0) + coalesce(g.given, 0))::int AS delivered
              FROM club_reward w
         LEFT JOIN (SELECT reward_id,
                           sum(quantity) FILTER (WHERE state = 'reserved') AS reserved,
                           sum(quantity - floor(quantity * coalesce(points_returned, 0)
                                                    / points))
                               FILTER (WHERE state = 'debited') AS delivered
                      FROM club_redemption
                     WHERE reward_id IS NOT NULL
                     GROUP BY reward_id) o ON o.reward_id = w.id
         LEFT JOIN (SELECT reward_id,
                           sum(quantity) FILTER (WHERE state = 'confirmed') AS promised,
                           sum(quantity) FILTER (WHERE state = 'given') AS given
                      FROM club_gift
                     WHERE reward_id IS NOT NULL
                     GROUP BY reward_id) g ON g.reward_id = w.id
            """
        )

    def _search_stock(self, operator, value):
        if operator == "in":
            counts = [_to_float(each) for each in value if isinstance(each, NUMBER)]
            condition = SQL("= ANY(%s::float[])", counts)
        elif operator in ("<", "<=", ">", ">=") and isinstance(value, NUMBER):
            condition = SQL("%s %s::float", SQL(operator), _to_float(value))
        else:
            return NotImplemented
        self.env.flush_all()
        query = SQL(
            "(SELECT id FROM (%s) s WHERE received - reserved - delivered %s)",
            self._get_stock_sql(),
            condition,
        )
        return Domain("id", "in", query)

    @api.depends("price")
    @api.depends_context("default_account_id", "company", "uid")
    def _compute_can_afford(self):
        for program, rewards in self.grouped("program_id").items():
            available = self._get_available(program)
            for reward in rewards:
                reward.can_afford = reward.price <= available

    def _search_can_afford(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        for program in self.env["club.program"].search([]):  # pylint: disable=no-search-all
            price = Domain("price", "<=", self._get_available(program))
            domain |= Domain("program_id", "=", program.id) & price
        return domain

    @api.model
    def _get_context_account(self):
        """Return the account for which the catalogue was opened, if one may read it."""
        account_id = self.env.context.get("default_account_id")
        accounts = self.env["res.partner"].browse(
            [account_id] if is_id(account_id) else []
        )
        return accounts.exists().commercial_partner_id

    @api.model
    def _get_available(self, program):
        """Return what that account can spend of a program's points; nothing if none."""
        account = self._get_context_account()
        # sudo: the program's rules apply to whoever asks, of accounts that he may see
        program_sudo = program.sudo()._origin
        if not account or not program_sudo:
            return 0.0
        account = account.with_company(program_sudo.company_id)._filter_club_readable()
        entries_sudo = self.env["club.points.entry"].sudo()
        found = entries_sudo._get_balances(program_sudo, account)
        return float(found.get(account.id, Balance()).available)

    @api.constrains("kind", "price", "amount")
    def _check_price(self):
        for reward in self:
            if reward.kind == DEDUCTION and not reward.amount > 0:
                raise ValidationError(
                    self.env._(
                        "%s deducts nothing: enter what a piece takes off the bill.",
                        reward.name,
                    )
                )
            if reward.kind != DEDUCTION and not reward.price > 0:
                raise ValidationError(
                    self.env._(
                        "%s costs nothing: enter the points for a piece.", reward.name
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._set_deduction_price()

    def _club_check_write(self, vals):
        """Keep kind and program once pieces came in or were ordered."""
        super()._club_check_write(vals)
        if {"kind", "program_id"}.isdisjoint(vals):
            return
        for reward_sudo in self.sudo():  # whoever ordered it
            if reward_sudo.receipt_ids or reward_sudo.order_ids or reward_sudo.gift_ids:
                raise UserError(
                    self.env._(
                        "%s was received or ordered and keeps its kind and program: "
                        "archive it and enter another one.",
                        reward_sudo.name,
                    )
                )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {"kind", "price", "amount"}.isdisjoint(vals):
            self._set_deduction_price()

    def _set_deduction_price(self):
        """Let a deduction cost what it is worth, whatever a client says."""
        for reward in self:
            if reward.kind == DEDUCTION:
                due = reward.amount * reward.program_id.deduction_points
                if float_compare(reward.price, due, precision_digits=2):
                    reward.price = due

    # === Actions === #

    @for_one
    def action_order(self):
        """Open an order of it, for the account that one came from."""
        self.check_access("read")
        account = self._get_context_account()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Order"),
            "res_model": "club.redemption",
            "views": [
                (self.env.ref("crm_club.club_redemption_view_form_order").id, "form")
            ],
            "context": {
                "default_reward_id": self.id,
                "default_program_id": self.program_id.id,
                **({"default_account_id": account.id} if account else {}),
            },
        }

    @for_one
    def action_open_orders(self):
        return open_list(self, "club_redemption_action_orders", "reward_id")

    @for_one
    def action_open_receipts(self):
        return open_list(self, "club_reward_receipt_action", "reward_id")

    # === What an order is judged by. Rule B13 === #

    def _get_points(self, quantity):
        """Return what so many pieces cost now, in points, exact."""
        self.ensure_one()
        return to_decimal(self.env, self.price) * quantity

    def _get_cost(self):
        """Return what a piece costs the club: of a deduction what it takes off."""
        self.ensure_one()
        return self.amount if self.kind == DEDUCTION else self.cost

    def _check_can_order(self, account, quantity):
        """Refuse what can't be ordered today, with the figure that stands against it.

        The caller holds the reward, so that nobody orders the same piece meanwhile.
        """
        self.ensure_one()
        today = self.program_id.with_company(self.company_id)._today()
        if not self.active:
            raise UserError(
                self.env._("%s isn't in the catalogue any more.", self.name)
            )
        if self.date_from and today < self.date_from:
            raise UserError(
                self.env._(
                    "%(reward)s can be ordered from %(day)s on.",
                    reward=self.name,
                    day=fields.Date.to_string(self.date_from),
                )
            )
        if self.date_to and today > self.date_to:
            raise UserError(
                self.env._(
                    "%(reward)s could be ordered until %(day)s.",
                    reward=self.name,
                    day=fields.Date.to_string(self.date_to),
                )
            )
        self._check_deduction()
        self._check_tier(account, today)
        self._check_stock(quantity)

    def _check_deduction(self):
        """Refuse deductions where the program gives none."""
        for reward in self:
            program = reward.program_id
            if reward.kind == DEDUCTION and not program.deduction_points:
                raise UserError(
                    self.env._(
                        "%s gives no deductions for points: an officer switches them "
                        "on.",
                        program.name,
                    )
                )

    def _check_tier(self, account, today):
        if not self.tier_ids:
            return
        # sudo: the tier decides, whoever may read memberships
        memberships_sudo = self.env["club.membership"].sudo()
        held = memberships_sudo.search(
            [
                ("account_id", "=", account.id),
                ("program_id", "=", self.program_id.id),
                ("group_id.purpose", "!=", "grade"),
                *memberships_sudo._domain_on(today),
            ]
        ).tier_id
        if not held & self.tier_ids:
            raise UserError(
                self.env._(
                    "%(reward)s is for %(tiers)s, and %(account)s is %(held)s.",
                    reward=self.name,
                    tiers=join(self.env, self.tier_ids.mapped("name")),
                    account=account.display_name,
                    held=join(self.env, held.mapped("name")) or self.env._("no member"),
                )
            )

    def _check_stock(self, quantity):
        """Refuse more pieces than there are."""
        if self.kind != GIFT:
            return
        received, reserved, delivered = self._count_stock()[self.id]
        stock = received - reserved - delivered
        if quantity > stock:
            raise UserError(
                self.env._(
                    "Of %(reward)s there are %(stock)s in stock, and %(quantity)s are "
                    "asked for.",
                    reward=self.name,
                    stock=formatLang(self.env, stock, digits=0),
                    quantity=formatLang(self.env, quantity, digits=0),
                )
            )
