from odoo import api, fields, models
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainCondition
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..record.by_company import ByCompany
from ..record.club_grouped_mixin import LENGTH
from . import entitlement_reach, entitlement_sums

_lt = LazyTranslate(__name__)

ACCOUNT = SQL.identifier("club_entitlement", "account_id")
# In the context: only the rows of what was booked, or no more than which accounts have
# any rows, and what may be asked of these.
BOOKED, ACCOUNTS = object(), object()
# Memberships: by the accounts asked for; all, where each booking would look up its own.
HELD = SQL("club_membership")
ALL_HELD = SQL("(SELECT * FROM club_membership WHERE state = 'valid' OFFSET 0)")
OF_ACCOUNTS = {"account_id", "company_id", "tier_id", "unit_id", "manager_id"}


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
    _inherit = ["club.summed.mixin", "club.record.mixin"]
    _auto = False
    # By account, benefit and year: names would sort a million rows by joins.
    _order = "id"
    _rec_name = "benefit_id"
    _club_zeros = {"owed": (_lt("Unlimited"), "is_unlimited")}
    _club_sums_by = (
        *("benefit_id", "year", "company_id", "is_discreet", "booker_id"),
        *("is_unlimited", "owed", "booked", "used", "left", "tier_id", "unit_id"),
    )
    _club_sums_of = ("owed", "booked", "used", "left")
    _club_sums_count = "row_count"

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
        is_booked = self._is_of_booked(domain)
        rows = self.with_context(club_rows=BOOKED) if is_booked else self
        query = super(ClubEntitlement, rows)._search(
            domain, offset, limit, order, **kwargs
        )
        if query.is_empty() or self._reads_sums():
            return query
        accounts = entitlement_reach.find_accounts(
            self, domain, is_free=kwargs.get("bypass_access")
        )
        if accounts is not None:
            query.add_where(SQL("%s = ANY(%s)", ACCOUNT, accounts))
        if limit and not is_booked and order in (None, False, "", self._order):

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
        numbers that JavaScript holds exactly. `entitlement_reach` reads them.
        """
        counted, asked = self._counted_query(), self.env.context.get("club_rows")
        of_today = (self._given_query(), self._get_held())
        if asked is ACCOUNTS:
            return entitlement_sums.accounts_of(counted, *of_today)
        is_whole = self._reads_sums() or asked is BOOKED
        owed_then = self._owed_then_query(ALL_HELD if is_whole else HELD)
        _today, year = self._get_today_and_year(SQL("c.company_id"))
        this_year = SQL("c.year = %s", year)
        if self._reads_sums():
            return entitlement_sums.sums(
                *(counted, *of_today, this_year, owed_then), alike=self._get_alike()
            )
        if asked is BOOKED:
            owed = entitlement_sums.owed_of(counted, *of_today, this_year)
        else:
            owed = entitlement_sums.owed(*of_today)
        return SQL(
            """
            SELECT ((r.account_id::bigint * 16384 + r.benefit_id) * 128)
                   + r.year - 2000 AS id, r.*
              FROM (%s) r
            """,
            entitlement_sums.add_up(owed, owed_then, counted),
        )

    # === Groups === #

    @api.model
    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        """Find the accounts of a page of groups before what they are owed is built."""
        if (
            not limit
            or [*groupby] != ["account_id"]
            or order not in (None, "", "account_id")
            or not self._is_of_accounts(domain)
        ):
            return super()._formatted_read_group_with_length(
                domain, groupby, aggregates, offset, limit, order
            )
        pages = self.with_context(club_rows=ACCOUNTS)._read_group(
            domain, groupby, [LENGTH], offset=offset, limit=limit, order="account_id"
        )
        if not pages:
            return [], 0
        page = Domain("account_id", "in", [account.id for account, _length in pages])
        groups = self.formatted_read_group(
            Domain(domain) & page, groupby, aggregates, order=order
        )
        return groups, pages[0][1]

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if self._reads_sums() and function == "sum":
            return SQL(
                "sum(%s * %s)::bigint",
                self._field_to_sql(self._table, name, query),
                SQL.identifier(self._table, self._club_sums_count),
            )
        return super()._read_group_select(aggregate_spec, query)

    def _is_of_accounts(self, domain):
        """Tell whether a domain and the user's rules ask of accounts only."""
        asked = Domain(domain)
        if not self.env.su:
            asked &= self.env["ir.rule"]._compute_domain(self._name, "read")
        names = {one.field_expr.split(".")[0] for one in asked.iter_conditions()}
        return names <= OF_ACCOUNTS

    def _is_of_booked(self, domain):
        """Tell whether all that a domain finds was booked: nothing is left of it."""
        asked = Domain(domain).optimize(self)
        parts = asked.children if isinstance(asked, DomainAnd) else (asked,)
        said = {
            (part.field_expr, part.operator, *part.value)
            for part in parts
            if isinstance(part, DomainCondition)
            and part.field_expr in ("left", "is_unlimited")
            and isinstance(part.value, COLLECTION_TYPES)
        }
        is_limited = {("is_unlimited", "in", False), ("is_unlimited", "not in", True)}
        return ("left", "in", 0) in said and not said.isdisjoint(is_limited)

    def _get_alike(self):
        """Return by what of an account `_club_sums_by` groups."""
        known = self.env["res.partner"]._fields
        names = ("club_tier_id", "club_unit_id")
        columns = [SQL.identifier("p", name, to_flush=known[name]) for name in names]
        return [SQL("coalesce(%s, '{}')", column) for column in columns]

    def _get_held(self):
        """Return the condition of a membership ``m`` that holds today."""
        return SQL(
            "m.state = 'valid' AND %s BETWEEN m.date_from AND m.date_grace",
            self.env["res.company"]._club_today_sql(SQL("m.company_id")),
        )

    def _get_today_and_year(self, company):
        """Return SQL of the day and the year that it is in a company."""
        today = self.env["res.company"]._club_today_sql(company)
        return today, SQL("extract(year FROM %s)::int", today)

    def _given_query(self):
        """Return what tiers are given this year."""
        today, year = self._get_today_and_year(SQL("b.company_id"))
        return SQL(
            """
            SELECT q.tier_id, q.benefit_id, %(year)s AS year, b.company_id,
                   b.is_discreet, coalesce(q.is_unlimited, FALSE) AS is_unlimited,
                   coalesce(q.times, 0) AS owed
              FROM club_benefit_quota q
              JOIN club_benefit b ON b.id = q.benefit_id
             WHERE (q.is_unlimited OR q.times > 0) AND b.active
               AND coalesce(b.date_from, %(today)s) <= %(today)s
               AND coalesce(b.date_to, %(today)s) >= %(today)s
            """,
            year=year,
            today=today,
        )

    def _owed_then_query(self, memberships):
        """Return what was, or will be, owed in the other years of bookings.

        :param memberships: SQL of where these are found
        """
        _today, year = self._get_today_and_year(SQL("k.company_id"))
        return SQL(
            """
            SELECT k.account_id, k.benefit_id, k.year, b.company_id, b.is_discreet,
                   coalesce(q.is_unlimited, FALSE), coalesce(q.times, 0), 0, 0,
                   NULL::int, NULL::int
              FROM (SELECT DISTINCT account_id, benefit_id, year, company_id
                      FROM club_benefit_booking k
                     WHERE is_counted AND year <> %(year)s) k
              JOIN %(memberships)s m
                ON m.account_id = k.account_id AND m.state = 'valid'
               AND CASE WHEN k.year < %(year)s THEN make_date(k.year, 12, 31)
                        ELSE make_date(k.year, 1, 1) END
                   BETWEEN m.date_from AND m.date_grace
              JOIN club_benefit_quota q
                ON q.tier_id = m.tier_id AND q.benefit_id = k.benefit_id
              JOIN club_benefit b ON b.id = k.benefit_id
            """,
            year=year,
            memberships=memberships,
        )

    def _counted_query(self):
        """Return what counts against the years, and between whom it was booked."""
        return SQL(
            """
            SELECT k.account_id, k.benefit_id, k.year, b.company_id, b.is_discreet,
                   FALSE AS is_unlimited, 0 AS owed,
                   count(*) FILTER (WHERE k.state = 'booked') AS booked,
                   count(*) FILTER (WHERE k.state <> 'booked') AS used,
                   min(k.booked_by_id) AS first_booker,
                   max(k.booked_by_id) AS last_booker
              FROM club_benefit_booking k
              JOIN club_benefit b ON b.id = k.benefit_id
             WHERE k.is_counted
             GROUP BY k.account_id, k.benefit_id, k.year, b.id
            """
        )
