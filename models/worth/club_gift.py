from datetime import datetime, time
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel import gift_limit
from ...kernel.written import get_written
from ..benefit.club_benefit import BIRTHDAY, DEDICATED
from ..contact.looked_after import asked_for, unit_of
from ..record.accounts import check_contact
from ..record.by_company import ByCompany
from ..record.groups import LEAD
from ..record.hold import hold
from ..record.rpc import for_records, without_client_context
from . import gift_checks
from .club_reward import DEDUCTION
from .gift_limits import read_counted, read_limits
from .gift_states import (
    CALLED_OFF,
    CONFIRMED,
    DRAFT,
    GIVEN,
    HAND,
    NOT_ACCEPTED,
    RETURNED,
    STATES,
    WAYS,
)
from .signatures import forget_signatures

# Written on what is to be given, by whoever gives it.
RECEIPT = (
    *("given_on", "given_by_id", "received_by", "receipt_signature"),
    *("tracking_no", "receipt_file", "receipt_file_name"),
)


class ClubGift(models.Model):
    """What an account, or one of its people, is given for an occasion. Rule D17.

    Its value comes from the catalogue, or from a paper that is named. What an account
    is given in a calendar year stays within the limit of its class: judged when the
    gift is promised and again when it is given, on accounts that are held. What was
    given stays: it came back, or it counts.
    """

    _name = "club.gift"
    _description = "Gift"
    _inherit = ["club.record.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ("item", "reward_id.name", "contact_id.name", "account_id.name")
    _club_keeps = "account_id"
    _club_about = "contact_id"
    _club_is_his = True
    _club_texts = (
        "item",
        "value_source",
        "received_by",
        "tracking_no",
        "undone_reason",
    )
    _club_accounts = ("account_id",)
    _club_fixes_currency = True
    _club_fixed = (
        *("list_id", "account_id", "contact_id", "reward_id", "item", "quantity"),
        *("value", "value_source", "is_cash_like", "benefit_id", "date"),
    )
    _club_closed = (RETURNED, NOT_ACCEPTED, CALLED_OFF)

    list_id = fields.Many2one(
        "club.gift.list", "Gift List", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="list_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # === For whom === #
    contact_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
        help="Empty: for the account as a whole.",
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
        help="Whose gifts it counts among; it stays so when the person goes to another "
        "company.",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )

    # === What === #
    reward_id = fields.Many2one(
        "club.reward",
        "From the Catalogue",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "!=", DEDUCTION)],
        help="Its pieces are taken from stock, and it is worth what they cost.",
    )
    item = fields.Char("Other Item", help="What isn't in the catalogue.")
    title = fields.Char("What Is Given", compute="_compute_title")
    quantity = fields.Integer("Pieces", default=1, required=True)
    value = fields.Monetary(
        "Gift Value",
        compute="_compute_value",
        store=True,
        readonly=False,
        precompute=True,
        help="Of all pieces. From the catalogue: what they cost when it was confirmed.",
    )
    value_source = fields.Char(
        "Value According to",
        help="Invoice, receipt or offer that names the price of what isn't in the "
        "catalogue.",
    )
    is_cash_like = fields.Boolean(
        "Like Cash",
        compute="_compute_is_cash_like",
        store=True,
        readonly=False,
        precompute=True,
        help="A gift card, a shopping voucher or the like.",
    )
    benefit_id = fields.Many2one(
        "club.benefit",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("form", "in", (BIRTHDAY, DEDICATED)), ("needs_consent", "=", False)],
        help="The birthday gift or surprise that this gives: it counts among what the "
        "account is owed in the year.",
    )
    booking_id = fields.Many2one(
        "club.benefit.booking",
        "Benefit Booking",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === When and how === #
    date = fields.Date(
        "To Give On",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    year = fields.Integer(
        compute="_compute_year",
        store=True,
        precompute=True,
        aggregator=None,
        help="The calendar year among whose gifts it counts.",
    )
    way = fields.Selection(WAYS, "How It Is Given", required=True, default=HAND)
    given_on = fields.Date(
        "Given Out On", copy=False, help="The day on which it was given or sent."
    )
    given_by_id = fields.Many2one(
        "res.users",
        "Given Out by",
        copy=False,
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Empty: whoever presses the button.",
    )
    received_by = fields.Char(copy=False, help="Who took it over.")
    receipt_signature = fields.Image(
        "Signature of the Receiver", max_width=1024, max_height=1024, copy=False
    )
    tracking_no = fields.Char("Tracking No.", copy=False)
    receipt_file = fields.Binary("Receipt (File)", attachment=True, copy=False)
    receipt_file_name = fields.Char("Name of the Receipt", copy=False)

    # === Life === #
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    confirmed_on = fields.Date(readonly=True, copy=False)
    recorded_by_id = fields.Many2one(
        "res.users",
        "Giving Recorded by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who recorded that it was given.",
    )
    undone_reason = fields.Char(
        "Why It Came Back", copy=False, help="Why it was returned or not accepted."
    )
    undone_on = fields.Date("Came Back On", readonly=True, copy=False)
    undone_by_id = fields.Many2one(
        "res.users", "Taken Back by", readonly=True, copy=False, ondelete="restrict"
    )
    limit_text = fields.Char("Limit of the Year", compute="_compute_limit_text")
    budget_left = fields.Monetary(
        related="account_id.club_budget_left",
        related_sudo=False,  # as far as its reader may know
        help="Of the account's marketing budget of this year. Gifts aren't refused for "
        "it: they count as spent.",
    )

    # What counts of an account's year; finds all gifts of an account, too.
    _counted_idx = models.Index("(account_id, company_id, year)")
    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _value = models.Constraint(
        "CHECK(coalesce(value, 0) >= 0 AND coalesce(value, 0) < 1e12)",
        "A gift isn't worth less than nothing.",
    )
    _quantity = models.Constraint(
        "CHECK(quantity BETWEEN 1 AND 100000)",
        "A gift is of at least one piece and of a hundred thousand at most.",
    )

    # === Computes === #

    @api.depends("contact_id")
    def _compute_account_id(self):
        """Take the person's company when it is drawn up; later moves don't matter."""
        for gift in self:
            contact = gift.contact_id
            gift.account_id = contact.commercial_partner_id or gift.account_id

    @api.depends("reward_id.name", "item")
    @api.depends_context("lang")
    def _compute_title(self):
        for gift in self:
            gift.title = gift.reward_id.name or gift.item

    @api.depends("reward_id", "quantity")
    def _compute_value(self):
        for gift in self:
            gift.value = gift._get_cost() if gift.reward_id else gift.value or 0

    def _get_cost(self):
        """Return what its pieces cost by the catalogue, in the company's currency."""
        cost = self.reward_id.cost * self.quantity
        return self.currency_id.round(cost) if self.currency_id else cost

    @api.depends("reward_id")
    def _compute_is_cash_like(self):
        for gift in self:
            reward = gift.reward_id
            gift.is_cash_like = reward.is_cash_like if reward else gift.is_cash_like

    @api.depends("list_id")
    def _compute_date(self):
        for gift in self:
            gift.date = gift.date or gift.list_id.date

    @api.depends("date", "given_on", "state")
    def _compute_year(self):
        """Count it in the year in which it was given, until then as it was meant."""
        for gift in self:
            done = gift.state in (GIVEN, RETURNED)
            day = gift.given_on if done else gift.date
            gift.year = day and day.year

    @api.depends("reward_id.name", "item", "contact_id", "account_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for gift in self:
            # sudo: who reads a gift may know whose it is
            gift_sudo = gift.sudo()
            name = gift_sudo.contact_id.name or gift_sudo.account_id.name
            parts = (gift_sudo.title, name)
            gift.display_name = " · ".join(part for part in parts if part)

    @api.depends("account_id", "date", "given_on", "state", "value")
    @api.depends_context("uid", "company", "lang")
    def _compute_limit_text(self):
        """Say what else the account may be given, to whoever may know it."""
        self.limit_text = False
        readable = set(self.account_id._origin._filter_club_readable().ids)
        found = self.filtered(
            lambda gift: gift.account_id._origin.id in readable and gift.date
        )
        for company, gifts in found.grouped("company_id").items():
            company = company or self.env.company
            days = {gift: (gift.account_id._origin.id, gift.date) for gift in gifts}
            limits = read_limits(self.env, company, days.values())
            counted = read_counted(
                self.env, company, {(key, day.year) for key, day in days.values()}
            )
            for gift, (key, day) in days.items():
                gift.limit_text = gift._describe_limit(
                    limits.get((key, day)), counted.get((key, day.year), Decimal(0))
                )

    def _describe_limit(self, limit, counted):
        year = str(self.date.year)
        if limit is None:
            return self.env._(
                "No limit; %(counted)s given or promised in %(year)s",
                counted=self._format(counted),
                year=year,
            )
        return self.env._(
            "%(limit)s in %(year)s, of which %(left)s are left",
            limit=self._format(limit.amount),
            left=self._format(gift_limit.get_left(limit.amount, counted)),
            year=year,
        )

    def _format(self, amount):
        currency = self.currency_id or self.env.company.currency_id
        return formatLang(self.env, float(amount), currency_obj=currency)

    # === Constraints === #

    @api.constrains("contact_id", "account_id")
    def _check_contact_id(self):
        """Judge when it is drawn up: people may go to another company later."""
        for gift in self:
            check_contact(gift.contact_id, gift.account_id)

    @api.constrains("reward_id", "benefit_id")
    def _check_item(self):
        for gift in self:
            if gift.reward_id.kind == DEDUCTION:
                raise ValidationError(
                    self.env._(
                        "%s is a deduction from a bill: that is no gift.",
                        gift.reward_id.name,
                    )
                )
            benefit = gift.benefit_id
            if benefit and (
                benefit.form not in (BIRTHDAY, DEDICATED) or benefit.needs_consent
            ):
                raise ValidationError(
                    self.env._(
                        "%s isn't given as a gift: choose a birthday gift, or a "
                        "dedicated service that needs no consent.",
                        benefit.name,
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._join_list()
        self._set_value()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not set(vals).isdisjoint(self._club_fixed):
            self._check_list()
        receipt = not set(vals).isdisjoint(RECEIPT)
        for gift in self:
            if receipt and gift.state != CONFIRMED:
                raise UserError(
                    self.env._(
                        "%s: how it was received is entered while it is to be given.",
                        gift.display_name,
                    )
                )
            if "way" in vals and gift.state not in (DRAFT, CONFIRMED):
                raise UserError(
                    self.env._("%s was given: how stays as it was.", gift.display_name)
                )
            if "undone_reason" in vals and gift.state not in (CONFIRMED, GIVEN):
                raise UserError(
                    self.env._(
                        "%s wasn't promised: there is nothing to take back.",
                        gift.display_name,
                    )
                )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "list_id" in vals:
            self._join_list()
        if not {"reward_id", "quantity", "value", "item", "is_cash_like"}.isdisjoint(
            vals
        ):
            self._set_value()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_list()

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for gift in self:
            if gift.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s was promised and stays: call it off, or take it back.",
                        gift.display_name,
                    )
                )

    def _join_list(self):
        """Add to drafts only, also while somebody else confirms one."""
        # sudo: whoever reads it
        hold(self.sudo().list_id)
        self._check_list()

    def _check_list(self):
        """Refuse to change a list by its gifts where one may not change the list.

        :raises AccessError: to who reads the list only
        """
        lists = self.list_id
        if not self.env.su:
            lists.check_access("write")
        lists._check_drafts()

    def _set_value(self):
        """Let a draft from the catalogue be what the catalogue says, whatever a client
        says.
        """
        for gift in self:
            reward = gift.reward_id
            if not reward or gift.state != DRAFT:
                continue
            due = {
                "value": gift._get_cost(),
                "item": False,
                "is_cash_like": reward.is_cash_like,
            }
            if any(gift[name] != value for name, value in due.items()):
                gift._write_guarded(due)

    # === Actions === #

    @for_records
    def action_give(self):
        """Record that they were given: against a name, or a number or paper."""
        gifts = self._prepare_step()
        for company, found in gifts.grouped("company_id").items():
            undated = found.filtered(lambda gift: not gift.given_on)
            undated._write_guarded({"given_on": company._club_today()})
        for gift in gifts:
            gift_checks.check_can_give(gift)
        gift_checks.check_limits(gifts, "given_on")
        for gift in gifts:
            gift._do_give()
        return True

    @for_records
    def action_refuse(self):
        """Record that they weren't accepted, and why."""
        gifts = self._prepare_step()
        gifts._undo((CONFIRMED,), NOT_ACCEPTED)
        return True

    @for_records
    def action_return(self):
        """Record that they came back, and why: they count no more.

        :raises AccessError: unless it is a unit's lead or an officer who says so: what
            came back may be given again
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(LEAD)):
            raise AccessError(
                self.env._(
                    "That a gift came back is recorded by the unit's lead or a club "
                    "officer."
                )
            )
        gifts = self._prepare_step()
        for gift in gifts:
            gift._check_taken_back_by_another()
        gifts._undo((GIVEN,), RETURNED)
        return True

    def _check_taken_back_by_another(self):
        """
        :raises UserError: to who gave it, where the program asks for somebody else
        """
        # sudo: the program's rules apply, whoever may read them
        programs_sudo = self.env["club.program"].sudo()
        if not programs_sudo._get_main(self.company_id).order_needs_second:
            return
        givers = self.sudo().given_by_id | self.sudo().recorded_by_id
        if self.env.user in givers and not self.env.su:
            raise UserError(
                self.env._(
                    "You gave %s: somebody else records that it came back.",
                    self.display_name,
                )
            )

    @for_records
    def action_call_off(self):
        """Give up what wasn't given: its account may be given something else."""
        gifts = self._prepare_step()
        gifts._free_benefits()
        gifts._set_state((CONFIRMED,), CALLED_OFF)
        return True

    def _prepare_step(self):
        """Hold rewards and accounts, and return the gifts as they are now.

        Two who give the last of a limit meet here: the second one starts anew and then
        sees what the first has done. What the client's context says doesn't matter.
        """
        self.check_access("write")
        gifts_sudo = self.sudo()  # who may give need not read accounts and catalogue
        hold(gifts_sudo.reward_id)
        hold(gifts_sudo.account_id)
        gifts = without_client_context(self)
        gifts.invalidate_recordset()
        return gifts.sorted("id")

    # === What the steps ask and do, of accounts that are held. Rule D17 === #

    def _confirm(self):
        """Promise drafts: their list is confirmed."""
        gifts = self._prepare_step()
        gifts._set_value()
        for gift in gifts:
            gift_checks.check_can_confirm(gift)
        gift_checks.check_stock(gifts)
        gift_checks.check_limits(gifts, "date")
        for gift in gifts:
            gift._book_benefit(gift.date)
        for company, found in gifts.grouped("company_id").items():
            found._set_state(
                (DRAFT,),
                CONFIRMED,
                confirmed_on=company._club_today(),
                **dict.fromkeys((*RECEIPT, "undone_reason"), False),
            )

    def _do_give(self):
        self._book_benefit(self.given_on)
        # sudo: who looks after the account gives what it is owed
        booking_sudo = self.booking_id.sudo()
        if booking_sudo:
            booking_sudo.action_use()
        self._set_state(
            (CONFIRMED,),
            GIVEN,
            given_by_id=self.given_by_id.id or self.env.uid,
            recorded_by_id=self.env.uid,
        )

    def _undo(self, allowed, target):
        """Take gifts back, each with its reason."""
        self._check_state(*allowed)
        for gift in self:
            if not get_written(gift.undone_reason):
                raise UserError(
                    self.env._(
                        "%s: say why it was returned or not accepted.",
                        gift.display_name,
                    )
                )
        self._free_benefits()
        for company, gifts in self.grouped("company_id").items():
            gifts._set_state(
                allowed,
                target,
                undone_on=company._club_today(),
                undone_by_id=self.env.uid,
            )

    # === What the account is owed. Rule D12 === #

    def _book_benefit(self, day):
        """Take it from what the account is owed on a day, if it is of a benefit."""
        # sudo: who looks after the account takes what it is owed
        booking_sudo = self.booking_id.sudo()
        if not self.benefit_id or booking_sudo.service_date == day:
            return
        if booking_sudo:
            booking_sudo._take_back()
        noon = self.company_id._club_utc(datetime.combine(day, time(12)))
        booking_sudo = booking_sudo.create(
            {
                "benefit_id": self.benefit_id.id,
                "account_id": self.account_id.id,
                "contact_id": self.contact_id.id,
                "date_begin": noon,
            }
        )
        booking_sudo.action_book()
        self._write_guarded({"booking_id": booking_sudo.id})

    def _free_benefits(self):
        """Give back what the account was owed: it wasn't given, or it came back."""
        # sudo: as above
        bookings_sudo = self.booking_id.sudo()
        if bookings_sudo:
            bookings_sudo._take_back()

    # === Reading === #

    @api.model
    def _get_cost_sql(self):
        return SQL(
            """
            SELECT g.id AS res_id, 'gift'::varchar AS kind, g.account_id, g.company_id,
                   g.given_on AS date, g.value AS amount
              FROM club_gift g
             WHERE g.state = %s
            """,
            GIVEN,
        )

    @api.model
    def _get_today_sql(self):
        """What is to be given, a week before its day; owed by the account's manager."""
        return SQL(
            """
            SELECT g.id AS res_id, 'gift'::varchar AS kind, %(user)s AS user_id,
                   g.account_id, g.contact_id, g.company_id, %(unit)s AS unit_id,
                   g.date - 7 AS date_from, g.date AS date_due
              FROM club_gift g
              JOIN club_gift_list l ON l.id = g.list_id
              JOIN res_partner a ON a.id = g.account_id
             WHERE g.state = %(confirmed)s
            """,
            user=asked_for(SQL("a"), SQL("g.company_id"), SQL("l.user_id")),
            unit=unit_of(SQL("a"), SQL("g.company_id")),
            confirmed=CONFIRMED,
        )

    def _get_today_texts(self):
        return {
            gift.id: self.env._(
                "Give for %(occasion)s: %(gift)s",
                occasion=gift.list_id.purpose,
                gift=gift.title,
            )
            for gift in self
        }

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
