from . import club_change
from . import club_audit_sample
from . import club_audit_line
from . import club_audit_finding
from . import club_integrity_check
from . import club_integrity_line
from . import club_program
