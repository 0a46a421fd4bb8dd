from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "club.ledger.named.mixin"]

    _club_ledger_column = "category_id"
