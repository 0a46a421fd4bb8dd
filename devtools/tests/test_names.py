"""XML ids and roles follow one pattern, so that whoever looks for one finds it."""

import ast
import csv
import re
import unittest
from collections import Counter
from xml.etree import ElementTree

from devtools.home import CHECKOUT

FOLDERS = ("security", "data", "views", "wizards", "reports")
# What the club calls some of Odoo's own records.
NOUNS = {
    "account_move_line": "club_bill_line",
    "crm_team": "club_unit",
    "res_partner": "club_account",
}
CHANGES = {
    *("create", "write", "unlink"),
    *("_create_guarded", "_write_guarded", "_set_state"),
}
# Where a record says which model it is of, and what follows that model's name.
PATTERNS = {
    "ir.ui.view": (
        "model",
        "_view_(form|list|kanban|search|calendar|pivot|graph|activity)(_[a-z_]+)?",
    ),
    "ir.actions.act_window": ("res_model", "_action(_[a-z_]+)?"),
    "ir.actions.server": ("model_id", "_action(_[a-z_]+)?"),
    "ir.rule": ("model_id", "_rule_[a-z_]+"),
}


def find_records():
    """Yield each record of the data files."""
    for folder in FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*.xml")):
            yield from ElementTree.parse(path).getroot().iter("record")


def get_model(record, name):
    """Return the model that a record's field says, with underscores."""
    field = record.find(f"field[@name='{name}']")
    if field is None:
        return ""
    said = field.text or field.get("ref").rpartition(".")[2].removeprefix("model_")
    return said.replace(".", "_")


def find_openers(tree):
    """Yield the methods of a module that open something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("action_open_"):
            yield node


class TestNames(unittest.TestCase):
    def test_each_xml_id_stands_once(self):
        """A second record of an id would change the first one, in silence."""
        counts = Counter(
            node.get("id")
            for folder in FOLDERS
            for path in (CHECKOUT / folder).rglob("*.xml")
            for node in ElementTree.parse(path).iter()
            if node.tag in ("record", "template", "menuitem", "report")
        )
        self.assertFalse([name for name, count in counts.items() if count > 1])

    def test_xml_ids_begin_with_their_model(self):
        for record in find_records():
            if record.get("model") not in PATTERNS:
                continue
            field, ending = PATTERNS[record.get("model")]
            model = get_model(record, field)
            names = "|".join({model, NOUNS.get(model, model)})
            with self.subTest(record.get("id")):
                self.assertRegex(record.get("id"), f"^({names}){ending}$")

    def test_rights_say_whose_they_are(self):
        path = CHECKOUT / "security" / "ir.model.access.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                model = row["model_id:id"].rpartition(".")[2].removeprefix("model_")
                role = row["group_id:id"].rpartition("_group_")[2]
                if row["group_id:id"] == "base.group_user":
                    role = "employee"
                self.assertEqual(row["id"], f"{model}_access_{role}")

    def test_menus_and_jobs_say_what_they_are(self):
        for path in sorted((CHECKOUT / "views").rglob("*.xml")):
            for node in ElementTree.parse(path).iter("menuitem"):
                self.assertRegex(node.get("id"), "^club_[a-z_]+_menu$")
        for record in find_records():
            if record.get("model") == "ir.cron":
                self.assertRegex(record.get("id"), "^ir_cron_club_")

    def test_what_opens_something_changes_nothing(self):
        """`action_open_…` leads to a screen; what a step changes has its own verb."""
        for folder in ("models", "wizards"):
            for path in sorted((CHECKOUT / folder).rglob("*.py")):
                for method in find_openers(ast.parse(path.read_text("utf-8"))):
                    called = {getattr(node, "attr", "") for node in ast.walk(method)}
                    self.assertFalse(called & CHANGES, (path.name, method.name))

    def test_roles_are_named_once(self):
        """In `models/record/groups.py`: elsewhere code imports them."""
        spelt = [
            str(path.relative_to(CHECKOUT))
            for folder in ("models", "wizards", "reports", "controllers")
            for path in sorted((CHECKOUT / folder).rglob("*.py"))
            if re.search(r"crm_club_group_", path.read_text("utf-8"))
        ]
        self.assertEqual(spelt, ["models/record/groups.py"])
