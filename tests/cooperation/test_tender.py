from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.cooperation.tender import Tender
from ..common import TODAY
from .cooperation_case import CooperationCase

AMOUNT = 110_000


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTender(CooperationCase):
    """Above the program's limit: panel, bids, scores, award. Rule C6."""

    def test_at_the_limit_there_is_none_and_above_it_there_is(self):
        self._submit(100_000, partner_id=self.suppliers[1].id)
        for amount in (100_000.01, AMOUNT):
            with self._assert_refused(UserError, "hold a tender with 3 bids"):
                self._submit(amount)
        self._submit(AMOUNT, exemption_reason="Single source")
        for nothing in ("  ", "\u200b", " \u2060\u3000", "-", "\u3164"):
            with self._assert_refused(UserError, "says nothing"):
                self._submit(AMOUNT, exemption_reason=nothing)

    def test_the_award_fills_in_the_request(self):
        cooperation = self._draw_up(AMOUNT, partner_id=False)
        bids = self._hold_tender(cooperation)
        self.assertRecordValues(
            bids.sorted("id"),
            [
                {"score": 90, "rank": 1},
                {"score": 60, "rank": 3},
                {"score": 80, "rank": 2},
            ],
        )
        self.assertRecordValues(
            cooperation,
            [
                {
                    "tender_state": "awarded",
                    "winner_id": bids[0].id,
                    "partner_id": self.supplier.id,
                    "amount": 95_000,
                    "awarded_by_id": self.jurors[0].id,
                    "deviation_reason": False,
                }
            ],
        )
        cooperation.action_submit()
        self._sign_all(cooperation)
        self.assertEqual(cooperation.contract_amount, 95_000)

    def test_negotiated_down_but_never_up_and_with_the_winner_only(self):
        cooperation = self._draw_up(AMOUNT)
        self._hold_tender(cooperation, amounts=(120_000, 130_000, 140_000))
        cooperation.amount = 120_000.01
        with self._assert_refused(UserError, "the winning bid"):
            cooperation.action_submit()
        cooperation.write({"amount": 119_000, "partner_id": self.suppliers[1].id})
        with self._assert_refused(UserError, "won the tender"):
            cooperation.action_submit()
        cooperation.partner_id = self.supplier
        cooperation.action_submit()
        self._sign_all(cooperation)
        self.assertEqual(cooperation.contract_amount, 119_000)

    def test_three_valid_bids_are_the_least(self):
        """Two are too few; a disqualified one doesn't count, with a reason only."""
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation, (1, 2, 3))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            bids[2].is_disqualified = True
        bids[2].write({"is_disqualified": True, "disqualification_reason": "Late"})
        self._open_tender(cooperation)
        self._score(cooperation, (90, 80, 70))
        panel = cooperation.with_user(self.jurors[0])
        with self._assert_refused(UserError, "has 2 valid bids"):
            panel.action_award(bids[0].id)
        fourth = cooperation.env["club.cooperation.bid"].create(
            {
                "cooperation_id": cooperation.id,
                "partner_id": self.suppliers[3].id,
                "amount": 4,
            }
        )
        with self._assert_refused(UserError, "isn't scored by"):
            panel.action_award(bids[0].id)
        self._score(cooperation, (90, 80, 70, 60))
        for choice in (bids[2].id, False, 0, "x", bids[0].id + 10_000):
            with self._assert_refused(UserError, "that aren't disqualified"):
                panel.action_award(choice)
        self._award(cooperation, bids[0])
        self.assertEqual((fourth.rank, bids[2].rank), (3, 0))

    def test_two_bids_of_one_supplier_are_refused(self):
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation, (1,))
        with self._assert_refused(ValidationError, "has a bid for"):
            self._add_bids(cooperation, (2,))

    def test_another_than_the_best_needs_a_reason(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        self._score(cooperation)
        for reason in (None, "", "  "):
            with self._assert_refused(UserError, "say why it wins"):
                cooperation.with_user(self.jurors[1]).action_award(bids[2].id, reason)
        # The others needn't say it again.
        cooperation.with_user(self.jurors[1]).action_award(
            bids[2].id, "It can be there in time"
        )
        self._award(cooperation, bids[2], users=[self.jurors[0], self.jurors[2]])
        self.assertEqual(cooperation.deviation_reason, "It can be there in time")
        self.assertEqual(cooperation.winner_id, bids[2])

    def test_each_member_enters_his_own_marks_only(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        rows = self.env["club.cooperation.score"].search(
            [("cooperation_id", "=", cooperation.id)]
        )
        self.assertEqual(len(rows), 9)
        own = rows.filtered(lambda row: row.member_id == self.jurors[0])
        others = rows - own
        for user, found in (
            (self.jurors[0], others),
            (self.manager, own),
            (self.officer, own),
            (self.clerk, own),
            (self.finance, own),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                found[0].with_user(user).write({"mark_price": 100})
            with self.subTest(user.login), self.assertRaises(AccessError):
                found.create({"bid_id": bids[0].id, "member_id": user.id}).with_user(
                    user
                )
        row = own[0].with_user(self.jurors[0])
        for values in (
            {"member_id": self.jurors[1].id},
            {"bid_id": bids[1].id},
            {"scored_by_id": self.jurors[1].id},
            {"cooperation_id": cooperation.id},
        ):
            with self.assertRaises(AccessError):
                row.write(values)
        with self.assertRaises(AccessError):
            rows.with_user(self.jurors[0]).create(
                {"bid_id": bids[0].id, "member_id": self.jurors[0].id}
            )
        row.write({"mark_price": 100})
        self.assertEqual(row.scored_by_id, self.jurors[0])
        # He doesn't see the others' before the award.
        seen = rows.with_user(self.jurors[0]).search(
            [("cooperation_id", "=", cooperation.id)]
        )
        self.assertEqual(seen.sudo().member_id, self.jurors[0])

    def test_a_substitute_marks_for_his_seat(self):
        self.env["club.body.substitute"].create(
            {
                "seat_id": self.env["club.body.seat"]
                .search([("user_id", "=", self.jurors[2].id)])
                .id,
                "user_id": self.office.id,
                "date_from": TODAY,
                "date_to": TODAY,
            }
        )
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        self._score(cooperation, users=[*self.jurors[:2], self.office])
        self._award(cooperation, bids[0], users=[*self.jurors[:2], self.office])
        given = cooperation.sudo().consent_ids.filtered(lambda c: c.step == "award")
        self.assertIn(
            (self.jurors[2], self.office), [(c.member_id, c.user_id) for c in given]
        )
        row = bids[0].score_ids.filtered(lambda s: s.member_id == self.jurors[2])
        self.assertEqual(row.sudo().scored_by_id, self.office)

    @property
    def office(self):
        return self.signers["office"]

    def test_who_applies_neither_marks_nor_awards(self):
        self._create_seat("tender", self.manager)
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        self.assertNotIn(self.manager, cooperation.score_ids.sudo().member_id)
        self._score(cooperation)
        for user in (self.manager, self.officer):
            with self.assertRaises(AccessError):
                cooperation.with_user(user).action_award(bids[0].id)
        with self.assertRaises(AccessError):
            cooperation.with_user(self._create_employee("any")).action_award(bids[0].id)
        self._award(cooperation, bids[0])

    def test_bids_and_scores_are_fixed_by_the_award(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._hold_tender(cooperation)
        row = self.env["club.cooperation.score"].search(
            [("bid_id", "=", bids[1].id), ("member_id", "=", self.jurors[0].id)]
        )
        for act in (
            lambda: bids[1].write({"amount": 1}),
            lambda: bids[1].write({"is_disqualified": True}),
            bids[1].unlink,
            lambda: self._add_bids(cooperation),
            lambda: row.with_user(self.jurors[0]).write({"mark_price": 100}),
            lambda: cooperation.write({"tender_weight_price": 0}),
            cooperation.action_start_tender,
            lambda: cooperation.with_user(self.jurors[0]).action_award(bids[1].id, "x"),
            cooperation.unlink,
        ):
            with self.assertRaises(UserError):
                act()
            self.env.invalidate_all()
        cooperation.action_reopen_tender()
        with self.assertRaises(AccessError):
            bids[1].create(
                {
                    "cooperation_id": cooperation.id,
                    "partner_id": self.suppliers[3].id,
                    "amount": 1,
                    "rank": 1,
                }
            )
        with self._assert_refused(UserError, "disqualify it"):
            bids[1].write({"amount": 1})
        row.with_user(self.jurors[0]).write({"mark_price": 61})
        self._award(cooperation, bids[0])
        cooperation.action_submit()
        for act in (
            cooperation.action_reopen_tender,
            lambda: bids[1].write({"amount": 1}),
        ):
            with self.assertRaises(UserError):
                act()

    def test_what_the_tender_says_is_signed_along(self):
        """A bid that SQL changes under way stops the next signature."""
        cooperation = self._draw_up(AMOUNT)
        bids = self._hold_tender(cooperation)
        cooperation.action_submit()
        self.env.cr.execute(
            "UPDATE club_cooperation_bid SET amount = 1 WHERE id = %s", [bids[1].id]
        )
        self.env.invalidate_all()
        with self._assert_refused(UserError, "doesn't say any more"):
            cooperation.with_user(self.lead).action_sign()

    def test_signatures_first_then_the_tender(self):
        self.program.tender_order = "after"
        cooperation = self._submit(AMOUNT, partner_id=False)
        self._sign_all(cooperation)
        self.assertEqual(cooperation.approval_state, "approved")
        with self._assert_refused(UserError, "hold a tender"):
            cooperation.sudo()._approval_carry_out()
        bids = self._add_bids(cooperation, (115_000, 105_000, 108_000))
        self._open_tender(cooperation)
        self._score(cooperation, (90, 60, 80))
        with self._assert_refused(UserError, "withdraw it and ask for more"):
            self._award(cooperation, bids[0])
        self.env.invalidate_all()
        self._award(cooperation, bids[2], "The best one costs too much")
        self.assertRecordValues(
            cooperation,
            [
                {
                    "approval_state": "done",
                    "partner_id": self.suppliers[2].id,
                    "amount": AMOUNT,
                    "contract_amount": 108_000,
                }
            ],
        )
        with self.assertRaises(UserError):
            bids[2].write({"amount": 1})
        # The supplier whom the tender found: this one counts along from now on.
        later = self._draw_up(1_000, partner_id=self.suppliers[2].id)
        self.assertEqual(later.added_amount, AMOUNT + 1_000)

    def test_signatures_first_and_no_tender_due(self):
        self.program.tender_order = "after"
        for amount, values in (
            (100_000, {}),
            (AMOUNT, {"exemption_reason": "x", "purpose": "gift"}),
        ):
            cooperation = self._submit(amount, **values)
            self._sign_all(cooperation)
            self.assertEqual(cooperation.approval_state, "done")
        with self._assert_refused(UserError, "names no supplier"):
            self._submit(100_000, partner_id=False)

    def test_there_must_be_a_panel(self):
        self.env["club.body.seat"].search(
            [("user_id", "in", [user.id for user in self.jurors])]
        ).date_to = "2026-01-01"
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        with self._assert_refused(UserError, "has no tender panel"):
            self._open_tender(cooperation)

    def test_nobody_reads_the_others_marks_before_all_have_given_theirs(self):
        """Rule E2: the ranking would tell them."""
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        self._open_tender(cooperation)
        self._score(cooperation, users=self.jurors[:2])
        awards = self.env["club.tender.award"]
        values = {"cooperation_id": cooperation.id}
        for juror in (self.jurors[0], self.jurors[2]):
            award = awards.with_user(juror).create(values)
            self.assertFalse(award.ranking)
            self.assertFalse(award.bid_id)
            self.assertFalse(award.is_best)
        stranger = self._create_employee("stranger")
        self._create_seat("office", stranger)
        with self._assert_refused(AccessError, "may not read"):
            awards.with_user(stranger).create(values)
        award = awards.with_user(stranger).new(values)
        self.assertFalse(award.unscored_names)
        award = awards.with_user(self.jurors[0]).create(values)
        self.assertEqual(award.unscored_names, self.jurors[2].name)

    def test_bids_papers_are_fixed_with_their_marks(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        bids[0].document = b"QmlkIDE="
        paper = (
            self.env["ir.attachment"]
            .with_user(self.manager)
            .search(
                [
                    ("res_model", "=", bids._name),
                    ("res_id", "=", bids[0].id),
                    ("res_field", "=", "document"),
                ]
            )
        )
        paper.raw = b"Bid 2"  # nobody has looked at it yet
        self._open_tender(cooperation)
        self._score(cooperation)
        for change in (paper.unlink, lambda: paper.write({"raw": b"Forged"})):
            with self._assert_refused(UserError, "has been scored"):
                change()
        self._award(cooperation, bids[0])
        for change in (paper.unlink, lambda: paper.write({"raw": b"Forged"})):
            with self._assert_refused(UserError, "is decided"):
                change()

    def test_the_panel_is_asked_and_may_read(self):
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        reader = cooperation.with_user(self.jurors[1])
        with self.assertRaises(AccessError):
            reader.read(["amount"])
        self._open_tender(cooperation)
        asked = cooperation.sudo().activity_ids.user_id
        self.assertEqual(sorted(asked.ids), sorted(user.id for user in self.jurors))
        reader.read(["amount"])
        reader.bid_ids.read(["amount"])
        with self.assertRaises(AccessError):
            reader.write({"subject": "Other"})
        self._score(cooperation)
        award = (
            self.env["club.tender.award"]
            .with_user(self.jurors[1])
            .create({"cooperation_id": cooperation.id})
        )
        self.assertIn("1. Supplier 0", award.ranking)
        self.assertTrue(award.is_best)
        award.action_award()
        self.assertEqual(cooperation.tender_state, "open")
        self._award(cooperation, award.bid_id, users=[self.jurors[0], self.jurors[2]])
        self.assertEqual(cooperation.tender_state, "awarded")
        self.assertFalse(cooperation.sudo().activity_ids)

    # === By all three bodies === #

    def test_it_opens_once_all_bodies_have_consented(self):
        """Rule C6: who and when is kept; nobody else, and nobody who applied."""
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        cooperation.action_start_tender()
        self.assertEqual(cooperation.tender_state, "asked")
        self.assertFalse(cooperation.sudo().score_ids)
        self.assertEqual(
            cooperation.sudo().activity_ids.user_id,
            self.env["res.users"].union(*self.jurors),
        )
        stranger = self._create_employee("fourth")
        self._create_seat("tender", stranger)
        for user, told in (
            (self.manager, "decided by its panel"),
            (self.officer, "decided by its panel"),
            (stranger, "you sit for none"),
        ):
            with self._assert_refused(AccessError, told):
                cooperation.with_user(user).action_consent()
        for number, juror in enumerate(self.jurors):
            self.assertEqual(cooperation.tender_state, "asked")
            panel = cooperation.with_user(juror)
            self.assertTrue(panel.may_consent)
            panel.action_consent()
            self.env.invalidate_all()
            self.assertFalse(panel.may_consent)
            self.assertEqual(len(cooperation.consent_ids), number + 1)
        self.assertEqual(cooperation.tender_state, "open")
        self.assertEqual(
            cooperation.consent_ids.body_id.mapped("code"),
            ["key_accounts", "finance", "office"],
        )
        self.assertTrue(all(cooperation.consent_ids.mapped("given_at")))
        with self._assert_refused(UserError, "doesn't wait to be opened"):
            cooperation.with_user(self.jurors[0]).action_consent()

    def test_it_is_awarded_once_all_consent_to_one_bid(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        self._score(cooperation)
        first, second, third = (cooperation.with_user(user) for user in self.jurors)
        first.action_award(bids[0].id)
        second.action_award(bids[2].id, "Nearer")
        third.action_award(bids[0].id)
        self.assertEqual(cooperation.tender_state, "open")
        self.assertEqual(cooperation.missing_bodies, "")
        second.action_award(bids[0].id)
        self.env.invalidate_all()
        self.assertEqual(cooperation.winner_id, bids[0])
        taken = cooperation.sudo().consent_ids.filtered("is_taken_back")
        self.assertEqual((taken.user_id, taken.bid_id), (self.jurors[1], bids[2]))

    def _get_consents(self, cooperation, step):
        return Tender(cooperation).consents.get(step)

    def test_consents_end_when_marks_or_bids_change(self):
        cooperation = self._draw_up(AMOUNT)
        bids = self._add_bids(cooperation, (1, 2, 3, 4))
        self._open_tender(cooperation)
        self._score(cooperation, (90, 60, 80, 70))
        award = cooperation.with_user(self.jurors[0])
        for change in (
            lambda: self._score(cooperation, (80, 60, 90, 70), [self.jurors[1]]),
            lambda: bids[1].write(
                {"is_disqualified": True, "disqualification_reason": "Late"}
            ),
            lambda: bids[1].write({"is_disqualified": False}),
        ):
            award.action_award(bids[0].id, "Ours")
            self.assertIn(
                "award", self._get_consents(cooperation, "award").mapped("step")
            )
            change()
            self.env.invalidate_all()
            self.assertFalse(self._get_consents(cooperation, "award"))
        self._award(cooperation, bids[0], "Ours")
        cooperation.action_reopen_tender()
        self.assertFalse(self._get_consents(cooperation, "award"))
        self.assertEqual(len(self._get_consents(cooperation, "opening")), 3)

    def test_a_body_without_a_seat_keeps_it_shut(self):
        """Unless the program says that others decide."""
        seats = self.env["club.body.seat"].search(
            [("user_id", "=", self.jurors[1].id), ("body_id.code", "=", "tender")]
        )
        seats.represents_id = False
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        with self._assert_refused(UserError, "Nobody sits for Planning and Finance"):
            cooperation.action_start_tender()
        codes = ("key_accounts", "office")
        self.program.tender_body_ids = self.env["club.body"].union(
            *map(self._get_body, codes)
        )
        self._open_tender(cooperation, [self.jurors[0], self.jurors[2]])
        self.assertEqual(cooperation.tender_state, "open")
        # What was asked stays as it was asked.
        self.program.tender_body_ids = False
        self._score(cooperation)
        bid = cooperation.bid_ids[0]
        self._award(cooperation, bid, users=[self.jurors[0], self.jurors[2]])
        self.assertEqual(cooperation.winner_id, bid)

    def test_nobody_types_a_consent(self):
        cooperation = self._draw_up(AMOUNT)
        self._add_bids(cooperation)
        self._open_tender(cooperation)
        consent = cooperation.sudo().consent_ids[0]
        for user in (self.manager, self.officer, self.jurors[0]):
            row = consent.with_user(user)
            values = {
                "cooperation_id": cooperation.id,
                "step": "award",
                "body_id": consent.body_id.id,
                "member_id": user.id,
                "user_id": user.id,
                "given_at": "2026-04-01",
            }
            for act in (
                lambda row=row: row.write({"is_taken_back": True}),
                lambda row=row, values=values: row.create(values),
                row.unlink,
            ):
                with self.assertRaises(UserError):
                    act()
        with self.assertRaises(AccessError):
            cooperation.with_user(self.officer).write({"tender_state": "open"})
