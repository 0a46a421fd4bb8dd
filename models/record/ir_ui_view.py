"""How views show what a club's model says of its fields."""

from odoo import models

MONTH_VIEWS = ("form", "list", "kanban")


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _postprocess_tag_field(self, node, name_manager, node_info):
        """Show each date that stands for a month as one, wherever it stands."""
        months = getattr(name_manager.model, "_club_months", ())
        if node.get("name") in months and not node.get("widget"):
            view = next(node.iterancestors(*MONTH_VIEWS, "search", "pivot", "graph"))
            if view.tag in MONTH_VIEWS:
                node.set("widget", "club_month")
        return super()._postprocess_tag_field(node, name_manager, node_info)
