"""The award: the best bid, or another one for a reason. Rule C6."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..approval.states import APPROVED
from ..record.rpc import for_one, for_records, is_id, to_reason
from .club_cooperation import AWARDED, OPEN
from .club_cooperation_consent import AWARD
from .club_program import AFTER, BEFORE


class ClubCooperation(models.Model):
    _inherit = "club.cooperation"

    @for_one
    def action_award(self, bid_id, reason=None):
        """Consent to a bid as the winner: the best one, or another for a reason.

        Once all bodies of the panel consent to the same one, the tender is decided.
        Where the request is signed first and waits for its tender, it takes effect.

        :param bid_id: id of one of the bids
        :param reason: why not the best one
        :raises UserError: with too few bids, missing scores, or no reason
        """
        self = self._without_client_context()
        self.check_access("read")
        self._hold()
        self._check_on_panel()
        bid = self.sudo().bid_ids.filtered(lambda b: is_id(bid_id) and b.id == bid_id)
        reason = to_reason(reason) or self.sudo()._get_reason(bid)
        self._check_can_award(bid, reason)
        if not self._give_consent(AWARD, bid, reason):
            return True
        self.sudo()._do_award(bid, reason)
        if self.tender_order == AFTER and self.sudo().approval_state == APPROVED:
            self._approval_carry_out()
        return True

    def _get_reason(self, bid):
        """Return why others of the panel prefer a bid to the best one."""
        given = self._get_consents(AWARD).filtered(lambda c: c.bid_id == bid)
        return next(filter(None, given.mapped("reason")), None)

    def _check_can_award(self, bid, reason):
        """Refuse what isn't a decided tender. Rule C6."""
        self.sudo()._check_tender_editable()
        if self.tender_state != OPEN:
            raise UserError(self.env._("The tender of %s isn't open yet.", self.name))
        valid = self._get_valid_bids()
        if len(valid.partner_id.commercial_partner_id) < self.tender_bids:
            raise UserError(
                self.env._(
                    "%(cooperation)s has %(count)s valid bids: a tender needs "
                    "%(needed)s from different suppliers, or the request says why "
                    "there is none.",
                    cooperation=self.name,
                    count=len(valid.partner_id.commercial_partner_id),
                    needed=self.tender_bids,
                )
            )
        if bid not in valid:
            raise UserError(
                self.env._(
                    "Choose one of the bids of %s that aren't disqualified.", self.name
                )
            )
        self._make_scores()
        missing = self._get_unscored()
        if missing:
            raise UserError(
                self.env._(
                    "%(cooperation)s isn't scored by %(members)s yet.",
                    cooperation=self.name,
                    members=", ".join(missing.sudo().mapped("name")),
                )
            )
        best = {place.key for place in self._rank() if place.rank == 1}
        if bid.id not in best and not reason:
            raise UserError(
                self.env._(
                    "%(supplier)s doesn't have the best bid for %(cooperation)s: say "
                    "why it wins.",
                    supplier=bid.partner_id.display_name,
                    cooperation=self.name,
                )
            )

    def _do_award(self, bid, reason):
        """Keep the ranking with the bids; a request to come follows the winner."""
        places = {place.key: place for place in self._rank()}
        for number, place in places.items():
            self.bid_ids.browse(number)._write_guarded(
                {"score": float(place.score), "rank": place.rank}
            )
        values = {
            "tender_state": AWARDED,
            "winner_id": bid.id,
            "deviation_reason": reason if places[bid.id].rank > 1 else False,
            "awarded_at": fields.Datetime.now(),
            "awarded_by_id": self.env.uid,
        }
        if self.tender_order == BEFORE:
            values |= {"partner_id": bid.partner_id.id, "amount": bid.amount}
        self._write_guarded(values)
        # sudo: they are the to-dos of the whole panel
        self.sudo().activity_unlink(["crm_club.mail_act_club_tender"])
        self._message_log(
            body=self.env._(
                "The tender went to %(supplier)s for %(amount)s.",
                supplier=bid.partner_id.display_name,
                amount=self._format_amount(bid.amount),
            )
        )

    @for_records
    def action_reopen_tender(self):
        """Take an award back while its request may still be changed."""
        self = self._without_client_context()
        self.check_access("write")
        self._hold()
        for cooperation in self:
            cooperation._check_approval_editable()
            if cooperation.tender_state != AWARDED:
                raise UserError(
                    self.env._("The tender of %s isn't decided.", cooperation.name)
                )
            cooperation.sudo()._write_guarded(
                {
                    "tender_state": OPEN,
                    "winner_id": False,
                    "deviation_reason": False,
                    "awarded_at": False,
                    "awarded_by_id": False,
                }
            )
            # Whoever joins the panel now gives his marks without knowing the others'.
            cooperation.sudo().bid_ids._write_guarded({"score": 0, "rank": 0})
            cooperation._drop_award_consents()
            cooperation._message_log(body=self.env._("The tender is open again."))
            cooperation._ask_panel()
        return True

    @for_one
    def action_open_award(self):
        """Open the dialog in which the panel decides."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Award"),
            "res_model": "club.tender.award",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_cooperation_id": self.id},
        }

    @for_one
    def action_open_scores(self):
        """Show the marks that the user gives."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_cooperation_score_action"
        )
        domain = [("cooperation_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}
