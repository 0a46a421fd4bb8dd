"""Rules that go by the account: quick where there are many rows, and the same rows."""

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from ..common import GROUPS, TODAY
from .rights_case import RightsCase
from .rights_samples import BELOW, OWN

ROLES = ("user", "clerk", "lead", "finance", "auditor", "officer", "admin")
# What these rules said before, from each row to its account.
BEFORE = {
    "club.greeting.line": [
        ("account_id.club_manager_id", "=", "uid"),
        ("account_id.club_unit_id.club_is_led", "=", True),
    ],
    "club.contact.log": [("account_id.club_unit_id.club_is_led", "=", True)],
    "club.relationship.evaluation": [
        ("account_id.club_unit_id.club_is_led", "=", True)
    ],
    "club.account.pulse": [("account_id.club_unit_id.club_is_led", "=", True)],
    "club.retention": [("account_id.club_unit_id.club_is_led", "=", True)],
}
NOW = {
    ("account_id.club_manager_id", "=", "uid"): [
        ("account_id.club_is_mine", "=", True),
        ("account_id.club_manager_id", "=", "uid"),
    ],
    ("account_id.club_unit_id.club_is_led", "=", True): [
        ("account_id.club_is_of_my_unit", "=", True)
    ],
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRuleSubqueries(RightsCase):
    """Who sees what. Rule E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["res.partner"].browse(
            record.account_id.id
            for places in cls.samples.values()
            for place, record in places.items()
            if place in (OWN, BELOW) and "account_id" in record._fields
        )
        cls.env.flush_all()
        # Past what keeps accounts with papers from being archived.
        cls.env.cr.execute(
            "UPDATE res_partner SET active = FALSE WHERE id = ANY(%s)", [accounts.ids]
        )
        cls.env.invalidate_all()

    def _get_models(self, env):
        """Yield the models with an account whose rows the user may open at all."""
        for name in self.samples:
            model = env[name]
            field = model._fields.get("account_id")
            if field and field.store and model.has_access("read"):
                yield model.with_context(active_test=False)

    def test_what_is_found_is_what_the_rules_say_of_each_row(self):
        """A search asks SQL, a record its computed fields; archived accounts are seen
        like others, and those of another company in use are not.
        """
        rows = {
            model._name: model.sudo().search([]).ids
            for model in self._get_models(self.env)
        }
        for role in ROLES:
            for companies in (self.company, self.other, self.company | self.other):
                env = self._take_groups(
                    f"{GROUPS}{role}",
                    companies=companies,
                    works_in=self.company | self.other,
                )
                models = [*self._get_models(env)]
                found = self._search_each(dict.fromkeys(models, Domain.TRUE))
                for model in models:
                    with self.subTest(role, model=model._name, companies=companies):
                        rule = env["ir.rule"]._compute_domain(model._name, "read")
                        rows_sudo = model.sudo().browse(rows[model._name])
                        said = rows_sudo.filtered_domain(rule)
                        self.assertEqual(found[model._name], {*said.ids}, str(rule))

    def test_what_was_said_otherwise_before(self):
        """The same rows, archived accounts among them."""
        for role in ("user", "lead"):
            env = self._take_groups(f"{GROUPS}{role}")
            for name, terms in BEFORE.items():
                model_sudo = env[name].sudo().with_context(active_test=False)
                for term in terms:
                    with self.subTest(role, model=name, term=term):
                        before, now = (
                            model_sudo.search(
                                [
                                    (
                                        path,
                                        operator,
                                        env.uid if value == "uid" else value,
                                    )
                                    for path, operator, value in domain
                                ]
                            )
                            for domain in ([term], NOW[term])
                        )
                        self.assertEqual(before, now)

    def test_no_rule_goes_from_each_row_to_its_account(self):
        for role in ROLES:
            env = self._take_groups(f"{GROUPS}{role}")
            for model in self._get_models(env):
                if model._name == "club.greeting.line":
                    continue  # by the manager alone: of the accounts that are his
                rule = env["ir.rule"]._compute_domain(model._name, "read")
                model_sudo = model.sudo()
                query = model_sudo._search(Domain(rule))
                with self.subTest(role, model=model._name):
                    self.assertNotIn(
                        'JOIN "res_partner"', str(query.select().code), str(rule)
                    )
