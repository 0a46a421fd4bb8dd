"""What a cooperation must be to be submitted and to take effect. Rule C6."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ...kernel.written import get_written
from ..approval.document_types import COOPERATION
from ..approval.states import EDITABLE
from .club_cooperation import AWARDED
from .club_program import AFTER, BEFORE


class ClubCooperation(models.Model):
    _inherit = "club.cooperation"

    added_amount = fields.Monetary(
        "With Earlier Requests",
        compute="_compute_added_amount",
        compute_sudo=True,
        help="Amounts of this supplier and purpose within the policy's window, over "
        "all units: who signs, and whether there is a tender, goes by them.",
    )
    is_tender_due = fields.Boolean(
        "Needs a Tender", compute="_compute_added_amount", compute_sudo=True
    )

    @api.depends(
        *("amount", "partner_id", "purpose", "company_id", "approval_state"),
        *("approval_request_id", "tender_above"),
    )
    def _compute_added_amount(self):
        policies_sudo = self.env["club.approval.policy"].sudo()
        by_company = policies_sudo.search(
            [
                ("document_type", "=", COOPERATION),
                ("company_id", "in", self.company_id.ids),
            ]
        ).grouped("company_id")
        drafts = self.filtered(
            lambda c: c.approval_state in EDITABLE and c.company_id in by_company
        )
        added = drafts._find_added_requests(
            {draft: by_company[draft.company_id] for draft in drafts}
        )
        limits = {
            company: self._get_program(company).tender_above
            for company in self.company_id
        }
        for cooperation in self:
            limit = cooperation.tender_above
            if cooperation.approval_state in EDITABLE:
                others = added.get(cooperation, ())
                total = cooperation.amount + sum(r.amount for r in others)
                # As submitting fixes it: a new request has no limit of its own yet.
                limit = limits.get(cooperation.company_id, limit)
            else:
                # A contract that was taken on has no sum of its own.
                request = cooperation.approval_request_id
                total = request.amount_total or cooperation.amount
            cooperation.added_amount = total
            cooperation.is_tender_due = _is_above(total, limit)

    def _needs_tender(self, total):
        """Tell whether an added-up amount is above what goes without a tender."""
        self.ensure_one()
        return _is_above(total, self.tender_above)

    # === Approval === #

    @property
    def _approval_auto(self):
        """The last signature puts it into effect, unless a tender is still to come."""
        return not self._is_tender_to_come()

    def _is_exempt(self):
        """Tell whether the request says why there is no tender."""
        return bool(get_written(self.exemption_reason))

    def _is_tender_to_come(self):
        self.ensure_one()
        return (
            self.tender_order == AFTER
            and self.tender_state != AWARDED
            and not self._is_exempt()
            and self._needs_tender(self.sudo().approval_request_id.amount_total)
        )

    def _get_approval_type(self):
        return COOPERATION

    def _get_approval_amount(self):
        return self.amount, self.currency_id

    def _get_approval_subject(self):
        return self.subject

    def _get_approval_key(self):
        """Return supplier and purpose, whatever the unit. Rule C6."""
        supplier = self.partner_id.commercial_partner_id
        if not supplier or not self.purpose:
            return False
        return f"{COOPERATION}:{supplier._origin.id or supplier.id}:{self.purpose}"

    def _create_approval_requests(self):
        """Fix the terms; then look at the tender once it is known what adds up.

        Two requests that are submitted together count along like two in a row.
        """
        self._set_terms()
        requests = super()._create_approval_requests()
        for cooperation, request in zip(self, requests, strict=True):
            cooperation._check_tender_at_submission(request.amount_total)
        return requests

    def _get_approval_contents(self):
        """Also what the tender says, where it came first."""
        contents = super()._get_approval_contents()
        for cooperation in self.sudo():
            if cooperation.tender_order == BEFORE:
                contents[cooperation.id]["tender"] = cooperation._get_tender_content()
        return contents

    # === Checks === #

    def _check_can_submit(self):
        super()._check_can_submit()
        cooperation_sudo = self.sudo()
        cooperation_sudo._check_supplier()
        if self.approval_state not in EDITABLE:
            request = cooperation_sudo.approval_request_id
            cooperation_sudo._check_tender_at_execution(request.amount_total)

    def _check_supplier(self):
        supplier = self.partner_id
        if supplier != supplier.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s belongs to %(company)s: the contract is made with the "
                    "company.",
                    contact=supplier.display_name,
                    company=supplier.commercial_partner_id.display_name,
                )
            )

    def _check_tender_at_submission(self, total):
        """Refuse what should have been put out to tender before. Rule C6."""
        due = self._needs_tender(total) and not self._is_exempt()
        if self.tender_state == AWARDED or due and self.tender_order == BEFORE:
            self._check_awarded(total)
        if not self.partner_id and not (due and self.tender_order == AFTER):
            raise UserError(
                self.env._(
                    "%s names no supplier: only a tender that comes after the "
                    "signatures may find one.",
                    self.name,
                )
            )

    def _check_tender_at_execution(self, total):
        due = self._needs_tender(total) and not self._is_exempt()
        if self.tender_state == AWARDED or due:
            self._check_awarded(total)

    def _check_awarded(self, total):
        """Refuse a request without award, or for more or another than the award."""
        winner = self.winner_id
        if self.tender_state != AWARDED:
            raise UserError(
                self.env._(
                    "%(cooperation)s comes to %(total)s with what this supplier gets "
                    "for the same purpose, above %(limit)s: hold a tender with "
                    "%(count)s bids, or say why there is none.",
                    cooperation=self.name,
                    total=self._format_amount(total),
                    limit=self._format_amount(self.tender_above),
                    count=self.tender_bids,
                )
            )
        if self.partner_id and self.partner_id != winner.partner_id:
            raise UserError(
                self.env._(
                    "%(cooperation)s is with %(supplier)s, but %(winner)s won the "
                    "tender.",
                    cooperation=self.name,
                    supplier=self.partner_id.display_name,
                    winner=winner.partner_id.display_name,
                )
            )
        before = self.tender_order == BEFORE
        asked, granted = winner.amount, self.amount
        if before:
            asked, granted = granted, asked
        if float_compare(asked, granted, precision_digits=2) > 0:
            raise UserError(self._get_excess_text(winner, before))

    def _get_excess_text(self, winner, before):
        values = {
            "cooperation": self.name,
            "amount": self._format_amount(self.amount),
            "bid": self._format_amount(winner.amount),
            "supplier": winner.partner_id.display_name,
        }
        if before:
            return self.env._(
                "%(cooperation)s asks for %(amount)s, but the winning bid of "
                "%(supplier)s is %(bid)s.",
                **values,
            )
        return self.env._(
            "The bid of %(supplier)s is %(bid)s, but %(cooperation)s was signed for "
            "%(amount)s only: withdraw it and ask for more.",
            **values,
        )

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # === Taking effect === #

    def _approval_execute(self, request):
        """Open the contract for call-offs and bills, up to its amount. Rule C6."""
        self.ensure_one()
        today = self.company_id._club_today()
        values = {"contract_amount": self.amount, "effective_on": today}
        if self.tender_state == AWARDED:
            winner = self.winner_id
            values["contract_amount"] = float(
                min(Decimal(str(self.amount)), Decimal(str(winner.amount)))
            )
            values["partner_id"] = winner.partner_id.id
        self._write_guarded(values)
        key = self._get_approval_key()
        if request and request.key != key:
            # The tender found the supplier: what it gets counts along from now on.
            request._write_guarded({"key": key})


def _is_above(total, limit):
    """Tell whether an amount is above a limit by 0.01 at least. Rule C6."""
    return float_compare(total, limit, precision_digits=2) > 0
