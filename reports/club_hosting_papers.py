"""Programme and receipt of a visit, minutes of a round table. Rules C7, D11, E3."""

from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.guest_states import ATTENDED
from ..models.hosting.club_hosting_mixin import CANCELLED
from ..models.record.names import get_labels


@dataclass(frozen=True, slots=True)
class Stop:
    time: str
    minutes: int
    place: str
    guide: str
    note: str
    is_no_photo: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """What visitors are handed: when, with whom, where to, where not to take photos."""

    company: models.BaseModel
    subject: str
    account: str
    moment: str
    meeting_point: str
    visitors: tuple[str, ...]
    guide: str
    companions: tuple[str, ...]
    stops: tuple[Stop, ...]
    has_no_photo: bool
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    quantity: int
    owner: str
    deposited: str
    taken_by: str
    returned: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is in custody during a visit; it is printed for both sides."""

    company: models.BaseModel
    number: str
    account: str
    day: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Need:
    text: str
    account: str
    owner: str
    due: str
    state: str
    result: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was said at a round table, who was there, and what is to be done."""

    company: models.BaseModel
    name: str
    theme: str
    moment: str
    place: str
    attended: tuple[tuple[str, str, str], ...]
    agenda: str
    minutes: Any
    needs: tuple[Need, ...]


class ClubHostingPapers(models.AbstractModel):
    """Collects papers of visits and round tables; the prints only walk them."""

    _name = "club.hosting.papers"
    _description = "Papers for Guests"

    @api.model
    def _get_programme_data(self, visits):
        """Return the `Programme` of each visit."""
        # sudo: a paper names units, people and companies, whoever prints it
        visits.check_access("read")
        return [
            Programme(
                company=visit.company_id.sudo(),
                subject=visit.subject,
                account=visit.account_id.sudo().name,
                moment=visit._format_moment(visit.date_begin),
                meeting_point=visit.meeting_point or "",
                visitors=tuple(self._name_person(c) for c in visit.contact_ids),
                guide=self._name_user(visit.guide_id),
                companions=tuple(map(self._name_user, visit.companion_ids)),
                stops=tuple(map(self._prepare_stop, visit.stop_ids)),
                has_no_photo=any(visit.stop_ids.mapped("is_no_photo")),
                is_cancelled=visit.state == CANCELLED,
            )
            for visit in visits
        ]

    def _prepare_stop(self, stop):
        minutes = round(stop.time * 60)
        return Stop(
            time=f"{minutes // 60:02}:{minutes % 60:02}",
            minutes=stop.minutes,
            place=stop.name,
            guide=self._name_user(stop.guide_id or stop.visit_id.guide_id),
            note=stop.note or "",
            is_no_photo=stop.is_no_photo,
        )

    @api.model
    def _get_receipt_data(self, visits):
        """Return the `Receipt` of each visit that has anything in custody."""
        # sudo: a paper names units, people and companies, whoever prints it
        visits.check_access("read")
        for visit in visits:
            if not visit.valuable_ids:
                raise UserError(
                    self.env._(
                        "%s: nothing was taken into custody.", visit.display_name
                    )
                )
        return [
            Receipt(
                company=visit.company_id.sudo(),
                number=visit.name,
                account=visit.account_id.sudo().name,
                day=format_date(self.env, visit.company_id._club_day(visit.date_begin)),
                items=tuple(
                    Item(
                        name=item.name,
                        quantity=item.quantity,
                        owner=item._get_owner(),
                        deposited=visit._format_moment(item.deposited_at),
                        taken_by=self._name_user(item.deposited_by_id),
                        returned=visit._format_moment(item.returned_at),
                    )
                    for item in visit.valuable_ids
                ),
            )
            for visit in visits
        ]

    @api.model
    def _get_minutes_data(self, tables):
        """Return the `Minutes` of each round table, with the needs one may see."""
        # sudo: a paper names units, people and companies, whoever prints it
        tables.check_access("read")
        needs = self.env["club.need"]
        if needs.has_access("read"):
            needs = needs.search([("round_table_id", "in", tables.ids)])
        by_table = needs.grouped("round_table_id")
        states = get_labels(needs, "state")
        return [
            Minutes(
                company=table.company_id.sudo(),
                name=table.name,
                theme=table.theme,
                moment=table._format_moment(table.date_begin),
                place=table.place or "",
                attended=tuple(
                    (
                        invitee.contact_id.sudo().name or "",
                        invitee.contact_function or "",
                        invitee.account_id.sudo().name or "",
                    )
                    for invitee in table.invitee_ids
                    if invitee.state == ATTENDED
                ),
                agenda=table.agenda or "",
                minutes=table.minutes or "",
                needs=tuple(
                    Need(
                        text=need.name,
                        account=need.account_id.sudo().name,
                        owner=self._name_user(need.owner_id),
                        due=format_date(self.env, need.date_due),
                        state=states[need.state],
                        result=need.answer or need.result or "",
                    )
                    for need in by_table.get(table, ())
                ),
            )
            for table in tables
        ]

    def _name_user(self, user):
        # sudo: a paper names units, people and companies, whoever prints it
        return user.sudo().partner_id.name or ""

    def _name_person(self, partner):
        partner_sudo = partner.sudo()
        return " ".join(filter(None, (partner_sudo.name, partner_sudo.function)))


class ReportVisitProgramme(models.AbstractModel):
    _name = "report.crm_club.club_visit_programme"
    _description = "Visit Programme Report"
    _inherit = ["club.report.mixin"]

    _source = "club.visit"
    _papers = "programmes"

    def _get_papers(self, visits, data):
        return self.env["club.hosting.papers"]._get_programme_data(visits)


class ReportVisitReceipt(models.AbstractModel):
    _name = "report.crm_club.club_visit_receipt"
    _description = "Valuables Receipt Report"
    _inherit = ["club.report.mixin"]

    _source = "club.visit"
    _papers = "receipts"

    def _get_papers(self, visits, data):
        return self.env["club.hosting.papers"]._get_receipt_data(visits)


class ReportRoundTableMinutes(models.AbstractModel):
    _name = "report.crm_club.club_round_table_minutes"
    _description = "Minutes Report"
    _inherit = ["club.report.mixin"]

    _source = "club.round.table"
    _papers = "sheets"

    def _get_papers(self, tables, data):
        return self.env["club.hosting.papers"]._get_minutes_data(tables)
