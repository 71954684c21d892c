"""Points for things a program can really tell: each with the evidence that decided it and what would mend a gap.

What cannot be told is not guessed: it counts neither for nor against, and is listed with its reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fourfold.engine.findings import Finding, Level, Place


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question: `points` of the `of` there are; None where nobody can tell, and then `evidence` says why."""

    code: str
    asks: str
    points: float | None
    of: float
    evidence: str
    mend: str = ""

    @property
    def gap(self) -> float:
        """The points that are missing; 0 where nobody can tell."""
        return 0.0 if self.points is None else self.of - self.points


@dataclass(frozen=True, slots=True)
class Part:
    """Some criteria that together have a score."""

    code: str
    name: str
    criteria: tuple[Criterion, ...]

    @property
    def score(self) -> float:
        """Points by available points, 0 to 100, over what can be told; NaN where nothing can.

        >>> Part("X", "x", (Criterion("X1", "", 10, 20, ""), Criterion("X2", "", None, 80, ""))).score
        50.0
        """
        known = [c for c in self.criteria if c.points is not None]
        total = sum(c.of for c in known)
        return 100.0 * sum(c.points or 0.0 for c in known) / total if total else math.nan

    @property
    def coverage(self) -> float:
        """The share of available points that can be told, 0 to 1."""
        total = sum(c.of for c in self.criteria)
        return sum(c.of for c in self.criteria if c.points is not None) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """All parts of one thing: `score` is their mean after any cap (NaN without any), `grade` the letter or word."""

    kind: str
    thing: str
    parts: tuple[Part, ...]
    score: float
    grade: str
    cap: str = ""

    @property
    def coverage(self) -> float:
        """The mean coverage of the parts."""
        return sum(p.coverage for p in self.parts) / len(self.parts) if self.parts else 0.0

    @property
    def gaps(self) -> tuple[Criterion, ...]:
        """The criteria that cost points, the dearest first."""
        return tuple(sorted((c for p in self.parts for c in p.criteria if c.gap > 0), key=lambda c: -c.gap))

    @property
    def untold(self) -> tuple[Criterion, ...]:
        """The criteria that could not be assessed."""
        return tuple(c for p in self.parts for c in p.criteria if c.points is None)

    def findings(self) -> tuple[Finding, ...]:
        """One piece of information for each gap, the dearest first: what was found, and what would mend it."""
        return tuple(
            Finding(
                f"{self.kind}-{c.code}", Level.INFO, Place(thing=self.thing),
                f"{c.asks} {c.points:g} of {c.of:g} points: {c.evidence}.", c.mend,
            )
            for c in self.gaps
        )  # fmt: skip


def mean_score(parts: tuple[Part, ...]) -> float:
    """The mean of the parts that have a score; NaN without any."""
    known = [p.score for p in parts if not math.isnan(p.score)]
    return sum(known) / len(known) if known else math.nan
