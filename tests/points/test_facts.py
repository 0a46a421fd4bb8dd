from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import month
from ..invoicing_case import InvoicingCase


@freeze_time("2026-04-10")
@tagged("post_install", "-at_install")
class TestFacts(InvoicingCase):
    """Facts from real customer invoices. Rules A3, B1, B9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.categ_id = cls.categ_parcels
        cls.other_currency = cls.setup_other_currency("EUR")

    def _invoice(self, amount, day="2026-03-15", kind="out_invoice", **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.account_a.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product_a.id,
                            "price_unit": amount,
                            "tax_ids": [(6, 0, self.tax_sale_a.ids)],
                        },
                    )
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def _facts(self, account=None):
        self.env.flush_all()
        return self.env["club.revenue"].search(
            [("account_id", "=", (account or self.account_a).id)]
        )

    def test_net_of_tax_credit_notes_negative(self):
        self._invoice(1000)
        self._invoice(300, kind="out_refund")
        self._invoice(500, kind="in_invoice")
        facts = self._facts()
        self.assertEqual(sorted(facts.mapped("amount")), [-300, 1000])
        self.assertEqual(set(facts.mapped("month")), {month("2026-03")})
        self.assertEqual(facts.category_id, self.categ_parcels)
        self._post_run()
        self.assertEqual(self._get_points(self.account_a), 700)

    def test_invoices_too_old_for_a_run_are_listed_on_it(self):
        """Rule B9; those from before the ledger's first month aren't the club's."""
        self._invoice(1000)
        self._post_run()
        with freeze_time("2027-02-10"):
            self._invoice(70, "2025-06-15")
            self._invoice(8, "2025-03-15")
            run = self._create_run("2027-01")
            run.action_compute()
        self.assertRecordValues(
            run.exception_ids,
            [
                {
                    "reason": "window",
                    "account_id": self.account_a.id,
                    "category_id": self.categ_parcels.id,
                    "month": month("2025-06"),
                    "revenue": 70,
                    "points": 70,
                }
            ],
        )

    def test_foreign_currency_counts_in_company_currency(self):
        self._invoice(1000, currency_id=self.other_currency.id)
        rate = self.env["res.currency"]._get_conversion_rate(
            self.other_currency,
            self.company.currency_id,
            self.company,
            date(2026, 3, 15),
        )
        self.assertAlmostEqual(self._facts().amount, 1000 * rate, 2)

    def test_contact_of_an_account_counts_for_the_account(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.account_a.id}
        )
        self._invoice(100, partner_id=contact.id)
        self.assertEqual(self._facts().amount, 100)

    def test_draft_and_cancelled_are_no_facts(self):
        invoice = self._invoice(100)
        invoice.button_draft()
        self.assertFalse(self._facts())
        invoice.action_post()
        self.assertEqual(self._facts().amount, 100)

    def test_full_credit_note_takes_all_points_back(self):
        """PEERS 11: not granted before the invoice, not kept after the credit note."""
        invoice = self._invoice(1000, "2026-02-10")
        self._post_run("2026-02")
        self.assertEqual(self._get_points(self.account_a), 1000)
        invoice._reverse_moves(
            [{"date": date(2026, 3, 3), "invoice_date": date(2026, 3, 3)}]
        ).action_post()
        self._post_run("2026-03")
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_cancelled_invoice_of_a_posted_month_is_corrected(self):
        invoice = self._invoice(1000, "2026-02-10")
        self._post_run("2026-02")
        invoice.button_draft()
        invoice.button_cancel()
        run = self._post_run("2026-03")
        self.assertRecordValues(
            run.entry_ids, [{"points": -1000, "revenue_month": month("2026-02")}]
        )

    def test_sorting_the_catalogue_anew_moves_nothing(self):
        """The category is that of the posting."""
        self._invoice(1000, "2026-02-10")
        self._post_run("2026-02")
        self.product_a.categ_id = self.categ_letters
        run = self._create_run("2026-03")
        run.action_compute()
        self.assertFalse(run.entry_count)
        self.assertEqual(self._facts().category_id, self.categ_parcels)

    def test_giving_a_partner_another_parent_moves_nothing(self):
        """Rule B6: points are not moved between accounts."""
        self.account_a.is_company = False
        self._invoice(1000, "2026-02-10")
        self._post_run("2026-02")
        holding = self._create_account("Holding")
        self.account_a.parent_id = holding
        self.env.flush_all()
        run = self._create_run("2026-03")
        run.action_compute()
        self.assertFalse(run.entry_count)
        self.assertEqual(self._get_points(self.account_a), 1000)
        self.assertEqual(self._facts().amount, 1000)

    def test_lines_without_product_or_category_surface(self):
        """Rule B3."""
        self._invoice(
            100,
            invoice_line_ids=[
                (0, 0, {"name": "Free text", "price_unit": 70, "tax_ids": []})
            ],
        )
        run = self._create_run()
        run.action_compute()
        self.assertRecordValues(
            run.exception_ids,
            [{"reason": "category", "account_id": self.account_a.id, "revenue": 70}],
        )

    def test_product_rate_wins_over_category_and_parents(self):
        """Rule B2: product, then category, then the nearest parent."""
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": self.categ_letters.id}
        )
        self.product_a.categ_id = child
        self.product_b.categ_id = child
        self._create_rate(
            self.env["product.category"], 2, "2026-01-01", product_id=self.product_b.id
        )
        lines = [
            (0, 0, {"product_id": product.id, "price_unit": 100, "tax_ids": []})
            for product in (self.product_a, self.product_b)
        ]
        self._invoice(0, invoice_line_ids=lines)
        run = self._post_run()
        self.assertRecordValues(
            run.entry_ids.sorted("points"),
            [
                {"points": 50, "rate": 0.5, "product_id": False},
                {"points": 200, "rate": 2, "product_id": self.product_b.id},
            ],
        )

    def test_agreement_that_begins_inside_a_month_counts_by_day(self):
        """Rule B4: below, at and above the first and the last day."""
        self.account_a.club_agreement_ids.write(
            {"date_from": "2026-02-10", "date_to": "2026-03-20"}
        )
        for amount, day in (
            (1, "2026-02-09"),
            (10, "2026-02-10"),
            (100, "2026-03-20"),
            (1000, "2026-03-21"),
        ):
            self._invoice(amount, day)
        run = self._post_run("2026-03")
        self.assertEqual(self._get_points(self.account_a), 110)
        self.assertEqual(sorted(run.exception_ids.mapped("revenue")), [1, 1000])

    def test_renewed_agreements_join(self):
        """An agreement renewed in the middle of a month leaves no gap."""
        self.account_a.club_agreement_ids.date_to = "2026-03-14"
        self._create_agreement(
            self.account_a, "AG-next", date_from=date(2026, 3, 15), date_to=False
        )
        self._add_revenue(self.account_a, 100)
        self._invoice(10, "2026-03-14")
        self._post_run()
        self.assertEqual(self._get_points(self.account_a), 110)

    def test_stamps_are_not_the_clients_to_write(self):
        invoice = self._invoice(100)
        line = invoice.invoice_line_ids
        user = self._create_user("user", "biller")
        user.group_ids |= self.env.ref("account.group_account_invoice")
        with self.assertRaises(Exception) as caught:
            line.with_user(user).write({"club_account_id": self.account_b.id})
        self.assertEqual(type(caught.exception).__name__, "AccessError")
