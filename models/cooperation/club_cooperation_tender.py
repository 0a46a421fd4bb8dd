"""The tender: its panel, its bids, its scores. Rule C6."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...kernel import tender
from ..approval.club_body import BODY
from ..approval.states import DONE, EDITABLE
from ..record.lock import is_open
from ..record.rpc import for_records
from .club_cooperation import AWARDED, NONE, OPEN
from .club_program import AFTER, CRITERIA, WEIGHTS

PANEL = "tender"  # the code of its body


class ClubCooperation(models.Model):
    _inherit = "club.cooperation"

    is_on_panel = fields.Boolean(
        "I Sit on Its Panel",
        compute="_compute_is_on_panel",
        search="_search_is_on_panel",
        help="I hold a seat of the tender panel today, or stand in for somebody who "
        "does, and there is a tender.",
    )
    is_tender_fixed = fields.Boolean(
        "Bids Are Fixed", compute="_compute_is_tender_fixed", compute_sudo=True
    )
    unscored_names = fields.Char(
        "Still to Score", compute="_compute_unscored_names", compute_sudo=True
    )

    # === Computes === #

    @api.depends("tender_state", "company_id")
    @api.depends_context("uid")
    def _compute_is_on_panel(self):
        domain = Domain("is_on_panel", "=", True) & Domain("id", "in", self.ids)
        mine = self.sudo().with_context(active_test=False).search(domain)
        for cooperation in self:
            cooperation.is_on_panel = cooperation._origin in mine

    def _search_is_on_panel(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = [company for company, _seats in self._get_own_seats()]
        return Domain("tender_state", "!=", NONE) & Domain(
            "company_id", "in", [company.id for company in companies]
        )

    @api.depends("tender_state", "score_ids.scored_at", "bid_ids.is_disqualified")
    def _compute_unscored_names(self):
        for cooperation in self:
            left = self.env["res.users"]
            if cooperation.tender_state == OPEN:
                left = cooperation._get_unscored()
            cooperation.unscored_names = ", ".join(left.mapped("name"))

    @api.depends("tender_state", "tender_order", "approval_state")
    def _compute_is_tender_fixed(self):
        for cooperation in self:
            state = cooperation.approval_state
            after = cooperation.tender_order == AFTER and state != DONE
            cooperation.is_tender_fixed = cooperation.tender_state == AWARDED or not (
                after or state in EDITABLE
            )

    # === CRUD === #

    @for_records
    def write(self, vals):
        if set(vals) & set(WEIGHTS) and not is_open(self.env):
            for cooperation in self.filtered(lambda c: c.tender_state != NONE):
                raise UserError(
                    self.env._(
                        "The tender of %s has been opened: what bids are marked by "
                        "stays as it is.",
                        cooperation.name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_tender(self):
        for cooperation in self.filtered(lambda c: c.tender_state != NONE):
            raise UserError(
                self.env._(
                    "%s has a tender: it stays with its bids as history.",
                    cooperation.name,
                )
            )

    # === Panel === #

    @api.model
    def _get_own_seats(self):
        """Return where the user sits on the panel today: [(company, seats' users)]."""
        bodies_sudo = self.env["club.body"].sudo()
        found = []
        for company in self.env.user.company_ids:
            panel = bodies_sudo.search(
                [("code", "=", PANEL), ("company_id", "=", company.id)]
            )
            today = self.env["club.program"].with_company(company)._today()
            seats = {
                seat_user
                for key, seat_user in bodies_sudo._get_holdings(self.env.user, today)
                if key == (BODY, panel.id)
            }
            if seats:
                found.append((company, seats))
        return found

    def _find_panels(self):
        """Return who may score each today: holders of seats, but applicant and author.

        The panels are read once, however many tenders there are.
        """
        panels_sudo = (
            self.env["club.body"]
            .sudo()
            .search([("code", "=", PANEL), ("company_id", "in", self.company_id.ids)])
        )
        by_company = {
            panel.company_id: holders
            for panel, holders in panels_sudo._get_holders_today().items()
        }
        requests_sudo = self.env["club.approval.request"].sudo()
        found = {}
        for cooperation in self.sudo():
            barred = {
                cooperation.create_uid.id,
                cooperation.approval_request_id.applicant_id.id,
            }
            holders = by_company.get(cooperation.company_id, [])
            found[cooperation.id] = requests_sudo._filter_able(holders, barred)
        return found

    def _find_panel(self):
        """Return who may score today."""
        self.ensure_one()
        return self._find_panels()[self.id]

    def _get_panel(self):
        """Return the same as `_find_panel`.

        :raises UserError: when there is nobody
        """
        found = self._find_panel()
        if not found:
            raise UserError(
                self.env._(
                    "%(cooperation)s has no tender panel: seat key accounts, finance "
                    "and office in the body with the code “%(code)s”.",
                    cooperation=self.name,
                    code=PANEL,
                )
            )
        return found

    def _check_on_panel(self):
        """Let members of the panel decide, and nobody who applied. Rule E2."""
        self.ensure_one()
        if self.env.uid not in {holder.user_id for holder in self._get_panel()}:
            raise AccessError(
                self.env._(
                    "The tender of %s is decided by its panel, and by nobody who "
                    "applied.",
                    self.name,
                )
            )

    # === Opening === #

    @for_records
    def action_open_tender(self):
        """Ask the panel to open the tender; its members are told. Rule C6.

        :raises UserError: when one of the panel's bodies has nobody on it
        """
        self = self._without_client_context()
        self.check_access("write")
        self._hold()
        for cooperation in self:
            cooperation._check_tender_editable()
            cooperation._get_panel()
            if not any(cooperation._get_weights().values()):
                raise UserError(
                    self.env._(
                        "%s says nothing of what bids are marked by: give a criterion "
                        "a weight.",
                        cooperation.name,
                    )
                )
            if cooperation.tender_state == OPEN:
                # Whoever has joined the panel since marks the bids, too.
                cooperation._make_scores()
                cooperation._ask_panel()
            else:
                cooperation._ask_to_open()
        return True

    def _check_tender_editable(self):
        """Refuse to touch a tender that is decided, or was submitted along. C6."""
        self.ensure_one()
        if self.tender_state == AWARDED:
            raise UserError(
                self.env._(
                    "The tender of %s is decided: bids and scores stay as they are.",
                    self.name,
                )
            )
        if self.is_tender_fixed:
            self._check_approval_editable()

    def _make_scores(self):
        """Give each member of the panel a row for each bid, unless he has one."""
        scores_sudo = self.env["club.cooperation.score"].sudo()
        for cooperation in self:
            known = {
                (score.bid_id, score.member_id.id)
                for score in cooperation.sudo().score_ids
            }
            members = dict.fromkeys(h.seat_user_id for h in cooperation._get_panel())
            scores_sudo._create_guarded(
                [
                    {"bid_id": bid.id, "member_id": member}
                    for bid in cooperation.sudo().bid_ids
                    for member in members
                    if (bid, member) not in known
                ]
            )

    # === Ranking === #

    def _get_valid_bids(self):
        return self.sudo().bid_ids.filtered(lambda bid: not bid.is_disqualified)

    def _get_unscored(self):
        """Return whose marks of a bid are still missing."""
        self.ensure_one()
        members = {holder.seat_user_id for holder in self._find_panel()}
        return self._get_valid_bids()._get_unscored(members)

    def _find_disclosed_bids(self):
        """Return the bids of open tenders whose marks may be read by others. Rule E2.

        All of the panel have given all of theirs. A bid that was disqualified before
        that keeps its marks to itself: taking it out and in again would tell them.
        """
        panels = self._find_panels()
        bids_sudo = self.env["club.cooperation.bid"].sudo()
        disclosed = bids_sudo
        # Few tenders are open at a time.
        for cooperation in self:
            members = {holder.seat_user_id for holder in panels[cooperation.id]}
            bids = bids_sudo.search([("cooperation_id", "=", cooperation.id)])
            valid = bids.filtered(lambda bid: not bid.is_disqualified)
            if members and not valid._get_unscored(members):
                disclosed |= valid
                disclosed |= (bids - valid).filtered(
                    lambda bid, members=members: not bid._get_unscored(members)
                )
        return disclosed

    def _rank(self):
        """Return the kernel's places of the bids that aren't disqualified."""
        self.ensure_one()
        weights = {
            name: Decimal(weight) for name, weight in self._get_weights().items()
        }
        bids = [
            tender.Bid(
                bid.id,
                Decimal(str(bid.amount)),
                tuple(
                    {name: Decimal(str(score[f"mark_{name}"])) for name in CRITERIA}
                    for score in bid.score_ids.filtered("scored_at")
                ),
            )
            for bid in self._get_valid_bids()
        ]
        return tender.rank(weights, bids)

    def _get_tender_content(self):
        """Return what is signed of a tender that came first."""
        self.ensure_one()
        return {
            "winner": self.winner_id.id,
            "deviation": self.deviation_reason or "",
            "bids": [
                [bid.id, bid.partner_id.id, f"{bid.amount:.2f}", bid.is_disqualified]
                + [f"{bid.score:.2f}", bid.rank]
                for bid in self.bid_ids.sorted("id")
            ],
        }

    def _hold(self):
        """Hold the rows until the transaction ends: who waited starts anew."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_cooperation SET write_date = write_date WHERE id IN ("
            "SELECT id FROM club_cooperation WHERE id = ANY(%s) ORDER BY id"
            " FOR NO KEY UPDATE)",
            [self.ids],
        )
        self.invalidate_recordset()
