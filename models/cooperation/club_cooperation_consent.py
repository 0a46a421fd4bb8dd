from odoo import fields, models

from .consents import OPENING, STEPS


class ClubCooperationConsent(models.Model):
    """That a body of the panel consents to a tender's opening or award. Rule C6.

    Written by the buttons and by nothing else. Whoever changes his mind gives another
    one: the earlier one stays as taken back, and so do all when bids or marks change.
    """

    _name = "club.cooperation.consent"
    _description = "Consent of the Tender Panel"
    _inherit = ["club.record.mixin"]
    _order = "cooperation_id, given_at, id"
    _rec_name = "body_id"

    _club_by_code = True
    _club_rewritable = ("is_taken_back",)

    cooperation_id = fields.Many2one(
        "club.cooperation",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="cooperation_id.company_id", store=True)
    step = fields.Selection(STEPS, "Opening or Award", required=True, readonly=True)
    body_id = fields.Many2one(
        "club.body", required=True, readonly=True, index=True, ondelete="restrict"
    )
    member_id = fields.Many2one(
        "res.users",
        "Panel Member",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Whose seat it is.",
    )
    user_id = fields.Many2one(
        "res.users", "Given by", required=True, readonly=True, ondelete="restrict"
    )
    given_at = fields.Datetime("Consent Given At", required=True, readonly=True)
    bid_id = fields.Many2one(
        "club.cooperation.bid",
        "Winning Bid",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reason = fields.Text("Why Not the Best Bid", readonly=True)
    is_taken_back = fields.Boolean("Taken Back", readonly=True)

    _body_uniq = models.UniqueIndex(
        "(cooperation_id, step, body_id) WHERE is_taken_back IS NOT TRUE",
        "The body has consented already.",
    )
    _award_bid = models.Constraint(
        f"CHECK(step = '{OPENING}' OR bid_id IS NOT NULL OR is_taken_back)",
        "A consent to an award names the bid.",
    )

    def _take_back(self):
        """Let them count no more; they stay as history."""
        self._write_guarded({"is_taken_back": True})
        self.flush_recordset(["is_taken_back"])  # before the next one is given
