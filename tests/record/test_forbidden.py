import re

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from ..common import GROUPS, TODAY, ClubFixture
from .rights_case import RightsCase
from .rights_samples import COMPANY, OTHER, OWN

ROLES = ("user", "clerk", "lead", "finance", "auditor")

# Waits for Odoo's refusal. A page that loads itself again and again forgets to.
AWAIT_REFUSAL = """
    const look = setInterval(() => {
        const dialogs = [...document.querySelectorAll(".o_dialog")];
        if (dialogs.some((dialog) => dialog.textContent.includes("top-secret"))) {
            clearInterval(look);
            console.log("test successful");
        }
    }, 100);
"""


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestForbidden(RightsCase):
    """A forbidden record is refused, and no other company is offered for it. E2.

    Odoo suggests the record's company wherever a failing rule has `company_id` in its
    text; the web client then switches to it and loads the page again, for ever if it
    is the company in use already.
    """

    def test_no_rule_of_a_group_names_the_company(self):
        rules = self.env["ir.rule"].with_context(active_test=False).search([])
        ours = rules.filtered(lambda rule: rule.model_id.model.startswith("club."))
        of_groups = ours.filtered("groups")
        self.assertTrue(of_groups)
        self.assertFalse(
            of_groups.filtered(lambda r: "company_id" in (r.domain_force or ""))
        )
        # What no longer says it leaves it to the one that all must fulfil.
        here = of_groups.filtered(lambda r: "club_is_here" in (r.domain_force or ""))
        self.assertTrue(here)
        of_all = (ours - of_groups).filtered(
            lambda rule: re.search(
                r"^\[\('([a-z_]+\.)?company_id', 'in', company_ids\)\]$",
                rule.domain_force.strip(),
            )
        )
        self.assertLessEqual(here.model_id, of_all.model_id)

    def test_no_company_is_suggested(self):
        """Nowhere, whoever asks for whatever record."""
        refused = set()
        for role in ROLES:
            env = self._take_groups(f"{GROUPS}{role}")
            for model, places in self.samples.items():
                if env[model]._transient:
                    continue
                record = places[OTHER].with_env(env)
                try:
                    record.web_read({"display_name": {}})
                except AccessError as error:
                    context = getattr(error, "context", {})
                    self.assertNotIn("suggested_company", context, (role, model))
                    refused.add(model)
        self.assertGreater(len(refused), 26)

    def test_the_company_in_use_decides_whose_account_it_is(self):
        """In the other company the account is his, too: he sees what is there while he
        works there, and not while he works here, though he may see both.
        """
        models = self._get_models_of_company_in_use()
        for companies, where in (
            (self.company | self.other, {OWN}),
            (self.other | self.company, {COMPANY}),
        ):
            env = self._take_groups(f"{GROUPS}user", companies)
            for model in models:
                for place in (OWN, COMPANY):
                    record = self.samples[model][place].with_env(env)
                    self.assertEqual(record.has_access("read"), place in where)

    def _get_models_of_company_in_use(self):
        """Return the models that account managers see by account alone."""
        rules = self.env["ir.rule"].search(
            [("groups", "in", self.env.ref(f"{GROUPS}user").ids)]
        )
        own = "('account_id.club_is_mine', '=', True)"
        text = f"[{own}, ('club_is_here', '=', True)]"
        found = rules.filtered(lambda r: (r.domain_force or "").strip() == text)
        models = {rule.model_id.model for rule in found} & self.samples.keys()
        self.assertGreater(len(models), 5)
        return sorted(models)


@tagged("post_install", "-at_install")
class TestForbiddenPages(ClubFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()

    def test_the_page_says_so_and_stays(self):
        """Rule E2."""
        agreement = self.account_b.club_agreement_ids
        score = self.env["club.account.score"].create(
            {
                "account_id": self.account_b.id,
                "indicator_id": self.env["club.indicator"]
                .create(
                    {"program_id": self.program.id, "code": "influence", "name": "Fame"}
                )
                .id,
                "value": 50,
            }
        )
        for record in (agreement, score):
            self.assertFalse(record.with_user(self.manager).has_access("read"))
            with self.assertLogs("odoo.http", "WARNING"):
                self.browser_js(
                    f"/odoo/{record._name}/{record.id}",
                    AWAIT_REFUSAL,
                    login=self.manager.login,
                    timeout=40,
                    # The refusal itself is logged as an error.
                    error_checker=lambda message: "top-secret" not in message,
                )
