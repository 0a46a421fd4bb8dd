"""Taking a person's name and numbers out of a text."""

import re
from collections.abc import Iterable
from html import escape


def scrub(text: str, words: Iterable[str], neutral: str) -> str:
    """Return the text with each of a person's words replaced.

    Longer words go first. A word of Latin letters or digits counts as a whole only;
    Chinese is written without spaces, so a name counts wherever it stands. In HTML a
    word is also found as it is written there. Case makes no difference.

    >>> scrub("Call Li Ming (li.ming@x.cn)", ["Li Ming", "li.ming@x.cn"], "N 7")
    'Call N 7 (N 7)'
    >>> scrub("The list of Li", ["Li"], "N 7")
    'The list of N 7'
    >>> scrub("今天拜访了李明先生", ["李明"], "N 7")
    '今天拜访了N 7先生'
    >>> scrub("联系Li Ming即可", ["Li Ming"], "N 7")
    '联系N 7即可'
    >>> scrub("Mr O&#x27;Hara", ["O'Hara"], "N 7")
    'Mr N 7'
    >>> scrub("nothing of his", [], "N 7")
    'nothing of his'
    """
    found = {word.strip() for word in words if word and len(word.strip()) > 1}
    found |= {escape(word) for word in found} | {
        escape(word, quote=False) for word in found
    }
    if not found:
        return text
    pattern = "|".join(map(_whole, sorted(found, key=lambda w: (-len(w), w))))
    return re.sub(pattern, lambda _match: neutral, text, flags=re.IGNORECASE)


def _whole(word):
    """Return the pattern of a word that must not be a part of a longer one."""
    before = "(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = "(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"
