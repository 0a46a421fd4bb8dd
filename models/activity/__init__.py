from . import club_activity_type
from . import club_plan
from . import club_plan_line
from . import club_activity
from . import club_activity_cost
from . import club_invitation
from . import club_need
from . import club_program_survey
