"""Which dishes somebody won't eat, as far as words tell. Rule D11.

Diets and taboos are short texts as people say them, “No seafood; green tea rather than
wine” or “不吃香菜、忌海鲜”. A clause that says what is avoided is compared with each
ingredient; one contains the other, or they have nothing to do with each other. It is a
hint for whoever plans the menu, no more.
"""

import re
from collections.abc import Iterable

_CLAUSES = re.compile(r"[;,.，；。：:/\n()（）]+")
_WORDS = re.compile(r"、|\b(?:and|or)\b|[和及与]")
_AVOIDS = re.compile(
    r"^(?:is |are )?(?:no|not|never|without|avoids?|allergic to|allergy to|dislikes?"
    r"|(?:doesn['’]t|does not|can['’]t|cannot) (?:eat|drink|have))\b\s*"
    r"|^(?:不吃|不喝|不能吃|不食|忌口|忌食|忌|戒|对|不要|不爱吃)"
)
_AFTERWARDS = re.compile(r"(?:过敏|不耐受)$|\s+(?:allergy|intolerance|at all)$")


def find_avoided(diet: str, taboos: str) -> list[str]:
    """Return what a person avoids: of the diet what it denies, of taboos everything.

    >>> find_avoided("No seafood; green tea rather than wine", "")
    ['seafood']
    >>> find_avoided("不吃香菜、海鲜，爱喝绿茶", "数字四")
    ['香菜', '海鲜', '数字四']
    >>> find_avoided("花生过敏", "no pork or beef")
    ['花生', 'pork', 'beef']
    """
    found = []
    for text, is_taboo in ((diet, False), (taboos, True)):
        for clause in _CLAUSES.split((text or "").casefold()):
            is_avoided = is_taboo
            for part in map(str.strip, _WORDS.split(clause)):
                word = _AFTERWARDS.sub("", _AVOIDS.sub("", part)).strip()
                is_avoided = is_avoided or word != part  # and so is what follows it
                if word and is_avoided:
                    found.append(word)
    return found


def split_ingredients(text: str) -> list[str]:
    """Return the words for what is in a dish.

    >>> split_ingredients("Prawns, garlic; 香菜、豆腐")
    ['prawns', 'garlic', '香菜', '豆腐']
    """
    parts = (
        part.strip()
        for clause in _CLAUSES.split((text or "").casefold())
        for part in _WORDS.split(clause)
    )
    return [part for part in parts if part]


def find_conflicts(ingredients: str, avoided: Iterable[str]) -> list[str]:
    """Return what of the things avoided is in a dish.

    >>> find_conflicts("Seafood soup, 香菜", ["seafood", "香菜", "tea"])
    ['seafood', '香菜']
    >>> find_conflicts("Steak", ["tea"]), find_conflicts("Pork", ["pork in any form"])
    ([], ['pork in any form'])
    """
    parts = split_ingredients(ingredients)
    return [
        word
        for word in avoided
        if any(_contains(part, word) or _contains(word, part) for part in parts)
    ]


def _contains(text: str, word: str) -> bool:
    """Tell whether the word is in the text: a whole one where words have spaces."""
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z]){re.escape(word)}(?:e?s)?(?![a-z])", text) is not None
