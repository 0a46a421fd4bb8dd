from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..points.adjustment_case import AdjustmentCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPolicy(AdjustmentCase):
    """Who signs, as data: bands, stages, adding up, two seats. Rules C3, C6, E1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["club.approval.policy"].search(
            [("document_type", "=", "adjustment"), ("company_id", "=", cls.company.id)]
        )
        cls.office = cls._get_body("office")

    def _band(self, above, to, body=None):
        return Command.create(
            {
                "amount_above": above,
                "amount_to": to,
                "stage_ids": [
                    Command.create(
                        {"body_ids": [Command.set((body or self.office).ids)]}
                    )
                ],
            }
        )

    def _set_bands(self, *bounds):
        self.policy.band_ids = [
            Command.clear(),
            *[self._band(above, to) for above, to in bounds],
        ]

    # === Saving === #

    def test_defaults_are_c3s(self):
        """Rule C3, as data: a further company starts with a copy of it."""
        self.assertEqual(
            [
                (band.amount_above, band.amount_to, band.signers)
                for band in self.policy.band_ids.sorted("amount_above")
            ],
            [
                (0, 10_000, "Applying unit → Key-Account Department"),
                (
                    10_000,
                    50_000,
                    "Applying unit → Key-Account Department + Bureau Office",
                ),
                (
                    50_000,
                    0,
                    "Applying unit → Key-Account Department + Bureau Office"
                    " → Bureau Leader",
                ),
            ],
        )
        self.assertEqual(
            self.policy.band_ids.stage_ids.body_ids.company_id, self.company
        )

    def test_gaps_and_overlaps_are_refused(self):
        """Rule C3: each amount has exactly one band."""
        for bounds, words in (
            ([], "no band"),
            ([(5, 0)], "starts at 0"),
            ([(0, 10)], "upper bound of the last band empty"),
            ([(0, 10), (11, 0)], "says nothing of amounts above 10"),
            ([(0, 10), (9, 0)], "overlap above 9"),
            ([(0, 0), (9, 0)], "overlap"),
        ):
            with (
                self.subTest(bounds),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self._set_bands(*bounds)
        self._set_bands((0, 10), (10, 20), (20, 0))
        self.assertEqual(len(self.policy.band_ids), 3)

    def test_a_band_on_its_own_is_checked_too(self):
        """Over RPC a band can be written beside its policy: it must fit as well."""
        low, middle, _high = self.policy.band_ids.sorted("amount_above")
        for act in (
            lambda: low.write({"amount_to": 9_000}),
            lambda: low.write({"amount_to": 11_000}),
            lambda: middle.unlink(),
            lambda: self.env["club.approval.band"].create(
                {
                    "policy_id": self.policy.id,
                    "amount_above": 20_000,
                    "amount_to": 30_000,
                    "stage_ids": [
                        Command.create({"body_ids": [Command.set(self.office.ids)]})
                    ],
                }
            ),
        ):
            with self.assertRaises(ValidationError):
                act()
                self.env.flush_all()
        context = {"club_policy_saved": True}
        with self.assertRaises(ValidationError):
            low.with_context(**context).amount_to = 9_000

    def test_moving_a_bound_is_saved_as_a_whole(self):
        low, middle, _high = self.policy.band_ids.sorted("amount_above")
        self.policy.band_ids = [
            Command.update(low.id, {"amount_to": 20_000}),
            Command.update(middle.id, {"amount_above": 20_000}),
        ]
        self.assertEqual((low.amount_to, middle.amount_above), (20_000, 20_000))

    def test_stages_name_somebody_of_the_company(self):
        stage = self.policy.band_ids[0].stage_ids[0]
        with self.assertRaises(ValidationError):
            stage.write({"with_unit": False, "body_ids": [Command.clear()]})
        other = self.env.ref("crm_club.club_body_office")
        with self.assertRaises(ValidationError):
            stage.body_ids = [Command.link(other.id)]
        with self.assertRaises(ValidationError):
            self.policy.band_ids[0].stage_ids = [Command.clear()]

    def test_only_administrators_edit(self):
        """Rule E2: who applies doesn't say who signs."""
        for user in (self.officer, self.finance, self.lead, self.clerk, self.auditor):
            for record in (
                self.policy,
                self.policy.band_ids[0],
                self.policy.band_ids[0].stage_ids[0],
                self.office,
            ):
                self.assertTrue(record.with_user(user).has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(
                        record.with_user(user).has_access(operation),
                        (user.login, record._name, operation),
                    )

    # === Adding up === #

    def test_window_of_adding_up(self):
        """PEERS 9: within the window, rejected and withdrawn ones left out."""
        self.policy.window_days = 30
        with freeze_time("2026-04-10"):
            first = self._submit({self.account_a: 9_000})
        for day, asked in (("2026-05-10", 2), ("2026-05-11", 1)):
            with freeze_time(day):
                found = self._submit({self.account_a: 2_000})
                self.assertEqual(len(self._get_asked(found)[1]), asked, day)
                found.action_withdraw()
        with freeze_time("2026-05-10"):
            first.with_user(self.lead).action_reject("Not now")
            found = self._submit({self.account_a: 2_000})
            self.assertEqual(len(self._get_asked(found)[1]), 1)

    def test_own_earlier_rounds_dont_count(self):
        adjustment = self._submit({self.account_a: 9_000})
        adjustment.with_user(self.lead).action_reject("Explain")
        adjustment.with_user(self.clerk).action_submit()
        self.assertEqual(adjustment.sudo().approval_request_id.amount_total, 9_000)

    def test_who_signed_an_earlier_round_still_reads_it(self):
        """The list and the document agree on what a signatory may read."""
        adjustment = self._submit({self.account_a: 20_000})
        self._sign(adjustment, "unit", "key_accounts")
        adjustment.with_user(self.signers["office"]).action_reject("Explain")
        adjustment.with_user(self.clerk).action_submit()
        for name in ("key_accounts", "office"):
            found = self.env["club.points.adjustment"].with_user(self.signers[name])
            self.assertEqual(found.search([]).ids, adjustment.ids)
            self.env.invalidate_all()
            self.assertTrue(found.search([]).reason)
            self.assertFalse(found.search([]).approval_can_sign)

    def test_request_names_what_was_added(self):
        first = self._submit({self.account_a: 9_000})
        second = self._submit({self.account_a: 9_000})
        self.assertIn(first.name, str(second.approval_trail))
        self.assertIn("18,000.00", str(second.approval_trail))

    # === Two seats of one person === #

    def test_who_sits_in_two_bodies_is_asked_once_for_each(self):
        """One decision at a time: two signatures, two clicks."""
        head = self.signers["key_accounts"]
        self._create_seat("office", head, office="Acting head")
        self._get_body("office").seat_ids.filtered(
            lambda seat: seat.user_id != head
        ).date_to = date(2026, 4, 9)
        adjustment = self._submit({self.account_a: 20_000})
        adjustment.with_user(self.lead).action_sign()
        adjustment.with_user(head).action_sign()
        self.assertEqual(adjustment.approval_state, "waiting")
        adjustment.with_user(head).action_sign()
        self.assertEqual(adjustment.approval_state, "done")
        signed = adjustment.sudo().approval_request_id._get_signed()
        self.assertEqual(signed.mapped("signer_id"), self.lead | head)
        self.assertEqual(set(signed.body_id.mapped("code")), {"key_accounts", "office"})

    def test_or_lets_another_seat_sign_where_there_is_one(self):
        self.policy.double_seat = "other"
        head = self.signers["key_accounts"]
        self._create_seat("office", head, office="Acting head")
        adjustment = self._submit({self.account_a: 20_000})
        adjustment.with_user(self.lead).action_sign()
        adjustment.with_user(head).action_sign()
        self.assertEqual(self._get_turns(adjustment), ["signer_office"])
        self.assertEqual(
            self.env["club.approval.request"].with_user(head).get_to_sign_count(), 0
        )
        with self.assertRaises(UserError):
            adjustment.with_user(head).action_sign()
        # Without another seat the same person is asked again: no deadlock.
        self._get_body("office").seat_ids.filtered(
            lambda seat: seat.user_id != head
        ).date_to = date(2026, 4, 9)
        self.env.invalidate_all()
        self.assertEqual(
            self.env["club.approval.request"].with_user(head).get_to_sign_count(), 1
        )
        adjustment.with_user(head).action_sign()
        self.assertEqual(adjustment.approval_state, "done")

    # === The unit and its seal === #

    def test_units_head_confirms_and_seals(self):
        """Rule C3: which affixes the unit's seal; each use is in the register."""
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAE"
            b"hQGAhKmMIQAAAABJRU5ErkJggg=="
        )
        body = self.env["club.body"].create(
            {
                "name": "Quay's deputies",
                "code": "quay",
                "company_id": self.company.id,
                "unit_id": self.unit.id,
                "is_unit_head": True,
                "seal_image": pixel,
            }
        )
        adjustment = self._submit({self.account_a: 100})
        self._sign(adjustment, "unit", "key_accounts")
        signatures = adjustment.sudo().approval_request_id.signature_ids.sorted("stage")
        self.assertEqual(signatures.mapped("is_sealed"), [True, False])
        self.assertTrue(signatures[0].seal_image)
        body.seal_image = False
        self.assertTrue(signatures[0].seal_image)
        self.assertIn("data:image/png", str(adjustment.approval_trail))
        register = self.env["club.approval.signature"].with_user(self.auditor)
        self.assertEqual(
            register.search([("is_sealed", "=", True)]).ids, signatures[0].ids
        )

    def test_head_who_applies_is_confirmed_by_the_next_stage(self):
        adjustment = self._submit({self.account_a: 100}, self.lead)
        states = {
            signature.unit_id.name or signature.body_id.code: signature.state
            for signature in adjustment.sudo().approval_request_id.signature_ids
        }
        self.assertEqual(states, {"Quay": "omitted", "key_accounts": "open"})
        self.assertIn("signs in its place", str(adjustment.approval_trail))
        self._sign(adjustment, "key_accounts")
        self.assertEqual(adjustment.approval_state, "done")

    def test_deputy_confirms_for_the_head_who_applies(self):
        deputy = self._create_employee("quay_deputy")
        self.env["club.body"].create(
            {
                "name": "Quay's deputies",
                "code": "quay",
                "company_id": self.company.id,
                "unit_id": self.unit.id,
                "is_unit_head": True,
                "seat_ids": [
                    Command.create(
                        {
                            "user_id": deputy.id,
                            "office": "Deputy",
                            "date_from": date(2020, 1, 1),
                        }
                    )
                ],
            }
        )
        adjustment = self._submit({self.account_a: 100}, self.lead)
        self.assertEqual(self._get_turns(adjustment), ["quay_deputy"])
        adjustment.with_user(deputy).action_sign()
        self.assertEqual(self._get_turns(adjustment), ["signer_key_accounts"])

    # === Execution === #

    def test_carried_out_only_in_the_band_that_was_signed(self):
        """PEERS 4: what needs other signatures by now isn't carried out."""
        adjustment = self._submit({self.account_a: 9_000})
        self._sign(adjustment, "unit")
        request = adjustment.sudo().approval_request_id
        self.env.cr.execute(
            "UPDATE club_points_adjustment_line SET points = 11000"
            " WHERE adjustment_id = %s",
            [adjustment.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            adjustment.with_user(self.signers["key_accounts"]).action_sign()
        with self.assertRaisesRegex(UserError, "other signatures by now"):
            adjustment.sudo()._check_approval_band(request)

    # === Speed === #

    def test_to_sign_list_costs_the_same_for_any_number(self):
        """The list, the counter and a form cost no query per request."""
        head = self.lead

        def count(number):
            for _each in range(number):
                self._submit({self.account_a: 10})
            self.env.flush_all()
            self.env.invalidate_all()
            requests = self.env["club.approval.request"].with_user(head)
            before = self.env.cr.sql_log_count
            found = requests.search([("is_my_turn", "=", True)])
            found.web_read(
                {
                    name: {}
                    for name in (
                        "name",
                        "amount_text",
                        "applicant_id",
                        "waiting_since",
                        "waiting_for",
                    )
                }
            )
            requests.get_to_sign_count()
            return len(found), self.env.cr.sql_log_count - before

        count(1)
        few, queries_few = count(2)
        many, queries_many = count(20)
        self.assertEqual((few, many), (3, 23))
        self.assertLessEqual(queries_many, queries_few)

    def test_refused_over_another_company(self):
        other = self._create_club_company("Other Post")
        self.env.user.company_ids |= other
        self._create_program(other)
        stranger = self._create_employee("stranger", other)
        self._create_seat("key_accounts", stranger, company=other)
        adjustment = self._submit({self.account_a: 100}, self.lead)
        with self.assertRaises(AccessError):
            adjustment.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).action_sign()

    def test_only_the_club_names_who_leads_a_unit(self):
        """Who leads it signs for it: running sales teams isn't enough."""
        seller = self._create_employee("sales_admin")
        seller.group_ids += self.env.ref("sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.unit.with_user(seller).write({"user_id": seller.id})
        self.unit.with_user(self.officer).write({"user_id": seller.id})
        plain = self.env["crm.team"].create(
            {"name": "No club", "company_id": self.company.id}
        )
        plain.with_user(seller).write({"user_id": seller.id})

    def test_a_company_gets_the_policies_that_it_lacks_and_keeps_its_own(self):
        """What comes with an upgrade reaches further companies, too. Rule A9."""
        policies = self.env["club.approval.policy"].with_context(active_test=False)
        domain = [("company_id", "=", self.company.id)]
        own = policies.search(domain)
        own.filtered(lambda p: p.document_type == "settlement").unlink()
        kept = own.exists()
        kept.filtered(lambda p: p.document_type == "plan").name = "Ours"
        for _time in range(2):
            policies._ensure_defaults(self.company)
        added = policies.search(domain) - kept
        self.assertEqual(added.mapped("document_type"), ["settlement"])
        self.assertIn("Ours", kept.mapped("name"))
        bodies = added.band_ids.stage_ids.body_ids
        self.assertTrue(bodies)
        self.assertEqual(bodies.company_id, self.company)
