from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...kernel.guest_states import CONFIRMED, INVITED
from ...models.record.lock import closed, opened
from ..common import TODAY
from .hosting_case import DAY, HostingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBanquet(HostingCase):
    """Guests, hosts, menu and cost of a banquet. Rule D11."""

    def _create_activity(self, cost, approval_state="done"):
        kind = self.env["club.activity.type"].create(
            {"name": "Gala", "code": f"gala{cost}", "headcount": 30}
        )
        activity = self.env["club.activity"].create(
            {
                "theme": "Gala",
                "type_id": kind.id,
                "unit_id": self.unit.id,
                "user_id": self.manager.id,
                "reason": "To say thank you",
                "date_begin": DAY,
                "date_end": DAY,
                "cost_ids": [Command.create({"kind": "catering", "amount": cost})],
            }
        )
        opened(activity).approval_state = approval_state
        return closed(activity)

    # === Cost: rule C3 === #

    def test_what_costs_nothing_is_confirmed_at_once(self):
        banquet = self._create_banquet()
        banquet.action_confirm()
        self.assertEqual(banquet.state, "confirmed")

    def test_what_costs_needs_an_activity_that_was_signed(self):
        banquet = self._create_banquet(budget=5_000)
        with self.assertRaisesRegex(UserError, "link the activity"):
            banquet.action_confirm()
        activity = self._create_activity(5_000, "waiting")
        banquet.activity_id = activity
        with self.assertRaisesRegex(UserError, "isn't signed yet"):
            banquet.action_confirm()
        opened(activity).approval_state = "done"
        banquet.action_confirm()
        self.assertEqual(banquet.state, "confirmed")

    def test_budgets_below_at_and_above_what_was_signed(self):
        activity = self._create_activity(5_000)
        for budget, is_allowed in ((4_999.99, True), (5_000, True), (5_000.01, False)):
            banquet = self._create_banquet(budget=budget, activity_id=activity.id)
            with self.subTest(budget=budget):
                if is_allowed:
                    banquet.action_confirm()
                    banquet.action_cancel()
                else:
                    with self.assertRaisesRegex(UserError, "were signed"):
                        banquet.action_confirm()

    def test_two_banquets_of_an_activity_add_up(self):
        activity = self._create_activity(5_000)
        first, second = (
            self._create_banquet(budget=2_500.01, activity_id=activity.id)
            for _number in range(2)
        )
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "were signed"):
            second.action_confirm()
        first.action_cancel()
        second.action_confirm()
        self.assertEqual(second.state, "confirmed")

    def test_two_that_are_confirmed_together_add_up(self):
        activity = self._create_activity(5_000)
        banquets = self.env["club.banquet"].union(
            *(
                self._create_banquet(budget=3_000, activity_id=activity.id)
                for _number in range(2)
            )
        )
        with self.assertRaisesRegex(UserError, "come to"), self.env.cr.savepoint():
            banquets.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(banquets.mapped("state"), ["draft", "draft"])
        banquets[1].budget = 2_000
        banquets.action_confirm()

    def test_a_settled_budget_is_fixed_until_it_is_a_draft_again(self):
        activity = self._create_activity(5_000)
        banquet = self._create_banquet(budget=100, activity_id=activity.id)
        banquet.action_confirm()
        for values in ({"budget": 9_000_000}, {"activity_id": False}):
            with self.assertRaisesRegex(UserError, "is settled"):
                banquet.write(values)
        banquet.action_reset()
        banquet.budget = 200
        self.assertEqual(banquet.budget, 200)

    def test_cost_per_head(self):
        banquet = self._create_banquet(budget=300)
        self.assertEqual(banquet.cost_per_head, 0)
        self._create_guests(banquet, 3)
        self.assertEqual(banquet.cost_per_head, 100)

    # === Purpose, form, date === #

    def test_purposes_and_forms_are_lists_to_edit(self):
        """Rule D11: the sources' own; officers add others."""
        banquet = self._create_banquet()
        formal = self.env.ref("crm_club.club_banquet_form_formal")
        self.assertEqual(banquet.form_id, formal)
        self.assertTrue(banquet.is_seated)
        banquet.form_id = self.env.ref("crm_club.club_banquet_form_cocktail")
        self.assertFalse(banquet.is_seated)
        purposes = self.env["club.banquet.purpose"]
        own = purposes.with_user(self.officer).create({"name": "Founding Day"})
        banquet.purpose_id = own
        with self.assertRaises(AccessError):
            purposes.with_user(self.manager).create({"name": "Mine"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            own.unlink()

    def test_invitations_wait_until_the_principal_guest_agreed_to_the_date(self):
        """Rule D11: for this time and this guest; moved, it is asked again."""
        banquet = self._create_banquet()
        self._create_guests(banquet, 1)
        cards = self.env["club.banquet.cards"].with_user(self.manager)
        later = {"date_begin": "2026-04-12 10:00:00"}
        for values in (None, later, {"principal_id": self.bob.id}):
            if values:
                banquet.write(values)
            self.assertFalse(banquet.is_date_agreed)
            with self.assertRaisesRegex(UserError, "hasn't agreed"):
                cards._get_invitation_data(banquet)
            banquet.action_agree_date()
            self.assertTrue(banquet.is_date_agreed)
            self.assertTrue(cards._get_invitation_data(banquet))
        self.assertEqual(
            (banquet.agreed_on, banquet.agreed_by_id), (TODAY, self.manager)
        )
        with self.assertRaises(AccessError):
            banquet.agreed_on = TODAY
        with self.assertRaises(AccessError):
            banquet.with_user(self.auditor).action_agree_date()
        banquet.action_cancel()
        with self.assertRaisesRegex(UserError, "state “Cancelled”"):
            banquet.action_agree_date()

    # === States === #

    def test_confirm_hold_and_no_way_back(self):
        banquet = self._create_banquet()
        with self.assertRaisesRegex(UserError, "state “Draft”"):
            banquet.action_hold()
        banquet.action_confirm()
        with self.assertRaisesRegex(UserError, "Thank you is in the state “Confirmed”"):
            banquet.action_confirm()
        banquet.action_hold()
        for action in (banquet.action_reset, banquet.action_cancel):
            with self.assertRaisesRegex(UserError, "state “Held”"):
                action()

    def test_it_isn_t_held_before_its_day(self):
        """Rule D11."""
        banquet = self._create_banquet(date_begin="2026-04-11 10:00:00")
        banquet.action_confirm()
        with self.assertRaisesRegex(UserError, "say on the day"):
            banquet.action_hold()
        with freeze_time("2026-04-11 09:00"):
            banquet.action_hold()
        self.assertEqual(banquet.state, "held")

    def test_what_was_held_stays(self):
        banquet = self._create_banquet()
        banquet.action_propose_seating()
        banquet.action_confirm()
        banquet.action_hold()
        seat = banquet.seat_ids[0]
        for refused in (
            lambda: banquet.write({"purpose": "Other"}),
            lambda: seat.write({"rank": 9}),
            lambda: seat.unlink(),
            lambda: banquet.table_ids.unlink(),
            lambda: banquet.action_propose_seating(),
            lambda: seat.move_to(),
            lambda: self._create_guests(banquet, 1),
        ):
            with self.assertRaisesRegex(UserError, "stays as it was"):
                refused()
        banquet.kitchen_note = "The soup was cold"
        seat.note = "Left early"

    def test_only_drafts_are_deleted(self):
        banquet = self._create_banquet()
        banquet.action_confirm()
        with self.assertRaisesRegex(UserError, "no draft any more"):
            banquet.unlink()
        banquet.action_reset()
        with self.assertRaisesRegex(UserError, "no draft any more"):
            banquet.unlink()
        with self.assertRaises(AccessError):
            banquet.has_begun = False
        self._create_banquet().unlink()

    def test_numbers_come_from_the_sequence(self):
        self.assertRegex(self._create_banquet().name, r"^BAN/\d{4}/\d{4}$")

    # === The list === #

    def test_principal_guest_and_main_host_are_on_the_list_once(self):
        banquet = self._create_banquet()
        banquet.action_propose_seating()
        banquet.action_propose_seating()
        banquet.action_confirm()
        self.assertEqual(
            {(seat.display_name, seat.is_principal) for seat in banquet.seat_ids},
            {(self.lead.name, True), ("Ann", True)},
        )

    @mute_logger("odoo.sql_db")
    def test_nobody_is_on_the_list_twice(self):
        banquet = self._create_banquet()
        values = {"banquet_id": banquet.id, "contact_id": self.bob.id}
        self.env["club.banquet.seat"].create(values)
        with self.assertRaises(IntegrityError):
            self.env["club.banquet.seat"].create(values)

    def test_a_company_is_no_guest(self):
        with self.assertRaisesRegex(ValidationError, "is a company"):
            self._create_banquet(principal_id=self.account_a.id)
        banquet = self._create_banquet()
        with self.assertRaisesRegex(ValidationError, "is a company"):
            self.env["club.banquet.seat"].create(
                {"banquet_id": banquet.id, "contact_id": self.account_a.id}
            )

    @mute_logger("odoo.sql_db")
    def test_somebody_without_a_name_is_nobody(self):
        banquet = self._create_banquet()
        with self.assertRaises(IntegrityError):
            self.env["club.banquet.seat"].create({"banquet_id": banquet.id})

    def test_titles_come_from_the_contact_and_are_changed_by_hand(self):
        banquet = self._create_banquet()
        banquet.action_confirm()
        seat = banquet.seat_ids.filtered("contact_id")
        self.assertEqual(seat.title, "Director")
        seat.title = "General Director"
        self.assertEqual(seat.title, "General Director")

    def test_guests_of_the_activity_who_accepted_come_along(self):
        activity = self._create_activity(100)
        for contact, state in (
            (self.ann, CONFIRMED),
            (self.bob, CONFIRMED),
            (self.cid, INVITED),
        ):
            guest = opened(self.env["club.invitation"]).create(
                {"activity_id": activity.id, "contact_id": contact.id}
            )
            opened(guest).state = state
        banquet = self._create_banquet(activity_id=activity.id)
        banquet.action_add_guests()
        banquet.action_add_guests()
        self.assertEqual(banquet.seat_ids.contact_id, self.ann | self.bob)

    # === Diet: rule A8 === #

    def _create_menu(self):
        banquet = self._create_banquet(
            user=self.officer,
            dish_ids=[
                Command.create({"name": "Prawns", "ingredients": "seafood, garlic"}),
                Command.create({"name": "Dumplings", "ingredients": "pork"}),
                Command.create({"name": "Tofu", "ingredients": "beans"}),
            ],
        )
        self.env["club.banquet.seat"].create(
            [
                {"banquet_id": banquet.id, "contact_id": contact.id}
                for contact in (self.ann, self.bob, self.cid)
            ]
        )
        return banquet

    def test_diets_are_shown_to_whoever_may_read_the_profile(self):
        """Each role on one banquet: Ann's is Anchor Mills', Cid's is Beacon Foods'."""
        banquet = self._create_menu()
        ann, cid = "No seafood", "No pork"
        for user, diets in (
            (self.officer, {ann, cid}),
            (self.manager, {ann}),
            (self.other_manager, {cid}),
            (self.lead, {ann}),
            (self.auditor, set()),
        ):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                seats = banquet.with_user(user).seat_ids
                self.assertEqual(set(seats.mapped("diet")) - {""}, diets)
                plan = self.env["club.banquet.plan"].with_user(user)
                (sheet,) = plan._get_kitchen_data(banquet.with_user(user))
                self.assertEqual({line.diet for line in sheet.diets}, diets)
                self.assertEqual(sheet.hidden, 3 - len(diets))
                warnings = " ".join(dish.warning for dish in sheet.dishes)
                self.assertEqual("seafood" in warnings, ann in diets)
                self.assertEqual("pork" in warnings, cid in diets)

    def test_a_diet_isn_t_told_by_superuser_s_leave(self):
        banquet = self._create_menu()
        as_superuser = banquet.seat_ids.with_user(self.auditor).sudo()
        self.assertFalse(any(as_superuser.mapped("diet")))

    def test_a_dish_warns_of_what_is_in_it(self):
        banquet = self._create_menu()
        self.assertEqual(
            banquet.dish_ids.mapped("taboo_warning"),
            ["Ann (seafood)", "Cid (pork)", ""],
        )
        self.assertEqual(banquet.dish_warning_count, 2)

    # === Who may === #

    def test_who_reads_and_who_writes(self):
        banquet = self._create_banquet(user=self.officer)
        stranger = self._create_user("user", "stranger")
        for user, reads, writes in (
            (self.officer, True, True),
            (self.lead, True, True),
            (self.manager, True, False),
            (self.auditor, True, False),
            (self.other_manager, False, False),
            (self.finance, False, False),
            (stranger, False, False),
        ):
            with self.subTest(user=user.login):
                mine = banquet.with_user(user)
                self.assertEqual(mine.has_access("read"), reads)
                self.assertEqual(mine.has_access("write"), writes)
                if not writes:
                    with self.assertRaises(AccessError):
                        mine.action_confirm()

    def test_a_guest_s_manager_reads_the_banquet(self):
        banquet = self._create_banquet()
        self.assertFalse(banquet.with_user(self.other_manager).has_access("read"))
        self.env["club.banquet.seat"].create(
            {"banquet_id": banquet.id, "contact_id": self.cid.id}
        )
        self.env.invalidate_all()
        self.assertTrue(banquet.with_user(self.other_manager).has_access("read"))

    def test_counts_on_account_and_contact(self):
        banquet = self._create_banquet()
        banquet.action_propose_seating()
        for partner, count in (
            (self.account_a, 1),
            (self.ann, 1),
            (self.bob, 0),
            (self.account_b, 0),
        ):
            self.assertEqual(partner.with_user(self.manager).club_banquet_count, count)
            action = partner.with_user(self.manager).action_open_club_banquets()
            self.assertEqual(
                len(self.env["club.banquet"].search(action["domain"])), count
            )
