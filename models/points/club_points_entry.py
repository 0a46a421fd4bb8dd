from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL

from ...kernel import points_lots
from ..program.club_points_kind import KINDS
from ..record.by_company import ByCompany
from . import ledger_sql
from .club_points_summary import create_summary
from .figure_sources import get_ledger_sources
from .guards import GuardedMany2one, create_guards
from .run_states import POSTED


class ClubPointsEntry(models.Model):
    """A line of the points ledger. Append-only: guarded here and in PostgreSQL.

    An entry is posted when its run is. Entries of revenue say what the facts call for
    minus what was already posted, so a correction is one more entry that names the
    month it corrects. Units: points (two decimals), company currency.
    """

    _name = "club.points.entry"
    _description = "Points Entry"
    _inherit = ["club.points.summed.mixin", "club.record.mixin"]
    _order = "date desc, id desc"
    _rec_name = "account_id"
    _club_months = ("revenue_month",)
    _club_keeps = "account_id"
    _log_access = False  # who and when stand on the run
    _club_by_code = True

    run_id = GuardedMany2one(
        "club.points.run", required=True, ondelete="restrict", readonly=True
    )
    # Program and company come through the run: foreign keys are what inserting costs.
    program_id = fields.Many2one(related="run_id.program_id")
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    state = fields.Selection(related="run_id.state")
    account_id = GuardedMany2one(
        "res.partner", required=True, ondelete="restrict", readonly=True
    )
    origin_id = fields.Integer(
        "Account at Posting",
        required=True,
        readonly=True,
        aggregator=None,
        help="The account's number when the entry was made: merging duplicate "
        "partners moves the account, never this number.",
    )
    unit_id = GuardedMany2one("crm.team", ondelete="restrict", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    revenue_month = fields.Date(
        readonly=True, help="The month in which the revenue was booked."
    )
    category_id = GuardedMany2one(
        "product.category", "Product Category", ondelete="restrict", readonly=True
    )
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        readonly=True,
        help="Set when the product has a rate of its own.",
    )
    revenue = fields.Monetary(readonly=True)
    rate = fields.Float(
        "Conversion Rate", digits=(12, 6), readonly=True, aggregator=None
    )
    coefficient = fields.Float(
        "Marketing Coefficient", digits=(12, 6), readonly=True, aggregator=None
    )
    points = fields.Float(digits=(16, 2), required=True, readonly=True)
    date = fields.Date("Accounting Date", required=True, readonly=True)
    valid_until = fields.Date(
        readonly=True,
        help="The last day of the points that the entry earns, redeems or gives back. "
        "Empty: it takes from the oldest.",
    )
    reason = fields.Char(readonly=True)
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")

    # Idempotence: a run has one entry per account, month and product line. Over the
    # immutable origin, and an index, since the merge wizard deletes rows that violate
    # a UNIQUE constraint with a partner column.
    _duplicate_uniq = models.UniqueIndex(
        "(run_id, origin_id, kind, coalesce(revenue_month, '1970-01-01'::date),"
        " coalesce(category_id, 0), coalesce(product_id, 0))"
        " WHERE kind IN ('revenue', 'expiry')",
        "This run already has an entry for this account, month and product line.",
    )
    # Balances, measures of one account, the statement.
    _account_idx = models.Index("(account_id, date)")
    # The ledger's list, the latest first: without it each opening sorts all of it. What
    # is posted goes to its end, which inserting hardly feels.
    _date_idx = models.Index("(date, id)")
    # Sealing a redemption, of which there may be thousands: without it each one would
    # read the whole ledger. Partial, since indexes are what posting a month waits for.
    _redemption_idx = models.Index("(run_id) WHERE kind = 'redemption'")
    # An activity's run has one entry per account, over the immutable origin; it also
    # finds what was posted for the activity before.
    _attendance_uniq = models.UniqueIndex(
        "(run_id, origin_id) WHERE kind = 'attendance'",
        "This run already has an entry for this account.",
    )

    def init(self):
        runs = self.env["club.points.run"]
        self.env.cr.execute(create_guards(runs._get_sealed_columns()))
        create_summary(self.env.cr)

    @api.model
    def _get_figure_sources(self):
        return get_ledger_sources()

    # === Searching === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain).map_conditions(self._name_open_runs)
        return super()._search(domain, *args, **kwargs)

    def _name_open_runs(self, condition):
        """Look for what isn't posted in the few runs that aren't: joined to them, all
        of the ledger would be gone through to find that there is nothing.
        """
        if condition.field_expr not in ("state", "run_id.state"):
            return condition
        is_denied = condition.operator in Domain.NEGATIVE_OPERATORS
        value = condition.value
        values = {value} if isinstance(value, str) else value
        asks = condition.operator in ("=", "!=", "in", "not in")
        if not asks or not isinstance(values, COLLECTION_TYPES):
            return condition
        if (POSTED in values) != is_denied:
            return condition
        # sudo: what is in the runs, record rules decide on the entries
        runs_sudo = self.env["club.points.run"].sudo()
        ids = runs_sudo._search([("state", condition.operator, value)]).get_result_ids()
        return Domain("run_id", "in", ids)

    def _refusal(self):
        return AccessError(
            self.env._(
                "The points ledger is written by points runs only: corrections are "
                "entries of the next run."
            )
        )

    # === What became of the accounts' points, and what is neither spent nor held === #

    @api.model
    def _get_lots(self, program, accounts, until=None):
        """Return ``{account id: [Lot]}`` of what is neither spent nor held, exact.

        Read past the record rules: ask of accounts that the user may see.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT account_id, valid_until, points::text FROM (%s) l",
                ledger_sql.lots(program.id, accounts.ids, until),
            )
        )
        sums = defaultdict(list)
        for account_id, day, points in self.env.cr.fetchall():
            sums[account_id].append((day, Decimal(points)))
        return {
            account_id: points_lots.remaining(found)
            for account_id, found in sums.items()
        }

    @api.model
    def _get_balances(self, program, accounts, on=None):
        """Return ``{account id: Balance}``: what became of its points, by a day.

        The one place where these figures come from. Rule B7. Read past the record
        rules: ask of accounts that the user may see. Who has neither points nor a
        reservation has no key.

        :param on: the day whose end counts: later entries and reservations are left
            out; today when None
        """
        if not program or not accounts:
            return {}
        on = on or program.with_company(program.company_id)._today()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT b.*, l.days, l.points
                  FROM (
                SELECT account_id,
                       sum(points) FILTER (WHERE kind = 'earned')::text,
                       (-sum(points) FILTER (WHERE kind = 'redemption'))::text,
                       (-sum(points) FILTER (WHERE kind = 'expiry'))::text,
                       sum(points) FILTER (WHERE kind = 'reserved')::text
                  FROM (SELECT e.account_id, e.points,
                               CASE WHEN e.kind IN ('redemption', 'expiry') THEN e.kind
                                    ELSE 'earned' END AS kind
                          FROM club_points_entry e
                          JOIN club_points_run r
                            ON r.id = e.run_id AND r.state = 'posted'
                         WHERE r.program_id = %(program)s
                           AND e.account_id = ANY(%(accounts)s) AND e.date <= %(on)s
                     UNION ALL
                        SELECT account_id, points, 'reserved'
                          FROM club_redemption
                         WHERE program_id = %(program)s AND state = 'reserved'
                           AND account_id = ANY(%(accounts)s)
                           AND reserved_on <= %(on)s) s
                 GROUP BY account_id) b
             LEFT JOIN (
                SELECT account_id, array_agg(valid_until) AS days,
                       array_agg(points::text) AS points
                  FROM (%(lots)s) l
                 GROUP BY account_id) l ON l.account_id = b.account_id
                """,
                lots=ledger_sql.lots(program.id, accounts.ids, on),
                program=program.id,
                accounts=accounts.ids,
                on=on,
            )
        )
        return {
            account_id: points_lots.balance(
                points_lots.Balance(*(Decimal(points or 0) for points in sums)),
                points_lots.remaining(
                    list(zip(days or (), map(Decimal, lots or ()), strict=True))
                ),
                on,
            )
            for account_id, *sums, days, lots in self.env.cr.fetchall()
        }
