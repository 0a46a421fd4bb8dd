"""Writing imported rows in bulk: a statement of SQL for any number of rows.

The methods of ``club.revenue.line`` check who may do it and forget their caches.
"""

from odoo.tools import SQL

from ...kernel import revenue_rows
from .revenue_matcher import PARTS, Found, RevenueMatcher
from .revenue_overlap import STAGED
from .revenue_table import Row

PAGE = 5000
STAGED_COLUMNS = (
    *("state", "is_beyond_window", *Found._fields),
    *("row", "raw_account", "raw_account_name", "raw_category", "raw_month"),
    *("raw_amount", "raw_product", "file_column"),
)


def stage(env, company, unit, statement):
    """Judge the rows of a statement and put them into a table that the transaction
    drops: what can be read would count, the rest would be parked.
    """
    matcher = RevenueMatcher(env, company, statement.rows)
    first_month = get_first_month(env, company)
    env.cr.execute(
        SQL(
            "DROP TABLE IF EXISTS %(table)s;"
            " CREATE TEMP TABLE %(table)s ON COMMIT DROP AS"
            " SELECT %(columns)s FROM club_revenue_line WHERE FALSE",
            table=SQL.identifier(STAGED),
            columns=_columns(),
        )
    )
    # Made while they are written: the rows of a year are many.
    found_rows = (
        (row, matcher.find(row, unit, statement.delimiter)) for row in statement.rows
    )
    env.cr.execute_values(
        f"INSERT INTO {STAGED} VALUES %s",
        (
            (
                "parked" if found.fault else "valid",
                is_beyond_window(found, first_month),
                *found,
                *(text or None for text in row),
            )
            for row, found in found_rows
        ),
        page_size=PAGE,
    )
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(STAGED)))


def take(document):
    """Make the staged rows those of a new import."""
    document.env.cr.execute(
        SQL(
            "INSERT INTO club_revenue_line (import_id, company_id, %(columns)s)"
            " SELECT %(document)s, %(company)s, %(columns)s FROM %(table)s"
            " ORDER BY row, file_column",
            columns=_columns(),
            document=document.id,
            company=document.company_id.id,
            table=SQL.identifier(STAGED),
        )
    )


def _columns():
    return SQL(", ").join(map(SQL.identifier, STAGED_COLUMNS))


def get_first_month(env, company):
    """Return the first month that the next points runs of all programs still correct;
    None if the company has no program. Rule B9.
    """
    # sudo: whoever imports need not read the programs
    programs_sudo = env["club.program"].sudo().search([("company_id", "=", company.id)])
    starts = [program._get_correction_window().start for program in programs_sudo]
    return max(starts, default=None)


def is_beyond_window(found, first_month):
    """Tell whether a row that counts is older than the correction window. Rule B9."""
    return bool(first_month and not found.fault and found.month < first_month)


def lock(env, ids):
    """Lock rows until the end of the transaction and return their states.

    Locked, not held like documents: what is locked is written next, all of it.
    """
    return {
        state
        for (state,) in env.execute_query(
            SQL(
                "SELECT state FROM club_revenue_line WHERE id = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                list(ids),
            )
        )
    }


def fill_in(env, ids, values):
    """Put ``values`` where nothing could be read; what was read stays."""
    for field in Found._fields[: len(PARTS)]:
        value = values.get(field)
        if value:
            env.cr.execute(
                SQL(
                    "UPDATE club_revenue_line SET %(field)s = %(value)s"
                    " WHERE id = ANY(%(ids)s) AND %(field)s IS NULL",
                    field=SQL.identifier(field),
                    value=value,
                    ids=list(ids),
                )
            )


def lacks_amount(env, ids):
    """Tell whether an amount couldn't be read: the ORM would show it as 0."""
    query = SQL(
        "SELECT 1 FROM club_revenue_line WHERE id = ANY(%s) AND amount IS NULL LIMIT 1",
        list(ids),
    )
    return bool(env.execute_query(query))


