# taking on a club that exists on paper

# rewards
from . import club_program
from . import club_reward
from . import club_reward_receipt
from . import club_redemption
from . import res_partner
