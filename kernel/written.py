"""What counts as written: a reason that says nothing is none. Rules A10, C6, C10."""

import unicodedata

# Letters by Unicode's book that show nothing: the fillers of Hangul.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
# Kinds of signs that show nothing: blanks, line ends, controls, zero widths.
_BLANK = ("Z", "C")


def get_written(text: object) -> str:
    r"""Return a text without blanks around it, empty when it says nothing.

    What says something has a letter or a digit, in any script.

    >>> get_written("  The only hall in town ")
    'The only hall in town'
    >>> get_written("独家供应"), get_written("9"), get_written("لا")
    ('独家供应', '9', 'لا')
    >>> [get_written(text) for text in ("\u200b", " \u00a0\u3000", "-", "。", "\u3164")]
    ['', '', '', '', '']
    >>> get_written("\u2060\ufeffYes\u200d")
    'Yes'
    >>> get_written(None), get_written(False), get_written(7)
    ('', '', '')
    """
    if not isinstance(text, str) or not any(map(_says, text)):
        return ""
    first, last = 0, len(text)
    while _is_blank(text[first]):
        first += 1
    while _is_blank(text[last - 1]):
        last -= 1
    return text[first:last]


def _says(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN" and sign not in _BLANK_LETTERS


def _is_blank(sign: str) -> bool:
    return unicodedata.category(sign)[0] in _BLANK or sign in _BLANK_LETTERS
