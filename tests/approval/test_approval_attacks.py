"""What succeeded against the neighbours, tried on each kind of document. PEERS."""

from odoo.tests import tagged

from .rpc_case import DOORS, KEYS, AttackCase

STATES = ("waiting", "approved", "done", "rejected", "withdrawn")


@tagged("post_install", "-at_install")
class TestApprovalAttacks(AttackCase):
    """What a document says, over RPC. PEERS 1, 2, 4, 5."""

    def _get_changes(self, kind, document):
        """Return values that would change what a document of this kind says."""
        account, tier = self.account_b.id, self.membership.tier_ids[-1].id
        line = document.line_ids[:1].id if "line_ids" in document else None
        return {
            "adjustment": [
                {"reason": "Other"},
                {"line_ids": [[0, 0, {"account_id": account, "points": 9_000_000}]]},
                {"line_ids": [[1, line, {"points": 9_000_000}]]},
                {"line_ids": [[2, line]]},
                {"line_ids": [[3, line]]},
                {"line_ids": [[5]]},
                {"line_ids": [[6, 0, []]]},
            ],
            "rate": [{"value": 9}, {"date_from": "2020-01-01"}],
            "class": [{"account_id": account}, {"date_to": "2099-01-01"}],
            "override": [{"tier_id": tier}, {"account_id": account}],
            "requalification": [
                {"date_to": "2099-01-01"},
                {"line_ids": [[1, line, {"decided_tier_id": tier}]]},
                {"line_ids": [[2, line]]},
                {"line_ids": [[5]]},
            ],
        }[kind]

    def _get_submitted(self):
        for found in (self.waiting, self.signed):
            yield from found.items()

    def test_context_keys_open_no_lock(self):
        """PEERS 1: no value that JSON can carry is the sentinel."""
        for kind, document in self._get_submitted():
            self._assert_refused(
                [self.kinds[kind][0]],
                document._name,
                "write",
                document.ids,
                vals=self._get_changes(kind, document)[0],
                context=KEYS,
            )
        for value in (True, 1, "<object object>", {}, [], None):
            self._assert_refused(
                [self.officer],
                "club.account.classification",
                "write",
                self.waiting["class"].ids,
                vals={"approval_state": "done"},
                context={"club_lock": value},
            )

    def test_what_is_submitted_is_written_by_nobody(self):
        """PEERS 2, 4: neither field nor line, alone or in one write with the state."""
        for kind, document in self._get_submitted():
            changes = self._get_changes(kind, document)
            for vals in changes:
                self._assert_refused(
                    self.everybody, document._name, "write", document.ids, vals=vals
                )
            for vals in (
                {"approval_state": "done"},
                {"approval_state": "draft", **changes[0]},
                {"approval_request_id": self.signed["class"].approval_request_id.id},
            ):
                self._assert_refused(
                    [self.kinds[kind][0]],
                    document._name,
                    "write",
                    document.ids,
                    vals=vals,
                    context=KEYS,
                )

    def test_other_ways_to_write_are_the_same(self):
        """PEERS 4: the form's save, mass edit with a draft, import of a known id."""
        for kind, document in self._get_submitted():
            users = [self.kinds[kind][0]]
            vals = self._get_changes(kind, document)[0]
            both = (self.drafts[kind] + document).ids
            model = document._name
            self._assert_refused(
                users, model, "web_save", document.ids, vals=vals, specification={}
            )
            self._assert_refused(
                users,
                model,
                "web_save_multi",
                both,
                vals_list=[vals, vals],
                specification={},
            )
            self._assert_refused(users, model, "write", both, vals=vals)
            name, value = next(iter(vals.items()))
            self._assert_harmless(
                users,
                model,
                "load",
                fields=[".id", name, "approval_state"],
                data=[[str(document.id), str(value), "done"]],
            )
            self._assert_harmless(users, model, "action_archive", document.ids)
            self._assert_harmless(
                users,
                model,
                "web_resequence",
                document.ids,
                specification={},
                field_name=name,
            )

    def test_lines_follow_their_document(self):
        """PEERS 2: also by the lines' own model, and from one document to another."""
        model = "club.points.adjustment.line"
        draft = self.drafts["adjustment"]
        for document in (self.waiting["adjustment"], self.signed["adjustment"]):
            line = document.line_ids
            new = {"adjustment_id": document.id, "account_id": self.account_b.id}
            for method, ids, kwargs in (
                ("create", None, {"vals_list": [{**new, "points": 5}]}),
                ("write", line.ids, {"vals": {"points": 9_000_000}}),
                ("write", line.ids, {"vals": {"note": "Other"}}),
                ("write", line.ids, {"vals": {"adjustment_id": draft.id}}),
                ("write", draft.line_ids.ids, {"vals": new}),
                ("unlink", line.ids, {}),
                ("copy", line.ids, {"default": {"points": 5}}),
                ("copy", draft.line_ids.ids, {"default": new}),
                ("web_save", line.ids, {"vals": {"points": 5}, "specification": {}}),
            ):
                self._assert_refused(
                    self.everybody, model, method, ids, context=KEYS, **kwargs
                )
            for vals in (
                {"line_ids": [[4, line.id]]},
                {"line_ids": [[6, 0, line.ids]]},
                {"line_ids": [[1, line.id, {"points": 5}]]},
            ):
                self._assert_refused(
                    [self.clerk], draft._name, "write", draft.ids, vals=vals
                )
            self._assert_refused(
                [self.clerk],
                model,
                "create",
                vals_list=[{"account_id": self.account_b.id, "points": 5}],
                context={"default_adjustment_id": document.id},
            )

    def test_lines_of_a_requalification_follow_it(self):
        """PEERS 2: the officer decides until it is submitted, not after."""
        tier = self.membership.tier_ids[-1]
        for document in (self.waiting, self.signed):
            line = document["requalification"].line_ids[0]
            for method, kwargs in (
                ("write", {"vals": {"decided_tier_id": tier.id}}),
                ("write", {"vals": {"override_reason": "Other"}}),
                ("unlink", {}),
            ):
                self._assert_refused(
                    self.everybody, line._name, method, line.ids, **kwargs
                )
            for method in ("action_prepare", "unlink"):
                self._assert_refused(
                    self.everybody,
                    "club.requalification",
                    method,
                    document["requalification"].ids,
                    context=KEYS,
                )
        self._assert_refused(
            self.everybody,
            "club.requalification",
            "action_apply",
            self.waiting["requalification"].ids,
        )

    def test_what_is_submitted_is_never_deleted(self):
        """PEERS 3, 8: not even with the key by which Odoo uninstalls modules."""
        for _kind, document in self._get_submitted():
            for context in ({}, KEYS):
                self._assert_refused(
                    (*self.everybody, self.club_admin),
                    document._name,
                    "unlink",
                    document.ids,
                    context=context,
                )

    def test_nothing_is_created_in_another_state(self):
        """PEERS 5."""
        request = self.signed["class"].approval_request_id
        for kind, (applicant, model) in self.kinds.items():
            values = self._prepare_document(kind)
            for more in (
                *({"approval_state": state} for state in STATES),
                {"approval_request_id": request.id},
            ):
                self._assert_refused(
                    [applicant], model, "create", vals_list=[{**values, **more}]
                )
                self._assert_refused(
                    [applicant],
                    model,
                    "copy",
                    self.signed[kind].ids,
                    default=more,
                )
                self._assert_refused(
                    [applicant],
                    model,
                    "web_save",
                    [],
                    vals={**values, **more},
                    specification={},
                )

    def test_import_creates_nothing_in_another_state(self):
        """PEERS 5."""
        for fields, row in (
            (
                ["account_id/.id", "class_id/.id", "reason", "approval_state"],
                [str(self.account_a.id), str(self.klass.id), "Mine", "done"],
            ),
            (
                ["account_id/.id", "class_id/.id", "reason", "approval_request_id/.id"],
                [
                    *(str(self.account_a.id), str(self.klass.id), "Mine"),
                    str(self.signed["class"].approval_request_id.id),
                ],
            ),
        ):
            for door in DOORS:
                before = self._get_prints()
                result, _error = self._call(
                    door,
                    self.officer,
                    "club.account.classification",
                    "load",
                    fields=fields,
                    data=[row],
                    context=KEYS,
                )
                self.assertFalse(result and result.get("ids"))
                self.assertEqual(self._get_prints(), before)

    def _assert_draft(self, model, ids, author):
        document = self.env[model].browse(ids)
        self.assertEqual(len(document), 1)
        self.assertRecordValues(
            document,
            [
                {
                    "approval_state": "draft",
                    "approval_request_id": False,
                    "create_uid": author.id,
                }
            ],
        )
        for name in ("run_id", "membership_id", "notice_number", "decider_id"):
            if name in document:
                self.assertFalse(document[name], name)

    def test_default_keys_make_drafts(self):
        """PEERS 5: what the context or the user has as default of a guarded field."""
        request = self.signed["class"].approval_request_id
        for kind, (applicant, model) in self.kinds.items():
            context = {
                **KEYS,
                "default_approval_request_id": request.id,
                "default_run_id": self.signed["adjustment"].run_id.id,
                "default_notice_number": "X",
            }
            for door in DOORS:
                ids, error = self._call(
                    door,
                    applicant,
                    model,
                    "create",
                    vals_list=[self._prepare_document(kind)],
                    context=context,
                )
                self.assertFalse(error)
                self._assert_draft(model, ids, applicant)

    def test_ones_own_defaults_make_drafts(self):
        """PEERS 5: every employee may keep defaults of his own, for any field."""
        request = self.signed["class"].approval_request_id
        for kind, (applicant, model) in self.kinds.items():
            for name, value in (
                ("approval_state", "done"),
                ("approval_request_id", request.id),
            ):
                self._call_ok(
                    applicant,
                    "ir.default",
                    "set",
                    model_name=model,
                    field_name=name,
                    value=value,
                    user_id=True,
                )
            ids = self._call_ok(
                applicant, model, "create", vals_list=[self._prepare_document(kind)]
            )
            self._assert_draft(model, ids, applicant)

    def test_a_copy_is_an_unsigned_draft(self):
        for kind, (applicant, model) in self.kinds.items():
            for found in (self.waiting, self.signed):
                ids = self._call_ok(
                    applicant, model, "copy", found[kind].ids, context=KEYS
                )
                self._assert_draft(model, ids, applicant)

    def test_private_methods_are_private(self):
        methods = {
            "club.points.adjustment": (
                *("_set_opening", "_approval_execute", "_approval_carry_out"),
                *("_approval_follow", "_create_approval_requests", "init"),
            ),
            "club.approval.request": (
                *("_do_sign", "_do_reject", "_do_withdraw", "_close", "_set_done"),
                *("_open_stage", "_get_document", "_cron_remind", "init"),
            ),
            "club.approval.signature": ("_set_given", "init"),
            "club.approval.policy": ("_ensure_defaults", "_copy_to"),
            "club.body": ("_make_signatories", "_copy_to"),
            "club.program": ("_set_override", "_review"),
            "club.membership": ("_insert", "_end"),
            "club.points.run": ("_post_document", "_do_post"),
            "club.requalification": ("_do_apply",),
            "club.account.classification": ("_set_opening", "_approval_execute"),
        }
        for model, names in methods.items():
            for name in names:
                self._assert_refused([self.officer], model, name, [])
