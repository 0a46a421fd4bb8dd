"""How views show what a club's model says of its fields."""

import ast

from odoo import models

VIEWS = ("form", "list", "kanban", "search", "pivot", "graph", "calendar", "activity")
SHOWING = VIEWS[:3]
ZERO_WIDGETS = {
    "integer": "club_limit",
    "float": "club_limit_float",
    "monetary": "club_limit_monetary",
}
# What a sum of eight digits needs in a list, in bold print below it, too. Odoo leaves
# room for seven.
SUM_WIDTHS = {"monetary": "140px", "float": "120px"}
NUMBER_WIDTH = "125px"  # of a document: COOP/2026/0001
LIST = "o_club_list"  # whose headings go on in the next line
NAMES = ("char", "many2one")
NAME_WIDGETS = (None, "many2one_avatar_user")


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _postprocess_tag_field(self, node, name_manager, node_info):
        """Show a month as a month, a limit that there isn't as a word, and no sum of
        ours cut off, wherever they stand.
        """
        model = name_manager.model
        field = model._fields.get(node.get("name"))
        view = next(node.iterancestors(*VIEWS), None)
        if field is not None and view is not None and view.tag in SHOWING:
            if not node.get("widget"):
                self._set_club_widget(node, model, field)
            if view.tag == "list" and model._name.startswith("club."):
                self._make_room(node, model, field)
                if LIST not in view.get("class", "").split():
                    view.set("class", f"{view.get('class', '')} {LIST}".strip())
        return super()._postprocess_tag_field(node, name_manager, node_info)

    def _make_room(self, node, model, field):
        """Let no sum and no name be cut off: a name goes on in the next line."""
        is_sum = field.aggregator == "sum" and field.type in SUM_WIDTHS
        if is_sum and not node.get("width"):
            node.set("width", SUM_WIDTHS[field.type])
        is_number = field.name == "name" and getattr(model, "_club_sequence", "")
        if is_number and not node.get("width"):
            node.set("width", NUMBER_WIDTH)
        if field.type in NAMES and node.get("widget") in NAME_WIDGETS:
            node.set("class", f"{node.get('class', '')} text-wrap".strip())

    def _set_club_widget(self, node, model, field):
        """Let a field be shown as its model says."""
        if field.name in getattr(model, "_club_months", ()):
            node.set("widget", "club_month")
        zero = getattr(model, "_club_zeros", {}).get(field.name)
        if zero is None:
            return
        word, flag = zero if isinstance(zero, tuple) else (zero, "")
        node.set("widget", ZERO_WIDGETS[field.type])
        if word and not node.get("placeholder"):
            node.set("placeholder", self.env._(word))
        if flag:
            options = ast.literal_eval(node.get("options", "{}"))
            node.set("options", repr({**options, "when": flag}))
