# the monthly figures
from . import club_record_mixin
from . import club_figure
from . import res_company

# targets, scorecards
from . import club_target

# bulletins, dashboards

# overview
