from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .hosting_case import HostingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBanquetSeating(HostingCase):
    """Seats proposed by rank and moved by hand. Rule D11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.banquet = cls._create_banquet()
        cls._create_guests(cls.banquet, 5)
        cls.banquet.action_propose_seating()
        cls.main = cls.banquet.table_ids

    def _seat(self, name):
        return self.banquet.seat_ids.filtered(lambda s: s.display_name == name)

    def _places(self):
        """Return who sits on which seat of each table."""
        seats = self.banquet.seat_ids.filtered("table_id")
        return {(s.table_id.name, s.number): s.display_name for s in seats}

    def test_principal_guest_sits_at_the_host_s_right(self):
        self.assertEqual(
            self._places(),
            {
                ("Main Table", 1): self.lead.name,
                ("Main Table", 2): "Ann",
                ("Main Table", 10): "Guest 1",
                ("Main Table", 7): "Guest 2",
                ("Main Table", 5): "Guest 3",
                ("Main Table", 4): "Guest 4",
                ("Main Table", 8): "Guest 5",
            },
        )
        self.assertFalse(self.banquet.unseated_count)

    def test_the_principal_guest_is_first_whatever_his_rank(self):
        self._seat("Ann").rank = 9
        self.banquet.action_propose_seating()
        self.assertEqual(self._seat("Ann").number, 2)

    def test_proposing_again_changes_nothing(self):
        before = self._places()
        self.banquet.action_propose_seating()
        self.assertEqual(self._places(), before)

    def test_whoever_was_moved_stays(self):
        self._seat("Guest 5").move_to(self.main.id, 2)
        self.assertTrue(self._seat("Guest 5").is_pinned)
        self.assertEqual(self._seat("Ann").number, 8, "they changed places")
        self.banquet.action_release_seats()
        self._seat("Guest 5").is_pinned = True
        self.banquet.action_propose_seating()
        self.assertEqual(self._seat("Guest 5").number, 2)
        self.assertEqual(self._seat("Ann").number, 10)

    def test_a_move_to_a_free_seat_and_to_none(self):
        guest = self._seat("Guest 5")
        guest.move_to(self.main.id, 9)
        self.assertEqual(guest.number, 9)
        guest.move_to()
        self.assertRecordValues(
            guest, [{"table_id": False, "number": 0, "is_pinned": False}]
        )
        guest.move_to(self.main.id)
        self.assertEqual(guest.number, 8, "the first that is meant for guests")

    def test_dragging_to_a_full_table_is_refused(self):
        self.main.seats = 10
        self._create_guests(self.banquet, 3, name="More")
        self.banquet.action_propose_seating()
        extra = self._create_guests(self.banquet, 1, name="Extra")
        with self.assertRaisesRegex(UserError, "is full"):
            extra.table_id = self.main

    @mute_logger("odoo.sql_db")
    def test_the_database_lets_no_two_on_one_seat(self):
        with self.assertRaises(IntegrityError):
            self._seat("Guest 5").write({"table_id": self.main.id, "number": 2})
        with self.assertRaises(IntegrityError):
            self.cr.execute(
                "UPDATE club_banquet_seat SET number = 2 WHERE id = %s",
                [self._seat("Guest 5").id],
            )

    def test_seats_below_at_and_above_those_of_the_table(self):
        guest = self._seat("Guest 5")
        for number, is_there in ((9, True), (10, True), (11, False)):
            if is_there:
                guest.move_to(self.main.id, number)
                self.assertEqual(guest.number, number)
                continue
            with self.assertRaisesRegex(UserError, "has seats 1 to 10"):
                guest.move_to(self.main.id, number)
            with self.assertRaisesRegex(ValidationError, "there is no seat 11"):
                guest.write({"table_id": self.main.id, "number": number})

    def test_a_table_doesn_t_shrink_under_its_guests(self):
        with self.assertRaisesRegex(ValidationError, "sits on seat 10"):
            self.main.seats = 9
        self._seat("Guest 1").move_to()
        self.main.seats = 9

    def test_a_table_of_another_banquet(self):
        other = self._create_banquet()
        table = self.env["club.banquet.table"].create({"banquet_id": other.id})
        with self.assertRaisesRegex(UserError, "of this banquet"):
            self._seat("Ann").move_to(table.id, 1)
        with self.assertRaisesRegex(ValidationError, "another banquet"):
            self._seat("Ann").write({"table_id": table.id, "number": 1})

    def test_a_table_that_goes_lets_people_stand(self):
        self._seat("Ann").is_pinned = True
        self.main.unlink()
        self.assertEqual(set(self.banquet.seat_ids.mapped("number")), {0})
        self.assertFalse(any(self.banquet.seat_ids.mapped("is_pinned")))

    @mute_logger("odoo.sql_db")
    def test_one_main_table(self):
        with self.assertRaises(IntegrityError):
            self.env["club.banquet.table"].create(
                {"banquet_id": self.banquet.id, "is_main": True}
            )

    def test_tables_in_order(self):
        self.banquet.table_ids = [
            Command.create({"name": "Far", "row": 2}),
            Command.create({"name": "Left", "row": 1, "column": -1}),
            Command.create({"name": "Right", "row": 1, "column": 1}),
        ]
        self.banquet.invalidate_recordset()
        self.assertEqual(
            self.banquet.table_ids.mapped("name"),
            ["Main Table", "Right", "Left", "Far"],
        )
        # On paper and screen, the main host's right hand is on the left.
        tables = self.banquet.get_seating_plan()["tables"]
        self.assertEqual(
            [(table["column"], table["row"]) for table in tables],
            [(1, 0), (0, 1), (2, 1), (1, 2)],
        )

    def test_more_than_a_table_holds_makes_more(self):
        for count, tables in ((10, 1), (11, 2), (21, 3)):
            banquet = self._create_banquet()
            self._create_guests(banquet, count - 2)
            banquet.action_propose_seating()
            self.assertEqual(len(banquet.table_ids), tables, count)
            self.assertFalse(banquet.unseated_count)

    def test_who_has_no_seat_is_counted(self):
        self._create_guests(self.banquet, 5, rank=8, name="Late")
        self.banquet.action_propose_seating()
        self.assertEqual(self.banquet.unseated_count, 2)

    def test_a_host_far_below_his_guests_is_told(self):
        host = self._seat(self.lead.name)
        for rank, is_told in ((2, False), (3, True)):
            host.rank = rank
            self.assertEqual(bool(self.banquet.seating_warning), is_told, rank)
        self.assertIn("ranked well below Ann", self.banquet.seating_warning)

    def test_the_plan_for_the_screen(self):
        plan = self.banquet.get_seating_plan()
        self.assertTrue(plan["is_open"])
        (table,) = plan["tables"]
        self.assertEqual([seat["number"] for seat in table["seats"]], [*range(1, 11)])
        self.assertEqual((table["column"], table["row"]), (0, 0))
        ann = next(p for p in plan["people"] if p["display_name"] == "Ann")
        self.assertEqual((ann["table_id"], ann["number"]), (self.main.id, 2))
        self.assertFalse(
            self.banquet.with_user(self.auditor).get_seating_plan()["is_open"]
        )

    def test_twenty_people_take_as_many_queries_as_eighty(self):
        counts = []
        for number in (18, 78):
            banquet = self._create_banquet()
            self._create_guests(banquet, number)
            banquet.action_propose_seating()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            banquet.action_propose_seating()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4, counts)

    # === Paper === #

    def test_cards(self):
        cards = self.env["club.banquet.cards"].with_user(self.manager)
        (tents,) = cards._get_tent_data(self.banquet)
        self.assertEqual(len(tents.tents), 7, "one table needs no card of its own")
        (places,) = cards._get_place_card_data(self.banquet)
        self.assertEqual(
            [[len(row) for row in page] for page in places.pages], [[2, 2, 2, 1]]
        )
        self.banquet.action_agree_date()
        (invitations,) = cards._get_invitation_data(self.banquet)
        self.assertEqual(
            {card.name for card in invitations.invitations},
            {"Ann", *(f"Guest {number}" for number in range(1, 6))},
        )

    def test_an_invitation_speaks_the_guest_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.ann.lang = "zh_CN"
        self.banquet.action_agree_date()
        cards = self.env["club.banquet.cards"]
        (sheet,) = cards._get_invitation_data(self.banquet)
        ann = next(card for card in sheet.invitations if card.name == "Ann")
        self.assertEqual((ann.lang, ann.day), ("zh_CN", "2026年4月10日星期五"))

    def test_the_plan_has_a_label_for_each_seat_and_the_host_on_top(self):
        (plan,) = self.env["club.banquet.plan"]._get_plan_data(self.banquet)
        ((circle,),) = plan.pages
        labels = {label.number: label for label in circle.labels}
        self.assertEqual(len(labels), 7)
        top = min(labels.values(), key=lambda label: label.top)
        self.assertEqual(top.number, 1)
        # The host faces the reader: his right is on the left of the paper.
        self.assertLess(labels[2].left, labels[1].left)
        self.assertGreater(labels[10].left, labels[1].left)

    def test_a_large_hall_is_drawn_first_and_then_two_tables_a_page(self):
        self._create_guests(self.banquet, 40, name="Many")
        self.main.unlink()
        self.banquet.action_propose_seating()
        self.assertEqual(len(self.banquet.table_ids), 5)
        (plan,) = self.env["club.banquet.plan"]._get_plan_data(self.banquet)
        self.assertEqual([len(page) for page in plan.pages], [5, 2, 2, 1])
        self.assertFalse(any(circle.labels for circle in plan.pages[0]))

    def test_there_is_nothing_to_print_of_an_empty_banquet(self):
        banquet = self._create_banquet()
        with self.assertRaisesRegex(UserError, "no card to print"):
            self.env["club.banquet.cards"]._get_tent_data(banquet)
        with self.assertRaisesRegex(UserError, "propose the seating first"):
            self.env["club.banquet.plan"]._get_plan_data(banquet)

    def test_prints_are_rendered(self):
        self.banquet.action_agree_date()
        for name in ("invitation", "tent", "place_card", "plan_print", "kitchen"):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                f"crm_club.club_banquet_{name}", self.banquet.ids
            )
            self.assertIn("Thank you" if name == "kitchen" else "Ann", str(html))

    # === The hostess and the principal guest's spouse === #

    def test_the_spouse_sits_at_the_hostess_s_right(self):
        """Rule D11: she opposite the host, whatever their ranks; others around them."""
        hostess, spouse = self.env["club.banquet.seat"].create(
            [
                {
                    "banquet_id": self.banquet.id,
                    "name": "Mrs Li",
                    "side": "host",
                    "role": "hostess",
                    "rank": 9,
                },
                {
                    "banquet_id": self.banquet.id,
                    "name": "Mr Ann",
                    "role": "spouse",
                    "rank": 9,
                },
            ]
        )
        self.banquet.action_propose_seating()
        self.assertEqual((hostess.number, spouse.number), (6, 7))
        self.assertEqual(hostess.table_id, self.main)
        self.assertEqual(self._seat("Ann").number, 2)
        self.assertEqual(self._seat(self.lead.name).number, 1)

    def test_there_is_one_of_each_and_on_the_right_side(self):
        create = self.env["club.banquet.seat"].create
        values = {"banquet_id": self.banquet.id, "name": "X"}
        create({**values, "side": "host", "role": "hostess"})
        for refused in (
            {"side": "host", "role": "hostess"},
            {"side": "guest", "role": "hostess"},
            {"side": "host", "role": "spouse"},
        ):
            with (
                self.subTest(refused),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                create({**values, **refused})
        create({**values, "role": "spouse"})

    def test_cards_address_people_as_they_are_addressed(self):
        seat = self._seat("Ann")
        for form, name in (
            (False, "Ann"),
            (" ", "Ann"),
            ("Madam", "Madam Ann"),
            ("女士", "Ann女士"),
        ):
            seat.address_form = form
            with self.subTest(form):
                cards = self.env["club.banquet.cards"]
                (places,) = cards._get_place_card_data(self.banquet)
                (tents,) = cards._get_tent_data(self.banquet)
                names = {
                    card.name for page in places.pages for row in page for card in row
                }
                self.assertIn(name, names)
                self.assertIn(name, {tent.name for tent in tents.tents})
