"""Series of numbers that further companies got go with the add-on."""


def migrate(cr, version):
    """Name them as those that are made from now on."""
    cr.execute(
        """
        INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
        SELECT DISTINCT ON (s.code, s.company_id)
               'crm_club', e.name || '_' || s.company_id, 'ir.sequence', s.id, TRUE
          FROM ir_sequence s
          JOIN (VALUES ('club.rate.notice', 'club_rate_notice_sequence'),
                       ('club.bulletin', 'club_bulletin_sequence')) e(code, name)
            ON e.code = s.code
         WHERE s.company_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM ir_model_data d
                            WHERE d.model = 'ir.sequence' AND d.res_id = s.id)
         ORDER BY s.code, s.company_id, s.id
        ON CONFLICT DO NOTHING
        """
    )
