from odoo.tests import freeze_time, tagged

from ...models.figures.codes import CODES, STOCKS
from ..common import TODAY
from .figure_case import FIRST, MONTHS, FigureCase
from .recount import Recount


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestFigureRecount(FigureCase):
    """Each figure of each month, unit and tier equals a recount. Rules E5, E10."""

    def _refresh(self, first=FIRST, last=TODAY):
        companies = self.company | self.second
        self.env.flush_all()
        self.assertTrue(self.env["club.figure"]._refresh(companies, first, last))

    def _read(self):
        rows = self.env["club.figure"].sudo().search([])
        return {
            (row.company_id.id, row.unit_id.id, row.month, row.code, row.tier_id.id): (
                row.value,
                row.base,
            )
            for row in rows
        }

    def _recount(self):
        companies = self.company | self.second
        return Recount(self.env, companies, MONTHS, TODAY).count()

    def test_each_month_equals_a_recount(self):
        self._refresh()
        found, expected = self._read(), self._recount()
        empty = {key for key, value in found.items() if value == (0, 0)}
        self.assertLessEqual({key[3] for key in empty}, {*STOCKS})
        found = {key: value for key, value in found.items() if key not in empty}
        for code, _label in CODES:
            with self.subTest(code=code):
                self.assertEqual(
                    {key: value for key, value in found.items() if key[3] == code},
                    {key: value for key, value in expected.items() if key[3] == code},
                )
                self.assertTrue(any(key[3] == code for key in expected))
