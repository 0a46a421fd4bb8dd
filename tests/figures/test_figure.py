from odoo.tests import freeze_time, tagged

from ...models.figures.codes import CODES, STOCKS
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestFigure(ClubCommon):
    """What a month came to. Rules E5, E10."""

    def test_each_figure_has_a_source(self):
        sources = self.env["club.figure"]._get_sources()
        self.assertLessEqual(set(sources), set(dict(CODES)))
        stocks = {code for code, (_m, source) in sources.items() if source.is_stock}
        self.assertLessEqual(stocks, {*STOCKS})
