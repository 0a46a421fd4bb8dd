"""Measurements: each module has `measure(env) -> dict` and runs inside Odoo's shell."""
