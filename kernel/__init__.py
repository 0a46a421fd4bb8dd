"""Decisions of the club as plain functions: no Odoo, no database."""
