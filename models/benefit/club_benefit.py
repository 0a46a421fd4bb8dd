from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...kernel.quota import NONE, Counted, Quota
from ..record.derived import differs
from ..record.navigate import open_list
from ..record.rpc import for_one

_lt = LazyTranslate(__name__)

KINDS = [("core", "Core"), ("regular", "Regular"), ("surprise", "Surprise")]

SERVICE, DEDICATED, DISCOUNT = "service", "dedicated", "discount"

COUPON, BIRTHDAY, PRIORITY = "coupon", "birthday", "priority"

FORMS = [
    (SERVICE, "Service Booked per Person"),
    (DEDICATED, "Dedicated Service"),
    (DISCOUNT, "Discount"),
    (COUPON, "Coupon"),
    (BIRTHDAY, "Birthday Gift"),
    (PRIORITY, "Priority Booking"),
]


class ClubBenefit(models.Model):
    """What the club gives its members, so many times a year by tier. Rules C9, D12."""

    _name = "club.benefit"
    _description = "Benefit"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "sequence, id"
    _club_zeros = {"bookable_days": _lt("Any time ahead")}
    _club_logged = (
        *("name", "form", "discount_rate", "discount_amount", "date_from", "date_to"),
        *("notice_hours", "late_counts", "no_show_counts", "active"),
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Fixed; the name may change.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(KINDS, required=True, default="regular")
    form = fields.Selection(FORMS, required=True, default=SERVICE)
    activity_type_id = fields.Many2one(
        "club.activity.type",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "service")],
        help="The service of the activity catalogue that this benefit gives.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    discount_rate = fields.Float(
        "Rate (%)",
        digits=(5, 2),
        aggregator=None,
        help="Of a discount: off the list price. What was installed is (assumed).",
    )
    discount_amount = fields.Monetary(
        "Amount Off",
        help="Of a discount: so much off at each use, where there is no rate. Company "
        "currency.",
    )
    bookable_days = fields.Integer(
        "Bookable Days Ahead",
        help="How many days ahead accounts may book it; tiers with priority booking, "
        "as many days earlier as that benefit says. 0: any time ahead.",
    )
    date_from = fields.Date("Given From", help="Empty: since ever.")
    date_to = fields.Date("Given Until", help="Empty: until further notice.")
    description = fields.Text(
        translate=True, help="What the member gets, and how to book it."
    )
    quota_ids = fields.One2many(
        "club.benefit.quota", "benefit_id", "Times per Year", copy=True
    )

    # === Discretion and consent === #
    is_discreet = fields.Boolean(
        "Discreet",
        help="Health services: a booking is seen by whoever booked it and by the club "
        "officer alone, and so are the figures of it. Fixed once it was booked.",
    )
    needs_consent = fields.Boolean(
        compute="_compute_needs_consent",
        store=True,
        readonly=False,
        precompute=True,
        help="The person agrees before it is booked; when and how is recorded. Always "
        "so when the benefit is discreet.",
    )

    # === What counts as used === #
    notice_hours = fields.Integer(
        "Notice (Hours)",
        default=24,
        help="Who cancels with less notice than this cancels late (24 is assumed). "
        "0: in time is whoever cancels before it begins.",
    )
    late_counts = fields.Boolean(
        "Late Cancellation Counts",
        help="A booking that is cancelled late counts as used. Otherwise it is given "
        "back, as one that is cancelled in time always is.",
    )
    no_show_counts = fields.Boolean(
        "No-Show Counts",
        default=True,
        help="A booking counts as used when the person doesn't come (assumed).",
    )
    booking_count = fields.Integer("Bookings", compute="_compute_booking_count")

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "The company has a benefit with this code already."
    )
    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "A benefit can't end before it begins."
    )
    _notice = models.Constraint(
        "CHECK(notice_hours BETWEEN 0 AND 8760)",
        "The notice is a number of hours from 0 to 8,760, which is a year.",
    )
    _discount = models.Constraint(
        "CHECK(discount_rate BETWEEN 0 AND 100"
        " AND coalesce(discount_amount, 0) BETWEEN 0 AND 1e12"
        " AND (coalesce(discount_rate, 0) = 0 OR coalesce(discount_amount, 0) = 0))",
        "A discount has a rate from 0 to 100 % or an amount, not both.",
    )
    _bookable_days = models.Constraint(
        "CHECK(bookable_days BETWEEN 0 AND 3650)",
        "A benefit is booked from 0 to 3,650 days ahead.",
    )
    _consent = models.Constraint(
        "CHECK(needs_consent OR is_discreet IS NOT TRUE)",
        "A discreet benefit needs the person's consent.",
    )

    @api.depends("is_discreet")
    def _compute_needs_consent(self):
        for benefit in self:
            benefit.needs_consent = benefit.needs_consent or benefit.is_discreet

    @api.depends_context("uid", "company")
    def _compute_booking_count(self):
        """Count what the user may see: the record rules of bookings apply."""
        counts = dict(
            self.env["club.benefit.booking"]._read_group(
                [("benefit_id", "in", self.ids)], ["benefit_id"], ["__count"]
            )
        )
        for benefit in self:
            benefit.booking_count = counts.get(benefit._origin, 0)

    # === CRUD === #

    def _check_club_fixed(self, vals):
        """What was booked under a promise of discretion stays discreet. Rule C9."""
        super()._check_club_fixed(vals)
        names = {"is_discreet", "company_id", "form"}.intersection(vals)
        for benefit in self:
            if any(differs(benefit, name, vals[name]) for name in names):
                benefit._check_not_booked()

    def _check_not_booked(self):
        # sudo: also bookings that the user doesn't see
        bookings_sudo = self.env["club.benefit.booking"].sudo()
        if bookings_sudo.search_count([("benefit_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Whether %s is discreet, its form and its company are fixed, since "
                    "it has bookings: archive it and make another benefit.",
                    self[:1].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        # sudo: also bookings that the user doesn't see
        bookings_sudo = self.env["club.benefit.booking"].sudo()
        for (benefit,) in bookings_sudo._read_group(
            [("benefit_id", "in", self.ids)], ["benefit_id"], []
        ):
            raise UserError(
                self.env._(
                    "%s has bookings: archive it instead of deleting it.",
                    benefit.name,
                )
            )

    def copy_data(self, default=None):
        """A copy is told from what it was copied of by its code."""
        found = super().copy_data(default)
        for benefit, values in zip(self, found, strict=True):
            values.setdefault("code", f"{benefit.code}_copy")
        return found

    # === Actions === #

    @for_one
    def action_open_bookings(self):
        return open_list(self, "club_benefit_booking_action", "benefit_id")

    # === Business methods === #

    def _is_given_on(self, day):
        """Tell whether the benefit is there on a day, bounds included."""
        self.ensure_one()
        return (
            self.active
            and (not self.date_from or self.date_from <= day)
            and (not self.date_to or day <= self.date_to)
        )

    def _is_per_person(self):
        """Tell whether it is for a person, not only for his account. Rule C9."""
        self.ensure_one()
        return self.form in (SERVICE, BIRTHDAY) or self.needs_consent

    # What accounts are owed of benefits and what counts against it. Rules C9, D12.

    @api.model
    def _get_owed(self, keys):
        """Return ``{key: (quota, tier id)}`` of what is owed on a day, in one query.

        Whoever holds tiers of several programs is owed the better quota. A key without
        any quota is missing.

        :param keys: triples of account id, benefit id and day
        """
        keys = sorted(set(keys))
        if not keys:
            return {}
        accounts, benefits, days = (list(column) for column in zip(*keys, strict=True))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (k.place) k.place, q.times, q.is_unlimited, q.tier_id
                  FROM unnest(%s::int[], %s::int[], %s::date[]) WITH ORDINALITY
                       AS k(account_id, benefit_id, day, place)
                  JOIN club_membership m
                    ON m.account_id = k.account_id AND m.state = 'valid'
                   AND k.day BETWEEN m.date_from AND m.date_grace
                  JOIN club_benefit_quota q
                    ON q.benefit_id = k.benefit_id AND q.tier_id = m.tier_id
                 ORDER BY k.place, coalesce(q.is_unlimited, FALSE) DESC,
                          coalesce(q.times, 0) DESC
                """,
                accounts,
                benefits,
                days,
            )
        )
        return {
            keys[place - 1]: (Quota(times or 0, bool(is_unlimited)), tier_id)
            for place, times, is_unlimited, tier_id in self.env.cr.fetchall()
        }

    @api.model
    def _get_counted(self, keys):
        """Return ``{key: Counted}``: booked and used, in one query, past record rules.

        :param keys: triples of account id, benefit id and year
        """
        keys = sorted(set(keys))
        if not keys:
            return {}
        accounts, benefits, years = (list(column) for column in zip(*keys, strict=True))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT k.place, count(*) FILTER (WHERE b.state = 'booked'),
                       count(*) FILTER (WHERE b.state <> 'booked')
                  FROM unnest(%s::int[], %s::int[], %s::int[]) WITH ORDINALITY
                       AS k(account_id, benefit_id, year, place)
                  JOIN club_benefit_booking b
                    ON b.account_id = k.account_id AND b.benefit_id = k.benefit_id
                   AND b.year = k.year AND b.is_counted
                 GROUP BY k.place
                """,
                accounts,
                benefits,
                years,
            )
        )
        return {
            keys[place - 1]: Counted(booked, used)
            for place, booked, used in self.env.cr.fetchall()
        }

    @api.model
    def _get_figures(self, keys):
        """Return ``{key: (quota, tier id, counted)}`` for each of the keys.

        :param keys: triples of account id, benefit id and day
        """
        keys = set(keys)
        owed = self._get_owed(keys)
        counted = self._get_counted(
            (account, benefit, day.year) for account, benefit, day in keys
        )
        return {
            key: (*owed.get(key, (NONE, None)), counted.get(_of_year(key), Counted()))
            for key in keys
        }


def _of_year(key):
    account, benefit, day = key
    return account, benefit, day.year
