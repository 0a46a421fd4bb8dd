"""Writing imported rows in bulk: a statement of SQL for any number of rows.

The methods of ``club.revenue.line`` check who may do it and forget their caches.
"""

from odoo.tools import SQL

from ...kernel import revenue_rows
from .revenue_matcher import Found, RevenueMatcher
from .revenue_table import Row

PAGE = 5000


def insert(document, rows):
    """Insert the rows of a new import: what can be read counts, the rest is parked."""
    matcher = RevenueMatcher(document.env, document.company_id, rows)
    # Made while they are written: the rows of a year are many.
    values = (
        (
            *(document.id, document.company_id.id),
            "parked" if found.fault else "valid",
            *found,
            *(text or None for text in row),
        )
        for row, found in ((row, matcher.find(row, document.unit)) for row in rows)
    )
    document.env.cr.execute_values(
        """
        INSERT INTO club_revenue_line (
            import_id, company_id, state,
            account_id, category_id, month, amount, fault_code, fault,
            row, raw_account, raw_account_name, raw_category, raw_month, raw_amount
        ) VALUES %s
        """,
        values,
        page_size=PAGE,
    )


def lock(env, ids):
    """Lock rows until the end of the transaction and return their states."""
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
    for field in Found._fields[:4]:
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
                   ARRAY[raw_category], category_id IS NULL
              FROM club_revenue_line
             WHERE company_id = %s AND state = 'parked'
            """,
            company.id,
        )
    )
    return [
        line_id
        for line_id, accounts, is_open, categories, is_category_open in parked
        if (is_open and _has_key("account", accounts, keys))
        or (is_category_open and _has_key("category", categories, keys))
    ]


def _has_key(kind, texts, keys):
    return any(text and (kind, revenue_rows.alias_key(text)) in keys for text in texts)


def read_again(env, company, ids):
    """Judge parked rows of one company anew; return the ids of those that count now."""
    parked = env.execute_query(
        SQL(
            """
            SELECT l.id, i.unit, l.account_id, l.category_id, l.month, l.amount, l.row,
                   coalesce(l.raw_account, ''), coalesce(l.raw_account_name, ''),
                   coalesce(l.raw_category, ''), coalesce(l.raw_month, ''),
                   coalesce(l.raw_amount, '')
              FROM club_revenue_line l
              JOIN club_revenue_import i ON i.id = l.import_id
             WHERE l.id = ANY(%s) AND l.company_id = %s AND l.state = 'parked'
               FOR UPDATE OF l
            """,
            list(ids),
            company.id,
        )
    )
    rows = [Row(*record[6:]) for record in parked]
    matcher = RevenueMatcher(env, company, rows)
    found = [
        (line_id, matcher.find(row, unit, known=Found(*known)))
        for row, (line_id, unit, *known) in zip(
            rows, (record[:6] for record in parked), strict=True
        )
    ]
    env.cr.execute_values(
        """
        UPDATE club_revenue_line l
           SET account_id = v.account_id, category_id = v.category_id,
               month = v.month, amount = v.amount,
               fault_code = v.fault_code, fault = v.fault,
               state = CASE WHEN v.fault IS NULL THEN 'valid' ELSE 'parked' END,
               settled_by_id = CASE WHEN v.fault IS NULL THEN v.user_id END,
               settled_on = CASE WHEN v.fault IS NULL
                                 THEN now() AT TIME ZONE 'UTC' END
          FROM (VALUES %s) v(id, account_id, category_id, month, amount,
                             fault_code, fault, user_id)
         WHERE v.id = l.id
        """,
        [(line_id, *values, env.uid) for line_id, values in found],
        template="(%s, %s::int, %s::int, %s::date, %s::numeric, %s, %s, %s)",
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
