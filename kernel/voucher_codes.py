"""Codes of vouchers: nobody guesses one, and a slip in typing one is told. Rule D19.

A code is nine signs drawn by chance and a check sign. There are 26 million million of
them: with 100,000 vouchers out, one guess in 260 million hits one. The check sign
finds any sign that is wrong and any two neighbours that are swapped.
"""

import re

# Without signs that are taken for others; a prime number of them, so that each slip
# changes the check sign.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
PRIME = len(SIGNS)
DRAWN = 9
LENGTH = DRAWN + 1
# What people put between the signs, or a keyboard in Chinese mode does.
BETWEEN = re.compile(r"[\s\-–—－_.·]+")
FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


def get_check_sign(drawn: str) -> str:
    """Return the sign that makes a code of nine signs whole.

    >>> get_check_sign("AAAAAAAAA"), get_check_sign("K7MQ9XTB4")
    ('A', 'S')
    """
    weighted = (n * SIGNS.index(sign) for n, sign in enumerate(drawn, 2))
    return SIGNS[sum(weighted) % PRIME]


def draw_code(chance) -> str:
    """Return a new code.

    :param chance: what draws it, a `random.Random`

    >>> from random import Random
    >>> code = draw_code(Random(1))
    >>> len(code), read_code(code) == code
    (10, True)
    """
    drawn = "".join(chance.choices(SIGNS, k=DRAWN))
    return drawn + get_check_sign(drawn)


def read_code(text: str) -> str | None:
    """Return the code that somebody typed or scanned, None when it can't be one.

    Small letters, blanks and dashes don't matter.

    >>> read_code(" k7mq9-xtb4s "), read_code("Ｋ７ＭＱ９－ＸＴＢ４Ｓ")
    ('K7MQ9XTB4S', 'K7MQ9XTB4S')
    >>> read_code("K7MQ9-XTB4T"), read_code("7KMQ9-XTB4S")
    (None, None)
    >>> read_code("K7MQ9"), read_code("K0MQ9-XTB4S"), read_code("")
    (None, None, None)
    """
    code = BETWEEN.sub("", text.translate(FULL_WIDTH)).upper()
    if len(code) != LENGTH or not set(code) <= set(SIGNS):
        return None
    return code if get_check_sign(code[:DRAWN]) == code[DRAWN] else None


def show_code(code: str) -> str:
    """Return a code as it is printed, in two halves.

    >>> show_code("K7MQ9XTB4S")
    'K7MQ9-XTB4S'
    """
    half = LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
