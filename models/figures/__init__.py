# the monthly figures
from . import club_record_mixin
from . import club_figure_mixin
from . import club_figure
from . import club_figure_year
from . import res_company
from . import club_points_run
from . import digest_digest

# targets, scorecards
from . import club_target
from . import club_scorecard_indicator_mixin
from . import club_scorecard_template
from . import club_scorecard_indicator
from . import club_scorecard
from . import club_scorecard_line

# bulletins, dashboards
from . import club_bulletin
from . import club_bulletin_section
from . import club_bulletin_reader
from . import crm_team
from . import club_program
from . import spreadsheet_dashboard_share

# overview
from . import club_overview
from . import ir_ui_menu
from . import ir_http
from . import web_tour_tour
