"""What a seed's actors fight over: a program, three accounts and their papers.

Made anew for each seed, in a company that all seeds share, so that a seed replayed by
itself finds the same things.
"""

import base64
from datetime import date

from odoo import Command

from .tide import read_tide

TODAY = date(2026, 5, 2)
LAST_DAY = date(2026, 4, 30)  # of the old points: over for who runs their expiry
MONTH, EARLIER = date(2026, 4, 1), date(2026, 3, 1)
OLD_LOT, NEW_LOT = LAST_DAY, date(2027, 6, 30)
OLD_POINTS, NEW_POINTS = 300, 700
# The amounts are 20 × a power of four, each used once. Sums of any of them then show
# in base 4 what was counted, and what twice.
STEP, DIGITS = 20, 10


class World:
    """The things of one seed."""

    def __init__(self, case, seed, random):
        self.case, self.env, self.random = case, case.env, random
        self.name = f"W{seed}"
        self.tide = read_tide(self.env)
        self.digits = random.sample(range(DIGITS), DIGITS)
        self.amounts = []
        self.rates = {case.categ_parcels.id: {"1.0"}, case.categ_letters.id: {"0.5"}}
        self._shared = {}
        self.program = case._create_program(
            case.company, requalification_window="complete"
        )
        type(case).program = self.program  # of which the fixture makes things
        self.grade = self.program.group_ids.filtered(lambda g: g.code == "grade")
        self.membership = self.program.group_ids - self.grade
        case._create_rate(case.categ_letters, 0.5)
        case._create_rate(case.categ_parcels, 1.0)
        self.unit = self.env["crm.team"].create(
            {
                "name": f"{self.name} Quay",
                "company_id": case.company.id,
                "user_id": case.lead.id,
                "member_ids": [Command.link(case.clerk.id)],
                "clerk_ids": [
                    Command.create(
                        {"user_id": case.clerk.id, "date_from": date(2020, 1, 1)}
                    )
                ],
            }
        )
        self.accounts = self.env["res.partner"].create(
            [
                {
                    "name": f"{self.name} {letter}",
                    "ref": f"{self.name}{letter}",
                    "is_company": True,
                    "club_unit_id": unit.id,
                }
                for letter, unit in (
                    ("A", self.unit),
                    ("B", self.unit),
                    ("C", case.other_unit),
                )
            ]
        )
        for account in self.accounts:
            case._create_agreement(account, number=account.ref)
        self.first, self.second, self.third = self.accounts
        self._open_ledger()
        for _number in range(random.randint(1, 3)):
            self.add_revenue(random.choice(self.accounts))

    def once(self, key, make):
        """Return what several actors share; the first one makes it."""
        if key not in self._shared:
            self._shared[key] = make()
        return self._shared[key]

    def get_shared(self, key):
        """Return what several actors share, None where nobody made it."""
        return self._shared.get(key)

    def is_merged(self):
        """Tell whether one of the accounts turned out to be another one."""
        return len(self.accounts.exists()) < len(self.accounts)

    def next_amount(self):
        """Return an amount that no other fact of the world has."""
        amount = STEP * 4 ** self.digits.pop()
        self.amounts.append(amount)
        return amount

    # === The ledger so far === #

    def _open_ledger(self):
        """Give each account points of which some end soon, and one a membership."""
        run = self.env["club.points.run"]._create_guarded(
            [{"program_id": self.program.id, "month": EARLIER, "kind": "opening"}]
        )
        self.env.flush_all()
        self.env.cr.execute_values(
            """
            INSERT INTO club_points_entry (run_id, account_id, origin_id, kind, points,
                date, valid_until) VALUES %s
            """,
            [
                (run.id, account.id, account.id, "opening", points, EARLIER, until)
                for account in self.accounts
                for points, until in ((OLD_POINTS, OLD_LOT), (NEW_POINTS, NEW_LOT))
            ],
        )
        self.env.invalidate_all()
        run._set_totals(run._sum_units())
        run._post_ledger()
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.first.id,
                    "group_id": self.membership.id,
                    "tier_id": gold.id,
                    "date_from": date(2025, 5, 10),
                    "date_to": date(2026, 5, 9),
                    "origin": "opening",
                }
            ],
        )
        self.program._refresh_mirrors()

    # === Facts === #

    def add_revenue(self, account, month=MONTH):
        self.case._add_revenue(account, self.next_amount(), f"{month:%Y-%m}")

    def make_invoice(self, account, kind="out_invoice", amount=None):
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": account.id,
                "journal_id": self.case.journal.id,
                "invoice_date": MONTH,
                "date": MONTH,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.case.product.id,
                            "price_unit": amount or self.next_amount(),
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )

    def make_credit(self, account):
        """Return the draft credit note of an invoice that is posted."""
        invoice = self.make_invoice(account)
        invoice.action_post()
        return self.make_invoice(account, "out_refund", invoice.amount_untaxed)

    def make_statement(self, *accounts):
        """Return the text of a file with a row for each account."""
        rows = [
            f"{account.ref},{self.case.categ_parcels.name},2026-04,{self.next_amount()}"
            for account in accounts
        ]
        text = "\n".join(("account,category,month,amount", *rows))
        return base64.b64encode(text.encode()).decode()

    # === Papers === #

    def make_run(self, kind="revenue"):
        return self.env["club.points.run"].create(
            {
                "program_id": self.program.id,
                "month": MONTH,
                "kind": kind,
                "no_controls_reason": "Race",
            }
        )

    def make_redemption(self, account, points, reserved=False):
        redemption = (
            self.env["club.redemption"]
            .with_user(self.case.officer)
            .create(
                {
                    "program_id": self.program.id,
                    "account_id": account.id,
                    "points": points,
                    "reason": "Tea set",
                }
            )
        )
        if reserved:
            redemption.action_reserve()
        return redemption

    def make_adjustment(self, points, *signed):
        """Return a submitted adjustment that some have signed.

        :param points: by account
        """
        adjustment = (
            self.env["club.points.adjustment"]
            .with_user(self.case.clerk)
            .create(
                {
                    "program_id": self.program.id,
                    "unit_id": self.unit.id,
                    "reason": "Goodwill",
                    "line_ids": [
                        Command.create({"account_id": account.id, "points": value})
                        for account, value in points.items()
                    ],
                }
            )
        )
        return self._submit(adjustment, *signed)

    def make_rate(self, value, date_from):
        """Return a rate of parcels that waits for its one signature."""
        self.rates[self.case.categ_parcels.id].add(value)
        rate = (
            self.env["club.points.rate"]
            .with_user(self.case.lead)
            .create(
                {
                    "program_id": self.program.id,
                    "category_id": self.case.categ_parcels.id,
                    "value": float(value),
                    "date_from": date_from,
                    "note": "Costs went up",
                }
            )
        )
        return self._submit(rate)

    def make_override(self, account, code):
        """Return a tier to be set by hand that waits for its last signature."""
        tier = self.membership.tier_ids.filtered(lambda t: t.code == code)
        override = (
            self.env["club.tier.override"]
            .with_user(self.case.officer)
            .create(
                {
                    "account_id": account.id,
                    "group_id": self.membership.id,
                    "tier_id": tier.id,
                    "reason": "Promised",
                }
            )
        )
        return self._submit(override, self.case.signers["key_accounts"])

    def make_requalification(self):
        """Return a requalification that all have signed."""
        record = (
            self.env["club.requalification"]
            .with_user(self.case.officer)
            .create(
                {
                    "program_id": self.program.id,
                    "date_from": date(2026, 5, 1),
                    "date_to": date(2026, 5, 31),
                }
            )
        )
        record.action_prepare()
        self.case._give_reasons(record)
        if self.random.random() < 0.5:
            line = record.line_ids[0]
            tier = self.membership.tier_ids.filtered(lambda t: t.code == "vip")
            line.write({"decided_tier_id": tier.id, "override_reason": "Merger"})
        return self._submit(record, self.case.signers["executive"])

    def _submit(self, document, *signed):
        document.action_submit()
        for user in signed:
            document.with_user(user).action_sign()
        return document.with_env(self.env)

    # === The end === #

    def close(self):
        """Take the world out of the way of those to come."""
        if desk := self.get_shared("desk"):
            desk.close()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_revenue_line SET state = 'cancelled'"
            " WHERE account_id = ANY(%s)",
            [self.accounts.ids],
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET club_account_id = NULL"
            " WHERE club_account_id = ANY(%s)",
            [self.accounts.ids],
        )
        self.env.cr.execute(
            "UPDATE club_program SET active = FALSE WHERE id = %s", [self.program.id]
        )
        self.env.invalidate_all()
