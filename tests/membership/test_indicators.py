"""Each further indicator on the database: as a bar, as a weight, as of a day. A7."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase

DAY = date(2026, 3, 31)  # the day whose standing later events must not touch


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestIndicators(InvoicingCase):
    """Categories, months, overdue days and the branch's own scores. Rule A7."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A tier that only asks for its bar.
        cls.membership.write({"measure": "revenue", "automatic_revenue": 0})
        cls.vip, cls.gold = cls.membership.tier_ids.sorted("sequence")[:2]
        cls.membership.tier_ids[2:].active = False
        cls.membership.write(
            {
                "tier_ids": [
                    Command.update(cls.vip.id, {"revenue_from": 1}),
                    Command.update(cls.gold.id, {"revenue_from": 2}),
                ]
            }
        )
        cls.ten_days = cls.env["account.payment.term"].create(
            {
                "name": "10 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 10}
                    )
                ],
            }
        )

    # === What happens === #

    @classmethod
    def _use(cls, code, **values):
        return cls.env["club.indicator"].create(
            {"name": code, "code": code, "program_id": cls.program.id, **values}
        )

    def _set_bar(self, code, bound):
        """Let Gold ask for the indicator besides."""
        self.gold.bar_ids.unlink()
        indicator = self.program.indicator_ids.filtered(lambda i: i.code == code)
        self.gold.bar_ids = [
            Command.create(
                {"indicator_id": (indicator or self._use(code)).id, "bound": bound}
            )
        ]

    @classmethod
    def _book(cls, amount, day, category=None, kind="out_invoice"):
        """Post an invoice or credit note that is due ten days after its day."""
        product = cls.env["product.product"].create(
            {"name": "Service", "categ_id": (category or cls.categ_parcels).id}
        )
        line = {"product_id": product.id, "price_unit": amount, "tax_ids": False}
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.account_a.id,
                "invoice_date": day,
                "date": day,
                "invoice_payment_term_id": cls.ten_days.id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move

    def _pay(self, invoice, day, amount=None):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        values = {"payment_date": day, **({"amount": amount} if amount else {})}
        register.create(values)._create_payments()

    def _assess_on(self, day):
        found = self.program._assess(self.account_a, day)
        return found[self.account_a.id, self.membership.id]

    def _get_value(self, code, day=DAY):
        return self._assess_on(day).measures.indicators[code]

    def _assert_bar(self, code, value, step=1, at_most=False):
        """Below, at and above the bar; the value is what the account has."""
        self.assertEqual(self._get_value(code), value)
        for bound, clears in (
            (value + step, at_most),
            (value, True),
            (value - step, not at_most),
        ):
            self._set_bar(code, bound)
            with self.subTest(code, bound=bound):
                tier = self._assess_on(DAY).result
                self.assertEqual(tier.code, "gold" if clears else "vip")

    def _assert_weight(self, code, value, full_mark, at_most=False):
        """Half the full mark earns half the score; at and above it, all of it."""
        indicator = self.program.indicator_ids.filtered(lambda i: i.code == code)
        indicator = indicator or self._use(code)
        indicator.weight = 2
        for mark, score in (
            (value * 2, 50),
            (value, 0 if at_most else 100),
            (full_mark, 0 if at_most else 100),
        ):
            indicator.full_mark = mark
            with self.subTest(code, mark=mark):
                self.assertEqual(self._assess_on(DAY).score, Decimal(score))

    # === Each indicator === #

    def test_product_categories_used(self):
        self._book(100, "2026-03-02")
        self._book(100, "2026-03-03", self.categ_letters)
        self._book(50, "2026-03-04", self.categ_letters)
        self._assert_bar("categories", 2)
        self._assert_weight("categories", 2, full_mark=1)
        self._book(
            100, "2026-04-01", self.env["product.category"].create({"name": "3"})
        )
        self.assertEqual(self._get_value("categories"), 2)
        self.assertEqual(self._get_value("categories", TODAY), 3)

    def test_months_with_revenue(self):
        for day in ("2026-01-05", "2026-02-05", "2026-02-06", "2026-03-05"):
            self._book(100, day)
        self._assert_bar("active_months", 3)
        self._assert_weight("active_months", 3, full_mark=2)
        self._book(100, "2026-04-01")
        self.assertEqual(self._get_value("active_months"), 3)
        self.assertEqual(self._get_value("active_months", TODAY), 4)
        # What is credited in a month of its own makes no month with revenue.
        self._book(100, "2026-04-02", kind="out_refund")
        self.assertEqual(self._get_value("active_months", TODAY), 4)
        self.assertEqual(self._get_value("active_months"), 3)

    def test_credit_standing(self):
        self._book(100, "2026-03-11")  # due on the 21st
        self._book(100, "2026-03-17")  # due on the 27th
        self._assert_bar("overdue_days", 10, at_most=True)
        self._assert_weight("overdue_days", 10, full_mark=5, at_most=True)

    def test_the_worst_debtor_counts_for_its_group(self):
        """Rule A12: measured as one, all of them are as long overdue as he is."""
        head = self._create_account("Crane Group")
        self.account_a.club_head_id = head
        self._sign_head(self.account_a)
        self._book(100, "2026-03-11")  # due on the 21st
        for per, days in (("account", 0), ("group", 10)):
            self.program.thresholds_per = per
            found = self.program._assess(head, DAY, grouped_on=TODAY)
            indicators = found[head.id, self.membership.id].measures.indicators
            self.assertEqual(indicators["overdue_days"], days, per)

    def test_credit_standing_of_the_day(self):
        """Who pays later was in arrears; who paid on the day was not any more."""
        invoice = self._book(100, "2026-03-11")
        self.assertEqual(self._get_value("overdue_days", date(2026, 3, 21)), 0)
        self.assertEqual(self._get_value("overdue_days", date(2026, 3, 22)), 1)
        self._pay(invoice, date(2026, 4, 2))
        self.assertTrue(invoice.line_ids.filtered("date_maturity")[:1].reconciled)
        self.assertEqual(self._get_value("overdue_days"), 10)
        self.assertEqual(self._get_value("overdue_days", date(2026, 4, 1)), 11)
        self.assertEqual(self._get_value("overdue_days", date(2026, 4, 2)), 0)
        self.assertEqual(self._get_value("overdue_days", TODAY), 0)

    def test_a_payment_in_part_leaves_the_rest_overdue(self):
        invoice = self._book(100, "2026-03-11")
        self._pay(invoice, date(2026, 3, 25), amount=40)
        self.assertEqual(self._get_value("overdue_days"), 10)
        self._pay(invoice, date(2026, 4, 2), amount=60)
        self.assertEqual(self._get_value("overdue_days"), 10)
        self.assertEqual(self._get_value("overdue_days", TODAY), 0)

    def test_a_later_credit_note_settles_from_its_day(self):
        invoice = self._book(100, "2026-03-11")
        note = self._book(100, "2026-04-03", kind="out_refund")
        both = (invoice + note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        both.reconcile()
        self.assertEqual(self._get_value("overdue_days"), 10)
        self.assertEqual(self._get_value("overdue_days", TODAY), 0)
        # Nor does it take revenue from the day before it.
        self.assertEqual(self._assess_on(DAY).measures.revenue, 100)
        self.assertEqual(self._assess_on(TODAY).measures.revenue, 0)

    def test_an_invoice_of_a_later_day_is_not_overdue_yet(self):
        invoice = self._book(100, "2026-04-05")
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        receivable.date_maturity = date(2026, 3, 1)
        self.assertEqual(self._get_value("overdue_days"), 0)
        self.assertEqual(self._get_value("overdue_days", TODAY), 40)

    def test_scores_of_the_branch(self):
        """Contribution, growth potential, industry influence: the last one said."""
        self._book(100, "2026-03-02")
        for code in ("contribution", "growth", "influence"):
            indicator = self._use(code)
            scores = self.env["club.account.score"]
            for day, value in (("2026-02-01", 30), ("2026-03-31", 40)):
                scores.create(
                    {
                        "account_id": self.account_a.id,
                        "indicator_id": indicator.id,
                        "date_from": day,
                        "value": value,
                    }
                )
            self.assertEqual(self._get_value(code, date(2026, 3, 30)), 30)
            self._assert_bar(code, 40)
            self._assert_weight(code, 40, full_mark=20)
            scores.create(
                {
                    "account_id": self.account_a.id,
                    "indicator_id": indicator.id,
                    "date_from": "2026-04-01",
                    "value": 90,
                }
            )
            self.assertEqual(self._get_value(code), 40)
            self.assertEqual(self._get_value(code, TODAY), 90)
            self.gold.bar_ids.unlink()
            indicator.weight = 0

    def test_an_unknown_score_clears_no_bar(self):
        self._book(100, "2026-03-02")
        self._set_bar("growth", 1)
        self.assertEqual(self._assess_on(DAY).result.code, "vip")
        self.assertEqual(self._assess_on(DAY).score, 0)

    def test_weights_rank_inside_a_tier(self):
        """Two indicators: each by its share."""
        self._book(100, "2026-03-02")
        self._book(100, "2026-03-11", self.categ_letters)  # 10 days overdue
        self._use("categories", weight=3, full_mark=4)
        self._use("overdue_days", weight=1, full_mark=90)
        # 2 March: due on the 12th, 19 days overdue on the 31st.
        self.assertEqual(
            self._assess_on(DAY).score,
            ((Decimal(300) * 2 / 4 + Decimal(100) * 71 / 90) / 4).quantize(
                Decimal("0.01")
            ),
        )

    def test_the_standing_of_an_earlier_day_stays(self):
        """Rule A10: bar and score of the day, whatever came after it."""
        invoice = self._book(100, "2026-03-11")
        self._set_bar("overdue_days", 9)
        self.gold.bar_ids.indicator_id.write({"weight": 1, "full_mark": 20})
        before = self._assess_on(DAY)
        self.assertEqual((before.result.code, before.score), ("vip", Decimal(50)))
        self._pay(invoice, date(2026, 4, 1))
        self._book(900, "2026-04-02", self.categ_letters)
        self._book(50, "2026-04-03", kind="out_refund")
        after = self._assess_on(DAY)
        self.assertEqual(after.measures, before.measures)
        self.assertEqual((after.result, after.score), (before.result, before.score))
        self.assertEqual(self._assess_on(TODAY).result.code, "gold")
