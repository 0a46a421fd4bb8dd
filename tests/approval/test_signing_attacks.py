"""Signing what isn't one's own to sign, tried over RPC as plain users. PEERS."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.approval.turns import Turns
from .rpc_case import DOORS, KEYS, AttackCase

REQUEST, SIGNATURE = "club.approval.request", "club.approval.signature"
DECISION = "club.approval.decision"
# What requests and signatures may not take from a client's context or defaults.
MARKS = {
    "signer_id": 1,
    "on_behalf_of_id": 1,
    "office": "Director",
    "signed_at": "2026-01-01 00:00:00",
    "comment": "Agreed",
    "digest": "0",
    "is_sealed": True,
    "asked_names": "Nobody",
    "instead_of": "Office",
    "done_by_id": 1,
    "done_at": "2026-01-01 00:00:00",
    "decided_at": "2026-01-01 00:00:00",
    "closing_reason": "Agreed",
    "closed_by_id": 1,
    "reminded_on": "2099-01-01",
    "escalated_on": "2099-01-01",
}


@tagged("post_install", "-at_install")
class TestSigningAttacks(AttackCase):
    # === PEERS 6: four eyes === #

    def test_neither_applicant_author_nor_his_substitute_signs(self):
        """PEERS 6: though all of them sit in the body that signs, or stand in there."""
        second = self._create_user("officer", "second_officer")
        friend = self._create_employee("friend_of_officer")
        seats = [self._create_seat("key_accounts", u) for u in (self.officer, second)]
        for seat in seats:
            self._create_substitute(seat, friend)
        document = self._create_document("class", user=self.officer)
        self._call_ok(second, document._name, "action_submit", document.ids)
        self._assert_refused_to_decide(
            (self.officer, second, friend, *self.everybody), document
        )
        self._assert_signs(self.head, document)
        self.assertEqual(document.approval_state, "done")

    def test_a_copy_is_signed_by_neither_who_copied_nor_who_submits(self):
        """PEERS 6: copying makes an author; the context doesn't make another."""
        second = self._create_user("officer", "second_officer")
        for user in (self.officer, second):
            self._create_seat("key_accounts", user)
        copied = self._call_ok(
            second,
            "club.account.classification",
            "copy",
            self.signed["class"].ids,
            default={"create_uid": 1},
            context={"default_create_uid": 1},
        )
        document = self.signed["class"].browse(copied)
        self._call_ok(self.officer, document._name, "action_submit", document.ids)
        self._assert_refused_to_decide((self.officer, second), document)

    def test_only_whose_turn_it_is_signs(self):
        """PEERS 6: not the next stage, not another body, not who may write it."""
        turns = {
            "adjustment": self.lead,
            "rate": self.finance,
            "class": self.head,
            "override": self.head,
            "requalification": self.signers["executive"],
        }
        for kind, document in self.waiting.items():
            others = {*self.everybody, *self.signers.values(), self.club_admin}
            self._assert_refused_to_decide(others - {turns[kind]}, document)
        for kind, document in self.waiting.items():
            self._assert_signs(turns[kind], document)

    def test_each_signs_once_and_holder_or_substitute(self):
        """PEERS 6: one decision per step, whoever asks again."""
        deputy = self._create_employee("deputy_of_head")
        self._create_substitute(self._get_body("key_accounts").seat_ids, deputy)
        document = self.waiting["adjustment"]
        everybody = [self.lead, deputy, self.head, self.signers["office"]]
        for number, user in enumerate((self.lead, deputy, self.signers["office"])):
            self._assert_signs(user, document)
            signed = self._get_signatures(document).filtered("signer_id")
            self.assertEqual(len(signed), number + 1)
            waiting = {self.signers["office"]} if number < 2 else set()
            if number:
                self._assert_refused_to_decide(set(everybody) - waiting, document)
        self.assertEqual(document.approval_state, "done")
        entries = self.env["club.points.entry"].search(
            [("run_id", "=", document.run_id.id)]
        )
        self.assertEqual(entries.mapped("points"), [20_000])

    def test_signing_many_at_once_signs_all_or_none(self):
        """PEERS 6: one's own turn opens no other document."""
        both = self.waiting["class"] + self._submit("class", self.officer)
        self._assert_signs(self.head, both[0])
        self._assert_refused([self.head], both._name, "action_sign", both.ids)

    # === The dialog === #

    def test_the_dialog_opens_no_other_door(self):
        """PEERS 6: foreign models, foreign ids, somebody else's dialog."""
        document = self.waiting["class"]
        for res_model, res_id in (
            ("res.partner", self.account_a.id),
            ("no.such.model", 1),
            (REQUEST, document.approval_request_id.id),
            (document._name, 999_999_999),
            (document._name, self.drafts["class"].id),
            (document._name, document.id),
            (self.waiting["override"]._name, self.waiting["override"].id),
        ):
            for decision in ("sign", "reject"):
                values = {"res_model": res_model, "res_id": res_id, "remark": "Agreed"}
                wizard = self._call_ok(
                    self.leader,
                    DECISION,
                    "create",
                    vals_list=[{**values, "decision": decision}],
                )
                self._assert_refused([self.leader], DECISION, "action_decide", wizard)
                for door in DOORS:
                    rows, _error = self._call(
                        door, self.leader, DECISION, "read", wizard, fields=["document"]
                    )
                    self.assertFalse(rows)

    def test_a_dialog_is_its_users_own(self):
        document = self.waiting["class"]
        values = {"res_model": document._name, "res_id": document.id}
        wizard = self._call_ok(self.head, DECISION, "create", vals_list=[values])
        for method, kwargs in (
            ("action_decide", {}),
            ("write", {"vals": {"decision": "reject"}}),
            ("read", {"fields": ["document", "banner"]}),
            ("copy", {}),
            ("unlink", {}),
        ):
            self._assert_refused(
                (self.officer, self.leader, self.club_admin),
                DECISION,
                method,
                wizard,
                **kwargs,
            )
        self._call_ok(self.head, DECISION, "action_decide", wizard)
        self.assertEqual(document.approval_state, "done")

    # === PEERS 3, 8: requests and signatures === #

    def test_requests_and_signatures_are_nobodys_to_write(self):
        """PEERS 3, 8: neither made nor changed, copied, deleted or imported."""
        document = self.waiting["class"]
        signature = self._get_signatures(document)
        request = signature.request_id
        users = (*self.everybody, self.head, self.club_admin)
        for model, record, vals in (
            (REQUEST, request, {"state": "approved"}),
            (REQUEST, request, {"applicant_id": self.stranger.id}),
            (REQUEST, request, {"signature_ids": [[5]]}),
            (SIGNATURE, signature, {"state": "signed", "signer_id": self.head.id}),
            (SIGNATURE, signature, {"body_id": self._get_body("office").id}),
        ):
            for method, ids, kwargs in (
                ("write", record.ids, {"vals": vals}),
                ("web_save", record.ids, {"vals": vals, "specification": {}}),
                ("create", None, {"vals_list": [self._get_values(record)]}),
                ("copy", record.ids, {}),
                ("unlink", record.ids, {}),
            ):
                self._assert_refused(users, model, method, ids, context=KEYS, **kwargs)
            self._assert_harmless(
                [self.officer, self.club_admin],
                model,
                "load",
                fields=[".id", "state"],
                data=[[str(record.id), "signed"]],
            )

    def test_context_leaves_no_mark_on_requests_and_signatures(self):
        """PEERS 3: who submits fills in nothing that others do later."""
        seal = self._get_body("office").id
        names = [*MARKS, "seal_image"]
        context = {f"default_{name}": value for name, value in MARKS.items()}
        document = self._create_document("class")
        for name, value in MARKS.items():
            model = SIGNATURE if name in self.env[SIGNATURE]._fields else REQUEST
            self._call_ok(
                self.officer,
                "ir.default",
                "set",
                model_name=model,
                field_name=name,
                value=value,
                user_id=True,
            )
        self._call_ok(
            self.officer,
            document._name,
            "action_submit",
            document.ids,
            context={**context, **KEYS, "default_body_id": seal},
        )
        signature = self._get_signatures(document)
        self.assertEqual(signature.state, "open")
        self.assertEqual(signature.body_id, self._get_body("key_accounts"))
        clean = self._get_signatures(self.waiting["class"])
        for record, other in (
            (signature, clean),
            (signature.request_id, clean.request_id),
        ):
            for name in set(names) & set(record._fields) - {"digest"}:
                self.assertEqual(record[name], other[name], name)
            self.assertNotEqual(record.digest, "0")

    def test_context_of_the_last_signature_doctors_no_posting(self):
        document = self.waiting["adjustment"]
        for user in (self.lead, self.head, self.signers["office"]):
            _result, error = self._sign(
                user,
                document,
                context={
                    **KEYS,
                    "default_state": "posted",
                    "default_number": 99,
                    "default_seal": "0",
                    "default_posted_by_id": 1,
                    "default_unit_ids": [[0, 0, {"unit_id": self.other_unit.id}]],
                    "bin_size": True,
                },
            )
            self.assertFalse(error)
        self.assertEqual(document.approval_state, "done")
        run = document.run_id
        self.assertRecordValues(
            run, [{"state": "posted", "points": 20_000, "chain_no": 3}]
        )
        self.assertNotEqual(run.number, 99)
        self.assertFalse(self.program._find_broken_run())

    def test_an_activity_is_no_signature(self):
        """PEERS 3: done or deleted by others it changes nothing that counts."""
        document = self.waiting["class"]
        for method, kwargs in (
            ("action_feedback", {"feedback": "Agreed"}),
            ("action_done", {}),
            ("unlink", {}),
        ):
            activity = document.sudo().activity_ids
            self.assertEqual(activity.user_id, self.head)
            before = self._get_prints()
            for user in (self.officer, self.stranger, self.leader):
                self._call(
                    "call_kw", user, activity._name, method, activity.ids, **kwargs
                )
            after = self._get_prints()
            changed = {name for name in before if before[name] != after[name]}
            self.assertLessEqual(changed, {"mail_activity"})
            Turns(document.sudo().approval_request_id).ask()
        document.sudo().activity_ids.unlink()
        self._assert_signs(self.head, document)
        self.assertEqual(document.approval_state, "done")

    def test_nobody_else_restarts_withdraws_or_deletes_a_round(self):
        """PEERS 8: and the author's own next round keeps the first one whole."""
        document = self.waiting["adjustment"]
        self._assert_signs(self.lead, document)
        others = [user for user in self.everybody if user != self.clerk]
        for method in ("action_withdraw", "action_submit"):
            self._assert_refused(others, document._name, method, document.ids)
        self._assert_refused(
            [self.clerk], document._name, "action_submit", document.ids
        )
        first = self._get_signatures(document)
        given = first.filtered("signer_id").read()
        for method in ("action_withdraw", "action_submit"):
            self._call_ok(self.clerk, document._name, method, document.ids)
        self.assertEqual(first.filtered("signer_id").read(), given)
        self.assertEqual(first.request_id.state, "withdrawn")
        self.assertEqual(document.approval_request_id.sudo().round, 2)
        self.assertFalse(self._get_signatures(document).filtered("signer_id"))
        for user in (self.head, self.signers["office"]):
            self._assert_refused_to_decide([user], document)

    @mute_logger("odoo.http")
    def test_the_print_shows_nothing_that_one_may_not_read(self):
        """PEERS: the number of a request in an address opens no document."""
        document = self.waiting["class"]
        number = document.approval_request_id.id
        url = f"/report/html/crm_club.club_signature_sheet/{number}"
        for user, allowed in ((self.stranger, False), (self.officer, True)):
            self.authenticate(user.login, user.login)
            self._caller = user
            answer = self.url_open(url)
            self.assertEqual(document.reason in answer.text, allowed, user.login)
