"""What was stored under rules that have changed since."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    report_grades_for_tiers(env)


def report_grades_for_tiers(env):
    """Name what goes by a customer grade instead of a membership tier. Rule A11.

    It stays: what was signed isn't changed behind the signatories' backs. Whoever edits
    the tier there is offered membership tiers only.
    """
    grades = (
        env["club.tier"]
        .with_context(active_test=False)
        .search([("group_id.purpose", "=", "grade")])
    )
    for records in env["club.membership.tier.mixin"]._find_by_tiers(grades):
        for record in records:
            _logger.info(
                "%s (%s, id %s) goes by a customer grade: choose a membership tier.",
                record.display_name,
                record._name,
                record.id,
            )
