from odoo import Command
from odoo.tests import TransactionCase, tagged

from ...hooks import DROP_NAMES, _drop_what_users_kept

MODEL = "club.membership"


@tagged("post_install", "-at_install")
class TestUninstall(TransactionCase):
    """What goes with the add-on beside its own records, and what stays.

    `./dev lifecycle --only uninstall` takes it off and compares all tables.
    """

    def test_what_users_kept_of_our_models_goes(self):
        favourites = self.env["ir.filters"].create(
            [
                {"name": "Mine", "model_id": MODEL, "active": False},
                {
                    "name": "Members",
                    "model_id": "res.partner",
                    "domain": "[('club_tier_id', '!=', False)]",
                },
            ]
        )
        others = self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "res.partner", "domain": domain}
                for name, domain in (
                    ("Near", "[]"),
                    ("Fans", "[('x_fan_club_id', '!=', False)]"),
                )
            ]
        )
        window = self.env["ir.actions.act_window"].create(
            {"name": "Mine", "res_model": MODEL}
        )
        menu = self.env["ir.ui.menu"].create(
            {"name": "Mine", "action": f"{window._name},{window.id}"}
        )
        own = self.env["ir.exports"].create({"name": "Mine", "resource": MODEL})
        partners = self.env["ir.exports"].create(
            {
                "name": "Mine",
                "resource": "res.partner",
                "export_fields": [
                    Command.create({"name": name}) for name in ("name", "club_tier_id")
                ],
            }
        )
        _drop_what_users_kept(self.env)
        for gone in (favourites, window, menu, own):
            self.assertFalse(gone.exists(), gone)
        self.assertEqual(others.exists(), others)
        self.assertEqual(partners.export_fields.mapped("name"), ["name"])

    def test_our_own_actions_wait_for_their_xml_ids(self):
        windows = self.env["ir.actions.act_window"].search([("res_model", "=", MODEL)])
        self.assertTrue(windows)
        _drop_what_users_kept(self.env)
        self.assertEqual(windows.exists(), windows)

    def test_meetings_stay(self):
        """Odoo deletes what names a model that goes."""
        meeting = self.env["calendar.event"].create(
            {"name": "About it", "res_model_id": self.env["ir.model"]._get_id(MODEL)}
        )
        _drop_what_users_kept(self.env)
        self.assertRecordValues(meeting, [{"res_model_id": False, "res_model": False}])

    def test_no_name_of_a_model_is_left_to_other_modules(self):
        names = [
            ("name", "=like", "%\\_\\_club\\_%"),
            ("model", "in", ("ir.model.inherit", "ir.model.fields.selection")),
            ("module", "!=", "crm_club"),
        ]
        self.assertTrue(self.env["ir.model.data"].search_count(names))
        self.env.cr.execute(DROP_NAMES)
        self.assertFalse(self.env["ir.model.data"].search_count(names))
