from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..record.lock import is_open
from ..record.rpc import for_records
from .club_cooperation import OPEN

# What may change once marks were given: that it doesn't count, and why.
OPEN_TO_CHANGE = {"is_disqualified", "disqualification_reason"}


class ClubCooperationBid(models.Model):
    """What a supplier asks for in a tender. Fixed once it is awarded. Rule C6."""

    _name = "club.cooperation.bid"
    _description = "Bid"
    _inherit = ["club.record.mixin"]
    _order = "cooperation_id, rank, id"
    _rec_name = "partner_id"
    _check_company_auto = True
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
            name = bid.partner_id.sudo().display_name or ""
            bid.display_name = f"{name} ({amount})"

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

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        bids = super().create(vals_list)
        bids._check_editable()
        bids.cooperation_id._drop_award_consents()
        bids.cooperation_id.filtered(lambda c: c.tender_state == OPEN)._make_scores()
        return bids

    @for_records
    def write(self, vals):
        self._check_editable(vals)
        result = super().write(vals)
        if "cooperation_id" in vals:
            self._check_editable(vals)
        if not is_open(self.env):
            self.cooperation_id._drop_award_consents()
        return result

    @for_records
    def unlink(self):
        self._check_editable({"cooperation_id": False})
        self.cooperation_id._drop_award_consents()
        # By the ORM, so that what was scored is told of.
        self.sudo().score_ids.unlink()
        return super().unlink()

    @api.model
    def _check_files_open(self, files):
        """Refuse to change bids that were scored or decided by their files."""
        bids = self.browse(files.mapped("res_id")).exists()
        bids._check_editable({"document"})

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

    def _check_editable(self, vals=()):
        """Refuse to change a tender that is decided, or what was scored."""
        if is_open(self.env):
            return
        for bid in self:
            bid.cooperation_id.sudo()._check_tender_editable()
            scored = any(bid.sudo().score_ids.mapped("scored_at"))
            if scored and set(vals) - OPEN_TO_CHANGE:
                raise UserError(
                    self.env._(
                        "The bid of %(supplier)s for %(cooperation)s has been scored: "
                        "disqualify it and say why, if it doesn't hold.",
                        supplier=bid.partner_id.display_name,
                        cooperation=bid.cooperation_id.name,
                    )
                )
