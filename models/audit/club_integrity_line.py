from odoo import fields, models

from ..record.rpc import for_one
from .club_integrity_check import CAUSES, ERROR, LINE_KINDS, PENDING


class ClubIntegrityLine(models.Model):
    """A difference that an integrity check found. Written by SQL only."""

    _name = "club.integrity.line"
    _description = "Difference of an Integrity Check"
    _inherit = ["club.record.mixin"]
    _order = "check_id desc, severity, kind, id"
    _rec_name = "kind"
    _club_months = ("month",)
    _log_access = False
    _club_parent = "check_id"

    check_id = fields.Many2one(
        "club.integrity.check",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(LINE_KINDS, "Compared", required=True, readonly=True)
    severity = fields.Selection(
        [(ERROR, "Error"), (PENDING, "Pending")],
        required=True,
        readonly=True,
        help="Pending: the cause is known, and the next run, the daily job or a signed "
        "adjustment settles it.",
    )
    cause = fields.Selection(CAUSES, readonly=True)
    account_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    month = fields.Date(readonly=True)
    category_id = fields.Many2one(
        "product.category", "Product Category", readonly=True, ondelete="set null"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    res_model = fields.Char("Record Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Record No.", model_field="res_model", readonly=True
    )
    expected = fields.Char(readonly=True)
    found = fields.Char(readonly=True)
    difference = fields.Float(
        digits=(16, 2), readonly=True, help="Found minus expected, where both are sums."
    )

    @for_one
    def action_open_record(self):
        """Open what differs."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
