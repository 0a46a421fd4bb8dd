from . import club_revenue_template
