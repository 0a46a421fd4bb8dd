from . import club_activity_change
from . import club_contact_anonymise
from . import club_approval_decision
from . import club_program_setup
from . import club_revenue_settle, club_revenue_upload
from . import club_standing_wizard
from . import club_tender_award
from . import club_what_if
from . import club_what_if_move
from . import club_what_if_rate
from . import club_what_if_tier
from . import club_survey_send
from . import club_guest_exception
