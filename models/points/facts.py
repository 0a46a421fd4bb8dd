"""The SQL of the facts and of the points that they should have earned.

Sums are made here, over all accounts in one statement; nothing loops over records.
CTEs are MATERIALIZED where the planner would otherwise compute the facts once per
rate (54 s instead of 2), and differences are built with UNION ALL and GROUP BY, since
a join on the category loses the lines that have none.
"""

from odoo.tools import SQL

from ...kernel import windows


def fact_lines(company_id=None, start=None, end=None, accounts=None):
    """Return a SELECT of revenue facts: the union of `fact_sources`."""
    return SQL(" UNION ALL ").join(fact_sources(company_id, start, end, accounts))


def fact_sources(company_id=None, start=None, end=None, accounts=None):
    """Return the SELECTs of revenue facts, a row a line, credit notes negative: of
    invoice lines and of imported lines.

    Columns: id (of the invoice line, or minus that of the imported line), date,
    date_end (an imported line stands for its whole month), account_id, category_id,
    product_id, amount (company currency, net of tax), balance (the same as it is
    booked, so the other way round), company_id.

    :param start: first day, inclusive
    :param end: last day, inclusive
    :param accounts: ids of accounts to keep, all when None
    """
    line, row = [], []
    if company_id:
        line.append(SQL("l.company_id = %s", company_id))
        row.append(SQL("r.company_id = %s", company_id))
    if start:
        line.append(SQL("l.date >= %s", start))
        row.append(SQL("r.month >= %s", start))
    if end:
        line.append(SQL("l.date <= %s", end))
        row.append(SQL("r.month <= %s", end))
    if accounts is not None:
        line.append(SQL("l.club_account_id = ANY(%s)", list(accounts)))
        row.append(SQL("r.account_id = ANY(%s)", list(accounts)))
    true = SQL("TRUE")
    invoiced = SQL(
        """
        SELECT l.id, l.date, l.date AS date_end, l.club_account_id AS account_id,
               l.club_category_id AS category_id, l.product_id,
               -l.balance AS amount, l.balance, l.company_id
          FROM account_move_line l
         WHERE l.parent_state = 'posted' AND l.club_account_id IS NOT NULL AND %s
        """,
        SQL(" AND ").join(line) if line else true,
    )
    imported = SQL(
        """
        SELECT -r.id AS id, r.month AS date,
               (r.month + interval '1 month - 1 day')::date AS date_end,
               r.account_id, r.category_id, r.product_id, r.amount,
               -r.amount AS balance, r.company_id
          FROM club_revenue_line r
         WHERE r.state = 'valid' AND r.account_id IS NOT NULL AND %s
        """,
        SQL(" AND ").join(row) if row else true,
    )
    return invoiced, imported


def month_of(column):
    """Return SQL for the first day of a date's month, whatever the time zone."""
    return SQL("date_trunc('month', %s::timestamp)::date", column)


