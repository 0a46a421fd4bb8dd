from odoo import fields, models

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CONFIRMED,
    DECLINED,
    INVITED,
    PROPOSED,
)
from ..record.by_company import ByCompany
from ..record.day import check_day_has_come
from ..record.rpc import for_records
from .club_hosting_mixin import CANCELLED, HELD

STATES = [
    (PROPOSED, "Proposed"),
    (INVITED, "Invited"),
    (CONFIRMED, "Confirmed"),
    (DECLINED, "Declined"),
    (ATTENDED, "Attended"),
    (ABSENT, "Absent"),
]
ANY = tuple(state for state, _label in STATES)


class ClubRoundTableInvitee(models.Model):
    """A contact who is asked to a round table, and whether he came. Rule C7."""

    _name = "club.round.table.invitee"
    _description = "Invitee of a Round Table"
    _inherit = ["club.guest.mixin", "club.record.mixin"]
    _order = "round_table_id, account_id, id"
    _rec_name = "contact_id"
    _club_texts = ("note",)
    _club_copies = {"contact_id": ("note",)}
    _club_parent = _guest_list = "round_table_id"
    _club_free = ("note",)
    _guest_may_be_account = True

    round_table_id = fields.Many2one(
        "club.round.table", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="round_table_id.company_id", store=True)
    tier_id = ByCompany(
        related="account_id.club_tier_id", string="Membership Tier Today"
    )
    industry_id = fields.Many2one(related="account_id.industry_id")
    contact_function = fields.Char(related="contact_id.function", string="Job Position")
    state = fields.Selection(
        STATES, default=PROPOSED, required=True, readonly=True, copy=False, index=True
    )

    _contact_uniq = models.UniqueIndex(
        "(round_table_id, contact_id)", "This person is on the list already."
    )

    # === Buttons === #

    @for_records
    def action_invite(self):
        return self._set_state((PROPOSED, DECLINED), INVITED)

    @for_records
    def action_confirm(self):
        return self._set_state((PROPOSED, INVITED, DECLINED), CONFIRMED)

    @for_records
    def action_decline(self):
        return self._set_state((PROPOSED, INVITED, CONFIRMED), DECLINED)

    @for_records
    def action_attend(self):
        """He came, invited or not."""
        return self._set_state(ANY, ATTENDED)

    @for_records
    def action_miss(self):
        """He wasn't there."""
        return self._set_state(ANY, ABSENT)

    def _set_state(self, allowed, target, **values):
        """Bring invitees into a state while their table is prepared; who came to it is
        said from its day on, and put right after it. Rule C7.
        """
        self.check_access("write")  # a refusal names the table
        marks = target in (ATTENDED, ABSENT)
        for table in self.round_table_id:
            if table.state == CANCELLED or (table.state == HELD and not marks):
                raise table._get_closed_refusal()
            if marks:
                check_day_has_come(table, table.date_begin)
        return super()._set_state(allowed, target, **values)

    def _set_absent(self):
        """Mark those who had confirmed and of whom nobody said that they came."""
        missing = self.filtered(lambda invitee: invitee.state == CONFIRMED)
        missing._set_state((CONFIRMED,), ABSENT)
