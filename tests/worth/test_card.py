from datetime import date, timedelta

import psycopg2.errors
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY
from .card_case import FIRST, LAST, CardCase
from .reward_case import SIGNATURE


@tagged("post_install", "-at_install")
class TestCard(CardCase):
    """Rule A13: the register of cards, from the printer to the drawer."""

    # === Issued === #

    def test_numbers_come_in_turn_and_pass_over_what_is_taken(self):
        typed = self._create_card(self.gold, number=" vip-000002 ")
        other = self._create_card(self._enrol(self.account_b))
        third = self._create_card(self._enrol(self._create_account("Third")))
        self.assertEqual(
            [typed.number, other.number, third.number],
            ["VIP-000002", "VIP-000001", "VIP-000003"],
        )

    def test_a_number_never_comes_twice_in_a_company(self):
        card = self._create_card(self.gold, number="8018")
        self._take_step(card, "lost")
        membership = self._enrol(self.account_b)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._create_card(membership, number="８０１８")
        taken = card._get_taken_numbers(self.company, ["8018", "８０ 18", "8019", ""])
        self.assertEqual(taken, {"8018", "８０ 18"})

    def test_what_is_no_number_is_refused(self):
        for number in ("---", "a;b", "x" * 41):
            with (
                self.subTest(number=number),
                self.assertRefused(ValidationError, "can't be a card's number"),
            ):
                self._create_card(self.gold, number=number)

    def test_a_program_begins_its_numbers_as_it_likes(self):
        self.program.card_prefix = "GK/"
        self.assertEqual(self._create_card(self.gold).number, "GK/000001")
        for prefix in ("a ", "<b>"):
            with self.assertRefused(ValidationError, "can't begin the numbers"):
                self.program.card_prefix = prefix

    def test_a_membership_has_one_card(self):
        card = self._create_card(self.gold)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._create_card(self.gold)
        with self.assertRefused(UserError, "has a card"):
            self.gold.with_user(self.officer).action_issue_cards()
        self.assertEqual(self.gold.card_ids, card)

    def test_only_memberships_of_today_or_later_get_one(self):
        """The last day still counts; customer grades get none."""
        grade = self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_b.id,
                    "group_id": self.grade.id,
                    "tier_id": self.grade.tier_ids[0].id,
                    "date_from": FIRST,
                    "date_to": LAST,
                    "origin": "opening",
                }
            ],
        )
        over = self._enrol(self.account_b, last=TODAY - timedelta(days=1))
        self.env["club.membership"]._end([(over.id, over.date_to, "lapsed")])
        today = self._enrol(self._create_account("Today"), last=TODAY)
        later = self._enrol(self._create_account("Later"), first=date(2026, 7, 1))
        for membership in (self.gold, today, later):
            self.assertTrue(self._create_card(membership))
        for membership, told in (
            (over, "counted until"),
            (over.browse(grade), "customer grade"),
        ):
            with self.assertRefused(UserError, told):
                self._create_card(membership)

    def test_many_are_issued_at_once(self):
        accounts = self._create_accounts(["One", "Two", "Three"])
        memberships = self.gold
        for account in accounts:
            memberships |= self._enrol(account)
        old = self._create_card(self.gold)
        action = memberships.with_user(self.officer).action_issue_cards()
        cards = self.env["club.card"].search(action["domain"])
        self.assertEqual(cards.account_id, accounts)
        self.assertEqual(len(set(cards.mapped("number"))), 3)
        self.assertEqual(old.state, "to_print")

    def test_issuing_costs_the_same_for_few_and_many(self):
        counts = []
        for size in (5, 25):
            memberships = self.env["club.membership"]
            names = [f"{size} {number}" for number in range(size)]
            for account in self._create_accounts(names):
                memberships |= self._enrol(account)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            memberships.with_user(self.officer).action_issue_cards()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 4)

    def test_a_tier_that_changed_gets_another_card(self):
        old = self._hand_over(self._create_card(self.gold, holder_id=self.holder.id))
        self.env["club.membership"]._end(
            [(self.gold.id, TODAY - timedelta(days=1), "upgraded")]
        )
        risen = self._enrol(self.account_a, "platinum", first=TODAY)
        self.assertFalse(self._is_valid_on(old, TODAY))
        risen.with_user(self.officer).action_issue_cards()
        new = risen.card_ids
        self.assertRecordValues(
            old | new,
            [
                {
                    "state": "replaced",
                    "replaced_by_id": new.id,
                    "ended_by_id": self.officer.id,
                    "holder_id": self.holder.id,
                },
                {
                    "state": "to_print",
                    "replaced_by_id": False,
                    "ended_by_id": False,
                    "holder_id": self.holder.id,
                },
            ],
        )

    # === Valid exactly while the membership is === #

    def test_it_is_valid_from_the_first_to_the_last_day(self):
        card = self._hand_over(self._create_card(self.gold))
        for day, valid in (
            (FIRST - timedelta(days=1), False),
            (FIRST, True),
            (TODAY, True),
            (LAST, True),
            (LAST + timedelta(days=1), False),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._is_valid_on(card, day), valid)
        self.assertEqual(card.valid_to, False)
        with freeze_time(TODAY):
            card.invalidate_recordset()
            self.assertEqual(card.valid_to, LAST)

    def test_days_are_the_companys(self):
        """At 17:00 UTC of the last day it is the day after in China."""
        self.company.club_timezone = "Asia/Shanghai"
        card = self._hand_over(self._create_card(self.gold))
        for moment, valid in (
            ("2026-12-31 15:59:59", True),
            ("2026-12-31 16:00:00", False),
        ):
            with freeze_time(moment):
                card.invalidate_recordset()
                self.assertEqual(card.is_valid, valid)

    def test_days_of_grace_count(self):
        self.program.grace_days = 10
        membership = self._enrol(self.account_b)
        card = self._hand_over(self._create_card(membership))
        self.assertTrue(self._is_valid_on(card, LAST + timedelta(days=10)))
        self.assertFalse(self._is_valid_on(card, LAST + timedelta(days=11)))

    def test_only_what_was_handed_over_is_valid(self):
        card = self._create_card(self.gold)
        self.assertFalse(self._is_valid_on(card, TODAY))
        card.with_user(self.officer).action_mark_printed()
        self.assertFalse(self._is_valid_on(card, TODAY))
        self._hand_over(card)
        self.assertTrue(self._is_valid_on(card, TODAY))
        self._take_step(card, "lost")
        self.assertFalse(self._is_valid_on(card, TODAY))

    def test_it_goes_on_when_the_account_is_renewed_at_its_tier(self):
        card = self._hand_over(self._create_card(self.gold))
        following = date(2027, 1, 1)
        self._enrol(
            self.account_a, first=following, last=date(2027, 12, 31), origin="renewed"
        )
        self.assertTrue(self._is_valid_on(card, following))
        with freeze_time(following):
            card.invalidate_recordset()
            self.assertEqual(card.valid_to, date(2027, 12, 31))
        self.assertTrue(self._is_valid_on(card, date(2027, 12, 31)))
        self.assertFalse(self._is_valid_on(card, date(2028, 1, 1)))

    def test_it_doesnt_come_back_after_a_break_or_another_tier(self):
        broken = self._hand_over(self._create_card(self.gold))
        self._enrol(self.account_a, first=date(2027, 1, 2), last=date(2027, 12, 31))
        self.assertFalse(self._is_valid_on(broken, date(2027, 1, 2)))
        lowered = self._hand_over(self._create_card(self._enrol(self.account_b)))
        for year, tier in ((2027, "vip"), (2028, "gold")):
            self._enrol(self.account_b, tier, date(year, 1, 1), date(year, 12, 31))
            self.assertFalse(self._is_valid_on(lowered, date(year, 3, 1)))

    def test_another_card_is_issued_after_a_break(self):
        """The old one stands in nobody's way."""
        old = self._hand_over(self._create_card(self.gold))
        again = self._enrol(
            self.account_a, first=date(2027, 2, 1), last=date(2027, 12, 31)
        )
        with freeze_time("2027-03-01"):
            again.with_user(self.officer).action_issue_cards()
        self.assertEqual(old.replaced_by_id, again.card_ids)

    # === Printed, handed over, lost, taken back, replaced === #

    def test_who_and_when_is_kept_at_each_step(self):
        card = self._create_card(self.gold, holder_id=self.holder.id)
        action = card.with_user(self.officer).action_print()
        self.assertEqual(action["report_name"], "crm_club.club_card")
        self._take_step(
            card,
            "hand_over",
            self.manager,
            receipt_note="R-12",
            receipt_signature=SIGNATURE,
        )
        self.assertRecordValues(
            card,
            [
                {
                    "state": "handed_over",
                    "printed_by_id": self.officer.id,
                    "handed_over_on": TODAY,
                    "handed_over_by_id": self.manager.id,
                    "received_by": "Lin Xiaomei",
                    "receipt_note": "R-12",
                }
            ],
        )
        self.assertTrue(card.receipt_signature)
        self._take_step(card, "lost", self.manager, reason="Left in a taxi")
        self.assertRecordValues(
            card,
            [
                {
                    "state": "lost",
                    "ended_by_id": self.manager.id,
                    "ended_reason": "Left in a taxi",
                }
            ],
        )
        self._take_step(card, "returned", self.manager, reason="Found again")
        self.assertEqual(card.state, "returned")
        with self.assertRefused(UserError, "in the state"):
            self._take_step(card, "lost")

    def test_what_was_lost_is_replaced_in_one_act_and_stays_lost(self):
        card = self._hand_over(self._create_card(self.gold, holder_id=self.holder.id))
        self._take_step(card, "lost")
        action = self._take_step(card, "replace", reason="Lost")
        new = self.env["club.card"].browse(action["res_id"])
        self.assertEqual(card.state, "lost")
        self.assertEqual(card.replaced_by_id, new)
        self.assertEqual(new.holder_id, self.holder)
        with self.assertRefused(UserError, "was replaced by card"):
            self._take_step(card, "replace")

    def test_a_card_in_use_is_replaced_in_one_act(self):
        card = self._hand_over(self._create_card(self.gold))
        action = self._take_step(card, "replace", reason="Scratched")
        new = self.env["club.card"].browse(action["res_id"])
        self.assertRecordValues(
            card,
            [
                {
                    "state": "replaced",
                    "replaced_by_id": new.id,
                    "ended_reason": "Scratched",
                    "ended_by_id": self.officer.id,
                }
            ],
        )
        self.assertFalse(self._is_valid_on(card, TODAY))

    def test_nobody_is_given_a_new_card_who_is_no_member(self):
        card = self._hand_over(self._create_card(self.gold))
        with (
            freeze_time(LAST + timedelta(days=1)),
            self.assertRefused(UserError, "is no member any more"),
        ):
            self._take_step(card, "replace")

    def test_it_isnt_handed_over_before_it_was_printed_or_on_a_day_to_come(self):
        card = self._create_card(self.gold)
        with self.assertRefused(UserError, "in the state"):
            self._take_step(card, "hand_over", received_by="Ms Lin")
        card.with_user(self.officer).action_mark_printed()
        for days in (-1, 1):
            with self.assertRefused(UserError, "can't have been handed over"):
                self._hand_over(card, date=TODAY + timedelta(days=days))
        with self.assertRefused(UserError, "has no holder"):
            self._hand_over(card, received_by=False)
        self._hand_over(card, date=TODAY)

    def test_a_card_of_another_tier_isnt_handed_over(self):
        """It would never be valid."""
        card = self._create_card(self.gold)
        card.with_user(self.officer).action_mark_printed()
        yesterday = TODAY - timedelta(days=1)
        self.env["club.membership"]._end([(self.gold.id, yesterday, "upgraded")])
        self._enrol(self.account_a, "platinum", first=TODAY)
        with self.assertRefused(UserError, "isn't for the membership that"):
            self._hand_over(card)
        action = self._take_step(card, "replace")
        new = self.env["club.card"].browse(action["res_id"])
        self.assertEqual(new.tier_id, self.tiers["platinum"])
        self.assertTrue(self._is_valid_on(self._hand_over(new), TODAY))

    def test_many_are_handed_over_at_once_to_their_holders(self):
        cards = self._create_card(self.gold, holder_id=self.holder.id)
        other = self._create_contacts(self.account_b, name="Beacon")
        cards |= self._create_card(self._enrol(self.account_b), holder_id=other.id)
        cards.with_user(self.officer).action_print()
        self._take_step(cards, "hand_over")
        self.assertEqual(cards.mapped("received_by"), [self.holder.name, other.name])

    def test_the_holder_is_one_of_the_accounts_people(self):
        stranger = self._create_contacts(self.account_b)
        with self.assertRefused(ValidationError, "isn't a contact of"):
            self._create_card(self.gold, holder_id=stranger.id)

    # === Taken on === #

    def test_cards_are_taken_on_by_lists(self):
        accounts = self._create_accounts(["One", "Two"])
        rows = [
            (account.id, self._enrol(account).id, number)
            for account, number in zip(accounts, ("a-1", "A-2"), strict=True)
        ]
        ids = self.env["club.card"]._take_on(rows)
        cards = self.env["club.card"].browse(ids)
        self.assertRecordValues(
            cards,
            [
                {
                    "number": number,
                    "account_id": account.id,
                    "state": "handed_over",
                    "is_taken_on": True,
                    "handed_over_on": FIRST,
                    "is_valid": True,
                    "tier_id": self.tiers["gold"].id,
                    "company_id": self.company.id,
                }
                for account, number in zip(accounts, ("A-1", "A-2"), strict=True)
            ],
        )
        self.assertEqual(cards._find_by_code(self.company, " a-2 "), cards[1])
        self.assertEqual(self.env["club.card"]._take_on([]), [])

    # === Merged accounts, forgotten persons === #

    def test_merged_accounts_keep_the_card_of_the_tier_that_stays(self):
        low = self._hand_over(self._create_card(self.gold))
        high = self._create_card(self._enrol(self.account_b, "platinum"))
        self._merge(self.account_a, into=self.account_b)
        self.assertEqual((low | high).account_id, self.account_b)
        self.assertEqual((low.state, high.state), ("replaced", "to_print"))
        self.assertEqual(low.replaced_by_id, high)

    def test_a_card_goes_on_with_the_membership_that_stays(self):
        card = self._hand_over(self._create_card(self.gold))
        stays = self._enrol(self.account_b, first=date(2026, 2, 1))
        self._merge(self.account_a, into=self.account_b)
        self.assertEqual(card.account_id, self.account_b)
        self.assertEqual(card.membership_id, stays)
        self.assertTrue(self._is_valid_on(card, TODAY))

    def _merge(self, source, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | into).ids, into)
        self.env.invalidate_all()

    def test_who_is_forgotten_leaves_neither_signature_nor_code(self):
        card = self._create_card(self.gold, holder_id=self.holder.id)
        self._hand_over(card, received_by="Lin Xiaomei", receipt_signature=SIGNATURE)
        code = card.sudo().code
        self._anonymise(self.holder)
        self.assertNotIn("Xiaomei", f"{card.received_by} {card.holder_id.name}")
        self.assertFalse(card.receipt_signature)
        self.assertFalse(card._find_by_code(self.company, code))
        self.assertTrue(card._find_by_code(self.company, card.number))

    def _anonymise(self, contact):
        self.env["club.contact.profile"].create({"contact_id": contact.id})
        dialog = self.env["club.contact.anonymise"].with_user(self.officer)
        dialog.create(
            {"contact_id": contact.id, "reference": "R-1", "is_understood": True}
        ).action_anonymise()
        self.env.invalidate_all()

    def test_who_took_a_card_over_is_forgotten_too(self):
        clerk = self.env["res.partner"].create(
            {"name": "Wu Yutong", "parent_id": self.account_a.id}
        )
        card = self._create_card(self.gold, holder_id=self.holder.id)
        self._hand_over(card, received_by="Wu Yutong", receipt_signature=SIGNATURE)
        code = card.sudo().code
        self._anonymise(clerk)
        self.assertNotIn("Yutong", card.received_by)
        self.assertFalse(card.receipt_signature)
        self.assertEqual(card._find_by_code(self.company, code), card)

    # === On the account's page === #

    def test_accounts_and_persons_show_their_valid_cards(self):
        card = self._create_card(self.gold, holder_id=self.holder.id)
        partners = (self.account_a | self.holder).with_user(self.manager)
        self.assertEqual(partners.mapped("club_card_count"), [0, 0])
        self._hand_over(card)
        partners.invalidate_recordset()
        self.assertEqual(partners.mapped("club_card_count"), [1, 1])
        action = self.account_a.with_user(self.manager).action_open_club_cards()
        self.assertEqual(self.env["club.card"].search(action["domain"]), card)

    # === Papers. Rule E3 === #

    def test_only_printed_cards_are_printed_and_by_officers(self):
        card = self._create_card(self.gold, holder_id=self.holder.id)
        with self.assertRefused(UserError, "in the state"):
            self._print(card, self.officer)
        card.with_user(self.officer).action_print()
        page = self._print(card, self.officer)
        for text in (card.number, "Anchor Mills", "Lin Xiaomei", "Gold"):
            self.assertIn(text, page)
        self.assertNotIn(card.sudo().code, page)
        with self.assertRefused(UserError, "by the club officers only"):
            self._print(card, self.manager)
        with self.assertRefused(UserError, "by the club officers only"):
            card.with_user(self.manager).action_print()
        self._hand_over(card)
        with self.assertRefused(UserError, "in the state"):
            self._print(card, self.officer)

    def test_one_button_is_the_next_step(self):
        """Print what is to print, then hand it over. No other one is shown so."""
        arch = self.env["club.card"].with_user(self.officer).get_view(view_type="form")
        buttons = etree.fromstring(arch["arch"]).xpath(
            "//header/button[contains(@class, 'btn-primary')]"
        )
        for state, name in (
            ("to_print", "action_print"),
            ("printed", "action_hand_over"),
            ("handed_over", None),
        ):
            shown = [
                button.get("name")
                for button in buttons
                if not safe_eval(button.get("invisible"), {"state": state, "id": 1})
            ]
            self.assertEqual(shown, [name] if name else [], state)

    def _print(self, card, user):
        reports = self.env["ir.actions.report"].with_user(user)
        page, _kind = reports._render_qweb_html("crm_club.club_card", card.ids)
        return page.decode()

    def test_a_certificate_says_tier_and_term(self):
        papers = self.env["club.card.papers"].with_user(self.manager)
        [paper] = papers._get_certificates(self.gold.with_user(self.manager))
        self.assertEqual(paper.account, "Anchor Mills")
        self.assertEqual(paper.tier, "Gold")
        self.assertIn("2026", paper.date_from)
        with self.assertRaises(AccessError):
            papers._get_certificates(
                self._enrol(self.account_b).with_user(self.manager)
            )

    def test_long_names_get_smaller_letters(self):
        self.account_a.name = "江海市港口物流产业发展集团有限公司" * 3
        card = self._create_card(self.gold)
        card.with_user(self.officer).action_mark_printed()
        papers = self.env["club.card.papers"].with_user(self.officer)
        [front] = papers._get_cards(card.with_user(self.officer))
        self.assertEqual(front.account_size, 6.5)
        self.assertTrue(front.account.endswith("…"))
        self.assertEqual(front.qr[:4], b"iVBO")

    # === Nothing by hand === #

    def test_cards_are_neither_copied_nor_deleted(self):
        card = self._create_card(self.gold)
        with self.assertRefused(UserError, "aren't copied"):
            card.copy()
        with self.assertRefused(UserError, "stays in the register"):
            card.unlink()

    def test_what_is_printed_stays_as_it_is(self):
        card = self._create_card(self.gold, holder_id=self.holder.id)
        other = self._create_contacts(self.account_a)
        card.with_user(self.officer).write({"holder_id": other.id, "number": "n-7"})
        self.assertEqual(card.number, "N-7")
        card.with_user(self.officer).action_mark_printed()
        for values in ({"number": "N-8"}, {"holder_id": self.holder.id}):
            with self.assertRaises(UserError):
                card.with_user(self.officer).write(values)
        membership = self._enrol(self.account_b)
        with self.assertRefused(UserError, "stays with the membership"):
            card.with_user(self.officer).write({"membership_id": membership.id})

    def test_fields_of_the_register_are_written_by_nobody(self):
        card = self._hand_over(self._create_card(self.gold))
        values = {
            "state": "to_print",
            "code": "A" * 24,
            "handed_over_on": "2020-01-01",
            "handed_over_by_id": self.manager.id,
            "received_by": "Somebody",
            "replaced_by_id": card.id,
            "ended_at": fields.Datetime.now(),
            "is_taken_on": True,
            "printed_at": fields.Datetime.now(),
            "account_id": self.account_b.id,
            "tier_id": self.tiers["diamond"].id,
            "company_id": self.env.user.company_ids[0].id,
        }
        for name, value in values.items():
            for user in (self.manager, self.officer):
                with self.subTest(name=name), self.assertRaises(UserError):
                    card.with_user(user).write({name: value})

    def test_nobody_reads_the_code(self):
        card = self._create_card(self.gold)
        card.with_user(self.officer).action_mark_printed()
        self.assertTrue(card.sudo().code)
        for user in (self.manager, self.officer, self.auditor):
            for read in (
                lambda card: card.read(["code"]),
                lambda card: card.search([("code", "=like", "A%")]),
                lambda card: card._read_group([], ["code"]),
                lambda card: card.search([], order="code"),
            ):
                with self.assertRaises(AccessError):
                    read(card.with_user(user))
