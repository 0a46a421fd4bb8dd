from . import survey_part_mixin
from . import club_program
from . import survey_survey
from . import survey_question
from . import club_answer
from . import club_need
from . import survey_user_input
from . import club_activity
