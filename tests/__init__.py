# Odoo collects the modules named test_* that are attributes of this package.
from .points import test_points_run
