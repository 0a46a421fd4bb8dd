"""Tests of the tools themselves: plain Python, no Odoo."""
