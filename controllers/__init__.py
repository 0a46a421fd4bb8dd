from . import club_guest, club_list_export, club_survey, club_xlsx
