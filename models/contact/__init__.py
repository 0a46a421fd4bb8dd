from . import club_contact_role
from . import club_contact_interest
from . import club_contact_profile
from . import club_contact_consent
from . import club_anonymisation
from . import club_account_team
from . import res_partner
