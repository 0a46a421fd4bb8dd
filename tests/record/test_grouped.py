from odoo.tests import tagged

from ..common import ClubCommon


@tagged("post_install", "-at_install")
class TestGrouped(ClubCommon):
    """A page of groups tells how many there are without reading the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls._create_accounts(f"Account {n}" for n in range(7))
        cls.env["club.need"].create(
            [{"name": "Boxes", "account_id": account.id} for account in cls.accounts]
        )
        cls.needs = cls.env["club.need"].with_user(cls.officer)

    def _read(self, *groupby, **page):
        """Return what the web client is told, and the queries that it took."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        domain = [("account_id", "in", self.accounts.ids)]
        found = self.needs.web_read_group(domain, groupby, ["__count"], **page)
        return found, self.cr.sql_log_count - before

    def test_a_page_that_is_full_costs_what_another_does(self):
        self._read("account_id")
        whole, queries = self._read("account_id", limit=8)
        full, queries_of_full = self._read("account_id", limit=3)
        self.assertEqual(queries_of_full, queries)
        self.assertEqual(full["groups"], whole["groups"][:3])

    def test_how_many_groups_there_are(self):
        for page, count in (
            ({}, 7),
            ({"limit": 3}, 3),
            ({"limit": 3, "offset": 3}, 3),
            ({"limit": 3, "offset": 6}, 1),
            ({"limit": 7}, 7),
            ({"limit": 8}, 7),
        ):
            with self.subTest(page=page):
                found, _queries = self._read("account_id", "kind", **page)
                self.assertEqual(len(found["groups"]), count)
                self.assertEqual(found["length"], 7)
                names = {name for group in found["groups"] for name in group}
                self.assertNotIn("__length", names)
        found, _queries = self._read("account_id", limit=3, offset=9)
        self.assertEqual(found, {"groups": [], "length": 0})
