from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.image import image_data_uri

from .guards import CREATE_SIGNATURE_GUARDS
from .states import OPEN, REFUSED, SIGNATURE_STATES, SIGNED

CLASSES = {SIGNED: "text-success", REFUSED: "text-danger", OPEN: "text-warning"}


class ClubApprovalSignature(models.Model):
    """A body's, or the applying unit's, signature on a request. Rules C3, E1.

    Given or refused it never changes again; PostgreSQL refuses it too. The sealed ones
    are the register of seals: each use of a seal is one of them.
    """

    _name = "club.approval.signature"
    _description = "Signature"
    _inherit = ["club.record.mixin"]
    _order = "request_id desc, stage, id"
    _club_parent = "request_id"

    _club_by_code = True
    # What it takes on when it is asked for, given or refused.
    _club_rewritable = (
        *("state", "asked_since", "asked_names", "signer_id", "on_behalf_of_id"),
        *("office", "signed_at", "comment", "digest", "is_sealed", "seal_image"),
    )

    request_id = fields.Many2one(
        "club.approval.request",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    document_name = fields.Char(related="request_id.document_name", string="Document")
    document_type = fields.Selection(related="request_id.document_type")
    applicant_id = fields.Many2one(related="request_id.applicant_id")
    stage = fields.Integer(
        "Signing Stage", required=True, readonly=True, aggregator=None
    )
    body_id = fields.Many2one(
        "club.body", index=True, readonly=True, ondelete="restrict"
    )
    unit_id = fields.Many2one(
        "crm.team",
        index=True,
        readonly=True,
        ondelete="restrict",
        help="The applying unit, whose head confirms.",
    )
    label = fields.Char("Signs", compute="_compute_label")
    instead_of = fields.Char(
        "In Place of",
        readonly=True,
        help="The body in which nobody but the applicant could sign.",
    )
    state = fields.Selection(SIGNATURE_STATES, required=True, readonly=True)
    asked_since = fields.Datetime("Waiting Since", readonly=True)
    asked_names = fields.Char(
        "Asked", readonly=True, help="Who held the seats when the signature was asked."
    )
    signer_id = fields.Many2one(
        "res.users", "Signed by", index=True, readonly=True, ondelete="restrict"
    )
    on_behalf_of_id = fields.Many2one(
        "res.users", "On Behalf of", readonly=True, ondelete="restrict"
    )
    office = fields.Char("Office Held", readonly=True)
    signed_at = fields.Datetime("Signed On", readonly=True)
    comment = fields.Char(readonly=True)
    digest = fields.Char(
        readonly=True, help="SHA-256 of what the document said when it was signed."
    )
    is_sealed = fields.Boolean("Sealed", readonly=True)
    seal_image = fields.Image(
        "Official Seal", readonly=True, help="The seal as it was on that day."
    )

    # Whose turn it is; the expressions are those of `find_turns`.
    _open_idx = models.Index(
        "(coalesce(body_id, 0), coalesce(unit_id, 0)) WHERE state = 'open'"
    )

    def init(self):
        self.env.cr.execute(CREATE_SIGNATURE_GUARDS)

    @api.depends("body_id", "unit_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for signature in self:
            # sudo: who signs is no secret on the paper that he signs
            body_sudo, unit_sudo = signature.body_id.sudo(), signature.unit_id.sudo()
            signature.label = body_sudo.name or unit_sudo.name

    @api.depends("label")
    def _compute_display_name(self):
        for signature in self:
            signature.display_name = signature.label

    def _refusal(self):
        return self.env["club.approval.request"]._refusal()

    def copy_data(self, default=None):
        raise self._refusal()

    def _get_key(self):
        """Return ``("body", id)`` or ``("unit", id)``."""
        self.ensure_one()
        return ("body", self.body_id.id) if self.body_id else ("unit", self.unit_id.id)

    def _set_given(self, state, holder, comment):
        """Write the decision of a seat, once and for good. Rules C3, E1."""
        self.ensure_one()
        signed = state == SIGNED
        body = self.body_id or self.unit_id.club_head_body_id
        values = {
            "state": state,
            "signer_id": holder.user_id,
            "on_behalf_of_id": holder.seat_user_id != holder.user_id
            and holder.seat_user_id,
            "office": holder.office,
            "signed_at": fields.Datetime.now(),
            "comment": comment,
            "digest": self.request_id.digest,
        }
        if signed and (self.unit_id or body.seal_image):
            values.update(is_sealed=True, seal_image=body.seal_image)
        self._write_guarded(values)

    # === In words === #

    def _get_trail_row(self):
        """Return the signature's cells; QWeb leaves out a cell that is None."""
        self.ensure_one()
        labels = self._get_club_labels()
        row = {
            "stage": self.stage,
            "label": self.label,
            "instead_of": self.instead_of,
            "state": labels[self.state],
            "class": CLASSES.get(self.state, "text-muted"),
            "signer": self.signer_id.name or (self.state == OPEN and self.asked_names),
            "on_behalf_of": self.on_behalf_of_id.name,
            "office": self.office,
            "date": self.signed_at
            and format_date(
                self.env, self.request_id.company_id._club_day(self.signed_at)
            ),
            "comment": self.comment,
            "is_sealed": self.is_sealed,
            "seal": self.seal_image and image_data_uri(self.seal_image),
        }
        return {name: value or "" for name, value in row.items()}

    def _get_vacancy_text(self):
        """Say who must be seated, where nobody can sign today."""
        self.ensure_one()
        if self.unit_id:
            return self.env._(
                "%s: nobody but the applicant leads it: name a team leader or a deputy",
                self.label,
            )
        return self.env._(
            "%s: nobody but the applicant holds a seat today: an administrator of the "
            "club seats somebody",
            self.label,
        )
