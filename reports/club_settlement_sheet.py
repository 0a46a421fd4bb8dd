"""The settlement sheet: invoices, total in figures and words, three signatures."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import models


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice, or a call-off without one."""

    number: int
    supplier: str
    invoice: str
    day: date | bool
    text: str
    amount: float


@dataclass(frozen=True, slots=True)
class Share:
    """What a unit bears."""

    unit: str
    percent: float
    amount: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who prepared, checked or approved it; empty where nobody has yet."""

    role: str
    name: str
    body: str
    on_behalf_of: str
    at: datetime | bool
    seal: bytes | bool


@dataclass(frozen=True, slots=True)
class SettlementSheet:
    """A settlement, ready to print."""

    settlement: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    total: float
    words: str
    people: tuple[Person, ...]


class ClubSettlementSheet(models.AbstractModel):
    """Collects settlement sheets; the print only walks them. Rules C6, E3."""

    _name = "report.crm_club.club_settlement_sheet"
    _description = "Settlement Sheet Report"
    _inherit = ["club.report.mixin"]

    _source = "club.settlement"
    _papers = "sheets"

    def _get_papers(self, settlements, data):
        """Return a `SettlementSheet` for each settlement that the user may read."""
        settlements.check_access("read")
        return [self._prepare_sheet(settlement) for settlement in settlements]

    def _prepare_sheet(self, settlement):
        # sudo: a paper names units, people and companies, whoever prints it
        split = settlement._get_split()
        return SettlementSheet(
            settlement=settlement,
            company=settlement.company_id.sudo(),
            currency=settlement.currency_id.sudo(),
            facts=tuple(self._get_facts(settlement)),
            lines=tuple(
                self._prepare_line(number, line)
                for number, line in enumerate(settlement.line_ids, start=1)
            ),
            shares=tuple(
                Share(share.unit_id.sudo().name, share.percent, split.get(share, 0.0))
                for share in settlement.share_ids
            ),
            total=settlement.total,
            words=settlement.total_in_words,
            people=tuple(self._get_people(settlement)),
        )

    def _prepare_line(self, number, line):
        """Name the invoice where there is one; a call-off is told with its purpose."""
        has_invoice = bool(line.move_line_id)
        texts = (line.name,) if has_invoice else (line.bill_name, line.name)
        return Line(
            number=number,
            # sudo: whoever prints it reads whose bill it is
            supplier=line.partner_id.sudo().display_name or "",
            invoice=line.bill_name or "" if has_invoice else "",
            day=line.bill_date,
            text=" · ".join(filter(None, texts)),
            amount=line.amount,
        )

    def _get_facts(self, settlement):
        """Return label and value of what is settled."""
        # sudo: a paper names units, people and companies, whoever prints it
        contract = settlement.cooperation_id.sudo()
        values = (
            (self.env._("Subject"), settlement.subject),
            (self.env._("Cooperation"), contract.display_name),
            (self.env._("Contract Number"), contract.contract_number),
            (self.env._("Supplier"), contract.partner_id.display_name),
            (self.env._("Activity"), settlement.activity_id.sudo().display_name),
            (self.env._("Settling Unit"), settlement.unit_id.sudo().name),
            (self.env._("Remarks"), settlement.note),
        )
        return ((label, value) for label, value in values if value)

    def _get_people(self, settlement):
        """Return who prepared it and who signed, stage by stage; blanks to come."""
        # sudo: whoever reads a settlement may know who signed it
        request = settlement.sudo().approval_request_id
        yield Person(
            role=self.env._("Prepared by"),
            name=settlement.preparer_id.sudo().name or "",
            body=settlement.unit_id.sudo().name,
            on_behalf_of="",
            at=request.submitted_at,
            seal=False,
        )
        signed = request._get_signed().sorted("stage")
        roles = [self.env._("Checked by"), self.env._("Approved by")]
        last = max(len(signed), len(roles)) - 1
        for number in range(last + 1):
            given = signed[number : number + 1]
            yield Person(
                role=roles[1] if number == last else roles[0],
                name=given.signer_id.name or "",
                body=given.label or "",
                on_behalf_of=given.on_behalf_of_id.name or "",
                at=given.signed_at,
                seal=given.seal_image,
            )
