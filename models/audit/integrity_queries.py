"""What the integrity check compares: a SELECT each, over all accounts at once.

Each returns a row a difference, with the columns of `COLUMNS`. An *error* is a
difference that the club's own methods can't have left; a *pending* one has a cause that
is known, and the next run, daily job or purchase settles it.
"""

from odoo.tools import SQL

from ..points import bonus_sql, facts
from ..points.attendance import due_query
from ..points.club_points_summary import differing_query
from ..points.guards import REFERRED

COLUMNS = (
    *("kind", "severity", "cause", "res_model", "res_id", "account_id", "month"),
    *("category_id", "product_id", "expected", "found", "difference"),
)


def ledger(program, last, start, end, table):
    """Compare facts × rates with the posted ledger. Rules B1, B9.

    A difference is pending when something it rests on changed after ``last``, the
    last run, was computed: an invoice, an import, a rate, an agreement, a merge; or
    when its unit was late for that run.

    :param table: the temporary table that holds the facts
    """
    causes = SQL(
        """
        CASE
        WHEN EXISTS (
             SELECT FROM account_move_line l JOIN account_move m ON m.id = l.move_id
              WHERE l.club_account_id = o.account_id AND l.company_id = %(company)s
                AND greatest(m.write_date, l.write_date) > %(since)s
                AND (l.parent_state <> 'posted'
                     OR (l.date >= o.month AND l.date < o.month + interval '1 month'))
             ) THEN 'invoice'
        WHEN EXISTS (
             SELECT FROM club_revenue_line l
               JOIN club_revenue_import i ON i.id = l.import_id
              WHERE l.account_id = o.account_id AND l.company_id = %(company)s
                AND l.month = o.month
                AND greatest(i.imported_on, i.write_date, l.settled_on) > %(since)s
             ) THEN 'import'
        WHEN EXISTS (
             SELECT FROM club_points_rate r
          LEFT JOIN product_category a ON a.id = r.category_id
          LEFT JOIN product_category c ON c.id = o.category_id
              WHERE r.program_id = %(program)s AND r.write_date > %(since)s
                AND r.approval_state = 'done' AND r.date_from <= o.month
                AND (r.product_id IS NOT NULL
                     OR c.parent_path LIKE a.parent_path || '%%')
             ) THEN 'rate'
        WHEN EXISTS (
             SELECT FROM club_agreement g
              WHERE g.program_id = %(program)s AND g.account_id = o.account_id
                AND g.write_date > %(since)s) THEN 'agreement'
        WHEN EXISTS (
             SELECT FROM club_points_run_unit u
               JOIN res_partner p ON p.id = o.account_id
              WHERE u.run_id = %(run)s AND u.state <> 'verified'
                AND (u.entry_count > 0 OR u.left_out_count > 0)
                AND coalesce(u.unit_id, 0)
                    = coalesce((p.club_unit_id ->> %(key)s)::int, 0)) THEN 'unit'
        WHEN EXISTS (
             SELECT FROM club_points_merge m
              WHERE m.dst = o.account_id AND m.merged_at > %(since)s) THEN 'merge'
        END
        """,
        company=program.company_id.id,
        key=str(program.company_id.id),
        program=program.id,
        run=last.id,
        since=last.computed_at,
    )
    return SQL(
        """
        WITH %(eligible)s, %(rates)s, %(posted)s, %(due)s,
        off AS MATERIALIZED (
            SELECT *
              FROM due
             WHERE (points <> was_points OR revenue <> was_revenue)
               AND (rate IS NOT NULL OR was_points <> 0 OR was_revenue <> 0)),
        explained AS (
            SELECT o.*, o.points <> o.was_points AS in_points, %(causes)s AS cause
              FROM off o)
        SELECT CASE WHEN in_points THEN 'ledger' ELSE 'revenue' END AS kind,
               CASE WHEN cause IS NULL THEN 'error' ELSE 'pending' END AS severity,
               cause, 'res.partner' AS res_model, account_id AS res_id, account_id,
               month, category_id, product_id,
               CASE WHEN in_points THEN points ELSE revenue END::text AS expected,
               CASE WHEN in_points THEN was_points ELSE was_revenue END::text AS found,
               CASE WHEN in_points THEN was_points - points
                    ELSE was_revenue - revenue END AS difference
          FROM explained
        """,
        eligible=facts.eligible(program, start, end, table=table),
        rates=facts.rates(program.id, start, end),
        posted=facts.posted(program.id, start, end),
        due=facts.due(),
        causes=causes,
    )


