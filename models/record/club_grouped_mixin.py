from odoo import api, models
from odoo.tools import SQL

LENGTH = "__length"  # among aggregates: how many groups there are in all


class ClubGroupedMixin(models.AbstractModel):
    """Lists that are grouped: sums and the number of groups come from one statement."""

    _name = "club.grouped.mixin"
    _description = "Groups Counted as They Are Read"

    @api.model
    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        """Count the groups while a page of them is read.

        Odoo reads all the others once more to count them, with their names in order:
        where there are a hundred thousand, that takes longer than the page.
        """
        groups = self.formatted_read_group(
            domain,
            groupby,
            [*aggregates, LENGTH],
            offset=offset,
            limit=limit,
            order=order,
        )
        lengths = [group.pop(LENGTH) for group in groups]
        if limit and len(groups) == limit:
            return groups, lengths[0]
        return groups, len(groups) + offset if groups else 0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == LENGTH:
            return SQL("count(*) OVER ()")
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_empty_value(self, spec):
        return 0 if spec == LENGTH else super()._read_group_empty_value(spec)

    def _read_group_postprocess_aggregate(self, aggregate_spec, raw_values):
        if aggregate_spec == LENGTH:
            return raw_values
        return super()._read_group_postprocess_aggregate(aggregate_spec, raw_values)
