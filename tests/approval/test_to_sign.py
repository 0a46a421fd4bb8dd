"""The cards of what is to be signed, and what comes next. Rules C3, E1, E2."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..points.adjustment_case import AdjustmentCase
from .rpc_case import AttackCase

REQUEST, DECISION = "club.approval.request", "club.approval.decision"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestToSign(AdjustmentCase):
    """A signatory decides on the card, or on the document and goes on to the next."""

    def _get_card(self, document, user):
        request = document.sudo().approval_request_id
        return request.with_user(user).sudo(False)

    def test_a_card_tells_what_is_signed(self):
        self._submit({self.account_a: 9_000})
        document = self._submit({self.account_a: 2_000})
        card = self._get_card(document, self.lead)
        self.assertRecordValues(
            card,
            [
                {
                    "amount_text": "2,000.00 points",
                    "total_text": "with what counts along: 11,000.00 points",
                    "subject": "Goodwill for the flood",
                    "reason_text": False,  # it is what it is about
                    "applicant_id": self.clerk.id,
                    "unit_id": self.unit.id,
                }
            ],
        )
        first = card._get_to_sign()[0]
        self.assertFalse(first.total_text)

    def test_a_card_is_signed_and_the_next_one_stays(self):
        one, two = (self._submit({self.account_a: 10}) for _number in range(2))
        listed = self.env[REQUEST].with_user(self.lead)
        self.assertEqual(len(listed.search([("is_my_turn", "=", True)])), 2)
        self._get_card(one, self.lead).action_sign()
        self.env.invalidate_all()
        self.assertEqual(
            listed.search([("is_my_turn", "=", True)]).mapped("res_id"), two.ids
        )
        self.assertEqual(self._get_asked(one)[0], {"unit"})
        signed = one.sudo().approval_request_id._get_signed()
        self.assertEqual(signed.signer_id, self.lead)

    def test_a_card_of_a_round_that_is_over_decides_nothing(self):
        """Nor the next round, which may say something else."""
        document = self._submit({self.account_a: 10})
        card = self._get_card(document, self.lead)
        self.assertTrue(card.has_access("read"))
        document.action_withdraw()
        document.line_ids.points = 9_000
        document.action_submit()
        for method in ("action_sign", "action_open_rejection"):
            with self.assertRaisesRegex(UserError, "no longer waits"):
                # sudo: by its rule he doesn't even read it any more
                getattr(card.sudo(), method)()
        self.assertEqual(document.approval_state, "waiting")
        self.assertFalse(document.sudo().approval_request_id._get_signed())

    def test_what_was_changed_since_it_was_looked_at_is_not_decided(self):
        document = self._submit({self.account_a: 10})
        seen = document.with_user(self.lead).approval_digest
        self.assertTrue(seen)
        document.action_withdraw()
        document.line_ids.points = 9_000
        document.action_submit()
        self.env.invalidate_all()
        for decide in (
            lambda d: d.action_sign(seen=seen),
            lambda d: d.action_reject("No", seen=seen),
            lambda d: self._decide(d, "sign", seen),
            lambda d: self._decide(d, "reject", seen),
        ):
            with self.assertRaisesRegex(UserError, "was changed since you looked"):
                decide(document.with_user(self.lead))
        self.assertFalse(document.sudo().approval_request_id._get_signed())
        self.assertEqual(document.approval_state, "waiting")
        self._decide(
            document.with_user(self.lead),
            "sign",
            document.with_user(self.lead).approval_digest,
        )
        self.assertTrue(document.sudo().approval_request_id._get_signed())

    def _decide(self, document, decision, seen):
        """As the dialog does that the form's button opens."""
        action = document.with_context(
            club_decision=decision, club_seen=seen
        ).action_open_decision()
        wizard = document.env[DECISION].with_context(**action["context"])
        return wizard.create({"remark": "Agreed"}).action_decide()

    def test_submitted_again_unchanged_it_is_what_was_looked_at(self):
        document = self._submit({self.account_a: 10})
        seen = document.with_user(self.lead).approval_digest
        document.action_withdraw()
        document.action_submit()
        document.with_user(self.lead).action_sign(seen=seen)
        self.assertTrue(document.sudo().approval_request_id._get_signed())

    def test_the_form_shows_amount_and_reason_to_whose_turn_it_is(self):
        document = self._submit({self.account_a: 2_000})
        asked = str(document.with_user(self.lead).approval_asked)
        for text in ("2,000.00 points", "Goodwill for the flood", self.clerk.name):
            self.assertIn(text, asked)
        for user in (self.clerk, self.auditor, self.officer):
            self.assertFalse(document.with_user(user).approval_asked)

    def test_the_next_one_is_offered_once_this_one_is_signed(self):
        first, second = (self._submit({self.account_a: 10}) for _number in range(2))
        mine = first.with_user(self.lead)
        self.assertFalse(mine.approval_has_next)
        mine.action_sign()
        self.env.invalidate_all()
        self.assertTrue(mine.approval_has_next)
        self.assertFalse(first.with_user(self.clerk).approval_has_next)
        self.assertEqual(mine.action_open_next()["res_id"], second.id)
        second.with_user(self.lead).action_sign()
        self.env.invalidate_all()
        self.assertFalse(mine.approval_has_next)
        self.assertEqual(mine.action_open_next()["res_model"], REQUEST)

    def test_my_requests_open_the_document(self):
        document = self._submit({self.account_a: 10})
        request = self._get_card(document, self.clerk)
        action = request.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (document._name, document.id)
        )
        # Who has left the unit since reads what he applied for, if not the document.
        self.unit.sudo().member_ids -= self.clerk
        self.clerk.sudo().group_ids = self.env.ref("base.group_user") | self.env.ref(
            "crm_club.crm_club_group_signer"
        )
        self.env.invalidate_all()
        action = request.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (request._name, request.id)
        )

    def test_cards_and_my_requests_cost_the_same_for_any_number(self):
        """One query more or less for each request would be found."""
        screens = {
            "club_approval_request_view_kanban": (self.lead, "is_my_turn"),
            "club_approval_request_view_list_mine": (self.clerk, "applicant_id"),
        }

        def count(name):
            user, mine = screens[name]
            view = self.env.ref(f"crm_club.{name}")
            spec = {
                node.get("name"): {"fields": {"display_name": {}}}
                if self.env[REQUEST]._fields[node.get("name")].relational
                else {}
                for node in etree.fromstring(view.arch).iter("field")
            }
            value = True if mine == "is_my_turn" else user.id
            requests = self.env[REQUEST].with_user(user)
            for _warm_up in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = requests.web_search_read([(mine, "=", value)], spec)
                asked = self.env.cr.sql_log_count - before
            return found["length"], asked

        found = {}
        for number in (2, 12):
            for _each in range(number):
                self._submit({self.account_a: 10})
            found[number] = [count(name) for name in screens]
        (few_cards, few_mine), (cards, mine) = found[2], found[12]
        self.assertEqual((cards[0] - few_cards[0], mine[0] - few_mine[0]), (12, 12))
        self.assertEqual((cards[1], mine[1]), (few_cards[1], few_mine[1]))


