"""Groups of many records that are read from sums of them.

The one place that reaches into how Odoo builds such a query (`_read_group_select`): so
a pivot stays its model's, with its filters and what they open. Should a later Odoo
build queries otherwise, a report model on the sums (`_auto = False`, as `sale.report`)
takes its place.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .club_grouped_mixin import LENGTH

SUMMED = object()  # in the context: read the sums in place of the records


class ClubSummedMixin(models.AbstractModel):
    """Groups records by their sums, where these hold all that is asked for.

    A model says below what its sums hold, and reads them while `_reads_sums`.
    """

    _name = "club.summed.mixin"
    _description = "Records Grouped by Their Sums"

    # By which fields sums may be grouped and asked for, of which there are sums, and
    # the column that says for how many records a row of sums stands.
    _club_sums_by = ()
    _club_sums_of = ()
    _club_sums_count = "entry_count"

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        summed = self._get_summed(domain, groupby, aggregates, order, having)
        rows = super(ClubSummedMixin, summed)._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )
        return self._leave_sums(rows)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        groupby = [spec for specs in grouping_sets for spec in specs]
        summed = self._get_summed(domain, groupby, aggregates, order)
        found = super(ClubSummedMixin, summed)._read_grouping_sets(
            domain, grouping_sets, aggregates, order
        )
        return [self._leave_sums(rows) for rows in found]

    def _leave_sums(self, rows):
        """Return rows whose records don't lead on to sums in place of records."""
        return [
            tuple(
                value.with_env(self.env)
                if isinstance(value, models.BaseModel)
                else value
                for value in row
            )
            for row in rows
        ]

    def _get_summed(self, domain, groupby, aggregates, order, having=()):
        """Return the model on the sums, when they hold all that is asked for."""
        domain = Domain(domain)
        if not self.env.su:
            self.check_access("read")
            domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        asked = [condition.field_expr for condition in domain.iter_conditions()]
        asked = {name.split(":")[0].split(".")[0] for name in (*asked, *groupby)}
        ordered = {term.split()[0] for term in (order or "").split(",") if term.strip()}
        known = {
            *("__count", LENGTH),
            *(f"{name}:sum" for name in self._club_sums_of),
            # With each sum of money the web client asks of which currencies it is.
            *(f"{name}:sum_currency" for name in self._club_sums_of),
            *(f"{name}:array_agg_distinct" for name in self._club_sums_by),
        }
        if (
            having
            or not asked <= {*self._club_sums_by}
            or not set(aggregates) | ordered <= known | set(groupby)
            or not self._has_sums(domain)
        ):
            return self
        return self.with_context(club_sums=SUMMED)

    def _has_sums(self, domain):
        """Tell whether all that a domain finds is in the sums, whatever else it says:
        extend it.
        """
        return True

    def _reads_sums(self):
        """Tell whether the sums are read in place of the records."""
        return self.env.context.get("club_sums") is SUMMED

    def _read_group_select(self, aggregate_spec, query):
        if self._reads_sums() and aggregate_spec == "__count":
            count = SQL.identifier(self._table, self._club_sums_count)
            return SQL("coalesce(sum(%s), 0)::bigint", count)
        return super()._read_group_select(aggregate_spec, query)
