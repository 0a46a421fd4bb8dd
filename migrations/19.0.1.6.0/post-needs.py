"""Let needs have come in when they were noted down, not when they were upgraded. C5."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE club_need n
           SET date_received = (n.create_date AT TIME ZONE 'UTC'
                                AT TIME ZONE coalesce(c.club_timezone, 'UTC'))::date
          FROM res_company c
         WHERE c.id = n.company_id AND n.create_date IS NOT NULL
        """
    )
