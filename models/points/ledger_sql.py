"""What computing and posting points runs asks of PostgreSQL: one statement each over
all accounts, the same for one of them or a hundred thousand. Rules B1–B5, B7, B9.
"""

from odoo.tools import SQL

from ...kernel import windows
from . import facts
from .beyond_window import beyond_window

FACTS = "club_points_run_facts"  # a temporary table


def delete_entries(run):
    """Delete the entries and exceptions of a run that isn't posted."""
    run.env.cr.execute(
        SQL(
            "DELETE FROM club_points_entry WHERE run_id = %(run)s;"
            "DELETE FROM club_points_exception WHERE run_id = %(run)s",
            run=run.id,
        )
    )


def drop_units(run, unit_ids):
    """Delete the entries of units, or of no unit (0), of a run that isn't posted."""
    run.env.cr.execute(
        SQL(
            "DELETE FROM club_points_entry"
            " WHERE run_id = %s AND coalesce(unit_id, 0) = ANY(%s)",
            run.id,
            [unit_id or 0 for unit_id in unit_ids],
        )
    )


def collect_facts(program, start, end):
    """Sum the facts of a window into the table FACTS, which the transaction drops.

    Apart from the insert, since a statement that writes is never run in parallel;
    compiling it takes longer than it saves, the sums of a year would spill to disk
    with the stock 4 MB, and a merge join would go through all rates of a month for
    each group; a small sample tells the planner as much as one of 30,000 rows. All of
    it measured by `./dev bench posting`.
    """
    program.env.cr.execute(
        SQL(
            """
        SET LOCAL jit = off;
        SET LOCAL work_mem = '64MB';
        SET LOCAL parallel_tuple_cost = 0.001;
        SET LOCAL enable_mergejoin = off;
        SET LOCAL default_statistics_target = 10;
        DROP TABLE IF EXISTS %(table)s;
        CREATE TEMP TABLE %(table)s ON COMMIT DROP AS %(sums)s;
        ANALYZE %(table)s;
        SET LOCAL default_statistics_target TO DEFAULT
        """,
            table=SQL.identifier(FACTS),
            sums=facts.fact_sums(program, start, end),
        )
    )


def read_fingerprint(run, start, end, table=None):
    """Return the fingerprint of what a run is worked out from. Rule B9."""
    run.env.cr.execute(facts.fingerprint(run.program_id, start, end, table))
    return run.env.cr.fetchone()[0]


def insert_revenue(run, start, end):
    """Insert a month's entries and exceptions over the correction window.
    Rules B1–B4, B9.

    :return: the fingerprint of what they are worked out from
    """
    collect_facts(run.program_id, start, end)
    seen = read_fingerprint(run, start, end, FACTS)
    run.env.cr.execute(_insert_revenue(run, start, end))
    # What is too old for this run, with what it would add. Read apart from the
    # insert: a statement that writes is never run in parallel.
    query = beyond_window(run.program_id, start)
    rows = run.env.execute_query(query) if query else ()
    if rows:
        run.env.cr.execute_values(
            "INSERT INTO club_points_exception (run_id, reason, account_id, month,"
            " category_id, revenue, points) VALUES %s",
            [(run.id, "window", *row) for row in rows],
        )
    return seen


def _insert_revenue(run, start, end):
    """Return the INSERT of entries and exceptions from FACTS."""
    program = run.program_id
    count = windows.months_between(start, end) + 1
    months = [windows.add_months(start, index) for index in range(count)]
    lives = [(month, program._valid_until(month)) for month in months]
    return SQL(
        """
        WITH %(eligible)s, %(rates)s, %(posted)s, %(due)s,
        life(month, valid_until) AS (VALUES %(lives)s),
        entry AS (
            INSERT INTO club_points_entry
                   (run_id, account_id, origin_id, unit_id, kind,
                    revenue_month, category_id, product_id, revenue, rate,
                    coefficient, points, date, valid_until)
            SELECT %(run)s, d.account_id, d.account_id, t.id, 'revenue',
                   d.month, d.category_id, d.product_id,
                   d.revenue - d.was_revenue, coalesce(d.rate, 0),
                   d.coefficient, d.points - d.was_points, %(date)s,
                   life.valid_until
              FROM due d
              JOIN life USING (month)
         LEFT JOIN res_partner p ON p.id = d.account_id
         LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
             WHERE (d.rate IS NOT NULL OR d.revenue = 0)
               AND (d.points <> d.was_points OR d.revenue <> d.was_revenue)
             -- in the order of the indexes, which is what inserting waits for
             ORDER BY d.account_id, d.month)
        INSERT INTO club_points_exception
               (run_id, reason, month, account_id, category_id, revenue, points)
        %(exceptions)s
        """,
        eligible=facts.eligible(program, start, end, table=FACTS),
        rates=facts.rates(program.id, start, end),
        posted=facts.posted(program.id, start, end),
        due=facts.due(),
        lives=SQL(", ").join(SQL("(%s::date, %s::date)", *row) for row in lives),
        run=run.id,
        date=end,
        company=str(program.company_id.id),
        exceptions=_exceptions(run),
    )


