from odoo import models
from odoo.tools import SQL

from .account_move_line import stamp_statement


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._club_stamp_lines()
        return posted

    def _club_stamp_lines(self):
        """Stamp the revenue lines with account and category. Rules B1, A3."""
        if not self:
            return
        lines = self.line_ids
        self.flush_model(["move_type", "commercial_partner_id"])
        lines.flush_model(["move_id", "product_id", "display_type"])
        self.env["product.template"].flush_model(["categ_id"])
        self.env.cr.execute(stamp_statement(SQL("m.id IN %s", tuple(self.ids))))
        lines.invalidate_recordset(["club_account_id", "club_category_id"])
