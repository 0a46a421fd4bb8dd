"""The overview of units, and with what each role begins. Rules B5, D9, E2, E5."""

import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..care.duty_case import DutyCase
from ..common import TODAY, month

NUMBERS = ("open_duties", "late_duties", "open_complaints", "at_risk", "managers")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestOverview(DutyCase):
    """Two units, one with a unit below it, and a month whose run is computed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.below = cls.env["crm.team"].create(
            {
                "name": "Quay 2",
                "company_id": cls.company.id,
                "club_level": "branch",
                "parent_id": cls.unit.id,
            }
        )
        cls.account_c = cls._create_account(
            "Canal Silk", club_unit_id=cls.below.id, club_manager_id=cls.manager.id
        )

    def _get_cards(self, user=None):
        """Return ``{unit: its card}`` as the user sees them; False is the month's."""
        self.env.flush_all()
        self.env.invalidate_all()
        cards = self.env["club.overview"].with_user(user or self.officer)
        cards = cards.with_context(allowed_company_ids=self.company.ids)
        return {
            card.unit_id.with_env(self.env) or False: card for card in cards.search([])
        }

    def _get_listed(self, card, name):
        """Return how many records the number's list has."""
        action = getattr(card, f"action_open_{name}")()
        return card.env[action["res_model"]].search_count(action["domain"])

    def _complain(self, account):
        return self.env["club.need"].create(
            {
                "name": "Late parcel",
                "account_id": account.id,
                "is_complaint": True,
                "kind": "service",
                "date_due": TODAY,
            }
        )

    # === Numbers === #

    def test_each_number_opens_as_many_records(self):
        """Also of the units below, for officer, lead and auditor."""
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_c, "vip", TODAY)
        self._complain(self.account_a)
        self._complain(self.account_c)
        owed = [("account_id", "=", self.account_a.id), ("state", "=", "open")]
        late = self.duties.search(owed, limit=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_duty SET date_due = %s WHERE id = %s",
            [TODAY - timedelta(days=1), late.id],
        )
        for user in (self.officer, self.lead, self.auditor):
            cards = self._get_cards(user)
            card = cards[self.unit]
            self.assertEqual(card.open_complaints, 2, user.login)
            self.assertEqual(card.at_risk, 2, "complaints are a risk")
            self.assertEqual(card.members, 2)
            self.assertTrue(card.open_duties)
            self.assertEqual(card.late_duties, 1)
            self.assertEqual(cards[self.below].open_complaints, 1)
            for name, number in (
                ("duties", card.open_duties),
                ("late", card.late_duties),
                ("complaints", card.open_complaints),
                ("at_risk", card.at_risk),
                ("members", card.members),
            ):
                with self.subTest(user=user.login, number=name):
                    self.assertEqual(self._get_listed(card, name), number)

    def test_members_are_told_by_tier(self):
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_c, "gold", TODAY)
        card = self._get_cards()[self.unit]
        self.assertEqual(card.members_text, f"{self.tiers['gold'].name} 2")

    def test_a_manager_counts_once_in_the_unit_above(self):
        """Rule D2: persons, not rows of loads."""
        cards = self._get_cards()
        self.assertEqual(cards[self.unit].managers, 1)
        self.assertEqual(cards[self.below].managers, 1)
        self.assertEqual(cards[self.unit].overloaded, 0)
        self.tiers["gold"].accounts_per_manager = 1
        self._join(self.account_a, "gold", TODAY)
        self._join(self.account_c, "gold", TODAY)
        self.assertEqual(self._get_cards()[self.unit].overloaded, 1)

    def test_the_months_run_is_told_by_unit(self):
        """Rule B5: how many of the units with lines are verified."""
        self._add_revenue(self.account_a, 1000, "2026-03")
        self._add_revenue(self.account_c, 1000, "2026-03")
        run = self.env["club.points.run"].create(
            {"program_id": self.program.id, "month": "2026-03-01"}
        )
        run.action_compute()
        parts = run.unit_ids.grouped("unit_id")
        parts[self.below].with_user(self.officer).write({"no_records_reason": "Few"})
        parts[self.below].with_user(self.officer).action_verify()
        for user in (self.officer, self.lead, self.finance):
            cards = self._get_cards(user)
            card = cards[self.unit]
            self.assertEqual((card.units_verified, card.units_with_lines), (1, 2))
            self.assertEqual(self._get_listed(card, "units"), 2)
            self.assertEqual(cards[self.below].units_verified, 1)
            self.assertEqual(cards[False].run_id, run)
            self.assertEqual(cards[False].units_state, "open")

    # === The month === #

    def test_the_months_card_says_what_the_run_says(self):
        cards = self._get_cards()
        self.assertIn("haven't been computed", cards[False].month_text)
        self.assertFalse(cards[False].files_state)
        self.assertFalse(cards[False].action_open_run().get("res_id"))
        self._add_revenue(self.account_a, 1000, "2026-03")
        run = self._post_run("2026-03")
        card = self._get_cards()[False]
        self.assertEqual(card.action_open_run()["res_id"], run.id)

    def test_a_club_that_is_not_set_up_says_what_is_missing(self):
        """Rule A14: to officers, and to nobody else."""
        card = self._get_cards()[False]
        self.assertFalse(card.is_set_up)
        self.assertIn("club_take_on_action", card.set_up_html)
        for user in (self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                _ = self._get_cards(user)[False].set_up_html

    # === Whose units === #

    def test_who_sees_which_units(self):
        """Rule E2: leads theirs and those below, managers none."""
        self.assertEqual(
            {False, self.unit, self.below}, set(self._get_cards(self.lead))
        )
        for user in (self.officer, self.finance, self.auditor):
            self.assertLessEqual(
                {False, self.unit, self.below, self.other_unit},
                set(self._get_cards(user)),
            )
        for user in (self.manager, self.clerk):
            with self.assertRaises(AccessError):
                self._get_cards(user)

    def test_a_card_of_others_neither_tells_nor_opens(self):
        """Whoever guesses its number is refused, and so is whoever would write it."""
        card = self._get_cards()[self.other_unit]
        for user in (self.lead, self.manager):
            other = card.with_user(user)
            with self.assertRaises(AccessError):
                other.read(["open_duties"] if user == self.lead else ["members"])
            for name in ("members", "late", "units", "run"):
                with self.assertRaises(AccessError):
                    getattr(other, f"action_open_{name}")()
        with self.assertRaises(UserError):
            card.write({"unit_id": self.unit.id})

    def test_finance_is_not_told_what_is_owed(self):
        card = self._get_cards(self.finance)[self.unit]
        for name in NUMBERS:
            with self.assertRaises(AccessError):
                _ = card[name]

    def test_nobody_sees_another_companys_units(self):
        other = self._create_club_company("Other Post")
        unit = self.env["crm.team"].create(
            {"name": "Far", "company_id": other.id, "club_level": "branch"}
        )
        self.officer.company_ids += other
        self.assertNotIn(unit, self._get_cards())
        cards = self.env["club.overview"].with_user(self.officer)
        cards = cards.with_context(allowed_company_ids=(other + self.company).ids)
        self.assertEqual(cards.search([]).unit_id.with_env(self.env), unit)

    # === Speed === #

    def test_as_many_queries_for_5_and_500_units(self):
        spec = {
            name: {}
            for name, field in self.env["club.overview"]._fields.items()
            if not field.groups or self.officer.has_groups(field.groups)
        }

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            cards = self.env["club.overview"].with_user(self.officer)
            cards = cards.with_context(allowed_company_ids=self.company.ids)
            cards.web_search_read([], spec, limit=1000)  # caches are filled
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = cards.web_search_read([], spec, limit=1000)
            return len(found["records"]), self.env.cr.sql_log_count - before

        few, queries = count()
        self.env["crm.team"].create(
            [
                {
                    "name": f"Unit {number}",
                    "company_id": self.company.id,
                    "club_level": "branch",
                    "parent_id": self.unit.id,
                }
                for number in range(500)
            ]
        )
        many, queries_of_many = count()
        self.assertEqual(many, few + 500)
        self.assertEqual(queries_of_many, queries)

    def _add_figures(self, unit, code, *rows, company=None):
        self.env["club.figure"]._create_guarded(
            [
                {
                    "company_id": (company or self.company).id,
                    "unit_id": unit.id,
                    "month": month(text),
                    "code": code,
                    "value": value,
                    "base": base,
                }
                for text, value, base in rows
            ]
        )

    def test_a_unit_of_two_companies_tells_of_the_one_in_use(self):
        """Rule E5: what hangs below it in the other company is this one's only."""
        self.below.parent_id = False
        self.unit.company_id = False
        beside = self._create_club_company("Lake Post")
        pier = self.env["crm.team"].create(
            {"name": "Pier", "company_id": beside.id, "parent_id": self.unit.id}
        )
        self._add_figures(self.unit, "members", ("2026-03", 4, 0))
        self._add_figures(self.unit, "verified_on_time", ("2026-03", 1, 1))
        for unit in (self.unit, pier):
            for code in ("members", "verified_on_time"):
                self._add_figures(unit, code, ("2026-03", 7, 7), company=beside)
        card = self._get_cards(self.lead)[self.unit]
        [line] = json.loads(card.members_graph)
        self.assertEqual(line["values"][-1]["y"], 4)
        self.assertEqual((card.months_on_time, card.months_to_verify), (1, 1))

    def test_twelve_months_are_drawn_and_counted(self):
        """Rule E5: with the units below; older months and this one don't count."""
        self.assertFalse(self._get_cards()[self.unit].members_graph)
        months = (("2025-03", 9, 0), ("2026-03", 4, 0), ("2026-04", 9, 0))
        self._add_figures(self.unit, "members", *months)
        self._add_figures(self.below, "members", ("2026-03", 1, 0))
        for unit in (self.unit, self.below):
            self._add_figures(unit, "verified_on_time", ("2026-02", 1, 1))
        self._add_figures(self.unit, "verified_on_time", ("2026-03", 0, 1))
        card = self._get_cards(self.finance)[self.unit]
        [line] = json.loads(card.members_graph)
        self.assertEqual(len(line["values"]), 12)
        self.assertEqual(line["values"][0], {"x": "Apr 2025", "y": 0})
        self.assertEqual(line["values"][-1], {"x": "Mar 2026", "y": 5})
        self.assertEqual((card.months_on_time, card.months_to_verify), (2, 3))
