"""Revenue by month, and the pulse counted again without SQL."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ...kernel import windows
from ..common import ClubCommon, month


class PulseCase(ClubCommon):
    """TODAY is 2026-04-10; the last month that counts is 2026-03."""

    def _book(self, account, **by_month):
        """Book amounts, by month written as ``m2026_03``."""
        for name, amount in by_month.items():
            self._add_revenue(account, amount, name[1:].replace("_", "-"))

    def _refresh(self, accounts=None):
        self.env["club.account.pulse"]._refresh(accounts)

    def _get_pulse(self, account, company=None):
        return self.env["club.account.pulse"].search(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def _recount(self, account, last="2026-03"):
        """Return what the figures must be, from the facts one by one."""
        last = month(last)
        facts = self.env["club.revenue"].search(
            [("account_id", "=", account.id), ("company_id", "=", self.company.id)]
        )
        rates = {self.categ_letters: Decimal("0.5"), self.categ_parcels: Decimal(1)}

        def amount(first, end, rated=False):
            exact = sum(
                Decimal(str(fact.amount))
                * (rates.get(fact.category_id, 0) if rated else 1)
                for fact in facts
                if first <= windows.month_start(fact.date) <= end
            )
            return float(Decimal(exact).quantize(Decimal("0.01"), ROUND_HALF_UP))

        def back(months):
            return windows.add_months(last, -months)

        active = sum(amount(back(n), back(n)) > 0 for n in range(3))
        revenue, before = amount(back(2), last), amount(back(14), back(12))
        bought = sorted(
            day
            for day, found in facts.grouped(self._get_day).items()
            if sum(found.mapped("amount")) > 0
        )
        return {
            "month": last,
            "level": {0: "dormant", 3: "active"}.get(active, "occasional"),
            "active_months": active,
            "value": amount(back(11), last, rated=True),
            "value_before": amount(back(23), back(12), rated=True),
            "revenue": revenue,
            "revenue_before": before,
            "trend": round(100 * (revenue - before) / before, 2) if before > 0 else 0,
            "month_revenue": amount(last, last),
            "month_revenue_before": amount(back(12), back(12)),
            "date_last": bought[-1] if bought else False,
        }

    def _get_day(self, fact):
        """An imported line stands for its month, as far as that is over."""
        if fact.source == "invoice":
            return fact.date
        return min(windows.month_end(fact.date), date(2026, 4, 10))
