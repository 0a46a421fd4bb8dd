"""Who makes an account whose branch, and what the pages show of it. Rule A12."""

import json
from datetime import date

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..approval.rpc_case import RpcCase
from ..common import TODAY, ClubCommon

LATER = date(2026, 4, 20)


class GroupMixin:
    @classmethod
    def _set_up_group(cls):
        cls.head, cls.east, cls.west, cls.other = cls._create_accounts(
            ["Crane Group", "Crane East", "Crane West", "Delta Trade"],
            club_unit_id=cls.unit.id,
            club_manager_id=cls.manager.id,
        )

    def _join(self, *branches, head=None):
        for branch in branches:
            branch.with_user(self.officer).club_head_id = head or self.head

    def _get_times(self, account):
        return [
            (line.head_id, line.date_from, line.date_to)
            for line in self.env["club.account.head"].search(
                [("account_id", "=", account.id)], order="id"
            )
        ]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGroup(GroupMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_group()

    def _refuse(self, branch, head, words, error=ValidationError):
        with self.assertRaisesRegex(error, words):
            self._join(branch, head=head)

    # === What can be a head === #

    def test_itself_is_refused(self):
        self._refuse(self.east, self.east, "Crane East can't be its own head")

    def test_a_circle_of_two_is_refused(self):
        self._join(self.east)
        self._refuse(
            self.head, self.east, "Crane Group is the head of Crane East. Give Crane"
        )

    def test_a_circle_of_three_is_refused(self):
        self._join(self.east)
        self._join(self.west, head=self.east)
        self._refuse(
            self.head, self.west, "Crane Group is the head of Crane East. Give Crane"
        )
        self._join(self.head, head=self.other)  # a third level is none

    def test_several_at_once_make_no_circle(self):
        """One write gives both the same head, which is one of them."""
        both = (self.head | self.east).with_user(self.officer)
        with self.assertRaisesRegex(ValidationError, "can't be its own head"):
            both.club_head_id = self.east

    def test_a_contact_is_neither_head_nor_branch(self):
        person = self.env["res.partner"].create(
            {"name": "Lin", "parent_id": self.head.id}
        )
        for branch, head in ((self.east, person), (person, self.other)):
            self._refuse(branch, head, "Lin belongs to Crane Group|Crane Group, Lin")

    def test_an_account_of_another_company_is_refused(self):
        hill = self._create_club_company("Hill Post")
        stranger = self.env["res.partner"].create(
            {"name": "Hill Mine", "is_company": True, "company_id": hill.id}
        )
        for branch, head in ((self.east, stranger), (stranger, self.head)):
            with self.assertRaisesRegex(ValidationError, "Hill Mine belongs to Hill"):
                branch.sudo().club_head_id = head

    def test_an_archived_head_is_refused_and_stays_where_it_is(self):
        self._join(self.east)
        self.head.with_user(self.officer).active = False
        self.assertEqual(self.east.club_head_id, self.head)
        self._refuse(self.west, self.head, "Crane Group is archived")

    def test_who_is_gone_is_refused(self):
        with self.assertRaises(MissingError):
            self.east.with_user(self.officer).write({"club_head_id": 2**30})

    def test_who_belongs_to_a_group_stays_an_account(self):
        self._join(self.east)
        for account in (self.east, self.head):
            with self.assertRaisesRegex(ValidationError, "take it out before"):
                account.with_user(self.officer).write(
                    {"is_company": False, "parent_id": self.other.id}
                )
        self.west.with_user(self.officer).write(
            {"is_company": False, "parent_id": self.other.id}
        )

    def test_an_officer_archives_a_head(self):
        """Rule E2: also one of which nothing else is kept."""
        bare = self.env["res.partner"].create({"name": "Bare", "is_company": True})
        self._join(self.east, head=bare)
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaisesRegex(AccessError, "a club officer archives it"):
            bare.with_user(self.manager).active = False
        bare.with_user(self.officer).active = False

    # === History === #

    def test_times_follow_and_stay(self):
        """Rule A10."""
        self._join(self.east)
        with freeze_time(LATER):
            self._join(self.east, head=self.other)
            self.east.with_user(self.officer).club_head_id = False
            self._join(self.east, head=self.west)
        self.assertEqual(
            self._get_times(self.east),
            [
                (self.head, TODAY, date(2026, 4, 19)),
                (self.other, LATER, date(2026, 4, 19)),
                (self.west, LATER, False),
            ],
        )

    def test_the_same_head_again_changes_nothing(self):
        self._join(self.east)
        with freeze_time(LATER):
            self._join(self.east)
        self.assertEqual(self._get_times(self.east), [(self.head, TODAY, False)])

    def test_changes_are_logged(self):
        """Rule E2: who made it whose branch."""
        self._join(self.east)
        self.east.with_user(self.officer).club_head_id = False
        changes = self.env["club.change"].search(
            [("res_model", "=", "club.account.head")]
        )
        self.assertEqual(changes.create_uid, self.officer)
        self.assertIn("Crane Group", changes.mapped("new_value"))
        self.assertEqual(set(changes.mapped("kind")), {"created", "changed"})

    # === Merging === #

    def _merge(self, target, *sources):
        partners = target.concat(*sources)
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, target)
        self.env.invalidate_all()

    def _check_heads(self):
        lines = self.env["club.integrity.check"]._run(self.program).line_ids
        self.assertFalse(lines.mapped(lambda x: (x.kind, x.expected, x.found)))

    def test_a_merged_head_hands_its_branches_over(self):
        self._join(self.east, self.west)
        double = self._create_account("Crane Group Ltd")
        self._merge(double, self.head)
        self.assertEqual((self.east | self.west).club_head_id, double)
        self.assertEqual(double.club_branch_count, 2)
        self._check_heads()

    def test_a_branch_merged_into_its_head_is_no_branch(self):
        self._join(self.east)
        self._join(self.west, head=self.east)
        self._merge(self.head, self.east)
        self.assertFalse(self.head.club_head_id)
        self.assertEqual(self.west.club_head_id, self.head)
        self._check_heads()

    def test_a_head_merged_into_its_branch(self):
        self._join(self.east, self.west)
        self._merge(self.east, self.head)
        self.assertFalse(self.east.club_head_id)
        self.assertEqual(self.west.club_head_id, self.east)
        self._check_heads()

    def test_a_merge_makes_no_circle(self):
        """West under east under head: head and west become one."""
        self._join(self.east)
        self._join(self.west, head=self.east)
        self._merge(self.west, self.head)
        self.assertFalse(self.west.club_head_id)
        self.assertEqual(self.east.club_head_id, self.west)
        self._check_heads()

    def test_of_two_heads_the_targets_stays(self):
        double = self._create_account("Crane East Ltd")
        self._join(self.east)
        with freeze_time(LATER):
            self._join(double, head=self.other)
            self._merge(self.east, double)
            self.assertEqual(self.east.club_head_id, self.head)
            self._check_heads()

    def test_the_head_of_the_source_is_taken_over(self):
        double = self._create_account("Crane East Ltd")
        self._join(self.east)
        self._merge(double, self.east)
        self.assertEqual(double.club_head_id, self.head)
        self._check_heads()

    # === Pages === #

    def test_the_heads_page(self):
        self._join(self.east)
        self._join(self.west, head=self.east)
        self._sign_head(self.east)
        self._sign_head(self.west)
        self._add_revenue(self.head | self.east | self.west, 20_000)
        self._post_run()
        page = self.head.with_user(self.officer)
        self.assertEqual(page.club_branch_count, 2)
        self.assertEqual(page.club_branch_ids, self.east | self.west)
        self.assertEqual(page.club_branch_ids.mapped("club_own_points"), [20_000] * 2)
        self.assertEqual((page.club_group_points, page.club_points), (60_000, 20_000))
        self.assertEqual(page.club_group_revenue, 60_000)
        self.program.thresholds_per = "group"
        self.env.invalidate_all()
        self.assertEqual((page.club_group_points, page.club_points), (60_000, 60_000))
        self.assertEqual(page.club_own_points, 20_000)
        action = page.action_open_club_branches()
        accounts = self.env["res.partner"].search(action["domain"])
        self.assertEqual(accounts, self.head | self.east | self.west)
        self.assertFalse(self.other.with_user(self.officer).club_branch_count)

    def test_a_sum_has_what_its_reader_may_see(self):
        """Rule E2: another manager's branch is named, its points aren't."""
        colleague = self._create_user("user", "colleague")
        self.west.club_manager_id = colleague
        self._join(self.east, self.west)
        self._add_revenue(self.head | self.east | self.west, 20_000)
        self._post_run()
        page = self.head.with_user(self.manager)
        self.assertEqual(len(page.club_branch_ids), 2)
        self.assertEqual(page.club_group_points, 40_000)
        west = self.west.with_user(self.manager)
        self.assertEqual((west.club_is_readable, west.club_own_points), (False, 0))

    def test_search_and_group(self):
        self._join(self.east, self.west)
        partners = self.env["res.partner"].with_user(self.manager)
        mine = [("id", "in", (self.head | self.east | self.west | self.other).ids)]
        heads = partners.search([("club_branch_count", ">", 0), *mine])
        self.assertEqual(heads, self.head)
        others = partners.search([("club_branch_count", "=", 0), *mine])
        self.assertEqual(others, self.east | self.west | self.other)
        branches = partners.search([("club_head_id", "!=", False), *mine])
        self.assertEqual(branches, self.east | self.west)
        found = partners._read_group(mine, ["club_head_id"], ["__count"])
        self.assertEqual(dict(found), {self.head: 2, partners: 2})

    def test_the_form(self):
        with Form(self.east.with_user(self.officer)) as form:
            form.club_head_id = self.head
        self.assertEqual(self.east.club_head_id, self.head)
        form = Form(self.east.with_user(self.manager))
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.club_head_id = self.other

    def test_queries_dont_grow_with_branches(self):
        def count(head):
            self.env.invalidate_all()
            page = head.with_user(self.officer)
            before = self.cr.sql_log_count
            page.mapped("club_group_points")
            page.club_branch_ids.mapped("club_own_revenue")
            return self.cr.sql_log_count - before

        self._join(self.east)
        count(self.head)
        few = count(self.head)
        self._join(*self._create_accounts([f"Branch {n}" for n in range(20)]))
        self.assertLessEqual(count(self.head), few)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGroupAttacks(GroupMixin, RpcCase):
    """A manager can't make his account the branch of a Diamond head. Rule E2."""

    _watched = ("club.account.head", "club.membership")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_club()
            cls._set_up_group()

    def _attack(self, user, model, method, ids=None, **kwargs):
        _result, error = self._call("call_kw", user, model, method, ids, **kwargs)
        self.assertFalse(self.east.club_head_id)
        self.assertFalse(self._get_times(self.east))
        return error

    def test_only_an_officer_sets_a_head(self):
        head = {"club_head_id": self.head.id}
        for user in (self.manager, self.lead, self.finance, self.auditor, self.clerk):
            for method, kwargs in (
                ("write", {"vals": head}),
                ("web_save", {"vals": head, "specification": {}}),
                ("copy", {"default": {**head, "name": "Copied"}}),
            ):
                error = self._attack(
                    user, "res.partner", method, self.east.ids, **kwargs
                )
                self.assertTrue(error, (user.login, method))
        partners = self.env["res.partner"]
        self.assertFalse(partners.search([("club_head_id", "=", self.head.id)]))

    def test_nobody_else_creates_a_branch(self):
        partners = self.env["res.partner"]
        branch = {"name": "New", "is_company": True, "club_head_id": self.head.id}
        nested = {"name": "Above", "is_company": True, "child_ids": [[0, 0, branch]]}
        for values in (branch, nested):
            error = self._attack(
                self.manager, "res.partner", "create", vals_list=[values]
            )
            self.assertEqual(error, "odoo.exceptions.AccessError")
        self._call(
            "call_kw",
            self.manager,
            "res.partner",
            "create",
            vals_list=[{"name": "New", "is_company": True}],
            context={"default_club_head_id": self.head.id},
        )
        self._call(
            "call_kw",
            self.manager,
            "res.partner",
            "name_create",
            name="Newer",
            context={"default_club_head_id": self.head.id},
        )
        self.assertFalse(partners.search([("club_head_id", "!=", False)]))
        error = self._attack(
            self.manager,
            "res.partner",
            "load",
            fields=[".id", "club_head_id/.id"],
            data=[[str(self.east.id), str(self.head.id)]],
        )
        self.assertFalse(error)  # it says so in its messages

    def test_nobody_writes_the_history(self):
        line = {
            "account_id": self.east.id,
            "head_id": self.head.id,
            "company_id": self.company.id,
            "date_from": "2026-01-01",
        }
        for user in (self.manager, self.officer):
            error = self._attack(user, "club.account.head", "create", vals_list=[line])
            self.assertTrue(error)
        self._join(self.west)
        row = self.env["club.account.head"].search([("account_id", "=", self.west.id)])
        for method, kwargs in (
            ("write", {"vals": {"head_id": self.other.id}}),
            ("write", {"vals": {"date_to": "2026-12-31"}}),
            ("write", {"vals": {"date_to": "2026-12-31"}, "context": {"club_lock": 1}}),
            ("unlink", {}),
            ("copy", {}),
        ):
            for user in (self.manager, self.officer):
                error = self._attack(
                    user, "club.account.head", method, row.ids, **kwargs
                )
                self.assertTrue(error, (user.login, method))
        self.assertEqual(self._get_times(self.west), [(self.head, TODAY, False)])

    def test_a_default_makes_no_branch(self):
        self.env["ir.default"].sudo().create(
            {
                "field_id": self.env["ir.model.fields"]
                ._get("res.partner", "club_head_id")
                .id,
                "user_id": self.manager.id,
                "json_value": json.dumps(self.head.id),
            }
        )
        self._call(
            "call_kw",
            self.manager,
            "res.partner",
            "create",
            vals_list=[{"name": "New", "is_company": True}],
        )
        lines = self.env["club.account.head"].search([])
        self.assertFalse(lines)

    def test_allowed_to_an_officer(self):
        _result, error = self._call(
            "call_kw",
            self.officer,
            "res.partner",
            "write",
            self.east.ids,
            vals={"club_head_id": self.head.id},
        )
        self.assertFalse(error)
        self.assertEqual(self._get_times(self.east), [(self.head, TODAY, False)])
        # A manager who saves what is there changes nothing, and is let.
        _result, error = self._call(
            "call_kw",
            self.manager,
            "res.partner",
            "write",
            self.east.ids,
            vals={"club_head_id": self.head.id},
        )
        with self.assertRaises(AccessError):
            self.east.with_user(self.manager).club_head_id = self.other
