from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..record.rpc import for_one
from .guards import CREATE_CARE_GUARDS

CAUSES = [
    ("request", "Request of the Person"),
    ("withdrawn", "Consent Withdrawn"),
    ("left", "Left the Account"),
    ("ended", "No Longer Needed"),
]


class ClubAnonymisation(models.Model):
    """That a person was anonymised: who did it, when and why; nothing of the person.

    Written by the dialog only; PostgreSQL refuses to change or delete a line.
    """

    _name = "club.anonymisation"
    _description = "Anonymisation"
    _inherit = ["club.record.mixin"]
    _order = "id desc"
    _club_by_code = True

    # A plain number: the trace stays whatever becomes of the contact.
    contact_number = fields.Integer(
        required=True, readonly=True, index=True, aggregator=None
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", "Done by", required=True, readonly=True, ondelete="restrict"
    )
    done_at = fields.Datetime("Done On", required=True, readonly=True)
    cause = fields.Selection(CAUSES, "Reason", required=True, readonly=True)
    reference = fields.Char(
        "Reference of the Request",
        required=True,
        readonly=True,
        help="Number under which the request was filed.",
    )
    was_account = fields.Boolean(
        readonly=True, help="The person was an account itself: its ledger stays."
    )
    entry_count = fields.Integer("Points Entries Kept", readonly=True)
    profile_count = fields.Integer("Profiles Erased", readonly=True)
    message_count = fields.Integer("Messages Emptied", readonly=True)
    value_count = fields.Integer("Logged Changes Erased", readonly=True)
    file_count = fields.Integer("Files Deleted", readonly=True)
    text_count = fields.Integer(
        "Other Texts Corrected",
        readonly=True,
        help="Opportunities, messages and other texts that named the person.",
    )

    def init(self):
        self.env.cr.execute(CREATE_CARE_GUARDS)

    @api.depends("contact_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for done in self:
            done.display_name = self._get_neutral_name(done.contact_number)

    @api.model
    def _get_neutral_name(self, number):
        return self.env._("Anonymised contact %s", str(number))

    def _refusal(self):
        return AccessError(
            self.env._("The log of anonymisations is written by the dialog only.")
        )

    # === Actions === #

    @for_one
    def action_open_contact(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.contact_number,
            "views": [[False, "form"]],
        }
