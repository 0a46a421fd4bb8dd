from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel import quota as quotas
from ..contact.club_contact_consent import WAYS
from ..contact.looked_after import unit_of
from ..record.accounts import check_contact
from ..record.by_company import ByCompany
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.number import number
from ..record.rpc import for_records, without_client_context
from .club_benefit import COUPON, DISCOUNT, SERVICE
from .cost_sql import used_query
from .priority import check_days_ahead

DRAFT, BOOKED, USED = "draft", "booked", "used"
NO_SHOW, CANCELLED = "no_show", "cancelled"
STATES = [
    (DRAFT, "Draft"),
    (BOOKED, "Booked"),
    (USED, "Used"),
    (NO_SHOW, "No-Show"),
    (CANCELLED, "Cancelled"),
]


class ClubBenefitBooking(models.Model):
    """A benefit that an account books and uses, for one of its people. Rules C9, D12.

    Of a health service it says that it was booked and used, and nothing of what was
    found: there is no field for it, no chatter and no attachment. Its name is a number,
    so that it tells nothing wherever it is shown.
    """

    _name = "club.benefit.booking"
    _description = "Benefit Booking"
    _inherit = ["club.record.mixin"]
    _order = "date_begin desc, id desc"
    _club_texts = ("place", "coupon_code")

    # What a draft may still change.
    _club_fixed = (
        *("benefit_id", "account_id", "contact_id", "date_begin"),
        *("consent_on", "consent_way", "coupon_code", "coupon_value", "valid_until"),
    )
    _club_sequence = "BEN"
    _club_accounts = ("account_id",)

    name = number()
    benefit_id = fields.Many2one(
        "club.benefit", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="benefit_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    form = fields.Selection(related="benefit_id.form")
    needs_consent = fields.Boolean(related="benefit_id.needs_consent")
    is_per_person = fields.Boolean(compute="_compute_is_per_person")
    is_discreet = fields.Boolean(
        related="benefit_id.is_discreet",
        store=True,
        precompute=True,
        help="Whoever booked it and the club officer alone see it.",
    )

    # === For whom === #
    contact_id = fields.Many2one(
        "res.partner",
        "Person",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
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
        help="Whose entitlement it counts against; it stays so when the person goes to "
        "another company.",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")

    # === When and where === #
    date_begin = fields.Datetime(
        "When",
        compute="_compute_date_begin",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="A service is booked for a time; what is handed over is given at once.",
    )
    duration = fields.Float("Hours", default=1)
    service_date = fields.Date(
        "Day of Service",
        compute="_compute_service_date",
        store=True,
        precompute=True,
        help="Where the company is. The tier of this day decides what is owed, and it "
        "counts for this calendar year.",
    )
    year = fields.Integer(
        compute="_compute_service_date", store=True, precompute=True, aggregator=None
    )
    provider_id = fields.Many2one(
        "res.partner",
        "Provided by",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    place = fields.Char(help="Where to come. Not what for, nor what was found.")

    # === Consent === #
    consent_on = fields.Date("Consent Given On", copy=False)
    consent_way = fields.Selection(WAYS, "Consent Given How", copy=False)

    # === Coupon === #
    coupon_code = fields.Char(copy=False)
    coupon_value = fields.Monetary()
    valid_until = fields.Date(help="The last day on which the coupon is taken.")
    is_expired = fields.Boolean(
        "Expired", compute="_compute_is_expired", search="_search_is_expired"
    )

    # === Discount === #
    discount_rate = fields.Float(
        "Rate (%)",
        digits=(5, 2),
        readonly=True,
        copy=False,
        aggregator=None,
        help="As the benefit had it when it was booked.",
    )
    list_amount = fields.Monetary(
        "List Price", copy=False, help="What would have been paid without the discount."
    )
    discount_given = fields.Monetary(
        readonly=True, copy=False, help="What the account paid less, once it was used."
    )

    # === Life === #
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    is_counted = fields.Boolean("Counts", readonly=True, copy=False)
    is_late = fields.Boolean("Cancelled Late", readonly=True, copy=False)
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Of the account, on the day of service, when it was booked.",
    )
    booked_by_id = fields.Many2one(
        "res.users",
        "Booked by",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Whoever drew it up.",
    )
    booked_at = fields.Datetime(readonly=True, copy=False)
    settled_at = fields.Datetime(
        readonly=True, copy=False, help="When it was used, missed or cancelled."
    )
    settled_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    quota_text = fields.Char("Entitlement", compute="_compute_quota_text")

    # What counts of an account's year: its quota, its entitlements. Also finds all
    # bookings of an account.
    _counted_idx = models.Index("(account_id, benefit_id, year)")
    _code_uniq = models.UniqueIndex(
        "(company_id, coupon_code) WHERE coupon_code IS NOT NULL",
        "The company has another coupon with this code.",
    )
    # The upper bounds also refuse NaN, which PostgreSQL puts above all numbers.
    _numbers = models.Constraint(
        "CHECK((duration IS NULL OR duration >= 0 AND duration <= 1000)"
        " AND (list_amount IS NULL OR list_amount >= 0 AND list_amount < 1e12)"
        " AND (coupon_value IS NULL OR coupon_value >= 0 AND coupon_value < 1e12))",
        "Hours are from 0 to 1,000, and neither the value of a coupon nor a list price "
        "can be negative.",
    )

    # === Computes === #

    @api.depends("benefit_id.form", "benefit_id.needs_consent")
    def _compute_is_per_person(self):
        for booking in self:
            benefit = booking.benefit_id
            booking.is_per_person = bool(benefit) and benefit._is_per_person()

    @api.depends("contact_id")
    def _compute_account_id(self):
        """Take the person's company when it is drawn up; later moves don't matter."""
        for booking in self:
            contact = booking.contact_id
            booking.account_id = contact.commercial_partner_id or booking.account_id

    @api.depends("benefit_id")
    def _compute_date_begin(self):
        """Ask for the time of a service: nobody is served the minute that he books."""
        now = fields.Datetime.now().replace(second=0)
        for booking in self:
            benefit = booking.benefit_id
            if benefit and benefit.form != SERVICE:
                booking.date_begin = booking.date_begin or now
            else:
                booking.date_begin = booking.date_begin

    @api.depends("date_begin", "company_id")
    def _compute_service_date(self):
        for booking in self:
            company = booking.company_id or self.env.company
            moment = booking.date_begin
            day = moment and company._club_day(moment)
            booking.service_date = day
            booking.year = day and day.year

    @api.depends("company_id", "state", "valid_until")
    def _compute_is_expired(self):
        for company, bookings in self.grouped("company_id").items():
            today = company._club_today()
            for booking in bookings:
                until = booking.valid_until
                booking.is_expired = booking.state == BOOKED and until and until < today

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", BOOKED) & self.env[
            "res.company"
        ]._club_domain_today(lambda today: [("valid_until", "<", today)])

    @api.depends("benefit_id", "account_id", "service_date", "state")
    @api.depends_context("uid", "company", "lang")
    def _compute_quota_text(self):
        """Say what is owed and left, to whoever may know it.

        Of discreet benefits others' bookings are nobody's business: only the officer
        reads what is left.
        """
        accounts = self.account_id._origin
        readable = set(accounts._filter_club_readable().ids)
        is_officer = self.env.su or self.env.user.has_group(OFFICER)
        asked = {
            booking: booking._get_key()
            for booking in self
            if booking.benefit_id and booking.service_date
            if booking.account_id._origin.id in readable
        }
        figures = self.env["club.benefit"]._get_figures(asked.values())
        self.quota_text = False
        for booking, key in asked.items():
            quota, _tier, counted = figures[key]
            hidden = booking.benefit_id.is_discreet and not is_officer
            booking.quota_text = booking._describe_quota(
                quota, None if hidden else counted
            )

    def _describe_quota(self, quota, counted):
        self.ensure_one()
        year = str(self.year)
        if not quota.is_entitled:
            return self.env._("Not entitled on this day")
        if quota.is_unlimited:
            return self.env._("Unlimited")
        if counted is None:
            return self.env._(
                "Owed %(owed)s times in %(year)s", owed=quota.times, year=year
            )
        return self.env._(
            "Owed %(owed)s times in %(year)s: %(booked)s booked, %(used)s used",
            owed=quota.times,
            year=year,
            booked=counted.booked,
            used=counted.used,
        )

    # === Constraints === #

    @api.constrains("contact_id", "account_id")
    def _check_contact_id(self):
        """Judge when it is drawn up: people may go to another company later."""
        for booking in self:
            check_contact(booking.contact_id, booking.account_id)

    @api.constrains("consent_on")
    def _check_consent_on(self):
        for booking in self:
            today = booking.company_id._club_today()
            if booking.consent_on and booking.consent_on > today:
                raise ValidationError(
                    self.env._(
                        "Nobody has agreed to anything in the future: mend the date "
                        "of consent."
                    )
                )

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        """Tidy the coupon's code; what no form asks the time of is booked for now."""
        values = super()._club_prepare(values, is_new=is_new)
        is_asked = "date_begin" in values or "default_date_begin" in self.env.context
        if is_new and not is_asked:
            now = fields.Datetime.now().replace(second=0)
            values = {**values, "date_begin": now}
        code = values.get("coupon_code")
        if isinstance(code, str):
            values = {**values, "coupon_code": code.strip() or False}
        return values

    def _club_check_write(self, vals):
        """The price of which a discount was given stays once it is used. Rule D12."""
        super()._club_check_write(vals)
        for booking in self if "list_amount" in vals else ():
            if booking.state not in (DRAFT, BOOKED):
                raise UserError(
                    self.env._(
                        "%s is over: the list price stays as it was.", booking.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        for booking in self:
            if booking.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s was booked and stays: only drafts are deleted.",
                        booking.name,
                    )
                )

    # === What is owed: a service booked === #

    @api.model
    def _get_today_sql(self):
        """A discreet one's row tells its number and no more: not for whom. Rule C9."""
        return SQL(
            """
            SELECT b.id AS res_id, %(kind)s::varchar AS kind, b.booked_by_id AS user_id,
                   a.id AS account_id, c.id AS contact_id, b.company_id,
                   %(unit)s AS unit_id, NULL::date AS date_from,
                   b.service_date AS date_due
              FROM club_benefit_booking b
         LEFT JOIN res_partner a ON a.id = b.account_id AND b.is_discreet IS NOT TRUE
         LEFT JOIN res_partner c ON c.id = b.contact_id AND b.is_discreet IS NOT TRUE
             WHERE b.state = %(booked)s
            """,
            kind="service",
            unit=unit_of(SQL("a"), SQL("b.company_id")),
            booked=BOOKED,
        )

    def _get_today_texts(self):
        return {
            booking.id: self.env._("Discreet booking %s", booking.name)
            if booking.is_discreet
            else self.env._(
                "%(benefit)s is booked: %(booking)s",
                benefit=booking.benefit_id.name,
                booking=booking.name,
            )
            for booking in self
        }

    @api.model
    def _get_cost_sql(self):
        return used_query()

    # === Which step may be taken, and when. Rules C9, D12 === #

    def _check_can_book(self, quota, counted):
        """Judge a draft by what is owed on its day and what counts already.

        :param quota: of the account's tier on the day
        :param counted: how many bookings of the year count before this one
        """
        self._check_state(DRAFT)
        self._check_contact_id()
        benefit = self.benefit_id
        if not benefit._is_given_on(self.service_date):
            raise UserError(
                self.env._(
                    "%(benefit)s isn't given on %(day)s: see its dates in the "
                    "catalogue.",
                    benefit=benefit.name,
                    day=format_date(self.env, self.service_date),
                )
            )
        if not quota.is_entitled:
            raise UserError(
                self.env._(
                    "%(account)s isn't entitled to %(benefit)s on %(day)s: its "
                    "membership tier of that day doesn't include it.",
                    account=self.account_id.display_name,
                    benefit=benefit.name,
                    day=format_date(self.env, self.service_date),
                )
            )
        if not quotas.is_enough(quota, counted):
            raise UserError(self._describe_exhausted(quota))
        # Nobody is asked who comes, or whether he agrees, for what he won't get.
        if benefit._is_per_person() and not self.contact_id:
            raise UserError(
                self.env._("%s is booked per person: choose who comes.", benefit.name)
            )
        check_days_ahead(benefit, self.account_id, self.service_date, self.company_id)
        self._check_consent()
        self._check_coupon()
        self._check_discount()

    def _describe_exhausted(self, quota):
        return self.env._(
            "%(account)s is owed %(benefit)s %(times)s times in %(year)s, and none of "
            "it is left: cancel another booking, or choose a day of another year.",
            account=self.account_id.display_name,
            benefit=self.benefit_id.name,
            times=quota.times,
            year=str(self.year),
        )

    def _check_consent(self):
        """The person agreed before: when and how is recorded. Rule C9."""
        if not self.benefit_id.needs_consent:
            return
        if self.consent_on and self.consent_way:
            return
        raise UserError(
            self.env._(
                "%s needs the person's consent first: enter on which day it was given, "
                "and how.",
                self.benefit_id.name,
            )
        )

    def _check_coupon(self):
        if self.benefit_id.form != COUPON:
            return
        if not self.coupon_code:
            raise UserError(
                self.env._("%s is a coupon: enter its code.", self.benefit_id.name)
            )
        if self.valid_until and self.valid_until < self.service_date:
            raise UserError(
                self.env._(
                    "Coupon %(code)s would end on %(day)s, before it is given out.",
                    code=self.coupon_code,
                    day=format_date(self.env, self.valid_until),
                )
            )

    def _check_discount(self):
        """A discount says how much it is. Rule D12."""
        benefit = self.benefit_id
        if benefit.form != DISCOUNT:
            return
        if not benefit.discount_rate and not benefit.discount_amount:
            raise UserError(
                self.env._(
                    "%s is a discount: enter its rate or amount in the catalogue "
                    "first.",
                    benefit.name,
                )
            )

    def _get_discount(self):
        """Return what the account pays less: the rate of the list price, or the
        amount, never more than the list price if that is known. Rule D12.
        """
        self.ensure_one()
        if self.form != DISCOUNT:
            return 0
        if self.discount_rate:
            part = self.list_amount * self.discount_rate / 100
            return self.currency_id.round(part)
        amount = self.benefit_id.discount_amount
        return min(amount, self.list_amount) if self.list_amount else amount

    def _check_can_use(self):
        self._check_state(BOOKED)
        self._check_began()
        if self.form == DISCOUNT and self.discount_rate and not self.list_amount:
            raise UserError(
                self.env._(
                    "%(booking)s: enter the list price, of which %(rate)s %% are "
                    "given.",
                    booking=self.name,
                    rate=f"{self.discount_rate:g}",
                )
            )
        today = self.company_id._club_today()
        if self.valid_until and self.valid_until < today:
            raise UserError(
                self.env._(
                    "Coupon %(code)s ended on %(day)s: it isn't taken any more.",
                    code=self.coupon_code,
                    day=format_date(self.env, self.valid_until),
                )
            )

    def _check_can_miss(self):
        self._check_state(BOOKED)
        if self.benefit_id.form != SERVICE:
            raise UserError(
                self.env._(
                    "%s is no service that somebody could stay away from: cancel it.",
                    self.benefit_id.name,
                )
            )
        self._check_began()

    def _check_began(self):
        today = self.company_id._club_today()
        if self.service_date > today:
            raise UserError(
                self.env._(
                    "%(booking)s is for %(day)s: say afterwards what became of it.",
                    booking=self.name,
                    day=format_date(self.env, self.service_date),
                )
            )

    def _get_hours_before(self):
        """Return the hours from now to the service; below 0 once it began."""
        self.ensure_one()
        return (self.date_begin - fields.Datetime.now()).total_seconds() / 3600

    # === The steps, on accounts that are held. Rules C9, D12 === #

    @for_records
    def action_book(self):
        """Take one of what the account is owed this year, if there is one left."""
        self._prepare_step()._do_book()
        return True

    @for_records
    def action_use(self):
        """Say that it was given: booked before, or on the spot."""
        bookings = self._prepare_step()
        bookings.filtered(lambda b: b.state == DRAFT)._do_book()
        for booking in bookings:
            booking._check_can_use()
            booking._settle(USED, discount_given=booking._get_discount())
        return True

    @for_records
    def action_miss(self):
        """Say that nobody came; the benefit's policy says whether it counts."""
        bookings = self._prepare_step()
        for booking in bookings:
            booking._check_can_miss()
        policies = bookings.grouped(lambda b: b.benefit_id.no_show_counts)
        for counts, found in policies.items():
            found._settle(NO_SHOW, is_counted=counts)
        return True

    @for_records
    def action_cancel(self):
        """Give it back, unless it is late and the benefit says that this counts."""
        for booking in self._prepare_step():
            booking._check_state(DRAFT, BOOKED)
            benefit = booking.benefit_id
            late = booking.state == BOOKED and quotas.is_late(
                booking._get_hours_before(), benefit.notice_hours
            )
            counts = quotas.counts_after_cancelling(late, benefit.late_counts)
            booking._settle(CANCELLED, is_counted=counts, is_late=late)
        return True

    def _prepare_step(self):
        """Hold the accounts and return the bookings as they are now.

        Two sessions that want the last one meet here: the second starts anew and then
        sees what the first has booked. What the client's context says doesn't matter.
        """
        self.check_access("write")
        bookings_sudo = self.sudo()  # who may book for an account may not read it
        hold(bookings_sudo.account_id)
        bookings = without_client_context(self)
        bookings.invalidate_recordset()
        return bookings

    def _do_book(self):
        """Book in order, each counting for those after it.

        :raise AccessError: when the user might not draw it up: what it is for may have
            been changed since
        """
        self.check_access("create")
        keys = {booking: booking._get_key() for booking in self}
        figures = self.env["club.benefit"]._get_figures(keys.values())
        before = Counter()
        for booking, key in keys.items():
            quota, tier_id, counted = figures[key]
            of_year = (booking.account_id, booking.benefit_id, booking.year)
            booking._check_can_book(quota, counted.total + before[of_year])
            before[of_year] += 1
            is_discount = booking.form == DISCOUNT
            rate = booking.benefit_id.discount_rate if is_discount else 0
            booking._set_state(
                (DRAFT,),
                BOOKED,
                is_counted=True,
                tier_id=tier_id,
                discount_rate=rate,
                booked_at=fields.Datetime.now(),
            )

    def _settle(self, state, **values):
        """Bring bookings to their end."""
        self._set_state(
            (DRAFT, BOOKED),
            state,
            settled_at=fields.Datetime.now(),
            settled_by_id=self.env.uid,
            **values,
        )

    # === Reading === #

    def _get_key(self):
        """Return the key of its figures: account, benefit and day of service."""
        self.ensure_one()
        return (
            self.account_id._origin.id,
            self.benefit_id._origin.id,
            self.service_date,
        )

    def _forget_persons(self, ids):
        """Take people out of bookings: that something was used stays, not by whom.

        What was booked for later is cancelled and given back. By SQL, as all of
        anonymising: nothing is left in caches and logs.
        """
        self.env.cr.execute(
            """
            UPDATE club_benefit_booking
               SET contact_id = NULL, consent_on = NULL, consent_way = NULL,
                   state = CASE WHEN date_begin > %(now)s
                                 AND state IN ('draft', 'booked')
                                THEN 'cancelled' ELSE state END,
                   is_counted = is_counted
                                AND NOT (state = 'booked' AND date_begin > %(now)s)
             WHERE contact_id = ANY(%(ids)s)
            """,
            {"ids": list(ids), "now": fields.Datetime.now()},
        )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Bookings of his account, on whoever's behalf they were made."""
        return Domain("account_id", "=", account_id)
