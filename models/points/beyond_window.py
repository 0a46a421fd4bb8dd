"""Revenue that is too old for points runs: what it would add, as SQL. Rule B9.

A run corrects the months of the correction window. What comes later for older months
is posted by a signed adjustment that names the account and the month; until then it is
listed on each run and in the integrity check.
"""

from odoo.tools import SQL

from ...kernel import windows
from ..program.club_points_kind import REVENUE
from . import facts


def beyond_window(program, start, accounts=None):
    """Return the SELECT of what revenue before ``start`` would add; None where no older
    month belongs to the program.

    Columns: account_id, month, category_id (where it is only one), revenue and points,
    each minus what runs posted and what adjustments settled of it. A month that was
    settled for revenue that doesn't count any more comes with minus.

    :param start: the first month that a run corrects
    :param accounts: ids of accounts to keep, all when None
    """
    first, invoiced_from = _get_first_months(program)
    if not first or first >= start:
        return None
    end = windows.month_end(windows.add_months(start, -1))
    return SQL(
        """
        WITH %(eligible)s, %(rates)s, %(posted)s, %(due)s,
        late AS (
            SELECT account_id, month, category_id, revenue - was_revenue AS revenue,
                   points - was_points AS points
              FROM due
             WHERE revenue <> was_revenue AND (rate IS NOT NULL OR revenue = 0)
         UNION ALL
            SELECT l.account_id, l.revenue_month, NULL, -l.revenue, -l.revenue_points
              FROM club_points_adjustment_line l
              JOIN club_points_adjustment a ON a.id = l.adjustment_id
               AND a.program_id = %(program)s
              JOIN club_points_run r ON r.id = a.run_id AND r.state = 'posted'
             WHERE l.revenue_month <= %(end)s AND %(settled)s)
        SELECT account_id, month,
               CASE WHEN min(category_id) = max(category_id) THEN min(category_id) END
                   AS category_id,
               sum(revenue) AS revenue, sum(points) AS points
          FROM late
         GROUP BY account_id, month
        HAVING sum(revenue) <> 0 OR sum(points) <> 0
        """,
        eligible=facts.eligible(
            program,
            first,
            end,
            accounts,
            source=_old_sums(program, first, invoiced_from, end, accounts),
        ),
        rates=facts.rates(program.id, first, end),
        posted=facts.posted(program.id, first, end, accounts),
        due=facts.due(),
        program=program.id,
        end=end,
        settled=SQL("TRUE")
        if accounts is None
        else SQL("l.account_id = ANY(%s)", list(accounts)),
    )


def _get_first_months(program):
    """Return the first months whose imported and whose invoiced revenue counts.

    Without a first month of the program every imported row does, since somebody brought
    it in; invoices from before the ledger's first month were there before the club.
    """
    if program.date_start:
        return program.date_start, program.date_start
    ((imported, posted),) = program.env.execute_query(
        SQL(
            """
            SELECT (SELECT min(month) FROM club_revenue_line
                     WHERE company_id = %s AND state = 'valid'),
                   (SELECT min(month) FROM club_points_run
                     WHERE program_id = %s AND kind = %s AND state = 'posted')
            """,
            program.company_id.id,
            program.id,
            REVENUE,
        )
    )
    invoiced = posted and windows.add_months(posted, 1 - program.correction_months)
    return min(filter(None, (imported, invoiced)), default=None), invoiced


def _old_sums(program, first, invoiced_from, end, accounts):
    """Return the SELECT of old facts, with the columns of `facts.fact_sums`."""
    company = program.company_id.id
    _invoiced, imported = facts.fact_sources(company, first, end, accounts)
    sources = [imported]
    if invoiced_from and invoiced_from <= end:
        sources += facts.fact_sources(company, invoiced_from, end, accounts)[:1]
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT %s FROM (%s) f GROUP BY 1, 2, 3, 4",
            facts.fact_keys(program),
            source,
        )
        for source in sources
    )
