"""The SQL of what standing is decided from: sums per account, one statement for all."""

from odoo.tools import SQL

from ...kernel import windows
from ..points import facts
from .heads import above_query

TRIED_FACTS = "club_what_if_facts"  # a temporary table


def collect_facts(program, start, end):
    """Sum the facts of whole months into the table TRIED_FACTS, which the transaction
    drops: for who measures the same window several times.

    :return: its name
    """
    program.env.cr.execute(
        SQL(
            """
            DROP TABLE IF EXISTS %(table)s;
            CREATE TEMP TABLE %(table)s ON COMMIT DROP AS %(sums)s;
            ANALYZE %(table)s
            """,
            table=SQL.identifier(TRIED_FACTS),
            sums=facts.fact_sums(
                program, start, end, more=SQL("bool_or(f.amount > 0)")
            ),
        )
    )
    return TRIED_FACTS


def measures_query(
    program,
    start,
    end,
    *,
    accounts=None,
    scope=None,
    rates=None,
    heads=None,
    kinds=None,
    table=None,
):
    """Return the SELECT of account_id, points, revenue, categories, active_months.

    Points and revenue come as text, so that Python decides on the exact figure. All of
    them are worked out, whether a rule asks for them or not: evidence is whole.

    Points are those of qualifying kinds by accounting date (posted runs only); revenue
    is every booked line, agreement or not. Rules A2, A3, A7, B10.

    :param start: first day, inclusive
    :param end: last day, inclusive
    :param accounts: ids to keep, all when None
    :param scope: ``[(account_id, head_id, first day, last day)]``: a window for each
        account; the head is the account itself where it is measured alone
    :param rates: ``{category_id: rate}`` to try out instead of the posted points
    :param heads: ``[(account_id, head_id)]`` of accounts that are measured together:
        what they have counts for the head, in whose place each is then found. Rule A12.
    :param kinds: codes of the kinds that count; None: as the program has them
    :param table: that of `collect_facts`, for the same window; no ``scope`` then
    """
    within = SQL()
    scope_cte = SQL()
    heads_cte = SQL()
    whose = SQL("x.account_id")
    if heads:
        heads_cte = SQL(
            "heads AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[])"
            " h(account_id, head_id)),",
            *(list(column) for column in zip(*heads, strict=True)),
        )
        within = SQL("LEFT JOIN heads h ON h.account_id = x.account_id")
        whose = SQL("coalesce(h.head_id, x.account_id)")
    due_by = whose, within
    if scope is not None:
        scope_cte = SQL(
            "scope AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[],"
            " %s::date[], %s::date[]) s(account_id, head_id, first_day, last_day)),",
            *(list(column) for column in zip(*scope, strict=True)),
        )
        within = SQL(
            "%s JOIN scope s ON s.head_id = %s"
            " AND x.date BETWEEN s.first_day AND s.last_day",
            within,
            whose,
        )
        whose = SQL("s.account_id")
    only = (
        SQL("AND x.account_id = ANY(%s)", list(accounts))
        if accounts is not None
        else SQL()
    )
    if kinds is None:
        kinds = program._get_qualifying_kinds()
    what_if = SQL()
    points = SQL(
        """
        SELECT %s AS account_id, sum(x.points) AS points
          FROM club_points_entry x
          JOIN club_points_run r ON r.id = x.run_id AND r.state = 'posted'
          %s
         WHERE r.program_id = %s AND x.kind = ANY(%s) AND x.date BETWEEN %s AND %s %s
         GROUP BY 1
        """,
        whose,
        within,
        program.id,
        [kind for kind in kinds if rates is None or kind != "revenue"],
        start,
        end,
        only,
    )
    if rates is not None:
        first = max(start, program.date_start or start)
        what_if = SQL(
            "%s, %s, %s,",
            facts.eligible(program, first, end, accounts, table),
            facts.rates(program.id, first, end, rates),
            facts.due(with_posted=False),
        )
        points = SQL(
            "SELECT account_id, sum(points) AS points FROM (%s UNION ALL SELECT"
            " %s, sum(x.points) FROM due x %s WHERE TRUE %s GROUP BY 1) p"
            " GROUP BY account_id",
            points,
            *due_by,
            only,
        )
    # The months with revenue are marked in a string of bits, one a month, for sorting
    # them to count the different ones takes longer than summing all.
    counted = SQL(
        "(date_part('year', x.%(day)s) * 12 + date_part('month', x.%(day)s))::int",
        day=SQL("month" if table else "date"),
    )
    if table:
        lines = SQL("SELECT *, revenue AS amount FROM %s", SQL.identifier(table))
        is_any = SQL("x.has_any")
    else:
        lines = facts.fact_lines(program.company_id.id, start, end, accounts)
        is_any = SQL("x.amount > 0")
    revenue = SQL(
        """
        SELECT account_id, sum(revenue) AS revenue,
               count(category_id) FILTER (WHERE has_any) AS categories,
               length(replace(bit_or(months)::text, '0', '')) AS active_months
          FROM (
               SELECT %(whose)s AS account_id, x.category_id,
                      sum(x.amount) AS revenue, bool_or(%(is_any)s) AS has_any,
                      bit_or(%(bit)s << (%(counted)s - %(first)s))
                          FILTER (WHERE %(is_any)s) AS months
                 FROM (%(lines)s) x %(within)s
                WHERE TRUE %(only)s
                GROUP BY 1, 2) g
         GROUP BY account_id
        """,
        whose=whose,
        is_any=is_any,
        bit=SQL("1::bit(%s)", windows.months_between(start, end) + 1),
        counted=counted,
        first=start.year * 12 + start.month,
        lines=lines,
        within=within,
        only=only if table else SQL(),
    )
    return SQL(
        """
        WITH %s %s %s points AS MATERIALIZED (%s), revenue AS MATERIALIZED (%s)
        SELECT coalesce(p.account_id, v.account_id), coalesce(p.points, 0.00)::text,
               coalesce(v.revenue, 0.00)::text, coalesce(v.categories, 0),
               coalesce(v.active_months, 0)
          FROM points p FULL JOIN revenue v ON v.account_id = p.account_id
        """,
        heads_cte,
        scope_cte,
        what_if,
        points,
        revenue,
    )


