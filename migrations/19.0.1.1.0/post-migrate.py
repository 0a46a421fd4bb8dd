"""What was in effect before signatures came stays in effect."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Mark rates, classes and applied requalifications; staff further companies."""
    cr.execute(
        """
        UPDATE club_points_rate SET approval_state = 'done';
        UPDATE club_account_classification SET approval_state = 'done';
        UPDATE club_requalification SET approval_state = 'done'
         WHERE applied_on IS NOT NULL;
        UPDATE club_requalification
           SET state = CASE WHEN applied_on IS NULL THEN 'draft' ELSE 'applied' END
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.invalidate_all()
    programs = env["club.program"].with_context(active_test=False).search([])
    env["club.approval.policy"]._ensure_defaults(programs.company_id)
    env["crm.team"]._make_all_leaders_signatories()
