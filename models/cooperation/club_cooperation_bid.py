from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..record.lock import is_open
from ..record.names import add_remark
from .tender import OPEN, Tender

# What may change once marks were given: that it doesn't count, and why.
OPEN_TO_CHANGE = {"is_disqualified", "disqualification_reason"}


class ClubCooperationBid(models.Model):
    """What a supplier asks for in a tender. Fixed once it is awarded. Rule C6."""

    _name = "club.cooperation.bid"
    _description = "Bid"
    _inherit = ["club.record.mixin"]
    _order = "cooperation_id, rank, id"
    _rec_name = "partner_id"
    _club_parent = "cooperation_id"

    cooperation_id = fields.Many2one(
        "club.cooperation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="cooperation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    # Not unique within the tender by an index: merging two bidders would fail on it.
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    amount = fields.Monetary("Bid", required=True)
    date = fields.Date(
        "Received", required=True, default=lambda self: self.env.company._club_today()
    )
    document = fields.Binary(attachment=True)
    document_name = fields.Char()
    note = fields.Char()
    is_disqualified = fields.Boolean("Disqualified")
    disqualification_reason = fields.Char("Why Disqualified")
    score_ids = fields.One2many("club.cooperation.score", "bid_id", "Scores")
    score = fields.Float(
        digits=(5, 2), readonly=True, copy=False, help="The weighted mean of all marks."
    )
    rank = fields.Integer(readonly=True, copy=False)

    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e12)",
        "A bid names an amount: enter how much, to two decimals.",
    )
    _disqualified = models.Constraint(
        "CHECK(NOT coalesce(is_disqualified, false)"
        " OR length(trim(coalesce(disqualification_reason, ''))) > 0)",
        "Say why the bid is disqualified.",
    )

    @api.depends("partner_id", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for bid in self:
            amount = bid.currency_id.format(bid.amount) if bid.currency_id else ""
            # sudo: the panel need not read all suppliers
            name = bid.partner_id.sudo().display_name or ""
            bid.display_name = add_remark(self.env, name, amount)

    @api.constrains("partner_id", "cooperation_id")
    def _check_partner_id(self):
        for bid in self:
            others = bid.cooperation_id.bid_ids - bid
            if bid.partner_id in others.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(supplier)s has a bid for %(cooperation)s already.",
                        supplier=bid.partner_id.display_name,
                        cooperation=bid.cooperation_id.name,
                    )
                )

    # === Created, written, deleted === #

    def _club_after_create(self):
        super()._club_after_create()
        for cooperation in self.cooperation_id:
            if cooperation.tender_state == OPEN:
                Tender(cooperation).make_scores()
        self._drop_award_consents()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not is_open(self.env):
            self._drop_award_consents()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if set(vals) - OPEN_TO_CHANGE:
            self._check_not_scored()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_not_scored()
        self._drop_award_consents()

    def _drop_award_consents(self):
        """Who consented to an award did so among the bids as they were. Rule C6."""
        for cooperation in self.cooperation_id:
            Tender(cooperation).consents.drop_awards()

    @api.model
    def _check_files_open(self, files):
        """Refuse to change bids that were scored or decided by their files."""
        result = super()._check_files_open(files)
        self.browse(files.mapped("res_id")).exists()._check_not_scored()
        return result

    def _check_not_scored(self):
        """Refuse to change what was scored."""
        for bid_sudo in self.sudo():  # the marks may be hidden from the user
            if any(bid_sudo.score_ids.mapped("scored_at")):
                raise UserError(
                    self.env._(
                        "The bid of %(supplier)s for %(cooperation)s has been scored: "
                        "disqualify it and say why, if it doesn't hold.",
                        supplier=bid_sudo.partner_id.display_name,
                        cooperation=bid_sudo.cooperation_id.name,
                    )
                )

    def _get_unscored(self, members):
        """Return who of a panel hasn't given his marks of one of the bids.

        :param members: ids of users, whose seats they are
        """
        # Not by `score_ids`, whose cache would be left with rows hidden from the user.
        scores_sudo = self.env["club.cooperation.score"].sudo()
        given = scores_sudo._read_group(
            [("bid_id", "in", self.ids), ("scored_at", "!=", False)],
            ["bid_id"],
            ["member_id:array_agg"],
        )
        of_bid = {bid.id: set(ids) for bid, ids in given}
        missing = {m for bid in self.ids for m in members - of_bid.get(bid, set())}
        return self.env["res.users"].browse(sorted(missing))
