from odoo.tests import tagged

from ..approval.rpc_case import KEYS, RpcCase
from .budget_case import YEAR, BudgetMixin


@tagged("post_install", "-at_install")
class TestBudgetAttacks(BudgetMixin, RpcCase):
    """What a client must not do with budgets, through both doors. Rules B8, E2."""

    _watched = ("club.budget", "club.marketing.budget", "club.tier", "club.approval.")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_budgets()
        cls.draft = cls._prepare()
        cls.signed = cls._grant_now(cls.account_a, 500)
        cls.mine = cls._get_line(cls.draft, cls.account_a)
        cls.others = cls._get_line(cls.draft, cls.account_b)

    def test_who_looks_after_an_account_grants_it_nothing(self):
        """Neither lines nor sheets, nor what they rest on."""
        users = (self.manager, self.lead, self.finance, self.auditor)
        for record, vals in (
            (self.mine, {"granted": 9e6, "reason": "Because"}),
            (self.draft, {"line_ids": [[0, 0, {"account_id": self.account_a.id}]]}),
            (self.draft, {"line_ids": [[1, self.mine.id, {"granted": 9e6}]]}),
            (self.tiers["gold"], {"budget_rate": 1_000}),
        ):
            for context in ({}, KEYS):
                self._assert_refused(
                    users,
                    record._name,
                    "write",
                    record.ids,
                    vals=vals,
                    context=context,
                )
        for method in ("action_prepare", "action_submit", "action_supplement"):
            self._assert_refused(users, "club.budget", method, self.draft.ids)
        self._assert_refused(users, "club.budget", "unlink", self.draft.ids)
        self._assert_refused(users, "club.budget", "copy", self.signed.ids)
        self._assert_refused(
            users,
            "club.marketing.budget",
            "create",
            vals_list=[
                {
                    "budget_id": self.draft.id,
                    "account_id": self.account_a.id,
                    "granted": 9e6,
                    "reason": "Because",
                }
            ],
        )
        self._assert_refused(
            users, "club.marketing.budget", "name_create", name="Anchor Mills"
        )

    def test_an_officer_writes_no_figures(self):
        """What it rests on is worked out, and whose it is stays."""
        for vals in (
            *({"points": 9e6}, {"rate": 9}, {"proposed": 9e6}, {"tier_id": 1}),
            *({"is_prepared": False}, {"year": 2099}, {"company_id": 1}),
            *({"account_id": self.account_b.id}, {"budget_id": self.signed.id}),
        ):
            self._assert_refused(
                (self.officer,),
                "club.marketing.budget",
                "write",
                self.mine.ids,
                vals=vals,
                context=KEYS,
            )
        for vals in (
            *({"number": 7}, {"year": YEAR + 5}, {"prepared_at": False}),
            *({"approval_state": "done"}, {"company_id": 1}),
        ):
            self._assert_refused(
                (self.officer,), "club.budget", "write", self.draft.ids, vals=vals
            )

    def test_what_is_signed_stays(self):
        line = self.signed.line_ids
        for record, method, kwargs in (
            (line, "write", {"vals": {"granted": 9e6, "reason": "More"}}),
            (line, "unlink", {}),
            (self.signed, "unlink", {}),
            (self.signed, "action_prepare", {}),
            (self.signed, "write", {"vals": {"line_ids": [[2, line.id, 0]]}}),
            (self.signed, "write", {"vals": {"line_ids": [[5, 0, 0]]}}),
            (
                self.signed,
                "web_save",
                {
                    "vals": {"line_ids": [[1, line.id, {"granted": 9e6}]]},
                    "specification": {},
                },
            ),
            (self.draft, "write", {"vals": {"line_ids": [[4, line.id, 0]]}}),
        ):
            self._assert_refused(
                (self.officer,), record._name, method, record.ids, **kwargs
            )

    def test_nobody_reads_anothers_budget(self):
        """Neither a line, nor a sum, nor what was spent."""
        for method, kwargs in (
            ("read", {"fields": ["granted"]}),
            ("web_read", {"specification": {"spent": {}}}),
        ):
            self._assert_refused(
                (self.manager, self.lead),
                "club.marketing.budget",
                method,
                self.others.ids,
                **kwargs,
            )
        for model in ("club.marketing.budget", "club.account.cost"):
            for user in (self.manager, self.lead):
                found = self._call_ok(
                    user,
                    model,
                    "search_read",
                    domain=[["account_id", "=", self.account_b.id]],
                    fields=["granted"],
                )
                self.assertFalse(found)
                found = self._call_ok(
                    user,
                    model,
                    "formatted_read_group",
                    domain=[],
                    groupby=["account_id"],
                    aggregates=["granted:sum"],
                )
                accounts = {group["account_id"][0] for group in found}
                self.assertEqual(accounts, {self.account_a.id})

    def test_the_view_is_nobodys_to_write(self):
        row = self.env["club.account.cost"].search([], limit=1)
        self.assertTrue(row)
        for method, kwargs in (
            ("write", {"vals": {"amount": 0}}),
            ("unlink", {}),
            ("copy", {}),
        ):
            self._assert_refused(
                (self.manager, self.finance, self.officer),
                "club.account.cost",
                method,
                row.ids,
                **kwargs,
            )
        self._assert_refused(
            (self.officer,),
            "club.account.cost",
            "create",
            vals_list=[{"account_id": self.account_a.id, "amount": 1}],
        )
