from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import GROUPS, TODAY
from .rights_case import RightsCase
from .rights_samples import COMPANY, OTHER, UNIT
from .rights_table import OPERATIONS

ROLES = ("signer", "user", "clerk", "lead", "finance", "auditor", "officer", "admin")
# Lines with rules of their own besides, and why fewer read them than their document.
NARROWED = {
    "club.activity.programme": "whoever signs an activity reads its costs, not its day",
    "club.activity.briefing": "whoever signs an activity reads its costs, not its day",
    "club.activity.expense": "whoever signs an activity reads its costs, not its day",
    "club.activity.share": "whoever signs an activity reads its costs, not its day",
    "club.bulletin.section": "readers read what is in it, not what was left out",
    "club.cooperation.bid": "a unit reads its contracts, not what others bid for them",
    "club.marketing.budget": "a sheet is everybody's, an account's budget is not",
    "club.requalification.line": "a lead reads the lines of his units only",
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLineRights(RightsCase):
    """Lines take the rights of their document. Rule E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = {
            name: model._fields[model._club_parent]
            for name, model in cls.env.items()
            if getattr(model, "_club_parent", "") and not model._abstract
        }

    def _take_role(self, role, **companies):
        return self._take_groups(f"{GROUPS}{role}", **companies)

    def _get_document(self, line, env):
        return line.sudo()[self.lines[line._name].name].with_env(env)

    def test_a_line_always_has_its_document(self):
        self.assertGreater(len(self.lines), 30)
        for model, link in self.lines.items():
            self.assertEqual(link.type, "many2one", model)
            self.assertTrue(link.required and link.store, model)
            self.assertTrue(link.index, model)
            self.assertIn(link.comodel_name, self.samples, model)

    def test_rules_of_its_own_only_with_a_reason(self):
        rules = self.env["ir.rule"].with_context(active_test=False).search([])
        own = self.lines.keys() & set(rules.model_id.mapped("model"))
        self.assertEqual(own, NARROWED.keys())

    def test_who_may_open_lines_may_open_documents(self):
        """Access rights: a role's rules say nothing where it has none on documents."""
        for role in ROLES:
            env = self._take_role(role)
            for model, link in self.lines.items():
                for operation in OPERATIONS.values():
                    if env[model].has_access(operation):
                        asked = "read" if operation == "read" else "write"
                        self.assertTrue(
                            env[link.comodel_name].has_access(asked),
                            (role, model, operation),
                        )

    def test_the_rights_of_its_document(self):
        """Each role, line and place, in one company and in two."""
        asked = 0
        both = self.company | self.other
        for companies in (self.company, both):
            for role in ROLES:
                env = self._take_role(role, companies=companies, works_in=both)
                for model in self.lines:
                    asked += self._compare(env[model], role)
        self.assertGreater(asked, 2_000)

    def _compare(self, model, role):
        """Compare what one may do with lines and with their documents; return how often
        it was asked.
        """
        places = self.samples[model._name]
        lines = model.browse({line.id for line in places.values()})
        documents = self._get_document(lines, model.env)
        readable = documents._filtered_access("read")
        writable = documents._filtered_access("write")
        for operation in OPERATIONS.values():
            if not model.has_access(operation):
                continue
            allowed = readable if operation == "read" else writable
            granted = lines._filtered_access(operation)
            for place, line in places.items():
                message = (model._name, operation, role, place)
                may = self._get_document(line, model.env) in allowed
                if model._name in NARROWED:
                    self.assertLessEqual(line in granted, may, message)
                else:
                    self.assertEqual(line in granted, may, message)
        return len(places) * len(OPERATIONS)

    def test_lines_of_archived_documents(self):
        """They stay as readable as the document."""
        env = self._take_role("user")
        for model, link in self.lines.items():
            if not self.env[link.comodel_name]._active_name:
                continue
            for line in self.samples[model].values():
                before = line.with_env(env).has_access("read")
                self._get_document(line, self.env).sudo().write({"active": False})
                self.env.flush_all()
                line = line.with_env(env)
                self.assertEqual(line.has_access("read"), before, model)
                if env[model].has_access("read"):
                    found = line.with_context(active_test=False).search(
                        [("id", "=", line.id)]
                    )
                    self.assertEqual(bool(found), before, model)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_refusal_names_the_line_and_the_rule_of_its_document(self):
        env = self._take_role("user")
        self.user.group_ids |= self.env.ref("base.group_no_one")
        line = self.samples["club.visit.stop"][OTHER].with_env(env)
        with self.debug_mode(), self.assertRaises(AccessError) as caught:
            line.check_access("write")
        message = str(caught.exception)
        self.assertIn(f"club.visit.stop: {line.id}", message)
        self.assertIn("club.visit: own documents", message)
        self.assertNotIn("company", message)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_company_is_suggested_for_an_archived_document(self):
        """It was shown as a matter of company, and the page loaded for ever."""
        line = self.samples["club.benefit.quota"][UNIT]
        foreign = self.samples["club.benefit.quota"][COMPANY]
        (line | foreign).sudo().benefit_id.active = False
        self.env.flush_all()
        rules = self.env["ir.rule"].with_env(self._take_role("user"))
        self.assertFalse(rules._get_failing(line.with_env(rules.env)))
        failing = rules._get_failing(foreign.with_env(rules.env)).sudo()
        self.assertEqual(failing.model_id.model, "club.benefit")