def rates(program_id, start, end, overrides=None):
    """Return the CTEs ``rate`` (category, month) and ``own_rate`` (product, month).

    Both have the columns rate and coefficient; the nearest category wins over its
    parents, and a product's own rate over its category's. Only signed rates count, and
    not those that a later one replaced. Rule B2.

    :param overrides: ``{category_id: rate}`` to put in place of conversion rates
    """
    overrides = overrides or {}
    return SQL(
        """
        months AS (
            SELECT m::date AS month
              FROM generate_series(date_trunc('month', %(start)s::timestamp),
                                   %(end)s::timestamp, '1 month') m),
        step AS (
            SELECT r.category_id, r.product_id, r.factor, m.month, r.value
              FROM months m
              JOIN club_points_rate r
                ON r.program_id = %(program)s AND r.date_from <= m.month
               AND (r.date_to IS NULL OR r.date_to >= m.month)
               AND r.approval_state = 'done' AND r.replaced_by_id IS NULL
             WHERE NOT (r.factor = 'conversion'
                        AND coalesce(r.category_id, 0) = ANY(%(override_ids)s))
         UNION ALL
            SELECT o.category_id, NULL, 'conversion', m.month, o.value
              FROM months m,
                   unnest(%(override_ids)s::int[], %(override_values)s::numeric[])
                       AS o(category_id, value)),
        nearest AS (
            SELECT DISTINCT ON (c.id, s.factor, s.month)
                   c.id AS category_id, s.factor, s.month, s.value
              FROM step s
              JOIN product_category a ON a.id = s.category_id
              JOIN product_category c ON c.parent_path LIKE a.parent_path || '%%'
             ORDER BY c.id, s.factor, s.month, length(a.parent_path) DESC),
        rate AS MATERIALIZED (
            SELECT category_id, month,
                   max(value) FILTER (WHERE factor = 'conversion') AS rate,
                   coalesce(max(value) FILTER (WHERE factor = 'coefficient'), 1)
                       AS coefficient
              FROM nearest
             GROUP BY category_id, month),
        own_rate AS MATERIALIZED (
            SELECT product_id, month,
                   max(value) FILTER (WHERE factor = 'conversion') AS rate,
                   max(value) FILTER (WHERE factor = 'coefficient') AS coefficient
              FROM step
             WHERE product_id IS NOT NULL
             GROUP BY product_id, month)
        """,
        program=program_id,
        start=start,
        end=end,
        override_ids=list(overrides),
        override_values=list(overrides.values()),
    )


def fact_keys(program):
    """Return the select list of ``f``: account, month, product line and revenue."""
    return SQL(
        "f.account_id, %s AS month, f.category_id,"
        " %s AS product_id, sum(f.amount) AS revenue",
        month_of(SQL("f.date")),
        _own_product(program),
    )


def _own_product(program):
    """Return SQL of the product, which stands apart only where it has a rate of its
    own. Rule B2.
    """
    if not program._has_product_rates():
        return SQL("NULL::int")
    return SQL(
        "CASE WHEN f.product_id IN (SELECT product_id FROM club_points_rate"
        " WHERE program_id = %s AND product_id IS NOT NULL AND approval_state = 'done'"
        " AND replaced_by_id IS NULL) THEN f.product_id END",
        program.id,
    )


def fact_sums(program, start, end, accounts=None, more=None):
    """Return the SELECT of facts by account, month and product line.

    Each source is summed by itself, with a row for each: adding the few imported
    lines to the many invoice lines first would pass every line through one step more.
    What can be done once a sum isn't done once a line: its sign, and the month's type.

    :param more: SQL of the lines ``f`` that tells something else, named ``has_any``
    """
    keys = SQL(
        "f.account_id, date_trunc('month', f.date::timestamp) AS month, f.category_id,"
        " %s AS product_id",
        _own_product(program),
    )
    invoiced, imported = fact_sources(program.company_id.id, start, end, accounts)
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT account_id, month::date AS month, category_id, product_id, revenue"
            "%s FROM (SELECT %s, %s AS revenue%s FROM (%s) f GROUP BY 1, 2, 3, 4) s",
            SQL(", has_any") if more else SQL(),
            keys,
            revenue,
            SQL(", %s AS has_any", more) if more else SQL(),
            source,
        )
        for source, revenue in (
            (invoiced, SQL("-sum(f.balance)")),
            (imported, SQL("sum(f.amount)")),
        )
    )


