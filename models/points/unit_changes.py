"""What a unit's month comes to against the one before, by account and business line.

Whoever verifies a unit's lines looks for what is unlike: an account that fell silent,
one that doubled. Rule B5.
"""

from odoo.tools import SQL

from ...kernel import windows
from ..program.club_points_kind import REVENUE
from .facts import fact_lines
from .run_states import POSTED

SHOWN = 12


def read_changes(unit):
    """Return the largest changes of a run's unit by account and category.

    ``this`` is what the run's month comes to with this run, ``last`` what was posted
    for the month before, ``older`` what this run corrects of earlier months; with
    ``all_`` in front, and ``line_count``, of all lines of the unit.

    :param unit: the unit of a run; whoever asks may read it
    :return: at most `SHOWN` dicts with account_id, category_id and the above (company
        currency), largest change first
    """
    run = unit.run_id
    last = windows.add_months(run.month, -1)
    # sudo: what was posted for the unit's accounts, whichever run did
    runs_sudo = run.sudo().search(
        [
            ("program_id", "=", run.program_id.id),
            ("kind", "=", REVENUE),
            ("state", "=", POSTED),
            ("month", ">=", last),
        ]
    )
    unit.env.cr.execute(
        SQL(
            """
            SELECT account_id, category_id, this, last, older,
                   count(*) OVER () AS line_count, sum(this) OVER () AS all_this,
                   sum(last) OVER () AS all_last, sum(older) OVER () AS all_older,
                   bool_or(older <> 0) OVER () AS has_older
              FROM (SELECT account_id, category_id,
                           coalesce(sum(revenue) FILTER (
                               WHERE revenue_month = %(month)s), 0) AS this,
                           coalesce(sum(revenue) FILTER (
                               WHERE revenue_month = %(last)s
                                 AND run_id <> %(run)s), 0) AS last,
                           coalesce(sum(revenue) FILTER (
                               WHERE revenue_month < %(month)s
                                 AND run_id = %(run)s), 0) AS older
                      FROM club_points_entry
                     WHERE run_id = ANY(%(runs)s) AND kind = %(kind)s
                       AND coalesce(unit_id, 0) = %(unit)s
                     GROUP BY account_id, category_id) s
             WHERE this <> 0 OR last <> 0 OR older <> 0
             ORDER BY abs(this + older - last) DESC, account_id, category_id
             LIMIT %(shown)s
            """,
            month=run.month,
            last=last,
            run=run.id,
            runs=[run.id, *runs_sudo.ids],
            kind=REVENUE,
            unit=unit.unit_id.id or 0,
            shown=SHOWN,
        )
    )
    return unit.env.cr.dictfetchall()


def find_unit_exceptions(run, unit_ids, exceptions):
    """Return ``{unit_id: exceptions}`` of a run: those of the units' own accounts, and
    rates that lack for what an account of theirs brought. Rules B3, B4.

    :param unit_ids: of the units that are asked for; False for accounts without one
    :param exceptions: of the run, as far as the user may read them
    """
    found = {unit_id: exceptions.browse() for unit_id in unit_ids}
    unnamed = exceptions.browse()
    for exception in exceptions:
        # sudo: of which unit the account is, whoever reads the account
        account_sudo = exception.account_id.sudo().with_company(run.company_id)
        if not account_sudo:
            unnamed |= exception
        elif account_sudo.club_unit_id.id in found:
            found[account_sudo.club_unit_id.id] |= exception
    if unnamed:
        concerned = _find_concerned(run, unnamed)
        for exception in unnamed:
            key = (exception.month, exception.category_id.id)
            for unit_id in found.keys() & concerned.get(key, set()):
                found[unit_id] |= exception
    return found


def _find_concerned(run, exceptions):
    """Return ``{(month, category_id): unit ids}`` of what the exceptions are about."""
    months = exceptions.mapped("month")
    rows = run.env.execute_query(
        SQL(
            """
            SELECT DISTINCT date_trunc('month', f.date::timestamp)::date, f.category_id,
                   (p.club_unit_id ->> %(company)s)::int
              FROM (%(lines)s) f
              JOIN res_partner p ON p.id = f.account_id
             WHERE f.category_id = ANY(%(categories)s)
            """,
            company=str(run.company_id.id),
            lines=fact_lines(
                company_id=run.company_id.id,
                start=min(months),
                end=windows.month_end(max(months)),
            ),
            categories=exceptions.category_id.ids,
        )
    )
    found = {}
    for month, category_id, unit_id in rows:
        found.setdefault((month, category_id), set()).add(unit_id or False)
    return found
