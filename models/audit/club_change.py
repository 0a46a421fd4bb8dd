from odoo import api, fields, models
from odoo.exceptions import AccessError


class ClubChange(models.Model):
    """Who changed what decides where revenue goes and who gets which tier.

    `club.logged.mixin` writes it, and nobody else; nobody changes or deletes it. Rules
    B6, E2.
    """

    _name = "club.change"
    _description = "Logged Change"
    _inherit = ["club.record.mixin"]
    _order = "id desc"
    _rec_name = "record_name"
    _club_by_code = True

    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="cascade"
    )
    create_uid = fields.Many2one("res.users", string="Changed by", readonly=True)
    create_date = fields.Datetime("Changed on", readonly=True)
    kind = fields.Selection(
        [("created", "Created"), ("changed", "Changed"), ("deleted", "Deleted")],
        "What Happened",
        required=True,
        readonly=True,
    )
    res_model = fields.Char("Technical Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True
    )
    record_kind = fields.Char("Kind of Record", compute="_compute_labels")
    record_name = fields.Char("Record", readonly=True)
    field_name = fields.Char("Technical Field", readonly=True)
    field_label = fields.Char("Field", compute="_compute_labels")
    old_value = fields.Char("Before", readonly=True)
    new_value = fields.Char("After", readonly=True)

    # The history of a record.
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "field_name")
    @api.depends_context("lang")
    def _compute_labels(self):
        # sudo: what a model is called is no secret
        for change in self:
            model = self.env.get(change.res_model)
            field = model is not None and model._fields.get(change.field_name)
            change.record_kind = (
                model is not None
                and self.env["ir.model"]._get(change.res_model).sudo().name
            )
            change.field_label = field and field._description_string(self.env)

    def _refusal(self):
        return AccessError(self.env._("The log of changes is written by nobody."))
