from . import club_points_statement
from . import club_points_statement_standing
from . import club_rate_book
from . import club_rate_notice
from . import club_requalification_sheet
from . import report_values
from . import xlsx
from . import signature_sheet
