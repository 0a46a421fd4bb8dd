from odoo.tests import tagged

from ..common import ClubCommon


@tagged("post_install", "-at_install")
class TestDraftNames(ClubCommon):
    """A document that isn't saved yet is called by what it is, then by its number."""

    def test_each_numbered_document_has_a_word_before_its_number(self):
        found = 0
        for model in self.env.values():
            name = model._fields.get("name")
            if model._abstract or not getattr(model, "_club_sequence", "") or not name:
                continue
            if name.default and not name.compute:
                found += 1
                self.assertIn("(draft)", model.default_get(["name"])["name"])
        self.assertGreater(found, 10)

    def test_what_is_saved_has_its_number(self):
        lists = self.env["club.gift.list"].with_company(self.company)
        self.assertEqual(lists.new({}).name, "Gift List (draft)")
        made = lists.create({"purpose": "Mid-Autumn", "unit_id": self.unit.id})
        self.assertTrue(made.name.startswith(f"{lists._club_sequence}/"))
