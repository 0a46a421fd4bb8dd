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

# cards
from . import club_activity
from . import club_card
from . import club_membership

# revenue shares, referrals
from . import crm_lead
from . import club_referral
from . import club_account_unit
from . import club_account_team
from . import club_revenue_share_line
from . import club_revenue_share

# gifts
from . import club_account_class
from . import club_gift_list
from . import club_gift
from . import club_benefit
from . import club_benefit_booking
from . import club_duty
from . import club_greeting

# tariffs, vouchers
from . import club_voucher_batch
from . import club_voucher
from . import club_voucher_conversion
from . import club_tariff
from . import club_tier
from . import product_pricelist
from . import base
from . import club_discount

# budgets and costs
from . import club_account_cost
from . import club_budget
from . import club_marketing_budget

# account plans, the account page
from . import club_account_plan
from . import club_account_plan_goal
from . import club_account_plan_step
from . import club_account_plan_due
