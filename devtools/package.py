"""What a company installs: a zip with the add-on's folder, and a wheel.

Both hold the same files with the same times and rights, in the same order, so that
whoever builds the same checkout gets the same bytes.
"""

import ast
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from . import linters, python_env
from .console import run_quietly
from .home import CHECKOUT, HOME, MODULE

TOOLS = HOME / "package"
REQUIREMENTS = CHECKOUT / "devtools" / "requirements-package.txt"

# What Odoo loads, what the code's comments send their reader to, the licence. Tests are
# shipped as Odoo's and the OCA's add-ons do: whoever installs can run them.
SHIPPED = {
    *("__init__.py", "__manifest__.py", "hooks.py"),
    *("COPYING", "LICENSE", "README.md", "docs", "readme"),
    *("controllers", "data", "demo", "i18n", "kernel", "migrations", "models"),
    *("reports", "security", "static", "tests", "views", "wizards"),
}
# What is for whoever works on the checkout.
LEFT_OUT = {
    *(".ci", ".editorconfig", ".gitignore", ".oca_hooks.cfg", ".prettierignore"),
    *(".prettierrc.json", ".pylintrc", "dev", "devtools", "eslint.config.mjs"),
    *("pyproject.toml", "ruff.toml"),
    "readme/newsfragments",
}
# What Odoo's Apps shows. Bytes of one of its pictures, and of all: everybody who
# installs the add-on carries them.
DESCRIPTION = CHECKOUT / "static" / "description"
LIMIT, LIMIT_OF_ALL = 150_000, 700_000
# The oldest moment that a zip can tell: 1 January 1980.
EPOCH = 315_532_800
EPOCH_DATE = (1980, 1, 1, 0, 0, 0)


def is_shipped(path: PurePath) -> bool:
    """Tell whether a file of the checkout is for whoever installs the add-on.

    >>> is_shipped(PurePath("models/record/lock.py")), is_shipped(PurePath("dev"))
    (True, False)
    >>> is_shipped(PurePath("readme/newsfragments/1.feature.md"))
    False
    """
    around = {str(parent) for parent in (path, *path.parents)}
    return path.parts[0] in SHIPPED and not around & LEFT_OUT


def shipped_files() -> list[Path]:
    """Return the files of the package, sorted."""
    return [path for path in linters.source_files() if is_shipped(path)]


def build_zip(target: Path) -> Path:
    """Write a zip with the add-on's folder, to be unpacked among others."""
    archive = target / f"{MODULE}-{_version()}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in shipped_files():
            info = zipfile.ZipInfo(f"{MODULE}/{path.as_posix()}", EPOCH_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            file.writestr(info, (CHECKOUT / path).read_bytes())
    return archive


def build_wheel(target: Path) -> Path:
    """Write the wheel ``odoo-addon-crm_club``, which lays the add-on among Odoo's."""
    python_env.build_environment(TOOLS, REQUIREMENTS, "what builds wheels")
    with _staged() as folder, tempfile.TemporaryDirectory() as output:
        # The rights of what is made on the way are in the wheel, too.
        command = ["sh", "-c", 'umask 022 && exec "$0" "$@"']
        command += [TOOLS / "bin" / "python", "-m", "pip", "wheel", "--no-deps"]
        command += ["--no-index", "--no-build-isolation", "--wheel-dir", output]
        # The folder isn't the checkout: no repository around it is to be asked what
        # belongs in, or how far it is from the last release.
        ceiling = str(folder.parent)
        env = os.environ | {
            "SOURCE_DATE_EPOCH": str(EPOCH),
            "GIT_CEILING_DIRECTORIES": ceiling,
        }
        run_quietly([*command, folder], "build the wheel", env=env)
        (wheel,) = Path(output).glob("*.whl")
        return Path(shutil.move(wheel, target / wheel.name))


@contextmanager
def _staged() -> Iterator[Path]:
    """Copy the package's files into a folder that is called like the add-on."""
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder).resolve() / MODULE
        for path in [*shipped_files(), Path("pyproject.toml")]:
            copy = folder / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / path, copy)
            copy.chmod(0o644)
        yield folder


def _version() -> str:
    return ast.literal_eval((CHECKOUT / "__manifest__.py").read_text())["version"]
