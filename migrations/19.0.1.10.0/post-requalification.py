"""Let a term name the line by which it began, in place of the line naming the term;
keep the tiers that were decided as the others of a line are kept. Rule A6.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE club_membership m
           SET requalification_line_id = l.id
          FROM club_requalification_line l
         WHERE l.applied_membership_id = m.id;
        INSERT INTO club_tier_reference (tier_id)
             SELECT DISTINCT decided_tier_id FROM club_requalification_line
              WHERE decided_tier_id IS NOT NULL
        ON CONFLICT DO NOTHING;
        ALTER TABLE club_requalification_line
            DROP COLUMN applied_membership_id,
            DROP CONSTRAINT IF EXISTS club_requalification_line_decided_tier_id_fkey,
            RESET (fillfactor)
        """
    )
