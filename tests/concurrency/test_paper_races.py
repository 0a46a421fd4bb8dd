"""Papers whose lines, or what these name, change while they are submitted or issued."""

from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel.published_days import PUBLISHED
from ...kernel.working_days import LABOUR
from .books import BooksMixin
from .race_case import RaceCase

YEAR = 2026
DAY = date(YEAR, 4, 1)


@tagged("post_install", "-at_install")
class TestPaperRaces(BooksMixin, RaceCase):
    """Committed, in real sessions. Rules B8, B9, C6, D9, E3, E9, E11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls._set_up_books()
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "is_company": True}
        )
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.env["club.figure"]._create_guarded(
            [
                {
                    "company_id": cls.company.id,
                    "unit_id": cls.unit.id,
                    "code": "revenue",
                    "month": date(YEAR, 3, 1),
                    "value": 100,
                    "base": 0,
                }
            ]
        )
        cls._renew()

    def _as(self, user, model):
        return (
            self.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
        )

    def _write(self, user, record, values):
        number, model = record.id, record._name
        return user, lambda env: env[model].browse(number).write(values) and None

    # === What a settlement lists. Rule C6 === #

    def _take_effect(self):
        contract = self.env["club.cooperation"].create(
            {
                "company_id": self.company.id,
                "unit_id": self.unit.id,
                "partner_id": self.supplier.id,
                "purpose": "venue",
                "subject": "Hall",
                "date_from": date(2026, 1, 1),
                "date_to": date(2026, 12, 31),
                "amount": 1_000,
            }
        )
        contract._set_opening("Test")
        return contract

    def _list(self, contract):
        sheet = self._as(self.lead, "club.settlement").create(
            {
                "company_id": self.company.id,
                "cooperation_id": contract.id,
                "unit_id": self.unit.id,
                "subject": "Hall",
            }
        )
        sheet.action_collect()
        self.assertTrue(sheet.line_ids)
        return sheet

    def _call_off(self, contract):
        calloff = self._as(self.officer, "club.cooperation.calloff").create(
            {
                "cooperation_id": contract.id,
                "description": "An evening",
                "amount": 400,
                "date": DAY,
            }
        )
        calloff.action_confirm()
        return calloff

    def _bill(self, contract):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "ref": f"Bill of {contract.name}",
                "partner_id": self.supplier.id,
                "journal_id": self.purchases.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "An evening",
                            "price_unit": 400,
                            "account_id": self.expense.id,
                            "tax_ids": [Command.clear()],
                            "club_cooperation_id": contract.id,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def test_a_call_off_is_settled_and_taken_back(self):
        """Whoever comes second is told that it is settled, or isn't there any more."""
        contract = self._take_effect()
        calloff = self._call_off(contract)
        sheet = self._list(contract)
        told = self._race(
            self._press(self.lead, sheet, "action_submit"),
            self._press(self.officer, calloff, "action_cancel"),
        )
        self.assertEqual(len(told), 1)
        self.assertRegex(told[0], "is settled by|collect anew")
        self.env.invalidate_all()
        settled = sheet.with_env(self.env).approval_state == "waiting"
        state = calloff.with_env(self.env).state
        self.assertEqual(state, "confirmed" if settled else "cancelled")

    def test_a_bill_is_settled_and_taken_back(self):
        contract = self._take_effect()
        bill = self._bill(contract)
        sheet = self._list(contract)
        told = self._race(
            self._press(self.lead, sheet, "action_submit"),
            self._press(self.env.user, bill, "button_draft"),
        )
        self.assertEqual(len(told), 1)
        self.assertRegex(told[0], "is settled by|collect anew")
        self.env.invalidate_all()
        settled = sheet.with_env(self.env).approval_state == "waiting"
        self.assertEqual(bill.state, "posted" if settled else "draft")

    def test_a_settled_bill_leaves_its_contract(self):
        contract = self._take_effect()
        line = self._bill(contract).invoice_line_ids
        sheet = self._list(contract)
        told = self._race(
            self._press(self.lead, sheet, "action_submit"),
            self._write(self.env.user, line, {"club_cooperation_id": False}),
        )
        self.assertEqual(len(told), 1)
        self.env.invalidate_all()
        settled = sheet.with_env(self.env).approval_state == "waiting"
        self.assertEqual(bool(line.club_cooperation_id), settled)

    def test_a_sheet_is_collected_while_it_is_submitted(self):
        contract = self._take_effect()
        self._call_off(contract)
        sheet = self._list(contract)
        self._call_off(contract)
        self._race(
            self._press(self.lead, sheet, "action_submit"),
            self._press(self.lead, sheet, "action_collect"),
        )
        self._check_says_what_was_submitted(sheet)

    # === Lines of what is submitted. Rules B8, B9, D9 === #

    def _check_says_what_was_submitted(self, document):
        self.env.invalidate_all()
        document = document.with_env(self.env)
        self.assertEqual(document.approval_state, "waiting")
        document.approval_request_id._check_unchanged()

    def _race_with_line(self, line, values, document):
        """Change a line while its document is submitted: before that, or not at all."""
        user = document.env.user
        told = self._race(
            self._press(user, document, "action_submit"),
            self._write(user, line, values),
        )
        self._check_says_what_was_submitted(document)
        changed = not told
        for name, value in values.items():
            self.assertEqual(line.with_env(self.env)[name] == value, changed)

    def test_points_change_while_an_adjustment_is_submitted(self):
        document = self._as(self.clerk, "club.points.adjustment").create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Goodwill",
                "line_ids": [
                    Command.create({"account_id": self.account_a.id, "points": 10})
                ],
            }
        )
        self._race_with_line(document.line_ids, {"points": 9_000}, document)

    def test_a_line_is_added_while_an_adjustment_is_submitted(self):
        document = self._as(self.clerk, "club.points.adjustment").create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Goodwill",
                "line_ids": [
                    Command.create({"account_id": self.account_a.id, "points": 10})
                ],
            }
        )
        account = self._create_account("Another", club_unit_id=self.unit.id)
        number, account = document.id, account.id

        def add(env):
            env["club.points.adjustment.line"].create(
                {"adjustment_id": number, "account_id": account, "points": 5}
            )

        self._race(
            self._press(self.clerk, document, "action_submit"), (self.clerk, add)
        )
        self._check_says_what_was_submitted(document)

    def test_a_budget_is_decided_while_its_sheet_is_submitted(self):
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": self.membership.id,
                    "tier_id": self.tiers["gold"].id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2099, 12, 31),
                    "origin": "opening",
                }
            ],
        )
        document = self._as(self.officer, "club.budget").create(
            {"program_id": self.program.id, "year": 2031}
        )
        document.action_prepare()
        values = {"granted": 77, "reason": "Opens a branch"}
        self._race_with_line(document.line_ids[0], values, document)

    def test_an_account_joins_a_hand_over_that_is_submitted(self):
        """Rule D9: both confirm the same accounts."""
        (self.account_a | self.account_b).club_manager_id = self.manager
        other = self._create_user("user", "other_manager")
        document = self._as(self.manager, "club.handover").create(
            {
                "user_from_id": self.manager.id,
                "user_to_id": other.id,
                "line_ids": [Command.create({"account_id": self.account_a.id})],
            }
        )
        number, account = document.id, self.account_b.id

        def add(env):
            env["club.handover.line"].create(
                {"handover_id": number, "account_id": account}
            )

        self._race_anew(
            self._press(self.manager, document, "action_submit"), (self.manager, add)
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race_anew(self, *calls):
        """The second of both calls saw what the first had done."""
        found = self._at_once(*calls)
        for result, _tries in found:
            if isinstance(result, Exception):
                self.assertIsInstance(result, UserError)
        self.assertEqual(max(tries for _result, tries in found), 2, found)

    # === Lines of what is issued. Rules E9, E11 === #

    def test_a_goal_changes_while_its_scorecard_is_issued(self):
        template = self.env["club.scorecard.template"].create(
            {
                "name": "Test",
                "indicator_ids": [
                    Command.create(
                        {
                            "code": "revenue",
                            "method": "growth",
                            "goal": 10,
                            "weight": 100,
                        }
                    )
                ],
            }
        )
        card = self._as(self.officer, "club.scorecard").create(
            {
                "unit_id": self.unit.id,
                "year": 2025,
                "template_id": template.id,
                "unposted_reason": "Without points then",
            }
        )
        self._race_anew(
            self._press(self.officer, card, "action_issue"),
            self._write(self.officer, card.line_ids, {"goal": 99}),
        )

    def _draw_up_bulletin(self, kind="month", unit=None):
        bulletin = self._as(self.officer, "club.bulletin").create(
            {
                "month": date(2026, 3, 1),
                "kind": kind,
                "company_id": self.company.id,
                "unit_id": unit and unit.id,
                "user_ids": [Command.set(self.manager.ids)],
            }
        )
        bulletin.action_generate()
        return bulletin

    def test_a_text_changes_while_its_bulletin_is_issued(self):
        bulletin = self._draw_up_bulletin()
        self._race_anew(
            self._press(self.officer, bulletin, "action_issue"),
            self._write(self.officer, bulletin.section_ids[0], {"text": "<p>New</p>"}),
        )

    def test_a_companys_first_two_bulletins(self):
        """They are numbers 1 and 2: the series is made once."""
        bulletins = [
            self._draw_up_bulletin("quarter", unit)
            for unit in (self.env["crm.team"], self.unit)
        ]
        told = self._race(
            *[self._press(self.officer, each, "action_issue") for each in bulletins]
        )
        self.assertFalse(told)
        self.env.invalidate_all()
        names = sorted(each.with_env(self.env).name for each in bulletins)
        self.assertEqual([name[-3:] for name in names], ["001", "002"])

    # === The calendar. Rule B5 === #

    def test_a_run_is_made_while_its_year_is_loaded(self):
        """The next job sees both, and moves what was due by the days before."""
        lines = [
            {
                "occasion": each.name,
                "date_from": each.first,
                "date_to": each.last + timedelta(days=each.name == LABOUR),
                **{f"made_up_{n}": day for n, day in enumerate(each.made_up, 1)},
            }
            for each in PUBLISHED[YEAR]
        ]
        days = self.env["club.day"]
        self.addCleanup(self._renew)
        self.addCleanup(days._load, YEAR, PUBLISHED[YEAR])
        program, made = self.program.id, []

        def load(env):
            commands = [Command.create(line) for line in lines]
            values = {"year": YEAR, "line_ids": commands}
            env["club.day.load"].create(values).action_load()

        def create(env):
            values = {"program_id": program, "month": DAY}
            made[:] = env["club.points.run"].create(values).ids

        triggers = self.env["ir.cron.trigger"].search([])
        self.assertFalse(self._race((self.officer, load), (self.officer, create)))
        self.env.invalidate_all()
        cron = self.env.ref("crm_club.ir_cron_club_day")
        self.assertIn(cron, (triggers.search([]) - triggers).cron_id)
        days._cron_ensure_years()
        self.env.flush_all()
        run = self.env["club.points.run"].browse(made)
        # Of May the 6th is off as well, and Saturday the 9th is worked.
        self.assertEqual(run.date_deadline, date(2026, 5, 19))
        self.assertNotIn(date(2026, 5, 6), days._get_working_days()[2])
