# the monthly figures
from . import club_record_mixin
from . import club_figure
from . import club_figure_year
from . import res_company
from . import club_points_run
from . import digest_digest

# targets, scorecards

# bulletins, dashboards

# overview
from . import club_overview
from . import ir_ui_menu
from . import ir_http
from . import web_tour_tour