def window(query):
    """List revenue that is too old for points runs, with what it would add. Rule B9.

    It is pending until a signed adjustment posts it.

    :param query: of `points.beyond_window`
    """
    return SQL(
        """
        SELECT 'window' AS kind, 'pending' AS severity, 'window' AS cause,
               'res.partner' AS res_model, w.account_id AS res_id, w.account_id,
               w.month, w.category_id, NULL::int AS product_id,
               w.points::text AS expected, '0.00' AS found, -w.points AS difference
          FROM (%s) w
        """,
        query,
    )


def seal(run):
    """Name the run whose seal doesn't fit."""
    return SQL(
        """
        SELECT 'seal' AS kind, 'error' AS severity, NULL AS cause,
               'club.points.run' AS res_model, r.id AS res_id, NULL::int AS account_id,
               r.month, NULL::int AS category_id, NULL::int AS product_id,
               NULL AS expected, left(r.seal, 12) AS found, 0 AS difference
          FROM club_points_run r
         WHERE r.id = %s
        """,
        run.id,
    )


def runs(program):
    """Compare the totals of posted runs, and their sums, with their entries."""
    return SQL(
        """
        WITH summed AS MATERIALIZED (%(summed)s)
        SELECT 'run' AS kind, 'error' AS severity, NULL AS cause,
               'club.points.run' AS res_model, r.id AS res_id, NULL::int AS account_id,
               r.month, NULL::int AS category_id, NULL::int AS product_id,
               concat_ws(' / ', s.count, round(s.points, 2), round(s.revenue, 2))
                   AS expected,
               concat_ws(' / ', coalesce(r.entry_count, 0),
                         round(coalesce(r.points, 0), 2),
                         round(coalesce(r.revenue, 0), 2)) AS found,
               coalesce(r.points, 0) - s.points AS difference
          FROM club_points_run r
     LEFT JOIN (SELECT e.run_id, count(*) AS count, sum(e.points) AS points,
                       coalesce(sum(e.revenue), 0) AS revenue
                  FROM club_points_entry e
                 GROUP BY e.run_id) found ON found.run_id = r.id
    CROSS JOIN LATERAL (
               SELECT coalesce(found.count, 0) AS count,
                      coalesce(found.points, 0) AS points,
                      coalesce(found.revenue, 0) AS revenue) s
         WHERE r.program_id = %(program)s AND r.state = 'posted'
           AND ((coalesce(r.entry_count, 0), coalesce(r.points, 0),
                 coalesce(r.revenue, 0)) <> (s.count, s.points, s.revenue)
                OR EXISTS (SELECT FROM summed WHERE summed.run_id = r.id))
        """,
        program=program.id,
        summed=differing_query(program.id),
    )


def memberships(program, today):
    """Look for overlaps, dates that can't be, terms undecided past their grace, and
    decisions without evidence. Rules A6, A10.
    """
    return SQL(
        """
        WITH member AS MATERIALIZED (
            SELECT id, account_id, group_id, date_from, date_to, date_grace, outcome,
                   state, origin, evidence
              FROM club_membership
             WHERE program_id = %(program)s)
        SELECT f.kind, 'error' AS severity, NULL AS cause,
               'club.membership' AS res_model, f.id AS res_id, f.account_id,
               NULL::date AS month, NULL::int AS category_id, NULL::int AS product_id,
               f.expected, f.found, 0 AS difference
          FROM (SELECT 'overlap' AS kind, m.id, m.account_id, NULL AS expected,
                       o.date_from || ' – ' || o.date_to AS found
                  FROM member m
                  JOIN member o ON o.account_id = m.account_id
                   AND o.group_id = m.group_id AND o.id < m.id AND o.state = 'valid'
                   AND o.date_from <= m.date_to AND o.date_to >= m.date_from
                 WHERE m.state = 'valid'
             UNION ALL
                SELECT 'dates', id, account_id, NULL,
                       concat_ws(' – ', date_from, date_to, date_grace)
                  FROM member
                 WHERE date_to < date_from OR date_grace < date_to
             UNION ALL
                SELECT 'undecided', id, account_id, date_grace::text, NULL
                  FROM member
                 WHERE state = 'valid' AND outcome IS NULL AND date_grace < %(today)s
             UNION ALL
                SELECT 'evidence', id, account_id, origin, NULL
                  FROM member
                 WHERE origin <> 'opening'
                   AND coalesce(evidence, 'null') IN ('null', '{}')) f
        """,
        program=program.id,
        today=today,
    )


