"""The SQL that recomputes drawn entries and lists the facts behind them. Rule B6.

An entry of revenue is a difference to what was posted before, so it is not compared by
itself: all posted entries of its account, month and product line add up to what the
facts × rates of now call for.
"""

from odoo.tools import SQL

from ...kernel import windows
from ..points import bonus_sql, facts
from ..points.attendance import due_query

# Facts listed behind an entry, the largest; their number and sum count them all.
FACTS_LISTED = 50
FACTS = SQL.identifier("club_audit_fact")


def stage_facts(sample, drawn):
    """Read the facts of what was drawn into a table of this transaction, once for all
    that is asked of them.

    :param drawn: pairs of account and month
    """
    cr = sample.env.cr
    cr.execute(SQL("DROP TABLE IF EXISTS %s", FACTS))
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE %(facts)s ON COMMIT DROP AS
            SELECT f.*
              FROM unnest(%(accounts)s::int[], %(months)s::date[])
                   AS d(account_id, month)
              JOIN (%(lines)s) f
                ON f.account_id = d.account_id AND f.date >= d.month
               AND f.date <= (d.month + interval '1 month - 1 day')::date
            """,
            facts=FACTS,
            accounts=[account for account, _month in drawn],
            months=[month for _account, month in drawn],
            lines=facts.fact_lines(sample.program_id.company_id.id),
        )
    )
    cr.execute(SQL("ANALYZE %s", FACTS))


def update_revenue(sample, drawn):
    """Return the UPDATE of revenue lines: what is posted, and what should be.

    :param drawn: pairs of account and month, whose facts are staged
    """
    program = sample.program_id
    months = [month for _account, month in drawn]
    start, end = min(months), windows.month_end(max(months))
    return SQL(
        """
        WITH %(eligible)s, %(rates)s,
        posted AS (
            SELECT e.account_id, e.revenue_month AS month, e.category_id, e.product_id,
                   e.revenue, e.points
              FROM (SELECT DISTINCT account_id, revenue_month FROM club_audit_line
                     WHERE sample_id = %(sample)s AND kind = 'revenue') d
              JOIN club_points_entry e ON e.account_id = d.account_id
               AND e.revenue_month = d.revenue_month AND e.kind = 'revenue'
              JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
             WHERE r.program_id = %(program)s),
        %(due)s
        UPDATE club_audit_line l
           SET is_recomputed = TRUE,
               posted_revenue = coalesce(d.was_revenue, 0),
               expected_revenue = coalesce(d.revenue, 0),
               posted_points = coalesce(d.was_points, 0),
               expected_points = coalesce(d.points, 0),
               difference = coalesce(d.was_points, 0) - coalesce(d.points, 0),
               expected_rate = d.rate, expected_coefficient = d.coefficient
          FROM club_audit_line s
     LEFT JOIN due d ON d.account_id = s.account_id AND d.month = s.revenue_month
           AND coalesce(d.category_id, 0) = coalesce(s.category_id, 0)
           AND coalesce(d.product_id, 0) = coalesce(s.product_id, 0)
         WHERE s.id = l.id AND s.sample_id = %(sample)s AND s.kind = 'revenue'
        """,
        eligible=facts.eligible(
            program,
            start,
            end,
            list({account for account, _month in drawn}),
            lines=FACTS,
        ),
        rates=facts.rates(program.id, start, end),
        due=facts.due(),
        program=program.id,
        sample=sample.id,
    )


def update_rates(sample):
    """Return the UPDATE that names the signed rate and coefficient in force."""

    def in_force(factor):
        return SQL(
            """
            (SELECT r.id
               FROM club_points_rate r
          LEFT JOIN product_category a ON a.id = r.category_id
          LEFT JOIN product_category c ON c.id = l.category_id
              WHERE r.program_id = %s AND r.factor = %s
                AND r.approval_state = 'done' AND r.replaced_by_id IS NULL
                AND r.date_from <= l.revenue_month
                AND (r.date_to IS NULL OR r.date_to >= l.revenue_month)
                AND (r.product_id = l.product_id
                     OR c.parent_path LIKE a.parent_path || '%%')
              ORDER BY r.product_id IS NULL, length(a.parent_path) DESC
              LIMIT 1)
            """,
            sample.program_id.id,
            factor,
        )

    return SQL(
        """
        UPDATE club_audit_line l SET rate_id = %s, coefficient_id = %s
         WHERE sample_id = %s AND kind = 'revenue'
        """,
        in_force("conversion"),
        in_force("coefficient"),
        sample.id,
    )


def update_evidence(sample):
    """Return the UPDATE that lists invoice lines and imported rows of each line."""
    program = sample.program_id
    return SQL(
        """
        WITH fact AS MATERIALIZED (
            SELECT f.*, %(month)s AS month,
                   EXISTS (SELECT FROM club_points_rate r
                            WHERE r.program_id = %(program)s
                              AND r.product_id = f.product_id
                              AND r.approval_state = 'done'
                              AND r.replaced_by_id IS NULL) AS own
              FROM %(lines)s f),
        matched AS (
            SELECT l.id AS line_id, f.id, f.date, f.amount,
                   row_number() OVER (PARTITION BY l.id
                                      ORDER BY abs(f.amount) DESC, f.id) AS place
              FROM club_audit_line l
              JOIN fact f ON f.account_id = l.account_id AND f.month = l.revenue_month
               AND coalesce(f.category_id, 0) = coalesce(l.category_id, 0)
               AND coalesce(l.product_id, 0)
                   = CASE WHEN f.own THEN f.product_id ELSE 0 END
             WHERE l.sample_id = %(sample)s AND l.kind = 'revenue'),
        listed AS (
            SELECT f.line_id, jsonb_agg(jsonb_build_object(
                       'source', CASE WHEN f.id > 0 THEN 'invoice' ELSE 'import' END,
                       'id', coalesce(v.id, r.id),
                       'name', coalesce(v.name, i.name),
                       'file', i.filename, 'row', r.row,
                       'date', f.date, 'amount', f.amount::text)
                       ORDER BY f.place) AS facts
              FROM matched f
         LEFT JOIN account_move_line a ON a.id = f.id
         LEFT JOIN account_move v ON v.id = a.move_id
         LEFT JOIN club_revenue_line r ON r.id = -f.id
         LEFT JOIN club_revenue_import i ON i.id = r.import_id
             WHERE f.place <= %(limit)s
             GROUP BY f.line_id),
        total AS (
            SELECT line_id, count(*) AS count, sum(amount) AS amount
              FROM matched GROUP BY line_id)
        UPDATE club_audit_line l
           SET evidence = jsonb_build_object(
                   'facts', coalesce(f.facts, '[]'), 'count', coalesce(t.count, 0),
                   'total', coalesce(t.amount, 0)::text,
                   'agreements', coalesce((
                       SELECT jsonb_agg(g.number ORDER BY g.date_from)
                         FROM club_agreement g
                        WHERE g.program_id = %(program)s
                          AND g.account_id = s.account_id
                          AND g.date_from < s.revenue_month + interval '1 month'
                          AND (g.date_to IS NULL OR g.date_to >= s.revenue_month)),
                       '[]'))
          FROM club_audit_line s
     LEFT JOIN listed f ON f.line_id = s.id
     LEFT JOIN total t ON t.line_id = s.id
         WHERE s.id = l.id AND s.sample_id = %(sample)s AND s.kind = 'revenue'
        """,
        month=facts.month_of(SQL("f.date")),
        program=program.id,
        lines=FACTS,
        sample=sample.id,
        limit=FACTS_LISTED,
    )


def update_adjustments(sample):
    """Return the UPDATE of adjustments: what the signed documents say."""
    return SQL(
        """
        UPDATE club_audit_line l
           SET is_recomputed = TRUE, posted_points = l.points,
               expected_points = coalesce(d.points, 0),
               difference = l.points - coalesce(d.points, 0),
               evidence = jsonb_build_object('documents', coalesce(d.documents, '[]'))
          FROM club_audit_line s
     LEFT JOIN LATERAL (
               SELECT sum(a.points) AS points,
                      jsonb_agg(jsonb_build_object(
                          'name', j.name, 'reason', j.reason, 'date', j.date,
                          'points', a.points::text) ORDER BY j.id) AS documents
                 FROM club_points_adjustment j
                 JOIN club_points_adjustment_line a ON a.adjustment_id = j.id
                WHERE j.run_id = s.run_id AND a.account_id = s.account_id) d ON TRUE
         WHERE s.id = l.id AND s.sample_id = %s
           AND s.kind IN ('adjustment', 'bonus', 'referral', 'anniversary')
           AND EXISTS (SELECT FROM club_points_run r
                        WHERE r.id = s.run_id AND r.kind = 'adjustment')
        """,
        sample.id,
    )


def update_bonus(sample, months, accounts):
    """Return the UPDATE of what tiers multiply: all that is posted as the month's bonus
    of an account, and what its points of revenue call for. Rule B14.

    :param months: of `bonus_sql.get_months`
    """
    return SQL(
        """
        UPDATE club_audit_line l
           SET is_recomputed = TRUE, posted_points = d.posted, expected_points = d.due,
               difference = d.posted - d.due
          FROM club_audit_line s
          JOIN (%(due)s) d ON d.account_id = s.account_id AND d.month = s.revenue_month
         WHERE s.id = l.id AND s.sample_id = %(sample)s AND s.kind = 'bonus'
        """,
        due=bonus_sql.due(sample.program_id, months, accounts=accounts),
        sample=sample.id,
    )


def update_expiry(sample):
    """Return the UPDATE of expiries: what had outlived its time, less what was spent,
    over the runs posted before. What a reservation held then isn't known any more.
    """
    return SQL(
        """
        UPDATE club_audit_line l
           SET is_recomputed = TRUE, posted_points = l.points,
               expected_points = -greatest(coalesce(d.unused, 0), 0),
               difference = l.points + greatest(coalesce(d.unused, 0), 0),
               evidence = jsonb_build_object('earned', d.earned::text,
                                             'spent', d.spent::text)
          FROM club_audit_line s
          JOIN club_points_run own ON own.id = s.run_id
     LEFT JOIN LATERAL (
               SELECT coalesce(sum(o.points) FILTER (
                          WHERE o.points > 0 AND o.valid_until <= s.date), 0) AS earned,
                      coalesce(sum(o.points) FILTER (WHERE o.points < 0), 0) AS spent,
                      coalesce(sum(o.points) FILTER (
                          WHERE o.points < 0 OR o.valid_until <= s.date), 0) AS unused
                 FROM (SELECT e.valid_until, sum(e.points) AS points
                         FROM club_points_entry e
                         JOIN club_points_run r ON r.id = e.run_id
                          AND r.state = 'posted'
                        WHERE e.account_id = s.account_id
                          AND r.program_id = own.program_id
                          AND r.chain_no < own.chain_no
                        GROUP BY e.valid_until) o) d ON TRUE
         WHERE s.id = l.id AND s.sample_id = %s AND s.kind = 'expiry'
        """,
        sample.id,
    )


def update_attendance(sample):
    """Return the UPDATE of attendance points: all that was posted for the activity and
    account, and what those who came call for.
    """
    return SQL(
        """
        WITH due AS MATERIALIZED (%(due)s)
        UPDATE club_audit_line l
           SET is_recomputed = TRUE, posted_points = coalesce(d.posted, 0),
               expected_points = coalesce(d.due, 0),
               difference = coalesce(d.posted, 0) - coalesce(d.due, 0),
               evidence = jsonb_build_object('documents', jsonb_build_array(
                   jsonb_build_object(
                       'name', x.name, 'reason', x.theme, 'date', x.date_begin::date,
                       'points', coalesce(d.due, 0)::text)))
          FROM club_audit_line s
          JOIN club_points_run r ON r.id = s.run_id
          JOIN club_activity x ON x.id = r.activity_id
     LEFT JOIN due d ON d.activity_id = x.id AND d.account_id = s.account_id
         WHERE s.id = l.id AND s.sample_id = %(sample)s AND s.kind = 'attendance'
        """,
        due=due_query(
            sample.program_id.id,
            SQL(
                """
                x.id IN (SELECT r.activity_id
                           FROM club_audit_line s JOIN club_points_run r
                             ON r.id = s.run_id
                          WHERE s.sample_id = %s AND s.kind = 'attendance')
                """,
                sample.id,
            ),
        ),
        sample=sample.id,
    )
