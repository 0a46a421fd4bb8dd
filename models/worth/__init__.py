# taking on a club that exists on paper
from . import club_take_on
from . import club_take_on_account
from . import club_take_on_fault
from . import club_points_run
from . import club_program

# rewards
from . import club_reward
from . import club_reward_receipt
from . import club_redemption
from . import res_partner

# groups

# cards

# revenue shares, referrals

# gifts

# tariffs, vouchers

# budgets and costs

# account plans, the account page
from . import club_tier
from . import club_account_plan
from . import club_account_plan_goal
from . import club_account_plan_step
from . import club_account_plan_due
