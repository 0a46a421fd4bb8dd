from . import club_revenue_settle, club_revenue_upload
