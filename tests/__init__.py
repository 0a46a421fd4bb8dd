# Odoo collects the modules named test_* that are attributes of this package.
from .core import test_access
from .membership import test_partner_merge
from .membership import test_requalification
from .membership import test_review
from .points import test_expiry
from .points import test_facts
from .points import test_ledger_guards
from .points import test_ledger_property
from .points import test_points_run
