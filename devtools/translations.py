"""Translation files that change only when the terms or their translations do."""

from pathlib import Path

import polib

from . import odoo_source

# Where the usual words (Created on, Company, …) are translated already.
SHARED_MODULES = ("base", "web", "mail", "account", "crm", "event", "survey")
CHURNING_HEADERS = ("POT-Creation-Date", "PO-Revision-Date")


def without_dates(text: str) -> polib.POFile:
    """Parse an exported .pot, in a fixed order and without its dates."""
    template = polib.pofile(text)
    for header in CHURNING_HEADERS:
        template.metadata.pop(header, None)
    for entry in template:
        entry.occurrences.sort()
    template.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return template


def merged(template: polib.POFile, path: Path, language: str) -> polib.POFile:
    """Return the template with translations: our own, else those of Odoo itself.

    Terms that the template lacks are dropped, fuzzy guesses don't count.
    """
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    own = {
        entry.msgid: entry.msgstr for entry in old if entry.msgstr and not entry.fuzzy
    }
    shared = _shared_translations(language)
    result = polib.POFile()
    result.header = template.header
    result.metadata = template.metadata | {"Language": language}
    for term in template:
        translation = own.get(term.msgid) or shared.get(term.msgid, "")
        result.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=translation,
                occurrences=term.occurrences,
                comment=term.comment,
                tcomment=term.tcomment,
                flags=term.flags,
            )
        )
    return result


def _shared_translations(language: str) -> dict[str, str]:
    """Return what Odoo's own modules translate; the earlier module is believed."""
    found: dict[str, str] = {}
    for module in SHARED_MODULES:
        for folder in odoo_source.addons_paths():
            path = folder / module / "i18n" / f"{language}.po"
            if path.exists():
                for entry in polib.pofile(str(path)):
                    if entry.msgstr and not entry.fuzzy:
                        found.setdefault(entry.msgid, entry.msgstr)
    return found
