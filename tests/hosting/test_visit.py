from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .hosting_case import HostingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestVisit(HostingCase):
    """Requested, preparation confirmed, held; route and valuables. Rule D11."""

    def _prepare_visit(self, **values):
        return self._create_visit(
            guide_id=self.lead.id,
            stop_ids=[
                Command.create({"name": "Hall", "time": 9}),
                Command.create({"name": "Vault", "time": 9.5, "is_no_photo": True}),
            ],
            **values,
        )

    def _deposit(self, visit, **values):
        return self.env["club.visit.valuable"].create(
            {"visit_id": visit.id, "name": "Camera", **values}
        )

    def test_a_visit_is_prepared_with_route_and_guide(self):
        visit = self._create_visit()
        with self.assertRaisesRegex(UserError, "no route yet"):
            visit.with_user(self.lead).action_prepare()
        visit.stop_ids = [Command.create({"name": "Hall"})]
        with self.assertRaisesRegex(UserError, "no guide yet"):
            visit.with_user(self.lead).action_prepare()
        visit.guide_id = self.lead
        visit.with_user(self.lead).action_prepare()
        self.assertEqual(visit.state, "prepared")

    def test_who_asked_for_it_does_not_confirm_its_preparation(self):
        """Rule D11: who confirmed is kept, until it is asked for anew."""
        visit = self._prepare_visit()
        self.assertEqual(visit.requested_by_id, self.manager)
        with self.assertRaisesRegex(UserError, "requested by you"):
            visit.with_user(self.manager).action_prepare()
        with self.assertRaises(AccessError):
            visit.with_user(self.officer).requested_by_id = self.officer
        visit.with_user(self.officer).action_prepare()
        self.assertEqual(visit.prepared_by_id, self.officer)
        self.assertTrue(visit.prepared_at)
        visit.action_reset()
        self.assertFalse(visit.prepared_by_id or visit.prepared_at)
        visit.with_user(self.lead).action_prepare()
        self.assertEqual(visit.prepared_by_id, self.lead)

    def test_what_was_confirmed_stays_until_it_is_asked_for_anew(self):
        """Rule D11: who requested it would else change what another one confirmed."""
        visit = self._prepare_visit()
        visit.with_user(self.lead).action_prepare()
        mine = visit.with_user(self.manager)
        stop = mine.stop_ids[0]
        for change in (
            lambda: mine.write({"date_begin": "2026-04-20 02:00:00"}),
            lambda: mine.write({"guide_id": False}),
            lambda: mine.write({"stop_ids": [Command.clear()]}),
            lambda: mine.write({"stop_ids": [Command.create({"name": "Roof"})]}),
            lambda: stop.write({"name": "Roof"}),
            lambda: stop.unlink(),
            lambda: stop.copy({"name": "Roof"}),
        ):
            with self.assertRaisesRegex(UserError, "settled"), self.env.cr.savepoint():
                change()
        self._deposit(mine)
        mine.meeting_point = "Gate 2"
        mine.action_reset()
        stop.name = "Roof"
        mine.guide_id = self.officer
        self.assertFalse(visit.prepared_by_id)

    def test_it_is_held_once_it_was_prepared(self):
        visit = self._prepare_visit()
        with self.assertRaisesRegex(UserError, "state “Requested”"):
            visit.action_hold()
        visit.with_user(self.lead).action_prepare()
        visit.action_hold()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            visit.stop_ids[0].name = "Roof"
        with self.assertRaisesRegex(UserError, "stays as it was"):
            visit.subject = "The roof"
        visit.feedback = "They were impressed"

    def test_it_isn_t_held_before_its_day(self):
        """Rule D11."""
        visit = self._prepare_visit(
            # 0:30 on the 12th in China, the 11th in Greenwich
            date_begin="2026-04-11 16:30:00",
            date_end="2026-04-11 17:30:00",
        )
        visit.with_user(self.lead).action_prepare()
        with (
            freeze_time("2026-04-11 15:59"),
            self.assertRaisesRegex(UserError, "say on the day"),
        ):
            visit.action_hold()
        self.assertEqual(visit.state, "prepared")
        with freeze_time("2026-04-11 16:01"):
            visit.action_hold()
        self.assertEqual(visit.state, "held")

    def test_nothing_stays_in_custody(self):
        visit = self._prepare_visit()
        visit.with_user(self.lead).action_prepare()
        item = self._deposit(visit)
        with self.assertRaisesRegex(UserError, "still in custody"):
            visit.action_hold()
        item.with_user(self.lead).action_return()
        self.assertEqual(item.returned_by_id, self.lead)
        visit.action_hold()

    def test_a_receipt_stays_once_the_item_was_returned(self):
        visit = self._prepare_visit()
        item = self._deposit(visit)
        item.quantity = 2
        visit.action_return_all()
        self.assertFalse(visit.deposited_count)
        for refused in (
            lambda: item.write({"quantity": 1}),
            lambda: item.action_return(),
            lambda: item.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "was returned"):
                refused()

    def test_what_is_in_custody_isn_t_deleted(self):
        item = self._deposit(self._prepare_visit())
        for user in (self.manager, self.officer):
            with self.assertRaisesRegex(UserError, "is in custody"):
                item.with_user(user).unlink()
        self.assertTrue(item.exists())

    def test_who_took_it_isn_t_typed(self):
        item = self._deposit(self._create_visit())
        for values in (
            {"returned_at": "2026-04-10 10:00:00"},
            {"deposited_by_id": self.officer.id},
        ):
            with self.assertRaises(AccessError):
                item.write(values)
        with self.assertRaises(AccessError):
            self._deposit(item.visit_id, returned_by_id=self.officer.id)

    def test_visitors_are_the_account_s(self):
        with self.assertRaisesRegex(ValidationError, "doesn't belong to"):
            self._create_visit(contact_ids=[Command.set(self.cid.ids)])

    def test_a_contact_stands_for_the_company(self):
        visit = self._create_visit(account_id=self.ann.id)
        self.assertEqual(visit.account_id, self.account_a)
        self.assertEqual(visit.visitor_count, 2)

    @mute_logger("odoo.sql_db")
    def test_hours_of_the_day(self):
        visit = self._create_visit()
        for time, is_time in ((0, True), (23.99, True), (24, False), (-0.5, False)):
            values = {"visit_id": visit.id, "name": "Hall", "time": time}
            if is_time:
                self.env["club.visit.stop"].create(values)
                continue
            with self.assertRaises(IntegrityError):
                self.env["club.visit.stop"].create(values)

    def test_programme_and_receipt(self):
        visit = self._prepare_visit()
        papers = self.env["club.hosting.papers"].with_user(self.manager)
        (programme,) = papers._get_programme_data(visit)
        self.assertEqual(
            [(stop.time, stop.place, stop.is_no_photo) for stop in programme.stops],
            [("09:00", "Hall", False), ("09:30", "Vault", True)],
        )
        self.assertEqual(programme.stops[0].guide, self.lead.name)
        with self.assertRaisesRegex(UserError, "nothing was taken"):
            papers._get_receipt_data(visit)
        self._deposit(visit, owner_id=self.ann.id)
        (receipt,) = papers._get_receipt_data(visit)
        self.assertEqual([item.owner for item in receipt.items], ["Ann"])
        for name in ("programme", "receipt"):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                f"crm_club.club_visit_{name}", visit.ids
            )
            self.assertIn("Anchor Mills", str(html))

    def test_counts_on_account_and_contact(self):
        visit = self._create_visit()
        for partner, count in (
            (self.account_a, 1),
            (self.ann, 1),
            (self.cid, 0),
        ):
            self.assertEqual(partner.with_user(self.manager).club_visit_count, count)
            action = partner.action_open_club_visits()
            found = self.env["club.visit"].search(action["domain"])
            self.assertEqual(found, visit if count else visit.browse())

    def test_another_unit_s_visit_is_its_own(self):
        visit = self._create_visit(
            user=self.officer,
            account_id=self.account_b.id,
            contact_ids=[],
            unit_id=self.other_unit.id,
        )
        for user in (self.manager, self.lead, self.finance):
            self.assertFalse(visit.with_user(user).has_access("read"), user.login)
        self.assertTrue(visit.with_user(self.other_manager).has_access("read"))
        self.assertFalse(visit.with_user(self.other_manager).has_access("write"))
