from . import account_move
from . import account_move_line
from . import base_partner_merge
from . import crm_lead
from . import crm_team
from . import ir_attachment
from . import res_partner
from . import res_partner_standing
