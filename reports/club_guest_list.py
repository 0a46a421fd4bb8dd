from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

from ..kernel.guest_states import (
    ATTENDED,
    CONFIRMED,
    INVITED,
    PROPOSED,
    SEATED,
    WAITING,
)
from ..models.record.names import get_labels

# Who sits is read first, then who waits, then who hasn't answered.
PRINTED = (*SEATED, WAITING, INVITED, PROPOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """A guest, with what the people at the door have to know."""

    number: int
    guest: str
    function: str
    account: str
    tier: str
    manager: str
    phone: str
    exception: str
    state: str
    is_seated: bool
    has_come: bool
    note: str


@dataclass(frozen=True, slots=True)
class GuestList:
    """An activity with the guests that the user may see."""

    activity: models.BaseModel
    company: models.BaseModel
    begins: str
    deadline: date | bool
    lines: tuple[Line, ...]
    escorts: tuple[str, ...]

    @property
    def seated(self):
        return sum(line.is_seated for line in self.lines)

    @property
    def came(self):
        return sum(line.has_come for line in self.lines)


@dataclass(frozen=True, slots=True)
class Card:
    """The invitation of a guest, in his language."""

    lang: str
    company: models.BaseModel
    club: str
    motto: str
    guest: str
    account: str
    tier: str
    theme: str
    form: str
    day: str
    begins: str
    ends: str
    place: str
    manager: str
    manager_phone: str


class ClubGuestList(models.AbstractModel):
    """Collects guest lists and invitation cards; PDF and spreadsheet only walk them.

    Rules C4, E3, E4.
    """

    _name = "club.guest.list"
    _description = "Guest List"

    # === Guest list === #

    @api.model
    def _get_list_data(self, activities):
        """Return a `GuestList` for each activity, with the guests that the user's
        record rules let him see.
        """
        # sudo: a paper names units, people and companies, whoever prints it
        activities.check_access("read")
        found = self.env["club.invitation"].search_fetch(
            [("activity_id", "in", activities.ids), ("state", "in", PRINTED)],
            [
                *("activity_id", "contact_id", "account_id", "tier_id", "state"),
                *("exception_kind", "note", "tier_rank", "waiting_since"),
            ],
        )
        by_activity = found.grouped("activity_id")
        return [
            GuestList(
                activity=activity,
                company=activity.company_id.sudo(),
                begins=activity._get_time_text(),
                deadline=activity.confirm_until,
                lines=tuple(
                    self._prepare_lines(
                        by_activity.get(activity, found.browse()).with_company(
                            activity.company_id
                        )
                    )
                ),
                escorts=tuple(
                    escort.user_id.sudo().name
                    for escort in activity.escort_ids
                    if escort.sudo().state in ("open", "done")
                ),
            )
            for activity in activities
        ]

    def _prepare_lines(self, guests):
        # sudo: a paper names units, people and companies, whoever prints it
        states = get_labels(guests, "state")
        kinds = get_labels(guests, "exception_kind")
        places = {guest: guest.waiting_place for guest in guests}
        order = sorted(
            guests,
            key=lambda guest: (
                PRINTED.index(guest.state) if guest.state not in SEATED else 0,
                places[guest],
                -guest.tier_rank,
                guest.account_id.name or "",
                guest.contact_id.name or "",
            ),
        )
        for number, guest in enumerate(order, start=1):
            contact, account = guest.contact_id, guest.account_id
            yield Line(
                number=number,
                guest=contact.name or "",
                function=contact.function or "",
                account=(account != contact and account.name) or "",
                tier=guest.tier_id.name or "",
                manager=account.club_manager_id.sudo().name or "",
                phone=contact.phone or "",
                exception=kinds.get(guest.exception_kind, ""),
                state=states[guest.state],
                is_seated=guest.state in SEATED,
                has_come=guest.state == ATTENDED,
                note=guest.note or "",
            )

    # === Invitation cards === #

    @api.model
    def _get_card_data(self, guests):
        """Return a `Card` for each guest who is asked and may still come."""
        guests.check_access("read")
        return [
            self._prepare_card(
                guest.with_company(guest.company_id).with_context(
                    lang=guest.contact_id.lang or self.env.lang
                )
            )
            for guest in guests
            if guest.state in (PROPOSED, INVITED, CONFIRMED, WAITING)
        ]

    def _prepare_card(self, guest):
        # sudo: a paper names units, people and companies, whoever prints it
        activity, manager = guest.activity_id, guest.account_id.club_manager_id.sudo()
        program_sudo = activity._get_guest_program().with_env(guest.sudo().env)
        return Card(
            lang=guest.env.lang or "en_US",
            company=activity.company_id.sudo(),
            club=program_sudo.name or activity.company_id.sudo().name,
            motto=program_sudo.motto or "",
            guest=guest.contact_id.name or "",
            account=(guest.account_id != guest.contact_id and guest.account_id.name)
            or "",
            tier=guest.tier_id.name or "",
            theme=activity.theme,
            form=activity.form or "",
            day=format_date(
                activity.env,
                activity.company_id._club_day(activity.date_begin),
                date_format="full",
            ),
            begins=self._get_hour(activity, activity.date_begin),
            ends=self._get_hour(activity, activity.date_end),
            place=activity.place or "",
            manager=manager.name or "",
            manager_phone=manager.partner_id.phone or "",
        )

    def _get_hour(self, activity, moment):
        zone = activity.company_id._club_zone()
        return format_time(activity.env, moment, tz=zone, time_format="short")


class ReportGuestList(models.AbstractModel):
    _name = "report.crm_club.club_guest_list"
    _description = "Guest List Report"
    _inherit = ["club.report.mixin"]

    _source = "club.activity"
    _papers = "lists"

    def _get_papers(self, activities, data):
        return self.env["club.guest.list"]._get_list_data(activities)


class ReportInvitationCard(models.AbstractModel):
    _name = "report.crm_club.club_invitation_card"
    _description = "Invitation Card Report"
    _inherit = ["club.report.mixin"]

    _source = "club.invitation"
    _papers = "cards"

    def _get_papers(self, guests, data):
        cards = self.env["club.guest.list"]._get_card_data(guests)
        if not cards:
            raise UserError(
                self.env._(
                    "None of these guests can still come: a card is for whoever is "
                    "asked and hasn't declined."
                )
            )
        return cards
