from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.day import check_day_has_come
from ..record.rpc import for_records
from .club_hosting_mixin import CANCELLED, HELD

PROPOSED, INVITED, ACCEPTED = "proposed", "invited", "accepted"
DECLINED, ATTENDED, ABSENT = "declined", "attended", "absent"
STATES = [
    (PROPOSED, "Proposed"),
    (INVITED, "Invited"),
    (ACCEPTED, "Accepted"),
    (DECLINED, "Declined"),
    (ATTENDED, "Attended"),
    (ABSENT, "Absent"),
]

# Which of two rows of one person stays.
FURTHEST = (ATTENDED, ACCEPTED, ABSENT, INVITED, PROPOSED, DECLINED)


class ClubRoundTableInvitee(models.Model):
    """A contact who is asked to a round table, and whether he came. Rule C7."""

    _name = "club.round.table.invitee"
    _description = "Invitee of a Round Table"
    _inherit = ["club.guest.mixin", "club.record.mixin"]
    _order = "round_table_id, account_id, id"
    _rec_name = "contact_id"
    _check_company_auto = True
    _club_parent = _guest_list = "round_table_id"
    _club_free = ("note",)

    round_table_id = fields.Many2one(
        "club.round.table", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="round_table_id.company_id", store=True)
    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    tier_id = fields.Many2one(
        related="account_id.club_tier_id", string="Membership Tier Today"
    )
    industry_id = fields.Many2one(related="account_id.industry_id")
    contact_function = fields.Char(related="contact_id.function", string="Job Position")
    state = fields.Selection(
        STATES, default=PROPOSED, required=True, readonly=True, copy=False, index=True
    )
    note = fields.Char()

    _contact_uniq = models.UniqueIndex(
        "(round_table_id, contact_id)", "This person is on the list already."
    )

    @api.depends("contact_id")
    def _compute_account_id(self):
        for invitee in self:
            invitee.account_id = invitee.contact_id.commercial_partner_id

    # === Buttons === #

    @for_records
    def action_invite(self):
        return self._set_state((PROPOSED, DECLINED), INVITED)

    @for_records
    def action_accept(self):
        return self._set_state((PROPOSED, INVITED, DECLINED), ACCEPTED)

    @for_records
    def action_decline(self):
        return self._set_state((PROPOSED, INVITED, ACCEPTED), DECLINED)

    @for_records
    def action_attended(self):
        """He came, invited or not."""
        return self._set_state([state for state, _label in STATES], ATTENDED)

    @for_records
    def action_absent(self):
        return self._set_state([state for state, _label in STATES], ABSENT)

    def _set_state(self, allowed, state):
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        marks = state in (ATTENDED, ABSENT)
        for invitee in self:
            table = invitee.round_table_id
            if table.state == CANCELLED or (table.state == HELD and not marks):
                raise table._get_closed_refusal()
            if marks:
                check_day_has_come(table, table.date_begin)
            if invitee.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(contact)s is %(state)s and can't become %(target)s.",
                        contact=invitee.contact_id.display_name,
                        state=labels[invitee.state],
                        target=labels[state],
                    )
                )
        self._write_guarded({"state": state})
        return True

    def _set_absent(self):
        """Mark those who had accepted and of whom nobody said that they came."""
        missing = self.filtered(lambda invitee: invitee.state == ACCEPTED)
        missing._write_guarded({"state": ABSENT})

    # === Merging contacts === #

    def _get_merge_rank(self):
        return FURTHEST.index(self.state)

    def _give_up_place(self, kept):
        kept._write_guarded(
            {"note": kept.note or next(filter(None, self.mapped("note")), False)}
        )
        self.round_table_id._log_merge(self, kept)
