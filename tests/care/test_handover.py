from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..common import TODAY
from .assignment_case import AssignmentFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestHandover(AssignmentFixture, TransactionCase):
    """Accounts change hands once both have confirmed. Rules D1, D2, D9, E2."""

    def _press(self, user, record, method):
        self.env.invalidate_all()
        call_kw(
            self.env(user=user.id, context={})[record._name],
            method,
            [record.ids],
            {"context": {"allowed_company_ids": self.company.ids}},
        )
        self.env.invalidate_all()

    def _refuse(self, error, text, user, record, method):
        with self.assertRaisesRegex(error, text), self.cr.savepoint():
            self._press(user, record, method)

    def test_accounts_change_hands_when_both_have_confirmed(self):
        need = self.env["club.need"].create(
            {"name": "Cold chain", "account_id": self.account_a.id}
        )
        settled = self.env["club.need"].create(
            {"name": "Boxes", "account_id": self.account_a.id}
        )
        settled._write_guarded({"state": "done", "result": "Sold"})
        self.assertEqual(need.owner_id, self.manager)
        handover = self._draw_up()
        self.assertEqual(handover.line_ids.need_count, 1)
        self._press(self.manager, handover, "action_submit")
        for users in ((self.other_manager, "action_take"),):
            self._press(users[0], handover, users[1])
        self.assertEqual(handover.sudo().state, "waiting")
        self.assertEqual(self.account_a.club_manager_id, self.manager)
        self._press(self.manager, handover, "action_give")
        self.assertEqual(handover.sudo().state, "done")
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)
        self.assertEqual(self.contact.club_manager_id, self.other_manager)
        self.assertEqual(need.owner_id, self.other_manager)
        self.assertEqual(settled.owner_id, self.manager)
        lead = self.env["club.account.team"].search(
            [
                *(("account_id", "=", self.account_a.id), ("role", "=", "lead")),
                ("date_to", "=", False),
            ]
        )
        self.assertEqual(lead.user_id, self.other_manager)
        self._refuse(UserError, "state", self.manager, handover, "action_give")

    def test_nobody_confirms_for_others(self):
        handover = self._draw_up()
        self._press(self.manager, handover, "action_submit")
        self._refuse(
            AccessError, "confirmed by the one", self.lead, handover, "action_give"
        )
        self._refuse(
            AccessError, "confirmed by the one", self.manager, handover, "action_take"
        )
        self._press(self.manager, handover, "action_give")
        self._refuse(
            UserError, "this side already", self.manager, handover, "action_give"
        )
        for user in (self.auditor, self.employee, self.other_lead, self.clerk):
            self._refuse(UserError, "", user, handover, "action_take")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_only_what_is_ones_own_is_handed_over(self):
        """The manager, the lead of the unit, an officer; nobody else."""
        for user in (self.lead, self.officer):
            self._press(user, self._draw_up(user), "action_submit")
        for user in (self.other_manager, self.clerk, self.other_lead):
            self._refuse(AccessError, "", user, self._draw_up(user), "action_submit")

    def test_what_another_one_manages_isnt_handed_over(self):
        handover = self._draw_up(self.officer, accounts=self.account_a | self.account_b)
        self._refuse(
            UserError, "doesn't manage", self.officer, handover, "action_submit"
        )
        handover = self._draw_up()
        self._press(self.manager, handover, "action_submit")
        self._press(self.manager, handover, "action_give")
        self.account_a.club_manager_id = self.clerk
        self._refuse(
            UserError, "doesn't manage", self.other_manager, handover, "action_take"
        )

    def test_who_takes_is_an_account_manager_here(self):
        for user in (self.employee, self.foreign_officer, self.auditor):
            handover = self._draw_up(self.officer, user_to_id=user.id)
            self._refuse(
                UserError,
                "isn't an account manager",
                self.officer,
                handover,
                "action_submit",
            )

    def test_what_is_submitted_is_fixed(self):
        handover = self._draw_up()
        self._press(self.manager, handover, "action_submit")
        for values in (
            {"user_to_id": self.clerk.id},
            {"line_ids": [(5,)]},
            {"state": "done"},
            {"given_by_id": self.other_manager.id},
            {"taken_at": "2026-04-10 00:00:00"},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._as(self.manager, handover).write(values)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._as(self.manager, handover.line_ids).write({"remark": "x"})
        with self.assertRaises(UserError), self.cr.savepoint():
            self._as(self.manager, handover).unlink()
        self._press(self.manager, handover, "action_reset")
        self._as(self.manager, handover).user_to_id = self.clerk

    def test_a_change_of_level_moves_the_unit(self):
        """Rule D1."""
        handover = self._draw_up(self.lead, unit_to_id=self.other_unit.id)
        self._refuse(
            AccessError,
            "its lead or a club officer",
            self.lead,
            handover,
            "action_submit",
        )
        handover = self._draw_up(
            self.officer, unit_to_id=self.other_unit.id, cause="level"
        )
        self._press(self.officer, handover, "action_submit")
        self._press(self.officer, handover, "action_give")
        self._press(self.other_manager, handover, "action_take")
        self.assertEqual(self.account_a.club_unit_id, self.other_unit)
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)

    # === Leavers === #

    def test_a_leaver_is_asked_to_hand_over_once(self):
        self.manager.active = False
        found = self.env["club.handover"].search([("cause", "=", "leaver")])
        self.assertEqual(found.line_ids.account_id, self.account_a)
        self.assertEqual(found.user_from_id, self.manager)
        self.assertEqual(found.unit_id, self.unit)
        self.assertEqual(found.activity_user_id, self.lead)
        self.env["club.handover"]._cron_propose()
        again = self.env["club.handover"].search([("cause", "=", "leaver")])
        self.assertEqual(again, found)
        # A further account joins the draft.
        self.account_b.club_manager_id = self.manager
        self.env["club.handover"]._cron_propose()
        self.assertEqual(found.line_ids.account_id, self.account_a | self.account_b)
        self._as(self.lead, found).user_to_id = self.other_manager
        self._press(self.lead, found, "action_submit")
        self._press(self.lead, found, "action_give")
        self._press(self.other_manager, found, "action_take")
        self.assertEqual(found.state, "done")
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)
        self.env["club.handover"]._cron_propose()
        self.assertEqual(
            self.env["club.handover"].search([("cause", "=", "leaver")]), found
        )

    def test_a_leaver_of_a_unit_that_nobody_leads(self):
        """It is drawn up all the same, and the officer finds it in the list."""
        self.unit.user_id = False
        self.manager.active = False
        found = self.env["club.handover"].search([("cause", "=", "leaver")])
        self.assertEqual(found.line_ids.account_id, self.account_a)
        self.assertFalse(found.activity_ids)

    def test_missed_duties_propose_a_handover_once(self):
        """Below the number, at it; a second night; the number 0. Rule D9."""
        handovers = self.env["club.handover"]
        domain = [("cause", "=", "missed"), ("company_id", "=", self.company.id)]
        for number in range(1, 4):
            self._miss(number)
            handovers._cron_propose()
            self.assertEqual(handovers.search_count(domain), number >= 3, number)
        found = handovers.search(domain)
        self.assertEqual(found.line_ids.account_id, self.account_a)
        self.assertEqual(found.proposed_for, "2026-Q2")
        self._press(self.lead, found, "action_cancel")
        handovers._cron_propose()
        self.assertEqual(handovers.search(domain), found)

    def _miss(self, number):
        """Let a duty have been missed in this quarter, past all that writes them."""
        rule = self.env["club.duty.rule"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.cr.execute(
            "INSERT INTO club_duty (account_id, origin_id, rule_id, kind, user_id,"
            " company_id, period, date_from, date_due, date_grace, state)"
            " VALUES (%(account)s, %(account)s, %(rule)s, 'contact', %(user)s,"
            " %(company)s, %(period)s, %(day)s, %(day)s, %(day)s, 'missed')",
            {
                "account": self.account_a.id,
                "rule": rule.id,
                "user": self.manager.id,
                "company": self.company.id,
                "period": f"test-{number}",
                "day": "2026-04-02",
            },
        )
        self.env.invalidate_all()

    def test_who_has_to_confirm_sees_it_today(self):
        handover = self._draw_up()
        rows = self.env["club.today"].sudo().with_company(self.company)
        domain = [("kind", "=", "handover"), ("res_id", "=", handover.id)]
        self.assertFalse(rows.search(domain))
        self._press(self.manager, handover, "action_submit")
        self.assertEqual(rows.search(domain).user_id, self.manager)
        self._press(self.manager, handover, "action_give")
        self.assertEqual(rows.search(domain).user_id, self.other_manager)
        self._press(self.other_manager, handover, "action_take")
        self.assertFalse(rows.search(domain))

    # === Load. Rule D2 === #

    def test_nobody_is_loaded_above_a_full_load(self):
        """At 100 per cent yes, above it no; an officer may, by hand."""
        tier = self.tiers["gold"]
        self._set_tier(self.account_a, "gold")
        self._set_tier(self.account_b, "gold")
        tier.accounts_per_manager = 1
        handover = self._draw_up()
        self._press(self.manager, handover, "action_submit")  # 100 per cent
        self._as(self.officer, self.account_b).club_manager_id = self.other_manager
        self._refuse(
            UserError, "200.0 %", self.lead, self._draw_up(self.lead), "action_submit"
        )
        rows = self.env["club.manager.load"].search(
            [("user_id", "=", self.other_manager.id)]
        )
        self.assertEqual(rows.mapped("load_total"), [100.0])
        self.assertEqual(rows.accounts, 1)
        with self.assertRaisesRegex(UserError, "200.0 %"), self.cr.savepoint():
            self._as(self.lead, self.account_a).club_manager_id = self.other_manager
        self._as(self.officer, self.account_a).club_manager_id = self.other_manager
        self.env.invalidate_all()
        rows = rows.search([("user_id", "=", self.other_manager.id)])
        self.assertEqual(set(rows.mapped("load_total")), {200.0})

    def test_the_ratio_may_stand_with_the_grade(self):
        """Whichever of an account's two tiers says how many one can look after."""
        grade = self.grade.tier_ids[0]
        self._set_tier(self.account_a, "gold")
        self.tiers["gold"].accounts_per_manager = 0
        grade.accounts_per_manager = 50
        self.account_a._write_guarded({"club_grade_id": grade.id})
        loads = self.env["club.manager.load"]
        self.env.flush_all()
        self.assertEqual(loads._get_loads(self.company)[self.manager.id], 2.0)
        self.assertEqual(
            loads._get_shares(self.account_a, self.company), {self.account_a.id: 2.0}
        )

    def test_a_trainee_has_the_lowest_tier_only(self):
        self.env["crm.team.member"].create(
            {
                "crm_team_id": self.unit.id,
                "user_id": self.other_manager.id,
                "club_trainee_until": "2026-04-10",
            }
        )
        self._set_tier(self.account_a, "vip")
        self._press(self.manager, self._draw_up(), "action_submit")
        self._set_tier(self.account_a, "gold")
        self._refuse(
            UserError, "is a trainee", self.manager, self._draw_up(), "action_submit"
        )
        with self.assertRaisesRegex(UserError, "is a trainee"), self.cr.savepoint():
            self._as(self.officer, self.account_a).club_manager_id = self.other_manager
        with freeze_time("2026-04-11"):
            self._press(self.manager, self._draw_up(), "action_submit")

    def test_from_gold_up_an_account_has_a_manager(self):
        self._set_tier(self.account_a, "vip")
        account = self._as(self.officer, self.account_a)
        self._set_tier(self.account_a, "gold")
        with self.assertRaisesRegex(UserError, "needs a named manager"):
            with self.cr.savepoint():
                account.club_manager_id = False
        self._set_tier(self.account_b, "gold")
        lacking = [("club_lacks", "=", "manager")]
        found = self._as(self.officer, self.env["res.partner"]).search(lacking)
        self.assertEqual(found.ids, self.account_b.ids)
        self.assertEqual(self.account_b.club_lacks, "manager")
        self.assertFalse(self.account_a.club_lacks)
        # Nothing is asked of each account.
        query = self.env["res.partner"].sudo()._search([("club_lacks", "!=", False)])
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertNotIn("SubPlan", str(plan))

    def test_both_first_contacts_are_shown_while_nobody_manages_it(self):
        """The earlier one first; nothing once it has a manager. Rule D1."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Parcels",
                "partner_id": self.account_b.id,
                "user_id": self.other_manager.id,
                "company_id": self.company.id,
            }
        )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-04-08 08:00',"
            " date_open = '2026-04-08 09:00' WHERE id = %s",
            [lead.id],
        )
        self.env["club.contact.log"].with_user(self.officer).create(
            {
                "account_id": self.account_b.id,
                "held_on": "2026-04-09",
                "channel": "call",
                "conversation": "Boxes",
            }
        )
        self.env.invalidate_all()
        told = self._as(self.lead, self.account_b).club_first_contacts.split("\n")
        self.assertEqual(len(told), 2)
        self.assertIn(self.other_manager.name, told[0])
        self.assertIn(self.officer.name, told[1])
        self.account_b.club_manager_id = self.manager
        self.env.invalidate_all()
        self.assertFalse(self._as(self.lead, self.account_b).club_first_contacts)

    def test_chosen_accounts_are_drawn_up_for_handing_over(self):
        account = self._as(self.manager, self.account_a)
        action = account.action_club_hand_over()
        handover = self.env["club.handover"].browse(action["res_id"])
        self.assertEqual(handover.user_from_id, self.manager)
        self.assertEqual(handover.line_ids.account_id, self.account_a)
        with self.assertRaisesRegex(UserError, "of one manager"), self.cr.savepoint():
            (self.account_a | self.account_b).action_club_hand_over()

    # === Teams. Rule D14 === #

    def test_diamond_keeps_its_team(self):
        self._set_tier(self.account_a, "diamond")
        self.assertEqual(self.account_a.club_lacks, "team")
        partners = self._as(self.officer, self.env["res.partner"])
        self.assertIn(
            self.account_a.id, partners.search([("club_lacks", "=", "team")]).ids
        )
        line, other = self._as(self.lead, self.env["club.account.team"]).create(
            [
                {"account_id": self.account_a.id, "user_id": user.id}
                for user in (self.other_manager, self.clerk)
            ]
        )
        self.env.invalidate_all()
        self.assertFalse(self.account_a.club_lacks)
        line.date_to = TODAY
        with self.assertRaisesRegex(UserError, "must have a team"), self.cr.savepoint():
            other.date_to = TODAY

    def test_a_list_costs_the_same_however_many_accounts_it_hands_over(self):
        """They are counted by SQL, and come to what the lines say. Rules D9, E2."""
        accounts = self._create_accounts(
            (f"Account {number}" for number in range(20)),
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
        )
        self.env["club.need"].create(
            [{"name": "Boxes", "account_id": account.id} for account in accounts]
        )
        few = self._draw_up(accounts=accounts[:2])
        many = self._draw_up(accounts=accounts[2:])
        names = ["account_count", "open_count"]
        for state in ("draft", "waiting"):
            (few | many).sudo()._write_guarded({"state": state})
            for user in (self.manager, self.lead, self.officer):
                queries = []
                self._as(user, few).read(names)  # who leads what is kept
                for handover in (few, many):
                    own = self._as(user, handover)
                    self.env.flush_all()
                    self.env.invalidate_all()
                    with patch("odoo.orm.fields.PREFETCH_MAX", 2):
                        before = self.cr.sql_log_count
                        [values] = own.read(names)
                        queries.append(self.cr.sql_log_count - before)
                    lines = own.line_ids
                    self.assertEqual(values["account_count"], len(lines))
                    self.assertEqual(values["open_count"], sum(map(count_open, lines)))
                    self.assertGreaterEqual(values["open_count"], len(lines))
                with self.subTest(user=user.login, state=state):
                    self.assertEqual(*queries)


def count_open(line):
    return line.duty_count + line.need_count + line.case_count + line.booking_count
