"""The life of a database: upgraded, uninstalled, restored, filled, beside others.

`seed`, `verify`, `plain_invoices`, `quiet` and `tell_place` of `installed` run inside
Odoo's shell.
"""
