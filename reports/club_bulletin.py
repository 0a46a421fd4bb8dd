"""The bulletin as it is shown and printed. Rules E3, E11."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import format_date

from ..models.figures.bulletin_text import Table
from ..models.record.names import get_labels, join


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what is written, and the tables of its figures."""

    title: str
    text: object
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the bulletin says: all of it text, in the reader's language."""

    company: models.BaseModel
    title: str
    number: str
    period: str
    unit: str
    is_draft: bool
    day: str
    issuer: str
    body: str
    readers: str
    corrects: str
    correction: str
    corrected_by: str
    sections: tuple[Section, ...]


class ClubBulletinReport(models.AbstractModel):
    _name = "report.crm_club.club_bulletin"
    _description = "Bulletin"
    _inherit = ["club.report.mixin"]
    _source = "club.bulletin"
    _papers = "papers"

    @api.model
    def _get_papers(self, records, data):
        records.check_access("read")
        return [self._prepare_paper(bulletin) for bulletin in records]

    @api.model
    def _prepare_paper(self, bulletin):
        # sudo: a paper names units, people, bodies and the bulletin that it corrects
        bulletin_sudo = bulletin.sudo()
        company = bulletin_sudo.company_id
        # Readers see no others than these.
        sections = bulletin.section_ids.filtered("is_shown").sorted("sequence")
        labels = get_labels(sections, "kind")
        names = bulletin._get_names()
        is_month = bulletin.kind == "month"
        return Paper(
            company=company,
            title=self.env._("Monthly Bulletin")
            if is_month
            else self.env._("Quarterly Bulletin"),
            number=bulletin.name or "",
            period=bulletin._get_period_name(),
            unit=names["unit"] or self.env._("the whole company"),
            is_draft=bulletin.state == "draft",
            day=format_date(self.env, bulletin.issued_on) if bulletin.issued_on else "",
            issuer=names["issuer"],
            body=names["body"],
            readers=join(self.env, names.get("readers", ())),
            corrects=bulletin_sudo.corrects_id.name or "",
            correction=bulletin.correction or "",
            corrected_by=bulletin_sudo.corrected_by_id.name or "",
            sections=tuple(
                Section(
                    title=labels[section.kind],
                    text=section.text or "",
                    tables=tuple(section._get_tables()),
                )
                for section in sections
                if section.text or section.figures
            ),
        )
