import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import file_open, mute_logger
from odoo.tools.translate import extract_spreadsheet_terms

from ...models.figures.codes import MONEY
from ..common import TODAY, ClubFixture
from .bulletin_case import MARCH, BulletinMixin
from .dashboard_sources import get_sources

NAMES = ("members", "revenue", "care", "activities")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDashboard(BulletinMixin, ClubFixture, HttpCase):
    """What the dashboards ask for is there, and each reader sees his own. Rule E5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_bulletins()
        cls.dashboards = {
            name: cls.env.ref(f"crm_club.club_{name}_dashboard") for name in NAMES
        }
        cls.books = {
            name: json.loads(dashboard.spreadsheet_data)
            for name, dashboard in cls.dashboards.items()
        }

    def _read(self, user, name):
        """Return what all pivots and charts of a dashboard give a user, as it is read
        by the browser.
        """
        env = self.env(user=user.id, su=False, context={})
        return [
            row
            for model, domain, groups, measures, _source in get_sources(
                self.books[name]
            )
            for row in env[model].formatted_read_group(domain, groups, measures)
        ]

    def test_models_fields_and_codes_are_there(self):
        labels = dict(self.env["club.figure"]._fields["code"].selection)
        for name, book in self.books.items():
            sources = list(get_sources(book))
            self.assertTrue(sources)
            filters = {one["id"] for one in book["globalFilters"]}
            for model, domain, groups, measures, source in sources:
                with self.subTest(name, source=source.get("name")):
                    fields = self.env[model]._fields
                    for spec in (*groups, *measures):
                        self.assertIn(spec.partition(":")[0], fields)
                    Domain(domain).validate(self.env[model])
                    ((_field, _operator, codes),) = domain
                    self.assertLessEqual(set(codes), set(labels))
                    self.assertEqual(set(source["fieldMatching"]), filters)
                    for match in source["fieldMatching"].values():
                        self._assert_chain(model, match)

    def _assert_chain(self, model, match):
        """The way of a filter leads to a field of the type that it says."""
        *links, last = match["chain"].split(".")
        for link in links:
            model = self.env[model]._fields[link].comodel_name
        self.assertEqual(self.env[model]._fields[last].type, match["type"])

    def test_each_role_reads_its_figures(self):
        """An account manager reads those of the unit that he works in. Rule E2."""
        self.unit.member_ids = [(4, self.manager.id)]
        for name in NAMES:
            for user in (self.officer, self.auditor, self.lead, self.manager):
                with self.subTest(name, user=user.login):
                    self._read(user, name)
        revenue = {
            user: self._sum(user, "revenue")
            for user in (self.officer, self.auditor, self.lead, self.manager)
        }
        self.assertEqual(revenue[self.officer], revenue[self.auditor])
        self.assertGreater(revenue[self.officer], revenue[self.lead])
        self.assertEqual(revenue[self.lead], revenue[self.manager])
        self.assertFalse(self._sum(self.clerk, "revenue"))

    def _sum(self, user, name):
        return sum(row.get("value:sum") or 0 for row in self._read(user, name))

    def test_another_company_reads_nothing(self):
        other = self._create_club_company("Other Post")
        stranger = self._create_user("admin", "foreigner", other)
        for name in NAMES:
            self.assertFalse(self._read(stranger, name), name)
        self._add_figures([("revenue", MARCH, 9, 0)], self.env["crm.team"], other)
        self.assertTrue(self._sum(stranger, "revenue"))
        before = self._sum(self.officer, "activities")
        self._add_figures([("costs", MARCH, 90, 0)], self.env["crm.team"], other)
        self.assertTrue(self._sum(stranger, "activities"))
        self.assertEqual(self._sum(self.officer, "activities"), before)

    def test_who_opens_them(self):
        """Each role of the club by its menu; nobody without one."""
        dashboard = self.dashboards["care"]
        address = f"/spreadsheet/dashboard/data/{dashboard.id}"
        self.authenticate(self.manager.login, self.manager.login)
        answer = self.url_open(address)
        self.assertEqual(answer.json()["translation_namespace"], "crm_club")
        stranger = self._create_employee("stranger")
        for user in (self.auditor, self.finance):
            self.assertTrue(dashboard.with_user(user).has_access("read"))
        self.assertFalse(dashboard.with_user(stranger).has_access("read"))
        with self.assertRaises(AccessError):
            self.env["club.figure"].with_user(stranger).search([])
        self.authenticate(stranger.login, stranger.login)
        with mute_logger("odoo.http"):
            self.assertNotEqual(self.url_open(address).status_code, 200)

    def test_money_has_its_currency_and_comes_to_the_same(self):
        """A monetary measure brings the sign of its company's currency with it."""
        for name, code in (("revenue", "revenue"), ("activities", "costs")):
            cells = json.dumps(self.books[name])
            self.assertIn(f'\\"amount\\",\\"code\\",\\"{code}\\"', cells)
            self.assertNotIn(f'\\"value\\",\\"code\\",\\"{code}\\"', cells)
        figures = self.env["club.figure"].with_user(self.officer)
        groups = figures._read_group([], ["code"], ["value:sum", "amount:sum"])
        for code, value, amount in groups:
            self.assertEqual(amount, code in MONEY and value, code)
        self.assertIn("revenue", [code for code, _value, _amount in groups])
        field = figures.fields_get(["amount"])["amount"]
        self.assertEqual((field["type"], field["aggregator"]), ("monetary", "sum"))

    def test_the_client_offers_no_link_to_them(self):
        self.authenticate(self.officer.login, self.officer.login)
        answer = self.make_jsonrpc_request("/web/session/get_session_info")
        self.assertEqual(
            set(answer["club_dashboards"]), {one.id for one in self.dashboards.values()}
        )

    def test_none_is_shared_by_a_link_that_asks_for_no_login(self):
        """Another app's is: who opens it is a visitor without a role. Rule E5."""
        other = self.env["spreadsheet.dashboard"].create(
            {
                "name": "Sales",
                "spreadsheet_data": "{}",
                "dashboard_group_id": self.env["spreadsheet.dashboard.group"]
                .create({"name": "Others"})
                .id,
                "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
            }
        )
        for user in (self.officer, self.manager):
            shares = self.env["spreadsheet.dashboard.share"].with_user(user)
            values = {"spreadsheet_data": "{}"}
            for dashboard in self.dashboards.values():
                with self.assertRaisesRegex(UserError, "without a login"):
                    shares.action_get_share_url(
                        {**values, "dashboard_id": dashboard.id}
                    )
            share = shares.create({**values, "dashboard_id": other.id})
            with self.assertRaisesRegex(UserError, "without a login"):
                share.dashboard_id = self.dashboards["care"]
            share.invalidate_recordset()
            page = self.url_open(f"/dashboard/share/{share.id}/{share.access_token}")
            self.assertEqual(page.status_code, 200)

    def test_actions_open_them(self):
        """The menu opens the first one, whose side bar has the others."""
        for name, dashboard in self.dashboards.items():
            action = self.env.ref(f"crm_club.club_{name}_dashboard_action")
            self.assertEqual(action.tag, "action_spreadsheet_dashboard")
            self.assertEqual(action.params, {"dashboard_id": dashboard.id})
        self.assertEqual(
            self.env.ref("crm_club.club_dashboard_menu").action,
            self.env.ref("crm_club.club_members_dashboard_action"),
        )
        groups = {each.dashboard_group_id for each in self.dashboards.values()}
        self.assertEqual(len(groups), 1)

    def test_odoo_finds_the_words_to_translate(self):
        for name, book in self.books.items():
            with file_open(
                f"crm_club/data/files/club_{name}_dashboard.json", "rb"
            ) as file:
                terms = {
                    term
                    for _line, _function, term, _comments in extract_spreadsheet_terms(
                        file, [], [], {}
                    )
                }
            shown = {one["label"] for one in book["globalFilters"]}
            for figure in book["sheets"][0]["figures"]:
                shown.add(figure["data"]["title"]["text"])
            self.assertLessEqual(shown, terms)
