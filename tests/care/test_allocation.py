from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY
from .assignment_case import AssignmentFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAllocation(AssignmentFixture, TransactionCase):
    """Accounts without a manager are dealt out, and the lead decides. Rules D2, D9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bare = cls.account_b | cls.env["res.partner"].create(
            [
                {
                    "name": f"Bare {number}",
                    "is_company": True,
                    "club_unit_id": cls.unit.id,
                }
                for number in range(5)
            ]
        )

    def _create(self, user=None, **values):
        allocations = self._as(user or self.lead, self.env["club.allocation"])
        return allocations.create(
            {
                "unit_id": self.unit.id,
                "manager_ids": [(6, 0, (self.manager | self.other_manager).ids)],
                **values,
            }
        )

    def _get_dealt(self, allocation):
        return {line.account_id.id: line.user_id.id for line in allocation.line_ids}

    def test_dealt_out_evenly_and_again_the_same(self):
        allocation = self._create()
        allocation.action_collect()
        self.assertEqual(set(allocation.line_ids.account_id.ids), set(self.bare.ids))
        allocation.action_draw()
        dealt = self._get_dealt(allocation)
        numbers = [
            list(dealt.values()).count(user.id)
            for user in (self.manager, self.other_manager)
        ]
        self.assertEqual(numbers, [3, 3])
        allocation.action_reset()
        allocation.action_draw()
        self.assertEqual(self._get_dealt(allocation), dealt)
        self.assertFalse(self.account_b.club_manager_id)
        allocation.action_decide()
        self.env.invalidate_all()
        for account in self.bare:
            self.assertEqual(account.club_manager_id.id, dealt[account.id])
        self.assertEqual(allocation.decided_by_id, self.lead)
        with self.assertRaises(UserError):
            allocation.action_decide()

    def test_another_one_needs_a_reason(self):
        allocation = self._create()
        allocation.action_collect()
        allocation.action_draw()
        line = allocation.line_ids[0]
        other = (self.manager | self.other_manager) - line.user_id
        with self.assertRaisesRegex(ValidationError, "say why"), self.cr.savepoint():
            line.user_id = other
        line.write({"user_id": other.id, "reason": "Speaks Cantonese"})
        with self.assertRaises(UserError), self.cr.savepoint():
            line.drawn_id = other
        with self.assertRaises(UserError), self.cr.savepoint():
            allocation.seed = 8
        with self.assertRaises(UserError), self.cr.savepoint():
            line.account_id = self.account_a

    def test_nobody_above_a_full_load(self):
        self.tiers["gold"].accounts_per_manager = 1
        for account in self.bare[:3]:
            self._set_tier(account, "gold")
        allocation = self._create()
        allocation.action_collect()
        allocation.action_draw()
        self.assertEqual(allocation.unplaced_count, 1)
        with self.assertRaisesRegex(UserError, "nobody is named"), self.cr.savepoint():
            allocation.action_decide()
        line = allocation.line_ids.filtered(lambda line: not line.user_id)
        line.write({"user_id": self.manager.id, "reason": "He has time"})
        with self.assertRaisesRegex(UserError, "200.0 %"), self.cr.savepoint():
            allocation.action_decide()

    def test_managed_accounts_arent_dealt_out(self):
        allocation = self._create(line_ids=[(0, 0, {"account_id": self.account_a.id})])
        with self.assertRaisesRegex(UserError, "have a manager"), self.cr.savepoint():
            allocation.action_draw()
        self.manager.active = False
        allocation.manager_ids = self.other_manager
        need = self.env["club.need"].create(
            {
                "name": "Cold chain",
                "account_id": self.account_a.id,
                "owner_id": self.manager.id,
            }
        )
        self.env.invalidate_all()
        allocation.action_draw()
        allocation.action_decide()
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)
        self.assertEqual(need.owner_id, self.other_manager)

    def test_only_the_lead_and_officers_allocate(self):
        self._create(self.officer).action_collect()
        others = set(self.outsiders) - {self.other_lead}
        for user in (self.manager, *others):
            with self.assertRaises(AccessError, msg=user.login), self.cr.savepoint():
                self._create(user)
        # Who leads another unit may draw one up, and finds nothing to deal out.
        allocation = self._create(self.other_lead)
        for method in ("action_collect", "action_draw", "action_decide"):
            with self.assertRaises(AccessError, msg=method), self.cr.savepoint():
                getattr(allocation, method)()
