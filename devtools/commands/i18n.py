"""Export the add-on's terms and merge them into its translations.

    ./dev i18n            write i18n/crm_club.pot and i18n/zh_CN.po
    ./dev i18n --check    write nothing; fail when they are out of date

Either way it fails when a term has no translation, one word has two meanings, or
Chinese is set with English punctuation or stray blanks, and lists those.
"""

import argparse

from .. import databases
from ..console import run_quietly, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME, MODULE, SCRATCH
from ..year import database as demo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer only to look."""
    parser.add_argument("--check", action="store_true", help="write nothing")


def run(args: argparse.Namespace) -> int:
    """Return 1 when a term is untranslated, or with --check a file out of date."""
    from .. import translations  # needs the environment's Python, which --help doesn't

    template = translations.without_dates(_exported_terms())
    files = {CHECKOUT / "i18n" / f"{MODULE}.pot": template}
    failed = False
    for language in databases.LANGUAGES:
        path = CHECKOUT / "i18n" / f"{language}.po"
        files[path] = translations.merged(template, path, language)
        missing = [entry for entry in files[path] if not entry.msgstr]
        for entry in missing:
            where = ", ".join(place for place, _line in entry.occurrences[:2])
            print(f"{path.name}: untranslated: {entry.msgid!r} ({where})")
        wrong = translations.misread(files[path], translations.read_senses())
        if language.startswith("zh"):
            wrong += translations.misprinted(files[path])
        for sentence in wrong:
            print(f"{path.name}: {sentence}")
        failed |= bool(missing or wrong)
        total = len(files[path])
        print(f"{path.name}: {total - len(missing)} of {total} terms")
    for path, content in files.items():
        old = path.read_text() if path.exists() else None
        if old == str(content):
            continue
        if args.check:
            print(f"{path.name} is out of date: run ./dev i18n")
            failed = True
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(content))
            print(f"wrote {path.relative_to(CHECKOUT)}")
    return int(failed)


def _exported_terms() -> str:
    """Return the .pot that Odoo exports from a fresh database with demo data: who looks
    at it in Chinese reads its catalogue in Chinese.
    """
    database = databases.unused_name("i18n")
    target = SCRATCH / f"{database}.pot"
    SCRATCH.mkdir(parents=True, exist_ok=True)
    try:
        demo.ensure_demo(database)
        say("exporting the terms …")
        command = odoo_command("i18n", "export", "-c", str(CONF), "-d", database)
        run_quietly(
            [*command, "-l", "pot", "-o", target, MODULE],
            "export the terms",
            env=odoo_environment(),
            cwd=HOME,
        )
        return target.read_text()
    finally:
        databases.drop(database)
        target.unlink(missing_ok=True)
