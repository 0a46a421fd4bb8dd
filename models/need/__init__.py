from . import club_need
from . import club_match_offer
from . import club_introduction
from . import club_activity
from . import res_partner
