# duties and the contact log

# who looks after whom

# occasions and greetings

# pulse, retention, complaints, service level
from . import club_program
from . import club_account_pulse
from . import club_points_run
from . import res_partner

# what is owed today