def eligible(program, start, end, accounts=None, table=None, source=None, lines=None):
    """Return the CTEs ``facts`` and ``eligible``, with the columns of `fact_sums`.
    Rules B1, B4.

    ``facts`` has every line; ``eligible`` what an agreement covers. A month that an
    agreement covers only in part counts by the date of its lines (``partly``); the
    months that no agreement covers in full are ``uncovered``.

    :param table: a table that holds the facts already
    :param source: a SELECT of the facts, with the columns of `fact_sums`
    :param lines: what to read the single facts from, with the columns of `fact_lines`,
        in place of all there are
    """
    if lines is not None:
        source = SQL(
            "SELECT %s FROM %s f GROUP BY 1, 2, 3, 4", fact_keys(program), lines
        )
    elif source is None and not table:
        source = fact_sums(program, start, end, accounts)
    facts = (
        SQL(
            "facts AS (SELECT account_id, month, category_id, product_id, revenue"
            " FROM %s)",
            SQL.identifier(table),
        )
        if table
        else SQL("facts AS MATERIALIZED (%s)", source)
    )
    if not program.agreement_required:
        return SQL("%s, eligible AS (SELECT * FROM facts)", facts)
    partly = SQL(
        "SELECT NULL::int AS account_id, NULL::date AS month, NULL::int AS category_id,"
        " NULL::int AS product_id, NULL::numeric AS revenue WHERE FALSE"
    )
    if program._has_partial_agreements(start, end):  # else the facts are read once
        partly = SQL(
            """
            SELECT %(keys)s
              FROM %(lines)s f
              JOIN edge e ON e.account_id = f.account_id AND f.date >= e.date_from
               AND f.date_end <= e.date_to AND e.month = %(month)s
             GROUP BY 1, 2, 3, 4
            """,
            keys=fact_keys(program),
            lines=lines
            or SQL("(%s)", fact_lines(program.company_id.id, start, end, accounts)),
            month=month_of(SQL("f.date")),
        )
    return SQL(
        """
        %(facts)s,
        agreement AS MATERIALIZED (
            SELECT account_id, date_from, date_to,
                   (date_trunc('month', date_from - interval '1 day')
                    + interval '1 month')::date AS full_from,
                   (date_trunc('month', date_to + interval '1 day')
                    - interval '1 month')::date AS full_to
              FROM (SELECT account_id, min(date_from) AS date_from,
                           least(max(date_to), %(end)s::date + 31) AS date_to
                      FROM (SELECT *, sum(gap) OVER (PARTITION BY account_id
                                                     ORDER BY date_from, id) AS island
                              FROM (%(gaps)s) g) i
                     GROUP BY account_id, island) a
             WHERE date_from <= %(end)s AND date_to >= %(start)s),
        edge AS MATERIALIZED (
            SELECT DISTINCT a.account_id, m.month::date, a.date_from, a.date_to
              FROM agreement a
             CROSS JOIN LATERAL (VALUES (date_trunc('month', a.date_from::timestamp)),
                                        (date_trunc('month', a.date_to::timestamp))
                                ) m(month)
             WHERE m.month::date NOT BETWEEN a.full_from AND a.full_to
               AND m.month BETWEEN %(start)s AND %(end)s),
        partly AS MATERIALIZED (%(partly)s),
        uncovered AS (
            SELECT f.*
              FROM facts f
             WHERE NOT EXISTS (
                   SELECT FROM agreement a
                    WHERE a.account_id = f.account_id
                      AND f.month BETWEEN a.full_from AND a.full_to)),
        eligible AS MATERIALIZED (
            SELECT f.*
              FROM facts f
              JOIN agreement a ON a.account_id = f.account_id
               AND f.month BETWEEN a.full_from AND a.full_to
         UNION ALL
            SELECT * FROM partly)
        """,
        facts=facts,
        start=start,
        end=end,
        partly=partly,
        gaps=SQL(
            """
            SELECT id, account_id, date_from,
                   coalesce(date_to, '9999-12-31') AS date_to,
                   coalesce(date_from > max(coalesce(date_to, '9999-12-31')) OVER (
                       PARTITION BY account_id ORDER BY date_from, id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1,
                       FALSE)::int AS gap
              FROM club_agreement WHERE program_id = %s
            """,
            program.id,
        ),
    )


