# duties and the contact log

# who looks after whom
from . import club_tier
from . import club_program
from . import crm_team_member
from . import res_partner
from . import res_users
from . import club_account_team
from . import club_manager_load
from . import club_handover
from . import club_handover_line
from . import club_allocation
from . import club_allocation_line

# occasions and greetings

# pulse, retention, complaints, service level

# what is owed today
