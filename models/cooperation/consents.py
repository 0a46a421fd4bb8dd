"""The consents of a tender panel's bodies to opening and award. Rule C6."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

PANEL = "tender"  # the code of its body
# For whom the panel decides, unless the program names others.
BODIES = ("key_accounts", "finance", "office")
OPENING, AWARD = "opening", "award"
STEPS = [(OPENING, "Opening of Bids"), (AWARD, "Award")]


class Consents:
    """Who sits for which body on the panel of one tender, and who has consented.

    :param tender: its `Tender`, which knows who may decide today
    """

    def __init__(self, tender):
        self.env = tender.env
        self._tender = tender
        self._cooperation = tender.cooperation
        # sudo: members of the panel need not read the request
        self._sudo = tender.cooperation.sudo()

    # === Who consents === #

    def find_bodies(self):
        """Return the bodies that open and award: the program's, else all three."""
        if self._sudo.tender_body_ids:
            return self._sudo.tender_body_ids
        company = self._sudo.company_id
        program_sudo = self._sudo._get_program_sudo(company)
        if program_sudo.tender_body_ids:
            return program_sudo.tender_body_ids
        bodies_sudo = self.env["club.body"].sudo()
        return bodies_sudo.search(
            [("code", "in", BODIES), ("company_id", "=", company.id)]
        )

    def _find_seated(self):
        """Return ``{body: ids of users}``: who of the panel sits for each today."""
        company = self._sudo.company_id
        today = company._club_today()
        seats_sudo = self.env["club.body.seat"].sudo()
        seats_sudo = seats_sudo.search(
            [
                *(("body_id.code", "=", PANEL), ("signs", "=", True)),
                *(("company_id", "=", company.id), ("date_from", "<=", today)),
                *("|", ("date_to", "=", False), ("date_to", ">=", today)),
                ("represents_id", "in", self.find_bodies().ids),
            ]
        )
        return {
            body: set(of_body.user_id.ids)
            for body, of_body in seats_sudo.grouped("represents_id").items()
        }

    def find_own(self):
        """Return ``{body: id of the seat's user}`` for which the user may consent."""
        holders = self._tender.find_panel()
        own = {h.seat_user_id for h in holders if h.user_id == self.env.uid}
        return {
            body: min(own & users)
            for body, users in self._find_seated().items()
            if own & users
        }

    def check_seated(self):
        """Refuse a panel on which one of its bodies has nobody."""
        able = {holder.seat_user_id for holder in self._tender.get_panel()}
        seated = self._find_seated()
        missing = self.find_bodies().filtered(
            lambda body: not seated.get(body, set()) & able
        )
        if missing:
            raise UserError(
                self.env._(
                    "Nobody sits for %(bodies)s on the tender panel who could decide "
                    "%(cooperation)s: say on the panel's seats for which body they "
                    "are.",
                    bodies=format_list(self.env, self._get_names(missing)),
                    cooperation=self._cooperation.name,
                )
            )

    def _get_names(self, bodies):
        """Return their names in the user's language."""
        # sudo: names of bodies are no secret
        return bodies.with_env(self.env).sudo().mapped("name")

    # === Consents === #

    def get(self, step):
        """Return the consents that hold."""
        return self._sudo.consent_ids.filtered(
            lambda consent: consent.step == step and not consent.is_taken_back
        )

    def find_missing(self, step):
        """Return the bodies that haven't consented yet."""
        return self.find_bodies() - self.get(step).body_id

    def get_reason(self, bid):
        """Return why others of the panel prefer a bid to the best one."""
        given = self.get(AWARD).filtered(lambda consent: consent.bid_id == bid)
        return next(filter(None, given.mapped("reason")), None)

    def give(self, step, bid=None, reason=None):
        """Note down the consent of the bodies for which the user sits.

        :return: whether all bodies have consented; to an award, to this bid
        :raises AccessError: for who sits for none of them
        """
        # sudo: nobody has rights on consents; this is his own
        own = self.find_own()
        if not own:
            raise AccessError(
                self.env._(
                    "The tender of %(cooperation)s is opened and awarded by "
                    "%(bodies)s: you sit for none of them on its panel.",
                    cooperation=self._cooperation.name,
                    bodies=format_list(self.env, self._get_names(self.find_bodies())),
                )
            )
        self.get(step).filtered(lambda c: c.body_id in own)._take_back()
        self.env["club.cooperation.consent"].sudo()._create_guarded(
            [
                {
                    "cooperation_id": self._sudo.id,
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
        given = self.get(step).filtered(lambda c: not bid or c.bid_id == bid)
        return not self.find_bodies() - given.body_id

    def drop_awards(self):
        """Take consents to an award back: bids or marks aren't what they were."""
        self.get(AWARD)._take_back()
