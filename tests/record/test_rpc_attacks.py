"""What succeeded against the neighbours, tried over RPC as plain users. PEERS."""

import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture

REFUSED = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install")
class TestRpcAttacks(ClubFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._add_revenue(cls.account_a, 60_000)
        cls.posted = cls._post_run()

    @mute_logger("odoo.http")
    def _call(self, user, model, method, *args, **kwargs):
        """Call a method as the web client does; return (result, error name)."""
        self.authenticate(user.login, user.login)
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        error = response.get("error")
        return response.get("result"), error and error["data"]["name"]

    def _assert_refused(self, user, model, method, *args, **kwargs):
        result, error = self._call(user, model, method, *args, **kwargs)
        self.assertIn(
            error,
            (REFUSED, "odoo.exceptions.UserError", "odoo.exceptions.ValidationError"),
            (user.login, model, method, args, kwargs, result),
        )
        self.env.invalidate_all()

    def test_context_keys_open_no_lock(self):
        """PEERS 1: no value that JSON can carry is the sentinel."""
        for value in (True, 1, "LOCK", "<object object>", {}, [], None):
            for key in ("club_lock", "club_tiers"):
                self._assert_refused(
                    self.officer,
                    "club.points.run",
                    "write",
                    [self.posted.id],
                    {"state": "draft"},
                    context={key: value, "tracking_disable": True},
                )

    def test_points_can_be_written_by_nobody(self):
        """PEERS 12: neither balance nor history."""
        entry = self.posted.entry_ids[0]
        for user in (self.manager, self.clerk, self.officer, self.finance):
            self._assert_refused(
                user, "club.points.entry", "write", [entry.id], {"points": 999_999}
            )
            self._assert_refused(user, "club.points.entry", "unlink", [entry.id])
            self._assert_refused(
                user,
                "club.points.entry",
                "create",
                [{"run_id": self.posted.id, "account_id": self.account_a.id}],
            )
            self._assert_refused(
                user, "club.points.entry", "copy", [entry.id], {"points": 5}
            )
            self._assert_refused(
                user,
                "club.points.run",
                "write",
                [self.posted.id],
                {"entry_ids": [[1, entry.id, {"points": 5}]]},
            )
        self.assertEqual(self._get_points(self.account_a), 60_000)

    def test_import_creates_no_points(self):
        result, _error = self._call(
            self.officer,
            "club.points.entry",
            "load",
            ["account_id", "points"],
            [[self.account_a.name, "500"]],
        )
        self.assertFalse(result and result.get("ids"))
        result, _error = self._call(
            self.officer,
            "club.points.run",
            "load",
            ["month", "state"],
            [["2026-01-01", "posted"]],
        )
        self.assertFalse(result and result.get("ids"))

    def test_runs_are_not_created_in_another_state(self):
        """PEERS 5."""
        for values in (
            {"state": "posted"},
            {"seal": "x"},
            {"entry_ids": [[0, 0, {"points": 1}]]},
            {"unit_ids": [[0, 0, {"state": "verified"}]]},
        ):
            self._assert_refused(
                self.officer,
                "club.points.run",
                "create",
                [{"program_id": self.program.id, "month": "2026-01-01", **values}],
            )

    def test_memberships_and_mirrors_are_not_written(self):
        """PEERS 13, 15: nobody gives himself a tier."""
        diamond = self.membership.tier_ids[-1]
        membership = self.account_a.club_membership_ids[0]
        for user in (self.manager, self.lead, self.officer):
            self._assert_refused(
                user,
                "club.membership",
                "write",
                [membership.id],
                {"tier_id": diamond.id},
            )
            self._assert_refused(
                user,
                "res.partner",
                "write",
                [self.account_a.id],
                {"club_tier_id": diamond.id},
            )
            self._assert_refused(
                user,
                "res.partner",
                "write",
                [self.account_a.id],
                {"club_membership_ids": [[0, 0, {"tier_id": diamond.id}]]},
            )

    def test_private_methods_are_private(self):
        for model, method in (
            ("club.points.run", "_do_post"),
            ("club.points.run", "_post_ledger"),
            ("club.program", "_review"),
            ("club.membership", "_insert"),
            ("club.membership", "_end"),
            ("club.requalification", "_do_apply"),
            ("club.program", "_cron_daily"),
        ):
            _result, error = self._call(self.officer, model, method, [])
            self.assertTrue(error, (model, method))

    def test_a_manager_can_not_assign_himself_an_account(self):
        for field in ("club_manager_id", "club_unit_id"):
            self._assert_refused(
                self.manager,
                "res.partner",
                "write",
                [self.account_b.id],
                {field: self.manager.id},
            )
        partner, error = self._call(
            self.manager,
            "res.partner",
            "create",
            [{"name": "Mine", "club_manager_id": self.manager.id}],
        )
        self.assertEqual(error, REFUSED, partner)

    @mute_logger("odoo.http")
    def test_json2_answers_the_same(self):
        """The other RPC door, with an API key."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "test", self.env.cr.now().replace(hour=23))
        )
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": self.env.cr.dbname,
        }
        entry = self.posted.entry_ids[0]
        answer = self.url_open(
            "/json/2/club.points.entry/write",
            data=json.dumps({"ids": entry.ids, "vals": {"points": 1}}),
            headers=headers,
        )
        self.assertEqual(answer.status_code, 403)
        answer = self.url_open(
            "/json/2/club.points.entry/search_read",
            data=json.dumps({"domain": [], "fields": ["account_id", "points"]}),
            headers=headers,
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            {row["account_id"][0] for row in answer.json()}, {self.account_a.id}
        )
