"""What a statement would do, told before any of it counts. Rule B15.

Everything is worked out from the rows that are staged (`revenue_store.stage`), which
the transaction drops: a preview that nobody decides on leaves nothing behind.
"""

import hashlib
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL

from . import revenue_overlap
from .revenue_overlap import STAGED

# What is shown one by one; the rest is one figure.
MONTHS_SHOWN = 24
LINES_SHOWN = 40
REASONS_SHOWN = 20
NAMES_SHOWN = 5
REPEATS_SHOWN = 5


class Count(NamedTuple):
    """Some of the rows, and the sum of those of their amounts that could be read."""

    rows: int = 0
    amount: float = 0.0


class Line(NamedTuple):
    """What would count in a product category."""

    name: str
    months: tuple  # a Count for each month shown
    total: Count


class Reason(NamedTuple):
    """Rows that would be parked for one reason."""

    text: str
    count: Count
    names: tuple  # what stands in the file, the first of them
    more: int  # further names


class Preview(NamedTuple):
    source: tuple  # of which file, read how, for whose books
    read: Count
    valid: Count
    parked: Count
    months: tuple
    beyond: tuple  # those of the months that no points run corrects any more
    lines: tuple
    more_lines: Count  # of further categories and months
    reasons: tuple
    more_reasons: Count
    repeats: tuple  # numbers of rows that say the same, the first groups
    repeated: int  # rows that say what a row above them says
    overlaps: tuple

    @property
    def month_sums(self):
        """Return the sum of each month shown."""
        return [
            _add(column).amount
            for column in zip(*(line.months for line in self.lines), strict=True)
        ]

    @property
    def fingerprint(self):
        """Return what tells this preview from any other."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def look(env, company, source):
    """Return the `Preview` of the rows that are staged.

    :param source: what they were read from; other rows may come to the same sums
    """
    counts = _count(env)
    months, beyond, lines, more_lines = _get_lines(env, company)
    reasons, more_reasons = _get_reasons(env)
    repeats, repeated = _get_repeats(env)
    return Preview(
        (company.id, *source),
        _add(counts.values()),
        counts.get("valid", Count()),
        counts.get("parked", Count()),
        months,
        beyond,
        lines,
        more_lines,
        reasons,
        more_reasons,
        repeats,
        repeated,
        tuple(revenue_overlap.find(env, company)),
    )


def _count(env):
    rows = env.execute_query(
        SQL(
            "SELECT state, count(*), coalesce(sum(amount), 0) FROM %s"
            " GROUP BY 1 ORDER BY 1",
            SQL.identifier(STAGED),
        )
    )
    return {state: Count(*count) for state, *count in rows}


def _get_lines(env, company):
    """Return the months, those beyond the window, and what counts in each of them by
    category; the largest categories and the last months are shown.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT category_id, month, is_beyond_window, count(*), sum(amount)
              FROM %s WHERE state = 'valid'
             GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """,
            SQL.identifier(STAGED),
        )
    )
    months = sorted({row[1] for row in rows})
    shown = tuple(months[-MONTHS_SHOWN:])
    beyond = tuple(sorted({month for _id, month, old, *_count in rows if old}))
    by_category, rest = defaultdict(dict), []
    for category_id, month, _old, *count in rows:
        if month in shown:
            by_category[category_id][month] = Count(*count)
        else:
            rest.append(Count(*count))
    totals = {key: _add(counts.values()) for key, counts in by_category.items()}
    first = sorted(totals, key=lambda key: (-abs(totals[key].amount), key))
    names = _get_names(env, company, first[:LINES_SHOWN])
    lines = tuple(
        Line(
            names[key],
            tuple(by_category[key].get(month, Count()) for month in shown),
            totals[key],
        )
        for key in first[:LINES_SHOWN]
    )
    more = _add([*rest, *(totals[key] for key in first[LINES_SHOWN:])])
    return shown, beyond, lines, more


def _add(counts):
    counts = list(counts)
    return Count(
        sum(count.rows for count in counts),
        round(sum(count.amount for count in counts), 2),
    )


def _get_names(env, company, category_ids):
    """Return what the categories are called: their business line's name, if any."""
    # sudo: whoever reads the file reads what its lines are called
    categories_sudo = env["product.category"].sudo().browse(category_ids)
    lines_sudo = env["club.business.line"].sudo()
    lines_sudo = lines_sudo.search_fetch(
        [
            ("category_id", "in", category_ids),
            ("company_id", "in", (company.id, False)),
        ],
        ["category_id", "name"],
        order="company_id NULLS FIRST, id",
    )
    names = {category.id: category.display_name for category in categories_sudo}
    return names | {line.category_id.id: line.name for line in lines_sudo}


def _get_reasons(env):
    """Return why rows would be parked, the most rows first.

    The names in a fault are left out of the reason, and told beside it.
    """
    rows = env.execute_query(
        SQL(
            """
            WITH named AS (
                SELECT regexp_replace(fault, '“.*?”', '“…”', 'g') AS reason,
                       CASE fault_code
                            WHEN 'account' THEN coalesce(raw_account, raw_account_name)
                            WHEN 'category' THEN raw_category
                            WHEN 'product' THEN raw_product
                            WHEN 'month' THEN raw_month
                            ELSE raw_amount END AS name,
                       count(*) AS rows, coalesce(sum(amount), 0) AS amount,
                       min(row) AS row
                  FROM %s WHERE state = 'parked' GROUP BY 1, 2)
            SELECT reason, sum(rows)::int, sum(amount),
                   (array_agg(name ORDER BY row) FILTER (WHERE name IS NOT NULL))[:%s],
                   count(name)::int
              FROM named GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            SQL.identifier(STAGED),
            NAMES_SHOWN,
        )
    )
    reasons = [
        Reason(text, Count(*count), tuple(names or ()), max(0, named - NAMES_SHOWN))
        for text, *count, names, named in rows
    ]
    return tuple(reasons[:REASONS_SHOWN]), _add(
        reason.count for reason in reasons[REASONS_SHOWN:]
    )


def _get_repeats(env):
    """Return rows of the file that say the same, and how many are repetitions.

    They all count: a customer may well have the same amount twice in a month.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT (array_agg(row ORDER BY row))[:%(shown)s], count(*)::int - 1
              FROM %(staged)s
             WHERE coalesce(raw_account, raw_account_name) IS NOT NULL
               AND amount IS NOT NULL
             GROUP BY coalesce('#' || account_id, raw_account, raw_account_name),
                      coalesce('#' || category_id, raw_category),
                      coalesce('#' || product_id, raw_product),
                      coalesce('#' || month, raw_month), amount
            HAVING count(*) > 1 ORDER BY min(row)
            """,
            staged=SQL.identifier(STAGED),
            shown=REPEATS_SHOWN,
        )
    )
    return (
        tuple(tuple(numbers) for numbers, _count in rows[:REPEATS_SHOWN]),
        sum(count for _numbers, count in rows),
    )
