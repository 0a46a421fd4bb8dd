from . import club_revenue_template, club_xlsx
