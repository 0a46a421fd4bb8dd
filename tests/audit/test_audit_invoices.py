from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAuditInvoices(InvoicingCase):
    """What is behind entries that come from invoices. Rule B6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.categ_id = cls.categ_parcels
        cls.invoice = cls._book(1_000)
        cls._book(300, "out_refund")

    @classmethod
    def _book(cls, amount, kind="out_invoice"):
        line = {"product_id": cls.product_a.id, "price_unit": amount}
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.account_a.id,
                "invoice_date": "2026-03-15",
                "date": "2026-03-15",
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move

    def _draw(self):
        sample = (
            self.env["club.audit.sample"]
            .with_user(self.auditor)
            .create({"program_id": self.program.id})
        )
        sample.action_draw()
        return sample

    def test_invoice_lines_are_behind_it(self):
        self._post_run()
        line = self._draw().line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "points": 700,
                    "expected_points": 700,
                    "expected_revenue": 700,
                    "difference": 0,
                }
            ],
        )
        facts = line.evidence["facts"]
        self.assertEqual([float(fact["amount"]) for fact in facts], [1_000, -300])
        self.assertEqual(facts[0]["name"], self.invoice.name)
        self.assertEqual(facts[0]["id"], self.invoice.id)
        self.assertIn(self.invoice.name, line.evidence_html)

    def test_many_lines_are_counted_and_the_largest_listed(self):
        self._book_many(60)
        self._post_run()
        line = self._draw().line_ids
        self.assertEqual(line.evidence["count"], 62)
        self.assertEqual(len(line.evidence["facts"]), 50)
        self.assertEqual(float(line.evidence["total"]), 760)
        self.assertIn("12", line.evidence_html)

    def _book_many(self, count):
        line = {"product_id": self.product_a.id, "price_unit": 1}
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.account_a.id,
                "invoice_date": "2026-03-16",
                "date": "2026-03-16",
                "invoice_line_ids": [Command.create(line) for _line in range(count)],
            }
        )
        move.action_post()

    def test_an_invoice_after_the_run_is_pending(self):
        self._post_run()
        checks = self.env["club.integrity.check"]
        self.assertEqual(checks._run(self.program).state, "clean")
        self._book(50)
        line = checks._run(self.program).line_ids
        self.assertRecordValues(
            line, [{"kind": "ledger", "severity": "pending", "cause": "invoice"}]
        )

    def test_a_doctored_invoice_shows_in_the_sample(self):
        self._post_run()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance - 100"
            " WHERE move_id = %s AND club_account_id IS NOT NULL",
            [self.invoice.id],
        )
        self.assertEqual(self._draw().line_ids.difference, -100)
