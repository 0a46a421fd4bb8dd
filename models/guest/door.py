"""The door of an activity on its day: who is expected, who came. Rule C4."""

from datetime import datetime, time, timedelta

from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CONFIRMED,
    DECLINED,
    INVITED,
    SEATED,
    WAITING,
)
from ..activity.stages import HELD, INVITING
from ..record.names import get_labels
from ..record.rpc import is_id, to_text
from .guest_list import GuestList

OPEN = (INVITING, HELD)
# Who may turn up.
UNPLACED = (INVITED, WAITING, DECLINED)
LISTED = (*SEATED, *UNPLACED)
PHONE_END = 4  # digits


def search_doors(activities):
    """Return those of today's activities, in the companies in use, that invite."""
    found = activities.browse()
    for company in activities.env.companies:
        today = datetime.combine(company._club_today(), time.min)
        found |= activities.search(
            [
                ("company_id", "=", company.id),
                ("stage", "in", OPEN),
                ("date_begin", "<", company._club_utc(today + timedelta(days=1))),
                ("date_end", ">=", company._club_utc(today)),
            ],
            order="date_begin, id",
        )
    return found


class Door:
    """The door of one activity, for a user who may fix its guest list.

    :param activity: the club's activity
    :raises UserError: on another day than its own, or before it invites
    """

    def __init__(self, activity):
        activity.ensure_one()
        self._activity = activity
        self.id = activity.id
        self.env = activity.env
        activity._check_guest_officer()
        activity._check_guests_open(OPEN)
        self._check_today()

    def _check_today(self):
        activity, company = self._activity, self._activity.company_id
        first = company._club_day(activity.date_begin)
        last = company._club_day(activity.date_end)
        if not first <= company._club_today() <= last:
            raise UserError(
                self.env._(
                    "“%(activity)s” isn't today but on %(day)s: the door is open on "
                    "the day only. Who came is put right on the guest list.",
                    activity=activity.theme,
                    day=format_date(self.env, first),
                )
            )

    # === What it shows === #

    def show(self):
        """Return the activity, its counts and its guests, as the screen shows them."""
        activity = self._activity
        guests = self._search([("state", "in", LISTED)])
        # sudo: whose registration it is, whichever person one may read
        guests_sudo = guests.sudo()
        guests_sudo.fetch(["note", "exception_kind", "tier_id", "registration_id"])
        guests_sudo.contact_id.fetch(["name", "phone"])
        seats = activity._get_door_seats(guests_sudo)
        labels = [get_labels(guests, name) for name in ("state", "exception_kind")]
        rows = [self._read_guest(guest, seats, *labels) for guest in guests_sudo]
        rows.sort(key=lambda row: (not row["has_seat"], row["name"], row["id"]))
        return {
            **read_activity(activity),
            "came": sum(row["has_come"] for row in rows),
            "expected": sum(row["has_seat"] for row in rows),
            "guests": rows,
        }

    def _read_guest(self, guest_sudo, seats, states, kinds):
        digits = "".join(filter(str.isdecimal, guest_sudo.contact_id.phone or ""))
        has_come = guest_sudo.state == ATTENDED
        came_at = has_come and guest_sudo.registration_id.date_closed
        company = self._activity.company_id
        return {
            "id": guest_sudo.id,
            "name": guest_sudo.contact_id.name or "",
            "account": guest_sudo.account_id.name or "",
            "tier": guest_sudo.tier_id.name or "",
            "exception": kinds.get(guest_sudo.exception_kind, ""),
            "note": guest_sudo.note or "",
            "phone_end": digits[-PHONE_END:],
            "seat": seats.get(guest_sudo.id, ""),
            "state": states[guest_sudo.state],
            "has_seat": guest_sudo.state in SEATED,
            "has_come": has_come,
            "may_enter": not has_come,
            "at": f"{company._club_local(came_at):%H:%M}" if came_at else "",
        }

    def _search(self, domain):
        guests = self.env["club.invitation"]
        return guests.search([("activity_id", "=", self.id), *domain])

    # === What is pressed and scanned === #

    def enter(self, guest_id):
        """Check in a guest of the list; who has no seat yet gets one if there is one.

        :return: what to tell
        :raises UserError: when he is there already, or there is no seat
        """
        GuestList(self._activity).hold_first()
        guest = self._find(guest_id)
        if guest.state in UNPLACED and not guest._may_have_come():
            guest._check_state(*UNPLACED)
            guest._do_walk_in()
        else:
            self._check_in(guest)
        return self._tell(guest)

    def take_back(self, guest_id):
        """Take back that a guest came: the wrong button was pressed."""
        guest = self._find(guest_id)
        guest.action_miss()
        return self.env._("%s isn't checked in any more.", guest.contact_id.name)

    def scan(self, code):
        """Check in whoever a ticket or card names.

        :param code: what the scanner read, or somebody typed
        :raises UserError: one sentence on what stands against it
        """
        code = to_text(code)
        GuestList(self._activity).hold_first()
        who = code and (self._scan_ticket(code) or self._activity._scan_at_door(code))
        if not who:
            raise UserError(
                self.env._(
                    "No ticket of “%(activity)s” and no card says this: look for the "
                    "guest by name.",
                    activity=self._activity.theme,
                )
            )
        return who if isinstance(who, str) else self._tell(who)

    def _scan_ticket(self, code):
        """Return the guest who came with a ticket, or what to tell of an escort."""
        # sudo: whoever checks people in needn't be one of Odoo's Events
        registrations_sudo = self.env["event.registration"].sudo()
        found_sudo = registrations_sudo.search([("barcode", "=", code)], limit=1)
        if not found_sudo:
            return None
        activity = self._activity
        if found_sudo.event_id.club_activity_id != activity:
            raise UserError(
                self.env._(
                    "This ticket is for another event than “%s”.", activity.theme
                )
            )
        if escort := found_sudo.club_escort_id.with_env(self.env):
            escort.action_check_in()
            return self.env._("%s has come along.", found_sudo.name)
        guest = found_sudo.club_invitation_id.with_env(self.env)
        self._check_in(guest)
        return guest

    def _check_in(self, guest):
        if guest.state == ATTENDED:
            raise UserError(
                self.env._("%s has checked in already.", guest.contact_id.name)
            )
        if guest.state not in (CONFIRMED, ABSENT) and not guest._may_have_come():
            raise UserError(
                self.env._(
                    "%(guest)s has no seat, the guest list says “%(state)s”: give the "
                    "guest a seat first.",
                    guest=guest.contact_id.name,
                    state=get_labels(guest, "state")[guest.state],
                )
            )
        guest.action_attend()

    def _find(self, guest_id):
        guest = self._search([("id", "=", guest_id)]) if is_id(guest_id) else None
        if not guest:
            raise UserError(
                self.env._(
                    "Nobody like this is on the guest list of “%s”.",
                    self._activity.theme,
                )
            )
        return guest

    def _tell(self, guest):
        # sudo: as on the list
        guest_sudo = guest.sudo()
        return self.env._(
            "%(guest)s of %(account)s has checked in.",
            guest=guest_sudo.contact_id.name,
            account=guest_sudo.account_id.name,
        )


def read_activity(activity):
    """Return what a door is chosen by."""
    company = activity.company_id
    local = company._club_local(activity.date_begin)
    return {
        "id": activity.id,
        "theme": activity.theme,
        "time": f"{local:%H:%M}–{company._club_local(activity.date_end):%H:%M}",
        "place": activity.place or "",
    }
