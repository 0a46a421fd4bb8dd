from . import club_list_export, club_revenue_template, club_xlsx
from . import club_survey
