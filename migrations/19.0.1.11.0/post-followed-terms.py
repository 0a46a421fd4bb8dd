"""Decide terms that another one follows since their accounts were merged: requalifying
one would begin a term across the other's. Rule A6.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE club_membership m
           SET outcome = 'replaced', date_grace = least(m.date_grace, n.begins - 1)
          FROM (SELECT id,
                       lead(date_from) OVER (PARTITION BY account_id, group_id
                                             ORDER BY date_from) AS begins
                  FROM club_membership
                 WHERE state = 'valid') n
         WHERE n.id = m.id AND n.begins IS NOT NULL AND m.outcome IS NULL
        """
    )
