"""The tender of a cooperation: its panel, its scores, its award. Rule C6."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

from ...kernel import tender
from ...kernel.written import get_written
from ..approval.club_body import BODY
from ..approval.turns import filter_able
from ..record.mail_message import BY_SYSTEM
from ..record.names import join
from ..record.reader import as_reader
from ..record.rpc import to_reason
from .club_program import AFTER, BEFORE, CRITERIA
from .consents import AWARD, OPENING, PANEL, Consents

# None, the panel is to open it, bids are scored, decided.
NONE, ASKED, OPEN, AWARDED = "none", "asked", "open", "awarded"
TENDER_STATES = [
    (NONE, "No Tender"),
    (ASKED, "To Be Opened"),
    (OPEN, "Being Scored"),
    (AWARDED, "Awarded"),
]
TODO = "crm_club.mail_act_club_tender"


def get_own_seats(env):
    """Return where the user sits on the panel today: [(company, seats' users)]."""
    bodies_sudo = env["club.body"].sudo()  # who sits there need not read the bodies
    programs = env["club.program"]
    # Odoo keeps their ids at hand: record rules ask for them all the time.
    companies = env["res.company"].browse(env.user._get_company_ids())
    days = {company: programs.with_company(company)._today() for company in companies}
    held = {day: bodies_sudo._get_holdings(env.user, day) for day in {*days.values()}}
    if not any(held.values()):
        return []
    panels = bodies_sudo.search(
        [("code", "=", PANEL), ("company_id", "in", companies.ids)]
    )
    found = []
    for panel in panels:
        holdings = held[days[panel.company_id]]
        seats = {seat_user for key, seat_user in holdings if key == (BODY, panel.id)}
        if seats:
            found.append((panel.company_id, seats))
    return found


def find_panels(cooperations):
    """Return who may score each today: holders of seats, but applicant and author.

    The panels are read once, however many tenders there are.
    """
    env = cooperations.env
    panels_sudo = env["club.body"].sudo()  # as above
    panels_sudo = panels_sudo.search(
        [("code", "=", PANEL), ("company_id", "in", cooperations.company_id.ids)]
    )
    by_company = {
        panel.company_id: holders
        for panel, holders in panels_sudo._get_holders_today().items()
    }
    found = {}
    for cooperation_sudo in cooperations.sudo():
        barred = {
            cooperation_sudo.create_uid.id,
            cooperation_sudo.approval_request_id.applicant_id.id,
        }
        holders = by_company.get(cooperation_sudo.company_id, [])
        found[cooperation_sudo.id] = filter_able(holders, barred)
    return found


def find_disclosed_bids(cooperations):
    """Return the bids of open tenders whose marks may be read by others. Rule E2.

    All of the panel have given all of theirs. A bid that was disqualified before that
    keeps its marks to itself: taking it out and in again would tell them.
    """
    panels = find_panels(cooperations)
    bids_sudo = cooperations.env["club.cooperation.bid"].sudo()
    disclosed_sudo = bids_sudo
    # Few tenders are open at a time.
    for cooperation in cooperations:
        members = {holder.seat_user_id for holder in panels[cooperation.id]}
        bids = bids_sudo.search([("cooperation_id", "=", cooperation.id)])
        valid = bids.filtered(lambda bid: not bid.is_disqualified)
        if members and not valid._get_unscored(members):
            disclosed_sudo |= valid
            disclosed_sudo |= (bids - valid).filtered(
                lambda bid, members=members: not bid._get_unscored(members)
            )
    return disclosed_sudo


class Tender:
    """The tender of one cooperation.

    Whoever asks for something has been judged by the cooperation's buttons; what
    decides is read as superuser, since members of the panel need not read the request.
    """

    def __init__(self, cooperation):
        # sudo: the panel's members need not read all of a request
        cooperation.ensure_one()
        self.env = cooperation.env
        self.cooperation = cooperation
        self._sudo = cooperation.sudo()
        self.consents = Consents(self)

    # === Whether a request needs one, and what it has decided === #

    def _is_exempt(self):
        """Tell whether the request says why there is no tender."""
        return bool(get_written(self._sudo.exemption_reason))

    def is_to_come(self):
        """Tell whether the request is signed first, and its tender comes after."""
        return (
            self._sudo.tender_order == AFTER
            and self._sudo.tender_state != AWARDED
            and not self._is_exempt()
            and self._sudo._needs_tender(self._sudo.approval_request_id.amount_total)
        )

    def check_at_submission(self, total):
        """Refuse what should have been put out to tender before. Rule C6."""
        due = self._sudo._needs_tender(total) and not self._is_exempt()
        if (
            self._sudo.tender_state == AWARDED
            or due
            and self._sudo.tender_order == BEFORE
        ):
            self._check_awarded(total)
        if not self._sudo.partner_id and not (due and self._sudo.tender_order == AFTER):
            raise UserError(
                self.env._(
                    "%s names no supplier: only a tender that comes after the "
                    "signatures may find one.",
                    self._sudo.name,
                )
            )

    def check_at_execution(self, total):
        """Refuse to carry out what was to be put out to tender, and wasn't. C6."""
        due = self._sudo._needs_tender(total) and not self._is_exempt()
        if self._sudo.tender_state == AWARDED or due:
            self._check_awarded(total)

    def _check_awarded(self, total):
        """Refuse a request without award, or for more or another than the award."""
        winner = self._sudo.winner_id
        if self._sudo.tender_state != AWARDED:
            raise UserError(
                self.env._(
                    "%(cooperation)s comes to %(total)s with what this supplier gets "
                    "for the same purpose, above %(limit)s: hold a tender with "
                    "%(count)s bids, or say why there is none.",
                    cooperation=self._sudo.name,
                    total=self._sudo._format_amount(total),
                    limit=self._sudo._format_amount(self._sudo.tender_above),
                    count=self._sudo.tender_bids,
                )
            )
        if self._sudo.partner_id and self._sudo.partner_id != winner.partner_id:
            raise UserError(
                self.env._(
                    "%(cooperation)s is with %(supplier)s, but %(winner)s won the "
                    "tender.",
                    cooperation=self._sudo.name,
                    supplier=self._sudo.partner_id.display_name,
                    winner=winner.partner_id.display_name,
                )
            )
        before = self._sudo.tender_order == BEFORE
        asked, granted = winner.amount, self._sudo.amount
        if before:
            asked, granted = granted, asked
        if float_compare(asked, granted, precision_digits=2) > 0:
            raise UserError(self._get_excess_text(winner, before))

    def _get_excess_text(self, winner, before):
        values = {
            "cooperation": self._sudo.name,
            "amount": self._sudo._format_amount(self._sudo.amount),
            "bid": self._sudo._format_amount(winner.amount),
            "supplier": winner.partner_id.display_name,
        }
        if before:
            return self.env._(
                "%(cooperation)s asks for %(amount)s, but the winning bid of "
                "%(supplier)s is %(bid)s.",
                **values,
            )
        return self.env._(
            "The bid of %(supplier)s is %(bid)s, but %(cooperation)s was signed for "
            "%(amount)s only: withdraw it and ask for more.",
            **values,
        )

    # === Panel === #

    def find_panel(self):
        """Return who may score today."""
        return find_panels(self.cooperation)[self.cooperation.id]

    def get_panel(self):
        """Return the same.

        :raises UserError: when there is nobody
        """
        found = self.find_panel()
        if not found:
            raise UserError(
                self.env._(
                    "%(cooperation)s has no tender panel: seat key accounts, finance "
                    "and office in the body with the code “%(code)s”.",
                    cooperation=self.cooperation.name,
                    code=PANEL,
                )
            )
        return found

    def check_on_panel(self):
        """Let members of the panel decide, and nobody who applied. Rule E2."""
        if self.env.uid not in {holder.user_id for holder in self.get_panel()}:
            raise AccessError(
                self.env._(
                    "The tender of %s is decided by its panel, and by nobody who "
                    "applied.",
                    self.cooperation.name,
                )
            )

    # === Scores === #

    def check_editable(self):
        """Refuse to touch a tender that is decided, or was submitted along. C6."""
        cooperation_sudo = self._sudo
        if cooperation_sudo.tender_state == AWARDED:
            raise UserError(
                self.env._(
                    "The tender of %s is decided: bids and scores stay as they are.",
                    cooperation_sudo.name,
                )
            )
        if cooperation_sudo.is_tender_fixed:
            cooperation_sudo._check_approval_editable()

    def check_can_start(self):
        """Refuse to start a tender without a panel, or without anything to mark."""
        self.check_editable()
        self.get_panel()
        if not any(self._get_weights().values()):
            raise UserError(
                self.env._(
                    "%s says nothing of what bids are marked by: give a criterion "
                    "a weight.",
                    self.cooperation.name,
                )
            )

    def make_scores(self):
        """Give each member of the panel a row for each bid, unless he has one."""
        scores_sudo = self.env["club.cooperation.score"].sudo()
        cooperation_sudo = self._sudo
        known = {
            (score.bid_id, score.member_id.id) for score in cooperation_sudo.score_ids
        }
        members = dict.fromkeys(holder.seat_user_id for holder in self.get_panel())
        scores_sudo._create_guarded(
            [
                {"bid_id": bid.id, "member_id": member}
                for bid in cooperation_sudo.bid_ids
                for member in members
                if (bid, member) not in known
            ]
        )

    def ask_panel(self):
        """Give an activity to whoever acts for a seat today: to consent, or to mark."""
        cooperation_sudo = self._sudo.with_context(club_no_follow=BY_SYSTEM)
        users_sudo = self.env["res.users"].sudo()  # their languages
        for user_id in self.env["club.body"]._get_acting(self.get_panel()):
            values = {}
            if cooperation_sudo.tender_state == ASKED:
                told = as_reader(self.cooperation, users_sudo.browse(user_id))
                summary = told.env._("Consent to the opening of the tender")
                values["summary"] = summary
            cooperation_sudo.activity_schedule(
                TODO,
                date_deadline=cooperation_sudo.company_id._club_today(),
                user_id=user_id,
                **values,
            )

    # === Opening: by all bodies of the panel === #

    def start(self):
        """Ask the panel to open it, or whoever has joined it since to mark the bids.

        :raises UserError: when one of the panel's bodies has nobody on it
        """
        self.check_can_start()
        if self._sudo.tender_state == OPEN:
            self.make_scores()
        else:
            self.consents.check_seated()
            bodies = self.consents.find_bodies()
            self._sudo._write_guarded(
                {"tender_state": ASKED, "tender_body_ids": bodies.ids}
            )
        self.ask_panel()

    def consent_to_opening(self):
        """Note down the user's consent; with the last one the tender is open.

        :raises AccessError: for who sits for none of the bodies
        :raises UserError: when it isn't to be opened
        """
        self.check_editable()
        if self._sudo.tender_state != ASKED:
            raise UserError(
                self.env._(
                    "The tender of %s doesn't wait to be opened.", self._sudo.name
                )
            )
        if not self.consents.give(OPENING):
            return
        self._sudo._write_guarded({"tender_state": OPEN})
        self._sudo.activity_unlink([TODO])
        self.make_scores()
        self.ask_panel()

    def find_missing_bodies(self):
        """Return the bodies whose consent to the next step is still missing."""
        state = self._sudo.tender_state
        if state not in (ASKED, OPEN):
            return self.env["club.body"]
        return self.consents.find_missing(OPENING if state == ASKED else AWARD)

    def may_consent(self):
        """Tell whether the user may still consent to the opening."""
        if self._sudo.tender_state != ASKED:
            return False
        missing = self.consents.find_missing(OPENING)
        return any(body in missing for body in self.consents.find_own())

    # === Ranking === #

    def _get_weights(self):
        """Return the weight of each criterion."""
        return {name: Decimal(self._sudo[f"tender_weight_{name}"]) for name in CRITERIA}

    def _get_valid_bids(self):
        return self._sudo.bid_ids.filtered(lambda bid: not bid.is_disqualified)

    def get_unscored(self):
        """Return the users whose marks of a bid are still missing."""
        members = {holder.seat_user_id for holder in self.find_panel()}
        return self._get_valid_bids()._get_unscored(members)

    def rank(self):
        """Return the kernel's places of the bids that aren't disqualified."""
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
        return tender.rank(self._get_weights(), bids)

    def get_content(self):
        """Return what is signed of a tender that came first."""
        cooperation_sudo = self._sudo
        return {
            "winner": cooperation_sudo.winner_id.id,
            "deviation": cooperation_sudo.deviation_reason or "",
            "bids": [
                [bid.id, bid.partner_id.id, f"{bid.amount:.2f}", bid.is_disqualified]
                + [f"{bid.score:.2f}", bid.rank]
                for bid in cooperation_sudo.bid_ids.sorted("id")
            ],
        }

    # === Award: the best bid, or another one for a reason === #

    def award(self, bid_id, reason):
        """Consent to one of the bids. With the last consent to the same one, decide the
        tender for it and keep the ranking with all of them.

        :param bid_id: what a client says is the bid's id
        :param reason: why not the best one
        :raises UserError: with too few bids, missing scores, or no reason
        """
        bid_sudo = self._sudo.bid_ids.filtered(
            lambda bid: type(bid_id) is int and bid.id == bid_id
        )
        reason = to_reason(reason) or self.consents.get_reason(bid_sudo)
        self._check_can_award(bid_sudo, reason)
        if self.consents.give(AWARD, bid_sudo, reason):
            self._do_award(bid_sudo, reason)

    def _check_can_award(self, bid, reason):
        """Refuse what isn't a decided tender. Rule C6."""
        cooperation = self.cooperation
        self.check_editable()
        if cooperation.tender_state != OPEN:
            raise UserError(
                self.env._("The tender of %s isn't open yet.", cooperation.name)
            )
        valid = self._get_valid_bids()
        count = len(valid.partner_id.commercial_partner_id)
        if count < cooperation.tender_bids:
            raise UserError(
                self.env._(
                    "%(cooperation)s has %(count)s valid bids: a tender needs "
                    "%(needed)s from different suppliers, or the request says why "
                    "there is none.",
                    cooperation=cooperation.name,
                    count=count,
                    needed=cooperation.tender_bids,
                )
            )
        if bid not in valid:
            raise UserError(
                self.env._(
                    "Choose one of the bids of %s that aren't disqualified.",
                    cooperation.name,
                )
            )
        self.make_scores()
        missing_sudo = self.get_unscored().sudo()  # to name them
        if missing_sudo:
            raise UserError(
                self.env._(
                    "%(cooperation)s isn't scored by %(members)s yet.",
                    cooperation=cooperation.name,
                    members=join(self.env, missing_sudo.mapped("name")),
                )
            )
        best = {place.key for place in self.rank() if place.rank == 1}
        if bid.id not in best and not reason:
            raise UserError(
                self.env._(
                    "%(supplier)s doesn't have the best bid for %(cooperation)s: say "
                    "why it wins.",
                    supplier=bid.partner_id.display_name,
                    cooperation=cooperation.name,
                )
            )

    def _do_award(self, bid, reason):
        """Keep the ranking with the bids; a request to come follows the winner."""
        cooperation_sudo = self._sudo
        places = {place.key: place for place in self.rank()}
        for number, place in places.items():
            cooperation_sudo.bid_ids.browse(number)._write_guarded(
                {"score": float(place.score), "rank": place.rank}
            )
        values = {
            "tender_state": AWARDED,
            "winner_id": bid.id,
            "deviation_reason": reason if places[bid.id].rank > 1 else False,
            "awarded_at": fields.Datetime.now(),
            "awarded_by_id": self.env.uid,
        }
        if cooperation_sudo.tender_order == BEFORE:
            values |= {"partner_id": bid.partner_id.id, "amount": bid.amount}
        cooperation_sudo._write_guarded(values)
        # They are the to-dos of the whole panel.
        cooperation_sudo.activity_unlink([TODO])
        cooperation_sudo._message_log(
            body=self.env._(
                "The tender went to %(supplier)s for %(amount)s.",
                supplier=bid.partner_id.display_name,
                amount=cooperation_sudo._format_amount(bid.amount),
            )
        )

    def reopen(self):
        """Take the award back.

        :raises UserError: when there is none, or its request was submitted
        """
        cooperation, cooperation_sudo = self.cooperation, self._sudo
        cooperation._check_approval_editable()
        if cooperation.tender_state != AWARDED:
            raise UserError(
                self.env._("The tender of %s isn't decided.", cooperation.name)
            )
        cooperation_sudo._write_guarded(
            {
                "tender_state": OPEN,
                "winner_id": False,
                "deviation_reason": False,
                "awarded_at": False,
                "awarded_by_id": False,
            }
        )
        # Whoever joins the panel now gives his marks without knowing the others'.
        cooperation_sudo.bid_ids._write_guarded({"score": 0, "rank": 0})
        self.consents.drop_awards()
        cooperation._message_log(body=self.env._("The tender is open again."))
        self.ask_panel()
