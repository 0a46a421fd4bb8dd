from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .cooperation_case import CooperationCase

LOW = [{"unit"}, {"key_accounts"}, {"leader"}]
HIGH = [{"unit"}, {"key_accounts"}, {"tender"}, {"leader"}]
REASON = "The only hall in town"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestCooperation(CooperationCase):
    """Requests, their bands and what adds up. Rule C6."""

    def test_cost_bands_at_each_bound(self):
        """The panel signs above 100,000, and not at it."""
        for number, (amount, asked) in enumerate(
            (
                (0.01, LOW),
                (99_999.99, LOW),
                (100_000, LOW),
                (100_000.01, HIGH),
                (5_000_000, HIGH),
            )
        ):
            supplier = self.env["res.partner"].create({"name": f"Bound {number}"})
            with self.subTest(amount):
                found = self._submit(
                    amount, partner_id=supplier.id, exemption_reason=REASON
                )
                self.assertEqual(self._get_asked(found), asked)

    def test_amounts_of_a_supplier_and_purpose_add_up(self):
        """PEERS 9: also over units; another purpose or supplier begins anew."""
        self.other_unit.user_id = self._create_user("lead", "hill_lead")
        first = self._submit(60_000)
        for values, asked in (
            ({"purpose": "catering"}, LOW),
            ({"partner_id": self.suppliers[1].id}, LOW),
            ({"unit_id": self.other_unit.id, "exemption_reason": REASON}, HIGH),
        ):
            with self.subTest(values):
                user = self.officer if "unit_id" in values else self.manager
                found = self._submit(60_000, user, **values)
                self.assertEqual(self._get_asked(found), asked)
        last = self._draw_up(10)
        self.assertRecordValues(
            last, [{"added_amount": 120_010, "is_tender_due": True}]
        )
        self.assertEqual(self._get_asked(first), LOW)

    def test_what_is_withdrawn_or_long_ago_does_not_count(self):
        first = self._submit(60_000)
        first.action_withdraw()
        self.assertEqual(self._get_asked(self._submit(60_000)), LOW)
        with freeze_time("2027-05-01"):
            self.assertEqual(self._get_asked(self._submit(60_000)), LOW)

    def test_two_that_are_submitted_together_add_up(self):
        both = self._draw_up(60_000) + self._draw_up(60_000)
        with self._assert_refused(UserError, "hold a tender"):
            both.action_submit()
        both[1].exemption_reason = REASON
        both.action_submit()
        self.assertEqual(self._get_asked(both[0]), LOW)
        self.assertEqual(self._get_asked(both[1]), HIGH)

    def test_last_signature_opens_the_contract(self):
        cooperation = self._submit(10_000)
        self.assertFalse(cooperation.contract_amount)
        self._sign_all(cooperation)
        self.assertRecordValues(
            cooperation,
            [
                {
                    "approval_state": "done",
                    "contract_amount": 10_000,
                    "limit_amount": 10_000,
                    "available_amount": 10_000,
                    "effective_on": TODAY,
                }
            ],
        )
        self.assertRegex(cooperation.name, r"COOP/\d{4}/\d{4}")
        # What was signed is fixed; the contract's number comes afterwards.
        with self.assertRaises(UserError):
            cooperation.amount = 20_000
        cooperation.contract_number = "HT-2026-01"

    def test_who_applies_belongs_to_the_unit(self):
        stranger = self._create_user("user", "stranger")
        for user, values in (
            (stranger, {}),
            (self.manager, {"unit_id": self.other_unit.id}),
        ):
            with self.assertRaises(AccessError):
                self._submit(user=user, **values)
        self._submit(user=self.clerk)
        self._submit(user=self.officer)

    def test_what_cannot_be_submitted(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.supplier.id}
        )
        with self._assert_refused(ValidationError, "belongs to"):
            self._submit(partner_id=contact.id)
        with self._assert_refused(UserError, "names no supplier"):
            self._submit(partner_id=False)

    def test_guarded_fields_are_nobodys_to_write(self):
        """PEERS 3, 4, 5: over RPC, draft or not."""
        cooperation = self._draw_up()
        for values in (
            {"approval_state": "done"},
            {"contract_amount": 1},
            {"limit_amount": 1},
            {"tender_above": 1e9},
            {"tender_order": "after"},
            {"tender_bids": 1},
            {"tender_state": "awarded"},
            {"awarded_by_id": self.manager.id},
            {"name": "X"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                cooperation.write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                self._draw_up(**values)

    def test_terms_are_those_of_the_day_of_submission(self):
        """PEERS 7: a program that changes leaves running requests alone."""
        cooperation = self._draw_up(60_000)
        self.program.tender_above = 50_000
        with self._assert_refused(UserError, "hold a tender"):
            cooperation.action_submit()
        self.program.tender_above = 70_000
        cooperation.action_submit()
        self.program.tender_above = 50_000
        self._sign_all(cooperation)
        self.assertEqual(cooperation.approval_state, "done")
        self.assertEqual(cooperation.tender_above, 70_000)

    def test_supplements_are_signed_as_the_whole_would_be(self):
        """PEERS 9: the contract counts along, however long ago it was signed."""
        cooperation = self._take_effect(90_000)
        with self._assert_refused(UserError, "say why there is no tender"):
            self._raise(cooperation, 10_000.01)
        small = self._raise(cooperation, 5_000)
        self.assertEqual(self._get_asked(small), LOW)
        with freeze_time("2028-05-01"):
            second = self._raise(cooperation, 6_000, exemption_reason=REASON)
            self.assertEqual(self._get_asked(second), HIGH)
            self.assertEqual(cooperation.limit_amount, 90_000)
            self._sign_all(small)
            self.assertEqual(cooperation.limit_amount, 95_000)
            self._sign_all(second)
            self.assertEqual(cooperation.limit_amount, 101_000)

    def test_a_supplement_needs_a_contract_in_effect(self):
        with self._assert_refused(UserError, "isn't in effect"):
            self._raise(self._submit(), 1)

    def test_what_adds_up_costs_no_query_per_request(self):
        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records.mapped("name")
            before = self.env.cr.sql_log_count
            records.mapped("added_amount")
            records.mapped("available_amount")
            records.mapped("bill_count")
            return self.env.cr.sql_log_count - before

        few = self.env["club.cooperation"].union(
            *(self._draw_up(purpose="gift") for _number in range(5))
        )
        many = self.env["club.cooperation"].union(
            *(self._draw_up(purpose="media") for _number in range(20))
        )
        count(few)
        self.assertEqual(count(few), count(many))

    def test_two_companies_keep_apart(self):
        other = self._create_club_company("Other Post")
        self._create_program(other)
        stranger = self._create_user("officer", "stranger", other)
        cooperation = self._take_effect()
        there = cooperation.with_user(stranger)
        there = there.with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            there.read(["amount"])
        self.assertFalse(there.search([("id", "=", cooperation.id)]))
        # Neither unit nor supplier of another company, not even as superuser.
        with self.assertRaises(UserError):
            there.sudo().copy({"company_id": other.id})
