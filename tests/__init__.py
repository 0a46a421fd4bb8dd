"""All of `tests/<folder>/test_*.py`, but for the kernel's, which run without Odoo.

Odoo collects the modules named test_* that are attributes of this package.
"""

from importlib import import_module
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("*/test_*.py")):
    if path.parent.name != "kernel":
        globals()[path.stem] = import_module(
            f".{path.parent.name}.{path.stem}", __name__
        )
