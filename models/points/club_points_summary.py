"""The posted ledger without its accounts: what pivots and charts of it are drawn from.

A posted run never changes, so its sums by category, unit and month are written once,
when it is posted, and 100,000 accounts are looked through as fast as a thousand. It is
a table of plain sums, no model: nobody reaches it but through the ledger, whose record
rules hold, and the nightly check may compare it with the entries at any time.
"""

from odoo import models
from odoo.orm.domains import DomainAnd, DomainCondition
from odoo.tools import SQL

# What the sums are by; further names are those of the run.
_BY = (
    *("run_id", "unit_id", "kind", "revenue_month", "category_id", "product_id"),
    *("date", "valid_until"),
)
_OF_RUN = ("program_id", "company_id", "currency_id", "state")

CREATE_SUMMARY = """
CREATE TABLE IF NOT EXISTS club_points_summary (
    run_id integer NOT NULL, unit_id integer, kind varchar NOT NULL, revenue_month date,
    category_id integer, product_id integer, date date NOT NULL, valid_until date,
    points numeric NOT NULL, revenue numeric, entry_count integer NOT NULL);
CREATE INDEX IF NOT EXISTS club_points_summary_run_idx ON club_points_summary (run_id);
"""
DROP_SUMMARY = "DROP TABLE IF EXISTS club_points_summary"


def fill_query(condition):
    """Return the INSERT of the sums of runs.

    Redemptions are left out: a run of theirs has hardly more than one entry.

    :param condition: which runs, as ``r``
    """
    return SQL(
        """
        INSERT INTO club_points_summary (%(by)s, points, revenue, entry_count)
        SELECT %(by_entry)s, sum(e.points), sum(e.revenue), count(*)
          FROM club_points_entry e
          JOIN club_points_run r ON r.id = e.run_id
         WHERE e.kind <> 'redemption' AND %(condition)s
         GROUP BY %(by_entry)s
        """,
        by=SQL(", ").join(map(SQL.identifier, _BY)),
        by_entry=SQL(", ").join(SQL.identifier("e", name) for name in _BY),
        condition=condition,
    )


def differing_query(program_id):
    """Return the SELECT of the run_id of posted runs whose sums have come to differ."""
    return SQL(
        """
        SELECT DISTINCT run_id
          FROM (SELECT s.run_id
                  FROM (SELECT %(by)s, points, revenue, entry_count
                          FROM club_points_summary
                     UNION ALL
                        SELECT %(by)s, -points, -revenue, -1
                          FROM club_points_entry WHERE kind <> 'redemption') s
                  JOIN club_points_run r ON r.id = s.run_id AND r.state = 'posted'
                                        AND r.program_id = %(program)s
                 GROUP BY %(by_sum)s
                HAVING sum(s.entry_count) <> 0 OR sum(s.points) <> 0
                    OR coalesce(sum(s.revenue), 0) <> 0) d
        """,
        by=SQL(", ").join(map(SQL.identifier, _BY)),
        by_sum=SQL(", ").join(SQL.identifier("s", name) for name in _BY),
        program=program_id,
    )


def create_summary(cr):
    """Create the table of sums, with those of runs that were posted before it."""
    cr.execute(CREATE_SUMMARY)
    missing = "NOT EXISTS (SELECT FROM club_points_summary s WHERE s.run_id = r.id)"
    cr.execute(fill_query(SQL("r.state = 'posted' AND %s", SQL(missing))))


class ClubPointsSummedMixin(models.AbstractModel):
    """Groups the ledger by its sums, where these hold all that is asked for."""

    _name = "club.points.summed.mixin"
    _description = "Ledger Grouped by Its Sums"
    _inherit = ["club.summed.mixin"]
    _club_sums_by = (*_BY, *_OF_RUN)
    _club_sums_of = ("points", "revenue")

    @property
    def _table_sql(self):
        if not self._reads_sums():
            return super()._table_sql
        names = SQL(", ").join(map(SQL.identifier, _BY))
        return SQL(
            "(SELECT %s, points, revenue, entry_count FROM club_points_summary"
            " UNION ALL SELECT %s, points, revenue, 1 FROM club_points_entry"
            " WHERE kind = 'redemption')",
            names,
            names,
        )

    def _has_sums(self, domain):
        """Tell whether all that a domain finds is posted, whatever else it says."""
        parts = domain.children if isinstance(domain, DomainAnd) else (domain,)
        is_posted = any(
            isinstance(part, DomainCondition)
            and part.field_expr in ("state", "run_id.state")
            and part.operator in ("=", "in")
            and part.value in ("posted", ["posted"], ("posted",))
            for part in parts
        )
        return is_posted and super()._has_sums(domain)
