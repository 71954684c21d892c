"""Sentences with the KPIs that an expert finds relevant, and how well an order of suggestions meets them (§11.3)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import NamedTuple

from fourfold import library

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sentence:
    """An objective, its place, and the ids of the KPIs that are relevant (gain 2) and less so (gain 1)."""

    id: str
    industry: str
    perspective: str
    text: str
    primary: frozenset[str]
    secondary: frozenset[str]


class Scores(NamedTuple):
    """Means over sentences, 0 to 1."""

    recall5: float
    recall10: float
    ndcg10: float
    mrr: float

    def __str__(self) -> str:
        return f"R@5 {self.recall5:.2f}  R@10 {self.recall10:.2f}  nDCG@10 {self.ndcg10:.2f}  MRR {self.mrr:.2f}"


def sentences(name: str) -> tuple[Sentence, ...]:
    """Those of a file: `gold` (public), `objectives` (ours, for developing), `unseen` (ours, written last)."""
    with (HERE / f"{name}.csv").open(encoding="utf-8") as file:
        return tuple(
            Sentence(
                row["id"], "" if row["sector"] == "all" else row["sector"], row["perspective"], row["objective"],
                _ids(row["relevant_primary"]), _ids(row["relevant_secondary"]),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


def measure(found: tuple[Sentence, ...], *, placed: bool = True) -> Scores:
    """The scores of the recommender; without `placed` it is told neither perspective nor industry."""
    scores = [_one(s, _suggested(s, placed)) for s in found]
    return Scores(*(sum(values) / len(scores) for values in zip(*scores, strict=True)))


def _suggested(s: Sentence, placed: bool) -> list[str]:
    place = {"perspective": s.perspective, "industry": s.industry} if placed else {}
    return [suggestion.kpi.id for suggestion in library.suggest(s.text, count=10, **place)]


def _one(s: Sentence, got: list[str]) -> tuple[float, float, float, float]:
    gains = [3 if kpi in s.primary else int(kpi in s.secondary) for kpi in got]
    ideal = ([3] * len(s.primary) + [1] * len(s.secondary))[:10]
    return (
        len(s.primary.intersection(got[:5])) / min(5, len(s.primary)),
        len(s.primary.intersection(got)) / len(s.primary),
        _discounted(gains) / _discounted(ideal),
        next((1 / n for n, kpi in enumerate(got, 1) if kpi in s.primary), 0.0),
    )


def _discounted(gains: list[int]) -> float:
    return sum(gain / log2(n + 1) for n, gain in enumerate(gains, 1))


def _ids(names: str) -> frozenset[str]:
    return frozenset(library.find(name).id for name in names.split("|") if name)
