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
from . import club_voucher_batch
from . import club_voucher
from . import club_voucher_conversion
from . import crm_lead
from . import club_tariff
from . import product_pricelist
from . import club_discount

# budgets and costs

# account plans, the account page
