"""The folders of `models/` lie above each other, and each tells a model once."""

import ast
import re
import unittest
from collections import Counter

from devtools.home import CHECKOUT

MODELS = CHECKOUT / "models"
# From the ground up: each may import what stands before it.
LAYERS = (
    *("record", "approval", "program", "contact", "points", "membership", "audit"),
    *("activity", "guest", "need", "survey", "benefit", "cooperation", "hosting"),
    *("care", "worth", "figures"),
)
# What members get to see. These know nothing of it, not even by a model's name.
ENGAGING = LAYERS[LAYERS.index("activity") :]
UNKNOWING = ("record", "approval", "contact")
LINE_LIMIT = 700
# Where one thing is long, and up to what.
LONG = {
    # An application and its life: 300 lines are fields with their help.
    "activity/club_activity.py": 850,
    # A month's run: what it shows, who may press what, and why not.
    "points/club_points_run.py": 740,
}


def find_imported(tree, folder):
    """Return the folders of `models/` from which a module of one imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {_get_folder(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 2:
            names = [node.module] if node.module else [a.name for a in node.names]
            found |= {name.split(".")[0] for name in names}
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            found.add(_get_folder(node.module or ""))
    return found.intersection(LAYERS) - {folder}


def _get_folder(module):
    """Return the folder that a module's full name leads to, if any."""
    match = re.search(r"\bmodels\.(\w+)", module)
    return match and match[1]


def find_models(tree):
    """Yield (name, whether it is made here) of the models that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            attributes = {
                statement.targets[0].id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
            }
            named, inherited = attributes.get("_name"), attributes.get("_inherit")
            if isinstance(named, ast.Constant):
                yield named.value, True
            elif isinstance(inherited, ast.Constant):
                yield inherited.value, False


class TestLayers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trees = {
            path: ast.parse(path.read_text("utf-8"))
            for path in sorted(MODELS.rglob("*.py"))
        }

    def _get_layer(self, path):
        return path.relative_to(MODELS).parts[0]

    def test_folders_are_loaded_from_the_ground_up(self):
        tree = self.trees[MODELS / "__init__.py"]
        loaded = [alias.name for node in tree.body for alias in node.names]
        self.assertEqual(loaded, list(LAYERS))
        folders = {path.name for path in MODELS.iterdir() if any(path.glob("*.py"))}
        self.assertEqual(folders, set(LAYERS))

    def test_nothing_is_imported_from_above(self):
        wrong = []
        for path, tree in self.trees.items():
            layer = self._get_layer(path)
            if layer in LAYERS:
                above = LAYERS[LAYERS.index(layer) + 1 :]
                wrong += [
                    f"{path.relative_to(MODELS)}: {folder}"
                    for folder in sorted(find_imported(tree, layer))
                    if folder in above
                ]
        self.assertEqual(wrong, [])

    def test_the_ground_knows_no_model_of_what_members_get_to_see(self):
        engaging = {
            name
            for path, tree in self.trees.items()
            if self._get_layer(path) in ENGAGING
            for name, is_made in find_models(tree)
            if is_made and name.startswith("club.")
        }
        words = engaging | {name.replace(".", "_") for name in engaging}
        pattern = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, words))})(?![\w.])")
        wrong = [
            f"{path.relative_to(MODELS)}: {word}"
            for path, tree in self.trees.items()
            if self._get_layer(path) in UNKNOWING
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for word in pattern.findall(node.value)
        ]
        self.assertEqual(wrong, [])

    def test_a_folder_tells_a_model_once(self):
        counts = Counter(
            (self._get_layer(path), name)
            for path, tree in self.trees.items()
            for name, _is_made in find_models(tree)
        )
        twice = [f"{folder}: {name}" for (folder, name), n in counts.items() if n > 1]
        self.assertEqual(sorted(twice), [])

    def test_no_file_is_too_long_to_be_read_at_a_sitting(self):
        lines = {
            str(path.relative_to(MODELS)): len(path.read_text("utf-8").splitlines())
            for path in self.trees
        }
        long = {
            n: count for n, count in lines.items() if count > LONG.get(n, LINE_LIMIT)
        }
        self.assertEqual(long, {}, "take a part out into a plain class")
