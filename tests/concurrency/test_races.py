"""Races that everybody thinks of, each with what its second comer is told."""

import base64
from contextlib import suppress

import psycopg2

from odoo import fields
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..worth.gift_case import GiftMixin
from ..worth.take_on_case import SIGNERS, make_sheet
from .race_case import RaceCase


@tagged("post_install", "-at_install")
class TestRaces(GiftMixin, RaceCase):
    """Committed, in real sessions. Rules A12, B2, B5, B9, B15, D17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls._renew()

    def _approve(self, documents):
        for document in documents:
            document.with_user(self.officer).action_submit()
            for name in SIGNERS:
                document.with_user(self.signers[name]).action_sign()

    def _make_run(self, amount, in_month="2026-03", category=None):
        """Return a run that is verified, of an account with this revenue."""
        account = self._create_account("Account", club_unit_id=self.unit.id)
        self._add_revenue(account, amount, in_month, category)
        run = self._create_run(in_month)
        run.action_compute()
        self._verify_all(run)
        return account, run

    def test_two_people_post_one_run(self):
        account, run = self._make_run(1_000)
        told = self._race(*[self._press(self.officer, run, "action_post")] * 2)
        self.assertEqual(len(told), 1)
        self.assertIn("is posted already", told[0])
        self.assertEqual(self._get_points(account), 1_000)

    def test_two_people_post_two_runs_with_the_same_points(self):
        account, run = self._make_run(1_000)
        other = self._create_run()
        other.action_compute()
        self._verify_all(other)
        told = self._race(
            self._press(self.officer, run, "action_post"),
            self._press(self.officer, other, "action_post"),
        )
        self.assertEqual(len(told), 1)
        self.assertIn("that no points are posted twice", told[0])
        self.assertEqual(self._get_points(account), 1_000)
        self.assertFalse(self.program._find_broken_run())

    def _join(self, account, head):
        number, above = account.id, head.id
        return self.officer, lambda env: (
            env["res.partner"].browse(number).write({"club_head_id": above})
        )

    def test_two_heads_at_once_make_no_circle(self):
        """Rule A12: each becomes the other's branch; the second one is refused."""
        east, west = self._create_accounts(["East", "West"])
        told = self._race(self._join(east, west), self._join(west, east))
        self.assertEqual(len(told), 1)
        self.assertIn("another head first", told[0])
        self.env.invalidate_all()
        self.assertEqual(len((east | west).filtered("club_head_id")), 1)

    def test_a_long_circle_is_met_in_the_middle(self):
        """Two join the ends of two chains: they share no account that they name."""
        accounts = self._create_accounts(["One", "Two", "Three", "Four"])
        one, two, three, four = accounts
        one.club_head_id = two
        three.club_head_id = four
        told = self._race(self._join(two, three), self._join(four, one))
        self.assertEqual(len(told), 1)
        self.env.invalidate_all()
        self.assertEqual(len(accounts.filtered("club_head_id")), 3)

    def test_two_heads_for_one_account(self):
        east, west, head = self._create_accounts(["East", "West", "Head"])
        self.assertFalse(self._race(self._join(head, east), self._join(head, west)))
        lines = self.env["club.account.head"].search(
            [("account_id", "=", head.id), ("date_to", "=", False)]
        )
        self.env.invalidate_all()
        self.assertEqual(lines.head_id, head.club_head_id)
        self.assertEqual(len(lines), 1)

    def test_posting_while_a_rate_takes_effect(self):
        """At the old rate or the new; the next run has the difference."""
        account, run = self._make_run(1_000, "2026-02", self.categ_letters)
        values = {"program_id": self.program.id, "category_id": self.categ_letters.id}
        rate = self.env["club.points.rate"].create(
            {**values, "value": 2, "date_from": "2026-02-01"}
        )
        number = rate.id

        def take_effect(env):
            env["club.points.rate"].browse(number)._set_opening("Test")

        told = self._race(
            self._press(self.officer, run, "action_post"), (self.env.user, take_effect)
        )
        self.assertFalse(told)
        self._post_run("2026-02")
        self.assertEqual(self._get_points(account), 2_000)

    def test_take_on_is_applied_by_two(self):
        """Rule A14: its accounts come in once, and so do their points."""
        sheet = make_sheet(
            accounts=[{"name": "Taken at Once"}],
            points=[
                {
                    "account": "Taken at Once",
                    "kind": "bonus",
                    "points": 70,
                    "valid_until": "2099-12-31",
                }
            ],
        )
        document = self.env["club.take.on"].create(
            {"program_id": self.program.id, "file": base64.b64encode(sheet)}
        )
        self._approve(document)
        told = self._race(*[self._press(self.officer, document, "action_apply")] * 2)
        self.assertEqual(len(told), 1)
        self.assertIn("isn't approved", told[0])
        account = self.env["res.partner"].search([("name", "=", "Taken at Once")])
        self.assertEqual(len(account), 1)
        self.assertEqual(self._get_points(account), 70)

    def test_take_on_that_ends_in_the_middle_leaves_nothing(self):
        """Rule A14: whatever was made before; and it is applied afterwards."""
        sheet = make_sheet(
            accounts=[{"name": "Taken Half", "manager": self.manager.login}],
            contacts=[{"account": "Taken Half", "name": "Half Li"}],
            points=[
                {
                    "account": "Taken Half",
                    "kind": "bonus",
                    "points": 70,
                    "valid_until": "2099-12-31",
                }
            ],
        )
        document = self.env["club.take.on"].create(
            {"program_id": self.program.id, "file": base64.b64encode(sheet)}
        )
        self._approve(document)
        number = document.id
        self._renew()
        counted = (
            "SELECT count(*) FROM res_partner WHERE name ~ '^(Taken Half|Half Li)'"
        )
        # As when the server is killed: the session ends, and nobody says why.
        cr = self.registry.cursor()
        env = self.env(cr=cr, user=self.officer.id)
        env["club.take.on"].browse(number).action_apply()
        env.flush_all()
        cr.execute(counted)
        self.assertEqual(cr.fetchone(), (2,))
        self.env.cr.execute(
            "SELECT pg_terminate_backend(%s)", [cr._cnx.get_backend_pid()]
        )
        with suppress(psycopg2.Error), mute_logger("odoo.sql_db"):
            cr.close()
        self._renew()
        self.env.cr.execute(counted)
        self.assertEqual(self.env.cr.fetchone(), (0,))
        document = self.env["club.take.on"].browse(number)
        self.assertEqual(document.approval_state, "approved")
        self.assertFalse(document.account_ids)
        self.assertFalse(self.program._find_broken_run())
        self.assertFalse(
            self._race(self._press(self.officer, document, "action_apply"))
        )
        account = self.env["res.partner"].search([("name", "=", "Taken Half")])
        self.assertEqual(self._get_points(account), 70)

    def test_one_account_is_taken_on_by_two(self):
        """Rule A14: whoever comes second is told which document was first."""
        sheet = make_sheet(accounts=[{"name": "Taken by Two", "ref": "TBT"}])
        documents = self.env["club.take.on"].create(
            [{"program_id": self.program.id, "file": base64.b64encode(sheet)}] * 2
        )
        self._approve(documents)
        told = self._race(
            *[self._press(self.officer, each, "action_apply") for each in documents]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("stands against it", told[0])
        found = self.env["res.partner"].search_count([("ref", "=", "TBT")])
        self.assertEqual(found, 1)

    def test_the_last_of_a_gift_limit_is_promised_by_two(self):
        """Rule D17: whoever comes second is told what is left, and what took it."""
        account = self._create_account("Limited", club_unit_id=self.unit.id)
        self._classify(account, 500)
        lists = [
            self._draw_up_list(self._prepare_gift(300, account)) for _number in range(2)
        ]
        told = self._race(
            *[self._press(self.officer, each, "action_confirm") for each in lists]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("200.00", told[0])
        self.assertIn("Fruit basket (GIF/", told[0])
        states = sorted(each.with_env(self.env).state for each in lists)
        self.assertEqual(states, ["confirmed", "draft"])

    def test_one_file_is_imported_by_two(self):
        text = "account,category,month,amount\nC-A,Test Parcels,2026-03,7"
        values = {"file": base64.b64encode(text.encode()).decode(), "filename": "s.csv"}
        told = self._race(
            *[
                (
                    self.finance,
                    lambda env: (
                        env["club.revenue.upload"].create(values).action_import()
                        and None
                    ),
                )
            ]
            * 2
        )
        self.assertEqual(len(told), 1)
        self.assertIn("This file was imported before", told[0])
        lines = self.env["club.revenue.line"].search(
            [("account_id", "=", self.account_a.id), ("amount", "=", 7)]
        )
        self.assertEqual(len(lines), 1)

    def test_two_tiers_begin_for_who_had_none(self):
        """Nothing is there to be locked; the second one starts anew all the same."""
        account = self._create_account("New")
        program = self.program.with_company(self.company)
        last = program._get_override_limits(account, self.membership)[1]
        tiers = {tier.code: tier.id for tier in self.membership.tier_ids}
        numbers = self.program.id, account.id

        def begin(code):
            def do(env):
                program = env["club.program"].browse(numbers[0])
                tier = env["club.tier"].browse(tiers[code])
                date_to = fields.Date.to_date(last)
                partner = env["res.partner"].browse(numbers[1])
                program._set_override(partner, tier, date_to, "Test")

            return self.env.user, do

        self.assertFalse(self._race(begin("gold"), begin("platinum")))
        # Whoever came second corrects the tier of the same day, knowing of it.
        memberships = self.env["club.membership"].search(
            [("account_id", "=", account.id)], order="id"
        )
        self.assertEqual(memberships.mapped("state"), ["superseded", "valid"])
        self.assertEqual(
            set(memberships.tier_id.ids), {tiers["gold"], tiers["platinum"]}
        )

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_merging_starts_anew_when_papers_came_meanwhile(self):
        """What the merge's transaction can't see would keep the source undeleted."""
        target, source = (self._create_account(name) for name in ("Target", "Source"))
        papers, tries = [], []
        self._renew()

        def draw_up():
            with self.registry.cursor() as cr:
                redemption = self.env(cr=cr)["club.redemption"].create(
                    {
                        "program_id": self.program.id,
                        "account_id": source.id,
                        "points": 1,
                        "reason": "Tea set",
                    }
                )
                papers.append(redemption.id)

        def merge():
            env.cr.execute("SELECT 1")  # the transaction sees what is there now
            tries.append(1)
            if len(tries) == 1:
                draw_up()
            wizard = env["base.partner.merge.automatic.wizard"]
            wizard._merge((target | source).ids, env["res.partner"].browse(target.id))

        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            retrying(merge, env)
        self._renew()
        self.assertEqual(len(tries), 2)
        self.assertFalse(source.exists())
        redemption = self.env["club.redemption"].browse(papers)
        self.assertEqual(redemption.account_id, target)

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_merging_starts_anew_when_entries_came_meanwhile(self):
        """Entries have no foreign key: they'd be left with an account that is gone."""
        target, source = (self._create_account(name) for name in ("Target", "Source"))
        self._add_revenue(source, 20_000, "2026-02")
        self._post_run("2026-02")  # the ledger names the source by now
        self._add_revenue(source, 30_000)
        run = self._create_run()
        tries = []
        self._renew()

        def compute():
            with self.registry.cursor() as cr:
                self.env(cr=cr)["club.points.run"].browse(run.id).action_compute()

        def merge():
            env.cr.execute("SELECT 1")  # the transaction sees what is there now
            tries.append(1)
            if len(tries) == 1:
                compute()
            wizard = env["base.partner.merge.automatic.wizard"]
            wizard._merge((target | source).ids, env["res.partner"].browse(target.id))

        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            retrying(merge, env)
        self._renew()
        self.assertEqual(len(tries), 2)
        self.assertFalse(source.exists())
        self.assertIn(target, run.entry_ids.account_id)
        self.env.cr.execute(
            "SELECT count(*) FROM club_points_entry e WHERE NOT EXISTS"
            " (SELECT FROM res_partner p WHERE p.id = e.account_id)"
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
