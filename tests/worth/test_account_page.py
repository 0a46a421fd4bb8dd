import gc

from lxml import etree

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL

from ...models.program.club_points_kind import NEVER_QUALIFYING
from ..common import TODAY, ClubFixture
from ..membership.test_partner_standing import StandingCommon
from ..record.client_spec import get_form_spec

# In all, Odoo's own among them: about 24, of partners, addresses, leads, meetings,
# cards to pay with, prices and pictures. Whoever signs asks what is his to sign, too.
MOST, MOST_OF_SIGNERS = 45, 53

AWAIT_FORM = """
const timer = setInterval(() => {
    if (document.querySelector(".o_form_view .o_form_sheet .o_field_widget")) {
        clearInterval(timer);
        console.log("test successful");
    }
}, 100);
"""


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountPage(StandingCommon):
    """Opening an account costs the same, whatever it has and however many there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._earn(cls.account_a, 160_000)  # Gold

    def _open(self, user, partner):
        """Return the queries of the web client's call, and what it is told."""
        spec = get_form_spec(partner.with_user(user), "base.view_partner_form")
        cr = self.env.cr
        self.env.flush_all()
        outer, cr.transaction = cr.transaction, None
        cr.cache.clear()
        context = {
            "lang": "en_US",
            "tz": "Asia/Shanghai",
            "allowed_company_ids": self.company.ids,
        }
        try:
            env = Environment(cr, user.id, context)
            before = cr.sql_log_count
            [values] = env["res.partner"].browse(partner.id).web_read(spec)
            return cr.sql_log_count - before, values
        finally:
            cr.transaction = outer
            cr.cache.clear()
            gc.collect()

    def test_it_takes_few_queries(self):
        for user, most in (
            (self.manager, MOST),
            (self.officer, MOST),
            (self.lead, MOST_OF_SIGNERS),
            (self.auditor, MOST_OF_SIGNERS),
        ):
            with self.subTest(user=user.login):
                self._open(user, self.account_a)  # what is kept between calls
                count, values = self._open(user, self.account_a)
                self.assertEqual(values["club_points"], 160_000)
                self.assertLessEqual(count, most)

    def test_a_word_stands_before_its_figure(self):
        """So it reads in every language: each is translated by itself."""
        view = self.env["res.partner"].get_view(
            self.env.ref("base.view_partner_form").id
        )
        tiles = etree.fromstring(view["arch"]).xpath(
            "//div[@name='club_look']//span[contains(@class, 'small')]/field"
        )
        self.assertGreaterEqual(len(tiles), 6)
        for field in tiles:
            self.assertFalse((field.tail or "").strip(), field.get("name"))
            self.assertTrue((field.getparent().text or "").strip(), field.get("name"))

    def test_more_accounts_cost_no_more(self):
        self._open(self.manager, self.account_a)
        before = self._open(self.manager, self.account_a)[0]
        others = self._create_accounts(
            (f"Account {number}" for number in range(30)),
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
        )
        self._add_revenue(others, 60_000, "2026-04")
        self.env.invalidate_all()
        self.assertEqual(self._open(self.manager, self.account_a)[0], before)

    def test_a_figure_counts_what_the_reader_may_read(self):
        """A person has his own, an account what all its people have."""
        person = self.env["res.partner"].create(
            {"name": "Ms Lin", "parent_id": self.account_a.id}
        )
        self.env["club.match.offer"].create(
            {
                "account_id": self.account_a.id,
                "kind": "offer",
                "name": "Timber",
                "company_id": self.company.id,
            }
        )
        partners = self.account_a | person | self.account_b
        for user in (self.officer, self.auditor, self.manager):
            found = partners.with_user(user).mapped("club_match_count")
            self.assertEqual(found, [1, 0, 0], user.login)

    def test_a_page_counts_what_a_search_finds(self):
        """Whose the account is, is asked once for all, of archived units' too."""
        branch = self.env["crm.team"].create(
            {
                "name": "Quay",
                "club_level": "branch",
                "parent_id": self.unit.id,
                "company_id": self.company.id,
            }
        )
        self.account_a.club_unit_id = branch
        branch.active = False
        for account in (self.account_a, self.account_b):
            self.env["club.need"].create(
                {"name": "Boxes", "account_id": account.id, "kind": "service"}
            )
        partners = self.account_a | self.account_b
        figures = self.env["res.partner"]._get_club_figures()
        asked = [f for f in figures if f.account == "account_id" and not f.is_sudo]
        self.assertGreater(len(asked), 10)
        for user in (self.manager, self.lead, self.officer, self.clerk):
            own = partners.with_user(user)
            for figure in asked:
                model = own.env[figure.model]
                if not model.has_access("read"):
                    continue
                domain = Domain("account_id", "in", own.ids) & Domain(figure.domain)
                found = own._search_of(model, "account_id", own, domain, {})
                with self.subTest(user=user.login, figure=figure.name):
                    self.assertEqual({*model.browse(found)}, {*model.search(domain)})
        self.assertTrue(own.env["club.need"].with_user(self.lead).search_count([]))

    def test_whose_it_is_is_asked_of_the_account_not_of_each_figure(self):
        """Also where Odoo has put together what several rules ask."""
        [rule] = self.env["ir.rule"].search(
            [("name", "=", "club.requalification.line: own units and below")]
        )
        self.env["ir.rule"].create(
            {
                "name": "One's own, too",
                "model_id": rule.model_id.id,
                "domain_force": "[('account_id.club_is_mine', '=', True)]",
                "groups": rule.groups.ids,
            }
        )
        own = self.account_a.with_user(self.lead)
        model = own.env["club.requalification.line"]
        domain = Domain("account_id", "in", own.ids)
        found = own._search_of(model, "account_id", own, domain, {})
        self.assertEqual({*model.browse(found)}, {*model.search(domain)})
        self.assertNotIn("club_unit_id", found.select().code)

    def test_the_rules_that_pages_show_follow_the_tiers(self):
        rules = self.program._get_shown_rules()
        self.assertEqual(rules, self.program._get_rules())
        self.tier["gold"].points_from = 155_000
        self.assertEqual(self.program._get_shown_rules(), self.program._get_rules())
        self.assertNotEqual(self.program._get_shown_rules(), rules)
        self.tier["vip"].unlink()
        self.assertEqual(self.program._get_shown_rules(), self.program._get_rules())

    def test_rules_read_beside_a_change_go_when_it_is_committed(self):
        """A page that is read meanwhile, on what stood before, doesn't keep it."""
        self.cr.postcommit.clear()
        self.tier["gold"].points_from = 155_000
        self.env.flush_all()
        self._set_points_from(150_000)  # as another session still sees it
        stale = self.program._get_shown_rules()
        self._set_points_from(155_000)
        self.assertEqual(self.program._get_shown_rules(), stale)
        self.cr.postcommit.run()
        self.assertNotEqual(self.program._get_shown_rules(), stale)
        self.assertEqual(self.program._get_shown_rules(), self.program._get_rules())

    def _set_points_from(self, points):
        self.cr.execute(
            "UPDATE club_tier SET points_from = %s WHERE id = %s",
            [points, self.tier["gold"].id],
        )
        self.env.invalidate_all()

    def test_which_kinds_count_is_never_decided_from_a_cache(self):
        """Another worker changed them: what is decided follows at once. Rule B10."""
        kinds = self.program._get_qualifying_kinds()
        rules = self.program._get_shown_rules()
        other = self.env["club.points.kind"].search(
            [("code", "not in", (*kinds, *NEVER_QUALIFYING))], limit=1
        )
        field = self.program._fields["qualifying_kind_ids"]
        self.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES (%s, %s)",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.program.id,
                other.id,
            )
        )
        self.env.invalidate_all()
        self.assertIn(other.code, self.program._get_qualifying_kinds())
        self.assertIn(other.code, self.program._get_rules().kinds)
        self.assertEqual(self.program._get_shown_rules(), rules)


@tagged("post_install", "-at_install")
class TestWhatTheClientAsks(ClubFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()

    def test_it_asks_for_what_is_counted(self):
        """The queries above are those of a browser, not of a guess."""
        asked = []
        web_read = type(self.env["res.partner"]).web_read

        def listen(partners, specification):
            asked.append((partners.ids, specification))
            return web_read(partners, specification)

        self.patch(type(self.env["res.partner"]), "web_read", listen)
        self.browser_js(
            f"/odoo/res.partner/{self.account_a.id}",
            AWAIT_FORM,
            login=self.manager.login,
            timeout=60,
        )
        (spec,) = (spec for ids, spec in asked if ids == self.account_a.ids)
        counted = get_form_spec(
            self.account_a.with_user(self.manager), "base.view_partner_form"
        )
        missing = _get_names(spec) - _get_names(counted)
        missing.discard(("properties_base_definition_id", "display_name"))  # no field's
        self.assertFalse(missing)
        self.assertLess(len(_get_names(counted) - _get_names(spec)), 5)


def _get_names(spec, path=()):
    """Return the paths of all fields that a specification asks for."""
    names = set()
    for name, part in spec.items():
        names.add((*path, name))
        names |= _get_names(part.get("fields") or {}, (*path, name))
    return names
