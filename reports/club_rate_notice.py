from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.program.club_points_rate import format_rate
from .rate_book import Notice, Signature, Step


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
        factors = dict(rate._fields["factor"]._description_selection(self.env))
        # The rate's end may have come earlier since: the notice has what was signed.
        signed = request_sudo.content or {}
        return Notice(
            rate=rate,
            company=rate.company_id.sudo(),
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