def find_same_names(env, company, keys):
    """Return ids of the parked rows whose open account or category is in ``keys``.

    :param keys: pairs of kind and key, as aliases have them
    """
    if not keys:
        return []
    parked = env.execute_query(
        SQL(
            """
            SELECT id, ARRAY[raw_account, raw_account_name], account_id IS NULL,
                   ARRAY[raw_category], category_id IS NULL,
                   ARRAY[raw_product], product_id IS NULL
              FROM club_revenue_line
             WHERE company_id = %s AND state = 'parked'
            """,
            company.id,
        )
    )
    return [
        line_id
        for line_id, accounts, is_open, categories, is_category_open, *product in parked
        if (is_open and _has_key("account", accounts, keys))
        or (is_category_open and _has_key("category", categories, keys))
        or (product[1] and _has_key("product", product[0], keys))
    ]


def _has_key(kind, texts, keys):
    return any(text and (kind, revenue_rows.alias_key(text)) in keys for text in texts)


def read_again(env, company, ids):
    """Judge parked rows of one company anew; return the ids of those that count now."""
    parked = env.execute_query(
        SQL(
            """
            SELECT l.id, i.unit, i.delimiter,
                   l.account_id, l.category_id, l.product_id, l.month, l.amount, l.row,
                   coalesce(l.raw_account, ''), coalesce(l.raw_account_name, ''),
                   coalesce(l.raw_category, ''), coalesce(l.raw_month, ''),
                   coalesce(l.raw_amount, ''), coalesce(l.raw_product, ''),
                   coalesce(l.file_column, 0)
              FROM club_revenue_line l
              JOIN club_revenue_import i ON i.id = l.import_id
             WHERE l.id = ANY(%s) AND l.company_id = %s AND l.state = 'parked'
               FOR UPDATE OF l
            """,
            list(ids),
            company.id,
        )
    )
    known = 3 + len(PARTS)  # the columns before those of a row
    rows = [Row(*record[known:]) for record in parked]
    matcher = RevenueMatcher(env, company, rows)
    first_month = get_first_month(env, company)
    found = [
        (line_id, matcher.find(row, unit, delimiter or "", known=Found(*parts)))
        for row, (line_id, unit, delimiter, *parts) in zip(
            rows, (record[:known] for record in parked), strict=True
        )
    ]
    env.cr.execute_values(
        """
        UPDATE club_revenue_line l
           SET account_id = v.account_id, category_id = v.category_id,
               product_id = v.product_id, month = v.month, amount = v.amount,
               fault_code = v.fault_code, fault = v.fault,
               is_beyond_window = v.is_beyond_window,
               state = CASE WHEN v.fault IS NULL THEN 'valid' ELSE 'parked' END,
               settled_by_id = CASE WHEN v.fault IS NULL THEN v.user_id END,
               settled_on = CASE WHEN v.fault IS NULL
                                 THEN now() AT TIME ZONE 'UTC' END
          FROM (VALUES %s) v(id, account_id, category_id, product_id, month,
                             amount, fault_code, fault, is_beyond_window, user_id)
         WHERE v.id = l.id
        """,
        [
            (line_id, *values, is_beyond_window(values, first_month), env.uid)
            for line_id, values in found
        ],
        template="(%s, %s::int, %s::int, %s::int, %s::date, %s::numeric,"
        " %s, %s, %s, %s)",
        page_size=PAGE,
    )
    return [line_id for line_id, values in found if not values.fault]


def cancel(env, condition, reason):
    """Cancel the rows of ``condition``: they stop counting and are kept."""
    env.cr.execute(
        SQL(
            """
            UPDATE club_revenue_line
               SET state = 'cancelled', discard_reason = %s, settled_by_id = %s,
                   settled_on = now() AT TIME ZONE 'UTC'
             WHERE state <> 'cancelled' AND %s
            """,
            reason,
            env.uid,
            condition,
        )
    )
