"""Which accounts an unknown name of Finance's may stand for (Rule B15).

Names are compared by the pairs of letters that they share, without legal forms and
signs. Nothing is decided here: somebody accepts or chooses.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from .revenue_rows import alias_key

# What says nothing about who is meant.
LEGAL_FORMS = re.compile(
    r"有限责任公司|股份有限公司|有限公司|集团公司|公司|集团|股份"
    r"|\b(?:limited|ltd|company|co|corporation|corp|incorporated|inc|group|llc|plc)\b"
)
FLOOR = 0.5  # below it names have nothing to do with each other
SHOWN = 3


def bare(text: str) -> str:
    """Return a name without what says nothing about who is meant.

    >>> bare("杭州 西湖宾馆（集团）有限公司"), bare("Anchor Works Co., Ltd.")
    ('杭州西湖宾馆', 'anchorworks')
    """
    key = alias_key(text)
    return _letters(LEGAL_FORMS.sub(" ", key)) or _letters(key)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def pairs(text: str) -> set[str]:
    """Return the pairs of letters of a bare name; of a single letter, itself."""
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def suggest(
    names: dict[str, Iterable[str]], candidates: Iterable[tuple[int, str]]
) -> dict[str, list[tuple[float, int]]]:
    """Return for each name up to three ids that it resembles, the best first.

    Each candidate is looked at once, whatever the number of names: 100,000 take about
    a second.

    :param names: the texts that a name comes with, such as code and name, by its key
    :param candidates: id and text of each account; an id may come with several texts
    :return: share of the pairs in common, from 0.5 to 1, and id

    >>> accounts = [(1, "杭州西湖宾馆有限公司"), (2, "西湖税务局"), (3, "Post Office")]
    >>> suggest({"a": ["西湖宾馆"], "b": ["Post-Office Ltd"], "c": ["X"]}, accounts)
    {'a': [(0.75, 1)], 'b': [(1.0, 3)], 'c': []}
    """
    lengths, index = {}, defaultdict(list)
    for key, texts in names.items():
        for text in {bare(text) for text in texts} - {""}:
            found = pairs(text)
            lengths[key, text] = len(found)
            for pair in found:
                index[pair].append((key, text))
    best = {key: {} for key in names}
    for candidate_id, text in candidates:
        text = bare(text)
        if not text:
            continue
        found = pairs(text)
        shared = Counter(name for pair in found for name in index.get(pair, ()))
        for name, count in shared.items():
            score = 2 * count / (lengths[name] + len(found))
            scores = best[name[0]]
            if score >= max(FLOOR, scores.get(candidate_id, 0)):
                scores[candidate_id] = score
    return {
        key: sorted(
            ((round(score, 3), found_id) for found_id, score in scores.items()),
            key=lambda each: (-each[0], each[1]),
        )[:SHOWN]
        for key, scores in best.items()
    }
