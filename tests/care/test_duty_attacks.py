"""What nobody gets away with, called as the web client does. Rules A8, D2–D4, D9."""

import json
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .assignment_case import AssignmentFixture
from .duty_case import DutyCase

LOG, DUTY = "club.contact.log", "club.duty"


class Caller:
    def _call(self, user, model, method, ids=None, **kwargs):
        """Call a method as the web client does, as this user."""
        self.env.invalidate_all()
        args, kwargs = json.loads(
            json.dumps([[] if ids is None else [ids], kwargs], default=str)
        )
        if method == "create":
            args.append(kwargs.pop("vals_list"))
        kwargs["context"] = {"allowed_company_ids": self.company.ids}
        env = self.env(user=user.id, su=False, context={})
        result = call_kw(env[model], method, args, kwargs)
        self.env.invalidate_all()
        return result

    @mute_logger("odoo.addons.base.models.ir_rule")
    def _refuse(self, error, user, model, method, ids=None, **kwargs):
        with self.subTest(user.login, model=model, method=method, **kwargs):
            with self.assertRaises(error), self.cr.savepoint():
                self._call(user, model, method, ids, **kwargs)
            self.env.invalidate_all()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDutyAttacks(Caller, DutyCase):
    """Nobody closes, clears or waives what he owes but by doing it."""

    def _say(self, account, day, channel):
        (log_id,) = self._call(
            self.manager,
            *(LOG, "create"),
            vals_list=[
                {
                    "account_id": account.id,
                    "held_on": day,
                    "channel": channel,
                    "conversation": "Talked",
                }
            ],
        )
        return self.env[LOG].browse(log_id)

    def _track(self):
        """Let what is tracked be noted, as at the end of a call."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _write(self, log, **values):
        self._call(self.manager, LOG, "write", log.ids, vals=values)

    def test_a_corrected_contact_takes_back_what_it_had_done(self):
        """A visit that turns out to have been a text message was no visit."""
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        log = self._say(self.account_a, TODAY, "visit")
        self.assertEqual((visit.state, visit.log_id), ("done", log))
        for values in (
            {"channel": "sms"},
            {"channel": "visit", "direction": "in"},
            {"direction": "out", "held_on": TODAY - timedelta(days=1)},
        ):
            self._write(log, **values)
            self.assertEqual((visit.state, visit.done_on), ("open", False), values)
            self.assertFalse(visit.log_id)
        # What it says in truth counts.
        self._write(log, held_on=TODAY)
        self.assertEqual((visit.state, visit.done_on), ("done", TODAY))
        # What decides nothing changes nothing.
        self._get_rule("visit").by_visit = False
        self._write(log, situation="New boss", date_next=TODAY + timedelta(days=9))
        self.assertEqual(visit.state, "done")

    def test_one_record_doesnt_do_two_periods(self):
        """Rewritten from April to May, what April was owed is missed."""
        self._join(self.account_a, "diamond", date(2026, 1, 1))
        log = self._say(self.account_a, TODAY, "call")
        april = self._get(self.account_a, "contact", period="2026-04")
        self.assertEqual(april.state, "done")
        with freeze_time(date(2026, 5, 20)):
            self.duties._cron_refresh()
            may = self._get(self.account_a, "contact", period="2026-05")
            later = self._say(self.account_a, date(2026, 5, 20), "sms")
            self._write(log, conversation="Talked of May")
            self.assertEqual((april.state, may.state), ("done", "open"))
            self._write(log, channel="sms")
            self.assertEqual((april.state, may.state), ("missed", "open"))
            self._write(later, channel="call")
            self.assertEqual((april.state, may.state), ("missed", "done"))
            # Backwards into a month that is missed: it stays so.
            self._write(later, held_on="2026-04-20")
            self.assertEqual((april.state, may.state), ("missed", "open"))

    def test_another_contact_of_the_day_still_does_it(self):
        self._join(self.account_a, "gold", TODAY)
        first = self._get(self.account_a, "first_contact")
        logs = [self._say(self.account_a, TODAY, "call") for _each in range(2)]
        self.assertEqual(first.log_id, logs[0])
        self._write(logs[0], channel="sms")
        self.assertEqual((first.state, first.log_id), ("done", logs[1]))

    def test_corrections_are_told(self):
        log = self._say(self.account_a, TODAY, "call")
        self._track()
        self._write(log, channel="visit", held_on=TODAY - timedelta(days=1))
        self._track()
        fields = log.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertEqual(set(fields), {"channel", "held_on"})

    def test_a_calendar_doesnt_change_unseen(self):
        """A day that is made one off moves deadlines, and says who made it one."""
        self._join(self.account_a, "gold", TODAY)
        first = self._get(self.account_a, "announce")
        due = first.date_due
        self._track()
        day = self.env["club.day"].search([("date", "=", due)])
        self._call(
            *(self.officer, "club.day", "write", day.ids), vals={"is_working": False}
        )
        self._track()
        self.assertNotEqual(first.date_due, due)
        names = day.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertEqual(names, ["is_working"])

    def test_who_managed_it_while_it_was_owed_doesnt_waive(self):
        """A lead who gives his account away for an hour. Rule D9."""
        self._join(self.account_a, "gold", TODAY - timedelta(days=5))
        team = self.env["club.account.team"].search(
            [("account_id", "=", self.account_a.id), ("role", "=", "lead")]
        )
        self.cr.execute(
            "UPDATE club_account_team SET user_id = %s, date_from = %s WHERE id = %s",
            (self.lead.id, TODAY - timedelta(days=90), team.id),
        )
        self.env.invalidate_all()
        self._call(
            *(self.officer, "res.partner", "write", self.account_a.ids),
            vals={"club_manager_id": self.manager.id},
        )
        # He is the manager now, as he was before the line was rewritten: give it anew.
        self._call(
            *(self.lead, "res.partner", "write", self.account_a.ids),
            vals={"club_manager_id": self.manager.id},
        )
        visit = self._get(self.account_a, "visit")
        self.assertEqual(visit.user_id, self.manager)
        self._refuse(
            AccessError, self.lead, DUTY, "action_waive", visit.ids, reason="Busy"
        )
        self._call(self.officer, DUTY, "action_waive", visit.ids, reason="Moved away")
        self.assertEqual(visit.state, "waived")

    def test_who_managed_it_before_it_arose_waives(self):
        line = self.env["club.account.team"].search(
            [("account_id", "=", self.account_a.id), ("role", "=", "lead")]
        )
        self.assertTrue(line)
        self.cr.execute(
            "INSERT INTO club_account_team (account_id, company_id, user_id, role,"
            " date_from, date_to) VALUES (%s, %s, %s, 'lead', %s, %s)",
            (
                *(self.account_a.id, self.company.id, self.lead.id),
                *(TODAY - timedelta(days=90), TODAY - timedelta(days=30)),
            ),
        )
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        self._call(self.lead, DUTY, "action_waive", visit.ids, reason="Moved away")
        self.assertEqual(visit.state, "waived")

    def test_what_is_late_isnt_archived_away(self):
        """Archived on the last day of grace, and back the day after."""
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        day = visit.date_grace
        with freeze_time(day):
            self.duties._cron_refresh()
            self.assertEqual(visit.state, "open")
            self._call(
                *(self.officer, "res.partner", "action_archive", self.account_a.ids)
            )
            self.assertEqual(visit.exists().state, "open")
            # What isn't due yet isn't owed any more.
            self.assertFalse(self._get(self.account_a, "coaching", state="open"))
        with freeze_time(day + timedelta(days=1)):
            self.duties._cron_refresh()
            self._call(
                *(self.officer, "res.partner", "action_unarchive", self.account_a.ids)
            )
            self.assertEqual(visit.exists().state, "missed")
            self.assertTrue(self._get(self.account_a, "coaching", state="open"))

    def test_a_rule_doesnt_change_unseen(self):
        """Which channels do, and for whom, leaves a trace; the company stays."""
        rule = self._get_rule("visit")
        self._track()
        self._call(
            *(self.officer, "club.duty.rule", "write", rule.ids),
            vals={"by_sms": True, "tier_ids": [[6, 0, self.tiers["gold"].ids]]},
        )
        self._track()
        names = rule.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertLessEqual({"by_sms", "tier_ids"}, set(names))
        other = self._create_club_company("Other Post")
        self.officer.company_ids += other
        self._refuse(
            UserError,
            *(self.officer, "club.duty.rule", "write", rule.ids),
            vals={"company_id": other.id},
        )
        self._call(
            *(self.officer, "club.duty.rule", "write", rule.ids),
            vals={"company_id": self.company.id, "count": 2},
        )
        self.assertEqual(rule.count, 2)

    def test_an_auditor_reads_what_is_owed_but_no_birthdays(self):
        """Rule A8: birthdays are for those who look after the account."""
        self._join(self.account_a, "gold", TODAY)
        contact = self.env["res.partner"].create(
            {"name": "Li Ming", "parent_id": self.account_a.id}
        )
        self.env["club.contact.profile"].create(
            {
                "contact_id": contact.id,
                "birthday_month": f"{TODAY:%m}",
                "birthday_day": TODAY.day,
                "birthday_source": "self",
            }
        )
        self.duties._cron_refresh()
        birthday = self._get(self.account_a, "birthday")
        self.assertTrue(birthday)
        accounts = [("account_id", "=", self.account_a.id)]
        for model in (DUTY, "club.today"):
            for user, is_told in (
                *((self.manager, True), (self.lead, True), (self.officer, True)),
                (self.auditor, False),
            ):
                rows = self._call(
                    *(user, model, "search_read"),
                    **{"domain": accounts, "fields": ["kind", "display_name"]},
                )
                kinds = {row["kind"] for row in rows}
                with self.subTest(model, user=user.login):
                    self.assertIn("visit", kinds)
                    self.assertEqual("birthday" in kinds, is_told)
                    self.assertEqual("Li Ming" in str(rows), is_told)
            groups = self._call(
                *(self.auditor, model, "formatted_read_group"),
                domain=[("kind", "=", "birthday")],
                groupby=["contact_id", "date_due:day"],
                aggregates=["__count"],
            )
            self.assertFalse(groups)
        self._refuse(AccessError, self.auditor, DUTY, "read", birthday.ids)

    def test_who_managed_it_before_reads_no_birthdays(self):
        """Rule A8: what he owed stays his, and birthdays go with the account."""
        self._join(self.account_a, "gold", TODAY)
        visit = self._get(self.account_a, "visit")
        self.cr.execute(
            "INSERT INTO club_duty (account_id, origin_id, rule_id, kind, user_id,"
            " company_id, period, date_from, date_due, date_grace, state)"
            " SELECT account_id, origin_id, rule_id, 'birthday', user_id, company_id,"
            " 'c1-2026', date_from, date_due, date_grace, 'missed' FROM club_duty"
            " WHERE id = %s RETURNING id",
            [visit.id],
        )
        birthday = self.duties.browse(self.cr.fetchone())
        self._say(self.account_a, TODAY, "visit")
        self._call(self.manager, DUTY, "read", birthday.ids)
        other = self._create_user("user", "other_manager")
        self.account_a.club_manager_id = other
        self.assertEqual((visit.state, visit.user_id), ("done", self.manager))
        self._call(self.manager, DUTY, "read", visit.ids)
        self._refuse(AccessError, self.manager, DUTY, "read", birthday.ids)
        self._call(other, DUTY, "read", birthday.ids)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestHandoverAttacks(Caller, AssignmentFixture, TransactionCase):
    """Two confirm, and who is asked to give doesn't settle whether he is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_officer = cls._create_user("officer", "second_officer")

    def _press(self, user, record, method):
        return self._call(user, record._name, method, record.ids)

    def test_one_person_doesnt_confirm_both_sides(self):
        """A lead who takes himself, and gives in the manager's place."""
        for cause in ("missed", "leaver", "level"):
            for first, second in (
                ("action_give", "action_take"),
                ("action_take", "action_give"),
            ):
                handover = self._draw_up(
                    self.lead, cause=cause, user_to_id=self.lead.id
                )
                self._press(self.lead, handover, "action_submit")
                self._press(self.lead, handover, first)
                paper = self._as(self.lead, handover)
                self.assertFalse(paper.can_give or paper.can_take)
                self._refuse(
                    AccessError, self.lead, handover._name, second, handover.ids
                )
                self.assertEqual(handover.sudo().state, "waiting")
                self._press(self.lead, handover, "action_cancel")
        self.assertEqual(self.account_a.club_manager_id, self.manager)
        handover = self._draw_up(self.lead, cause="missed", user_to_id=self.lead.id)
        self._press(self.lead, handover, "action_submit")
        self._press(self.lead, handover, "action_take")
        self._press(self.officer, handover, "action_give")
        self.assertEqual(self.account_a.club_manager_id, self.lead)

    def test_remarks_are_part_of_what_is_confirmed(self):
        handover = self._draw_up(remarks="Call on Mondays")
        self._press(self.manager, handover, "action_submit")
        self._press(self.manager, handover, "action_give")
        for user in (self.manager, self.other_manager, self.officer):
            self._refuse(
                UserError,
                *(user, handover._name, "write", handover.ids),
                vals={"remarks": "No complaints ever"},
            )
        self.assertEqual(handover.sudo().remarks, "Call on Mondays")

    def _propose(self):
        handovers = self.env["club.handover"]
        handovers._propose(
            self.company, self.manager, self.account_a, "missed", "2026-Q2"
        )
        return handovers.search(
            [("user_from_id", "=", self.manager.id), ("proposed_for", "!=", False)]
        )

    def test_who_missed_his_duties_doesnt_settle_what_follows(self):
        """Rule D9: the lead and officers do."""
        handover = self._propose()
        model, ids = handover._name, handover.ids
        self.assertEqual(len(handover), 1)
        for values in (
            {"cause": "other"},
            {"user_to_id": self.other_manager.id},
            {"date_due": "2030-01-01"},
            {"line_ids": [[5, 0, 0]]},
            {"remarks": "Nothing to it"},
        ):
            self._refuse(UserError, self.manager, model, "write", ids, vals=values)
        for method in ("unlink", "action_cancel", "action_add_accounts"):
            self._refuse(UserError, self.manager, model, method, ids)
        lines = handover.line_ids
        self._refuse(UserError, self.manager, lines._name, "unlink", lines.ids)
        self._refuse(
            *(UserError, self.manager, lines._name, "write", lines.ids),
            vals={"remark": "x"},
        )
        self._call(
            *(self.lead, model, "write", ids),
            vals={"user_to_id": self.other_manager.id},
        )
        self._refuse(UserError, self.manager, model, "action_submit", ids)
        self._press(self.lead, handover, "action_submit")
        for method in ("action_reset", "action_cancel"):
            self._refuse(UserError, self.manager, model, method, ids)
            self._refuse(UserError, self.other_manager, model, method, ids)
        # Both still confirm.
        self._press(self.manager, handover, "action_give")
        self._press(self.other_manager, handover, "action_take")
        self.assertEqual(handover.state, "done")

    def test_ones_own_unit_is_no_excuse(self):
        """A lead who missed his own: somebody else settles it."""
        self.account_a.club_manager_id = self.lead
        handovers = self.env["club.handover"]
        handovers._propose(self.company, self.lead, self.account_a, "missed", "2026-Q2")
        handover = handovers.search([("user_from_id", "=", self.lead.id)])
        for method in ("action_cancel", "unlink"):
            self._refuse(UserError, self.lead, handover._name, method, handover.ids)
        self._press(self.officer, handover, "action_cancel")
        self.assertEqual(handover.state, "cancelled")

    def test_ones_own_draft_keeps_nothing_from_being_proposed(self):
        own = self._draw_up(user_to_id=False)
        self.env.flush_all()
        found = self._propose()
        self.assertEqual(found.line_ids.account_id, self.account_a)
        self.assertEqual(own.sudo().line_ids.account_id, self.account_a)
        self.assertEqual(self._propose(), found)

    def test_what_waits_to_be_confirmed_isnt_proposed(self):
        own = self._draw_up()
        self._press(self.manager, own, "action_submit")
        self.assertFalse(self._propose())

    def test_a_draft_of_anybodys_tells_nothing(self):
        """How much is open is for who may hand over, and for both once asked."""
        self.env["club.need"].create(
            {"name": "Cold chain", "account_id": self.account_a.id}
        )
        for user, values, told in (
            (self.manager, {}, 1),
            (self.lead, {}, 1),
            (self.officer, {}, 1),
            (self.other_manager, {}, 0),
            (self.other_manager, {"user_from_id": self.other_manager.id}, 0),
            (self.other_lead, {}, 0),
        ):
            values = {"user_to_id": False, **values}
            handover = self._draw_up(user, **values)
            with self.subTest(user.login, **values):
                rows = self._call(
                    *(user, handover._name, "read", handover.ids),
                    fields=["open_count"],
                )
                self.assertEqual(rows[0]["open_count"], told)
                (line,) = self._call(
                    *(user, "club.handover.line", "read"),
                    ids=handover.line_ids.ids,
                    fields=["need_count", "duty_count", "case_count", "booking_count"],
                )
                self.assertEqual(line["need_count"], told)
        # Nor does a draft that was cancelled.
        handover = self._draw_up(self.other_manager)
        self._press(self.other_manager, handover, "action_cancel")
        line = self._as(self.other_manager, handover.line_ids)
        self.assertEqual(line.need_count, 0)
        handover = self._draw_up()
        self._press(self.manager, handover, "action_submit")
        self.env.invalidate_all()
        self.assertEqual(self._as(self.other_manager, handover.line_ids).need_count, 1)

    def test_a_trainee_stays_one_outside_his_unit(self):
        """Taken out of the unit, by whom no officer is asked. Rule D2."""
        member = self.env["crm.team.member"].create(
            {
                "crm_team_id": self.unit.id,
                "user_id": self.other_manager.id,
                "club_trainee_until": TODAY,
            }
        )
        self._set_tier(self.account_a, "gold")
        member.active = False
        handover = self._draw_up()
        self._refuse(
            UserError, self.manager, handover._name, "action_submit", handover.ids
        )
        with freeze_time(TODAY + timedelta(days=1)):
            self._press(self.manager, handover, "action_submit")

    def test_nobody_is_first_by_his_own_word(self):
        """Rule D1: by an old lead that nobody had, or a contact dated back."""
        first = self.env[LOG].with_user(self.officer)
        first.create(
            {"account_id": self.account_b.id, "conversation": "x", "held_on": TODAY}
        )
        with freeze_time(TODAY + timedelta(days=30)):
            lead = self.env["crm.lead"].create(
                {"name": "Boxes", "partner_id": self.account_b.id, "user_id": False}
            )
            self.cr.execute(
                "UPDATE crm_lead SET create_date = '2026-01-05' WHERE id = %s",
                [lead.id],
            )
            self.env.invalidate_all()
            lead.user_id = self.other_manager
            self.env.flush_all()
            first.with_user(self.lead).create(
                {
                    "account_id": self.account_b.id,
                    "conversation": "x",
                    "held_on": TODAY - timedelta(days=60),
                }
            )
            self.env.invalidate_all()
            told = self._as(self.lead, self.account_b).club_first_contacts
            self.assertIn(self.officer.name, told.split("\n")[0])
            self.assertNotIn(self.lead.name, told)

    # === Who was there when. Rule D14 === #

    def test_nobody_of_another_company_joins_a_team(self):
        self._refuse(
            UserError,
            *(self.lead, "club.account.team", "create"),
            vals_list=[
                {"account_id": self.account_a.id, "user_id": self.foreign_officer.id}
            ],
        )

    def test_nobody_rewrites_until_when_somebody_was_there(self):
        model = "club.account.team"
        line = self.env[model].create(
            {
                "account_id": self.account_a.id,
                "user_id": self.other_manager.id,
                "date_from": TODAY - timedelta(days=90),
            }
        )
        write = (self.lead, model, "write", line.ids)
        self._refuse(UserError, *write, vals={"date_to": TODAY - timedelta(days=2)})
        self._call(*write, vals={"date_to": TODAY})
        self._call(*write, vals={"date_to": False})
        self._call(*write, vals={"date_to": TODAY - timedelta(days=1)})
        for day in (False, TODAY, TODAY - timedelta(days=1)):
            self._refuse(UserError, *write, vals={"date_to": day})


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLotAttacks(Caller, AssignmentFixture, TransactionCase):
    """Nobody draws until it suits him. Rules D4, D9."""

    def test_a_samples_seed_is_drawn_with_it(self):
        """A draft's would tell beforehand which contacts it draws."""
        self.env[LOG].with_user(self.manager).create(
            {"contact_id": self.contact.id, "conversation": "Rates"}
        )
        model = "club.contact.sample"
        values = {"unit_id": self.unit.id, "month": TODAY}
        (number,) = self._call(
            self.lead, model, "create", vals_list=[{**values, "size": 1}]
        )
        sample = self.env[model].browse(number)
        defaults = self._call(self.lead, model, "default_get", fields=["seed"])
        self.assertFalse(sample.seed or defaults.get("seed"))
        for change in ({"seed": 7}, {"seed": 0}):
            self._refuse(AccessError, self.lead, model, "write", [number], vals=change)
            self._refuse(
                AccessError,
                self.lead,
                model,
                "create",
                vals_list=[{**values, **change}],
            )
        self._call(self.lead, model, "action_draw", [number])
        self.assertTrue(sample.seed)
        self._refuse(UserError, self.lead, model, "unlink", [number])

    def _allocate(self, **values):
        (number,) = self._call(
            *(self.lead, "club.allocation", "create"),
            vals_list=[
                {
                    "unit_id": self.unit.id,
                    "manager_ids": [[6, 0, (self.manager | self.other_manager).ids]],
                    "line_ids": [[0, 0, {"account_id": self.account_b.id}]],
                    **values,
                }
            ],
        )
        return self.env["club.allocation"].browse(number)

    def test_an_allocations_seed_is_nobodys_choice(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._allocate(seed=7)
        allocation = self._allocate()
        model, ids = allocation._name, allocation.ids
        self.assertFalse(allocation.seed)
        self._refuse(AccessError, self.lead, model, "write", ids, vals={"seed": 7})
        self._call(self.lead, model, "action_draw", ids)
        seed = allocation.seed
        self.assertTrue(seed)
        self._call(self.lead, model, "action_reset", ids)
        self._refuse(AccessError, self.lead, model, "write", ids, vals={"seed": 7})
        # What was drawn once leaves a trace.
        self._refuse(UserError, self.lead, model, "unlink", ids)
        self._call(self.lead, model, "action_draw", ids)
        self.assertEqual(allocation.seed, seed)
        self._call(self.lead, model, "unlink", self._allocate().ids)

    def test_nobody_of_another_company_is_dealt_accounts(self):
        self.assertNotIn(self.company, self.foreign_officer.company_ids)
        allocation = self._allocate()
        self._call(self.lead, allocation._name, "action_draw", allocation.ids)
        self._call(
            *(self.lead, "club.allocation.line", "write", allocation.line_ids.ids),
            vals={"user_id": self.foreign_officer.id, "reason": "He is good"},
        )
        self._refuse(
            UserError, self.lead, allocation._name, "action_decide", allocation.ids
        )
        self.assertFalse(self.account_b.club_manager_id)

    # === Who can be a manager at all === #

    def test_nobody_is_manager_who_couldnt_open_the_account(self):
        """A name in the field isn't a manager: it would close “Bind a Manager”."""
        for user in (self.lead, self.officer):
            for manager in (self.employee, self.foreign_officer, self.auditor):
                self._refuse(
                    UserError,
                    *(user, "res.partner", "write", self.account_b.ids),
                    vals={"club_manager_id": manager.id},
                )
                self._refuse(
                    UserError,
                    *(user, "res.partner", "create"),
                    vals_list=[
                        {
                            "name": "New",
                            "is_company": True,
                            "club_unit_id": self.unit.id,
                            "club_manager_id": manager.id,
                        }
                    ],
                )
            self._call(
                *(user, "res.partner", "write", self.account_b.ids),
                vals={"club_manager_id": self.other_manager.id},
            )

    # === Reading by a form that isn't saved === #

    def test_a_form_that_isnt_saved_tells_nothing(self):
        """Rows and lines made up by the client compute nothing of others' records."""
        for account in (self.account_a, self.account_b):
            need = self.env["club.need"].create(
                {"name": "Cold chain", "account_id": account.id}
            )
        handover = self._draw_up()
        self._call(self.manager, handover._name, "action_submit", handover.ids)
        row = {"res_model": "club.need", "res_id": need.id, "kind": "need"}
        for user in (self.manager, self.other_lead, self.clerk):
            found = self._try_form(user, "club.today", row, "name", "display_name")
            self.assertNotIn("Cold chain", str(found), user.login)
        # Both read the hand-over; of an account that it doesn't name it tells nothing.
        for account, told in ((self.account_a, {0, 1}), (self.account_b, {0})):
            values = {"handover_id": handover.id, "account_id": account.id}
            for user in (self.other_manager, self.clerk):
                found = self._try_form(user, "club.handover.line", values, "need_count")
                self.assertIn(found.get("need_count", 0), told, user.login)

    def _try_form(self, user, model, values, *fields):
        """Return what a form with these values computes, nothing if it is refused."""
        try:
            with self.cr.savepoint():
                found = self._call(
                    *(user, model, "onchange", []),
                    values=values,
                    field_names=[*values],
                    fields_spec={name: {} for name in (*values, *fields)},
                )
        except AccessError:
            return {}
        return found["value"]
