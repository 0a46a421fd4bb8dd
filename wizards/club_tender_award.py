from odoo import api, fields, models

from ..models.cooperation.tender import Tender
from ..models.record.rpc import for_one


class ClubTenderAward(models.TransientModel):
    """The panel decides a tender: it sees the ranking. Rule C6."""

    _name = "club.tender.award"
    _description = "Award"
    _inherit = ["club.guard.mixin"]

    cooperation_id = fields.Many2one(
        "club.cooperation", required=True, ondelete="cascade"
    )
    bid_id = fields.Many2one(
        "club.cooperation.bid",
        "Winning Bid",
        compute="_compute_ranking",
        store=True,
        readonly=False,
        domain="[('cooperation_id', '=', cooperation_id),"
        " ('is_disqualified', '=', False)]",
        ondelete="cascade",
    )
    ranking = fields.Text(compute="_compute_ranking", store=True)
    is_best = fields.Boolean(compute="_compute_is_best")
    reason = fields.Text("Why Not the Best Bid")
    unscored_names = fields.Char("Still to Score", compute="_compute_unscored_names")

    @api.depends("cooperation_id")
    @api.depends_context("uid")
    def _compute_unscored_names(self):
        """Tell whoever may read the contract: its id comes from the client."""
        for award in self:
            cooperation = award.cooperation_id
            may_read = cooperation.has_access("read")
            award.unscored_names = may_read and cooperation.unscored_names

    @api.depends("cooperation_id")
    def _compute_ranking(self):
        for award in self:
            cooperation = award.cooperation_id
            places = award._get_places()
            bids_sudo = cooperation.bid_ids.sudo()
            award.ranking = "\n".join(
                f"{place.rank}. {bids_sudo.browse(place.key).display_name}: "
                f"{place.score}"
                for place in places
            )
            award.bid_id = places[0].key if places else False

    @api.depends("bid_id", "cooperation_id")
    def _compute_is_best(self):
        for award in self:
            best = {place.key for place in award._get_places() if place.rank == 1}
            award.is_best = award.bid_id.id in best

    def _get_places(self):
        """Return the ranking to the panel, once all have given their marks: nobody
        reads the others' before that.
        """
        cooperation_sudo = self.cooperation_id.sudo()
        if not cooperation_sudo.is_on_panel or Tender(cooperation_sudo).get_unscored():
            return []
        return Tender(cooperation_sudo).rank()

    @for_one
    def action_award(self):
        """Decide the tender for the bid that was chosen."""
        self.cooperation_id.action_award(self.bid_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
