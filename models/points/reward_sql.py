"""What anniversaries of membership and referrals call for in a month, as SQL. Rule B10.

Points of the program's settings as they are when the run is computed, minus what runs
of the month posted: running again posts nothing, and what doesn't hold any more comes
back.
"""

from odoo.tools import SQL

from ...kernel import windows
from ..program.club_points_kind import ANNIVERSARY


def rewards(run):
    """Return the rows of a run, for `ledger_sql.insert_entries`."""
    reason, taken_back = _get_reasons(run)
    due = _anniversaries(run) if run.kind == ANNIVERSARY else _referrals(run)
    return SQL(
        """
        SELECT account_id, round(sum(due) - sum(posted), 2),
               coalesce(max(valid_until), %(valid_until)s::date),
               CASE WHEN sum(due) >= sum(posted)
                    THEN %(reason)s ELSE %(taken_back)s END, NULL
          FROM (SELECT account_id, due::numeric, 0::numeric AS posted,
                       NULL::date AS valid_until
                  FROM (%(due)s) d
             UNION ALL
                SELECT e.account_id, 0, e.points::numeric, e.valid_until
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE r.program_id = %(program)s AND r.kind = %(kind)s
                   AND r.month = %(month)s) s
         GROUP BY account_id
        HAVING round(sum(due) - sum(posted), 2) <> 0
        """,
        due=due,
        valid_until=run.program_id._valid_until(run.month),
        reason=reason,
        taken_back=taken_back,
        program=run.program_id.id,
        kind=run.kind,
        month=run.month,
    )


def _get_reasons(run):
    """Return what statements say of points of the month that are given, and of such
    that are taken back since what they were for doesn't hold any more.
    """
    env = run.with_context(lang=run.company_id.partner_id.lang).env
    month = f"{run.month:%Y-%m}"
    if run.kind == ANNIVERSARY:
        return (
            env._("Anniversary of the membership in %s", month),
            env._("Anniversary in %s: taken back", month),
        )
    return (
        env._("Referrals won in %s", month),
        env._("Referrals of %s: taken back", month),
    )


def _anniversaries(run):
    """Return the SELECT of account_id, due: members whose day lies in the month.

    Counted from the first day of a membership that has gone on without a gap since;
    29 February is the 28th in other years. What the tier of that day gives.
    """
    return SQL(
        """
        WITH term AS (
            SELECT account_id, tier_id, date_from, date_grace,
                   sum(gap) OVER (PARTITION BY account_id
                                  ORDER BY date_from, id) AS island
              FROM (SELECT m.*, coalesce(m.date_from > max(m.date_grace) OVER (
                               PARTITION BY m.account_id ORDER BY m.date_from, m.id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1,
                               FALSE)::int AS gap
                      FROM club_membership m
                      JOIN club_tier_group g ON g.id = m.group_id
                       AND g.purpose <> 'grade'
                     WHERE m.program_id = %(program)s AND m.state = 'valid') i),
        day AS (
            SELECT account_id, island,
                   (min(date_from) + make_interval(
                       years => %(year)s - extract(year FROM min(date_from))::int
                   ))::date AS day, min(date_from) AS since
              FROM term
             GROUP BY account_id, island)
        SELECT d.account_id, max(t.anniversary_points) AS due
          FROM day d
          JOIN term m ON m.account_id = d.account_id AND m.island = d.island
           AND d.day BETWEEN m.date_from AND m.date_grace
          JOIN club_tier t ON t.id = m.tier_id
         WHERE d.day > d.since AND d.day BETWEEN %(month)s AND %(end)s
         GROUP BY d.account_id
        """,
        program=run.program_id.id,
        year=run.month.year,
        month=run.month,
        end=windows.month_end(run.month),
    )


def _referrals(run):
    """Return the SELECT of account_id, due: members for each lead of theirs that was
    won in the month, as the company's clock has it.
    """
    return SQL(
        """
        SELECT l.club_referrer_id AS account_id,
               count(*) * %(points)s::numeric AS due
          FROM (SELECT club_referrer_id,
                       (date_closed AT TIME ZONE 'UTC'
                        AT TIME ZONE %(zone)s)::date AS day
                  FROM crm_lead
                 WHERE club_referrer_id IS NOT NULL AND won_status = 'won'
                   AND company_id = %(company)s) l
         WHERE l.day BETWEEN %(month)s AND %(end)s
           AND EXISTS (
               SELECT FROM club_membership m
                 JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
                WHERE m.program_id = %(program)s AND m.state = 'valid'
                  AND m.account_id = l.club_referrer_id
                  AND l.day BETWEEN m.date_from AND m.date_grace)
         GROUP BY l.club_referrer_id
        """,
        points=run.program_id.referral_points,
        zone=str(run.company_id._club_zone()),
        company=run.company_id.id,
        program=run.program_id.id,
        month=run.month,
        end=windows.month_end(run.month),
    )
