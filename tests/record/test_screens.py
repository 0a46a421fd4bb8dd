from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY, ClubCommon
from ..shared_world import forget_values

ROLES = ("manager", "clerk", "lead", "finance", "officer", "auditor")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestScreens(ClubCommon):
    """Every menu that a role sees opens, with lists, forms, filters and help."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Two companies at once: columns for that are there, too.
        company = cls.env["res.company"].create({"name": "Second"})
        multi = cls.env.ref("base.group_multi_company")
        for role in ROLES:
            user = getattr(cls, role)
            user.write(
                {
                    "company_ids": [Command.link(company.id)],
                    "group_ids": [Command.link(multi.id)],
                }
            )
        cls._add_revenue(cls.account_a, 600_000)
        cls._add_revenue(cls.account_b, 600_000)
        cls._post_run()
        cls.env["crm.lead"].create(
            {"name": "Lead", "partner_id": cls.account_a.id, "type": "opportunity"}
        )
        cls.env.invalidate_all()
        cls.grouped = set()  # model and grouping that somebody has read alone

    def _get_screens(self):
        """Return what each menu of the club opens, by the menu's id."""
        root = self.env.ref("crm_club.club_root_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        return {
            menu.id: (
                menu.complete_name,
                menu.action.res_model,
                [*menu.action.views, (menu.action.search_view_id.id, "search")],
                menu.action.domain or "[]",
            )
            for menu in menus
            if menu.action and menu.action.type == "ir.actions.act_window"
        }

    def _spec(self, model, arch):
        """Return the read specification of the top-level fields of a view."""
        tree = etree.fromstring(arch)
        names = {
            node.get("name")
            for node in tree.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return {
            name: {"fields": {"display_name": {}}}
            if self.env[model]._fields[name].relational
            else {}
            for name in names
        }

    def test_every_screen_opens_for_every_role(self):
        screens = self._get_screens()
        for role in ROLES:
            user = getattr(self, role)
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            opened = [screens[menu] for menu in screens if menu in visible]
            self.assertTrue(opened, role)
            for name, model, views, domain in opened:
                with self.subTest(role=role, menu=name):
                    self._open(self.env[model].with_user(user), views, domain)

    def _open(self, model, views, domain):
        views = [[view_id or False, kind] for view_id, kind in views]
        forget_values(self.env)  # each user comes with a request of his own
        found = model.get_views(views)["views"]
        self._try_filters(model, found["search"]["arch"])
        names = {"uid": model.env.uid, "active_id": False, "active_ids": []}
        model.search_count(safe_eval(domain, names))
        for kind in ("list", "kanban", "form"):
            if kind not in found:
                continue
            spec = self._spec(model._name, found[kind]["arch"])
            if kind == "form":
                model.search([], limit=2).web_read(spec)
            else:
                model.web_search_read([], spec, limit=80)

    def _try_filters(self, model, arch):
        """Run every filter and every grouping of a search view: those of a role in one
        statement, but for a grouping that nobody has read alone, as the client does.
        """
        names = {
            "uid": model.env.uid,
            "context_today": model.env.company._club_today,
            "relativedelta": relativedelta,
        }
        counts, groupings = [], []
        for node in etree.fromstring(arch).iter("filter"):
            if node.get("domain"):
                found = model._search(safe_eval(node.get("domain"), names))
                counts.append(SQL("(%s)", found.select(SQL("COUNT(*)"))))
            context = safe_eval(node.get("context") or "{}", names)
            if group_by := context.get("group_by"):
                kind = model._fields[group_by.split(":")[0]].type
                if kind == "properties":
                    continue  # the client asks for one property after the other
                if kind in ("date", "datetime") and ":" not in group_by:
                    group_by += ":month"  # the client's default
                if (model._name, group_by) in self.grouped:
                    groupings.append([group_by])
                else:
                    model.formatted_read_group([], [group_by], ["__count"])
                    self.grouped.add((model._name, group_by))
        if counts:
            model.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        if groupings:
            model.formatted_read_grouping_sets([], groupings, ["__count"])

    def test_no_view_says_once_more_that_a_field_is_readonly(self):
        """What is readonly in the model is so on each form and list by itself."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "crm_club"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        repeated = [
            f"{view.xml_id}: {name}"
            for view in views.filtered("model")
            for name in self._find_repeated(
                etree.fromstring(view.arch_db), self.env[view.model]
            )
        ]
        self.assertEqual(repeated, [])

    def _find_repeated(self, node, model):
        """Yield the fields below a node that are readonly twice."""
        for child in node.iterchildren(etree.Element):
            field = model._fields.get(child.get("name")) if child.tag == "field" else 0
            if field and field.readonly and child.get("readonly") == "1":
                yield child.get("name")
            inner = (
                self.env[field.comodel_name] if field and field.relational else model
            )
            yield from self._find_repeated(child, inner)

    def test_no_list_of_its_own_asks_what_it_stands_on(self):
        """Opened by a menu it has no parent, and the browser would show an error."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "crm_club"), ("model", "=", "ir.ui.view")]
        )
        lists = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        for view in lists.filtered(lambda view: view.type == "list"):
            asked = [
                node.get("name")
                for node in etree.fromstring(view.arch_db).iter()
                if any("parent." in value for value in node.attrib.values())
            ]
            with self.subTest(view.xml_id):
                self.assertEqual(asked, [])

    def test_no_filter_is_named_like_a_field_beside_it(self):
        """`search_default_…` would put its 1 into the field, too."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "crm_club"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        for view in views.filtered(lambda view: view.type == "search"):
            arch = etree.fromstring(view.arch_db)
            fields, filters = (
                {node.get("name") for node in arch.iter(tag)}
                for tag in ("field", "filter")
            )
            with self.subTest(view.xml_id):
                self.assertEqual(fields & filters, set())

    def test_no_menu_is_longer_than_one_takes_in(self):
        """Rows under one heading; what has more of them gets headings of its own."""
        root = self.env.ref("crm_club.club_root_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        for menu, entries in menus.grouped("parent_id").items():
            if menu not in (root, root.parent_id):
                rows = entries.filtered(lambda entry: not entry.child_id)
                self.assertLessEqual(len(rows), 7, menu.complete_name)

    def test_what_a_signer_reads_says_that_all_products_are_meant(self):
        """An empty field that isn't edited shows nothing, not even a placeholder."""
        for name in ("club.tariff", "club.revenue.share"):
            form = etree.fromstring(self.env[name].get_view(view_type="form")["arch"])
            [field] = form.xpath("//group//field[@name='category_id']")
            [told] = field.getparent().iterfind("span")
            self.assertEqual(told.text.strip(), field.get("placeholder"))
            self.assertEqual(
                [
                    safe_eval(
                        told.get("invisible"),
                        {"category_id": category, "approval_state": state},
                    )
                    for category, state in ((False, "waiting"), (7, "waiting"))
                ],
                [False, 7],
            )

    def test_benefits_fit_on_a_screen_of_768(self):
        """Nobody scrolls in a menu: twenty lines have room, headings among them."""
        menu = self.env.ref("crm_club.club_benefits_menu")
        lines = self.env["ir.ui.menu"].search(
            [("id", "child_of", menu.id), ("id", "!=", menu.id)]
        )
        self.assertLessEqual(len(lines), 20, lines.mapped("name"))

    def test_every_action_says_what_to_do_when_it_is_empty(self):
        root = self.env.ref("crm_club.club_root_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        for menu in menus:
            action = menu.action
            # What opens one record by its code has no empty list.
            if not action or action.type != "ir.actions.act_window":
                continue
            if self.env[action.res_model]._transient:
                continue
            if action.get_external_id()[action.id].startswith("crm_club."):
                self.assertIn(
                    "o_view_nocontent_smiling_face",
                    action.help or "",
                    menu.complete_name,
                )
