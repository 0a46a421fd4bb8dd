"""Killing Odoo and PostgreSQL in the middle of the work, and looking at what is left.

`founding` runs inside Odoo's shell, the other modules beside the server.
"""
