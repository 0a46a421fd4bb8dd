from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .hosting_case import HostingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRoundTable(HostingCase):
    """Invitees, attendance, cadence. Rule C7."""

    def _enrol(self):
        """Make Anchor Mills Gold and Beacon Foods VIP."""
        self._add_revenue(self.account_a, 200_000)
        self._add_revenue(self.account_b, 120_000)
        self._post_run()
        self.assertEqual(
            (self.account_a | self.account_b).mapped("club_tier_id.code"),
            ["gold", "vip"],
        )

    def _tier(self, code):
        return self.membership.tier_ids.filtered(lambda t: t.code == code)

    # === Invitees === #

    def test_members_are_proposed_by_tier(self):
        self._enrol()
        self._create_account("No Member")
        for codes, expected in (
            ((), {self.account_a, self.account_b}),
            (("gold",), {self.account_a}),
            (("vip",), {self.account_b}),
            (("gold", "vip"), {self.account_a, self.account_b}),
            (("diamond",), set()),
        ):
            tiers = self.env["club.tier"].union(*map(self._tier, codes))
            table = self._create_round_table(tier_ids=[Command.set(tiers.ids)])
            table.action_propose_invitees()
            self.assertEqual(set(table.invitee_ids.account_id), expected, codes)

    def test_by_industry_and_unit(self):
        self._enrol()
        industry = self.env["res.partner.industry"].create({"name": "Food"})
        self.account_b.industry_id = industry
        for values, expected in (
            ({"industry_ids": [Command.set(industry.ids)]}, self.account_b),
            ({"unit_ids": [Command.set(self.unit.ids)]}, self.account_a),
        ):
            table = self._create_round_table(**values)
            table.action_propose_invitees()
            self.assertEqual(table.invitee_ids.account_id, expected)

    def test_a_contact_of_each_account_once(self):
        self._enrol()
        table = self._create_round_table()
        table.action_propose_invitees()
        self.assertEqual(table.invitee_ids.contact_id, self.ann | self.cid)
        table.action_propose_invitees()
        self.assertEqual(len(table.invitee_ids), 2)

    def test_roles_come_first_as_far_as_one_may_read_them(self):
        self._enrol()
        role = self.env.ref("crm_club.club_contact_role_decider")
        profiles = self.env["club.contact.profile"]
        bob = profiles.create(
            {"contact_id": self.bob.id, "role_ids": [Command.set(role.ids)]}
        )
        for user, expected in (
            (self.manager, self.bob),
            (self.finance, self.ann),
        ):
            table = self._create_round_table(user, role_ids=[Command.set(role.ids)])
            table.action_propose_invitees()
            of_account = table.invitee_ids.filtered(
                lambda i: i.account_id == self.account_a
            )
            self.assertEqual(of_account.contact_id, expected, bob.display_name)

    def test_a_membership_that_ended_before_the_day_doesn_t_count(self):
        self._enrol()
        table = self._create_round_table(
            date_begin=datetime(2031, 1, 1), date_end=datetime(2031, 1, 1)
        )
        table.action_propose_invitees()
        self.assertFalse(table.invitee_ids)

    def test_twenty_invitees_take_as_many_queries_as_eighty(self):
        counts = []
        for number in (20, 80):
            partners = self.env["res.partner"].create(
                [{"name": f"{number}-{n}", "is_company": True} for n in range(number)]
            )
            for partner in partners:
                self._create_agreement(partner, number=f"AG-{partner.id}")
                self._add_revenue(partner, 200_000)
        self._post_run()
        for name in ("20-%", "80-%"):
            industry = self.env["res.partner.industry"].create({"name": name})
            found = self.env["res.partner"].search([("name", "=like", name)])
            found.industry_id = industry
            table = self._create_round_table(industry_ids=[Command.set(industry.ids)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            table.action_propose_invitees()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(table.invitee_ids), len(found))
        self.assertLessEqual(counts[1], counts[0], counts)

    @mute_logger("odoo.sql_db")
    def test_nobody_is_on_the_list_twice(self):
        invitee = {"contact_id": self.ann.id}
        with self.assertRaises(IntegrityError):
            self._create_round_table(
                invitee_ids=[Command.create(invitee), Command.create(invitee)]
            )

    # === Attendance === #

    def _create_invited(self):
        table = self._create_round_table(
            invitee_ids=[
                Command.create({"contact_id": contact.id})
                for contact in (self.ann, self.bob, self.cid)
            ]
        )
        return table, *table.invitee_ids.sorted("id")

    def test_who_came_and_who_didn_t(self):
        table, ann, bob, cid = self._create_invited()
        table.action_invite()
        ann.action_confirm()
        bob.action_confirm()
        cid.action_decline()
        ann.action_attend()
        table.action_hold()
        self.assertEqual(
            (ann | bob | cid).mapped("state"), ["attended", "absent", "declined"]
        )
        self.assertEqual((table.invitee_count, table.attended_count), (3, 1))
        bob.action_attend()
        self.assertEqual(bob.state, "attended", "told afterwards")
        with self.assertRaisesRegex(UserError, "stays as it was"):
            cid.action_confirm()

    def test_nobody_came_before_the_day(self):
        """Rule C7."""
        table, ann, bob, _cid = self._create_invited()
        table.write({"date_begin": "2026-04-21", "date_end": "2026-04-22"})
        table.action_invite()
        for refused in (table.action_hold, ann.action_attend, bob.action_miss):
            with self.assertRaisesRegex(UserError, "say on the day"):
                refused()
        self.assertEqual(table.held_count, 0)
        with freeze_time("2026-04-21 09:00"):
            ann.action_attend()
            with self.assertRaises(ValidationError):
                table.date_begin = "2026-04-21 20:00:00"
            table.action_hold()
        self.assertEqual((ann.state, table.state), ("attended", "held"))

    def test_states_in_order(self):
        table = self._create_round_table()
        with self.assertRaisesRegex(UserError, "no invitees yet"):
            table.action_invite()
        table, _ann, bob, _cid = self._create_invited()
        with self.assertRaisesRegex(UserError, "Parcels is in the state “Preparing”"):
            table.action_hold()
        bob.action_confirm()
        with self.assertRaisesRegex(UserError, "this step is for"):
            bob.action_invite()

    def test_minutes_are_written_afterwards(self):
        table, *_invitees = self._create_invited()
        table.action_invite()
        table.action_hold()
        table.minutes = "<p>Night collection was asked for</p>"
        with self.assertRaisesRegex(UserError, "stays as it was"):
            table.theme = "Other"

    # === Cadence === #

    def test_how_many_were_held_in_the_half_year(self):
        moments = (
            datetime(2025, 12, 31, 15, 59),  # in the old year in Shanghai
            datetime(2025, 12, 31, 16, 0),  # 1 January
            datetime(2026, 6, 30, 15, 59),
            datetime(2026, 6, 30, 16, 0),  # 1 July
        )
        tables = [
            self._create_round_table(
                date_begin=moment,
                date_end=moment,
                invitee_ids=[Command.create({"contact_id": self.ann.id})],
            )
            for moment in moments
        ]
        for table in tables:
            table.action_invite()
            with freeze_time(table.date_begin):
                table.action_hold()
        draft = self._create_round_table(date_begin=moments[1], date_end=moments[1])
        self.assertEqual(
            [table.held_count for table in (*tables, draft)], [1, 2, 2, 1, 2]
        )
        self.assertEqual(draft.half_year, "first half-year of 2026")
        self.assertEqual(draft.target_count, 1)
        self.assertEqual(draft.cadence, "first half-year of 2026: 2 held of 1")
        self.program.round_tables_per_half = 2
        draft.invalidate_recordset()
        self.assertEqual(draft.target_count, 2)

    # === Needs === #

    def _create_need(self, **values):
        table = self._create_round_table(
            invitee_ids=[Command.create({"contact_id": self.ann.id})]
        )
        return self.env["club.need"].create(
            {
                "name": "Night collection",
                "round_table_id": table.id,
                "contact_id": self.ann.id,
                **values,
            }
        )

    def _ask(self):
        """Ask Hill, whose lead has nothing to do with Anchor Mills."""
        other_lead = self._create_user("lead", "other_lead")
        self.other_unit.user_id = other_lead
        need = self._create_need(kind="request", passed_unit_id=self.other_unit.id)
        need.with_user(self.manager).action_pass_up()
        return need, other_lead

    def test_a_need_has_owner_and_due_date(self):
        need = self._create_need()
        self.assertEqual(
            (need.owner_id, need.date_due), (self.manager, date(2026, 4, 24))
        )
        self.assertEqual(need.round_table_id.need_count, 1)

    def test_the_answer_to_a_request_comes_back_to_the_account(self):
        need, other_lead = self._ask()
        self.assertRecordValues(need, [{"state": "taken"}])
        self.assertEqual(need.activity_ids.user_id, other_lead)
        theirs = need.with_user(other_lead)
        with self.assertRaisesRegex(UserError, "Write the answer"):
            theirs.action_send_answer()
        theirs.answer = "From June on"
        theirs.action_send_answer()
        self.assertEqual(need.activity_ids.user_id, self.manager)
        self.assertIn("From June on", str(need.activity_ids.note))
        self.assertEqual(need.answered_by_id, other_lead)
        account = self.account_a.with_user(self.manager)
        self.assertEqual(account.club_request_ids.answer, "From June on")
        with self.assertRaisesRegex(UserError, "answered already"):
            theirs.action_send_answer()

    def test_the_unit_that_is_asked_writes_nothing_but_the_answer(self):
        need, other_lead = self._ask()
        theirs = need.with_user(other_lead)
        for refused in (
            lambda: theirs.write({"result": "No"}),
            lambda: theirs.write({"answer": "Yes", "owner_id": other_lead.id}),
            lambda: theirs.action_done(),
            lambda: theirs.action_make_lead(),
        ):
            with self.assertRaises(AccessError):
                refused()
        with self.assertRaises(AccessError):
            need.with_user(self.manager).answer = "Yes"
        with self.assertRaises(AccessError):
            need.with_user(self.manager).action_send_answer()

    def test_nobody_else_s_unit_sees_the_request(self):
        other_lead = self._create_user("lead", "other_lead")
        self.other_unit.user_id = other_lead
        need = self._create_need(kind="request", passed_unit_id=self.other_unit.id)
        self.assertFalse(need.with_user(other_lead).has_access("read"))

    def test_only_a_request_for_a_unit_with_a_lead_is_passed_up(self):
        for values in (
            {"kind": "service", "passed_unit_id": self.unit.id},
            {"kind": "request", "passed_unit_id": self.other_unit.id},
            {"kind": "request"},
        ):
            with self.assertRaisesRegex(UserError, "can't be passed up"):
                self._create_need(**values).action_pass_up()
        need, _lead = self._ask()
        with self.assertRaisesRegex(UserError, "passed up already"):
            need.action_pass_up()
        with self.assertRaisesRegex(UserError, "already"):
            need.passed_unit_id = self.unit

    def test_where_a_need_was_stated_is_fixed(self):
        need = self._create_need()
        with self.assertRaises(UserError):
            need.round_table_id = self._create_round_table()

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_club.ir_cron_club_need_remind").method_direct_trigger()
        self.env.invalidate_all()

    def test_owners_are_reminded_once_of_what_is_overdue(self):
        for due, reminded in (
            (date(2026, 4, 9), 1),
            (date(2026, 4, 10), 0),
            (date(2026, 4, 11), 0),
        ):
            need = self._create_need(date_due=due)
            self._run_cron()
            self._run_cron()
            self.assertEqual(len(need.activity_ids), reminded, due)
        overdue = self.env["club.need"].search([("date_due", "=", date(2026, 4, 9))])
        overdue.date_due = date(2026, 4, 8)
        self._run_cron()
        self.assertEqual(len(overdue.activity_ids), 2, "a new date is a new reminder")

    def test_a_settled_need_reminds_nobody(self):
        need = self._create_need(date_due=date(2026, 4, 1), result="Sold")
        need.action_done()
        self._run_cron()
        self.assertFalse(need.activity_ids)

    def test_minutes_have_the_needs_that_one_may_see(self):
        need = self._create_need()
        table = need.round_table_id
        papers = self.env["club.hosting.papers"]
        for user, count in ((self.manager, 1), (self.auditor, 1)):
            (sheet,) = papers.with_user(user)._get_minutes_data(table.with_user(user))
            self.assertEqual(len(sheet.needs), count, user.login)
        table.user_id = self.finance
        (sheet,) = papers.with_user(self.finance)._get_minutes_data(
            table.with_user(self.finance)
        )
        self.assertFalse(sheet.needs)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_round_table_minutes", table.ids
        )
        self.assertIn("Night collection", str(html))

    def test_counts_on_account_and_contact(self):
        self._create_need()
        for partner, count in ((self.account_a, 1), (self.ann, 1), (self.bob, 0)):
            user = partner.with_user(self.manager)
            self.assertEqual(user.club_round_table_count, count)
            action = partner.action_open_club_round_tables()
            self.assertEqual(
                len(self.env["club.round.table"].search(action["domain"])), count
            )
