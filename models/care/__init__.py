# duties and the contact log
from . import club_program
from . import club_contact_log

# who looks after whom

# occasions and greetings

# pulse, retention, complaints, service level

# what is owed today
