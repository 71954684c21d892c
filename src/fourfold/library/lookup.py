"""Looking for a KPI by words, as people type them: half a name, a synonym, a slip of the keyboard."""

from __future__ import annotations

from typing import Final

from fourfold.library.catalogue import browse
from fourfold.library.kpi import LibraryKpi
from fourfold.library.relevance import nearness
from fourfold.library.words import trigrams

#: A KPI is found when its best name has this much in common with what is looked for, 0 to 1.
_LIKE_NAME: Final = 0.5
#: Or when its description is this near.
_LIKE_TEXT: Final = 0.35
#: Words that half of the names have; they tell little, and count little.
_FORMS: Final = frozenset(
    ["rate", "rates", "share", "ratio", "score", "index", "time", "times", "and", "of", "the", "to"]
)
_GENERIC: Final = 0.2


def search(text: str, *, function: str = "", perspective: str = "", industry: str = "") -> tuple[LibraryKpi, ...]:
    """The KPIs that fit the words, best first, of those that `browse` gives for the rest.

    Without words it is `browse`. A name, synonym or abbreviation comes before a description that speaks of the thing.

    >>> [kpi.name for kpi in search("dso")][:1], [kpi.name for kpi in search("churm rate")][:1]
    (['Days sales outstanding'], ['Customer churn rate'])
    """
    given = browse(function=function, perspective=perspective, industry=industry)
    if not text.strip():
        return given
    near = nearness(" ".join(word for word in text.split() if word.casefold() not in _FORMS))
    rated = []
    for kpi in given:
        name = max(_alike(text, called) for called in (kpi.name, *kpi.synonyms, kpi.code, kpi.id))
        described = near[kpi.id].words + near[kpi.id].goal
        if name >= _LIKE_NAME or described >= _LIKE_TEXT:
            rated.append((-(2 * name + described), kpi.name, kpi))
    return tuple(kpi for _, _, kpi in sorted(rated, key=lambda r: r[:2]))


def _alike(text: str, called: str) -> float:
    """How far the words of a text are found in a name, 0 to 1; it is 1 where the name begins with the text."""
    if called.casefold().startswith(text.strip().casefold()):
        return 1.0
    parts = [(_GENERIC if word in _FORMS else 1.0, trigrams(word)) for word in text.casefold().split()]
    names = [trigrams(word) for word in called.casefold().replace("_", " ").split()]
    found = sum(weight * _best(part, names) for weight, part in parts)
    return found / sum(weight for weight, _ in parts)


def _best(part: frozenset[str], names: list[frozenset[str]]) -> float:
    """The likest word of a name; one with less than half of its letters in common is another word."""
    likest = max((2 * len(part & name) / (len(part) + len(name)) for name in names if part or name), default=0.0)
    return likest if likest >= 0.5 else 0.0
