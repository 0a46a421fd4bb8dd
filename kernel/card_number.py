"""What is printed on membership cards, and what a scanner reads of them. Rule A13."""

import unicodedata

LONGEST = 40
# Signs that a number may have besides letters and digits.
SIGNS = frozenset("-/.#")


def clean_number(text: object) -> str:
    """Return a card's number as it is stored and looked up, empty when it is none.

    A hand scanner types what it reads, people type what they see: full-width letters,
    blanks and small letters make no other number.

    >>> clean_number(" vip-000 123 "), clean_number("ＶＩＰ－０００１２３")
    ('VIP-000123', 'VIP-000123')
    >>> clean_number("金卡8018"), clean_number(8018)
    ('金卡8018', '8018')
    >>> [clean_number(text) for text in ("", None, False, "---", "a" * 41, "1;2", "%")]
    ['', '', '', '', '', '', '']
    """
    if isinstance(text, bool) or not isinstance(text, str | int):
        return ""
    number = "".join(unicodedata.normalize("NFKC", str(text)).upper().split())
    if len(number) > LONGEST or not any(sign.isalnum() for sign in number):
        return ""
    if all(sign.isalnum() or sign in SIGNS for sign in number):
        return number
    return ""
