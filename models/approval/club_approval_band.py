from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...kernel.approval_bands import read_band
from ..record.lock import LOCK
from ..record.rpc import for_records
from .amounts import format_band

_lt = LazyTranslate(__name__)


class ClubApprovalBand(models.Model):
    """The stages that amounts from one bound to another go through. Rule C3."""

    _name = "club.approval.band"
    _description = "Approval Band"
    _inherit = ["club.record.mixin"]
    _order = "policy_id, amount_above, id"
    _club_zeros = {"amount_to": _lt("No limit")}
    _club_parent = "policy_id"

    policy_id = fields.Many2one(
        "club.approval.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    amount_above = fields.Float(
        "Above",
        digits=(16, 2),
        aggregator=None,
        help="Amounts above this one; the first band, from 0, takes 0 too.",
    )
    amount_to = fields.Float(
        "Up To",
        digits=(16, 2),
        aggregator=None,
        help="Amounts up to and including this one. 0: without limit.",
    )
    stage_ids = fields.One2many("club.approval.stage", "band_id", "Stages", copy=True)
    signers = fields.Char("Who Signs", compute="_compute_signers")

    @api.depends("amount_above", "amount_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for band in self:
            band.display_name = band._get_label()

    @api.depends("stage_ids.signers", "stage_ids.sequence")
    @api.depends_context("lang")
    def _compute_signers(self):
        for band in self:
            stages = band.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
            band.signers = " → ".join(stage.signers or "" for stage in stages)

    def _get_label(self):
        """Return the band in words, such as “10,000.00 to 50,000.00”."""
        self.ensure_one()
        return format_band(self.env, self.amount_above, self.amount_to)

    @api.constrains("stage_ids")
    def _check_stage_ids(self):
        for band in self:
            if not band.stage_ids:
                raise ValidationError(
                    self.env._(
                        "The band “%(band)s” of %(policy)s has no stage: say who "
                        "signs.",
                        band=band.display_name,
                        policy=band.policy_id.name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        self._check_stage_ids()
        self._check_whole()

    @for_records
    def write(self, vals):
        policies = self.policy_id
        # Stages go and come: the band checks what is left.
        saving = self.with_context(club_band_saved=LOCK)
        result = super(ClubApprovalBand, saving).write(vals)
        self._check_whole()
        if "policy_id" in vals:
            policies._check_band_ids()
        return result

    @for_records
    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        if not self._is_saved_with_policy():
            policies.exists()._check_band_ids()
        return result

    def _check_whole(self):
        """A band changed on its own is checked with those beside it."""
        if not self._is_saved_with_policy():
            self.policy_id._check_band_ids()

    def _check_stages_left(self):
        """A stage that is taken away on its own leaves another one."""
        if self.env.context.get("club_band_saved") is not LOCK:
            self._check_stage_ids()

    def _is_saved_with_policy(self):
        return self.env.context.get("club_policy_saved") is LOCK

    def _get_band(self):
        """Return the kernel's view of the band."""
        self.ensure_one()
        return read_band(self.amount_above, self.amount_to)

    def _prepare_copy(self, bodies):
        """Return the values of a copy; ``bodies`` maps ids of bodies."""
        return {
            "amount_above": self.amount_above,
            "amount_to": self.amount_to,
            "stage_ids": [
                Command.create(
                    {
                        "sequence": stage.sequence,
                        "with_unit": stage.with_unit,
                        "body_ids": [
                            Command.set([bodies[body.id] for body in stage.body_ids])
                        ],
                    }
                )
                for stage in self.stage_ids
            ],
        }
