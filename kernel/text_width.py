"""How wide a text is in print, a Chinese character being twice as wide as a letter."""

import unicodedata


def cut(text: str, width: int) -> str:
    """Return a text in one line that is at most as wide as ``width`` letters.

    >>> cut("Wants  two\\nmore", 20)
    'Wants two more'
    >>> cut("海港邮政局", 10), cut("海港邮政局", 9)
    ('海港邮政局', '海港邮政…')
    >>> cut("Wants two more", 6)
    'Wants…'
    """
    text = " ".join(text.split())
    if measure(text) <= width:
        return text
    left = width - 1
    for place, character in enumerate(text):
        left -= measure(character)
        if left < 0:
            return f"{text[:place].rstrip()}…"
    return text


def measure(text: str) -> int:
    """Return the width in letters.

    >>> measure("VIP 会员")
    8
    """
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
