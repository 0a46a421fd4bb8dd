"""The notice of a signed rate: what it was, what it is, who signed it."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.program.club_points_rate import format_rate
from ..models.record.names import get_labels
from .club_rate_book import Step


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was given; `seal` is the image of the body's seal."""

    body: str
    instead_of: str
    signer: str
    on_behalf_of: str
    office: str
    signed_at: datetime
    seal: bytes | bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed change of a rate; `old` is empty where there was none before."""

    rate: models.BaseModel
    company: models.BaseModel
    program: str  # where the company has several
    number: str
    day: date
    factor: str
    category: str
    product: str
    old: str
    new: str
    date_from: date
    date_to: date | None
    replaced: tuple[Step, ...]
    reason: str
    proposer: str
    signatures: tuple[Signature, ...]


class ClubRateNotice(models.AbstractModel):
    """Collects notices of signed rates; PDF and message only walk them. Rule B2."""

    _name = "club.rate.notice"
    _description = "Rate Notice"

    @api.model
    def _get_notice_data(self, rates, request=None):
        """Return a `Notice` for each rate, as it was when it was signed.

        :param rates: rates that have a notice
        :param request: the request that is being carried out; else each rate's own
        :raise UserError: for a rate that has none
        """
        rates.check_access("read")
        for rate in rates:
            if not rate.notice_number:
                raise UserError(
                    self.env._(
                        "%s has no notice: it isn't signed, or was there from the "
                        "beginning.",
                        rate.display_name,
                    )
                )
        return [self._prepare_notice(rate, request) for rate in rates]

    def _prepare_notice(self, rate, request=None):
        # sudo: nobody has rights on requests; whoever reads the rate may know its own
        request_sudo = (request or rate.approval_request_id).sudo()
        request_sudo = request_sudo.with_context(lang=self.env.lang)
        factors = get_labels(rate, "factor")
        # The rate's end may have come earlier since: the notice has what was signed.
        signed = request_sudo.content or {}
        return Notice(
            rate=rate,
            company=rate.company_id.sudo(),
            program=rate.program_id._get_distinguishing_name(),
            number=rate.notice_number,
            day=rate.notice_date,
            factor=factors[rate.factor],
            category=(rate.category_id or rate.product_id.categ_id).complete_name or "",
            product=rate.product_id.display_name or "",
            old=format_rate(rate.old_value) if rate.previous_id else "",
            new=format_rate(rate.value),
            date_from=rate.date_from,
            date_to=fields.Date.to_date(signed.get("date_to")),
            replaced=tuple(
                Step(
                    replaced.value,
                    replaced.date_from,
                    replaced.date_to,
                    replaced.notice_number or "",
                )
                for replaced in rate.replaced_ids.sorted("date_from")
                if replaced != rate.previous_id
            ),
            reason=rate.note or "",
            proposer=request_sudo.applicant_id.name,
            signatures=tuple(
                self._prepare_signature(signature)
                for signature in request_sudo._get_signed()
            ),
        )

    def _prepare_signature(self, signature):
        return Signature(
            body=signature.label,
            instead_of=signature.instead_of or "",
            signer=signature.signer_id.name,
            on_behalf_of=signature.on_behalf_of_id.name or "",
            office=signature.office or "",
            signed_at=signature.signed_at,
            seal=signature.seal_image,
        )


class ReportRateNotice(models.AbstractModel):
    _name = "report.crm_club.club_rate_notice"
    _description = "Rate Notice Report"
    _inherit = ["club.report.mixin"]

    _source = "club.points.rate"
    _papers = "notices"

    def _get_papers(self, rates, data):
        return self.env["club.rate.notice"]._get_notice_data(rates)
