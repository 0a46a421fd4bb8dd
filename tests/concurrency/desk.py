"""A year's papers for a seed's actors: a contract, a budget sheet, tariffs, figures and
what is reported of them, the calendar. Each made only for seeds in which somebody asks
for it.
"""

from datetime import date, timedelta
from functools import cached_property

from odoo import Command

from ...kernel.published_days import PUBLISHED
from ...kernel.working_days import LABOUR
from .world import EARLIER, MONTH

CONTRACT, CALL, SUPPLEMENT = 1_000, 400, 300
BUDGET_RATE = 0.05
YEAR = MONTH.year
TARIFF = 5  # %


class Desk:
    """What a seed's actors meet over, besides the ledger and the day."""

    def __init__(self, world):
        self.world, self.case, self.env = world, world.case, world.env
        self.today = world.program.company_id._club_today()
        self.gold = world.membership.tier_ids.filtered(lambda t: t.code == "gold")

    def once(self, key, make):
        return self.world.once(f"desk {key}", make)

    def has(self, name):
        """Tell whether somebody has asked for one of the things below."""
        return name in vars(self)

    def _as(self, user, model):
        companies = self.case.company.ids
        found = self.env[model].with_user(user)
        return found.with_context(allowed_company_ids=companies)

    # === A contract === #

    @cached_property
    def contract(self):
        contract = self.env["club.cooperation"].create(
            {
                "company_id": self.case.company.id,
                "unit_id": self.world.unit.id,
                "partner_id": self.case.supplier.id,
                "purpose": "venue",
                "subject": f"{self.world.name} Hall",
                "date_from": date(YEAR, 1, 1),
                "date_to": date(YEAR, 12, 31),
                "amount": CONTRACT,
            }
        )
        contract._set_opening("Test")
        return contract

    def make_calloff(self):
        return self._as(self.case.officer, "club.cooperation.calloff").create(
            {
                "cooperation_id": self.contract.id,
                "description": "An evening",
                "amount": CALL,
                "date": MONTH,
            }
        )

    def make_ordered(self):
        """Return a call-off that is confirmed."""
        calloff = self.make_calloff()
        calloff.action_confirm()
        return calloff

    def make_bill(self, calloff=None):
        """Return a draft bill of the contract, maybe of a call-off."""
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "ref": f"{self.world.name} {self.world.random.random()}",
                "partner_id": self.case.supplier.id,
                "journal_id": self.case.purchases.id,
                "invoice_date": MONTH,
                "date": MONTH,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "An evening",
                            "price_unit": CALL,
                            "account_id": self.case.expense.id,
                            "tax_ids": [Command.clear()],
                            "club_cooperation_id": self.contract.id,
                            "club_calloff_id": calloff and calloff.id,
                        }
                    )
                ],
            }
        )

    def make_posted(self):
        bill = self.make_bill()
        bill.action_post()
        return bill

    def make_settlement(self):
        """Return a sheet that lists what isn't settled yet."""
        sheet = self._as(self.case.lead, "club.settlement").create(
            {
                "company_id": self.case.company.id,
                "cooperation_id": self.contract.id,
                "unit_id": self.world.unit.id,
                "subject": f"{self.world.name} Hall",
                "date": MONTH,
            }
        )
        sheet.action_collect()
        return sheet

    def make_supplement(self):
        """Return a supplement that waits for its last signature."""
        supplement = self._as(self.case.lead, "club.cooperation.supplement").create(
            {
                "cooperation_id": self.contract.id,
                "amount": SUPPLEMENT,
                "reason": "More guests",
            }
        )
        return self._sign_but_last(supplement)

    def _sign_but_last(self, document):
        """Submit a document and have it signed, but for the last signature."""
        document.action_submit()
        document = document.with_env(self.env)
        while len(self._get_unsigned(document)) > 1:
            signer = self.case._find_signers(document)[0]
            document.with_user(signer).action_sign()
            self.env.invalidate_all()
        return document

    def _get_unsigned(self, document):
        request = document.approval_request_id.sudo()
        return request.signature_ids.filtered(
            lambda signature: signature.state not in ("signed", "omitted")
        )

    def find_last_signer(self, document):
        return self.case._find_signers(document)[0]

    # === Budgets and tariffs === #

    @cached_property
    def budget(self):
        """A sheet of the year to come, prepared."""
        self.gold.budget_rate = BUDGET_RATE
        sheet = self._as(self.case.officer, "club.budget").create(
            {"program_id": self.world.program.id, "year": YEAR + 1}
        )
        sheet.action_prepare()
        return sheet

    def make_tariff(self):
        """Return a tariff that waits for its last signature.

        Where one is in force already it begins after that.
        """
        later = timedelta(10 if self.has("tariff") else 0)
        return self._sign_but_last(self._draw_up_tariff(self.today + later))

    @cached_property
    def tariff(self):
        """A tariff that is in force, and ends before others begin."""
        tariff = self._draw_up_tariff(
            self.today - timedelta(9), date_to=self.today + timedelta(9)
        )
        tariff.with_env(self.env)._set_opening("Test")
        return tariff

    def _draw_up_tariff(self, date_from, **values):
        return self._as(self.case.officer, "club.tariff").create(
            {
                "program_id": self.world.program.id,
                "tier_id": self.gold.id,
                "discount": TARIFF,
                "date_from": date_from,
                "reason": "They send much",
                **values,
            }
        )

    # === Figures, and what is reported of them === #

    def refresh_figures(self):
        """Work out the figures of the months in which something happened."""
        self.env["club.figure"].sudo()._refresh(
            self.case.company, date(YEAR, 3, 1), self.today
        )

    @cached_property
    def bulletins(self):
        """The bulletins of a month and of its quarter, drawn up."""
        self.once("figures", self.refresh_figures)
        bulletins = self._as(self.case.officer, "club.bulletin").create(
            [
                {
                    "month": EARLIER,
                    "kind": kind,
                    "company_id": self.case.company.id,
                    "unit_id": self.world.unit.id,
                    "user_ids": [Command.set(self.case.manager.ids)],
                    "correction": False,
                }
                for kind in ("month", "quarter")
            ]
        )
        for bulletin in bulletins:
            bulletin.action_generate()
        return bulletins

    @cached_property
    def target(self):
        """A target of the month, which another seed may have closed."""
        return self.env["club.target"].create(
            {"unit_id": self.world.unit.id, "date_from": MONTH, "amount": 1_000}
        )

    @cached_property
    def scorecard(self):
        """The card of a year that is over."""
        return self._as(self.case.officer, "club.scorecard").create(
            {
                "unit_id": self.world.unit.id,
                "year": YEAR - 1,
                "template_id": self.case.template.id,
                "unposted_reason": "Without points then",
            }
        )

    # === The calendar === #

    def get_notice(self, days_more):
        """Return the lines of a notice of the year, in which Labour Day is longer."""
        return [
            {
                "occasion": each.name,
                "date_from": each.first,
                "date_to": each.last
                + timedelta(days=days_more if each.name == LABOUR else 0),
                **{f"made_up_{n}": day for n, day in enumerate(each.made_up, 1)},
            }
            for each in PUBLISHED[YEAR]
        ]

    def settle(self):
        """Reckon what was reached in the end, and let the calendar's own job come."""
        if self.has("target"):
            self.target.action_reckon()
        if self.world.get_shared("desk notice"):
            self.env["club.day"]._cron_ensure_years()

    def close(self):
        """Put the calendar back, which is there once."""
        if self.world.get_shared("desk notice"):
            self.env["club.day"]._load(YEAR, PUBLISHED[YEAR])
