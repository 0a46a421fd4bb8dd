"""Companies that have a club already get what came with the club's year."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Copy catalogue and policies that the upgrade has just installed. A9, C1, C6."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    programs = env["club.program"].with_context(active_test=False).search([])
    env["club.activity.type"]._ensure_defaults(programs.company_id)
    env["club.approval.policy"]._ensure_defaults(programs.company_id)
