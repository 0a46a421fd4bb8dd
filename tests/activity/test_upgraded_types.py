from odoo.tests import TransactionCase, tagged

from ..upgrades import migrate


@tagged("post_install", "-at_install")
class TestUpgradedTypes(TransactionCase):
    """A catalogue of a version that didn't say how long its activities take. C1."""

    def test_they_take_as_long_as_in_a_club_that_begins_today(self):
        types = self.env["club.activity.type"].search([])
        hours = types.mapped("usual_hours")
        self.assertIn(48, hours)
        types.usual_hours = 2
        migrate(self.env, "19.0.1.8.0/post-usual_hours.py", "19.0.1.7.0")
        self.assertEqual(types.mapped("usual_hours"), hours)
