from . import club_program
from . import res_partner

# duties and the contact log
from . import club_contact_log
from . import club_contact_sample
from . import club_relationship_evaluation
from . import club_duty_rule
from . import club_duty
from . import club_contact_profile
from . import club_day

# who looks after whom
from . import crm_team_member
from . import res_users
from . import club_account_team
from . import club_manager_load
from . import club_handover
from . import club_handover_line
from . import club_allocation
from . import club_allocation_line

# occasions and greetings
from . import club_birthday_correction
from . import club_greeting
from . import club_greeting_line
from . import club_occasion
from . import club_occasion_day
from . import res_company
from . import sms_sms

# pulse, retention, complaints, service level
from . import club_account_pulse
from . import club_retention_cause
from . import club_retention
from . import club_complaint_cause
from . import club_improvement
from . import club_tier
from . import club_need
from . import club_points_run

# what is owed today
from . import club_today
