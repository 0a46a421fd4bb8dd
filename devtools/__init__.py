"""The development tools behind `./dev`: a real Odoo, its database and the checks.

Everything is built into one folder outside the checkout (see `home`), so that a
fresh clone needs nothing but Python and the machine's package mirrors.
"""
