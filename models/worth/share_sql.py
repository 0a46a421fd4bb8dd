"""To whom revenue counts: for targets, never for points. Rule B11."""

from odoo.tools import SQL

from ..points.facts import fact_lines, month_of


def credited_lines(company_id, start, end, accounts=None):
    """Return a SELECT of revenue lines of a period with whom they count to.

    Columns: id, date, account_id, category_id, product_id, company_id (as those of
    `fact_lines`), sharer_id (the line of the share, NULL where nothing is shared),
    unit_id, user_id and amount, in company currency. A line
    that is shared has a row for each sharer, and its rows sum to its amount to the
    cent: the holder has what rounding leaves. What isn't shared counts to the unit and
    to the manager that the account had on the day of the revenue.

    An imported line stands for its month and is taken as of its first day. Of several
    categories the nearest counts. Flush revenue, shares, teams and units before.

    :param start: first day, inclusive
    :param end: last day, inclusive
    :param accounts: ids of accounts to keep, all when None
    """
    return SQL(
        """
        SELECT f.id, f.date, f.account_id, f.category_id, f.product_id, f.company_id,
               l.id AS sharer_id, coalesce(l.unit_id, own.unit_id) AS unit_id,
               CASE WHEN l.id IS NULL THEN own.user_id ELSE l.user_id END AS user_id,
               CASE WHEN l.id IS NULL THEN f.amount
                    WHEN l.role = 'holder' THEN f.amount - coalesce(sum(l.part)
                         FILTER (WHERE l.role <> 'holder') OVER (PARTITION BY f.id), 0)
                    ELSE l.part END AS amount
          FROM (%(facts)s) f
     LEFT JOIN LATERAL (
            SELECT s.id
              FROM club_revenue_share s
         LEFT JOIN product_category a ON a.id = s.category_id
         LEFT JOIN product_category c ON c.id = f.category_id
             WHERE s.account_id = f.account_id AND s.company_id = f.company_id
               AND s.approval_state = 'done' AND s.kind = 'share'
               AND f.date BETWEEN s.date_from AND coalesce(s.last_day, 'infinity')
               AND (s.category_id IS NULL OR c.parent_path LIKE a.parent_path || '%%')
             ORDER BY length(a.parent_path) DESC NULLS LAST, s.id
             LIMIT 1) share ON TRUE
     LEFT JOIN LATERAL (
            SELECT n.id, n.unit_id, n.user_id, n.role,
                   round(f.amount * n.percent / 100, %(places)s) AS part
              FROM club_revenue_share_line n
             WHERE n.share_id = share.id) l ON TRUE
     LEFT JOIN LATERAL (
            SELECT %(unit)s AS unit_id, %(user)s AS user_id
             WHERE share.id IS NULL) own ON TRUE
        """,
        facts=fact_lines(company_id, start, end, accounts),
        places=SQL(
            "(SELECT cu.decimal_places FROM res_currency cu JOIN res_company co"
            " ON co.currency_id = cu.id WHERE co.id = %s)",
            company_id,
        ),
        unit=_on_the_day(
            SQL("u.unit_id"),
            SQL("club_account_unit u"),
            SQL("u"),
            SQL("TRUE"),
        ),
        user=_on_the_day(
            SQL("CASE WHEN t.date_to < f.date THEN NULL ELSE t.user_id END"),
            SQL("club_account_team t"),
            SQL("t"),
            SQL("t.role = 'lead'"),
        ),
    )


def credited_sums(env, company_id, start, end, *, by_product=False):
    """Return a SELECT of the sums of `credited_lines` by month and whom they count to.

    Columns: month, unit_id, user_id, category_id, product_id (NULL unless asked for)
    and amount. Accounts that were always somebody's and share nothing, nearly all, are
    summed without a look at each line: a fifth of the time. Flush before.

    :param by_product: whether the sums are by category and product, too
    """
    changing = [
        account_id for (account_id,) in env.execute_query(_changing(company_id))
    ]
    thing = SQL("category_id, product_id")
    if not by_product:
        thing = SQL("NULL::int AS category_id, NULL::int AS product_id")
    return SQL(
        """
        SELECT %(month)s AS month, unit_id, user_id, %(thing)s, sum(amount) AS amount
          FROM (%(lines)s) f
         GROUP BY 1, 2, 3, 4, 5
         UNION ALL
        SELECT f.month, u.unit_id, t.user_id, f.category_id, f.product_id, sum(f.amount)
          FROM (SELECT %(month)s AS month, account_id, %(thing)s, sum(amount) AS amount
                  FROM (%(facts)s) f
                 WHERE NOT account_id = ANY(%(changing)s)
                 GROUP BY 1, 2, 3, 4) f
     LEFT JOIN club_account_unit u
            ON u.account_id = f.account_id AND u.company_id = %(company)s
     LEFT JOIN club_account_team t
            ON t.account_id = f.account_id AND t.company_id = %(company)s
           AND t.role = 'lead'
         GROUP BY 1, 2, 3, 4, 5
        """,
        month=month_of(SQL("f.date")),
        thing=thing,
        lines=credited_lines(company_id, start, end, changing),
        facts=fact_lines(company_id, start, end),
        changing=changing,
        company=company_id,
    )


def _changing(company_id):
    """Return a SELECT of the accounts that share, or were somebody else's before."""
    return SQL(
        """
        SELECT account_id FROM club_revenue_share
         WHERE company_id = %(company)s AND approval_state = 'done' AND kind = 'share'
         UNION
        SELECT account_id FROM club_account_unit
         WHERE company_id = %(company)s
         GROUP BY account_id HAVING count(*) > 1
         UNION
        SELECT account_id FROM club_account_team
         WHERE company_id = %(company)s AND role = 'lead'
         GROUP BY account_id HAVING count(*) > 1 OR max(date_to) IS NOT NULL
        """,
        company=company_id,
    )


def _on_the_day(value, table, alias, condition):
    """Return the value of the last line that had begun by then, else of the first."""
    return SQL(
        """
        (SELECT %(value)s FROM %(table)s
          WHERE %(alias)s.account_id = f.account_id
            AND %(alias)s.company_id = f.company_id AND %(condition)s
          ORDER BY %(alias)s.date_from <= f.date DESC,
                   CASE WHEN %(alias)s.date_from <= f.date
                        THEN f.date - %(alias)s.date_from
                        ELSE %(alias)s.date_from - f.date END
          LIMIT 1)
        """,
        value=value,
        table=table,
        alias=alias,
        condition=condition,
    )
