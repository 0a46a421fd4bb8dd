from lxml import etree

from odoo.tests import TransactionCase, tagged

SCREEN = 1366  # of a laptop
# What the web client gives a column at least, in pixels (column_width_hook.js), beside
# it, and to the left and right of all.
LEAST = {
    **{"boolean": 20, "integer": 71, "date": 76, "float": 93},
    **{"monetary": 105, "datetime": 126, "many2one_avatar_user": 110},
}
OTHERS, BESIDE, EDGES = 80, 9, 22
TICK, OPEN, CHOICE = 20, 54, 12
HIDDEN = ("1", "True", "true")


@tagged("post_install", "-at_install")
class TestListWidths(TransactionCase):
    """A list that asks for more than the screen has cuts its last columns."""

    def test_no_list_is_wider_than_the_screen(self):
        root = self.env.ref("crm_club.club_root_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        looked_at = 0
        for menu in menus:
            action = menu.action
            if not action or action.type != "ir.actions.act_window":
                continue
            for view_id, kind in action.views:
                if kind == "list":
                    model = self.env[action.res_model]
                    arch = etree.fromstring(model.get_view(view_id, kind)["arch"])
                    looked_at += 1
                    self.assertLessEqual(
                        self._get_least_width(model, arch), SCREEN, menu.complete_name
                    )
        self.assertGreater(looked_at, 60)

    def _get_least_width(self, model, arch):
        """Return how wide a list is when all columns are as narrow as they can be."""
        widths = [TICK]
        if arch.get("open_form_view"):
            widths.append(OPEN)
        if any(node.get("optional") for node in arch):
            widths.append(CHOICE)
        was_button = False
        for node in arch:
            if node.tag not in ("field", "button", "widget"):
                continue
            if node.get("optional") == "hide" or node.get("column_invisible") in HIDDEN:
                continue
            is_button = node.tag == "button"
            if not (is_button and was_button):  # buttons in a row are one column
                widths.append(self._get_column_width(model, node))
            was_button = is_button
        return sum(widths) + BESIDE * len(widths) + EDGES

    def _get_column_width(self, model, node):
        if given := node.get("width"):
            return int(given.removesuffix("px"))
        if node.tag != "field":
            return OTHERS
        kind = node.get("widget") or model._fields[node.get("name")].type
        return LEAST.get(kind, OTHERS)
