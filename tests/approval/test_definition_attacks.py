"""Going round the rules of signing, tried over RPC as plain users. PEERS."""

from odoo.tests import tagged

from .rpc_case import KEYS, AttackCase

REQUEST = "club.approval.request"


@tagged("post_install", "-at_install")
class TestDefinitionAttacks(AttackCase):
    """Policies, bodies, splitting, merging, other companies. PEERS 7, 9."""

    def _get_policy(self, document_type):
        return self.env["club.approval.policy"].search(
            [
                ("document_type", "=", document_type),
                ("company_id", "=", self.company.id),
            ]
        )

    # === PEERS 7: the definition === #

    def test_definitions_are_edited_by_administrators_only(self):
        """PEERS 7: policy, band, stage, body, seat, substitute."""
        policy = self._get_policy("classification")
        stage = policy.band_ids.stage_ids
        body = self._get_body("key_accounts")
        substitute = self._create_substitute(body.seat_ids, self.stranger)
        users = (*self.everybody, self.head)
        for record, vals in (
            (policy, {"add_up": False}),
            (policy, {"band_ids": [[5]]}),
            (policy, {"active": False}),
            (policy.band_ids, {"amount_to": 5}),
            (stage, {"body_ids": [[6, 0, self._get_body("office").ids]]}),
            (body, {"active": False}),
            (body, {"seat_ids": [[0, 0, {"user_id": self.officer.id, "office": "X"}]]}),
            (body.seat_ids, {"user_id": self.officer.id}),
            (body.seat_ids, {"date_to": "2099-01-01"}),
            (substitute, {"user_id": self.officer.id}),
        ):
            for method, ids, kwargs in (
                ("write", record.ids, {"vals": vals}),
                ("copy", record.ids, {}),
                ("unlink", record.ids, {}),
                ("create", None, {"vals_list": [self._get_values(record)]}),
            ):
                self._assert_refused(
                    users, record._name, method, ids, context=KEYS, **kwargs
                )
        for record in (policy, body):
            self._assert_refused(users, record._name, "action_archive", record.ids)
        self._assert_refused(
            users,
            "crm.team",
            "write",
            self.unit.ids,
            vals={"club_body_ids": [[0, 0, {"name": "Mine", "code": "mine"}]]},
        )

    def test_a_unit_gets_no_leader_in_secret(self):
        """PEERS 7: who leads it signs for it; only officers say who, and it is told."""
        self._assert_refused(
            [user for user in self.everybody if user != self.officer],
            "crm.team",
            "write",
            self.unit.ids,
            vals={"user_id": self.stranger.id},
            context=KEYS,
        )
        self._call_ok(
            self.officer,
            "crm.team",
            "write",
            self.unit.ids,
            vals={"user_id": self.officer.id},
            context={**KEYS, "mail_notrack": True},
        )
        change = self.unit.message_ids[:1].sudo().tracking_value_ids
        self.assertEqual(change.new_value_integer, self.officer.id)

    def test_editing_the_definition_changes_no_running_request(self):
        """PEERS 7: bodies swapped, stages gone, policy archived and deleted."""
        document = self.waiting["adjustment"]
        policy = self._get_policy("adjustment")
        head, office = self._get_body("key_accounts"), self._get_body("office")
        stage = [0, 0, {"sequence": 1, "body_ids": [[6, 0, office.ids]]}]
        for model, method, ids, kwargs in (
            (
                policy,
                "write",
                policy.ids,
                {"vals": {"band_ids": [[5], [0, 0, {"stage_ids": [stage]}]]}},
            ),
            (policy, "write", policy.ids, {"vals": {"double_seat": "other"}}),
            (policy, "action_archive", policy.ids, {}),
            (policy, "unlink", policy.ids, {}),
            (head, "action_archive", head.ids, {}),
        ):
            self._call_ok(self.club_admin, model._name, method, ids, **kwargs)
            self._assert_refused_to_decide([self.signers["office"]], document)
        for user in (self.lead, self.head, self.signers["office"]):
            self.assertEqual(document.approval_state, "waiting")
            self._assert_signs(user, document)
        self.assertEqual(document.approval_state, "done")
        self._assert_refused(
            [self.clerk],
            document._name,
            "action_submit",
            self.drafts["adjustment"].ids,
        )

    def test_a_body_that_signs_somewhere_is_never_deleted(self):
        """PEERS 7: nor its seats, though its administrator asks."""
        body = self._get_body("key_accounts")
        for record in (body.seat_ids, body):
            self._assert_refused(
                [self.club_admin], record._name, "unlink", record.ids, context=KEYS
            )

    def test_no_band_is_left_without_signatories(self):
        """PEERS 7: not by an administrator either, piece by piece."""
        policy, other = self._get_policy("classification"), self._get_policy("override")
        stage, band = policy.band_ids.stage_ids, policy.band_ids
        for model, method, ids, kwargs in (
            (stage, "unlink", stage.ids, {}),
            (stage, "write", stage.ids, {"vals": {"band_id": other.band_ids.id}}),
            (stage, "write", stage.ids, {"vals": {"body_ids": [[5]]}}),
            (stage, "create", None, {"vals_list": [{"band_id": band.id}]}),
            (band, "unlink", band.ids, {}),
            (band, "write", band.ids, {"vals": {"policy_id": other.id}}),
            (band, "write", band.ids, {"vals": {"stage_ids": [[5]]}}),
            (band, "create", None, {"vals_list": [{"policy_id": policy.id}]}),
            (policy, "write", policy.ids, {"vals": {"band_ids": [[5]]}}),
        ):
            self._assert_refused(
                [self.club_admin], model._name, method, ids, context=KEYS, **kwargs
            )
        office = self._get_body("office")
        self._call_ok(
            self.club_admin,
            band._name,
            "write",
            band.ids,
            vals={"stage_ids": [[2, stage.id], [0, 0, {"body_ids": [[4, office.id]]}]]},
        )
        self.assertEqual(band.stage_ids.body_ids, office)

    def test_an_archived_policy_is_nobodys_to_choose(self):
        """PEERS 7: the context asks for archived ones, too."""
        policy = self._get_policy("classification")
        stage = [0, 0, {"body_ids": [[6, 0, self._get_body("office").ids]]}]
        policy.copy(
            {
                "active": False,
                "sequence": 0,
                "band_ids": [[0, 0, {"stage_ids": [stage]}]],
            }
        )
        self._call_ok(
            self.officer,
            "club.account.classification",
            "action_submit",
            self.drafts["class"].ids,
            context={"active_test": False},
        )
        self.assertEqual(
            self._get_signatures(self.drafts["class"]).body_id,
            self._get_body("key_accounts"),
        )

    # === PEERS 9: splitting === #

    def test_splitting_escapes_no_band(self):
        """PEERS 9: two of 9,000 for one purpose, both in one call, then a third."""
        numbers = []
        for account in (self.account_b, *self.accounts[:2]):
            document = self._create_document(
                "adjustment",
                user=self.officer,
                unit_id=self.other_unit.id,
                line_ids=[[0, 0, {"account_id": account.id, "points": 9_000}]],
            )
            numbers.append(document.id)
        for ids in (numbers[:2], numbers[2:]):
            self._call_ok(self.officer, document._name, "action_submit", ids)
        requests = document.browse(numbers).approval_request_id.sudo()
        self.assertEqual(requests.mapped("amount_total"), [9_000, 18_000, 27_000])
        self.assertEqual(requests[1].added_ids, requests[0])
        self.assertEqual(
            [len(request.signature_ids.body_id) for request in requests], [1, 2, 2]
        )

    def test_a_document_goes_to_no_other_companys_signatories(self):
        """PEERS 7: nor do lines hide there; the company follows from the program."""
        other = self._create_club_company("Hill Post")
        self._create_program(other)
        for kind, name in (
            *(("adjustment", "company_id"), ("rate", "company_id")),
            *(("override", "company_id"), ("requalification", "company_id")),
            ("adjustment", "name"),
        ):
            applicant, model = self.kinds[kind]
            applicant.company_ids |= other
            for records in (self.drafts[kind], self.drafts[kind].browse()):
                vals = {name: other.id if name == "company_id" else "Harmless"}
                context = {"allowed_company_ids": (self.company + other).ids}
                if records:
                    kwargs = {"ids": records.ids, "method": "write", "vals": vals}
                else:
                    values = self._prepare_document(kind)
                    kwargs = {"method": "create", "vals_list": [{**values, **vals}]}
                self._assert_refused([applicant], model, context=context, **kwargs)
        line = self.drafts["adjustment"].line_ids
        self._assert_refused(
            [self.clerk],
            line._name,
            "write",
            line.ids,
            vals={"company_id": other.id},
            context={"allowed_company_ids": (self.company + other).ids},
        )

    def test_lines_that_the_applicant_does_not_see_count_too(self):
        """PEERS 9: whatever hides a line, the amount is that of all."""
        document = self._create_document(
            "adjustment",
            line_ids=[
                [0, 0, {"account_id": account.id, "points": 30_000}]
                for account in self.accounts[:2]
            ],
        )
        self.env["ir.rule"].create(
            {
                "name": "Hides a line",
                "model_id": self.env["ir.model"]._get_id(document.line_ids._name),
                "domain_force": f"[('id', '!=', {document.line_ids[1].id})]",
            }
        )
        self._call_ok(self.clerk, document._name, "action_submit", document.ids)
        self.assertEqual(document.sudo().approval_request_id.amount, 60_000)

    # === Merging partners === #

    def _merge(self, source, target):
        """Merge two accounts, as an officer may."""
        model = "base.partner.merge.automatic.wizard"
        values = {
            "partner_ids": [[6, 0, (source + target).ids]],
            "dst_partner_id": target.id,
        }
        wizard = self._call_ok(self.officer, model, "create", vals_list=[values])
        self._call_ok(self.officer, model, "action_merge", wizard)
        self.assertFalse(source.exists())

    def _submit_for(self, account):
        """Return a document of each kind that names an account, one signature short."""
        line = {"account_id": account.id, "points": 20_000}
        documents = {
            kind: self._create_document(kind, **values)
            for kind, values in (
                ("adjustment", {"line_ids": [[0, 0, line]]}),
                ("class", {"account_id": account.id}),
                ("override", {"account_id": account.id}),
            )
        }
        last = {
            "adjustment": (self.lead, self.head, self.signers["office"], self.leader),
            "class": (self.head,),
            "override": (self.head, self.leader),
        }
        for kind, document in documents.items():
            document.action_submit()
            for user in last[kind][:-1]:
                self._assert_signs(user, document)
        return [
            (kind, document, last[kind][-1]) for kind, document in documents.items()
        ]

    def _create_doubles(self):
        return [
            self._create_account(name, club_unit_id=self.unit.id)
            for name in ("Double", "Original")
        ]

    def test_a_merged_account_is_signed_anew(self):
        """What was signed named another account: withdraw it, submit and sign again."""
        source, target = self._create_doubles()
        found = self._submit_for(source)
        self._merge(source, target)
        for kind, document, last in found:
            self._assert_refused([last], document._name, "action_sign", document.ids)
            applicant = self.kinds[kind][0]
            for method in ("action_withdraw", "action_submit"):
                self._call_ok(applicant, document._name, method, document.ids)
            self.assertFalse(self._get_signatures(document).signer_id)
            self._sign_all(document)
            self.assertEqual(document.approval_state, "done")

    def test_merging_into_an_account_changes_nothing_that_was_signed(self):
        source, target = self._create_doubles()
        found = self._submit_for(target)
        self._merge(source, target)
        for _kind, document, last in found:
            self._assert_signs(last, document)
            self.assertEqual(document.approval_state, "done")
        self.assertEqual(self._get_points(target, kind="adjustment"), 20_000)

    def test_a_merge_carries_no_requalification_further(self):
        """Signed are memberships: each gets what was decided for it, or nothing."""
        source, target = self.accounts[1:]
        document = self.signed["requalification"]
        lines = document.line_ids
        decided = {line.membership_id: line.decided_tier_id for line in lines}
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((source + target).ids, target)
        self.env.invalidate_all()
        self._call_ok(self.officer, document._name, "action_apply", document.ids)
        for line in lines:
            self.assertEqual(line.decided_tier_id, decided[line.membership_id])
            begun = line.applied_membership_id
            if begun:
                self.assertEqual(begun.tier_id, line.decided_tier_id)
                self.assertEqual(begun.account_id, line.membership_id.account_id)
        begun = lines.applied_membership_id & target.club_membership_ids
        self.assertEqual(len(begun), 1)

    # === Others === #

    def test_another_companys_documents_are_out_of_reach(self):
        """The same office in another company; the same person in both."""
        other = self._create_club_company("Hill Post")
        self._create_program(other)
        foreign = self._create_employee("foreign_head", other)
        self._create_seat("key_accounts", foreign, company=other)
        officer = self._create_user("officer", "foreign_officer", other)
        both = self._create_user("officer", "both_officer")
        both.company_ids |= other
        self._create_seat("key_accounts", both, company=other)
        for document in self.waiting.values():
            self._assert_refused_to_decide((foreign, officer, both), document)
            self._assert_refused(
                (foreign, officer),
                document._name,
                "write",
                document.ids,
                vals={"approval_state": "draft"},
                context={"allowed_company_ids": self.company.ids},
            )
            for method in ("read", "action_withdraw", "copy", "unlink"):
                self._assert_refused(
                    (foreign, officer), document._name, method, document.ids
                )
            self._assert_refused(
                (foreign, officer),
                REQUEST,
                "read",
                document.approval_request_id.ids,
            )

    def test_what_one_writes_is_shown_as_text(self):
        """The trail is rendered for others: nothing in it runs."""
        document = self.waiting["class"]
        evil = "<img src=x onerror=alert(1)>"
        _result, error = self._sign(
            self.head, document, method="action_reject", reason=evil
        )
        self.assertFalse(error)
        self.assertIn("&lt;img", document.approval_trail)
        for html in (document.approval_trail, document.sudo().message_ids[0].body):
            self.assertNotIn("<img src=x", html)
