"""The visit record (拜访记录表) and the contact log (联系情况表). Rules D4, E3, E4."""

from dataclasses import astuple, dataclass
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

from ..kernel.text_width import cut
from ..models.care.club_contact_log import CONFIRMED
from ..models.record.names import get_labels

LINES_A_PAGE = 20
# How wide a text may be in two lines of its column, a Chinese character being two.
WIDTHS = {
    "account": 52,
    "address": 60,
    "contact": 28,
    "place": 36,
    "remarks": 76,
    "salesperson": 26,
}
MOST = 2_000


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A contact as the form of the sources has it."""

    company: models.BaseModel
    number: str
    salesperson: str
    filled: date
    account: str
    address: str
    person: str
    title: str
    ordinal: int
    held: date
    channel: str
    place: str
    is_backdated: bool
    situation: str
    conversation: str
    concerns: str
    solved: str
    to_mind: str
    next: date | None
    other: str
    confirmed_by: str
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A contact as a line of the log; a line that is still empty has a number only."""

    number: int
    account: str = ""
    address: str = ""
    contact: str = ""
    day: date | None = None
    place: str = ""
    remarks: str = ""
    salesperson: str = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log: twenty lines, whether there are as many contacts or not."""

    company: models.BaseModel
    salesperson: str
    period: str
    sheet: str
    lines: tuple[LogLine, ...]


class ClubContactPapers(models.AbstractModel):
    """Collects what visit records and contact logs say; papers only walk it."""

    _name = "club.contact.papers"
    _description = "Papers of Contacts"

    @api.model
    def _get_visit_data(self, logs):
        """Return a `VisitRecord` for each contact, which the user may read."""
        logs.check_access("read")
        logs = logs.with_env(self.env)
        channels = get_labels(logs, "channel")
        # sudo: a paper names colleagues and company, whoever prints it
        return [
            VisitRecord(
                company=log.company_id.sudo(),
                number=log.name or "",
                salesperson=log.user_id.sudo().name,
                filled=log.date_filled,
                account=log.account_id.name or "",
                address=log.address or "",
                person=log.contact_name or "",
                title=log.contact_function or "",
                ordinal=log.ordinal,
                held=log.held_on,
                channel=channels[log.channel],
                place=log.place or "",
                is_backdated=log.is_backdated,
                situation=log.situation or "",
                conversation=log.conversation or "",
                concerns=log.concerns or "",
                solved=log.solved or "",
                to_mind=log.to_mind or "",
                next=log.date_next or None,
                other=log.other or "",
                confirmed_by=log.checked_by_id.sudo().name
                if log.state == CONFIRMED
                else "",
                confirmed_on=log.checked_on if log.state == CONFIRMED else None,
            )
            for log in logs.sorted(lambda log: (log.held_on, log.id))
        ]

    @api.model
    def _get_log_lines(self, logs):
        """Return a `LogLine` for each contact, the first one first."""
        if len(logs) > MOST:
            raise UserError(
                self.env._("These are more than %s contacts: filter them first.", MOST)
            )
        records = self._get_visit_data(logs)
        return [
            LogLine(
                number=number,
                account=record.account,
                address=record.address,
                contact=record.person,
                day=record.held,
                place=record.place or record.channel,
                remarks=record.conversation,
                salesperson=record.salesperson,
            )
            for number, record in enumerate(records, start=1)
        ]

    @api.model
    def _get_log_pages(self, logs):
        """Return the `LogPage`s of the contacts, of one company after the other."""
        pages = []
        for company, of_company in logs.grouped("company_id").items():
            lines = self._get_log_lines(of_company)
            names = {line.salesperson for line in lines}
            name = names.pop() if len(names) == 1 else ""
            leaves = list(split_every(LINES_A_PAGE, lines))
            pages += [
                LogPage(
                    company=company.sudo(),  # sudo: as above
                    salesperson=name,
                    period=self._format_period(lines),
                    sheet=self.env._(
                        "Sheet %(number)s of %(count)s",
                        number=number,
                        count=len(leaves),
                    )
                    if len(leaves) > 1
                    else "",
                    lines=self._fill_page(leaf),
                )
                for number, leaf in enumerate(leaves, start=1)
            ]
        return pages

    def _format_period(self, lines):
        """Return the month of the contacts, or the days from which to which."""
        first, last = lines[0].day, lines[-1].day
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%Y-%m}"
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"

    def _fill_page(self, lines):
        """Cut what wouldn't fit, and number what is left to be filled in by hand."""
        first = lines[0].number
        empty = range(first + len(lines), first + LINES_A_PAGE)
        return (*map(_fit, lines), *map(LogLine, empty))


def _fit(line):
    """Return a line whose texts fit into two lines of their columns."""
    values = dict(zip(line.__dataclass_fields__, astuple(line), strict=True))
    return LogLine(
        **values | {name: cut(values[name], width) for name, width in WIDTHS.items()}
    )


class ReportVisitRecord(models.AbstractModel):
    _name = "report.crm_club.club_visit_record"
    _description = "Visit Record"
    _inherit = ["club.report.mixin"]

    _source = "club.contact.log"
    _papers = "visits"

    def _get_papers(self, logs, data):
        return self.env["club.contact.papers"]._get_visit_data(logs)


class ReportContactLog(models.AbstractModel):
    _name = "report.crm_club.club_contact_log_sheet"
    _description = "Contact Log Sheet"
    _inherit = ["club.report.mixin"]

    _source = "club.contact.log"
    _papers = "pages"

    def _get_papers(self, logs, data):
        return self.env["club.contact.papers"]._get_log_pages(logs)
