# the monthly figures
from . import club_record_mixin
from . import club_figure
from . import res_company

# targets, scorecards

# bulletins, dashboards
from . import club_bulletin
from . import club_bulletin_section
from . import club_bulletin_reader

# overview
