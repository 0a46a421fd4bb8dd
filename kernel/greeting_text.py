"""Filling in what a greeting says to a person, and how long a text message gets. D5."""

import math
import re
from collections.abc import Mapping

# What may stand in braces, and nothing else: a text is no program.
NAMES = ("name", "position", "account", "manager", "company", "tier")
_PLACE = re.compile(r"\{\s*([^{}]*?)\s*\}")

# A message in the alphabet of GSM 03.38, and one in any other.
PLAIN = (160, 153)
WIDE = (70, 67)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes two places.
_GSM_ESCAPED = frozenset("^{}\\[~]|€\f")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the placeholders that we know filled in, once.

    What stands in a value is no placeholder, whatever it looks like.

    >>> fill("Dear {name} of {account}", {"name": "Li {account}", "account": "Anchor"})
    'Dear Li {account} of Anchor'
    >>> fill("{name.__class__} { name }", {"name": "Li"})
    '{name.__class__} Li'
    >>> fill("{manager} wishes you well", {})
    ' wishes you well'
    """

    def put(match):
        name = match[1]
        return values.get(name) or "" if name in NAMES else match[0]

    return _PLACE.sub(put, text)


def find_unknown(text: str) -> list[str]:
    """Return what stands in braces and can't be filled in.

    >>> find_unknown("Dear {name}, {nmae} {0} {name!r}")
    ['nmae', '0', 'name!r']
    """
    return [name for name in _PLACE.findall(text) if name not in NAMES]


def count_messages(text: str) -> tuple[int, int]:
    """Return how many characters a text message has, and how many are paid for.

    >>> count_messages("中" * 70), count_messages("中" * 71)
    ((70, 1), (71, 2))
    >>> count_messages("a" * 160), count_messages("a" * 161), count_messages("€" * 80)
    ((160, 1), (161, 2), (160, 1))
    >>> count_messages("")
    (0, 0)
    """
    if all(sign in _GSM or sign in _GSM_ESCAPED for sign in text):
        length = len(text) + sum(sign in _GSM_ESCAPED for sign in text)
        single, part = PLAIN
    else:
        length = len(text.encode("utf-16-le")) // 2
        single, part = WIDE
    if length <= single:
        return length, bool(length) + 0
    return length, math.ceil(length / part)
