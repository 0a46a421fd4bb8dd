"""What a program's facts come to at its rates, in sum: one statement."""

from odoo.tools import SQL

from ..kernel import windows
from ..models.points import facts


def totals_query(program, window, rates=None):
    """Return the SELECT of points, revenue under an agreement and revenue. B1, B4.

    :param rates: ``{category_id: rate}`` in place of the conversion rates in force
    """
    start, end = window.start, window.end
    return SQL(
        """
        WITH %s, %s, %s
        SELECT coalesce((SELECT sum(points) FROM due), 0),
               coalesce((SELECT sum(revenue) FROM eligible), 0),
               coalesce((SELECT sum(revenue) FROM facts), 0)
        """,
        facts.eligible(program, start, end),
        facts.rates(program.id, windows.month_start(start), end, rates),
        facts.due(with_posted=False),
    )
