"""Figures of points name their program, and who is a member of several programs counts
once: where a company has several, its months are worked out anew by the next job. A9.
"""


def migrate(cr, version):
    cr.execute(
        r"""
        UPDATE club_figure f
           SET program_id = p.id
          FROM (SELECT company_id, min(id) AS id
                  FROM club_program
                 GROUP BY company_id
                HAVING count(*) = 1) p
         WHERE p.company_id = f.company_id AND f.code LIKE 'points\_%'
           AND f.program_id IS NULL
        """
    )
    cr.execute(
        """
        UPDATE res_company c
           SET club_figures_since = NULL
         WHERE (SELECT count(*) FROM club_program p WHERE p.company_id = c.id) > 1
        """
    )