def fingerprint(program, start, end, table=None):
    """Return the SELECT of a text that differs once the facts of the window, the rates
    or the agreements do. It tells whether points are worked out anew, nothing more.

    :param table: a table that holds the facts already
    """
    sums = (
        SQL.identifier(table) if table else SQL("(%s)", fact_sums(program, start, end))
    )
    return SQL(
        """
        SELECT concat_ws('/',
               (SELECT sum(hash_numeric_extended(revenue, hashint4extended(account_id,
                       hashint4extended(coalesce(category_id, 0),
                       hashint4extended(coalesce(product_id, 0), month - '2000-01-01')
                       ))))
                  FROM %(sums)s f),
               (SELECT sum(hashtextextended(concat_ws('|', category_id, product_id,
                       factor, value, date_from, date_to), id))
                  FROM club_points_rate
                 WHERE program_id = %(program)s AND approval_state = 'done'
                   AND replaced_by_id IS NULL),
               (SELECT sum(hashtextextended(parent_path, id)) FROM product_category),
               (SELECT sum(hashtextextended(concat_ws('|', date_from, date_to),
                       account_id))
                  FROM club_agreement
                 WHERE program_id = %(program)s AND %(asked)s))
        """,
        sums=sums,
        program=program.id,
        asked=program.agreement_required,
    )


def posted(program_id, start, end, accounts=None):
    """Return the CTE ``posted``: what the ledger already has for these months, entry
    by entry; `due` sums it along with the facts.

    :param accounts: ids of accounts to keep, all when None
    """
    return SQL(
        """
        posted AS (
            SELECT e.account_id, e.revenue_month AS month, e.category_id, e.product_id,
                   e.revenue, e.points
              FROM club_points_entry e
              JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
             WHERE r.program_id = %s AND e.kind = 'revenue'
               AND e.revenue_month BETWEEN %s AND %s AND %s)
        """,
        program_id,
        start,
        end,
        SQL("TRUE")
        if accounts is None
        else SQL("e.account_id = ANY(%s)", list(accounts)),
    )


def due(source="eligible", with_posted=True):
    """Return the CTE ``due``: per account, month and product line the revenue and the
    points that the facts call for, and what is posted of both.
    """
    was = SQL(
        "UNION ALL SELECT account_id, month, category_id, product_id,"
        " 0, revenue, points FROM posted"
    )
    return SQL(
        """
        due AS (
            SELECT u.*, coalesce(o.rate, r.rate) AS rate,
                   coalesce(o.coefficient, r.coefficient, 1) AS coefficient,
                   coalesce(round(u.revenue * coalesce(o.rate, r.rate)
                            * coalesce(o.coefficient, r.coefficient, 1), 2), 0)
                       AS points
              FROM (SELECT account_id, month, category_id, product_id,
                           sum(revenue) AS revenue, sum(was_revenue) AS was_revenue,
                           sum(was_points) AS was_points
                      FROM (SELECT account_id, month, category_id, product_id, revenue,
                                   0 AS was_revenue, 0 AS was_points
                              FROM %s %s) s
                     GROUP BY 1, 2, 3, 4) u
         LEFT JOIN rate r USING (category_id, month)
         LEFT JOIN own_rate o ON o.product_id = u.product_id AND o.month = u.month)
        """,
        SQL.identifier(source),
        was if with_posted else SQL(),
    )


def totals(program, window, overrides=None, table=None):
    """Return the SELECT of points, revenue under an agreement and revenue: what the
    facts of a window come to in sum at the program's rates. Rules B1, B4.

    :param overrides: as in `rates`
    :param table: a table that holds the facts already
    """
    start, end = window.start, window.end
    return SQL(
        """
        WITH %s, %s, %s
        SELECT coalesce((SELECT sum(points) FROM due), 0),
               coalesce((SELECT sum(revenue) FROM eligible), 0),
               coalesce((SELECT sum(revenue) FROM facts), 0)
        """,
        eligible(program, start, end, table=table),
        rates(program.id, windows.month_start(start), end, overrides),
        due(with_posted=False),
    )
