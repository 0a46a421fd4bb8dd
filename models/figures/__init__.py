# the monthly figures

# targets, scorecards

# bulletins, dashboards
from . import club_bulletin
from . import club_bulletin_section
from . import club_bulletin_reader

# overview
