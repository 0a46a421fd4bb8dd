from odoo import api, fields, models

from ..models.rpc import for_one


class ClubTenderAward(models.TransientModel):
    """The panel decides a tender: it sees the ranking. Rule C6."""

    _name = "club.tender.award"
    _description = "Award"

    cooperation_id = fields.Many2one(
        "club.cooperation", required=True, readonly=True, ondelete="cascade"
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
    unscored_names = fields.Char(related="cooperation_id.unscored_names")

    @api.depends("cooperation_id")
    def _compute_ranking(self):
        for award in self:
            cooperation = award.cooperation_id
            places = []
            if cooperation and cooperation.is_on_panel:
                places = cooperation._rank()
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
            cooperation = award.cooperation_id
            places = cooperation._rank() if cooperation.is_on_panel else []
            best = {place.key for place in places if place.rank == 1}
            award.is_best = award.bid_id.id in best

    @for_one
    def action_award(self):
        """Decide the tender for the bid that was chosen."""
        self.cooperation_id.action_award(self.bid_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