def mirrors(program, today, doubtful=()):
    """Compare tier and grade on partners, contacts too, with memberships in force.

    :param doubtful: ids of accounts whose memberships aren't what they should be: they
        are told of already, and say nothing of what partners should show

    A mirror that is as the standing was yesterday waits for the daily job, unless
    today's standing was decided today: then it was written along.
    """
    in_force = SQL(
        "m.date_from <= %(today)s AND m.date_grace >= %(today)s", today=today
    )
    before = SQL(
        "m.date_from < %(today)s AND m.date_grace >= %(today)s::date - 1", today=today
    )

    # Decided today, and so written along.
    decided = SQL("m.date_from = %(today)s AND m.create_date >= %(today)s", today=today)

    def shown(purpose, condition):
        return SQL(
            "max(m.tier_id) FILTER (WHERE g.purpose <> %s AND %s)", purpose, condition
        )

    return SQL(
        """
        WITH standing AS MATERIALIZED (
            SELECT m.account_id, %(tier)s AS tier, %(grade)s AS grade,
                   %(tier_before)s AS tier_before, %(grade_before)s AS grade_before,
                   %(tier_new)s AS tier_new, %(grade_new)s AS grade_new
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id
             WHERE m.program_id = %(program)s AND m.state = 'valid'
             GROUP BY m.account_id)
        SELECT v.kind, CASE WHEN w.late THEN 'pending' ELSE 'error' END AS severity,
               CASE WHEN w.late THEN 'daily' END AS cause,
               'res.partner' AS res_model, p.id AS res_id,
               p.commercial_partner_id AS account_id, NULL::date AS month,
               NULL::int AS category_id, NULL::int AS product_id,
               wanted.code AS expected, found.code AS found, 0 AS difference
          FROM res_partner p
     LEFT JOIN standing s ON s.account_id = p.commercial_partner_id
    CROSS JOIN LATERAL (VALUES
               ('tier', (p.club_tier_id ->> %(key)s)::int, s.tier, s.tier_before,
                s.tier_new),
               ('grade', (p.club_grade_id ->> %(key)s)::int, s.grade, s.grade_before,
                s.grade_new)) v(kind, found, wanted, before, new)
    CROSS JOIN LATERAL (
               SELECT v.found IS NOT DISTINCT FROM v.before
                      AND v.new IS NULL AS late) w
     LEFT JOIN club_tier wanted ON wanted.id = v.wanted
     LEFT JOIN club_tier found ON found.id = v.found
         WHERE v.found IS DISTINCT FROM v.wanted
           AND p.commercial_partner_id <> ALL(%(doubtful)s)
        """,
        doubtful=list(doubtful),
        tier=shown("grade", in_force),
        grade=shown("membership", in_force),
        tier_before=shown("grade", before),
        grade_before=shown("membership", before),
        tier_new=shown("grade", decided),
        grade_new=shown("membership", decided),
        today=today,
        program=program.id,
        key=str(program.company_id.id),
    )


def heads(program):
    """Compare the head that a partner shows with the line that is open. Rule A12."""
    return SQL(
        """
        SELECT 'head' AS kind, 'error' AS severity, NULL AS cause,
               'res.partner' AS res_model, p.id AS res_id,
               p.commercial_partner_id AS account_id, NULL::date AS month,
               NULL::int AS category_id, NULL::int AS product_id,
               h.head_id::text AS expected, shown.head_id::text AS found,
               0 AS difference
          FROM (SELECT id, (club_head_id ->> %(key)s)::int AS head_id
                  FROM res_partner WHERE club_head_id ->> %(key)s <> 'false') shown
     FULL JOIN (SELECT account_id, head_id FROM club_account_head
                 WHERE company_id = %(company)s AND date_to IS NULL) h
            ON h.account_id = shown.id
          JOIN res_partner p ON p.id = coalesce(shown.id, h.account_id)
         WHERE h.head_id IS DISTINCT FROM shown.head_id
        """,
        company=program.company_id.id,
        key=str(program.company_id.id),
    )


def references(program):
    """Name the entries whose account, unit or category isn't held any more.

    Entries have no foreign keys of their own: see ``models/points/guards.py``.
    """
    held = SQL("SELECT account_id, unit_id, category_id FROM club_points_reference")
    missing = SQL(" UNION ALL ").join(
        SQL(
            """
            SELECT 'reference' AS kind, 'error' AS severity, NULL AS cause,
                   'club.points.run' AS res_model, r.id AS res_id,
                   min(e.account_id) AS account_id, r.month, NULL::int AS category_id,
                   NULL::int AS product_id, %(name)s || ' ' || e.%(column)s AS expected,
                   NULL AS found, 0 AS difference
              FROM club_points_entry e
              JOIN club_points_run r ON r.id = e.run_id AND r.program_id = %(program)s
             WHERE e.%(column)s IS NOT NULL
               AND NOT EXISTS (SELECT FROM (%(held)s) f
                                WHERE f.%(column)s = e.%(column)s)
             GROUP BY r.id, e.%(column)s
            """,
            name=column,
            column=SQL.identifier(column),
            program=program.id,
            held=held,
        )
        for column in REFERRED
    )
    return SQL("SELECT * FROM (%s) m", missing)


