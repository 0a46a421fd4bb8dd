"""What an activity must say to be submitted, moved and closed. Rules C2 to C6, E2."""

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ...kernel import activity_costs
from ...kernel.activity_change import LAST_YEAR
from ..approval.states import EDITABLE
from .stages import HELD


def check_can_submit(activity):
    """Refuse to submit, and to carry out, what isn't complete or foreseen. C2, C3."""
    activity.ensure_one()
    # sudo: plans are judged whatever the user may read
    activity_sudo = activity.sudo().with_company(activity.company_id)
    if activity.approval_state in EDITABLE:
        _check_still_ahead(activity_sudo)
    _check_costs(activity_sudo)
    if activity_sudo.plan_line_id:
        activity_sudo.plan_line_id._check_foresees(activity_sudo)


def _check_still_ahead(activity):
    if activity.date_begin <= fields.Datetime.now():
        raise ValidationError(
            activity.env._(
                "%s would begin in the past: activities are applied for before they "
                "take place.",
                activity.display_name,
            )
        )


def _check_costs(activity):
    """Refuse to leave out what the bands go by."""
    if not activity.cost_ids:
        raise UserError(
            activity.env._(
                "%s lists no costs: enter what it will cost, and a line of 0 if it "
                "costs nothing.",
                activity.display_name,
            )
        )


def check_can_move(activity, date_begin, date_end):
    """Refuse a time that is past, ends before it begins or isn't in the plan's year."""
    if not (
        date_begin
        and date_end
        and fields.Datetime.now() < date_begin <= date_end
        and date_end.year <= LAST_YEAR
    ):
        raise ValidationError(
            activity.env._(
                "%s can't be moved there: it has to begin in the future, and to end "
                "after it began.",
                activity.display_name,
            )
        )
    activity.plan_line_id._check_year_of(activity, date_begin)


def check_can_close(activity):
    """Raise what is missing for an activity to be closed. Rules C5, C6."""
    activity.ensure_one()
    env, name = activity.env, activity.display_name
    if activity.stage != HELD:
        raise UserError(env._("%s can't be closed: it has to be held first.", name))
    if is_html_empty(activity.summary):
        raise UserError(env._("%s can't be closed yet: write its summary.", name))
    if activity._has_costs() == activity.no_costs:
        raise UserError(
            env._(
                "%s can't be closed yet: enter what it cost, or say that it cost "
                "nothing. Bills count once they are posted.",
                name,
            )
        )
    percents = activity.share_ids.mapped("percent")
    if percents and activity_costs.add_up(percents) != 100:
        raise UserError(
            env._(
                "%s can't be closed yet: the units' shares of its costs have to make "
                "up the whole.",
                name,
            )
        )
    if activity.is_overspent and not activity.is_overspend_signed:
        raise UserError(
            env._(
                "%s cost more than it may: report the overspend, and close it once "
                "all have signed.",
                name,
            )
        )
