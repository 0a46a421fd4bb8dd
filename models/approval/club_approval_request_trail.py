"""A request in words: for the document's page, the print and the register."""

from odoo import models
from odoo.tools import format_date, format_datetime
from odoo.tools.image import image_data_uri

from .states import OPEN, REFUSED, SIGNED, WITHDRAWN

CLASSES = {SIGNED: "text-success", REFUSED: "text-danger", OPEN: "text-warning"}


class ClubApprovalRequest(models.Model):
    _inherit = "club.approval.request"

    def _get_trail_data(self):
        """Return a round as ready-made texts; templates only walk it."""
        self.ensure_one()
        signatures = self.signature_ids.sorted(lambda s: (s.stage, s.id))
        return {
            "title": self.env._(
                "Round %(round)s: %(state)s",
                round=self.round,
                state=self._get_state_label(),
            ),
            "applied": self._get_applied_text(),
            "amount": self._get_band_text(),
            "closing": self._get_closing_text(),
            "rows": [signature._get_trail_row() for signature in signatures],
            "has_seals": any(signatures.mapped("is_sealed")),
        }

    def _get_applied_text(self):
        return self.env._(
            "%(user)s, %(date)s",
            user=", ".join(filter(None, [self.applicant_id.name, self.unit_id.name])),
            date=format_datetime(
                self.env,
                self.submitted_at,
                tz=self.company_id._club_zone(),
                dt_format="short",
            ),
        )

    def _get_band_text(self):
        """Name the amount, and the documents that were added to it. Rule C3."""
        if not self.amount_total:
            return False
        if not self.added_ids:
            return self._format_amount(self.amount_total)
        return self.env._(
            "%(own)s, with %(added)s: %(total)s",
            own=self._format_amount(self.amount),
            added=", ".join(self.added_ids.mapped("name")),
            total=self._format_amount(self.amount_total),
        )

    def _get_closing_text(self):
        if not self.closing_reason and self.state != WITHDRAWN:
            return False
        if not self.closed_by_id:
            return self.env._("In effect without signatures: %s", self.closing_reason)
        return ": ".join(filter(None, [self.closed_by_id.name, self.closing_reason]))


class ClubApprovalSignature(models.Model):
    _inherit = "club.approval.signature"

    def _get_trail_row(self):
        """Return the signature's cells; QWeb leaves out a cell that is None."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        row = {
            "stage": self.stage,
            "label": self.label,
            "instead_of": self.instead_of,
            "state": labels[self.state],
            "class": CLASSES.get(self.state, "text-muted"),
            "signer": self.signer_id.name or (self.state == OPEN and self.asked_names),
            "on_behalf_of": self.on_behalf_of_id.name,
            "office": self.env["club.body.seat"]._get_office_text(
                self.office, self.position
            ),
            "date": self.signed_at
            and format_date(
                self.env, self.request_id.company_id._club_day(self.signed_at)
            ),
            "comment": self.comment,
            "is_sealed": self.is_sealed,
            "seal": self.seal_image and image_data_uri(self.seal_image),
        }
        return {name: value or "" for name, value in row.items()}
