from . import club_xlsx
from . import club_xlsx_plan
from . import club_xlsx_rate_book
from . import club_xlsx_requalification
from . import club_xlsx_roster
from . import club_xlsx_statement
from . import club_xlsx_what_if
