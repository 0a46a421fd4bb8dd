from odoo import api, fields, models

from ..record.lock import is_open
from .guards import CREATE_SIGNATURE_GUARDS
from .states import SIGNATURE_STATES

# What a signature takes on when it is asked for, given or refused.
CHANGES = {
    "state",
    "asked_since",
    "asked_names",
    "signer_id",
    "on_behalf_of_id",
    "office",
    "signed_at",
    "comment",
    "digest",
    "is_sealed",
    "seal_image",
}


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

    # Whose turn it is; the expressions are those of `_get_my_turns`.
    _open_idx = models.Index(
        "(coalesce(body_id, 0), coalesce(unit_id, 0)) WHERE state = 'open'"
    )

    def init(self):
        self.env.cr.execute(CREATE_SIGNATURE_GUARDS)

    @api.depends("body_id", "unit_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for signature in self:
            body, unit = signature.body_id.sudo(), signature.unit_id.sudo()
            signature.label = body.name or unit.name

    @api.depends("label")
    def _compute_display_name(self):
        for signature in self:
            signature.display_name = signature.label

    # No `super`, and no leave at uninstall either: the tables go as a whole.
    # pylint: disable=method-required-super,no-raise-unlink
    @api.model
    def default_get(self, fields):
        """Return nothing: neither a client's context nor a user's own defaults
        (`ir.default`) fill in what others are to decide.
        """
        return {}

    @api.model_create_multi
    def create(self, vals_list):
        if not is_open(self.env):
            raise self.env["club.approval.request"]._refusal()
        return super().create(vals_list)

    def write(self, vals):
        if not is_open(self.env) or set(vals) - CHANGES:
            raise self.env["club.approval.request"]._refusal()
        return super().write(vals)

    def unlink(self):
        raise self.env["club.approval.request"]._refusal()

    # pylint: enable=method-required-super,no-raise-unlink

    def copy_data(self, default=None):
        raise self.env["club.approval.request"]._refusal()

    def _get_key(self):
        """Return ``("body", id)`` or ``("unit", id)``."""
        self.ensure_one()
        return ("body", self.body_id.id) if self.body_id else ("unit", self.unit_id.id)
