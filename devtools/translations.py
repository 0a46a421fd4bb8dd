"""Translation files that change only when the terms or their translations do."""

import re
import tomllib
from pathlib import Path

import polib

from . import odoo_source

# Where the usual words (Created on, Company, …) are translated already.
SHARED_MODULES = ("base", "web", "mail", "account", "crm", "event", "survey")
# What words that stand for different things mean where.
SENSES = Path(__file__).with_name("senses.toml")
# Punctuation of English in Chinese, and blanks beside that of Chinese. What isn't text
# (tags, placeholders, addresses) is a letter to it.
NOT_TEXT = re.compile(
    r"<[^>]*>|%\(\w+\)[sd]|%[sd]|\{[^{}]*\}|&\w+;|https?://\S+|\b\w+\.\w+\("
)
HAN = "\u4e00-\u9fff"
MISPRINTS = {
    "a blank beside Chinese punctuation": re.compile(
        r"\S[ ]+[，。；：？！（）、》」]|[，。；：？！（、《「][ ]+\S"
    ),
    "a blank between Chinese characters": re.compile(rf"[{HAN}] +[{HAN}]"),
    "English punctuation": re.compile(
        rf"[{HAN}][ ]*[,;:?!](?!\d)|(?<!\d)[,;:?!][ ]*[{HAN}]"
        rf"|\([^()\n]*[{HAN}]|[{HAN}][^()\n]*\)|[{HAN}]\.(?=\s|$)"
    ),
}
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


def read_senses() -> dict[str, dict[str, list[str]]]:
    """Return ``{word: {translation: parts of the places where it means that}}``."""
    return tomllib.loads(SENSES.read_text("utf-8"))


def misread(catalogue: polib.POFile, senses: dict[str, dict[str, list[str]]]):
    """Return a sentence for each word that one translation can't be right for.

    A file has one translation for each source. So a word that means one thing here and
    another there needs two sources.
    """
    found = []
    for term in catalogue:
        meanings = senses.get(term.msgid)
        if meanings is None or term.obsolete:
            continue
        used: dict[str, list[str]] = {}
        for place, _line in term.occurrences:
            fitting = [
                meaning
                for meaning, parts in meanings.items()
                if any(part in place for part in parts)
            ]
            if len(fitting) == 1:
                used.setdefault(fitting[0], []).append(place)
            else:
                found.append(
                    f"“{term.msgid}”: say in senses.toml what it is in {place}"
                )
        if len(used) > 1:
            places = "; ".join(f"{word} in {', '.join(used[word])}" for word in used)
            found.append(
                f"“{term.msgid}” has {len(used)} meanings, give them a source each: "
                f"{places}"
            )
        elif used and term.msgstr and term.msgstr not in used:
            found.append(
                f"“{term.msgid}” is {', '.join(used)}, not {term.msgstr} as translated"
            )
    return found


def misprinted(catalogue: polib.POFile) -> list[str]:
    """Return a sentence for each Chinese translation set as English is."""
    found = []
    for term in catalogue:
        if term.obsolete or term.msgstr == term.msgid:
            continue
        # Python in a name of a file is no text.
        text = NOT_TEXT.sub("x", term.msgstr)
        if not re.search(f"[{HAN}]", text) or " % object." in text:
            continue
        for fault, pattern in MISPRINTS.items():
            if match := pattern.search(text):
                found.append(f"“{term.msgid}”: {fault}: “{match.group()}”")
    return found


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
