# duties and the contact log
from . import club_duty_rule
from . import club_duty
from . import club_program
from . import club_contact_profile
from . import club_day
from . import res_partner

# who looks after whom

# occasions and greetings

# pulse, retention, complaints, service level

# what is owed today
