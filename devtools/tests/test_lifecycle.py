"""The life cycle knows every version that landed, and tells what a database lost."""

import ast
import unittest

from devtools.home import CHECKOUT
from devtools.lifecycle import content, landed


class TestLanded(unittest.TestCase):
    def test_versions_are_in_order(self):
        numbers = [landed._number(one.version) for one in landed.LANDED]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(len({one.commit for one in landed.LANDED}), len(numbers))

    def test_what_a_migration_leads_from_is_tried(self):
        """Each version but today's is there: a migration leads to the next one."""
        versions = {one.version for one in landed.LANDED}
        manifest = ast.literal_eval((CHECKOUT / "__manifest__.py").read_text())
        led_to = {path.name for path in (CHECKOUT / "migrations").iterdir()}
        self.assertLessEqual(led_to - {manifest["version"]}, versions)

    def test_every_expected_change_has_a_reason(self):
        for by in ("upgrade", "twice", "uninstall"):
            landed.Expected(by)
        with self.assertRaises(ValueError):
            landed.Expected("upgrade", [{"changes": "a.x"}])


class TestContent(unittest.TestCase):
    def test_a_row_without_a_number_is_told_by_what_it_says(self):
        one, other = {"a_id": 1, "b_id": 2}, {"a_id": 1, "b_id": 3}
        before, after = ({"a_b_rel": {content._key(row): row}} for row in (one, other))
        found = [change[:3] for change in content.compare(before, after)]
        self.assertEqual(found, [("a_b_rel", "added", 1), ("a_b_rel", "removed", 1)])

    def test_moments_of_change_are_no_difference(self):
        before, after = (
            {"a": {"1": {"id": 1, "write_date": moment}}} for moment in ("x", "y")
        )
        self.assertEqual(content.compare(before, after), [])
