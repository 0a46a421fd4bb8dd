# duties and the contact log

# who looks after whom

# occasions and greetings
from . import club_birthday_correction
from . import club_contact_profile
from . import club_greeting
from . import club_greeting_line
from . import club_occasion
from . import club_occasion_day
from . import club_program
from . import res_company
from . import res_partner
from . import sms_sms

# pulse, retention, complaints, service level

# what is owed today
