from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..record.by_company import ByCompany
from . import entitlement_reach

_lt = LazyTranslate(__name__)

ACCOUNT = SQL.identifier("club_entitlement", "account_id")


class ClubEntitlement(models.Model):
    """What an account is owed of a benefit in a year, and what it used. Rule D12.

    A read-only view: this year's rows of every account that is owed something today,
    and those of each year in which something was booked. Owed is what the account's
    tier of today gives; of past years, its tier of the last day, of coming ones, of
    the first. The figures of discreet benefits name in ``booker_id`` the one person who
    booked all of them, so that a record rule can keep them from others. Rule C9.
    """

    _name = "club.entitlement"
    _description = "Entitlement"
    _inherit = ["club.record.mixin"]
    _auto = False
    # By account, benefit and year: names would sort a million rows by joins.
    _order = "id"
    _rec_name = "benefit_id"
    _club_zeros = {"owed": (_lt("Unlimited"), "is_unlimited")}

    account_id = fields.Many2one("res.partner", readonly=True)
    benefit_id = fields.Many2one("club.benefit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    year = fields.Integer(readonly=True, aggregator=None)
    is_discreet = fields.Boolean("Discreet", readonly=True)
    booker_id = fields.Many2one("res.users", "Booked Only by", readonly=True)
    is_unlimited = fields.Boolean("Unlimited", readonly=True)
    owed = fields.Integer(
        "Entitled", readonly=True, help="0 also stands where there is no limit."
    )
    booked = fields.Integer(readonly=True, help="Booked and still to come.")
    used = fields.Integer(
        readonly=True,
        help="Used, and what counts as used: by the benefit's policy, who stayed away "
        "or cancelled late.",
    )
    left = fields.Integer(readonly=True, help="Of what is owed; never below 0.")
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )

    _depends = {
        "club.benefit": ["active", "company_id", "date_from", "date_to", "is_discreet"],
        "club.benefit.booking": [
            *("account_id", "benefit_id", "booked_by_id", "is_counted", "state"),
            "year",
        ],
        "club.benefit.quota": ["benefit_id", "is_unlimited", "tier_id", "times"],
        "club.membership": [
            *("account_id", "date_from", "date_grace", "state", "tier_id"),
        ],
    }

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Build the rows of the accounts asked for, not of all there are.

        PostgreSQL makes all rows before it takes a page of them, unless it is told
        which accounts they are of: those that the domain and the record rules name,
        and of these, where a page by account is asked for, the first that fill it.
        """
        offset = offset or 0
        query = super()._search(domain, offset, limit, order, **kwargs)
        if query.is_empty():
            return query
        accounts = entitlement_reach.find_accounts(
            self, domain, is_free=kwargs.get("bypass_access")
        )
        if accounts is not None:
            query.add_where(SQL("%s = ANY(%s)", ACCOUNT, accounts))
        if limit and order in (None, False, "", self._order):

            def count(bound):
                asked = super(ClubEntitlement, self)._search(
                    domain, limit=offset + limit, **kwargs
                )
                asked.add_where(SQL("%s <= %s", ACCOUNT, bound))
                return len(asked)

            bound = entitlement_reach.find_bound(
                self.env, accounts, offset + limit, count
            )
            if bound:
                query.add_where(SQL("%s <= %s", ACCOUNT, bound))
        return query

    @property
    def _table_query(self):
        """Put what is owed above what counts, and add both up.

        Keys are an account's (31 bits), a benefit's (14) and the year from 2000 (7):
        numbers that JavaScript holds exactly. `entitlement_reach` reads them. Nothing
        is joined to the sums: what is asked of the benefits is asked below them.
        """
        return SQL(
            """
            SELECT ((r.account_id::bigint * 16384 + r.benefit_id) * 128)
                   + r.year - 2000 AS id,
                   r.account_id, r.benefit_id, r.year, r.company_id, r.is_discreet,
                   CASE WHEN r.first_booker = r.last_booker THEN r.first_booker END
                        AS booker_id,
                   r.is_unlimited, r.owed, r.booked, r.used,
                   CASE WHEN r.is_unlimited THEN 0
                        ELSE greatest(r.owed - r.booked - r.used, 0) END AS left
              FROM (SELECT account_id, benefit_id, year, company_id, is_discreet,
                           bool_or(is_unlimited) AS is_unlimited,
                           CASE WHEN bool_or(is_unlimited) THEN 0 ELSE max(owed) END
                                AS owed,
                           sum(booked)::int AS booked, sum(used)::int AS used,
                           min(first_booker) AS first_booker,
                           max(last_booker) AS last_booker
                      FROM (%(owed)s UNION ALL %(owed_then)s UNION ALL %(counted)s) u
                     GROUP BY account_id, benefit_id, year, company_id, is_discreet) r
            """,
            owed=self._owed_query(),
            owed_then=self._owed_then_query(),
            counted=self._counted_query(),
        )

    def _get_today_and_year(self, company):
        """Return SQL of the day and the year that it is in a company."""
        today = self.env["res.company"]._club_today_sql(company)
        return today, SQL("extract(year FROM %s)::int", today)

    def _owed_query(self):
        """Return what accounts are owed this year, by their tiers of today."""
        today, year = self._get_today_and_year(SQL("b.company_id"))
        return SQL(
            """
            SELECT m.account_id, q.benefit_id, %(year)s AS year, b.company_id,
                   b.is_discreet, coalesce(q.is_unlimited, FALSE) AS is_unlimited,
                   coalesce(q.times, 0) AS owed, 0 AS booked, 0 AS used,
                   NULL::int AS first_booker, NULL::int AS last_booker
              FROM club_membership m
              JOIN club_benefit_quota q ON q.tier_id = m.tier_id
              JOIN club_benefit b ON b.id = q.benefit_id
             WHERE m.state = 'valid'
               AND %(today)s BETWEEN m.date_from AND m.date_grace
               AND (q.is_unlimited OR q.times > 0) AND b.active
               AND coalesce(b.date_from, %(today)s) <= %(today)s
               AND coalesce(b.date_to, %(today)s) >= %(today)s
            """,
            year=year,
            today=today,
        )

    def _owed_then_query(self):
        """Return what was, or will be, owed in the other years of bookings."""
        _today, year = self._get_today_and_year(SQL("k.company_id"))
        return SQL(
            """
            SELECT k.account_id, k.benefit_id, k.year, b.company_id, b.is_discreet,
                   coalesce(q.is_unlimited, FALSE), coalesce(q.times, 0), 0, 0,
                   NULL::int, NULL::int
              FROM (SELECT DISTINCT account_id, benefit_id, year, company_id
                      FROM club_benefit_booking k
                     WHERE is_counted AND year <> %(year)s) k
              JOIN club_membership m
                ON m.account_id = k.account_id AND m.state = 'valid'
               AND CASE WHEN k.year < %(year)s THEN make_date(k.year, 12, 31)
                        ELSE make_date(k.year, 1, 1) END
                   BETWEEN m.date_from AND m.date_grace
              JOIN club_benefit_quota q
                ON q.tier_id = m.tier_id AND q.benefit_id = k.benefit_id
              JOIN club_benefit b ON b.id = k.benefit_id
            """,
            year=year,
        )

    def _counted_query(self):
        """Return what counts against the years, and between whom it was booked."""
        return SQL(
            """
            SELECT k.account_id, k.benefit_id, k.year, b.company_id, b.is_discreet,
                   FALSE, 0, count(*) FILTER (WHERE k.state = 'booked'),
                   count(*) FILTER (WHERE k.state <> 'booked'),
                   min(k.booked_by_id), max(k.booked_by_id)
              FROM club_benefit_booking k
              JOIN club_benefit b ON b.id = k.benefit_id
             WHERE k.is_counted
             GROUP BY k.account_id, k.benefit_id, k.year, b.id
            """
        )
