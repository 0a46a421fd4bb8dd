"""What a club that runs already needs for the rules as they are now."""

import logging

from odoo import SUPERUSER_ID, api, fields

from odoo.addons.crm_club.models.record.lock import opened

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """Mend what was stored by rules that have changed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    set_clubs_clock(env)
    drop_stored_names(cr)
    take_back_no_costs(env)
    report_grades_for_tiers(env)


def set_clubs_clock(env):
    """Give each club its time zone, and what lies ahead its days by it.

    Until now days began and ended in UTC. What is over keeps the days it had.
    """
    env["club.program"].search([])._check_club_timezone()
    activities = env["club.activity"].search(
        [("date_begin", ">=", fields.Datetime.now())]
    )
    env.add_to_compute(activities._fields["confirm_until"], activities)
    for company, found in activities.grouped("company_id").items():
        opened(found.event_id).write({"date_tz": company._club_zone()})
    bookings = env["club.benefit.booking"].search(
        [("date_begin", ">=", fields.Datetime.now())]
    )
    for name in ("service_date", "year"):
        env.add_to_compute(bookings._fields[name], bookings)
    env.flush_all()


def drop_stored_names(cr):
    """Names of runs and requalifications are computed for whoever reads them."""
    cr.execute(
        """
        ALTER TABLE club_points_run DROP COLUMN IF EXISTS name;
        ALTER TABLE club_requalification DROP COLUMN IF EXISTS name
        """
    )


def take_back_no_costs(env):
    """What is said to have cost nothing and cost something can't be closed. Rule C5."""
    found = env["club.activity"].search(
        [("no_costs", "=", True), ("stage", "!=", "closed")]
    )
    found.filtered(lambda activity: activity._has_costs()).no_costs = False


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