def floors_query(program, on, accounts=None):
    """Return the SELECT of (account_id, group_id, tier_id, class code, head_id).

    The head is the one whose class reaches down to the account, None where the class is
    its own. Rules A4, A12.
    """
    held = SQL(
        """
        FROM club_account_classification c
         WHERE c.company_id = %(company)s AND c.date_from <= %(on)s
           AND c.approval_state = 'done'
           AND (c.date_to IS NULL OR c.date_to >= %(on)s)
        """,
        company=program.company_id.id,
        on=on,
    )
    only = (
        SQL("AND c.account_id = ANY(%s)", list(accounts))
        if accounts is not None
        else SQL()
    )
    above = reached = SQL()
    if program.floor_reaches_branches:
        above = SQL("WITH RECURSIVE %s", above_query(program.company_id, accounts))
        reached = SQL(
            """
            UNION ALL
            SELECT a.account_id, c.account_id, c.class_id
              FROM above a
              JOIN (SELECT c.account_id, c.class_id %(held)s) c
                ON c.account_id = a.head_id
             WHERE a.date_from <= %(on)s AND (a.date_to IS NULL OR a.date_to >= %(on)s)
            """,
            held=held,
            on=on,
        )
    return SQL(
        """
        %(above)s
        SELECT DISTINCT ON (c.account_id, f.group_id)
               c.account_id, f.group_id, f.tier_id, k.code, c.head_id
          FROM (SELECT c.account_id, NULL::int AS head_id, c.class_id %(held)s %(only)s
                %(reached)s) c
          JOIN club_account_class k ON k.id = c.class_id
          JOIN club_account_class_floor f ON f.class_id = k.id
          JOIN club_tier t ON t.id = f.tier_id AND t.active
          JOIN club_tier_group g ON g.id = f.group_id AND g.program_id = %(program)s
         ORDER BY c.account_id, f.group_id, t.sequence DESC,
                  c.head_id NULLS FIRST, k.code
        """,
        above=above,
        held=held,
        only=only,
        reached=reached,
        program=program.id,
    )


def scores_query(program, on, accounts=None):
    """Return the SELECT of (account_id, indicator code, value). Rule A7."""
    return SQL(
        """
        SELECT DISTINCT ON (s.account_id, i.id) s.account_id, i.code, s.value
          FROM club_account_score s
          JOIN club_indicator i ON i.id = s.indicator_id AND i.program_id = %s
         WHERE s.date_from <= %s %s
         ORDER BY s.account_id, i.id, s.date_from DESC, s.id DESC
        """,
        program.id,
        on,
        SQL("AND s.account_id = ANY(%s)", list(accounts))
        if accounts is not None
        else SQL(),
    )


def overdue_query(program, on, accounts=None):
    """Return the SELECT of (account_id, days the oldest receivable is overdue).

    What was open on the day, whatever became of it: an invoice of a later day isn't
    counted yet, and one that was paid or credited later was open still. Rule A7.
    """
    lines = SQL(
        """
        SELECT l.partner_id, l.date_maturity
          FROM account_move_line l
          JOIN account_account a
            ON a.id = l.account_id AND a.account_type = 'asset_receivable'
         WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s
           AND l.date_maturity < %s %s
        """,
        program.company_id.id,
        on,
        on,
        SQL("AND l.partner_id = ANY(%s)", list(accounts))
        if accounts is not None
        else SQL(),
    )
    return SQL(
        """
        SELECT partner_id, max(%(on)s::date - date_maturity)
          FROM (%(lines)s AND NOT l.reconciled AND l.amount_residual > 0
                 UNION ALL
                %(lines)s AND l.reconciled AND EXISTS (
                       SELECT FROM account_partial_reconcile p
                        WHERE p.debit_move_id = l.id AND p.max_date > %(on)s)) open
         GROUP BY partner_id
        """,
        on=on,
        lines=lines,
    )