def _exceptions(run):
    """Return the SELECT of what earns nothing yet: no category, rate, agreement."""
    unrated = SQL(
        """
        SELECT %s, CASE WHEN d.category_id IS NULL THEN 'category' ELSE 'rate' END,
               d.month, CASE WHEN d.category_id IS NULL THEN d.account_id END,
               d.category_id, sum(d.revenue), NULL::numeric
          FROM due d
         WHERE d.rate IS NULL AND d.revenue <> 0
         GROUP BY 2, 3, 4, 5
        """,
        run.id,
    )
    if not run.program_id.agreement_required:
        return unrated
    return SQL(
        """
        %(unrated)s
     UNION ALL
        SELECT %(run)s, 'agreement', u.month, u.account_id, NULL, sum(u.revenue),
               sum(round(u.revenue * coalesce(o.rate, r.rate)
                         * coalesce(o.coefficient, r.coefficient, 1), 2))
          FROM (SELECT account_id, month, category_id, product_id,
                       sum(revenue) AS revenue
                  FROM (SELECT * FROM uncovered
                     UNION ALL
                        SELECT account_id, month, category_id, product_id, -revenue
                          FROM partly) s
                 GROUP BY 1, 2, 3, 4
                HAVING sum(revenue) <> 0) u
     LEFT JOIN rate r USING (category_id, month)
     LEFT JOIN own_rate o ON o.product_id = u.product_id AND o.month = u.month
         GROUP BY 3, 4
        """,
        unrated=unrated,
        run=run.id,
    )


def insert_entries(run, rows, date, kind=None):
    """Insert entries that aren't a month's revenue, of the run's kind.

    :param rows: SELECT of account_id, points, valid_until, reason, and what an
        account's entries are sorted by
    :param date: the accounting date
    :param kind: another kind than the run's; SQL where ``rows`` has one for each, as
        ``s.kind``
    """
    run.env.cr.execute(
        SQL(
            """
        INSERT INTO club_points_entry
               (run_id, account_id, origin_id, unit_id, kind, points, date,
                valid_until, reason)
        SELECT %(run)s, s.account_id, s.account_id, t.id, %(kind)s, s.points, %(date)s,
               s.valid_until, s.reason
          FROM (%(rows)s) s(account_id, points, valid_until, reason, place)
          JOIN res_partner p ON p.id = s.account_id
     LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
         ORDER BY s.account_id, s.place
        """,
            run=run.id,
            kind=kind or run.kind,
            rows=rows,
            date=date,
            company=str(run.company_id.id),
        )
    )


def lots(program_id, accounts=None, until=None):
    """Return the SELECT of account_id, valid_until, points: the ledger by lots.

    What reservations hold is taken from its lots as if it had been spent.

    :param accounts: ids to keep, all when None
    :param until: the last day that counts, of entries and reservations
    """
    entry, held = SQL(), SQL()
    if accounts is not None:
        entry = SQL("AND e.account_id = ANY(%s)", list(accounts))
        held = SQL("AND d.account_id = ANY(%s)", list(accounts))
    if until is not None:
        entry = SQL("%s AND e.date <= %s", entry, until)
        held = SQL("%s AND d.reserved_on <= %s", held, until)
    return SQL(
        """
        SELECT account_id, valid_until, sum(points) AS points
          FROM (SELECT e.account_id, e.valid_until, e.points
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE r.program_id = %(program)s %(entry)s
             UNION ALL
                SELECT d.account_id, (l ->> 'until')::date, -(l ->> 'points')::numeric
                  FROM club_redemption d
            CROSS JOIN jsonb_array_elements(d.lots) l
                 WHERE d.state = 'reserved' AND d.program_id = %(program)s %(held)s) s
         GROUP BY account_id, valid_until
        """,
        program=program_id,
        entry=entry,
        held=held,
    )


def expiring(program, end):
    """Return the rows of what expires on a day, for `insert_entries`. Rule B7.

    Per account: what the lots have that end with the run's month or earlier, minus
    what was spent or expired without naming a lot, and what any lot lacks. What a
    reservation holds counts as spent. `points_lots.remaining` says it of one.
    """
    return SQL(
        """
        SELECT account_id, -unused, NULL::date, NULL, NULL
          FROM (SELECT account_id,
                       coalesce(sum(points) FILTER (
                           WHERE points > 0 AND valid_until <= %(end)s), 0)
                       + coalesce(sum(points) FILTER (WHERE points < 0), 0) AS unused
                  FROM (%(lots)s) l
                 GROUP BY account_id) b
         WHERE unused > 0
        """,
        lots=lots(program.id),
        end=end,
    )


def unit_sums(run):
    """Return the SELECT per unit: its id, entries, accounts, revenue, points, digest.

    The digest only tells whether the lines are still those that were verified, so
    a sum of hashes is enough; the seal is the cryptographic one.
    """
    return SQL(
        """
        SELECT unit_id, count(*) AS entry_count,
               count(DISTINCT account_id) AS account_count,
               coalesce(sum(revenue), 0) AS revenue, sum(points) AS points,
               sum(hashtextextended(concat_ws('|', origin_id, revenue_month,
                   coalesce(category_id, 0), coalesce(product_id, 0), revenue,
                   points), 0))::text AS digest
          FROM club_points_entry
         WHERE run_id = %s
         GROUP BY unit_id
        """,
        run.id,
    )
