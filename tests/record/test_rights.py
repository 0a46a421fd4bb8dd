import doctest

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import GROUPS, TODAY
from . import rights_table
from .rights_case import RightsCase
from .rights_samples import BELOW, COMPANY, OTHER, OWN, TO_SIGN, TRAIL, UNIT
from .rights_table import ALL, OPERATIONS

EMPLOYEE, SIGNATORY = "Employee", "Signatory"
ROLES = {
    EMPLOYEE: "base.group_user",
    SIGNATORY: f"{GROUPS}signer",
    "Account Manager": f"{GROUPS}user",
    "Points Clerk": f"{GROUPS}clerk",
    "Unit Lead": f"{GROUPS}lead",
    "Finance": f"{GROUPS}finance",
    "Auditor": f"{GROUPS}auditor",
    "Club Officer": f"{GROUPS}officer",
    "Administrator": f"{GROUPS}admin",
}
# Whose units reach below the one that he leads; a points clerk verifies one.
LEADS = {"Unit Lead", "Club Officer", "Administrator"}
# The lists that all companies share.
SHARED = {
    *("club.points.kind", "club.contact.role", "club.contact.interest"),
    *("club.banquet.purpose", "club.banquet.form", "club.day"),
    *("club.retention.cause", "club.complaint.cause"),
    *("club.scorecard.template", "club.scorecard.indicator"),
}
# Records that belong to a unit and to nobody in it, so that none of them is one's own.
NOBODYS = {
    "club.contact.sample",
    "club.points.run.unit",
    "club.points.exception",
    "club.requalification.line",
    "club.scorecard",
    "club.scorecard.line",
    "club.tier.override",
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    """`docs/rights.md` says what holds, and all of it. Rule E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = rights_table.read_table(rights_table.PATH.read_text("utf-8"))
        cls.models = [model for model in cls.table if model in cls.samples]
        # What Odoo grants: {role: {model: {place: operations}}}
        cls.granted = {}
        for role in ROLES:
            env = cls._take_groups(ROLES[role])
            cls.granted[role] = {
                model: cls._get_granted(env[model], cls.samples[model])
                for model in cls.models
            }

    @staticmethod
    def _get_granted(model, places):
        """Return the operations that are granted on each place's record."""
        records = model.browse({record.id for record in places.values()})
        granted = {
            operation: set(records._filtered_access(operation).ids)
            for operation in OPERATIONS.values()
        }
        return {
            place: {operation for operation, ids in granted.items() if record.id in ids}
            for place, record in places.items()
        }

    def _get_cells(self):
        """Return role, model, its cell and what Odoo grants, cell by cell."""
        return [
            (role, model, self.table[model][1][role], granted)
            for role, models in self.granted.items()
            for model, granted in models.items()
        ]

    def _get_rights(self, role, model, granted):
        """Return the scope of each operation, and where Odoo grants more or less.

        :param granted: operations by place
        :return: the rights of the cell, and the places that no cell tells right
        """
        own = set() if model in NOBODYS else {OWN}
        scopes = {ALL: {OTHER, BELOW, UNIT} | own, UNIT: {UNIT} | own, OWN: own}
        if role in LEADS:
            scopes[UNIT] |= {BELOW}
        if model in TRAIL:
            scopes = {scope: places | set(TO_SIGN) for scope, places in scopes.items()}
        elif role == SIGNATORY and TO_SIGN[0] in granted:
            # What is his own is what he signs.
            scopes = {ALL: {OTHER, BELOW, UNIT, OWN, *TO_SIGN}, OWN: set(TO_SIGN)}
        rights, unclear = {}, {}
        compared = set().union(*scopes.values())
        for operation in OPERATIONS.values():
            places = {place for place in compared if operation in granted[place]}
            for scope, expected in scopes.items():
                if places and places == expected:
                    rights[operation] = scope
                    break
            else:
                if places:
                    unclear[operation] = sorted(places)
        return rights, unclear

    # === The table === #

    def test_the_table_names_each_model_of_the_club(self):
        found = {
            name
            for name, model in self.registry.items()
            if name.startswith("club.") and not model._abstract
        }
        missing = found - self.table.keys()
        self.assertFalse(missing, f"add to docs/rights.md: {sorted(missing)}")
        gone = self.table.keys() - found
        self.assertFalse(gone, f"take out of docs/rights.md: {sorted(gone)}")
        unsampled = found - self.samples.keys()
        self.assertFalse(unsampled, f"add to rights_samples.py: {sorted(unsampled)}")

    def test_the_table_calls_things_by_their_names(self):
        groups = {self.env.ref(group).name: group for group in ROLES.values()}
        for model in self.models:
            label, cells = self.table[model]
            self.assertEqual(label, self.env[model]._description, model)
            self.assertEqual(list(cells), list(ROLES), model)
            for role in list(cells)[1:]:
                self.assertIn(role, groups)

    def test_examples_of_cells(self):
        self.assertFalse(doctest.testmod(rights_table).failed)

    # === Rights === #

    def test_each_cell(self):
        """Each role and model: create, read, write, unlink on own, unit's, others'."""
        wrong = []
        for role, model, cell, granted in self._get_cells():
            rights, unclear = self._get_rights(role, model, granted)
            if unclear:
                wrong.append(f"{model} · {role}: no cell can say {unclear}")
            elif rights != cell:
                right = rights_table.format_cell(rights)
                was = rights_table.format_cell(cell)
                wrong.append(f"{model} · {role}: | {right} |, the table says “{was}”")
        self._assert_none(wrong, "Mend docs/rights.md, or the rights:")

    def test_whoever_signs_has_a_signatorys_rights_besides(self):
        """Of what he signs: his role's rights on anybody's, and a Signatory's."""
        wrong = []
        for role, model, cell, granted in self._get_cells():
            expected = {op for op, scope in cell.items() if scope == ALL}
            if role != EMPLOYEE:
                expected |= self.table[model][1][SIGNATORY].keys()
            wrong += [
                f"{model} · {role}: {sorted(granted[place])} of what is {place}"
                for place in TO_SIGN
                if granted.get(place, expected) != expected
            ]
        self._assert_none(wrong, "More or less than a Signatory's rights:")

    def test_nobody_has_any_right_in_another_company(self):
        wrong = [
            f"{model} · {role}: {sorted(granted[COMPANY])}"
            for role, model, _cell, granted in self._get_cells()
            if model not in SHARED and granted[COMPANY]
        ]
        self._assert_none(wrong, "Rights in another company:")

    def _assert_none(self, wrong, title):
        if wrong:
            self.fail("\n".join([title, *wrong]))

    def test_lists_show_what_opens(self):
        """A search asks PostgreSQL, opening a record asks in memory: both agree."""
        for role in ROLES:
            env = self._take_groups(ROLES[role])
            for model in self.models:
                places = self.samples[model]
                if not env[model].has_access("read"):
                    with self.assertRaises(AccessError):
                        env[model].search([])
                    continue
                ids = [record.id for record in places.values()]
                shown = (
                    env[model]
                    .with_context(active_test=False)
                    .search([("id", "in", ids)])
                )
                opens = {
                    places[place].id
                    for place, operations in self.granted[role][model].items()
                    if "read" in operations
                }
                self.assertEqual(set(shown.ids), opens, (model, role))
