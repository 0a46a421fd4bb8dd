"""A tender is opened and awarded by all bodies of its panel. Rule C6."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..record.reader import as_reader
from ..record.rpc import for_one
from .club_cooperation import ASKED, OPEN
from .club_cooperation_consent import AWARD, OPENING
from .club_cooperation_tender import PANEL

# Who consents unless the program names others.
BODIES = ("key_accounts", "finance", "office")
TODO = "crm_club.mail_act_club_tender"


class ClubCooperation(models.Model):
    _inherit = "club.cooperation"

    tender_body_ids = fields.Many2many(
        "club.body",
        "club_cooperation_tender_body_rel",
        "cooperation_id",
        "body_id",
        "Opened and Awarded by",
        readonly=True,
        copy=False,
        help="Each of these bodies consents, by who sits for it on the panel. As the "
        "program said when the opening was asked for.",
    )
    consent_ids = fields.One2many(
        "club.cooperation.consent", "cooperation_id", "Consents"
    )
    missing_bodies = fields.Char(
        "Still to Consent", compute="_compute_missing_bodies", compute_sudo=True
    )
    may_consent = fields.Boolean(
        "I May Consent to the Opening", compute="_compute_may_consent"
    )

    @api.depends("tender_state", "tender_body_ids", "consent_ids.is_taken_back")
    @api.depends_context("lang")
    def _compute_missing_bodies(self):
        for cooperation in self:
            left = self.env["club.body"]
            if cooperation.tender_state in (ASKED, OPEN):
                step = OPENING if cooperation.tender_state == ASKED else AWARD
                given = cooperation._get_consents(step).body_id
                left = cooperation.tender_body_ids - given
            cooperation.missing_bodies = ", ".join(left.mapped("name"))

    @api.depends("tender_state", "consent_ids.is_taken_back")
    @api.depends_context("uid")
    def _compute_may_consent(self):
        for cooperation in self:
            asked = cooperation.tender_state == ASKED and cooperation.is_on_panel
            given = cooperation.sudo()._get_consents(OPENING).body_id
            mine = cooperation._find_own_bodies() if asked else {}
            cooperation.may_consent = any(body not in given for body in mine)

    # === Who consents === #

    def _find_tender_bodies(self):
        """Return the bodies that open and award: the program's, else all three."""
        self.ensure_one()
        if self.tender_body_ids:
            return self.sudo().tender_body_ids
        program_bodies = self._get_program(self.company_id).tender_body_ids
        if program_bodies:
            return program_bodies
        bodies_sudo = self.env["club.body"].sudo()
        return bodies_sudo.search(
            [("code", "in", BODIES), ("company_id", "=", self.company_id.id)]
        )

    def _find_seated(self):
        """Return ``{body: ids of users}``: who of the panel sits for each today."""
        self.ensure_one()
        today = self.company_id._club_today()
        seats_sudo = self.env["club.body.seat"].sudo()
        seats = seats_sudo.search(
            [
                *(("body_id.code", "=", PANEL), ("signs", "=", True)),
                *(("company_id", "=", self.company_id.id), ("date_from", "<=", today)),
                *("|", ("date_to", "=", False), ("date_to", ">=", today)),
                ("represents_id", "in", self._find_tender_bodies().ids),
            ]
        )
        return {
            body: set(of_body.user_id.ids)
            for body, of_body in seats.grouped("represents_id").items()
        }

    def _find_own_bodies(self):
        """Return ``{body: id of the seat's user}`` for which the user may consent."""
        self.ensure_one()
        own = {h.seat_user_id for h in self._find_panel() if h.user_id == self.env.uid}
        return {
            body: min(own & users)
            for body, users in self._find_seated().items()
            if own & users
        }

    def _check_seated(self):
        """Refuse a panel on which one of its bodies has nobody. Rule C6."""
        able = {holder.seat_user_id for holder in self._get_panel()}
        seated = self._find_seated()
        missing = self._find_tender_bodies().filtered(
            lambda body: not seated.get(body, set()) & able
        )
        if missing:
            raise UserError(
                self.env._(
                    "Nobody sits for %(bodies)s on the tender panel who could decide "
                    "%(cooperation)s: say on the panel's seats for which body they "
                    "are.",
                    bodies=format_list(self.env, missing.mapped("name")),
                    cooperation=self.name,
                )
            )

    # === Consents === #

    def _get_consents(self, step):
        """Return the consents that hold."""
        return self.consent_ids.filtered(
            lambda consent: consent.step == step and not consent.is_taken_back
        )

    def _give_consent(self, step, bid=None, reason=None):
        """Note down the consent of the bodies for which the user sits. Rule C6.

        :return: whether all bodies have consented; to an award, to this bid
        :raises AccessError: for who sits for none of them
        """
        own = self._find_own_bodies()
        if not own:
            raise AccessError(
                self.env._(
                    "The tender of %(cooperation)s is opened and awarded by "
                    "%(bodies)s: you sit for none of them on its panel.",
                    cooperation=self.name,
                    bodies=format_list(
                        self.env, self._find_tender_bodies().mapped("name")
                    ),
                )
            )
        cooperation_sudo = self.sudo()
        earlier = cooperation_sudo._get_consents(step)
        earlier.filtered(lambda c: c.body_id in own)._take_back()
        self.env["club.cooperation.consent"].sudo()._create_guarded(
            [
                {
                    "cooperation_id": self.id,
                    "step": step,
                    "body_id": body.id,
                    "member_id": member_id,
                    "user_id": self.env.uid,
                    "given_at": fields.Datetime.now(),
                    "bid_id": bid and bid.id,
                    "reason": reason,
                }
                for body, member_id in own.items()
            ]
        )
        given = cooperation_sudo._get_consents(step).filtered(
            lambda consent: not bid or consent.bid_id == bid
        )
        return not self._find_tender_bodies() - given.body_id

    def _drop_award_consents(self):
        """Take consents to an award back: bids or marks aren't what they were."""
        self.sudo().consent_ids.filtered(lambda c: c.step == AWARD)._take_back()

    # === Opening === #

    def _ask_to_open(self):
        """Ask the panel to open the tender; its bodies stay as they are then."""
        self.ensure_one()
        self._check_seated()
        self._write_guarded({"tender_state": ASKED})
        self.sudo()._write_guarded({"tender_body_ids": self._find_tender_bodies().ids})
        self._ask_panel(opening=True)

    @for_one
    def action_consent(self):
        """Consent to the opening for the body for which one sits. Rule C6.

        With the last consent the tender is open, and the panel is asked for its marks.

        :raises UserError: when it isn't to be opened
        :raises AccessError: for who sits for none of the bodies
        """
        self = self._without_client_context()
        self.check_access("read")
        self._hold()
        self._check_on_panel()
        cooperation_sudo = self.sudo()
        cooperation_sudo._check_tender_editable()
        if self.tender_state != ASKED:
            raise UserError(
                self.env._("The tender of %s doesn't wait to be opened.", self.name)
            )
        if self._give_consent(OPENING):
            cooperation_sudo._do_open_tender()
        return True

    def _do_open_tender(self):
        """Let the panel score the bids."""
        self.ensure_one()
        self._write_guarded({"tender_state": OPEN})
        self.activity_unlink([TODO])
        self._make_scores()
        self._ask_panel()

    def _ask_panel(self, opening=False):
        """Give an activity to whoever acts for a seat today.

        :param opening: ask for the consent to open, not for marks
        """
        users_sudo = self.env["res.users"].sudo()
        for user_id in self.env["club.body"]._get_acting(self._get_panel()):
            told = as_reader(self, users_sudo.browse(user_id))
            summary = told.env._("Consent to the opening of the tender")
            self.sudo().with_context(club_no_follow=True).activity_schedule(
                TODO,
                date_deadline=self.company_id._club_today(),
                user_id=user_id,
                **({"summary": summary} if opening else {}),
            )
