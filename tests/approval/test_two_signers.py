"""Two sessions at the same moment, committed as in real life."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .two_sessions import SessionsCase


@tagged("post_install", "-at_install")
class TestTwoSigners(SessionsCase):
    """One decision per step, one execution, and amounts that see each other. C3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls.signers["unit"] = cls.lead
        cls.head, cls.office = cls.signers["key_accounts"], cls.signers["office"]
        cls._renew()

    def _create_unit(self):
        return self.env["crm.team"].create(
            {
                "name": "Pier",
                "company_id": self.company.id,
                "user_id": self.lead.id,
                "member_ids": [(4, self.clerk.id)],
            }
        )

    def _create(self, points, unit=None):
        """Draw up a document of a unit: of one of its own, so that none adds up."""
        unit = unit or self._create_unit()
        account = self._create_account("Account", club_unit_id=unit.id)
        adjustments = self.env["club.points.adjustment"].with_user(self.clerk)
        return adjustments.create(
            {
                "program_id": self.program.id,
                "unit_id": unit.id,
                "reason": "Goodwill",
                "line_ids": [(0, 0, {"account_id": account.id, "points": points})],
            }
        ).with_env(self.env)

    def _submit(self, points, *signed):
        """Return a document that these have signed."""
        document = self._create(points)
        document.with_user(self.clerk).action_submit()
        for user in signed:
            document.with_user(user).action_sign()
        return document

    def _do(self, user, document, method, *args):
        """Return a call for `_at_once`."""
        number = document.id

        def do(env):
            getattr(env["club.points.adjustment"].browse(number), method)(*args)

        return user, do

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the errors and the number of tries."""
        found = self._at_once(*(self._do(*call) for call in calls))
        return [error for error, _tries in found], sum(tries for _e, tries in found)

    def _get_signatures(self, document):
        return document.approval_request_id.signature_ids

    def _assert_done_once(self, document, *signers):
        """All of them signed once, and their document posted one run, once."""
        signatures = self._get_signatures(document)
        self.assertEqual(signatures.mapped("state"), ["signed"] * len(signers))
        self.assertEqual(signatures.signer_id, self.env["res.users"].concat(*signers))
        self.assertEqual(document.approval_state, "done")
        self.assertEqual(document.approval_request_id.state, "done")
        entries = self.env["club.points.entry"].search(
            [("account_id", "=", document.line_ids.account_id.id)]
        )
        self.assertEqual(entries.run_id, document.run_id)
        self.assertEqual(entries.mapped("points"), document.line_ids.mapped("points"))
        self.assertFalse(self.program._find_broken_run())
        self.assertFalse(document.activity_ids)

    # === Signing === #

    def test_two_of_one_stage_sign_at_once(self):
        """Each sees the other's signature: the second carries it out."""
        document = self._submit(10_000.01, self.lead)
        errors, tries = self._race(
            (self.head, document, "action_sign"),
            (self.office, document, "action_sign"),
        )
        self.assertEqual(errors, [None, None])
        self.assertGreater(tries, 2)
        self._assert_done_once(document, self.lead, self.head, self.office)

    def test_they_do_without_any_activity_too(self):
        """What keeps them apart is the request, not what is told to whom."""
        document = self._submit(10_000.01, self.lead)
        document.activity_ids.unlink()
        errors, tries = self._race(
            (self.head, document, "action_sign"),
            (self.office, document, "action_sign"),
        )
        self.assertEqual(errors, [None, None])
        self.assertGreater(tries, 2)
        self._assert_done_once(document, self.lead, self.head, self.office)

    def test_one_signs_twice_at_once(self):
        """The second finds the signature given; the other body's is still open."""
        document = self._submit(10_000.01, self.lead)
        errors, _tries = self._race(*[(self.head, document, "action_sign")] * 2)
        self.assertEqual(sum(error is None for error in errors), 1)
        self.assertIn("signed", str(next(filter(None, errors))))
        states = self._get_signatures(document).mapped("state")
        self.assertEqual(sorted(states), ["open", "signed", "signed"])
        document.with_user(self.office).action_sign()
        self._assert_done_once(document, self.lead, self.head, self.office)

    def test_the_last_signature_arrives_twice(self):
        """It posts one run: the ledger has the points once."""
        document = self._submit(500, self.lead)
        errors, _tries = self._race(*[(self.head, document, "action_sign")] * 2)
        self.assertEqual(sum(error is None for error in errors), 1)
        self.assertIsInstance(next(filter(None, errors)), UserError)
        self._assert_done_once(document, self.lead, self.head)

    def test_holder_and_substitute_sign_at_once(self):
        """One seat, one signature, whichever of the two was first."""
        deputy = self._create_employee("deputy")
        today = self.env["club.program"].with_company(self.company)._today()
        self.env["club.body.substitute"].create(
            {
                "seat_id": self._get_body("key_accounts").seat_ids.id,
                "user_id": deputy.id,
                "date_from": today,
                "date_to": today,
            }
        )
        document = self._submit(500, self.lead)
        errors, _tries = self._race(
            (self.head, document, "action_sign"), (deputy, document, "action_sign")
        )
        self.assertEqual(sum(error is None for error in errors), 1)
        signer = deputy if errors[0] else self.head
        self._assert_done_once(document, self.lead, signer)

    def test_two_documents_are_carried_out_at_once(self):
        """Two runs of one month, in one chain."""
        documents = [self._submit(500, self.lead) for _number in range(2)]
        errors, _tries = self._race(
            *((self.head, document, "action_sign") for document in documents)
        )
        self.assertEqual(errors, [None, None])
        for document in documents:
            self._assert_done_once(document, self.lead, self.head)
        numbers = [document.run_id.chain_no for document in documents]
        self.assertEqual(abs(numbers[0] - numbers[1]), 1)

    def test_withdrawn_while_the_last_one_signs(self):
        """It is the one or the other: posted, or withdrawn with nothing posted."""
        document = self._submit(500, self.lead)
        errors, _tries = self._race(
            (self.clerk, document, "action_withdraw"),
            (self.head, document, "action_sign"),
        )
        self.assertEqual(sum(error is None for error in errors), 1)
        if errors[0]:
            self._assert_done_once(document, self.lead, self.head)
        else:
            self.assertEqual(document.approval_state, "withdrawn")
            self.assertFalse(document.run_id)
            self.assertEqual(self._get_points(document.line_ids.account_id), 0)

    def test_one_rejects_while_another_signs(self):
        """Rejected in the end, whoever was first."""
        document = self._submit(10_000.01, self.lead)
        errors, _tries = self._race(
            (self.head, document, "action_sign"),
            (self.office, document, "action_reject", "Too much"),
        )
        self.assertIsNone(errors[1])
        self.assertEqual(document.approval_state, "rejected")
        own = self._get_signatures(document).filtered(
            lambda signature: signature.body_id == self._get_body("key_accounts")
        )
        self.assertEqual(own.state, "void" if errors[0] else "signed")
        self.assertFalse(document.run_id)

    # === Submitting === #

    def test_two_submit_for_one_purpose_at_once(self):
        """PEERS 9: the second sees the first, and needs another signature."""
        unit = self._create_unit()
        documents = [self._create(9_000, unit) for _number in range(2)]
        errors, tries = self._race(
            *((self.clerk, document, "action_submit") for document in documents)
        )
        self.assertEqual(errors, [None, None])
        self.assertGreater(tries, 2)
        requests = [document.approval_request_id for document in documents]
        requests.sort(key=lambda request: request.amount_total)
        self.assertEqual([r.amount_total for r in requests], [9_000, 18_000])
        self.assertEqual(requests[1].added_ids, requests[0])
        self.assertEqual([len(r.signature_ids) for r in requests], [2, 3])

    def test_one_document_is_submitted_twice_at_once(self):
        """One round, one request; the other call is told so."""
        document = self._create(500)
        errors, _tries = self._race(*[(self.clerk, document, "action_submit")] * 2)
        self.assertEqual(sum(error is None for error in errors), 1)
        error = next(filter(None, errors))
        self.assertIsInstance(error, (UserError, ValidationError))
        self.assertNotIsInstance(error, AccessError)
        requests = self.env["club.approval.request"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )
        self.assertEqual(requests, document.approval_request_id)
