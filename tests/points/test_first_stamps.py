from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ...hooks import pre_init_hook
from ...models.points import first_stamps
from ..invoicing_case import InvoicingCase


@freeze_time("2026-04-10")
@tagged("post_install", "-at_install")
class TestFirstStamps(InvoicingCase):
    """What was posted before the club came. Rules A3, B1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.categ_id = cls.categ_parcels
        cls.moves = cls.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": cls.account_a.id,
                    "invoice_date": "2026-03-15",
                    "date": "2026-03-15",
                    "invoice_line_ids": [
                        (0, 0, {"product_id": cls.product_a.id, "price_unit": 100}),
                        (0, 0, {"name": "Free text", "price_unit": 7}),
                        (0, 0, {"name": "Part", "display_type": "line_section"}),
                    ],
                }
                for kind in ("out_invoice", "out_refund", "in_invoice")
            ]
        )
        cls.moves.action_post()
        cls.draft = cls.moves[0].copy()

    def _install_over_lines_without_stamps(self, built_anew_from):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line"
            " SET club_account_id = NULL, club_category_id = NULL"
        )
        with patch.object(first_stamps, "BUILT_ANEW_FROM", built_anew_from):
            pre_init_hook(self.env)
        self.env.invalidate_all()

    def _read_indexes(self):
        """Return name and definition, as PostgreSQL and Odoo know it, and number."""
        self.env.cr.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid),"
            " obj_description(indexrelid, 'pg_class'), indexrelid"
            " FROM pg_index WHERE indrelid = 'account_move_line'::regclass"
        )
        return sorted(self.env.cr.fetchall())

    def _stamps(self):
        lines = (self.moves | self.draft).line_ids.sorted("id")
        return [(line.club_account_id, line.club_category_id) for line in lines]

    def test_lines_are_stamped_as_if_they_were_posted_now(self):
        stamps = self._stamps()
        self.assertEqual(stamps.count((self.account_a, self.categ_parcels)), 2)
        for built_anew_from in (0, 2):
            with self.subTest(built_anew_from):
                self._install_over_lines_without_stamps(built_anew_from)
                self.assertEqual(self._stamps(), stamps)

    def test_indexes_are_built_anew_for_many_lines_as_they_were(self):
        before = self._read_indexes()
        self._install_over_lines_without_stamps(0)
        after = self._read_indexes()
        self.assertEqual([row[:3] for row in after], [row[:3] for row in before])
        kept = {row[0] for row in set(before) & set(after)}
        self.assertEqual(kept, {"account_move_line_pkey"})

    def test_indexes_stay_for_few_lines(self):
        before = self._read_indexes()
        self._install_over_lines_without_stamps(2)
        self.assertEqual(self._read_indexes(), before)
