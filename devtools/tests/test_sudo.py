"""Whoever reads past the rights says so, and why."""

import ast
import unittest

from devtools.home import CHECKOUT

FOLDERS = ("models", "wizards", "controllers", "reports")


class TestSudo(unittest.TestCase):
    def test_each_sudo_has_a_name_or_a_reason(self):
        """Its result is called `…_sudo`, or its function has a comment `# sudo: …`."""
        found = [
            f"{path.relative_to(CHECKOUT)}:{line}"
            for folder in FOLDERS
            for path in sorted((CHECKOUT / folder).rglob("*.py"))
            for line in find_unexplained(path.read_text("utf-8"))
        ]
        self.assertEqual(found, [])

    def test_what_counts_as_explained(self):
        for text, lines in (
            ("x_sudo = x.sudo()", []),
            ("x = x.sudo()", [1]),
            ("# sudo: he needs not read it\nx = x.sudo()", []),
            ("def f():\n    # sudo: his\n    g()\n    return x.sudo()", []),
            ("def f():\n    # sudo: his\n    g()\ny(x.sudo())", [4]),
            ("for x_sudo in x.sudo():\n    y.sudo()", [2]),
            ("def _read_sudo(self):\n    return self.sudo()", []),
            ("x_sudo = y(\n    x.sudo(),\n    1,\n)", []),
            ("y(x.sudo())", [1]),
            ("x.sudo(False)", []),
        ):
            self.assertEqual(find_unexplained(text), lines, text)


def find_unexplained(text):
    """Return the lines of calls of `sudo` without a name or a reason."""
    lines = text.splitlines()
    found = []
    _walk(ast.parse(text), False, lines, found)
    return sorted(set(found))


def _walk(node, is_named, lines, found):
    is_named = is_named or _is_named(node)
    if isinstance(node, ast.FunctionDef):
        body = lines[node.lineno - 1 : node.end_lineno]
        is_named = is_named or any("# sudo:" in line for line in body)
    if _is_sudo(node) and not is_named and not _has_reason(node, lines):
        found.append(node.end_lineno)
    for name, value in ast.iter_fields(node):
        # What a loop does isn't called like what it goes through.
        is_loop = isinstance(node, ast.For) and name != "iter"
        inside = is_named and not (is_loop and _is_named(node))
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                _walk(child, inside, lines, found)


def _has_reason(node, lines):
    return any(
        "# sudo:" in line for line in lines[max(node.lineno - 2, 0) : node.end_lineno]
    )


def _is_named(node):
    if isinstance(node, ast.FunctionDef):
        return node.name.endswith("_sudo")
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.For | ast.comprehension | ast.NamedExpr):
        targets = [node.target]
    else:
        return False
    names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return any(name.endswith("_sudo") for name in names)


def _is_sudo(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        and not node.args
    )
