"""What record rules ask of each row comes with the rows."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRulingColumns(ClubCommon):
    """A list reads its rows once, whatever the rules ask that it doesn't show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["club.need"].with_user(cls.manager).create(
            {"name": "Boxes", "account_id": cls.account_a.id, "kind": "service"}
        )

    def _count_reads(self, name, user, spec):
        """Return how often the rows of a list are read, and the rows."""
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env[name].with_user(user)
        reads = []
        fetch = type(model)._fetch_query

        def counting(records, query, fields):
            if records._name == name and fields:
                reads.append([field.name for field in fields])
            return fetch(records, query, fields)

        with patch.object(type(model), "_fetch_query", counting):
            found = model.web_search_read([], spec, limit=80)
        return reads, found["records"]

    def test_a_table(self):
        for user in (self.manager, self.lead):
            with self.subTest(user.login):
                reads, rows = self._count_reads("club.need", user, {"name": {}})
                self.assertTrue(rows)
                self.assertEqual(len(reads), 1, reads)

    def test_a_view_is_worked_out_once(self):
        reads, rows = self._count_reads("club.today", self.manager, {"date_due": {}})
        self.assertTrue(rows)
        self.assertEqual(len(reads), 1, reads)

    def test_numbers_alone_are_asked_for_alone(self):
        needs = self.env["club.need"].with_user(self.manager)
        self.env.invalidate_all()
        with patch.object(type(needs), "_get_ruling_names", side_effect=AssertionError):
            self.assertTrue(needs.search([]))

    def test_what_the_user_may_not_read_is_left_out(self):
        field = self.env["club.need"]._fields["company_id"]
        needs = self.env["club.need"].with_user(self.manager)
        self.assertIn("company_id", needs._get_ruling_names())
        with patch.object(field, "groups", "base.group_system"):
            self.assertNotIn("company_id", needs._get_ruling_names())
