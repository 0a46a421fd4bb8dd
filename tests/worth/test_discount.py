from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDiscount(InvoicingCase):
    """Rule D18: what was given is price × quantity × per cent of what is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.categ_id = cls.categ_parcels
        cls.other_currency = cls.setup_other_currency("EUR")

    def _invoice(self, *lines, kind="out_invoice", day="2026-03-15", **values):
        """Post an invoice of lines (price, quantity, per cent)."""
        invoice = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.account_a.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": price,
                            "quantity": quantity,
                            "discount": percent,
                            "tax_ids": [Command.set(values.get("taxes", ()))],
                        }
                    )
                    for price, quantity, percent in lines
                ],
                **{name: value for name, value in values.items() if name != "taxes"},
            }
        )
        invoice.action_post()
        return invoice

    def _get_amounts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["club.discount"].search(
            [("account_id", "=", self.account_a.id)], order="id"
        )
        return found.mapped("amount")

    def test_of_posted_lines_only(self):
        self._invoice((100, 3, 10), (50, 1, 0), (7.77, 3, 5))
        draft = self._invoice((1_000, 1, 50))
        draft.button_draft()
        self._invoice((100, 1, 50), kind="in_invoice")
        self.assertEqual(self._get_amounts(), [30, 1.17])

    def test_given_for_nothing(self):
        self._invoice((100, 2, 100))
        self.assertEqual(self._get_amounts(), [200])

    def test_credit_notes_take_it_off_again(self):
        self._invoice((100, 3, 10))
        self._invoice((100, 1, 10), kind="out_refund")
        self.assertEqual(self._get_amounts(), [30, -10])
        self.assertEqual(self.account_a.club_discount_given, 20)

    def test_tax_in_the_price_is_taken_out(self):
        tax = self.env["account.tax"].create(
            {
                "name": "VAT in it",
                "amount": 25,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        self._invoice((125, 1, 20), taxes=tax.ids)
        self._invoice((100, 1, 20), taxes=self.tax_sale_a.ids)
        self.assertEqual(self._get_amounts(), [20, 20])

    def test_in_company_currency(self):
        invoice = self._invoice((100, 1, 10), currency_id=self.other_currency.id)
        self.assertAlmostEqual(
            self._get_amounts()[0], 10 / invoice.invoice_currency_rate, 2
        )

    def test_of_this_year_on_the_account_and_for_its_people(self):
        person = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.account_a.id}
        )
        self._invoice((100, 1, 10), day="2025-12-31")
        self._invoice((100, 1, 20), day="2026-01-01", partner_id=person.id)
        self._invoice((100, 1, 30), day="2026-12-31")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (self.account_a | person).mapped("club_discount_given"), [50, 50]
        )
        action = self.account_a.action_open_club_discounts()
        found = self.env["club.discount"].search(action["domain"])
        self.assertEqual(sum(found.mapped("amount")), 50)

    def test_it_is_a_cost_of_the_account(self):
        self._invoice((100, 3, 10))
        self.env.flush_all()
        rows = self.env.execute_query(self.env["club.discount"]._get_cost_sql())
        self.assertEqual(
            [(kind, account, amount) for _id, kind, account, _c, _d, amount in rows],
            [("discount", self.account_a.id, 30)],
        )
        cost = self.env["club.account.cost"].search(
            [("account_id", "=", self.account_a.id), ("kind", "=", "discount")]
        )
        self.assertEqual(cost.mapped("amount"), [30])
        self.assertEqual(cost.action_open_document()["res_model"], "club.discount")

    def test_only_who_reads_the_account_sees_it(self):
        self._invoice((100, 3, 10))
        self.env.flush_all()
        self.env.invalidate_all()
        for user, expected in (
            (self.manager, 30),
            (self.finance, 30),
            (self._create_user("user", "nobodys"), 0),
        ):
            account = self.account_a.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )
            self.assertEqual(account.club_discount_given, expected, user.name)

    def test_a_posted_line_keeps_what_it_follows_from(self):
        """Twice the price at half of it is the same revenue, and another discount."""
        invoice = self._invoice((100, 1, 0))
        finance = invoice.with_user(self.finance).with_context(
            allowed_company_ids=self.company.ids
        )
        line = finance.invoice_line_ids
        with self.assertRaises(UserError):
            line.write({"price_unit": 200, "discount": 50})
        with self.assertRaises(UserError):
            finance.write(
                {
                    "invoice_line_ids": [
                        Command.update(line.id, {"price_unit": 200, "discount": 50})
                    ]
                }
            )

    def test_twenty_accounts_take_as_many_queries_as_forty(self):
        counts = []
        for count in (20, 40):
            accounts = self._create_accounts([f"{count} {n}" for n in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts.mapped("club_discount_given")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
