from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..record.lock import is_open
from .club_program import CRITERIA
from .tender import OPEN, Tender, find_disclosed_bids, get_own_seats

MARKS = tuple(f"mark_{name}" for name in CRITERIA)


class ClubCooperationScore(models.Model):
    """What a member of the panel thinks of a bid, 0 to 100 by criterion. Rule C6.

    Rows come with the tender; each member, or who stands in for him, fills in his own.

    It has no `_club_parent`: the panel writes neither bids nor requests.
    """

    _name = "club.cooperation.score"
    _description = "Score of a Bid"
    _inherit = ["club.record.mixin"]
    _order = "bid_id, id"
    _rec_name = "bid_id"

    bid_id = fields.Many2one(
        "club.cooperation.bid",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    cooperation_id = fields.Many2one(
        related="bid_id.cooperation_id", store=True, index=True
    )
    company_id = fields.Many2one(related="bid_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(related="bid_id.amount", string="Amount of the Bid")
    tender_state = fields.Selection(related="cooperation_id.tender_state")
    member_id = fields.Many2one(
        "res.users",
        "Panel Member",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose seat it is.",
    )
    mark_price = fields.Integer("Price")
    mark_quality = fields.Integer("Quality")
    mark_service = fields.Integer("Service")
    mark_references = fields.Integer("References")
    note = fields.Char()
    scored_at = fields.Datetime(readonly=True)
    scored_by_id = fields.Many2one("res.users", readonly=True)
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Mine to fill in today: my seat, or one for which I stand in.",
    )

    is_disclosed = fields.Boolean(
        compute="_compute_is_disclosed",
        search="_search_is_disclosed",
        help="Others may read it: the whole panel has given its marks.",
    )

    _marks = models.Constraint(
        f"CHECK(least({', '.join(MARKS)}) >= 0"
        f" AND greatest({', '.join(MARKS)}) <= 100)",
        "A mark is from 0 to 100.",
    )
    _member_uniq = models.UniqueIndex(
        "(bid_id, member_id)", "This member has a score for the bid already."
    )

    @api.depends("member_id", "company_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        # sudo: one's own, by the domain
        domain = Domain("is_mine", "=", True) & Domain("id", "in", self.ids)
        mine = self.sudo().search(domain)
        for score in self:
            score.is_mine = score._origin in mine

    def _search_is_mine(self, operator, value):
        """Return the rows of one's seats, but for requests of one's own."""
        if operator != "in":
            return NotImplemented
        seats = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("member_id", "in", users)
            for company, users in get_own_seats(self.env)
        )
        return seats & Domain("cooperation_id.create_uid", "!=", self.env.uid)

    @api.depends("cooperation_id.tender_state", "bid_id.score_ids.scored_at")
    @api.depends_context("uid")
    def _compute_is_disclosed(self):
        # sudo: those that all may read, by the domain
        domain = Domain("is_disclosed", "=", True) & Domain("id", "in", self.ids)
        disclosed = self.sudo().search(domain)
        for score in self:
            score.is_disclosed = score._origin in disclosed

    def _search_is_disclosed(self, operator, value):
        """Return the rows of tenders that aren't open, or that all have marked. E2."""
        if operator != "in":
            return NotImplemented
        tenders_sudo = self.env["club.cooperation"].sudo()
        open_sudo = tenders_sudo.search(
            [
                ("tender_state", "=", OPEN),
                ("company_id", "in", self.env.user.company_ids.ids),
            ]
        )
        given = find_disclosed_bids(open_sudo)
        return Domain("cooperation_id.tender_state", "!=", OPEN) | Domain(
            "bid_id", "in", given.ids
        )

    # === Created, written, deleted === #

    def _club_prepare(self, values, is_new=False):
        """Note who has given marks, and when."""
        values = super()._club_prepare(values, is_new=is_new)
        if is_new or is_open(self.env) or self.env.su or not set(values) & set(MARKS):
            return values
        given = {"scored_at": fields.Datetime.now(), "scored_by_id": self.env.uid}
        return {**values, **given}

    def _club_check_write(self, vals):
        """Ask who may give these marks; what changes once all are known is told."""
        super()._club_check_write(vals)
        if self.env.su:
            return
        self._check_can_score()
        if set(vals) & set(MARKS):
            self.filtered("is_disclosed")._log_late_marks()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if set(vals) & set(MARKS):
            for cooperation in self.cooperation_id:
                Tender(cooperation).consents.drop_awards()

    def _log_late_marks(self):
        """Tell who changes marks though he may have read the others'."""
        for score in self:
            # sudo: the panel need not read the request
            score.cooperation_id.sudo()._message_log(
                body=self.env._(
                    "%(user)s changed the marks of %(supplier)s after the whole panel "
                    "had given theirs.",
                    user=self.env.user.name,
                    supplier=score.bid_id.sudo().partner_id.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_scored(self):
        for score in self:
            if score.scored_at:
                raise UserError(
                    self.env._(
                        "%s has been scored: it stays as it is.",
                        score.bid_id.display_name,
                    )
                )

    def _check_can_score(self):
        """Let everybody write his own marks only, while the tender is open. Rule E2."""
        self.check_access("write")
        for score in self:
            # sudo: who sits on the panel need not read the request
            cooperation_sudo = score.cooperation_id.sudo()
            tender = Tender(cooperation_sudo)
            tender.check_editable()
            if cooperation_sudo.tender_state != OPEN:
                raise UserError(
                    self.env._("The tender of %s isn't open.", cooperation_sudo.name)
                )
            holders = tender.get_panel()
            own = {h.seat_user_id for h in holders if h.user_id == self.env.uid}
            if score.member_id.id not in own:
                raise AccessError(
                    self.env._(
                        "The marks of %s are given by nobody else.",
                        score.member_id.sudo().name,  # a colleague's
                    )
                )
