"""With what the app opens, and where its menus are, role by role. Rules E2, E5."""

from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon, month

# What an officer's bar has room for on 1366 pixels.
BAR = [
    *("Today", "Overview", "Accounts", "Activities", "Rewards and Benefits"),
    *("Points", "Reporting", "Configuration", "Charter"),
]
PATHS = {
    "manager": ("club.today", "club-today"),
    "clerk": ("club.today", "club-today"),
    "lead": ("club.overview", "club-overview"),
    "finance": ("club.overview", "club-overview"),
    "officer": ("club.overview", "club-overview"),
    "auditor": ("club.audit.sample", "club-audit-samples"),
    "signer": ("club.approval.request", "club-to-sign"),
    "admin": ("club.overview", "club-overview"),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBegin(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signer = cls._create_user("signer")
        cls.admin = cls._create_user("admin")
        cls.root = cls.env.ref("crm_club.club_root_menu")

    def _open_app(self, user):
        """Return what the server answers when the user opens the app."""
        menus = self.env["ir.ui.menu"].with_user(user)
        menus = menus.with_context(allowed_company_ids=self.company.ids)
        app = menus.load_web_menus(debug=False)[self.root.id]
        self.assertEqual(app["actionModel"], "ir.actions.server")
        action = menus.env["ir.actions.server"].browse(app["actionID"])
        return action.sudo().with_env(menus.env).run()

    def _get_sections(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(debug=False)
        return [menus[child]["name"] for child in menus[self.root.id]["children"]]

    def test_the_app_opens_with_what_each_role_works_on(self):
        for role, (model, path) in PATHS.items():
            with self.subTest(role):
                opened = self._open_app(getattr(self, role))
                self.assertEqual((opened["res_model"], opened["path"]), (model, path))

    def test_it_opens_before_other_apps(self):
        """Nobody begins with Discuss."""
        for role in PATHS:
            menus = self.env["ir.ui.menu"].with_user(getattr(self, role))
            found = menus.load_menus(debug=False)
            self.assertEqual(found["root"]["children"][0], self.root.id, role)

    def test_who_has_no_role_opens_nothing(self):
        employee = self._create_employee("nobody")
        menus = self.env["ir.ui.menu"].with_user(employee).load_menus(debug=False)
        self.assertNotIn(self.root.id, menus)

    def test_who_looks_down_on_other_companies_begins_with_their_figures(self):
        """Rule E5: has no units where he works, and reads what others came to."""
        head = self.env["res.company"].create({"name": "Head Office"})
        self.env.cr.execute(
            "UPDATE res_company SET parent_id = %s, parent_path = %s || parent_path"
            " WHERE id = %s",
            [head.id, head.parent_path, self.company.id],
        )
        self.env.invalidate_all()
        director = self._create_user("officer", "director", head)
        menus = self.env["ir.ui.menu"].with_user(director)
        menus = menus.with_context(allowed_company_ids=head.ids)
        self.assertEqual(menus._open_club()["path"], "club-overview", "no figures yet")
        self.env["club.figure"]._create_guarded(
            {
                "company_id": self.company.id,
                "unit_id": self.unit.id,
                "month": month("2026-03"),
                "code": "visits",
                "value": 3,
                "base": 0,
            }
        )
        self.assertEqual(menus._open_club()["path"], "club-figures")
        self.assertEqual(self._open_app(self.officer)["path"], "club-overview")

    def test_each_role_sees_its_sections(self):
        self.assertEqual(self._get_sections(self.officer), BAR)
        self.assertEqual(self._get_sections(self.admin), BAR)
        without = [name for name in BAR if name != "Overview"]
        for user, sections in (
            (self.manager, without),
            (self.clerk, without),
            (self.lead, BAR),
            (self.finance, BAR),
            (self.auditor, BAR),
            (self.signer, ["Today"]),
        ):
            self.assertEqual(self._get_sections(user), sections, user.login)

    def test_a_sections_menu_fits_on_a_screen_of_768(self):
        """Nobody scrolls in it: 24 lines have room, headings among them."""
        for name in ("begin", "accounts", "points", "reporting"):
            section = self.env.ref(f"crm_club.club_{name}_menu")
            lines = self.env["ir.ui.menu"].search_count(
                [("id", "child_of", section.id), ("id", "!=", section.id)]
            )
            self.assertLessEqual(lines, 24, section.name)

    def test_what_moved_is_seen_by_whom_it_was_seen(self):
        """Audit by officers and auditors, requalification by leads as well."""
        for name, roles in (
            ("club_audit_sample_menu", {"officer", "auditor", "admin"}),
            ("club_requalification_menu", {"lead", "officer", "auditor", "admin"}),
            ("club_duty_menu", set(PATHS) - {"signer"}),
            ("club_revenue_menu", set(PATHS) - {"signer"}),
            ("club_to_sign_menu", set(PATHS)),
        ):
            menu = self.env.ref(f"crm_club.{name}")
            seen = {
                role
                for role in PATHS
                if menu.id in menu.with_user(getattr(self, role))._visible_menu_ids()
            }
            self.assertEqual(seen, roles, name)
