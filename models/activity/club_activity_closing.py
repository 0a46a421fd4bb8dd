"""After an activity: summary, photos, costs, overspend, closing. Rules C5, C6."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ...kernel import activity_costs
from ..approval.states import DONE, EDITABLE
from ..record.rpc import for_one, for_records, to_reason
from .club_activity import CLOSED, HELD


class ClubActivity(models.Model):
    _inherit = "club.activity"

    no_costs = fields.Boolean(
        "It Cost Nothing",
        compute="_compute_no_costs",
        store=True,
        readonly=False,
        copy=False,
        help="Said where no cost is entered. It falls with the first cost.",
    )
    summary = fields.Html(copy=False, help="How it went, and what came of it.")
    photo_ids = fields.Many2many(
        "ir.attachment",
        "club_activity_photo_rel",
        "activity_id",
        "attachment_id",
        "Photos",
        copy=False,
    )
    overspend_ids = fields.One2many(
        "club.activity.overspend", "activity_id", readonly=True
    )
    overspend_count = fields.Integer(
        compute="_compute_is_overspend_signed", compute_sudo=True
    )
    is_overspend_signed = fields.Boolean(
        compute="_compute_is_overspend_signed", compute_sudo=True
    )
    # Filled by the satisfaction survey.
    satisfaction_mean = fields.Float(
        "Satisfaction", digits=(3, 2), readonly=True, copy=False, aggregator="avg"
    )
    answer_count = fields.Integer("Answers", readonly=True, copy=False)
    # As it was when it was closed: the books may go on.
    cost_closed = fields.Monetary("Cost at Closing", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", "Closed by", readonly=True, copy=False, ondelete="restrict"
    )
    has_drifted = fields.Boolean(compute="_compute_has_drifted")

    @api.depends("cost_actual")
    def _compute_no_costs(self):
        """What cost something didn't cost nothing; once closed, it stays as said."""
        for activity in self:
            activity.no_costs = activity.no_costs and (
                activity.stage == CLOSED or not activity._has_costs()
            )

    @api.constrains("no_costs")
    def _check_no_costs(self):
        for activity in self:
            if activity.no_costs and activity._has_costs():
                raise ValidationError(
                    self.env._(
                        "%(activity)s cost %(amount)s: it can't be said that it cost "
                        "nothing.",
                        activity=activity.display_name,
                        amount=activity.currency_id.format(activity.cost_actual),
                    )
                )

    def _has_costs(self):
        self.ensure_one()
        return not self.currency_id.is_zero(self.cost_actual)

    @api.depends("overspend_ids.approval_state", "overspend_ids.amount", "cost_actual")
    def _compute_is_overspend_signed(self):
        for activity in self:
            activity.overspend_count = len(activity.overspend_ids)
            activity.is_overspend_signed = activity.cost_actual <= max(
                activity._get_signed_overspends().mapped("amount"), default=0
            )

    @api.depends("stage", "cost_actual", "cost_closed")
    def _compute_has_drifted(self):
        for activity in self:
            activity.has_drifted = (
                activity.stage == CLOSED
                and activity.currency_id.compare_amounts(
                    activity.cost_actual, activity.cost_closed
                )
                != 0
            )

    @api.model
    def _check_files_open(self, files):
        """Also what a closed activity has; bills come later, its files don't."""
        result = super()._check_files_open(files)
        self.browse(files.mapped("res_id")).exists()._check_shown_files_open()
        return result

    def _check_shown_files_open(self):
        """Refuse to change files of a closed activity, and the photos that it shows."""
        self._check_club_open()

    # === Actions === #

    @for_records
    def action_close(self):
        """Close what was held: its report is complete, and stays. Rule C5.

        :raises UserError: saying what is missing
        """
        self = self._without_client_context()
        self.check_access("write")
        for activity in self:
            activity._check_can_close()
        for activity in self:
            activity._write_guarded(
                {
                    "cost_closed": activity.cost_actual,
                    "closed_on": fields.Datetime.now(),
                    "closed_by_id": self.env.uid,
                }
            )
        self._set_stage(CLOSED)
        return True

    @for_records
    def action_open_overspend(self):
        """Show what was reported beyond the estimates."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overspend"),
            "res_model": "club.activity.overspend",
            "views": [(False, "list"), (False, "form")],
            "domain": [("activity_id", "in", self.ids)],
        }

    @for_one
    def action_report_overspend(self, reason=None):
        """Put what it cost beyond the estimate forward for signature. Rule C5.

        :param reason: why it cost more
        """
        self = self._without_client_context()
        self.check_access("write")
        reason = to_reason(reason)
        if not reason:
            return self._open_overspend()
        overspend = self._get_open_overspend()
        if not self.is_overspent or self.is_overspend_signed:
            raise UserError(
                self.env._("%s needs no signature for what it cost.", self.display_name)
            )
        values = {
            "estimate": self.cost_estimate,
            "amount": self.cost_actual,
            "reason": reason,
        }
        if overspend and overspend.approval_state in EDITABLE:
            overspend.write(values)
        else:
            overspend = overspend.create({"activity_id": self.id, **values})
        overspend.action_submit()
        return overspend.get_formview_action()

    def _open_overspend(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report Overspend"),
            "res_model": "club.activity.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_kind": "overspend",
                "default_activity_id": self.id,
            },
        }

    # === Closing === #

    def _check_can_close(self):
        """Raise what is missing for an activity to be closed. Rule C5."""
        self.ensure_one()
        name = self.display_name
        if self.stage != HELD:
            raise UserError(
                self.env._("%s can't be closed: it has to be held first.", name)
            )
        if is_html_empty(self.summary):
            raise UserError(
                self.env._("%s can't be closed yet: write its summary.", name)
            )
        if self._has_costs() == self.no_costs:
            raise UserError(
                self.env._(
                    "%s can't be closed yet: enter what it cost, or say that it cost "
                    "nothing. Bills count once they are posted.",
                    name,
                )
            )
        percents = self.share_ids.mapped("percent")
        if percents and activity_costs.add_up(percents) != 100:
            raise UserError(
                self.env._(
                    "%s can't be closed yet: the units' shares of its costs have to "
                    "make up the whole.",
                    name,
                )
            )
        if self.is_overspent and not self.is_overspend_signed:
            raise UserError(
                self.env._(
                    "%s cost more than it may: report the overspend, and close it once "
                    "all have signed.",
                    name,
                )
            )

    def _is_awaiting_costs(self):
        """Tell whether costs are still reported."""
        self.ensure_one()
        return self.stage == HELD

    def _get_signed_overspends(self):
        return self.overspend_ids.filtered(lambda o: o.approval_state == DONE)

    def _get_open_overspend(self):
        """Return the last report of an overspend that isn't in effect.

        :raises UserError: when it waits for signatures
        """
        found = self.overspend_ids.filtered(lambda o: o.approval_state != DONE)[:1]
        if found and found.approval_state not in EDITABLE:
            found._check_approval_editable()
        return found
