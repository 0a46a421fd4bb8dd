import ast
from collections import Counter
from datetime import date, datetime
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.figures import bulletin_sections, figure_sql
from ...models.figures.codes import CODES, MONEY, STOCKS
from ..approval.rpc_case import RpcCase
from ..common import TODAY, ClubCommon, month

JANUARY, MARCH = month("2026-01"), month("2026-03")


class FigureMixin:
    """Figures that are there as if they had been worked out."""

    @classmethod
    def _add_figure(cls, unit, code="visits", in_month=MARCH, value=1, **values):
        return cls.env["club.figure"]._create_guarded(
            {
                "company_id": cls.company.id,
                "unit_id": unit and unit.id,
                "month": in_month,
                "code": code,
                "value": value,
                "base": 0,
                **values,
            }
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestFigure(FigureMixin, ClubCommon):
    """What a month came to, who reads it, and what is behind it. Rules E5, E10."""

    def _see(self, user, companies=None):
        figures = self.env["club.figure"].with_user(user)
        figures = figures.with_context(
            allowed_company_ids=(companies or self.company).ids
        )
        self.env.invalidate_all()
        return figures.search([])

    def test_each_figure_has_a_source(self):
        sources = self.env["club.figure"]._get_sources()
        self.assertEqual(set(sources), set(dict(CODES)))
        stocks = {code for code, (_m, source) in sources.items() if source.is_stock}
        self.assertEqual(stocks, {*STOCKS})
        money = {
            code
            for code, (model, source) in sources.items()
            if source.value
            and figure_sql._get_field(model, source.value).type == "monetary"
        }
        self.assertEqual(money, {*MONEY}, "shown with its currency")

    def test_each_figure_is_found_and_told(self):
        """By one filter of the list, and in one section of bulletins. Rule E11."""
        arch = self.env["club.figure"].get_view(view_type="search")["arch"]
        filters = Counter(
            code
            for node in etree.fromstring(arch).iterfind("filter")
            if node.get("name").startswith("of_")
            for _name, _operator, codes in ast.literal_eval(node.get("domain"))
            for code in codes
        )
        once = Counter(dict(CODES).keys())
        self.assertEqual(filters, once)
        self.assertEqual(Counter(bulletin_sections.CODES), once)

    # === Who reads them === #

    def test_a_unit_is_read_from_above_and_from_within(self):
        """Members of a unit read its own, a lead those below, too. Rule E5."""
        below = self.env["crm.team"].create(
            {
                "name": "Quay 2",
                "company_id": self.company.id,
                "parent_id": self.unit.id,
            }
        )
        quay, low, hill = (
            self._add_figure(unit) for unit in (self.unit, below, self.other_unit)
        )
        none = self._add_figure(None)
        everything = quay | low | hill | none
        self.assertFalse(self._see(self.manager))
        self.unit.sudo().member_ids = [Command.link(self.manager.id)]
        self.assertEqual(self._see(self.manager), quay)
        self.assertEqual(self._see(self.lead), quay | low)
        for user in (self.officer, self.finance, self.auditor):
            self.assertEqual(self._see(user), everything)
        employee = self._create_employee("plain")
        with self.assertRaises(AccessError):
            self._see(employee)

    def test_from_above_one_reads_figures_of_companies_below(self):
        """Theirs, not their records, nor those of companies beside. Rule E5."""
        above = self._create_club_company("Head Office")
        beside = self._create_club_company("Lake Post")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET parent_id = %s, parent_path = %s WHERE id = %s",
            [above.id, f"{above.id}/{self.company.id}/", self.company.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        mine = self._add_figure(self.unit)
        foreign = self._add_figure(None, company_id=beside.id)
        director = self._create_user("officer", "director", above)
        self.assertEqual(self._see(director, above), mine)
        self.assertNotIn(foreign, self._see(director, above))
        figure = mine.with_user(director).with_context(allowed_company_ids=above.ids)
        self.assertEqual(figure.value, 1)
        with self.assertRaisesRegex(AccessError, "keeps its records to itself"):
            figure.action_open_records()
        logs = self.env["club.contact.log"].with_user(director)
        logs = logs.with_context(allowed_company_ids=above.ids)
        self.assertFalse(logs.search([("club_figure_id", "=", mine.id)]))

    def test_figures_of_a_code_are_searched_by_at_once(self):
        """Ten months of two units cost one subquery, as one month does."""
        logs = self.env["club.contact.log"]
        figures = self.env["club.figure"]
        for number in range(10):
            for unit in (self.unit, self.other_unit):
                figures |= self._add_figure(unit, in_month=date(2025, 1 + number, 1))
        domain = [("club_figure_id", "in", figures.ids)]
        code = str(logs._search(domain).select())
        self.assertEqual(code.count("SELECT c.id FROM"), 1)

    # === Periods === #

    def test_flows_add_up_and_stocks_end_with_their_last_month(self):
        below = self.env["crm.team"].create(
            {
                "name": "Quay 2",
                "company_id": self.company.id,
                "parent_id": self.unit.id,
            }
        )
        for unit, code, in_month, value, base in (
            (self.unit, "contacts_on_time", JANUARY, 3, 4),
            (below, "contacts_on_time", MARCH, 1, 2),
            (self.other_unit, "contacts_on_time", MARCH, 5, 5),
            (self.unit, "members", JANUARY, 7, 0),
            (self.unit, "members", MARCH, 9, 0),
            (below, "members", JANUARY, 2, 0),
            (below, "members", MARCH, 4, 0),
        ):
            self._add_figure(unit, code, in_month, value, base=base)
        figures = self.env["club.figure"].with_user(self.officer)
        codes, units = ("members", "contacts_on_time"), self.unit | below
        self.assertEqual(
            figures._read_figures(self.company, codes, units, JANUARY, TODAY),
            {
                (self.unit.id, "contacts_on_time"): (4, 6),
                (below.id, "contacts_on_time"): (1, 2),
                (self.unit.id, "members"): (13, 0),
                (below.id, "members"): (4, 0),
            },
        )
        empty = self.env["crm.team"]
        found = figures._read_figures(self.company, codes, empty, JANUARY, TODAY)
        self.assertEqual(found[False, "contacts_on_time"], (9, 11))
        self.assertEqual(found[False, "members"], (13, 0))
        by_month = figures._read_figures_by_month(
            self.company, codes, self.unit, JANUARY, JANUARY
        )
        self.assertEqual(
            by_month,
            {
                (self.unit.id, "contacts_on_time", JANUARY): (3, 4),
                (self.unit.id, "members", JANUARY): (9, 0),
            },
        )
        sums = dict(figures._read_group([], ["code"], ["value:sum"]))
        self.assertEqual(sums, {"members": 13, "contacts_on_time": 9})
        [[mixed]] = figures._read_group([], [], ["value:sum"])
        self.assertFalse(mixed)  # members and contacts make no sum
        found = [("code", "=", "contacts_on_time")]
        [[share]] = figures._read_group(found, [], ["share:avg"])
        self.assertAlmostEqual(share, 100 * 9 / 11)

    def test_a_share_is_out_of_its_base(self):
        figures = self._add_figure(self.unit, "attendance", value=3, base=4)
        figures |= self._add_figure(self.unit, "satisfaction", value=9, base=2)
        figures |= self._add_figure(self.unit)
        self.assertEqual(figures.mapped("share"), [75, 4.5, 0])
        self.assertEqual(figures[0].display_name, "Quay: Attendance: March 2026")

    # === The job === #

    def test_figures_stand_in_the_order_of_their_list(self):
        """In lists and pivots members come first, not what sorts first by its code."""
        codes = [code for code, _label in CODES]
        for code in sorted(codes):
            self._add_figure(self.unit, code)
        figures = self.env["club.figure"]
        here = [("unit_id", "=", self.unit.id), ("month", "=", MARCH)]
        self.assertEqual(figures.search(here).mapped("code"), codes)
        self.assertEqual(
            figures.search(here, order="code desc").mapped("code"), codes[::-1]
        )
        for groupby in (["code"], ["month:month", "code"], ["code", "unit_id"]):
            with self.subTest(groupby=groupby):
                groups = figures.formatted_read_group(here, groupby, ["value:sum"])
                self.assertEqual([group["code"] for group in groups], codes)
        groups = figures.formatted_read_group(here, ["code"], order="code desc")
        self.assertEqual([group["code"] for group in groups], codes[::-1])

    def test_the_job_fills_the_past_and_goes_on(self):
        """What posting touches at once, what is long over step by step. Rule B9."""
        self._add_revenue(self.account_a, 500, "2024-02")
        self._add_revenue(self.account_a, 700, "2026-03")
        figures = self.env["club.figure"].sudo()
        with patch.object(self.env.registry["ir.cron"], "_commit_progress") as progress:
            figures._cron_refresh()
        self.assertGreater(progress.call_count, 3)
        found = figures.search(
            [("company_id", "=", self.company.id), ("code", "=", "revenue")]
        )
        self.assertEqual(
            {(row.month, row.value) for row in found},
            {(month("2024-02"), 500), (MARCH, 700)},
        )
        self.assertEqual(self.company.club_figures_since, month("2024-02"))

    def test_posting_lets_the_jobs_of_figures_and_targets_begin(self):
        jobs = self.env["ir.cron"]
        for name in ("ir_cron_club_figure", "ir_cron_club_target"):
            jobs |= self.env.ref(f"crm_club.{name}")

        def count_triggers():
            triggers = self.env["ir.cron.trigger"]
            return [triggers.search_count([("cron_id", "=", job.id)]) for job in jobs]

        before = count_triggers()
        self._add_revenue(self.account_a, 700)
        self._post_run()
        self.assertEqual(count_triggers(), [number + 1 for number in before])

    def test_a_job_leaves_it_to_another_one_that_is_at_work(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock('club_figure'::regclass::oid::int, 0)"
            )
            done = self.env["club.figure"]._refresh(self.company, JANUARY, TODAY)
        self.assertFalse(done)
        self.assertTrue(self.env["club.figure"]._refresh(self.company, JANUARY, TODAY))

    # === The records behind it === #

    def test_a_figure_opens_the_records_that_its_reader_may_read(self):
        """Exactly those that were counted, of the reader's accounts."""
        lines = self._add_revenue(self.account_a | self.account_b, 700)
        self._add_revenue(self.account_a, 700, "2026-02")
        self.env["club.figure"]._refresh(self.company, JANUARY, TODAY)
        figure = self.env["club.figure"].search(
            [
                ("code", "=", "revenue"),
                ("month", "=", MARCH),
                ("unit_id", "=", self.unit.id),
            ]
        )
        self.assertEqual(figure.value, 700)
        action = figure.with_user(self.lead).action_open_records()
        self.assertEqual(action["res_model"], "club.revenue")
        found = self.env["club.revenue"].with_user(self.lead).search(action["domain"])
        self.assertEqual(found.revenue_line_id.sudo(), lines[0])
        self.env.flush_all()
        self.env.cr.execute("UPDATE club_account_unit SET date_from = '2026-01-01'")
        self.account_a.club_unit_id = self.other_unit  # the account moves on today
        self.env["club.figure"]._refresh(self.company, JANUARY, TODAY)
        self.assertEqual(figure.value, 700)

    # === Digest === #

    def test_a_digest_tells_members_points_and_contacts(self):
        """Whoever has no role in the club isn't told."""
        self._add_revenue(self.account_a, 60_000)
        self._post_run()
        digest = self.env["digest.digest"].create(
            {
                "name": "Club",
                "company_id": self.company.id,
                "kpi_club_members": True,
                "kpi_club_points": True,
                "kpi_club_contacts_on_time": True,
            }
        )
        frame = {
            "start_datetime": datetime(2026, 3, 1),
            "end_datetime": datetime(2026, 4, 11),
        }
        told = digest.with_user(self.officer).with_context(**frame)
        self.assertEqual(told.kpi_club_members_value, 1)
        self.assertEqual(told.kpi_club_points_value, 60_000)
        self.assertEqual(told.kpi_club_contacts_on_time_value, 0)
        names = [
            kpi["kpi_name"] for kpi in digest._compute_kpis(self.company, self.officer)
        ]
        self.assertEqual(
            names, ["kpi_club_members", "kpi_club_points", "kpi_club_contacts_on_time"]
        )
        employee = self._create_employee("plain")
        self.assertEqual(digest._compute_kpis(self.company, employee), [])


@tagged("post_install", "-at_install")
class TestFigureAttacks(FigureMixin, RpcCase):
    """What a client must not do with figures, through both doors. Rule E5."""

    _watched = ("club.figure",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.unit.member_ids = [Command.link(cls.manager.id)]
        cls.mine = cls._add_figure(cls.unit)
        cls.others = cls._add_figure(cls.other_unit)

    def test_nobody_writes_a_figure(self):
        users = (self.manager, self.lead, self.finance, self.auditor, self.officer)
        for method, kwargs in (
            ("write", {"vals": {"value": 9e6}}),
            ("unlink", {}),
            ("copy", {}),
        ):
            self._assert_refused(users, "club.figure", method, self.mine.ids, **kwargs)
        self._assert_refused(
            users,
            "club.figure",
            "create",
            vals_list=[
                {"company_id": self.company.id, "month": "2026-01-01", "code": "visits"}
            ],
        )
        self._assert_refused(
            (self.officer,),
            "res.company",
            "write",
            self.company.ids,
            vals={"club_figures_since": date(2020, 1, 1).isoformat()},
        )

    def test_figures_of_another_unit_open_nothing(self):
        users = (self.manager, self.lead)
        self._assert_refused(
            users, "club.figure", "action_open_records", self.others.ids
        )
        for user in users:
            self._call_ok(user, "club.figure", "action_open_records", self.mine.ids)
            found = self._call_ok(
                user,
                "club.contact.log",
                "search_count",
                domain=[["club_figure_id", "in", [self.others.id, 2**40]]],
            )
            self.assertFalse(found)
