"""Note by which points run an account was enrolled or promoted, where only one can have
done it, and the tier that it had before. Rule A5.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE club_membership m
           SET run_id = r.run_id
          FROM (SELECT program_id, posted_on, min(id) AS run_id
                  FROM club_points_run
                 WHERE state = 'posted' AND kind NOT IN ('redemption', 'expiry')
                 GROUP BY program_id, posted_on
                HAVING count(*) = 1) r
         WHERE r.program_id = m.program_id AND r.posted_on = m.date_from
           AND m.origin IN ('enrolled', 'upgraded') AND m.state <> 'underneath'
           AND m.run_id IS NULL
        """
    )
    cr.execute(
        """
        UPDATE club_membership m
           SET previous_tier_id = p.tier_id
          FROM club_membership p
         WHERE p.account_id = m.account_id AND p.group_id = m.group_id
           AND p.outcome = 'upgraded' AND p.state = 'valid'
           AND p.date_grace = m.date_from - 1
           AND m.run_id IS NOT NULL AND m.origin = 'upgraded'
           AND m.previous_tier_id IS NULL
        """
    )
