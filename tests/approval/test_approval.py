import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .approval_case import ApprovalCase


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    """One document through its rounds. Rules A4, C3, E1, E2."""

    # === The way through === #

    def test_signed_takes_effect(self):
        """Rule A4: unsigned it gives no floor; signed it does, and says who decided."""
        document = self._submit()
        request = document.approval_request_id
        self.assertRecordValues(
            request.sudo(),
            [
                {
                    "state": "waiting",
                    "round": 1,
                    "applicant_id": self.officer.id,
                    "document_type": "classification",
                    "name": document.display_name,
                }
            ],
        )
        self.program._review(on=TODAY, effective=TODAY)
        self.assertFalse(self.account_a.club_tier_id)
        document.with_user(self.head).action_sign("Agreed")
        self.assertEqual(document.approval_state, "done")
        self.assertEqual(document.decider_id, self.head)
        self.assertRecordValues(
            request.sudo().signature_ids,
            [
                {
                    "state": "signed",
                    "signer_id": self.head.id,
                    "on_behalf_of_id": False,
                    "office": "Head of key accounts",
                    "comment": "Agreed",
                    "digest": request.sudo().digest,
                }
            ],
        )
        self.program._review(on=TODAY, effective=TODAY)
        self.assertEqual(self.account_a.club_tier_id.code, "gold")

    def test_rejected_corrected_and_signed_in_a_second_round(self):
        document = self._submit()
        with self.assertRaises(UserError):
            document.with_user(self.head).action_reject("  ")
        document.with_user(self.head).action_reject("Which contract?")
        self.assertEqual(document.approval_state, "rejected")
        self.assertIn("Which contract?", document.approval_banner)
        self.assertIn(self.head.name, document.approval_banner)
        document.reason = "Framework contract 2026-7"
        document.action_submit()
        document.with_user(self.head).action_sign()
        rounds = document._get_approval_rounds()[document.id]
        self.assertEqual(rounds.mapped("round"), [2, 1])
        self.assertEqual(rounds.mapped("state"), ["done", "rejected"])
        self.assertEqual(rounds[1].signature_ids.comment, "Which contract?")
        self.assertEqual(rounds[1].content["reason"], "Framework contract")
        trail = str(document.approval_trail)
        self.assertIn("Which contract?", trail)
        self.assertIn("Head of key accounts", trail)

    def test_withdrawn_by_its_applicant_only(self):
        """PEERS 8: nobody else restarts it, and its trail stays."""
        document = self._submit()
        for user in (self.head, self.finance, self.lead, self.clerk):
            with self.assertRaises(AccessError):
                document.with_user(user).action_withdraw()
        document.action_withdraw("Wrong account")
        self.assertEqual(document.approval_state, "withdrawn")
        with self.assertRaises(UserError):
            document.with_user(self.head).action_sign()
        document.account_id = self.account_b
        document.action_submit()
        self.assertEqual(document.approval_request_id.sudo().round, 2)
        first = document._get_approval_rounds()[document.id][1]
        self.assertRecordValues(
            first, [{"state": "withdrawn", "closing_reason": "Wrong account"}]
        )
        self.assertEqual(first.signature_ids.state, "void")

    def test_activity_only_for_whose_turn_it_is(self):
        other = self._create_employee("second_head")
        self._create_seat("key_accounts", other, office="Deputy")
        document = self._submit()
        self.assertEqual(document.sudo().activity_ids.user_id, self.head | other)
        document.with_user(other).action_sign()
        self.assertFalse(document.sudo().activity_ids)

    def test_banner_says_who_is_waited_for(self):
        document = self._submit()
        self.assertIn(self.head.name, document.approval_banner)
        self._get_body("key_accounts").seat_ids.date_to = date(2026, 4, 9)
        self.env.invalidate_all()
        self.assertIn("seats somebody", document.approval_banner)

    def test_to_sign_list_and_counter(self):
        document = self._submit()
        requests = self.env["club.approval.request"]
        mine = requests.with_user(self.head)
        self.assertEqual(
            mine.search([("is_my_turn", "=", True)]),
            document.approval_request_id.with_user(self.head),
        )
        self.assertEqual(mine.get_to_sign_count(), 1)
        self.assertEqual(mine.search([]).action_open_document()["res_id"], document.id)
        for user in (self.officer, self.finance, self.signers["office"]):
            self.assertEqual(requests.with_user(user).get_to_sign_count(), 0)
        document.with_user(self.head).action_sign()
        self.assertEqual(mine.get_to_sign_count(), 0)
        self.assertTrue(mine.search([("is_signed_by_me", "=", True)]))

    # === Who may read === #

    def test_signers_read_what_they_must_sign_and_nothing_more(self):
        document, other = self._submit(), self._create(account_id=self.account_b.id)
        office = self.signers["office"]
        seen = self.env["club.account.classification"].with_user(self.head)
        self.assertEqual(seen.search([]).ids, document.ids)
        self.assertFalse(seen.with_user(office).search([]))
        with self.assertRaises(AccessError):
            document.with_user(office).read(["reason"])
        with self.assertRaises(AccessError):
            other.with_user(self.head).read(["reason"])
        for operation in ("write", "unlink"):
            self.assertFalse(document.with_user(self.head).has_access(operation))
        document.with_user(self.head).action_sign()
        self.assertEqual(document.with_user(self.head).reason, "Framework contract")
        for model in ("club.points.entry", "club.membership", "club.agreement"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.head).search([])

    # === Who never signs === #

    def test_applicant_and_author_never_sign(self):
        """Rule E2, PEERS 6: neither who submitted it nor who drew it up."""
        self._create_seat("key_accounts", self.officer)
        second = self._create_user("officer", "officer2")
        self._create_seat("key_accounts", second)
        document = self._create()
        document.with_user(second).action_submit()
        for user in (self.officer, second):
            self.assertEqual(
                self.env["club.approval.request"].with_user(user).get_to_sign_count(),
                0,
            )
            with self.assertRaises(AccessError):
                document.with_user(user).action_sign()
        self.assertEqual(self._get_turns(document), ["signer_key_accounts"])

    def test_applicants_own_body_another_seat_signs(self):
        self._create_seat("key_accounts", self.officer)
        document = self._submit()
        self.assertEqual(self._get_turns(document), ["signer_key_accounts"])
        self.assertFalse(document.approval_request_id.sudo().signature_ids.instead_of)

    def test_sole_seat_is_the_applicants_another_body_signs(self):
        """Rule C3: in its place, and the request says so."""
        self._get_body("key_accounts").seat_ids.date_to = date(2026, 4, 9)
        self._create_seat("key_accounts", self.officer)
        document = self._submit()
        signature = document.approval_request_id.sudo().signature_ids
        self.assertEqual(signature.body_id, self._get_body("presidium"))
        self.assertEqual(signature.instead_of, "Key-Account Department")
        document.with_user(self.signers["presidium"]).action_sign()
        self.assertEqual(document.approval_state, "done")

    def test_nobody_but_the_applicant_anywhere(self):
        for code in ("key_accounts", "presidium"):
            self._get_body(code).seat_ids.date_to = date(2026, 4, 9)
            self._create_seat(code, self.officer)
        with self.assertRaisesRegex(UserError, "signed by its own applicant"):
            self._submit()

    def test_the_applicants_substitute_doesnt_sign_for_him(self):
        seat = self._create_seat("key_accounts", self.officer)
        friend = self._create_employee("friend")
        self.env["club.body.substitute"].create(
            {
                "seat_id": seat.id,
                "user_id": friend.id,
                "date_from": TODAY,
                "date_to": TODAY,
                "reason": "Away",
            }
        )
        document = self._submit()
        with self.assertRaises(AccessError):
            document.with_user(friend).action_sign()

    # === Substitutes === #

    def test_substitute_signs_on_behalf(self):
        """Rule E1: on the days that are his; the holder may too, once."""
        deputy = self._create_employee("deputy")
        self.env["club.body.substitute"].create(
            {
                "seat_id": self._get_body("key_accounts").seat_ids.id,
                "user_id": deputy.id,
                "date_from": date(2026, 4, 10),
                "date_to": date(2026, 4, 12),
                "reason": "Leave",
            }
        )
        document = self._submit()
        self.assertEqual(document.sudo().activity_ids.user_id, deputy)
        for day in ("2026-04-09", "2026-04-13"):
            with freeze_time(day), self.assertRaises(AccessError):
                document.with_user(deputy).action_sign()
        with freeze_time("2026-04-12"):
            document.with_user(deputy).action_sign()
        signature = document.approval_request_id.sudo().signature_ids
        self.assertEqual(signature.signer_id, deputy)
        self.assertEqual(signature.on_behalf_of_id, self.head)
        with self.assertRaises(UserError):
            document.with_user(self.head).action_sign()
        self.assertIn(deputy.name, str(document.approval_trail))

    def test_seat_of_the_day_counts(self):
        """Rule E1: an approver is whoever holds a seat on the day."""
        document = self._submit()
        successor = self._create_employee("successor")
        self._get_body("key_accounts").seat_ids.date_to = TODAY
        self._create_seat("key_accounts", successor, date_from=date(2026, 4, 11))
        with self.assertRaises(AccessError):
            document.with_user(successor).action_sign()
        with freeze_time("2026-04-11"):
            with self.assertRaises(AccessError):
                document.with_user(self.head).action_sign()
            document.with_user(successor).action_sign()
        self.assertEqual(document.approval_state, "done")

    # === What is fixed === #

    def test_submitted_is_fixed_and_stays(self):
        document = self._submit()
        for state in ("waiting", "done"):
            for vals in (
                {"account_id": self.account_b.id},
                {"reason": "Other"},
                {"date_to": "2030-01-01"},
            ):
                with self.assertRaises(UserError):
                    document.with_user(self.officer).write(vals)
                with self.assertRaises(UserError):
                    document.sudo().write(vals)
            with self.assertRaises(UserError):
                document.sudo().unlink()
            with self.assertRaises(UserError):
                document.action_submit()
            if state == "waiting":
                document.with_user(self.head).action_sign()

    def test_changed_behind_its_back_is_not_signed(self):
        document = self._submit()
        self.env.cr.execute(
            "UPDATE club_account_classification SET account_id = %s WHERE id = %s",
            [self.account_b.id, document.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "doesn't say any more"):
            document.with_user(self.head).action_sign()

    def test_what_waits_is_signed_also_after_an_upgrade(self):
        """A later version signs more fields: what was submitted is compared."""
        document = self._submit()
        self._submit_in_version_without(document, "head_id")
        document.with_user(self.head).action_sign()
        self.assertEqual(document.approval_state, "done")

    def test_an_upgrade_covers_no_change(self):
        document = self._submit()
        self._submit_in_version_without(document, "head_id")
        self.env.cr.execute(
            "UPDATE club_account_classification SET account_id = %s WHERE id = %s",
            [self.account_b.id, document.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "doesn't say any more"):
            document.with_user(self.head).action_sign()

    def test_what_was_submitted_must_fit_its_digest(self):
        document = self._submit()
        self._submit_in_version_without(document, "head_id", "digest")
        with self.assertRaisesRegex(UserError, "doesn't say any more"):
            document.with_user(self.head).action_sign()

    def _submit_in_version_without(self, document, field, digest=None):
        """Make the request what a version that didn't know a field had made of it."""
        request_sudo = document.approval_request_id.sudo()
        content = {**request_sudo.content}
        del content[field]
        digest = digest or document._get_content_digest(content)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE club_approval_request DISABLE TRIGGER USER;"
            "UPDATE club_approval_request SET content = %s, digest = %s WHERE id = %s;"
            "ALTER TABLE club_approval_request ENABLE TRIGGER USER",
            [json.dumps(content), digest, request_sudo.id],
        )
        self.env.invalidate_all()

    def test_policy_edits_dont_touch_running_requests(self):
        """PEERS 7."""
        document = self._submit()
        policy = self.env["club.approval.policy"].search(
            [
                ("document_type", "=", "classification"),
                ("company_id", "=", self.company.id),
            ]
        )
        policy.band_ids.stage_ids.body_ids = self._get_body("office")
        with self.assertRaises(AccessError):
            document.with_user(self.signers["office"]).action_sign()
        policy.unlink()
        document.with_user(self.head).action_sign()
        self.assertEqual(document.approval_state, "done")

    def test_without_a_policy_nothing_is_submitted(self):
        self.env["club.approval.policy"].search(
            [("company_id", "=", self.company.id)]
        ).action_archive()
        document = self._create()
        with self.assertRaisesRegex(UserError, "no approval policy"):
            document.action_submit()
        self.assertEqual(document.approval_state, "draft")

    def test_ended_early_but_never_longer(self):
        document = self._submit()
        with self.assertRaises(UserError):
            document.action_end()
        document.with_user(self.head).action_sign()
        document.action_end()
        self.assertEqual(document.date_to, TODAY)
        with freeze_time("2026-04-20"):
            document.action_end()
        self.assertEqual(document.date_to, TODAY)

    def test_opening_says_why(self):
        document = self._create()
        document._set_opening("Taken on")
        self.assertEqual(document.approval_state, "done")
        self.assertIn("Taken on", str(document.approval_trail))
