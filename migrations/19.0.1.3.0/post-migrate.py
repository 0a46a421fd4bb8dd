"""Companies that have a club already get the catalogue of activities, too."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Copy the catalogue that the upgrade has just installed. Rules A9, C1."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    programs = env["club.program"].with_context(active_test=False).search([])
    env["club.activity.type"]._ensure_defaults(programs.company_id)
