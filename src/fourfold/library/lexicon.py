"""Concepts: what a text is about, and what should become of it, by the words of `lexicon.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from fourfold.library.catalogue import read
from fourfold.library.words import stems

_LONGEST: Final = 4  # words of the longest phrase


@dataclass(frozen=True, slots=True)
class Concepts:
    """Concepts of a text with their weights, 0 to 1, and the word that each was found by."""

    about: Mapping[str, float]
    qualities: Mapping[str, float]
    found_by: Mapping[str, str]


@lru_cache(maxsize=4096)
def concepts(text: str) -> Concepts:
    """The concepts that a text speaks of; a word that may mean several things counts less for each of them.

    >>> sorted(concepts("fewer shoplifters and thieves").about), sorted(concepts("shorten the queue").qualities)
    (['theft'], ['speed'])
    """
    weights: dict[str, dict[str, float]] = {"about": {}, "qualities": {}}
    found_by: dict[str, str] = {}
    for phrase in _phrases(stems(text)):
        meanings = _meanings().get(phrase, ())
        for kind in weights:
            names = [name for k, name in meanings if k == kind]
            for name in names:
                weight = min(1.0, len(phrase) / len(names) ** 0.5)
                if weight > weights[kind].get(name, 0.0):
                    weights[kind][name] = weight
                    found_by[name] = " ".join(phrase)
    return Concepts(MappingProxyType(weights["about"]), MappingProxyType(weights["qualities"]), found_by)


def has_meaning(word: str) -> bool:
    """Whether a stem alone stands for a concept."""
    return (word,) in _meanings()


def phrases() -> Collection[tuple[str, ...]]:
    """Every phrase of the lexicon, as stems."""
    return _meanings().keys()


def known() -> frozenset[str]:
    """The names of all concepts."""
    return frozenset(name for meanings in _meanings().values() for _, name in meanings)


def _phrases(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run of words up to the longest phrase."""
    for length in range(1, _LONGEST + 1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


@cache
def _meanings() -> Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What each phrase of the lexicon may mean."""
    found: dict[tuple[str, ...], dict[tuple[str, str], None]] = defaultdict(dict)
    given = read(resources.files(__package__).joinpath("lexicon.yaml"))
    for kind, entries in given.items():
        for name, phrases in entries.items():
            for phrase in phrases:
                if words := stems(phrase):
                    found[words][kind, name] = None
    return {words: tuple(meanings) for words, meanings in found.items()}
