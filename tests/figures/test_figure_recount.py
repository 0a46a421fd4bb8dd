from odoo.tests import freeze_time, tagged

from ...models.figures.bulletin_sections import MEAN, SHAPES, SHARE
from ...models.figures.codes import CODES, STOCKS
from ..common import TODAY
from .figure_case import FIRST, MONTHS, FigureCase
from .recount import Recount, get_key


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
        return {get_key(row): (row.value, row.base) for row in rows}

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
        self.assertEqual(
            {key[3] for key, (_value, base) in expected.items() if base},
            {code for code, shape in SHAPES.items() if shape in (SHARE, MEAN)},
            "what is out of something is told so in bulletins",
        )

    def test_a_second_run_changes_nothing(self):
        """Nor does one that takes the months by ones."""
        self._refresh()
        before = self._read_rows()
        self._refresh()
        self.assertEqual(self._read_rows(), before)
        for month in reversed(MONTHS):
            self._refresh(month, month)
        self.assertEqual(self._read_rows(), before)

    def _read_rows(self):
        self.env.cr.execute("SELECT *, ctid, xmin, cmin FROM club_figure ORDER BY id")
        return self.env.cr.fetchall()

    def test_what_is_put_right_shows_in_its_month(self):
        """A figure that comes to nothing goes; a stock leaves a 0 where it went."""
        self._refresh()
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE club_revenue_line SET state = 'parked', account_id = NULL
             WHERE company_id = %(company)s AND month = '2026-02-01';
            UPDATE account_move_line SET parent_state = 'draft'
             WHERE company_id = %(company)s
               AND date BETWEEN '2026-02-01' AND '2026-02-28';
            UPDATE club_membership SET date_grace = '2026-01-31'
             WHERE company_id = %(company)s AND date_grace > '2026-01-31';
            UPDATE club_membership SET state = 'superseded'
             WHERE company_id = %(company)s AND date_from > '2026-01-31'
            """,
            {"company": self.second.id},
        )
        self.env.invalidate_all()
        self._refresh()
        found = self._read()
        months = {
            code: {
                key[2] for key in found if key[0] == self.second.id and key[3] == code
            }
            for code in ("revenue", "members")
        }
        self.assertNotIn(MONTHS[4], months["revenue"])
        self.assertIn(MONTHS[3], months["revenue"])
        gone = {
            found[key]
            for key in found
            if key[:4:2] == (self.second.id, MONTHS[4]) and key[3] == "members"
        }
        self.assertEqual(gone, {(0, 0)})
        self.assertEqual(max(months["members"]), MONTHS[4])
        expected = self._recount()
        self.assertEqual({k: v for k, v in found.items() if any(v)}, expected)

    def test_each_figure_opens_what_it_was_counted_from(self):
        """By the same statement; sums of the records are the figure's."""
        self._refresh()
        sources = self.env["club.figure"]._get_sources()
        figures = self.env["club.figure"].sudo().search([])
        for figure in figures.filtered("base"):
            factor = 1 if figure.code == "satisfaction" else 100
            share = factor * figure.value / figure.base
            self.assertAlmostEqual(figure.share, share, delta=0.051)
        all_found = {}
        for figure in figures.with_context(
            allowed_company_ids=(self.company | self.second).ids
        ):
            action = figure.action_open_records()
            found = self.env[action["res_model"]].sudo().search(action["domain"])
            all_found.setdefault(found._name, set()).update(found.ids)
            _model, source = sources[figure.code]
            name = source.value
            counted = sum(found.mapped(name)) * source.sign if name else len(found)
            if figure.code in ("vouchers", "referrals", "activities_held"):
                # What is out of others counts these, too, or has none to open.
                self.assertGreaterEqual(counted, figure.value, figure.display_name)
                continue
            expected = figure.value if name or not figure.base else figure.base
            self.assertAlmostEqual(counted, expected, 2, figure.display_name)
        for name, ids in all_found.items():  # many figures find what each of them does
            found = (
                self.env[name].sudo().search([("club_figure_id", "in", figures.ids)])
            )
            self.assertEqual(set(found.ids), ids, name)
