from lxml import etree

from odoo.tests import tagged

from ..common import ClubCommon

TYPES = {
    "integer": "club_limit",
    "float": "club_limit_float",
    "monetary": "club_limit_monetary",
}


@tagged("post_install", "-at_install")
class TestZeros(ClubCommon):
    """A limit that there isn't is a word, and what nobody asked for is blank."""

    def test_what_is_said_of_a_figure_holds(self):
        """Each is a figure, and the field that says so is one of its model's."""
        found = 0
        for model in self.env.values():
            for name, zero in getattr(model, "_club_zeros", {}).items():
                found += 1
                self.assertIn(model._fields[name].type, TYPES)
                if isinstance(zero, tuple):
                    self.assertEqual(model._fields[zero[1]].type, "boolean")
        self.assertTrue(found)

    def test_a_view_shows_the_word(self):
        node = self._find(self.env["club.venue"], "form", "capacity")
        self.assertEqual(node.get("widget"), "club_limit")
        self.assertEqual(node.get("placeholder"), "No limit")

    def test_a_flag_says_so_instead_of_zero(self):
        node = self._find(self.env["club.entitlement"], "list", "owed")
        self.assertEqual(node.get("options"), "{'when': 'is_unlimited'}")
        self.assertEqual(node.get("placeholder"), "Unlimited")

    def test_a_threshold_that_nobody_set_is_blank(self):
        node = self._find(self.env["club.tariff"], "form", "volume_from")
        self.assertEqual(node.get("widget"), "club_limit_float")
        self.assertIsNone(node.get("placeholder"))

    def test_a_sum_has_room_in_a_list(self):
        node = self._find(self.env["club.points.run"], "list", "revenue")
        self.assertGreaterEqual(int(node.get("width").removesuffix("px")), 140)

    def _find(self, model, kind, name):
        arch = etree.fromstring(model.get_view(view_type=kind)["arch"])
        return arch.find(f".//field[@name='{name}']")

    def test_the_headings_of_a_list_go_on_in_the_next_line(self):
        """Of the club's lists, which say so to the stylesheet; no others do."""
        for model, is_club in (("club.contact.log", True), ("res.partner", False)):
            arch = self.env[model].get_view(view_type="list")["arch"]
            with self.subTest(model):
                self.assertEqual('class="o_club_list"' in arch, is_club)

    def test_a_name_goes_on_in_the_next_line_of_a_list(self):
        logs = self.env["club.contact.log"]
        for name in ("summary", "user_id"):
            self.assertIn("text-wrap", self._find(logs, "list", name).get("class"))
        self.assertNotIn(
            "text-wrap", self._find(logs, "form", "user_id").get("class", "")
        )
