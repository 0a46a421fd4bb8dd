from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel.guest_states import ABSENT, ATTENDED, CANCELLED, CONFIRMED
from ..activity.club_activity import HELD, INVITING
from ..guest.guest_list import GuestList
from ..record.names import get_labels
from ..record.rpc import for_one, without_client_context
from .card_states import HANDED_OVER, LOST, REPLACED, RETURNED


class ClubActivity(models.Model):
    """Guests who are checked in by their membership cards. Rules A13, C4."""

    _inherit = "club.activity"

    @for_one
    def action_scan_card(self, code):
        """Check in the guest whose card was scanned, or whose number was typed.

        :param code: what the scanner read
        :return: whom it is about, for the desk to show: ``guest``, ``account``,
            ``tier`` and ``card``
        :raises AccessError: for who isn't a club officer
        :raises UserError: one sentence on what stands against it
        """
        self = without_client_context(self)
        self._check_guest_officer()
        GuestList(self).hold_first()
        self._check_guests_open((INVITING, HELD))
        self._check_day_has_come()
        card = self.env["club.card"]._find_by_code(self.company_id, code)
        if not card:
            raise UserError(
                self.env._(
                    "No membership card says this: check the number, or check the "
                    "guest in by name."
                )
            )
        guest_sudo, card_sudo = self._enter_with_card(card)
        return {
            "guest": guest_sudo.contact_id.name,
            "account": guest_sudo.account_id.name,
            "tier": card_sudo.tier_id.name,
            "card": card_sudo.number,
        }

    def _scan_at_door(self, code):
        """Cards open the door as well. Rule A13."""
        if found := super()._scan_at_door(code):
            return found
        card = self.env["club.card"]._find_by_code(self.company_id, code)
        return card and self._enter_with_card(card)[0].with_env(self.env)

    def _enter_with_card(self, card):
        """Check in the guest whose card it is; return him and the card."""
        # sudo: the guest list decides, whichever guests and accounts one may read
        card_sudo = card.sudo()
        self._check_card(card_sudo)
        guest_sudo = self._find_guest_of_card(card_sudo)
        self._check_card_guest(card_sudo, guest_sudo)
        guest_sudo.with_env(self.env).action_attend()
        guest_sudo._message_log(
            body=self.env._("Checked in with card %s.", card_sudo.number)
        )
        return guest_sudo, card_sudo

    def _check_card(self, card_sudo):
        """Refuse a card that isn't valid at the activity."""
        terms = {
            "number": card_sudo.number,
            "account": card_sudo.account_id.name,
            "day": format_date(
                self.env,
                card_sudo.ended_at and self.company_id._club_day(card_sudo.ended_at),
            ),
        }
        if card_sudo.state == LOST:
            raise UserError(
                self.env._(
                    "Card %(number)s of %(account)s was reported lost on %(day)s: keep "
                    "it, and check the guest in by name.",
                    **terms,
                )
            )
        if card_sudo.state == REPLACED:
            raise UserError(
                self.env._(
                    "Card %(number)s of %(account)s was replaced by card %(other)s on "
                    "%(day)s: ask for that one.",
                    other=card_sudo.replaced_by_id.number,
                    **terms,
                )
            )
        if card_sudo.state == RETURNED:
            raise UserError(
                self.env._(
                    "Card %(number)s of %(account)s was returned on %(day)s: keep it, "
                    "and check the guest in by name.",
                    **terms,
                )
            )
        if card_sudo.state != HANDED_OVER:
            raise UserError(
                self.env._(
                    "Card %(number)s of %(account)s wasn't handed over yet: say to "
                    "whom in the register, or check the guest in by name.",
                    **terms,
                )
            )
        day = self._get_card_day()
        if not card_sudo._is_valid_on(day):
            raise UserError(
                self.env._(
                    "Card %(number)s isn't valid on %(day)s: %(account)s has no "
                    "membership as %(tier)s then. Check the guest in by name.",
                    **{**terms, "day": format_date(self.env, day)},
                    tier=card_sudo.tier_id.name,
                )
            )

    def _get_card_day(self):
        """Return the activity's day: of several, today, as far as it is one of them."""
        company = self.company_id
        first = company._club_day(self.date_begin)
        last = company._club_day(self.date_end)
        return min(max(first, company._club_today()), last)

    def _find_guest_of_card(self, card_sudo):
        """Return the guest who shows a card: its holder, else the account's only one.

        :raises UserError: when none, or one of several, may be meant
        """
        guests_sudo = self.env["club.invitation"].sudo()
        listed = guests_sudo.search(
            [
                ("activity_id", "=", self.id),
                ("state", "!=", CANCELLED),
                "|",
                ("account_id", "=", card_sudo.account_id.id),
                ("contact_id", "=", card_sudo.holder_id.id or 0),
            ]
        )
        holder = listed.filtered(lambda guest: guest.contact_id == card_sudo.holder_id)
        if holder:
            return holder
        if len(listed) == 1:
            return listed
        terms = {
            "number": card_sudo.number,
            "account": card_sudo.account_id.name,
            "activity": self.theme,
        }
        if not listed:
            raise UserError(
                self.env._(
                    "Card %(number)s: nobody of %(account)s is on the guest list of "
                    "“%(activity)s”.",
                    **terms,
                )
            )
        raise UserError(
            self.env._(
                "Card %(number)s: %(count)s guests of %(account)s are on the list of "
                "“%(activity)s”. Check them in by name.",
                count=len(listed),
                **terms,
            )
        )

    def _check_card_guest(self, card_sudo, guest):
        """Refuse a guest who is there already, or has no seat."""
        terms = {"number": card_sudo.number, "guest": guest.contact_id.name}
        if guest.state == ATTENDED:
            raise UserError(
                self.env._(
                    "Card %(number)s: %(guest)s has checked in already.", **terms
                )
            )
        if guest.state not in (CONFIRMED, ABSENT) and not guest._may_have_come():
            raise UserError(
                self.env._(
                    "Card %(number)s: %(guest)s has no seat, the guest list says "
                    "“%(state)s”. Confirm the guest first.",
                    state=get_labels(guest.with_env(self.env), "state")[guest.state],
                    **terms,
                )
            )