@tagged("post_install", "-at_install")
class TestToSignAttacks(AttackCase):
    """What the cards' buttons do over RPC: for whom it isn't, nothing."""

    def test_the_buttons_of_a_card_sign_for_nobody_else(self):
        document = self.waiting["class"]
        request = document.sudo().approval_request_id
        for method in ("action_sign", "action_open_rejection"):
            self._assert_harmless(
                [u for u in self.everybody if u != self.head],
                REQUEST,
                method,
                request.ids,
            )
        self._assert_refused(
            [u for u in self.everybody if u != self.head],
            REQUEST,
            "action_sign",
            request.ids,
        )
        self._call_ok(self.head, REQUEST, "action_sign", request.ids)
        self.assertEqual(request.state, "done")
        self._assert_refused([self.head], REQUEST, "action_sign", request.ids)

    def test_a_refusal_asks_why(self):
        document = self.waiting["class"]
        request = document.sudo().approval_request_id
        action = self._call_ok(self.head, REQUEST, "action_open_rejection", request.ids)
        self.assertEqual(action["context"]["default_decision"], "reject")
        self.assertEqual(action["context"]["default_seen"], request.digest)
        values = {
            name.removeprefix("default_"): value
            for name, value in action["context"].items()
        }
        for remark in (False, "", "  ", "…"):
            (number,) = self._call_ok(
                self.head, DECISION, "create", vals_list=[{**values, "remark": remark}]
            )
            self._assert_refused([self.head], DECISION, "action_decide", [number])
        (number,) = self._call_ok(
            self.head, DECISION, "create", vals_list=[{**values, "remark": "Too much"}]
        )
        self._call_ok(self.head, DECISION, "action_decide", [number])
        self.assertEqual(
            (request.state, request.closing_reason), ("rejected", "Too much")
        )

    def test_what_was_changed_since_is_refused_over_rpc(self):
        document = self.waiting["class"]
        for seen in ("0", "x" * 64, 1, ["a"], {"a": 1}, True):
            for method, kwargs in (
                ("action_sign", {"seen": seen}),
                ("action_reject", {"reason": "No", "seen": seen}),
            ):
                self._assert_refused(
                    [self.head], document._name, method, document.ids, **kwargs
                )

    def test_every_draft_shows_who_signs_to_whom_may_submit_it(self):
        for kind, document in self.drafts.items():
            user, _model = self.kinds[kind]
            (read,) = self._call_ok(
                user, document._name, "read", document.ids, fields=["approval_preview"]
            )
            self.assertIn("Will be signed by", read["approval_preview"], kind)
