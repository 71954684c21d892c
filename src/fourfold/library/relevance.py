"""How near a text is to each KPI of the library: by its words, by what KPIs are evidence for, and by its concepts.

All three are between 0 and 1, need no model and give the same for the same text. Source: methodology §11.2, with the
phrases in `goals` in place of synonyms alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from typing import Final

from fourfold.library.catalogue import kpis
from fourfold.library.kpi import LibraryKpi
from fourfold.library.lexicon import Concepts, concepts, has_meaning
from fourfold.library.words import stems

#: How often the words of a field count.
_FIELDS: Final = {"name": 3, "synonyms": 2, "goals": 2, "definition": 1, "purpose": 1}
_K1, _B = 1.2, 0.5  # of BM25
_CONCEPT: Final = 0.8  # weight of a concept beside a word, in phrases


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a text is to a KPI, and the goal of the KPI that is nearest."""

    words: float
    goal: float
    nearest: str
    concepts: float
    qualities: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    counts: Mapping[str, float]
    length: float
    phrases: tuple[tuple[str, Mapping[str, float]], ...]


def nearness(text: str) -> Mapping[str, Nearness]:
    """For every KPI, by its id, how near the text is."""
    index = _index()
    query, meant = Counter(stems(text)), concepts(text)
    vector = index.vector(text)
    return {kpi.id: index.near(kpi, query, meant, vector) for kpi in kpis().values()}


def understood(text: str) -> float:
    """The share of the words of a text that the library or its lexicon knows, 0 to 1.

    >>> understood("Bake better bread") < 0.5 < understood("Bake fewer defects into our products")
    True
    """
    words = stems(text)
    known = sum(word in _index().rarity or has_meaning(word) for word in words)
    return known / len(words) if words else 0.0


class _Index:
    """The KPIs of the library, prepared for asking."""

    def __init__(self, every: Iterable[LibraryKpi]) -> None:
        listed = tuple(every)
        bags = {kpi.id: _bag(kpi) for kpi in listed}
        self.rarity = _rarity(bags.values())
        tags = {kpi.id: dict.fromkeys((*kpi.about, *kpi.qualities), 1.0) for kpi in listed}
        self.tag_rarity = _rarity(tags.values())
        self.documents = {}
        for kpi in listed:
            bag = bags[kpi.id]
            phrases = tuple((p, self.vector(p)) for p in (*kpi.goals, kpi.name, *kpi.synonyms))
            self.documents[kpi.id] = _Document(bag, sum(bag.values()), phrases)
        self.mean_length = sum(d.length for d in self.documents.values()) / len(self.documents)

    def vector(self, text: str) -> Mapping[str, float]:
        """Words and concepts of a text, weighted by how rare they are, of length 1."""
        meant = concepts(text)
        raw = {word: self._rare(word) * count for word, count in Counter(stems(text)).items()}
        for name, weight in (*meant.about.items(), *meant.qualities.items()):
            raw[f"#{name}"] = _CONCEPT * weight * self.tag_rarity.get(name, 1.0)
        length = sqrt(sum(value * value for value in raw.values())) or 1.0
        return {name: value / length for name, value in raw.items()}

    def near(self, kpi: LibraryKpi, query: Counter[str], meant: Concepts, vector: Mapping[str, float]) -> Nearness:
        document = self.documents[kpi.id]
        goal, nearest = max((_product(vector, of), phrase) for phrase, of in document.phrases)
        shared = [name for name in meant.about if name in kpi.about]
        return Nearness(
            words=self._words(document, query),
            goal=goal,
            nearest=nearest,
            concepts=self._overlap(kpi.about, meant.about),
            qualities=self._overlap(kpi.qualities, meant.qualities),
            shared=tuple(sorted(shared, key=lambda name: -meant.about[name] * self.tag_rarity[name])),
        )

    def _rare(self, word: str) -> float:
        return self.rarity.get(word, _UNSEEN)

    def _words(self, document: _Document, query: Counter[str]) -> float:
        """BM25 as a share of what a perfect document would get."""
        most = sum(self._rare(word) for word in query) * (_K1 + 1)
        size = _K1 * (1 - _B + _B * document.length / self.mean_length)
        got = sum(
            self._rare(word) * (_K1 + 1) * document.counts[word] / (document.counts[word] + size)
            for word in query
            if word in document.counts
        )
        return got / most if most else 0.0

    def _overlap(self, tags: tuple[str, ...], meant: Mapping[str, float]) -> float:
        """Weight of the concepts shared: as a share of what the text means, its main three concepts at most."""
        weighed = sorted((w * self.tag_rarity[name] for name, w in meant.items()), reverse=True)[:3]
        got = sum(meant[name] * self.tag_rarity[name] * _place(i) for i, name in enumerate(tags) if name in meant)
        return min(1.0, got / sum(weighed)) if weighed else 0.0


_UNSEEN: Final = 4.0  # rarity of a word that the library does not use


def _place(i: int) -> float:
    """The first concepts of a KPI are its main ones."""
    return 1.0 if i < 2 else 0.75


def _product(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return sum(value * b[name] for name, value in a.items() if name in b)


def _bag(kpi: LibraryKpi) -> Mapping[str, float]:
    found: Counter[str] = Counter()
    for field, weight in _FIELDS.items():
        given = getattr(kpi, field)
        for text in (given,) if isinstance(given, str) else given:
            for word in stems(text):
                found[word] += weight
    return found


def _rarity(bags: Iterable[Mapping[str, float]]) -> dict[str, float]:
    listed = tuple(bags)
    counts = Counter(word for bag in listed for word in bag)
    return {word: log(1 + (len(listed) - n + 0.5) / (n + 0.5)) for word, n in counts.items()}


@cache
def _index() -> _Index:
    return _Index(kpis().values())
