from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..record.rpc import for_records


class ClubApprovalStage(models.Model):
    """Bodies that sign side by side, in any order; then the next stage. Rule C3."""

    _name = "club.approval.stage"
    _description = "Approval Stage"
    _inherit = ["club.record.mixin"]
    _order = "band_id, sequence, id"
    _club_parent = "band_id"

    band_id = fields.Many2one(
        "club.approval.band", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="band_id.company_id", store=True)
    sequence = fields.Integer(default=10, help="Low first; one after the other.")
    with_unit = fields.Boolean(
        "Applying Unit",
        help="The head of the applying unit confirms, which affixes the unit's seal.",
    )
    body_ids = fields.Many2many(
        "club.body",
        string="Bodies",
        ondelete="restrict",  # else a deleted body would silently no longer sign
        domain="[('company_id', '=', company_id), ('is_unit_head', '=', False)]",
        help="All of them sign, in any order.",
    )
    signers = fields.Char("Sign", compute="_compute_signers")

    @api.depends("with_unit", "body_ids.name")
    @api.depends_context("lang")
    def _compute_signers(self):
        for stage in self:
            names = [self.env._("Applying unit")] if stage.with_unit else []
            stage.signers = " + ".join(names + stage.body_ids.mapped("name"))

    def _compute_display_name(self):
        for stage in self:
            stage.display_name = stage.signers

    @api.constrains("with_unit", "body_ids")
    def _check_signers(self):
        for stage in self:
            if not (stage.with_unit or stage.body_ids):
                raise ValidationError(
                    self.env._(
                        "A stage of %s names nobody: choose a body or the applying "
                        "unit.",
                        stage.band_id.policy_id.name,
                    )
                )
            foreign = stage.body_ids.filtered(
                lambda body, company=stage.company_id: body.company_id != company
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(body)s belongs to another company than %(policy)s.",
                        body=foreign[0].name,
                        policy=stage.band_id.policy_id.name,
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._check_signers()  # also of one that is given neither field

    @for_records
    def write(self, vals):
        bands = self.band_id
        result = super().write(vals)
        if "band_id" in vals:
            bands._check_stages_left()
        return result

    @for_records
    def unlink(self):
        bands = self.band_id
        result = super().unlink()
        bands._check_stages_left()
        return result
