from . import club_list_export, club_survey, club_xlsx
