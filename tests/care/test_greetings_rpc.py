from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import RpcCase
from ..common import TODAY
from .greeting_case import GreetingFixture

REFUSED = ("odoo.exceptions.AccessError", "odoo.exceptions.UserError")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGreetingsRpc(GreetingFixture, RpcCase):
    """Whatever the form forbids fails from outside, too. Rules A8, D5, E2."""

    def test_head_office_greets_for_its_occasions(self):
        for user, refused in ((self.manager, True), (self.lead, True)):
            values = {"occasion_id": self.head.id, "date": str(TODAY)}
            _result, error = self._call(
                "call_kw", user, "club.greeting", "create", vals_list=[values]
            )
            self.assertEqual(error in REFUSED, refused, user.login)
        greeting = self._create_greeting()
        for method in ("action_prepare", "action_send", "action_export"):
            _result, error = self._call(
                "call_kw", self.manager, "club.greeting", method, greeting.ids
            )
            self.assertIn(error, REFUSED, method)
        self.assertEqual(greeting.state, "draft")
        _result, error = self._call(
            "call_kw", self.officer, "club.greeting", "action_prepare", greeting.ids
        )
        self.assertFalse(error)
        self.assertEqual(greeting.state, "prepared")

    def test_nobody_writes_whom_it_concerns(self):
        line = self._prepare().line_ids[:1]
        for method, values in (
            ("write", {"vals": {"state": "sent", "channel": "sms"}}),
            ("unlink", {}),
        ):
            for user in (self.manager, self.officer):
                _result, error = self._call(
                    "call_kw", user, line._name, method, line.ids, **values
                )
                self.assertIn(error, REFUSED, (method, user.login))
