from . import club_xlsx
from . import club_xlsx_rate_book
from . import club_xlsx_requalification
from . import club_xlsx_roster
from . import club_xlsx_satisfaction
from . import club_xlsx_statement
from . import club_xlsx_what_if
from . import club_xlsx_guest_list
