# duties and the contact log

# who looks after whom

# occasions and greetings

# pulse, retention, complaints, service level
from . import club_program
from . import club_account_pulse
from . import club_retention_cause
from . import club_retention
from . import club_complaint_cause
from . import club_improvement
from . import club_tier
from . import club_need
from . import club_points_run
from . import res_partner

# what is owed today
