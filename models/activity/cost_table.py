"""Budget against actual of activities, by kind of cost. Rule C5."""

from typing import NamedTuple

from ..record.names import get_labels

OTHER = "other"


class CostRow(NamedTuple):
    """Budget against actual of a kind of cost."""

    kind: str
    label: str
    estimate: float
    actual: float

    @property
    def difference(self):
        return self.actual - self.estimate


def get_billed(activities):
    """Return ``{activity id: {kind: amount}}`` of posted bills."""
    result = {}
    # sudo: whoever sees the activity sees what it cost, not the bills
    lines_sudo = activities.env["account.move.line"].sudo()
    for activity, kind, amount in lines_sudo._read_group(
        [("club_activity_id", "in", activities.ids), ("parent_state", "=", "posted")],
        ["club_activity_id", "club_cost_kind"],
        ["balance:sum"],
    ):
        kinds = result.setdefault(activity.id, {})
        kinds[kind or OTHER] = kinds.get(kind or OTHER, 0) + amount
    return result


def get_cost_rows(activities):
    """Return budget against actual by kind: ``{activity: rows}``."""
    labels = get_labels(activities.cost_ids, "kind")
    billed = get_billed(activities)
    return {
        activity: list(_get_rows(activity, labels, billed.get(activity._origin.id, {})))
        for activity in activities
    }


def _get_rows(activity, labels, bills):
    """Yield the rows of one activity, of the kinds that it has."""
    estimates = activity.cost_ids.grouped("kind")
    expenses = activity.expense_ids.grouped("kind")
    for kind, label in labels.items():
        if kind in estimates or kind in expenses or kind in bills:
            estimate = sum(line.amount for line in estimates.get(kind, ()))
            spent = sum(line.amount for line in expenses.get(kind, ()))
            yield CostRow(kind, label, estimate, spent + bills.get(kind, 0))
