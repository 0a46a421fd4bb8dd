from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon

TERM_END = date(2027, 4, 9)
REASON = "Signed with the bureau"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTierOverrideDocument(ClubCommon):
    """A tier set by hand takes effect when all have signed. Rules A6, A10, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.overrides = cls.env["club.tier.override"]
        cls._add_revenue(cls.account_a, 60_000)  # VIP by points, no grade
        cls._post_run()

    def _propose(self, code="gold", user=None, **values):
        return self.overrides.with_user(user or self.officer).create(
            {
                "account_id": self.account_a.id,
                "group_id": self.membership.id,
                "tier_id": self.tiers[code].id,
                "reason": REASON,
                **values,
            }
        )

    def _submit(self, code="gold", **values):
        override = self._propose(code, **values)
        override.action_submit()
        return override

    def _sign(self, override, *codes):
        for code in codes:
            override.with_user(self.signers[code]).action_sign()

    def test_begins_with_the_last_signature(self):
        """Not when it was drawn up; what decides is how things are by then."""
        override = self._submit()
        self.assertEqual(override.display_name, "Gold for Anchor Mills")
        self.assertEqual(override.date_to, TERM_END)
        with freeze_time("2026-04-12"):
            self._sign(override, "key_accounts")
            self.assertEqual(self.account_a.club_tier_id.code, "vip")
            self.assertFalse(override.membership_id)
            self._sign(override, "leader")
        self.assertEqual(override.approval_state, "done")
        self.assertRecordValues(
            override.membership_id,
            [
                {
                    "account_id": self.account_a.id,
                    "tier_id": self.tiers["gold"].id,
                    "date_from": date(2026, 4, 12),
                    "date_to": TERM_END,
                    "origin": "override",
                    "reason": REASON,
                    "decided_by_id": self.signers["leader"].id,
                }
            ],
        )
        self.assertEqual(self.account_a.club_tier_id.code, "gold")

    def test_nothing_before_all_have_signed(self):
        """Neither a draft, nor what was rejected or withdrawn, nor a half."""
        draft, waiting = self._propose(), self._submit()
        self._sign(waiting, "key_accounts")
        rejected = self._submit()
        rejected.with_user(self.signers["key_accounts"]).action_reject("Too early")
        withdrawn = self._submit()
        withdrawn.action_withdraw()
        for override in draft + waiting + rejected + withdrawn:
            with self.assertRaises(UserError):
                override.sudo()._approval_carry_out()
        self.assertEqual(self.account_a.club_tier_id.code, "vip")

    def test_is_judged_at_submission_and_when_it_begins(self):
        """Rule A6: it never lowers, whatever happened meanwhile."""
        with freeze_time(TODAY - timedelta(days=1)):
            self.program._set_override(
                self.account_b, self.tiers["gold"], date(2027, 4, 8), REASON
            )
        with self.assertRaisesRegex(UserError, "Beacon Foods is Gold until"):
            self._submit("vip", account_id=self.account_b.id)
        override = self._submit()
        self._sign(override, "key_accounts")
        self.program._set_override(
            self.account_a, self.tiers["diamond"], TERM_END, REASON
        )
        with freeze_time(TODAY + timedelta(days=1)):
            with self.assertRaisesRegex(UserError, "Anchor Mills is Diamond until"):
                self._sign(override, "leader")
        self.assertEqual(self.account_a.club_tier_id.code, "diamond")

    def test_tier_and_reason_are_checked(self):
        with self.assertRaises(ValidationError):
            self._propose(tier_id=self.grade.tier_ids[0].id)
        with self.assertRaises(ValidationError):
            self._submit(reason="  ")
        with self.assertRaises(UserError):
            self._submit(date_to=TODAY)

    def test_what_was_submitted_is_fixed(self):
        """PEERS 3, 4, 5."""
        override = self._submit()
        for vals in (
            {"tier_id": self.tiers["diamond"].id},
            {"account_id": self.account_b.id},
            {"date_to": date(2027, 1, 1)},
            {"reason": "Other"},
        ):
            for user in (self.officer, self.env.user):
                with self.assertRaises(UserError):
                    override.with_user(user).write(vals)
            self.env.invalidate_all()
        with self.assertRaises(UserError):
            override.unlink()
        membership = self.account_a.club_membership_ids[0]
        for vals in ({"membership_id": membership.id}, {"approval_state": "done"}):
            with self.assertRaises(AccessError):
                override.write(vals)
            with self.assertRaises(AccessError):
                self._propose(**vals)
        copy = override.copy()
        self.assertEqual(copy.approval_state, "draft")
        self.assertFalse(copy.membership_id)

    def test_officer_never_signs_what_he_proposed(self):
        """Rule E2, also where he sits in the body that signs."""
        self._create_seat("key_accounts", self.officer)
        override = self._submit()
        with self.assertRaises(AccessError):
            override.action_sign()
        self._sign(override, "key_accounts", "leader")
        self.assertEqual(override.approval_state, "done")

    def test_officers_propose_and_nobody_else(self):
        """Rule E2."""
        for role in ("manager", "clerk", "lead", "finance", "auditor"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._propose(user=getattr(self, role))
        draft = self._propose(user=self._create_user("admin"))
        draft.with_user(self.officer).unlink()

    def test_who_reads_it(self):
        """The lead of the account's unit, the auditor, and who is to sign."""
        override = self._submit()
        self.other_unit.user_id = hill = self._create_user("lead", "hill_lead")
        key_accounts, leader = self.signers["key_accounts"], self.signers["leader"]
        for user, reads in (
            (self.officer, True),
            (self.lead, True),
            (hill, False),
            (self.auditor, True),
            (self.manager, False),
            (self.clerk, False),
            (self.finance, False),
            (key_accounts, True),
            (leader, False),
        ):
            with self.subTest(user.login):
                own = override.with_user(user)
                self.assertEqual(own.has_access("read"), reads)
                if user != self.officer:
                    self.assertFalse(own.has_access("write"))
                if reads:
                    self.assertEqual(own.current_tier_id.code, "vip")
        self._sign(override, "key_accounts")
        for user in (key_accounts, leader):
            self.assertTrue(override.with_user(user).has_access("read"))

    def test_companies_are_apart(self):
        other = self._create_club_company("Other Post")
        self.env.user.company_ids |= other
        program = self._create_program(other)
        stranger = self._create_user("officer", "stranger", other)
        group = program.group_ids.filtered(lambda g: g.code == "membership")
        gold = group.tier_ids.filtered(lambda t: t.code == "gold")
        there = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(self._propose().with_env(there).has_access("read"))
        values = {
            "account_id": self.account_a.id,
            "group_id": group.id,
            "tier_id": gold.id,
            "reason": REASON,
        }
        with self.assertRaises(AccessError):
            self._propose(**values)
        override = self.overrides.with_env(there).create(values)
        self.assertEqual(override.company_id, other)
        override.action_submit()
        with self.assertRaises(AccessError):
            self._sign(override, "key_accounts")

    def test_dialog_takes_the_account_of_a_contact(self):
        contact = self.env["res.partner"].create(
            {"name": "Liaison", "parent_id": self.account_a.id}
        )
        context = {"active_model": "res.partner", "active_id": contact.id}
        overrides = self.overrides.with_user(self.officer).with_context(**context)
        dialog = "crm_club.club_tier_override_view_form_dialog"
        with Form(overrides, dialog) as form:
            self.assertEqual(form.account_id, self.account_a)
            self.assertEqual(form.group_id, self.membership)
            self.assertEqual(form.current_tier_id, self.tiers["vip"])
            self.assertEqual(form.date_to, TERM_END)
            form.tier_id = self.tiers["gold"]
            form.reason = REASON
        action = form.record.action_submit_and_show()
        override = self.overrides.browse(action["res_id"])
        self.assertEqual(override.approval_state, "waiting")
        self._sign_all(override)
        self.assertEqual(self.account_a.club_tier_id.code, "gold")

    def test_contact_stands_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Liaison", "parent_id": self.account_a.id}
        )
        override = self._propose(account_id=contact.id)
        self.assertEqual(override.account_id, self.account_a)
        override.account_id = self.account_b
        override.account_id = contact
        self.assertEqual(override.account_id, self.account_a)

    def test_membership_leads_to_its_document(self):
        override = self._submit()
        self._sign_all(override)
        membership = override.membership_id
        for user in (self.officer, self.lead, self.auditor):
            own = membership.with_user(user)
            self.assertEqual(own.override_id, override)
            self.assertEqual(own.action_open_override()["res_id"], override.id)
        opened = override.with_user(self.officer).action_open_membership()
        self.assertEqual(opened["res_id"], membership.id)
