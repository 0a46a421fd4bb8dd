"""What tiers multiply of a month's points, as SQL over all accounts at once. Rule B14.

The extra is an entry of its own, of the kind bonus. It is what the points of revenue of
a month call for with the tier that the account held on the month's last day, minus what
was posted as its bonus: running again posts nothing, and a credit note takes it back.
"""

from odoo.tools import SQL

from ...kernel import windows
from ..program.club_points_kind import BONUS
from . import ledger_sql


def read_multipliers(program, start):
    """Return what tiers multiply: how many times, by tier id as text.

    :return: ``(posted, current)``: of each posted run of a month from ``start`` on, in
        the order of posting, ``(month, multipliers)``; and those of now
    """
    program.env["club.tier"].flush_model(["reward_multiplier"])
    rows = program.env.execute_query(
        SQL(
            """
            SELECT month, reward_multipliers
              FROM (SELECT month, reward_multipliers, chain_no
                      FROM club_points_run
                     WHERE program_id = %(program)s AND kind = 'revenue'
                       AND state = 'posted' AND month >= %(start)s
                 UNION ALL
                    SELECT NULL, jsonb_object_agg(t.id, t.reward_multiplier), NULL
                      FROM club_tier t
                      JOIN club_tier_group g ON g.id = t.group_id
                     WHERE g.program_id = %(program)s AND g.purpose <> 'grade'
                       AND t.reward_multiplier > 1) r
             ORDER BY chain_no
            """,
            program=program.id,
            start=start,
        )
    )
    *posted, (_month, current) = rows  # what has no place in the chain comes last
    return posted, current or {}


def get_months(program, start, end):
    """Return the posted months of a window that tiers multiply, with what each does."""
    posted, _current = read_multipliers(program, start)
    return _choose_multipliers(start, end, posted)


def _choose_multipliers(start, end, posted, current=None):
    """Return ``[(month, multipliers)]`` of the months of a window that have any.

    A month goes by the multipliers that the first run had which posted it, so that
    changing a tier never gives or takes what is posted.

    :param current: the multipliers of months that no run has posted yet
    """
    count = windows.months_between(start, end) + 1
    months = []
    for month in (windows.add_months(start, index) for index in range(count)):
        first = (tiers for last, tiers in posted if last >= month)
        found = next(first, current)
        if found:
            months.append((month, found))
    return months


def due(program, months, run=None, accounts=None):
    """Return the SELECT of account_id, month, due, posted: the bonus of months.

    :param months: of `get_months`; not empty
    :param run: a run that isn't posted yet, whose points of revenue count along
    :param accounts: ids to keep, all when None
    """
    factors = SQL(", ").join(
        SQL("(%s::date, %s::date, %s, %s::numeric)", month, end, int(tier), str(times))
        for month, tiers in months
        for end in (windows.month_end(month),)
        for tier, times in tiers.items()
    )
    return SQL(
        """
        SELECT earned.account_id, earned.month,
               round(earned.points * (coalesce(held.times, 1) - 1), 2) AS due,
               earned.bonus AS posted
          FROM (SELECT e.account_id, e.revenue_month AS month,
                       coalesce(sum(e.points) FILTER (
                           WHERE e.kind = 'revenue'), 0)::numeric AS points,
                       coalesce(sum(e.points) FILTER (
                           WHERE e.kind = 'bonus'), 0)::numeric AS bonus
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id
                 WHERE r.program_id = %(program)s
                   AND (r.state = 'posted' OR r.id = %(run)s)
                   AND e.kind IN ('revenue', 'bonus')
                   AND e.revenue_month = ANY(%(months)s) AND %(accounts)s
                 GROUP BY e.account_id, e.revenue_month) earned
     LEFT JOIN (SELECT m.account_id, f.month, max(f.times) AS times
                  FROM (VALUES %(factors)s) f(month, month_end, tier_id, times)
                  JOIN club_membership m ON m.tier_id = f.tier_id
                   AND f.month_end BETWEEN m.date_from AND m.date_grace
                 WHERE m.program_id = %(program)s AND m.state = 'valid'
                 GROUP BY m.account_id, f.month) held
            ON held.account_id = earned.account_id AND held.month = earned.month
        """,
        program=program.id,
        run=run.id if run else None,
        months=[month for month, _tiers in months],
        accounts=SQL("TRUE")
        if accounts is None
        else SQL("e.account_id = ANY(%s)", list(accounts)),
        factors=factors,
    )


def insert_with_bonus(run, start, end):
    """Insert a month's points of revenue, then the bonus on them. Rules B1–B4, B9, B14.

    :return: what the run keeps: the fingerprint of its facts, and the multipliers of
        now, by which its month goes from here on
    """
    seen = ledger_sql.insert_revenue(run, start, end)
    return {"facts_seen": seen, "reward_multipliers": insert_bonus(run, start, end)}


def insert_bonus(run, start, end):
    """Insert the bonus of a month's run, after its points of revenue. Rule B14.

    :return: the multipliers of now
    """
    posted, current = read_multipliers(run.program_id, start)
    months = _choose_multipliers(start, end, posted, current)
    if not months:
        return current
    env = run.with_context(lang=run.company_id.partner_id.lang).env
    lives = [
        (
            month,
            run.program_id._valid_until(month),
            env._("Bonus of the tier for %s", f"{month:%Y-%m}"),
        )
        for month, _tiers in months
    ]
    env.cr.execute(
        SQL(
            """
        INSERT INTO club_points_entry
               (run_id, account_id, origin_id, unit_id, kind, revenue_month, points,
                date, valid_until, reason)
        SELECT %(run)s, d.account_id, d.account_id, t.id, %(kind)s, d.month,
               d.due - d.posted, %(date)s, life.valid_until, life.reason
          FROM (%(due)s) d
          JOIN (VALUES %(lives)s) life(month, valid_until, reason) USING (month)
          JOIN res_partner p ON p.id = d.account_id
     LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
         WHERE d.due <> d.posted
         ORDER BY d.account_id, d.month
        """,
            run=run.id,
            kind=BONUS,
            date=end,
            due=due(run.program_id, months, run),
            lives=SQL(", ").join(
                SQL("(%s::date, %s::date, %s)", *row) for row in lives
            ),
            company=str(run.company_id.id),
        )
    )
    return current
