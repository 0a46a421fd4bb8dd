"""What partners show of memberships, written by one statement."""

from odoo.tools import SQL


def mirror_query(program, today, accounts=None):
    """Return the statement that writes onto partners which tier and grade they have
    today in a program, where it differs.

    :param program: the company's main one
    :param accounts: the partners to look at, all when None
    """
    return SQL(
        """
        WITH standing AS MATERIALIZED (
            SELECT m.account_id,
                   max(m.tier_id) FILTER (WHERE g.purpose <> 'grade') AS tier,
                   max(m.tier_id) FILTER (WHERE g.purpose <> 'membership')
                       AS grade
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id
             WHERE m.program_id = %(program)s AND m.state = 'valid'
               AND m.date_from <= %(today)s AND m.date_grace >= %(today)s
             GROUP BY m.account_id),
        wanted AS (
            SELECT p.id,
                   CASE WHEN s.tier IS NULL THEN '{}'::jsonb ELSE
                        jsonb_build_object(%(key)s::text, s.tier) END AS tier,
                   CASE WHEN s.grade IS NULL THEN '{}'::jsonb ELSE
                        jsonb_build_object(%(key)s::text, s.grade) END AS grade
              FROM res_partner p
         LEFT JOIN standing s ON s.account_id = p.commercial_partner_id
             WHERE %(only)s
               AND ((p.club_tier_id ->> %(key)s)::int
                        IS DISTINCT FROM s.tier
                    OR (p.club_grade_id ->> %(key)s)::int
                        IS DISTINCT FROM s.grade))
        UPDATE res_partner p
           SET club_tier_id = nullif(
                   coalesce(p.club_tier_id, '{}') - %(key)s::text || w.tier,
                   '{}'),
               club_grade_id = nullif(
                   coalesce(p.club_grade_id, '{}') - %(key)s::text || w.grade,
                   '{}')
          FROM wanted w
         WHERE w.id = p.id
        """,
        program=program.id,
        today=today,
        key=str(program.company_id.id),
        only=SQL("p.commercial_partner_id = ANY(%s)", accounts.ids)
        if accounts is not None
        else SQL("TRUE"),
    )
