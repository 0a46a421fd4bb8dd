from datetime import date
from decimal import Decimal

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...models.record.columns import unnest


@tagged("post_install", "-at_install")
class TestColumns(TransactionCase):
    """What is sent as columns arrives as it was."""

    def _send(self, columns, kinds, documents=None):
        rows = unnest(columns, kinds, documents)
        return self.env.execute_query(SQL("SELECT * FROM %s ORDER BY place", rows))

    def test_values_arrive_as_they_were(self):
        texts = ['say "yes"', "back\\slash", "a,b{c}", "", "NULL", None, "50%s\n中文"]
        kinds = {"number": "int4", "amount": "numeric", "day": "date", "text": "text"}
        columns = {
            "number": [*range(6), None],
            "amount": [Decimal("0.10"), 5, None, 0, Decimal("-3E+2"), 1, 2],
            "day": [date(2026, 3, 31), None, *5 * [date(1999, 12, 1)]],
            "text": texts,
        }
        rows = self._send(columns, kinds)
        columns["amount"] = [0.1, 5, None, 0, -300, 1, 2]  # as Odoo reads them
        expected = list(zip(*columns.values(), strict=True))
        self.assertEqual([row[:4] for row in rows], expected)
        self.assertEqual([row[4] for row in rows], [1, 2, 3, 4, 5, 6, 7])

    def test_documents_stand_beside_their_rows(self):
        rows = self._send(
            {"number": [7, 8]},
            {"number": "int4"},
            {"evidence": [{"why": 'a "reason" \\'}, {}]},
        )
        self.assertEqual(rows, [(7, {"why": 'a "reason" \\'}, 1), (8, {}, 2)])

    def test_nothing_is_no_row(self):
        self.assertEqual(self._send({"number": []}, {"number": "int4"}), [])
