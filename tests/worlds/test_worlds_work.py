"""What is done in each company and program. Rules A9, A13, B13, E1."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..worth.card_case import CardMixin
from .worlds_case import WorldsCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsWork(CardMixin, WorldsCase):
    """Anchor Mills is a member of all programs, Beacon Foods of the Suburbs alone."""

    # === Standing === #

    def test_the_account_shows_its_standing_in_each_company(self):
        """The main program's; those of all programs stand on its page."""
        for company, tier in (
            (self.company, self._get_tier(self.program, "gold")),
            (self.lake, self._get_tier(self.lake_program, "platinum")),
            (self.coast, self._get_tier(self.coast_program, "vip")),
            (self.province, self.env["club.tier"]),
        ):
            account = self.account_a.with_env(self._in(company))
            self.assertEqual(account.club_tier_id.id, tier.id)
            terms = account.club_membership_ids
            self.assertEqual(account.club_has_programs, company == self.company)
            expected = 2 if company == self.company else 0
            self.assertEqual(len(account.club_standing_ids), expected)
            self.assertEqual(bool(tier), company in terms.sudo().company_id)
        self.assertFalse(self.account_b.club_tier_id)
        self.assertEqual(
            self.account_b.club_standing_ids, self.terms[self.suburbs, self.account_b]
        )

    def test_accounts_show_the_program_that_is_the_main_one_now(self):
        """Whoever puts the programs in another order sees it at once."""
        account, other = self.account_a, self.account_b
        self.suburbs.sequence = 1
        self.env.invalidate_all()
        self.assertEqual(account.club_tier_id, self._get_tier(self.suburbs, "diamond"))
        self.assertEqual(other.club_tier_id, self._get_tier(self.suburbs, "vip"))
        self.assertEqual(account.club_tier_id.display_name, "Diamond")
        self.assertEqual(
            account.with_company(self.lake).club_tier_id,
            self._get_tier(self.lake_program, "platinum"),
        )
        self.suburbs.active = False
        self.env.invalidate_all()
        self.assertEqual(account.club_tier_id, self._get_tier(self.program, "gold"))
        self.assertFalse(other.club_tier_id)

    def test_a_tier_of_another_program_is_nobodys(self):
        overrides = self._as(self.env["club.tier.override"], self.both)
        for group, tier in (
            (self._get_group(self.program), self._get_tier(self.suburbs, "gold")),
            (self._get_group(self.program), self._get_tier(self.lake_program, "gold")),
        ):
            with self.assertRaises(UserError):
                overrides.create(
                    {
                        "account_id": self.account_b.id,
                        "group_id": group.id,
                        "tier_id": tier.id,
                        "reason": "Agreed",
                    }
                )

    def test_a_bar_is_of_its_own_program(self):
        indicators = self.env["club.indicator"].create(
            [
                {"program_id": program.id, "code": "overdue_days", "name": "Late"}
                for program in (self.program, self.suburbs)
            ]
        )
        bar = {"tier_id": self._get_tier(self.program, "gold").id, "bound": 5}
        with self.assertRaisesRegex(ValidationError, "no indicator of"):
            self.env["club.tier.bar"].create({**bar, "indicator_id": indicators[1].id})
        self.env["club.tier.bar"].create({**bar, "indicator_id": indicators[0].id})

    # === What a company begins with === #

    def test_each_company_has_its_defaults_once(self):
        """However many programs it has; a company without a club has none."""
        self.type.active = False  # the tests' own
        for name in (
            *("club.body", "club.approval.policy", "club.activity.type"),
            "club.duty.rule",
        ):
            counts = {
                company: self.env[name]
                .sudo()
                .search_count([("company_id", "=", company.id)])
                for company in (self.company, self.lake, self.coast, self.province)
            }
            self.assertFalse(counts.pop(self.province), name)
            self.assertEqual(len(set(counts.values())), 1, name)
            self.assertTrue(counts[self.company], name)

    # === Cards === #

    def _issue(self, program, user):
        term = self.terms[program, self.account_a]
        cards = self._as(self.env["club.card"], user)
        return cards.create({"membership_id": term.id}).with_env(self.env)

    def test_a_card_of_each_program(self):
        cards = self.env["club.card"].union(
            *(
                self._issue(program, user)
                for program, user in (
                    (self.program, self.officer),
                    (self.suburbs, self.officer),
                    (self.lake_program, self.lake_users["officer"]),
                )
            )
        )
        self.assertNotEqual(*cards[:2].mapped("number"))  # unique in a company
        for card in cards[:2]:
            self._hand_over(card)
        self.assertEqual(cards.filtered("is_valid"), cards[:2])
        for companies in (self.company | self.lake, self.lake | self.company):
            rows = self._as(cards, self.both, companies)
            units = [row.unit_id.id for row in rows]
            self.assertEqual(units, [*(2 * self.unit.ids), self.lake_unit.id])

    # === Rewards === #

    def test_a_reward_costs_points_of_its_program(self):
        for company in (self.company, self.lake):
            self._book_revenue(company, self.account_a, 1_000, "2026-02")
        self._post(self.suburbs, "2026-02")
        here, there = (
            self._create_reward(price=100, stock=5, program_id=program.id)
            for program in (self.program, self.suburbs)
        )
        self._order(there, 3)
        with self.assertRaises(UserError):
            self._order(here, 1)
        with self.assertRaises(UserError):
            self._draw_up_order(there, 1).program_id = self.program
        with self.assertRaises(AccessError):
            self._draw_up_order(there, 1, user=self.lake_users["officer"])

    # === Signatures === #

    def test_a_document_is_signed_in_its_company(self):
        """By its company's policy, bodies and people; the other one's don't see it."""
        seats = {}
        for company, users in ((self.company, None), (self.lake, self.lake_users)):
            for code in ("executive", "key_accounts", "office", "leader"):
                [user] = self._create_users(company, **{f"{code}_{company.id}": None})
                seats[company, code] = user
                self._create_seat(code, user, company=company)
            self.assertNotEqual(users, {})
        documents = {}
        for company, unit, user in (
            (self.company, self.unit, self.clerk),
            (self.lake, self.lake_unit, self.lake_users["clerk"]),
        ):
            kind = self.env["club.activity.type"].create(
                {"name": "Talk", "code": "talk", "company_id": company.id}
            )
            activities = self._as(self.env["club.activity"], user)
            documents[company] = activities.create(
                {
                    "type_id": kind.id,
                    "theme": "Tea",
                    "unit_id": unit.id,
                    "reason": "They asked for it",
                    "date_begin": self.begin,
                    "date_end": self.end,
                    "place": "Tea house",
                    "headcount": 30,
                    "cost_ids": [
                        Command.create(
                            {"kind": "venue", "name": "Hall", "amount": 20_000}
                        )
                    ],
                }
            )
            documents[company].action_submit()
        for company, document in documents.items():
            request = document.sudo().approval_request_id
            self.assertEqual(request.company_id, company)
            bodies = request.signature_ids.body_id
            self.assertLessEqual(bodies.company_id, company)
            self.assertIn("key_accounts", bodies.mapped("code"))
        with self.assertRaises(AccessError):
            documents[self.lake].with_user(
                seats[self.company, "key_accounts"]
            ).action_sign()
        for document in documents.values():
            for _turn in range(4):
                if document.approval_state == "waiting":
                    signer = self._find_signers(document)[:1]
                    self._as(document, signer).action_sign()
                    self.env.invalidate_all()
            self.assertEqual(document.sudo().approval_state, "done")

    # === Papers === #

    def test_a_roster_names_programs_and_companies(self):
        terms = self.env["club.membership"].union(*self.terms.values())
        terms = terms.filtered(lambda term: term.company_id != self.coast)
        roster = self._as(self.env["club.xlsx.roster"], self.both)
        groups = roster._get_roster_data(self._as(terms, self.both))
        self.assertEqual(
            [group.program_id.id for group in groups],
            [self.program.id, self.lake_program.id, self.suburbs.id],
        )
        units = {
            group.program_id.id: {member.unit for member in members}
            for group, members in groups.items()
        }
        self.assertEqual(units[self.lake_program.id], {"Pier"})
