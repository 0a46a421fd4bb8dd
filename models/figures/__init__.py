# the monthly figures

# targets, scorecards
from . import club_target

# bulletins, dashboards

# overview
