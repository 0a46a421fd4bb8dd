"""A guest's own invitation: a link that his account manager forwards. Rule C4.

Whoever has the link answers for the guest, and for nobody else: its token is the only
thing that opens it, nobody reads it but in the link, and it opens nothing else.
"""

import base64
import re
import secrets

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError

from ...kernel.guest_states import CONFIRMED, DECLINED, INVITED, SEATED, WAITING
from ..activity.stages import HELD, INVITING
from ..record.reader import as_reader
from .guest_list import GuestList
from .guest_todos import tell_answer

TOKEN_BYTES = 18  # 144 bits: nobody guesses it
TOKEN = re.compile(r"[A-Za-z0-9_-]{24}", re.ASCII)
ACCEPT, DECLINE = "accept", "decline"
CODE_SIZE = 360  # pixels
# So often one makes up one's mind; more is somebody who floods the account manager.
ANSWERS = 20
# The answers that a guest may give, by what he has said before.
MAY_ACCEPT, MAY_DECLINE = (INVITED, DECLINED), (INVITED, CONFIRMED, WAITING)


def make_token():
    """Return a token that nobody guesses, in letters that an address may have."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def get_link(guest):
    """Return the address of a guest's own invitation, False while there is none."""
    # sudo: nobody reads tokens; the caller has asked whether he may have the link
    guest_sudo = guest.sudo()
    if not guest_sudo.token:
        return False
    return f"{guest_sudo.get_base_url()}/club/i/{guest_sudo.token}"


def find_by_token(guests, token):
    """Return whose invitation a token opens, as superuser; empty for any other.

    :param token: what anybody may have sent
    """
    # sudo: who has the token is the guest, who has no rights at all
    guests_sudo = guests.sudo()
    if not (isinstance(token, str) and TOKEN.fullmatch(token)):
        return guests_sudo
    return guests_sudo.search([("token", "=", token)], limit=1, order="id")


class GuestAnswer:
    """What a guest sees of his invitation and says to it.

    Odoo's own user acts for him, in the company's language: who presses on the page may
    be anybody, a colleague who is logged in, too.

    :param guest_sudo: the one whom the token opens
    """

    def __init__(self, guest_sudo):
        company = guest_sudo.company_id
        guest_sudo = guest_sudo.with_user(SUPERUSER_ID).with_company(company)
        self._guest_sudo = as_reader(guest_sudo, company.partner_id)
        self._activity_sudo = self._guest_sudo.activity_id

    def is_shown(self):
        """Tell whether the link still shows anything: until the answer is due, or, to
        who has a seat, until it is over.
        """
        guest, activity = self._guest_sudo, self._activity_sudo
        if guest.state in SEATED and activity.stage in (INVITING, HELD):
            return activity.date_end > fields.Datetime.now()
        return self.is_open()

    def is_open(self):
        """Tell whether the guest may still answer."""
        guest, activity = self._guest_sudo, self._activity_sudo
        if activity.stage != INVITING or guest.state not in (*MAY_ACCEPT, *MAY_DECLINE):
            return False
        if activity.date_begin <= fields.Datetime.now():
            return False
        deadline = activity.confirm_until
        return not deadline or activity.company_id._club_today() <= deadline

    def may(self, answer):
        """Tell whether this answer would change anything, and may be given."""
        if answer not in (ACCEPT, DECLINE) or not self.is_open():
            return False
        if self._guest_sudo.link_answers >= ANSWERS:
            return False
        states = MAY_ACCEPT if answer == ACCEPT else MAY_DECLINE
        return self._guest_sudo.state in states

    def give(self, answer):
        """Answer as the guest: accept or decline. Said twice, it is as said once.

        :raises UserError: when it isn't open any more
        """
        GuestList(self._activity_sudo).hold()
        guest = self._guest_sudo
        guest.invalidate_recordset()
        if not self.is_open():
            raise UserError(guest.env._("This invitation isn't open any more."))
        if not self.may(answer):
            return
        guest_list = GuestList(self._activity_sudo)
        if answer == ACCEPT:
            guest_list.confirm(guest)
        else:
            guest_list.leave(guest, MAY_DECLINE, DECLINED)
        guest._write_guarded(
            {
                "is_own_answer": True,
                "answered_by_id": False,
                "link_answers": guest.link_answers + 1,
            }
        )
        guest._message_log(
            author_id=guest.contact_id.id,
            body=guest.env._("The guest answered by the link of the invitation."),
        )
        tell_answer(guest)

    def get_language(self, asked=None):
        """Return the language in which the guest reads it.

        :param asked: the code of one that he chose on the page
        """
        guest = self._guest_sudo
        installed = [code for code, _name in guest.env["res.lang"].get_installed()]
        wishes = (asked, guest.contact_id.lang, guest.company_id.partner_id.lang)
        return next((code for code in wishes if code in installed), installed[0])

    def show(self, lang):
        """Return what the page shows, and nothing else of the club."""
        guest = self._guest_sudo.with_context(lang=lang)
        activity = guest.activity_id
        return {
            "guest": guest.contact_id.name,
            "company": guest.company_id.name,
            "theme": activity.theme,
            "begins": activity._get_time_text(),
            "ends": activity._get_time_text(activity.date_end),
            "place": activity.place,
            "address": activity.address_id.contact_address_inline,
            "description": activity.description,
            "deadline": activity.confirm_until,
            "state": guest.state,
            "may_accept": self.may(ACCEPT),
            "may_decline": self.may(DECLINE),
        }


def get_text_to_forward(guest):
    """Return the words to forward the link with, in the guest's language."""
    guest_sudo = guest.sudo()  # what the guest himself reads
    said = as_reader(guest_sudo, guest_sudo.contact_id)
    activity = said.activity_id
    return said.env._(
        "%(guest)s, %(company)s invites you to “%(activity)s” on %(begin)s. Please "
        "answer here: %(link)s",
        guest=said.contact_id.name,
        company=said.company_id.name,
        activity=activity.theme,
        begin=activity._get_time_text(),
        link=get_link(said),
    )


def draw_code(guest):
    """Return the link as a QR code, a PNG in base64."""
    reports = guest.env["ir.actions.report"]
    return base64.b64encode(
        reports.barcode(
            "QR", get_link(guest), width=CODE_SIZE, height=CODE_SIZE, barLevel="M"
        )
    )
