from . import club_membership
from . import club_membership_merge
from . import club_program
from . import club_program_override
from . import club_program_review
from . import club_requalification
from . import club_requalification_line
from . import club_tier_group
