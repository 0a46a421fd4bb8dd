from . import club_points_statement
from . import club_points_statement_standing
from . import club_requalification_sheet
from . import report_values
from . import xlsx
