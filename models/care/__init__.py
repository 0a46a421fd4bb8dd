# duties and the contact log

# who looks after whom

# occasions and greetings

# pulse, retention, complaints, service level

# what is owed today
from . import club_today
