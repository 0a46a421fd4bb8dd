"""How wide a text is in print, a Chinese character being twice as wide as a letter."""

import re
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


# Where a line may end: after a blank, and after each Chinese character.
PARTS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+")


def wrap(text: str, width: int, most: int) -> list[str]:
    """Return a text in lines as wide as ``width`` letters, ``most`` of them at most.

    >>> wrap("Wants two more seats", 10, 2)
    ['Wants two', 'more seats']
    >>> wrap("海港邮政局VIP大讲堂", 10, 2), wrap("Wants two more seats", 10, 1)
    (['海港邮政局', 'VIP大讲堂'], ['Wants two…'])
    """
    lines = [""]
    for part in PARTS.findall(" ".join(text.split())):
        if lines[-1] and measure((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    if len(lines) > most:
        lines[most - 1 :] = [f"{lines[most - 1].rstrip()} {' '.join(lines[most:])}"]
    return [cut(line, width) for line in lines]


def measure(text: str) -> int:
    """Return the width in letters.

    >>> measure("VIP 会员")
    8
    """
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
