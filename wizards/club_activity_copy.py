from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.activity.again import prepare_again, propose_begin
from ..models.guest.again import find_contacts_again
from ..models.record.rpc import for_one, without_client_context


class ClubActivityCopy(models.TransientModel):
    """The dialog in which an activity is held again, as a new draft. Rules C2, C4."""

    _name = "club.activity.copy"
    _description = "Hold an Activity Again"
    _inherit = ["club.guard.mixin"]

    activity_id = fields.Many2one("club.activity", required=True, ondelete="cascade")
    theme = fields.Char(
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_begin = fields.Datetime(
        "Begins",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Proposed for the same weekday and hour. Its end and its programme move "
        "along.",
    )
    with_costs = fields.Boolean("Estimated Costs", default=True)
    with_programme = fields.Boolean("Programme", default=True)
    with_guests = fields.Boolean(
        "Guests to Propose",
        default=True,
        help="Nobody is invited: once the new activity is approved, those who are "
        "entitled and can be reached by then come first among whom to propose.",
    )
    cost_count = fields.Integer(compute="_compute_counts")
    programme_count = fields.Integer(compute="_compute_counts")
    guest_count = fields.Integer(compute="_compute_counts")

    @api.depends("activity_id")
    def _compute_proposal(self):
        for dialog in self:
            activity = dialog.activity_id
            dialog.theme = activity.theme
            dialog.date_begin = activity and propose_begin(activity)

    @api.depends("activity_id")
    def _compute_counts(self):
        for dialog in self:
            activity = dialog.activity_id
            dialog.cost_count = len(activity.cost_ids)
            dialog.programme_count = len(activity.programme_ids)
            dialog.guest_count = activity and len(find_contacts_again(activity))

    @for_one
    def action_copy(self):
        """Draw up the draft, and open it.

        :raises ValidationError: when it would begin in the past
        """
        activity = without_client_context(self.activity_id)
        activity.check_access("read")
        if self.date_begin <= fields.Datetime.now():
            raise ValidationError(
                self.env._(
                    "“%s” can't be held again in the past: choose when it begins.",
                    self.theme,
                )
            )
        values = prepare_again(
            activity,
            self.date_begin,
            with_costs=self.with_costs,
            with_programme=self.with_programme,
        )
        draft = activity.create({**values, "theme": self.theme})
        if self.with_guests:
            draft._write_guarded({"guests_from_id": activity.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": draft._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }
