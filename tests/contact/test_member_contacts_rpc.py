import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .care_case import PERSONAL, SECRET, CareFixture, OutsidersMixin


@tagged("post_install", "-at_install")
class TestMemberContactsRpc(OutsidersMixin, CareFixture, HttpCase):
    """The same, from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_outsiders()

    def _call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.text

    def _calls(self):
        profile, partner = "club.contact.profile", "res.partner"
        through = [["club_profile_ids.diet", "ilike", SECRET]]
        spec = {"club_profile_ids": {"fields": {"diet": {}, "wechat": {}}}}
        keys = {"su": True, "club_lock": "LOCK", "active_test": False}
        return (
            (profile, "read", self.profile.ids, PERSONAL),
            (profile, "web_read", self.profile.ids, {"diet": {}, "note": {}}),
            (profile, "search_read", [], PERSONAL),
            (profile, "web_search_read", [], {"diet": {}, "note": {}}),
            (profile, "formatted_read_group", [], ["diet"], []),
            (profile, "export_data", self.profile.ids, ["diet", "note"]),
            (profile, "name_search", "Li Ming"),
            (profile, "action_hand_over", self.profile.ids),
            (partner, "read", self.contact.ids, ["club_profile_ids"]),
            (partner, "web_read", self.contact.ids, spec),
            (partner, "search_count", through),
            (partner, "search", [["club_profile_ids.birthday_day", "=", 18]]),
            (partner, "export_data", self.contact.ids, ["club_profile_ids/diet"]),
            (partner, "web_search_read", through, {"name": {}}),
            ("club.contact.consent", "search_read", [], ["answer", "profile_id"]),
        ), keys

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_no_call_brings_anything_out(self):
        calls, keys = self._calls()
        for user in self.outsiders:
            self.authenticate(user.login, user.login)
            for model, method, *args in calls:
                answer = self._call(model, method, *args, context=keys)
                told = (user.login, model, method, answer[:400])
                self.assertNotIn(SECRET, answer, told)
                result = json.loads(answer).get("result")
                if model == "res.partner" and method in ("search", "search_count"):
                    self.assertFalse(result, told)
        self.assertEqual(self.profile.account_id, self.account_a)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_the_manager_gets_it(self):
        """So that the test above would notice."""
        calls, keys = self._calls()
        self.authenticate(self.manager.login, self.manager.login)
        found = [
            SECRET in self._call(model, method, *args)
            for model, method, *args in calls[:5]
        ]
        self.assertEqual(found, [True] * 5)

    @mute_logger("odoo.http")
    def test_nobody_asks_for_an_anonymisation_but_an_officer(self):
        for user in (*self.outsiders[:-1], self.manager, self.lead):
            self.authenticate(user.login, user.login)
            values = {"contact_id": self.contact.id, "reference": "1"}
            answer = self._call("club.contact.anonymise", "create", [values])
            self.assertIn("AccessError", answer, user.login)
            answer = self._call("club.anonymisation", "create", [{}])
            self.assertIn("AccessError", answer, user.login)
        self.assertEqual(self.contact.name, "Li Ming")
        self.assertFalse(self.env["club.anonymisation"].search_count([]))