def balances(program):
    """Look for accounts that spent more than they had.

    A correction of revenue or attendance may leave a debt, which later points make
    good: that much is pending.
    """
    return SQL(
        """
        SELECT 'balance' AS kind,
               CASE WHEN b.reversed >= -b.points THEN 'pending' ELSE 'error' END
                   AS severity,
               CASE WHEN b.reversed >= -b.points THEN 'reversal' END AS cause,
               'res.partner' AS res_model, b.account_id AS res_id, b.account_id,
               NULL::date AS month, NULL::int AS category_id, NULL::int AS product_id,
               '0.00' AS expected, b.points::text AS found, b.points AS difference
          FROM (SELECT e.account_id, sum(e.points) AS points,
                       coalesce(sum(-e.points) FILTER (
                           WHERE e.kind IN ('revenue', 'attendance', 'anniversary',
                                            'referral', 'bonus')
                             AND e.points < 0), 0) AS reversed
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE r.program_id = %s
                 GROUP BY e.account_id
                HAVING sum(e.points) < 0) b
        """,
        program.id,
    )


def bonus(program, last, months):
    """Compare what tiers multiply with the bonus that is posted. Rule B14.

    A membership that has changed since the last run was computed makes it pending.

    :param months: of `bonus_sql.get_months`
    """
    return SQL(
        """
        SELECT 'bonus' AS kind,
               CASE WHEN c.cause IS NULL THEN 'error' ELSE 'pending' END AS severity,
               c.cause, 'res.partner' AS res_model, d.account_id AS res_id,
               d.account_id, d.month, NULL::int AS category_id,
               NULL::int AS product_id, d.due::text AS expected,
               round(d.posted, 2)::text AS found,
               round(d.posted - d.due, 2) AS difference
          FROM (%(due)s) d
    CROSS JOIN LATERAL (
               SELECT CASE
                      WHEN EXISTS (
                           SELECT FROM club_membership m
                            WHERE m.program_id = %(program)s
                              AND m.account_id = d.account_id
                              AND greatest(m.create_date, m.write_date) > %(since)s)
                      THEN 'membership'
                      WHEN EXISTS (
                           SELECT FROM club_points_merge g
                            WHERE g.dst = d.account_id AND g.merged_at > %(since)s)
                      THEN 'merge' END AS cause) c
         WHERE d.due <> round(d.posted, 2)
        """,
        due=bonus_sql.due(program, months),
        program=program.id,
        since=last.computed_at,
    )


def attendance(program):
    """Compare the attendance of activities with what was posted for it. Rule B10.

    An attendance that was corrected since the last posting is pending.
    """
    return SQL(
        """
        SELECT 'attendance' AS kind,
               CASE WHEN l.corrected THEN 'pending' ELSE 'error' END AS severity,
               CASE WHEN l.corrected THEN 'attendance' END AS cause,
               'club.activity' AS res_model, d.activity_id AS res_id, d.account_id,
               NULL::date AS month, NULL::int AS category_id, NULL::int AS product_id,
               round(d.due::numeric, 2)::text AS expected,
               round(d.posted::numeric, 2)::text AS found,
               round(d.posted::numeric - d.due::numeric, 2) AS difference
          FROM (%(due)s) d
    CROSS JOIN LATERAL (
               SELECT EXISTS (
                      SELECT FROM club_invitation i
                       WHERE i.activity_id = d.activity_id
                         AND i.account_id = d.account_id
                         AND i.write_date >= (
                             SELECT max(r.create_date) FROM club_points_run r
                              WHERE r.activity_id = d.activity_id
                                AND r.state = 'posted')) AS corrected) l
         WHERE round(d.due::numeric, 2) <> round(d.posted::numeric, 2)
        """,
        due=due_query(
            program.id,
            SQL(
                """
                x.id IN (SELECT activity_id FROM club_points_run
                          WHERE program_id = %s AND state = 'posted')
                """,
                program.id,
            ),
        ),
    )
